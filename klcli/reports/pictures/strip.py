"""The pairs of a batch, worst first: how far each is above or below its limit."""

import heapq
from collections.abc import Sequence
from math import inf, isfinite
from typing import NamedTuple

from klcli.core.limits import Verdict
from klcli.core.measures.measure import Measure
from klcli.core.measures.selection import select
from klcli.errors import KlError
from klcli.reports.pictures.model import Lane, Mark, MarkRow, Marks, View, Words
from klcli.reports.pictures.scale import Scale, logarithmic, number, share, times
from klcli.runs.batch_results import BatchSummary, Case, Status, causes_text, verdict_text
from klcli.support.text.safe_text import exact, shorten

__all__ = ["WorstPairs", "ratio"]

_SHOWN, _REASONS = 500, 100  # pairs, and pairs with the reason why they failed
_REASON = 120  # characters of a reason
_SPAN = 1e6  # the axis ends this many times above or below the limit at most
_RANKS = {Status.ERROR: 2, Status.INSUFFICIENT: 2, Status.EXCEEDED: 1}  # of all others 0


class _Row(NamedTuple):
    """A pair, reduced to what is drawn; the rank and the value to sort by, and the place in the batch.

    `quantity` is what the value is, in symbols: the measure, or an end of its interval.
    """

    rank: int
    size: float
    place: int
    name: str
    status: str
    remark: str
    value: str
    limit: str
    has_ratio: bool
    is_judged: bool
    measure: str = ""
    quantity: str = ""


