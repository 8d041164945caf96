"""Draws the bodies of views on a Figure of matplotlib, or on a part of one."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from klcli.reports.pictures.model import SIGNS, Body, Cards, Curve, HeatMap, Lane, Mark, Marks, Panel, Panels, Tick
from klcli.support.optional_package import need
from klcli.support.text.safe_text import shorten, visible

__all__ = ["draw", "lines_of"]

_ACROSS, _MOST_CARDS = 3, 12  # small pictures side by side, and in all
_LABEL = 40  # characters
_CARD_LETTERS = 40  # of the ticks below a small picture; of more, every second is named, or fewer
_DASHES = ("-", (0, (5, 3)), (0, (1.2, 2)))


def draw(figure: Any, body: Body, colors: dict[str, str], steps: tuple[str, ...]) -> None:
    """Draws a body; `colors` are those of roles, and `steps` those of a heat map."""
    if isinstance(body, Marks):
        _marks(figure, body, colors)
    elif isinstance(body, HeatMap):
        _heat(figure, body, colors, steps)
    elif isinstance(body, Cards):
        _cards(figure, body, colors)
    else:
        _panels(figure, body, colors)


def lines_of(body: Cards) -> int:
    """Returns the number of lines of small pictures."""
    return -(-min(len(body.cards), _MOST_CARDS) // _ACROSS)


def _text(label: str) -> str:
    return shorten(visible(label), _LABEL)


def _marks(figure: Any, body: Marks, colors: dict[str, str]) -> None:
    """Draws the lanes side by side; the last column of numbers stands at the right."""
    lanes = [(index, column) for index, column in enumerate(body.columns) if isinstance(column, Lane)]
    words = [index for index, column in enumerate(body.columns) if not isinstance(column, Lane)]
    all_axes = np.ravel(figure.subplots(1, len(lanes), sharey=True, squeeze=False))
    count = len(body.rows)
    for (index, lane), axes in zip(lanes, all_axes, strict=True):
        _bare(axes, colors)
        axes.set(xlim=(0, 1), ylim=(count - 0.5, -0.5))
        axes.set_title(lane.title, fontsize=9, color=colors["soft"])
        _ticks(axes.xaxis, lane.ticks)
        for mark in lane.ground:
            _mark(axes, mark, -0.5, colors, height=count)
        for place, row in enumerate(body.rows):
            cell = row.cells[index]
            for mark in cell if isinstance(cell, tuple) else ():
                _mark(axes, mark, place, colors)
    first, last = all_axes[0], all_axes[-1]
    first.set_yticks(
        range(count),
        [_text(f"{SIGNS[row.status]} {row.label}" if row.status in SIGNS else row.label) for row in body.rows],
    )
    behind = [index for index in words if index > lanes[-1][0]]
    for index in words[:1] if body.has_status else behind[:1] or words[-1:]:
        right = last.secondary_yaxis("right")
        _bare(right, colors)
        right.set_yticks(range(count), [str(row.cells[index]) for row in body.rows])
        right.set_ylabel(getattr(body.columns[index], "title", ""), color=colors["soft"], fontsize=9)


def _mark(axes: Any, mark: Mark, place: float, colors: dict[str, str], height: int = 1) -> None:
    """Draws a mark in the row at `place`; a mark of the ground goes through all rows."""
    color = colors.get(mark.role, colors["ok"])
    if height > 1 or mark.shape == "axis":
        if mark.shape == "rule":
            axes.axvline(mark.start, color=color, linewidth=0.8, zorder=1)
        elif mark.shape == "shade":
            axes.axvspan(mark.start, mark.end, color=color, linewidth=0, zorder=0)
        return
    if mark.shape in ("bar", "arrow", "line", "range", "open", "shade"):
        thick = {"bar": 0.6, "arrow": 0.36, "line": 0.18, "range": 0.36, "open": 0.36, "shade": 1.0}[mark.shape]
        fill = colors["fill"] if mark.shape in ("range", "open") else color
        axes.barh(place, mark.end - mark.start, thick, mark.start, color=fill, zorder=2)
    if mark.shape in ("arrow", "open"):
        axes.plot([mark.end], [place], ">", color=color, clip_on=False, zorder=3)
    elif mark.shape == "dot":
        axes.plot([mark.start], [place], "o", color=color, markersize=5, clip_on=False, zorder=4)
    elif mark.shape == "ring":
        axes.plot([mark.start], [place], "o", color=color, markerfacecolor=colors["bg"], markersize=5, clip_on=False,
                  zorder=4)  # fmt: skip
    elif mark.shape == "rule":
        axes.plot([mark.start, mark.start], [place - 0.5, place + 0.5], color=color, linewidth=0.8, zorder=3)
    elif mark.shape == "next":
        axes.plot([mark.start, mark.start], [place - 0.3, place + 1.3], color=colors["soft"], linewidth=0.7, zorder=1)
    elif mark.shape == "unknown":
        axes.plot([0, 1], [place, place], ":", color=color, linewidth=1, zorder=2)


def _cards(figure: Any, body: Cards, colors: dict[str, str]) -> None:
    """Draws small pictures side by side, each under its name; those beyond the largest number are counted."""
    shown = body.cards[:_MOST_CARDS]
    all_axes = np.ravel(figure.subplots(lines_of(body), _ACROSS, squeeze=False))
    for axes, card in zip(all_axes, shown, strict=False):
        _on_axes([axes], card.panels, colors)
        letters = sum(len(tick.text) + 1 for tick in card.panels.ticks)
        _ticks(axes.xaxis, card.panels.ticks[:: 1 + letters // _CARD_LETTERS])
        axes.set_ylabel("")
        axes.tick_params(labelsize=7)
        sign = SIGNS.get(card.status, "")
        axes.set_title(_text(f"{sign} {card.title}".strip()), fontsize=9, loc="left",
                       color=colors["bad" if sign else "ink"])  # fmt: skip
    for axes in all_axes[len(shown) :]:
        axes.set_axis_off()
    if body.legend:
        figure.legend(*all_axes[0].get_legend_handles_labels(), loc="upper right", ncols=2, fontsize=9, frameon=False,
                      labelcolor=colors["ink"])  # fmt: skip
    left = len(body.cards) - len(shown)
    if left:
        figure.supxlabel(f"{left} more are not drawn", fontsize=9, color=colors["soft"])


def _panels(figure: Any, body: Panels, colors: dict[str, str]) -> None:
    heights = [panel.height for panel in body.panels]
    stacked = figure.subplots(len(heights), 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": heights})
    all_axes = [*np.ravel(stacked)]
    _on_axes(all_axes, body, colors)
    if body.legend:
        all_axes[0].legend(fontsize=9, frameon=False, labelcolor=colors["ink"])
    all_axes[-1].set_xlabel(body.x_title, fontsize=9, color=colors["soft"])


def _on_axes(all_axes: Sequence[Any], body: Panels, colors: dict[str, str]) -> None:
    """Draws panels over one x axis, each on its axes."""
    for place, (axes, panel) in enumerate(zip(all_axes, body.panels, strict=True)):
        _bare(axes, colors)
        axes.set(xlim=(0, 1), ylim=(0, 1))
        axes.set_ylabel(panel.title, fontsize=9, color=colors["soft"])
        _ticks(axes.yaxis, panel.ticks)
        _ticks(axes.xaxis, body.ticks)
        axes.spines["bottom"].set(visible=True, color=colors["soft"])
        for tick in body.ticks:
            axes.axvline(tick.at, color=colors["rule"], linewidth=0.7, zorder=0)
        _panel(axes, panel, colors, is_first=place == 0)


def _panel(axes: Any, panel: Panel, colors: dict[str, str], *, is_first: bool) -> None:
    for rule in panel.rules:
        axes.axhline(rule.at, color=colors["ink" if rule.text else "rule"], linewidth=0.8, zorder=1,
                     linestyle="--" if rule.text else "-")  # fmt: skip
        axes.annotate(_text(rule.text), (0.005, rule.at), (0, -3), textcoords="offset points", va="top", fontsize=8,
                      color=colors["ink"])  # fmt: skip
    for curve in panel.curves:
        _curve(axes, curve, colors, is_first=is_first)
    for dot in panel.dots:
        color = colors.get(dot.role, colors["ok"])
        if dot.interval is not None:
            axes.plot([dot.x, dot.x], dot.interval, color=color, linewidth=2, zorder=3)
        if dot.role == "new":
            axes.text(dot.x, dot.y, "✚", color=colors["bad"], fontsize=8, ha="center", va="bottom")
            continue
        face = colors["bg"] if dot.is_hollow else color
        axes.plot([dot.x], [dot.y], "o", color=color, markerfacecolor=face, markersize=6, clip_on=False, zorder=4)
        axes.annotate(_text(dot.text), (dot.x, dot.y), (0, 6), textcoords="offset points", ha="center", fontsize=8,
                      color=colors["soft"])  # fmt: skip


def _curve(axes: Any, curve: Curve, colors: dict[str, str], *, is_first: bool) -> None:
    color = colors.get(curve.role, colors["ok"])
    name = _text(curve.name) or None
    is_filled = curve.role == "p" and is_first
    if curve.shape == "bars":
        width = curve.x[:, 1] - curve.x[:, 0]
        fill, edge = (colors["fill"], color) if is_filled else (color, "none")
        axes.bar(curve.x[:, 0], curve.y - curve.base, width, curve.base, align="edge", color=fill, edgecolor=edge,
                 label=name, zorder=2)  # fmt: skip
        return
    if curve.shape == "area":
        fill = colors["fill"] if is_filled else color
        axes.fill_between(curve.x, curve.y, curve.base, color=fill, linewidth=0, zorder=1)
    if curve.shape == "line" or is_filled:
        axes.plot(curve.x, curve.y, color=color, linewidth=1.8, linestyle=_DASHES[curve.dash % 3], label=name, zorder=2)


def _heat(figure: Any, body: HeatMap, colors: dict[str, str], steps: tuple[str, ...]) -> None:
    """Draws the tree at the left of the map."""
    listed = need("matplotlib.colors", purpose="a plot", extra="plot").ListedColormap(steps)
    rows, columns = len(body.rows), len(body.columns)
    if body.tree:
        left, axes = figure.subplots(1, 2, gridspec_kw={"width_ratios": (1, 7)})
        _bare(left, colors)
        left.set(xlim=(0, 1), ylim=(rows - 0.5, -0.5), xticks=[], yticks=[])
        for link in body.tree:
            (x1, y1), (x2, y2) = link.first, link.second
            at = [y * rows - 0.5 for y in (y1, y1, y2, y2)]
            left.plot([x1, link.at, link.at, x2], at, color=colors["soft"], linewidth=1)
    else:
        axes = figure.subplots()
    _bare(axes, colors)
    axes.imshow(np.array(body.steps), cmap=listed, vmin=-0.5, vmax=8.5, aspect="auto", interpolation="nearest")
    axes.set_yticks(range(rows), [_text(name) for name in body.rows], fontsize=8)
    axes.yaxis.tick_right()
    axes.set_xticks(range(columns), [_text(name) for name in body.columns], rotation=60, ha="left", fontsize=8)
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelcolor=colors["ink"])
    for row, line in enumerate(body.texts):
        for column, text in enumerate(line):
            color = colors["bg"] if body.steps[row][column] > 5 else colors["ink"]
            axes.text(column, row, text, ha="center", va="center", fontsize=7.5, color=color)


def _bare(axes: Any, colors: dict[str, str]) -> None:
    """Removes the frame, and colours what is left."""
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_facecolor(colors["bg"])
    axes.tick_params(colors=colors["soft"], labelcolor=colors["ink"], labelsize=9, length=0)


def _ticks(axis: Any, ticks: tuple[Tick, ...]) -> None:
    axis.set_ticks([tick.at for tick in ticks], [visible(tick.text) for tick in ticks])
