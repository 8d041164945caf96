"""The pictures of a drift report: the ranking of the columns, and the cells of each."""

from math import nan
from typing import TYPE_CHECKING

from klcli.reports.drift.columns import TITLES, unit_of
from klcli.reports.parts import Picture
from klcli.runs.drift.results import ColumnDrift, DriftResult
from klcli.support.safe_text import rounded

if TYPE_CHECKING:
    from klcli.reports.pictures.drift import DriftedColumn
    from klcli.reports.pictures.model import View

__all__ = ["drift_picture"]


def drift_picture(result: DriftResult) -> Picture:
    """Returns the ranking of the columns and their small pictures, drawn on demand."""

    def views() -> "tuple[View, ...]":
        from klcli.reports.pictures.drift import drift_views

        name = result.settings.measures[0]
        return drift_views([_drawn(each, name) for each in result.columns], TITLES.get(name, name))

    return Picture(views)


def _drawn(each: ColumnDrift, name: str) -> "DriftedColumn":
    """Returns a column reduced to what is drawn of it."""
    from klcli.reports.pictures.drift import DriftedColumn

    value, noise = each.measures.get(name, nan), each.noise.get(name, 0.0)
    cells, unit = each.counted.cells, unit_of(name)
    sentences = [f"{rounded(value, 3)} {unit}".strip() + f", noise {rounded(noise, 3)}." if noise else ""]
    if each.top:
        shown = ", ".join(f"{one.outcome} ({rounded(one.p, 3)} → {rounded(one.q, 3)})" for one in each.top)
        sentences.append(f"Most from {shown}.")
    if cells is not None and cells.unseen_count:
        sentences.append(f"✚ {len(cells.unseen):,} new, with {cells.unseen_count:,} rows of Q.")
    words = tuple(filter(None, sentences))
    if cells is None:
        return DriftedColumn(each.name, each.status.value, value, noise, unit, sentences=words, reason=each.reason)
    edges = [float(cut.value) for cut in cells.cuts or () if isinstance(cut.value, (int, float))]
    is_binned = len(edges) > 1 and len(edges) == len(cells.cuts or ()) and sorted(set(edges)) == edges
    count = len(edges) + 1 if is_binned else len(cells.labels)
    return DriftedColumn(
        each.name, each.status.value, value, noise, unit, cells.p[:count], cells.q[:count],
        None if is_binned else cells.labels, edges, words, each.reason, is_ordered=cells.cuts is not None,
    )  # fmt: skip