class WorstPairs:
    """Collects the pairs of a batch, and keeps the worst 500 of them."""

    def __init__(self) -> None:
        self._kept: list[_Row] = []
        self._count = 0
        self._limited = False
        self._left = dict.fromkeys(Status, 0)

    def add(self, case: Case) -> None:
        """Adds a pair."""
        self._count += 1
        row = _row(case, -self._count)
        self._limited |= bool(case.verdicts)
        if len(self._kept) < _SHOWN:
            heapq.heappush(self._kept, row)
        else:
            row = heapq.heappushpop(self._kept, row)
            self._left[Status(row.status)] += 1

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The measures of the values shown, in order of the pairs."""
        shown = sorted(self._kept, key=lambda row: -row.place)
        found = map(_measure, dict.fromkeys(row.measure for row in shown))
        return tuple(measure for measure in found if measure)

    def views(self, summary: BatchSummary) -> tuple[View, ...]:
        """Returns the picture of the pairs collected, with the number of those left out."""
        rows = sorted(self._kept, reverse=True)
        if self._limited:  # values of different measures have no common axis
            rows.sort(key=lambda row: row.rank == 0 and not row.is_judged)
            rows = [row if row.is_judged or row.rank else row._replace(has_ratio=False) for row in rows]
        scale = _scale([row.size for row in rows if row.has_ratio], is_ratio=self._limited)
        rows = [row._replace(quantity=_symbols(row.quantity, row.measure)) for row in rows]
        quantities = {row.quantity for row in rows if row.quantity}
        title = next(iter(quantities)) if len(quantities) == 1 else "value"
        if len(quantities) > 1:
            rows = [row._replace(value=f"{row.quantity} = {row.value}") if row.quantity else row for row in rows]
        columns = (
            Words("value ÷ limit"), Lane("", scale.ticks, (Mark("rule", "ink", scale.at(1.0)),)), Words(title),
            Words("limit"),
        ) if self._limited else (Words(title, short=""), Lane("", scale.ticks))  # fmt: skip
        drawn = tuple(
            MarkRow(row.name, self._cells(row, scale), row.status, row.remark if place < _REASONS else "")
            for place, row in enumerate(rows)
        )
        axis = "from the limit (the line at 1×) to the value" if self._limited else "to the value of the first measure"
        remarks: tuple[str, ...] = ()
        if any(self._left.values()):
            left = sum(self._left.values())
            verb = "is" if left == 1 else "are"
            remarks = (f"{left:,} more {verb} not shown: {summary.breakdown(self._left)}.",)
        if sum(bool(row.remark) for row in rows) > sum(bool(row.remark) for row in rows[:_REASONS]):
            remarks = (*remarks, f"Reasons are given for the first {_REASONS} pairs; -f json has them all.")
        return (
            View(
                "Pairs, worst first",
                f"Each bar runs {axis}, on a logarithmic axis. An arrow is infinite; a dotted line has no value.",
                Marks("pair", columns, drawn, has_status=True),
                remarks,
            ),
        )

    def _cells(self, row: _Row, scale: Scale) -> tuple[str | tuple[Mark, ...], ...]:
        lane = _lane(row, scale, is_ratio=self._limited)
        if not self._limited:
            return (row.value, lane)
        if not row.has_ratio:
            return ("not known" if row.rank else "no limit" if not row.is_judged else "", lane, row.value, row.limit)
        return (f"{number(row.size, 3)} ×" if isfinite(row.size) else number(row.size), lane, row.value, row.limit)


def ratio(verdict: Verdict) -> float:
    """Returns how many times a value is its limit; the inverse if the limit is a least value. NaN if neither is."""
    top, bottom = (verdict.limit, verdict.value) if verdict.is_least else (verdict.value, verdict.limit)
    if top != top or bottom != bottom or top < 0 or bottom < 0:
        return float("nan")
    if not bottom:
        return inf if top else 1.0
    return top / bottom


def _row(case: Case, place: int) -> _Row:
    judged = [(ratio(verdict), verdict) for verdict in case.verdicts]
    known = [(size, verdict) for size, verdict in judged if size == size]
    remark = shorten(_remark(case), _REASON)
    rank, status = _RANKS.get(case.status, 0), case.status.value
    if not case.verdicts and case.values:
        name, first, unit = case.values[0]
        value = f"{number(first)} {unit}".strip()
        return _Row(rank, first, place, case.name, status, remark, value, "", True, False, name, name)
    if not known:
        shown = judged[0][1] if judged else None
        value = number(shown.value) if shown and shown.value == shown.value else ""
        limit = _limit(shown) if shown else ""
        return _Row(rank, inf if rank else 0.0, place, case.name, status, remark, value, limit, False, bool(judged))
    size, verdict = max(known, key=lambda each: each[0])
    return _Row(
        rank, size, place, case.name, status, remark, number(verdict.value), _limit(verdict), True, True,
        verdict.measure, verdict.subject,
    )  # fmt: skip


def _remark(case: Case) -> str:
    """Returns what is wrong; of one exceeded limit, which has columns of its own, only what it comes from."""
    if case.status is not Status.EXCEEDED:
        return "; ".join(text for finding in case.findings() for text in finding if text)
    exceeded = [verdict for verdict in case.verdicts if not verdict.passed]
    causes = [causes_text(*each, share) for each in zip(exceeded, case.causes, strict=True)]
    if len(exceeded) == 1 and causes[0] and not case.reason:
        return causes[0]
    limits = (text for each in zip(map(verdict_text, exceeded), causes, strict=True) for text in each)
    return "; ".join(filter(None, (*limits, case.reason)))


def _measure(name: str) -> Measure | None:
    """Returns the measure of this name; None for another quantity."""
    try:
        return select(name)
    except KlError:
        return None


def _symbols(subject: str, name: str) -> str:
    """Returns what is judged with its measure in symbols: "upper end of KL(P‖Q)"."""
    measure = _measure(name)
    return subject.replace(name, measure.notation) if measure else subject


def _limit(verdict: Verdict) -> str:
    return f"{exact(verdict.limit).replace('-', '−')} {verdict.unit}".strip()


def _scale(sizes: Sequence[float], *, is_ratio: bool) -> Scale:
    finite = [size for size in sizes if 0 < size < inf]
    if is_ratio:
        low, high = min([1.0, *finite]), max([1.0, *finite])
        low, high = max(low, 1 / _SPAN), min(high, _SPAN)
        if low == high:
            low, high = 0.1, 10.0
        return logarithmic(low, high, margin=0.04, written=times)
    if not finite:
        return logarithmic(0.1, 10.0, margin=0.04)
    return logarithmic(max(min(finite), max(finite) / 1e12), max(finite), margin=0.04)


def _lane(row: _Row, scale: Scale, *, is_ratio: bool) -> tuple[Mark, ...]:
    """Returns the marks of a pair."""
    role = "bad" if row.rank else "ok"
    start = scale.at(1.0) if is_ratio else 0.0
    if not row.has_ratio:
        return (Mark("unknown", role, 0.0, 1.0),) if row.rank else ()
    if row.size == inf:
        return (Mark("arrow", role, start, 1.0),)
    end = scale.at(row.size)
    low, high = sorted((start, end))
    return Mark("line", role, low, high), Mark("dot", role, end)
