"""Verdicts on counted columns: measures and their noise, tests adjusted over the run, limits, a status a column.

A column exceeds a limit if its value is above it *and* the difference is beyond noise: at a million rows everything is
significant, and at a hundred every fixed limit fires.
"""

from collections.abc import Mapping, Sequence
from math import ceil

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.comparison import Comparison, compare
from klcli.core.contribution import Contribution
from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.units import unit_name
from klcli.core.estimation.numbers.ordered import Bounded
from klcli.core.estimation.significance.chi_squared import chi_squared_isf
from klcli.core.estimation.significance.homogeneity import (
    LEAST_EXPECTED,
    HomogeneityTest,
    homogeneity_test,
    hypergeometric_tail,
    relabelled_p_value,
)
from klcli.core.estimation.significance.multiple_tests import adjusted
from klcli.core.estimation.significance.unseen import unseen_p_value
from klcli.core.limits import Verdict
from klcli.core.measures.divergences import jeffreys, jensen_shannon
from klcli.core.measures.kl import forward_kl, reverse_kl
from klcli.core.measures.l_infinity import l_infinity
from klcli.core.measures.measure import select
from klcli.core.pairs.supports import Finite
from klcli.errors import NotComparable, UsageError
from klcli.notes import few_rows_settle
from klcli.runs.batch_results import Status
from klcli.runs.drift.counted import OTHER, Cells, CountedColumn
from klcli.runs.drift.results import ColumnDrift, DriftVerdict
from klcli.sources.drift.settings import MISSING, ORDERED, UNSEEN, DriftSettings
from klcli.support.safe_text import rounded
from klcli.tables.column import Kind

__all__ = ["SMOOTHING", "judge"]

SMOOTHING = "add:0.5"  # Jeffreys: it scales with the evidence, and moves a share by at most K/(2n)
_ADDED = 0.5  # to each count, which is exact in float64
_TOP = 3
_RELABELLINGS, _ENOUGH, _SEED = 99_999, 200, 0  # p is right to 7 %; the least is 1e-5
_ALWAYS = (jeffreys.name, jensen_shannon.name, l_infinity.name)
# times χ²·(1/n + 1/m), the size of a measure where P = Q, to leading order
_NOISE = {jeffreys.name: 1.0, forward_kl.name: 0.5, reverse_kl.name: 0.5, jensen_shannon.name: 0.125}


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
            each.p_adjusted, each.missing_p_adjusted, each.unseen_p_adjusted = (
                None if p is None else next(following) for p in _p_values(each)
            )
    for each in found:
        if each.counted.is_compared:
            _decide(each, settings, max(1, tests))
    return found, tests


def _p_values(each: ColumnDrift) -> tuple[float | None, float | None, float | None]:
    return each.test and each.test.p_value, each.missing_p, each.unseen_p


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
    plain = _compared(p, q, [name for name in names if name in finite])
    smoothed = _compared(p + _ADDED, q + _ADDED, [name for name in names if name not in finite])
    found.measures = {
        **{name: (plain if name in finite else smoothed).value(select(name)) for name in names},
        **{name: bounded.value for name, bounded in ordered.items()},
    }  # fmt: skip
    found.errors = {name: bounded.error for name, bounded in ordered.items() if bounded.error}
    found.strict = {name: plain.value(select(name)) for name in (forward_kl.name, reverse_kl.name)}
    found.top = _top(p, q, cells)
    found.unseen, found.vanished = cells.unseen_count / float(q.sum()), cells.vanished_count / float(p.sum())
    if min(facts_p.present, facts_q.present) >= settings.min_rows:
        grouped = cells.is_grouped or bool(cells.unseen)
        found.test = homogeneity_test(p, q, labels=cells.labels, grouped=grouped)
        if settings.is_exact:
            p_value = relabelled_p_value(p, q, _RELABELLINGS, _SEED, cells.labels, grouped=grouped, enough=_ENOUGH)
            found.test = found.test._replace(p_value=p_value)
        if UNSEEN in limited and _has_labels(counted):
            found.unseen_p = _unseen_p(cells)
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


def _decide(found: ColumnDrift, settings: DriftSettings, tests: int) -> None:
    """Sets noise, verdicts and status of a column that is compared."""
    level = settings.alpha if settings.adjust == "none" else settings.alpha / tests
    facts_p, facts_q, test = found.counted.facts_p, found.counted.facts_q, found.test
    assert facts_p is not None
    assert facts_q is not None
    scale = 0.0
    if test is not None and test.degrees_of_freedom > 0:
        scale = chi_squared_isf(level, test.degrees_of_freedom)
        width = 1 / facts_p.present + 1 / facts_q.present
        found.noise = {name: share * scale * width for name, share in _NOISE.items() if name in found.measures}
    verdicts = []
    for name, limit in settings.limits_of(found.name).items():
        judged = _verdict(found, name, limit.limit, settings, level, scale)
        if judged is not None:
            verdicts.append(judged)
        elif name in ORDERED and _has_order(found):
            raise NotComparable(
                f"{found.name}: a profile does not tell its {name}, which has a limit",
                hint="pass the tables themselves, or make the profile of REF anew",
            )
        elif limit.pattern == found.name and name in (UNSEEN, *ORDERED):
            assert found.counted.decision is not None
            kind = found.counted.decision.kind.value
            raise UsageError(f"limit {found.name}:{name}: the column is of the kind {kind}, which has no {name}")
    found.verdicts = tuple(verdicts)
    _set_status(found, settings)


def _has_order(found: ColumnDrift) -> bool:
    """Returns True if a column of numbers has values on both sides, and a test."""
    decision = found.counted.decision
    return found.test is not None and decision is not None and decision.kind is Kind.NUMERIC


