"""The pictures of a drift report: the ranking of the columns, and the cells of each."""

from collections.abc import Iterator
from math import nan
from typing import TYPE_CHECKING

from klcli.reports.drift.columns import TITLES, unit_of
from klcli.reports.parts import Picture
from klcli.reports.pictures.scale import share, true_minus
from klcli.runs.drift.results import ColumnDrift, DriftResult
from klcli.support.text.safe_text import exact, rounded

if TYPE_CHECKING:
    from klcli.reports.pictures.drift import DriftedColumn
    from klcli.reports.pictures.model import View

__all__ = ["column_picture", "drift_picture"]


def drift_picture(result: DriftResult) -> Picture:
    """Returns the ranking of the columns and their small pictures, drawn on demand."""

    def views() -> "tuple[View, ...]":
        from klcli.reports.pictures.drift import drift_views

        name = result.settings.measures[0]
        columns = [_drawn(each, name) for each in result.columns]
        return drift_views(columns, TITLES.get(name, name), _limit(result, name))

    return Picture(views, is_table=True)


def column_picture(found: ColumnDrift, name: str) -> Picture:
    """Returns the values of one column in P and Q, drawn on demand; `name` is the measure that is stated."""

    def views() -> "tuple[View, ...]":
        from klcli.reports.pictures.drift import column_view

        view = column_view(_drawn(found, name))
        return () if view is None else (view,)

    return Picture(views)


def _limit(result: DriftResult, name: str) -> str:
    """Returns the limit of a measure in words, if all columns have the same; else an empty string."""
    limits = {
        one.verdict.limit for each in result.columns for one in each.verdicts if one.verdict.measure == name
    }  # fmt: skip
    return f"{exact(limits.pop())} {unit_of(name)}".strip() if len(limits) == 1 else ""


def _drawn(each: ColumnDrift, name: str) -> "DriftedColumn":
    """Returns a column reduced to what is drawn of it."""
    from klcli.reports.pictures.drift import DriftedColumn

    cells = each.counted.cells
    found = DriftedColumn(
        each.name, each.status.value, each.measures.get(name, nan), each.noise.get(name, 0.0), unit_of(name),
        p_value=each.p_adjusted, new=_new(each), sentences=tuple(_sentences(each, name)), reason=each.reason,
    )  # fmt: skip
    if cells is None:
        return found
    edges = [float(cut.value) for cut in cells.cuts or () if isinstance(cut.value, (int, float))]
    is_binned = len(edges) > 1 and len(edges) == len(cells.cuts or ()) and sorted(set(edges)) == edges
    count = len(edges) + 1 if is_binned else len(cells.labels)
    return found._replace(
        p=cells.p[:count], q=cells.q[:count], labels=None if is_binned else cells.labels, edges=edges,
        is_ordered=cells.cuts is not None,
    )  # fmt: skip


def _new(each: ColumnDrift) -> str:
    """Returns how many labels Q has that P lacks, and their share of Q."""
    cells = each.counted.cells
    return f"{len(cells.unseen):,} ({share(each.unseen)})" if cells is not None and cells.unseen_count else ""


def _sentences(each: ColumnDrift, name: str) -> Iterator[str]:
    """Yields what to know of a column: how large, from how many rows, from which cells, and what is missing."""
    value, noise = each.measures.get(name), each.noise.get(name)
    p, q = each.counted.facts_p, each.counted.facts_q
    size = "" if value is None else f"{rounded(value, 3)} {unit_of(name)}".strip()
    times = f"{rounded(value / noise, 3)} × the noise" if value is not None and noise else ""
    rows = f"{p.present:,} and {q.present:,} values" if p is not None and q is not None else ""
    words = "; ".join(filter(None, (", ".join(filter(None, (size, times))), rows)))
    if words:
        yield f"{words}."
    cells = each.counted.cells
    if cells is not None and cells.unseen_count:
        yield f"✚ {len(cells.unseen):,} new, {share(each.unseen)} of Q."
    if each.top:
        is_binned = cells is not None and cells.cuts is not None  # then the labels are ours, and hold numbers
        names = [true_minus(one.outcome) if is_binned else one.outcome for one in each.top]
        moved = [f"{name} ({share(one.p)} → {share(one.q)})" for name, one in zip(names, each.top, strict=True)]
        yield f"Most from {', '.join(moved)}."
    if p is not None and q is not None and p.rows and q.rows and (p.missing or q.missing):
        yield f"Missing: {share(p.missing / p.rows)} → {share(q.missing / q.rows)}."
