"""Verdicts on counted columns: measures and their noise, tests adjusted over the run, limits, a status a column.

A column exceeds a limit if its value is above it *and* the difference is beyond noise: at a million rows everything is
significant, and at a hundred every fixed limit fires.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.comparison import Comparison, compare
from klcli.core.contribution import Contribution
from klcli.core.distributions.distribution import Distribution
from klcli.core.estimation.numbers.ordered import Bounded
from klcli.core.estimation.significance.homogeneity import (
    LEAST_EXPECTED,
    HomogeneityTest,
    homogeneity_test,
    hypergeometric_tail,
)
from klcli.core.estimation.significance.multiple_tests import adjusted
from klcli.core.estimation.significance.unseen import unseen_p_value
from klcli.core.measures.divergences import jeffreys, jensen_shannon
from klcli.core.measures.kl import forward_kl, reverse_kl
from klcli.core.measures.l_infinity import l_infinity
from klcli.core.measures.selection import select
from klcli.core.pairs.supports import Finite
from klcli.runs.batch_results import Status
from klcli.runs.drift.counted import OTHER, Cells, CountedColumn
from klcli.runs.drift.judging.tested import tested
from klcli.runs.drift.judging.verdicts import decide
from klcli.runs.drift.results import ColumnDrift
from klcli.sources.drift.settings import MISSING, ORDERED, UNSEEN, DriftSettings
from klcli.tables.column import Kind

__all__ = ["SMOOTHING", "judge"]

SMOOTHING = "add:0.5"  # Jeffreys: it scales with the evidence, and moves a share by at most K/(2n)
_ADDED = 0.5  # to each count, which is exact in float64
_TOP = 3
_ALWAYS = (jeffreys.name, jensen_shannon.name, l_infinity.name)
_STRICT = (forward_kl.name, reverse_kl.name)  # without the addition


def judge(
    columns: Sequence[CountedColumn], settings: DriftSettings, ordered: Mapping[str, Mapping[str, Bounded]]
) -> tuple[list[ColumnDrift], int]:
    """Returns the drift of each column, and the number of tests.

    Args:
        ordered: Measures that see the order of values, by column and name, where they were asked for.
    """
    found = [_measured(each, settings, ordered.get(each.name, {})) for each in columns]
    p_values = [p for each in found for p in _p_values(each) if p is not None]
    tests = len(p_values)
    if tests:
        following = iter(adjusted(p_values, settings.adjust))
        for each in found:
            each.p_adjusted, each.missing_p_adjusted, each.unseen_p_adjusted, *of_order = (
                None if p is None else next(following) for p in _p_values(each)
            )
            each.order_p_adjusted = dict(zip(each.order_p, of_order, strict=True))
    for each in found:
        if each.counted.is_compared:
            decide(each, settings, max(1, tests))
    return found, tests


def _p_values(each: ColumnDrift) -> tuple[float | None, ...]:
    return each.test and each.test.p_value, each.missing_p, each.unseen_p, *each.order_p.values()


def _measured(counted: CountedColumn, settings: DriftSettings, ordered: Mapping[str, Bounded]) -> ColumnDrift:
    """Returns the values and tests of a column, without a verdict."""
    if counted.skipped or counted.error:
        status = Status.ERROR if counted.error else Status.SKIPPED
        found = ColumnDrift(counted, status, reason=counted.error or counted.skipped)
        found.missing_change = _missing_change(counted)
        return found
    found = ColumnDrift(counted, Status.OK, missing_change=_missing_change(counted))
    facts_p, facts_q, cells = counted.facts_p, counted.facts_q, counted.cells
    assert facts_p is not None
    assert facts_q is not None
    if settings.missing == "apart" and facts_p.rows and facts_q.rows:
        found.missing_p = _two_by_two(facts_p.missing, facts_p.rows, facts_q.missing, facts_q.rows)
    if cells is None or not sum(cells.p) or not sum(cells.q):
        return found
    p, q = np.array(cells.p, dtype=np.float64), np.array(cells.q, dtype=np.float64)
    limited = settings.limits_of(counted.name)
    names = [name for name in dict.fromkeys([*_ALWAYS, *settings.measures, *limited])
             if name not in (MISSING, UNSEEN, *ORDERED)]  # fmt: skip
    finite = {name for name in names if select(name).support_law is Finite.ALWAYS}
    plain = _compared(p, q, [*(name for name in names if name in finite), *_STRICT])
    smoothed = _compared(p + _ADDED, q + _ADDED, [name for name in names if name not in finite])
    found.measures = {
        **{name: (plain if name in finite else smoothed).value(select(name)) for name in names},
        **{name: bounded.value for name, bounded in ordered.items()},
    }  # fmt: skip
    found.errors = {name: bounded.error for name, bounded in ordered.items() if bounded.error}
    found.strict = {name: plain.value(select(name)) for name in _STRICT}
    found.top = _top(p, q, cells)
    found.unseen, found.vanished = cells.unseen_count / float(q.sum()), cells.vanished_count / float(p.sum())
    if min(facts_p.present, facts_q.present) >= settings.min_rows:
        found.test = tested(cells, is_exact=settings.is_exact)
        if UNSEEN in limited and _has_labels(counted):
            found.unseen_p = _unseen_p(cells)
        found.order_p = {name: bounded.p_value for name, bounded in ordered.items() if name in limited}
    return found


def _top(p: Array, q: Array, cells: Cells) -> tuple[Contribution, ...]:
    """Returns the cells that add most to the Jeffreys divergence of the smoothed shares, with their observed shares."""
    a, b = (p + _ADDED) / (p + _ADDED).sum(), (q + _ADDED) / (q + _ADDED).sum()
    terms = (a - b) * np.log(a / b)
    order = np.argsort(-terms, kind="stable")[:_TOP]
    n, m = p.sum(), q.sum()
    return tuple(Contribution(cells.labels[at], float(p[at] / n), float(q[at] / m)) for at in order if terms[at] > 0)


def _compared(p: Array, q: Array, measures: Sequence[str]) -> Comparison:
    sides = [Distribution.from_values(counts, as_="weights", name=name, copy=False)
             for counts, name in ((p, "P"), (q, "Q"))]  # fmt: skip
    return compare(*sides, measures=measures or (jensen_shannon.name,))


def _has_labels(counted: CountedColumn) -> bool:
    """Returns True if a value may be unseen: a label, or a number in a bin that is empty in the reference."""
    assert counted.cells is not None
    is_numeric = counted.decision is not None and counted.decision.kind is Kind.NUMERIC
    return not is_numeric or bool(counted.cells.unseen)


def _unseen_p(cells: Cells) -> float:
    """Returns the p-value of the mass of labels that P lacks, if both tables are of one population."""
    if not cells.unseen_count:
        return 1.0
    joined, further = cells.joined
    kept = [(p, q) for label, p, q in zip(cells.labels, cells.p, cells.q, strict=True) if label != OTHER]
    return unseen_p_value([p for p, _ in (*kept, *joined)], [q for _, q in (*kept, *joined)], further)


def _missing_change(counted: CountedColumn) -> float:
    p, q = counted.facts_p, counted.facts_q
    if p is None or q is None or not p.rows or not q.rows:
        return 0.0
    # rounded once, so that a limit which it equals is kept
    return abs(p.missing * q.rows - q.missing * p.rows) / (p.rows * q.rows)


def _two_by_two(a: int, n: int, b: int, m: int) -> float:
    """Returns the p-value that a of n and b of m have one share: by X² where each cell expects 5, else Fisher's."""
    marked, total = a + b, n + m
    if marked in (0, total):
        return 1.0
    if min(n, m) * min(marked, total - marked) / total >= LEAST_EXPECTED:
        test: HomogeneityTest = homogeneity_test([a, n - a], [b, m - b], grouped=False)
        return test.p_value
    return min(1.0, 2 * min(hypergeometric_tail(b, m, marked, total), hypergeometric_tail(a, n, marked, total)))
