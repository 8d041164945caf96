"""The picture of an answer as text, for a terminal: bars, sparklines, or the plot of two densities."""

from collections.abc import Sequence

from klcli.reports.drawing.bars import LEAST_WIDTH, axis_line, bar_lines
from klcli.reports.drawing.plot import panel_lines
from klcli.reports.drawing.sparklines import sparkline_of, spread_of
from klcli.reports.format import Style
from klcli.reports.layout.ansi import DIM, painted
from klcli.reports.pictures.model import Cards, Marks, Panels, View

__all__ = ["terminal_picture"]

_SPARK = 12  # characters of a sparkline


def terminal_picture(command: str, views: Sequence[View], style: Style) -> str:
    """Returns the text of the pictures that a command shows on a terminal; empty where the terminal is narrow."""
    drawn = {"kl explain": _densities, "kl drift": _ranking, "kl batch": _strip, "kl rows": _spreads}.get(command)
    return "\n".join(drawn(views, style)) if drawn and views else ""


def _densities(views: Sequence[View], style: Style) -> list[str]:
    bodies = [view.body for view in views if isinstance(view.body, Panels)]
    return panel_lines(bodies[0], style.width, is_ascii=style.is_ascii) if bodies else []


def _strip(views: Sequence[View], style: Style) -> list[str]:
    body = views[0].body
    if not isinstance(body, Marks) or not any(_is_drawn(cell) for row in body.rows for cell in row.cells):
        return []
    return bar_lines(body, style)


def _is_drawn(cell: object) -> bool:
    return isinstance(cell, tuple) and any(mark.shape in ("line", "arrow") for mark in cell)


def _ranking(views: Sequence[View], style: Style) -> list[str]:
    """Returns the columns by value over noise, with their distributions beside them."""
    ranking, *others = [view.body for view in views]
    if not isinstance(ranking, Marks):
        return []
    cards = others[0].cards if others and isinstance(others[0], Cards) else ()
    found = [
        sparkline_of(cards[row.target - 1].panels, _SPARK, is_ascii=style.is_ascii) if row.target else ("", "")
        for row in ranking.rows
    ]
    p, q = ([each[side].ljust(_SPARK) for each in found] for side in (0, 1))
    return bar_lines(ranking, style, {"P".ljust(_SPARK): p, "Q".ljust(_SPARK): q}) if cards else bar_lines(
        ranking, style
    )  # fmt: skip


def _spreads(views: Sequence[View], style: Style) -> list[str]:
    """Returns how many rows have which value, a line for each measure, and the shares of rows that agree."""
    lines: list[str] = []
    for body in (view.body for view in views):
        if isinstance(body, Marks):
            lines += ["", *bar_lines(body, style)] if lines else bar_lines(body, style)
        elif isinstance(body, Panels) and style.width >= LEAST_WIDTH:
            curves = [curve for curve in body.panels[0].curves if curve.name]
            names = max((len(style.words(curve.name)) for curve in curves), default=0)
            room = min(60, style.width - names - 2)
            axis = axis_line(body.ticks, room)
            head = f"{'':{names}}  share of rows by {body.x_title}, on a logarithmic axis"
            labels = [f"{style.words(curve.name):{names}}" for curve in curves]
            spreads = [spread_of(curve, room, is_ascii=style.is_ascii) for curve in curves]
            lines += [painted(head, DIM, color=style.color), *map("  ".join, zip(labels, spreads, strict=True))]
            lines += [painted(f"{'':{names}}  {axis}", DIM, color=style.color)]
    return lines