def _verdict(
    found: ColumnDrift, name: str, limit: float, settings: DriftSettings, level: float, scale: float
) -> DriftVerdict | None:
    """Returns a limit held against its value; None if the column has no such value."""
    facts_p, facts_q, cells = found.counted.facts_p, found.counted.facts_q, found.counted.cells
    assert facts_p is not None
    assert facts_q is not None
    rows = 0
    if name == MISSING:
        if found.missing_p_adjusted is None:
            return None
        share = max(facts_p.missing / facts_p.rows, facts_q.missing / facts_q.rows)
        z_squared = chi_squared_isf(level, 1)
        if limit:
            rows = ceil(2 * z_squared * share * (1 - share) / limit**2)
        return DriftVerdict(
            Verdict(name, limit, found.missing_change, ""), found.missing_p_adjusted < settings.alpha, rows
        )
    if found.test is None or cells is None or (name in ORDERED and name not in found.measures):
        return None
    if name == UNSEEN:
        if found.unseen_p_adjusted is None:
            return None
        return DriftVerdict(Verdict(name, limit, found.unseen, ""), found.unseen_p_adjusted < settings.alpha)
    unit = "" if name in ORDERED else unit_name(select(name).unit, "e")
    if name in _NOISE and limit:
        rows = ceil(2 * _NOISE[name] * scale / limit)
    is_beyond = found.p_adjusted is not None and found.p_adjusted < settings.alpha
    return DriftVerdict(Verdict(name, limit, found.measures[name], unit), is_beyond, rows, found.errors.get(name, 0.0))


def _has_labels(counted: CountedColumn) -> bool:
    """Returns True if a value may be unseen: a label, or what lies beside the only number of the reference."""
    assert counted.cells is not None
    is_numeric = counted.decision is not None and counted.decision.kind is Kind.NUMERIC
    return not is_numeric or bool(counted.cells.unseen)


def _unseen_p(cells: Cells) -> float:
    """Returns the p-value of the mass of labels that P lacks, if both tables are of one population."""
    if not cells.unseen_count:
        return 1.0
    further = sum(q for label, p, q in zip(cells.labels, cells.p, cells.q, strict=True) if label == OTHER and not p)
    kept = [(p, q) for label, p, q in zip(cells.labels, cells.p, cells.q, strict=True) if label != OTHER or p]
    return unseen_p_value([p for p, _ in kept], [q for _, q in kept], further)


def _set_status(found: ColumnDrift, settings: DriftSettings) -> None:
    facts_p, facts_q, test = found.counted.facts_p, found.counted.facts_q, found.test
    assert facts_p is not None
    assert facts_q is not None
    every = (found.p_adjusted, found.missing_p_adjusted, found.unseen_p_adjusted)
    adjusted_p = [p for p in every if p is not None]
    unclear = [each for each in found.verdicts if not each.passed and not each.exceeds]
    within_noise = "; ".join(_unclear_words(found, each) for each in unclear)
    if found.exceeded:
        found.status, found.reason = Status.EXCEEDED, within_noise
    elif test is None:
        found.status = Status.INSUFFICIENT
        found.reason = (
            f"{facts_p.present:,} values in P and {facts_q.present:,} in Q; --min-rows is {settings.min_rows}"
        )
    elif test.groups < 2 and _distinct_cells(found) > 1:
        found.status, found.reason = Status.INSUFFICIENT, "every label is too rare to be tested"
    elif test.groups < 2 and facts_p.lowest != facts_p.highest:
        found.status, found.reason = Status.INSUFFICIENT, "all values lie in one bin, which shows no difference"
    elif unclear:
        found.status, found.reason = Status.UNCLEAR, within_noise
        found.counted.notes += [
            few_rows_settle(found.name, each.verdict.measure, each.rows_needed) for each in unclear if each.rows_needed
        ]
    elif adjusted_p and min(adjusted_p) < settings.alpha:
        found.status = Status.CHANGED
        found.reason = "beyond noise, within every limit"


def _unclear_words(found: ColumnDrift, each: DriftVerdict) -> str:
    verdict = each.verdict
    if each.is_unsure:
        value = f"{rounded(verdict.value, 3)} ± {rounded(each.error, 2)}"
        return f"{verdict.measure} = {value} from a profile may be above or below {rounded(verdict.limit)}"
    floor = found.noise.get(verdict.measure)
    beside = f", but noise reaches {rounded(floor, 3)}" if floor else ", but noise alone does that"
    return f"{verdict.measure} = {rounded(verdict.value, 3)} is above {rounded(verdict.limit)}{beside}"


def _distinct_cells(found: ColumnDrift) -> int:
    cells = found.counted.cells
    assert cells is not None
    return sum(p + q > 0 for p, q in zip(cells.p, cells.q, strict=True))


def _missing_change(counted: CountedColumn) -> float:
    p, q = counted.facts_p, counted.facts_q
    if p is None or q is None or not p.rows or not q.rows:
        return 0.0
    return abs(p.missing / p.rows - q.missing / q.rows)


def _two_by_two(a: int, n: int, b: int, m: int) -> float:
    """Returns the p-value that a of n and b of m have one share: by X² where each cell expects 5, else Fisher's."""
    marked, total = a + b, n + m
    if marked in (0, total):
        return 1.0
    if min(n, m) * min(marked, total - marked) / total >= LEAST_EXPECTED:
        test: HomogeneityTest = homogeneity_test([a, n - a], [b, m - b], grouped=False)
        return test.p_value
    return min(1.0, 2 * min(hypergeometric_tail(b, m, marked, total), hypergeometric_tail(a, n, marked, total)))
