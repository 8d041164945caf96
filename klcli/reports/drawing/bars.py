"""Rows of marks as lines of characters: a bar by side and texture, so that colour is never needed."""

from collections.abc import Mapping, Sequence

from klcli.reports.format import Style
from klcli.reports.layout.ansi import BOLD_RED, DIM, painted
from klcli.reports.layout.folding import cell_width
from klcli.reports.pictures.model import SIGNS, Lane, Mark, MarkRow, Marks, Tick
from klcli.support.text.safe_text import shorten, visible

__all__ = ["LEAST_WIDTH", "axis_line", "bar_lines"]

LEAST_WIDTH = 60  # columns of a terminal, below which nothing is drawn
_SHOWN = 20  # rows
_LABEL = 24  # characters
_LANE = (10, 40)  # characters of the bars, at least and at most
_GLYPHS = {"bad": "█", "ok": "▒", "rule": "│", "dot": "●", "ring": "○", "arrow": "▶", "unknown": "·", "range": "━"}
_PLAIN = {"bad": "#", "ok": "=", "rule": "|", "dot": "@", "ring": "o", "arrow": ">", "unknown": ".", "range": "="}


def bar_lines(marks: Marks, style: Style, beside: Mapping[str, Sequence[str]] | None = None) -> list[str]:
    """Returns the first 20 rows of marks, each with its first number and a bar; none if the terminal is narrow.

    Args:
        beside: Further columns by their titles, with a text for each row.
    """
    rows = marks.rows[:_SHOWN]
    further = {title: [*texts[:_SHOWN]] for title, texts in (beside or {}).items()}
    column = next(index for index, each in enumerate(marks.columns) if isinstance(each, Lane))
    number = next(index for index, each in enumerate(marks.columns) if not isinstance(each, Lane))
    labels = [_label(row, style) for row in rows]
    numbers = [style.own(visible(str(row.cells[number]))) for row in rows]
    title = style.own(getattr(marks.columns[number], "title", ""))
    widths = [max(map(cell_width, labels), default=0), max(map(len, [title, *numbers]))]
    taken = sum(widths) + 4 + sum(max(map(len, [name, *texts])) + 2 for name, texts in further.items())
    room = min(_LANE[1], style.width - taken)
    if style.width < LEAST_WIDTH or room < _LANE[0]:
        return []
    lane = marks.columns[column]
    assert isinstance(lane, Lane)
    head = "  ".join([" " * widths[0], title.rjust(widths[1]), axis_line(lane.ticks, room).ljust(room), *further])
    lines = [painted(style.own(head), DIM, color=style.color)]
    for place, (row, label, text) in enumerate(zip(rows, labels, numbers, strict=True)):
        cell = row.cells[column]
        drawn = _drawn((*lane.ground, *(cell if isinstance(cell, tuple) else ())), room, style)
        bar = painted(drawn, BOLD_RED, color=style.color and row.status in SIGNS)
        padding = " " * (widths[0] - cell_width(label))
        cells = [label + padding, text.rjust(widths[1]), bar]
        lines.append("  ".join([*cells, *(texts[place] for texts in further.values())]))
    left = len(marks.rows) - len(rows)
    return [*lines, f"{left:,} more are not drawn"] if left else lines


def axis_line(ticks: Sequence[Tick], width: int) -> str:
    """Returns the texts of ticks below an axis of `width` characters; one for which there is no room is left out."""
    line = ""
    for tick in ticks:
        start = min(max(0, round(tick.at * width) - len(tick.text) // 2), width - len(tick.text))
        if start >= len(line) + bool(line):
            line = line.ljust(start) + tick.text
    return line


def _label(row: MarkRow, style: Style) -> str:
    return f"{style.own(SIGNS.get(row.status, ' '))} {style.data(shorten(row.label, _LABEL))}"


def _drawn(marks: Sequence[Mark], width: int, style: Style) -> str:
    """Returns the marks of a row over a lane of `width` characters: bars first, then lines, then points."""
    glyphs = _PLAIN if style.is_ascii else _GLYPHS
    cells = [" "] * width

    def at(fraction: float) -> int:
        return min(width - 1, int(fraction * width))

    for mark in marks:
        if mark.shape in ("bar", "line", "arrow", "range", "open"):
            role = "range" if mark.shape in ("range", "open") else "bad" if mark.role == "bad" else "ok"
            first, last = at(mark.start), at(mark.end)
            cells[first : last + 1] = [glyphs[role]] * (last + 1 - first)
            if mark.shape in ("arrow", "open"):
                cells[last] = glyphs["arrow"]
        elif mark.shape == "unknown":
            cells[::2] = [glyphs["unknown"]] * len(cells[::2])
        elif mark.shape == "shade":
            cells[at(mark.end)] = glyphs["rule"]
    for shape in ("rule", "dot", "ring"):
        for mark in marks:
            if mark.shape == shape:
                cells[at(mark.start)] = glyphs[shape]
    return "".join(cells)
