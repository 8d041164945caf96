"""Verdicts on columns whose values and tests are known: noise, limits, a status and its reason."""

from math import ceil

from klcli.core.distributions.units import unit_name
from klcli.core.estimation.significance.chi_squared import chi_squared_isf
from klcli.core.estimation.significance.order import ks_quantile, ks_rows
from klcli.core.limits import Verdict
from klcli.core.measures.divergences import jeffreys, jensen_shannon
from klcli.core.measures.kl import forward_kl, reverse_kl
from klcli.core.measures.selection import select
from klcli.errors import NotComparable, UsageError
from klcli.notes import few_rows_settle
from klcli.notes.wording import plural
from klcli.runs.batch_results import Status
from klcli.runs.drift.results import ColumnDrift, DriftVerdict
from klcli.sources.drift.settings import KS, MISSING, ORDERED, UNSEEN, WASSERSTEIN, DriftSettings
from klcli.support.sentence import Option, Sentence
from klcli.support.text.safe_text import rounded
from klcli.tables.column import Kind

__all__ = ["decide"]

# times χ²·(1/n + 1/m), the size of a measure where P = Q, to leading order
_NOISE = {jeffreys.name: 1.0, forward_kl.name: 0.5, reverse_kl.name: 0.5, jensen_shannon.name: 0.125}


def decide(found: ColumnDrift, settings: DriftSettings, tests: int) -> None:
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
    if KS in found.order_p:
        found.noise = {**found.noise, KS: ks_quantile(level, facts_p.present, facts_q.present)}
    verdicts = []
    for name, limit in settings.limits_of(found.name).items():
        judged = _verdict(found, name, limit.limit, settings, level, scale)
        if judged is not None:
            verdicts.append(judged)
        elif name in ORDERED and found.counted.has_order and found.test is not None:
            raise _unknown_order(found, name)
        elif limit.pattern == found.name and name == MISSING and settings.missing in ("bin", "drop"):
            raise UsageError(
                f"limit {found.name}:{name}: --missing {settings.missing} does not compare null shares",
                hint=Option("--missing", "apart") + " does; or take the limit away",
            )
        elif limit.pattern == found.name and name in (UNSEEN, *ORDERED):
            assert found.counted.decision is not None
            kind = found.counted.decision.kind.value
            raise UsageError(f"limit {found.name}:{name}: the column is of the kind {kind}, which has no {name}")
    found.verdicts = tuple(verdicts)
    _set_status(found, settings)


def _unknown_order(found: ColumnDrift, name: str) -> NotComparable:
    """Returns the error for a limit on a measure of values in order, which the counts do not tell."""
    assert found.counted.decision is not None
    if found.counted.decision.kind is Kind.NUMERIC:
        return NotComparable(
            f"a profile does not tell its {name}, which has a limit",
            place=found.name,
            hint="pass the tables themselves, or make the profile of REF anew",
        )
    return NotComparable(
        f"its {name} has a limit and is not known, as its rare values are counted together",
        place=found.name,
        hint=Sentence("compare it in bins, with ", Option("--type", f"{found.name}=numeric")),
    )


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
        return _judged(Verdict(name, limit, found.missing_change, ""), found.missing_p_adjusted, settings, rows)
    if found.test is None or cells is None or (name in ORDERED and name not in found.measures):
        return None
    if name == UNSEEN:
        if found.unseen_p_adjusted is None:
            return None
        return _judged(Verdict(name, limit, found.unseen, ""), found.unseen_p_adjusted, settings)
    if name in ORDERED:
        if name == KS and limit:
            rows = ks_rows(limit, level)
        verdict = Verdict(name, limit, found.measures[name], "")
        return _judged(verdict, found.order_p_adjusted[name], settings, rows)._replace(
            error=found.errors.get(name, 0.0)
        )
    if name in _NOISE and limit:
        rows = ceil(2 * _NOISE[name] * scale / limit)
    unit = unit_name(select(name).unit, "e")
    return _judged(Verdict(name, limit, found.measures[name], unit), found.p_adjusted, settings, rows)


def _judged(verdict: Verdict, p_value: float | None, settings: DriftSettings, rows: int = 0) -> DriftVerdict:
    """Returns a limit held against its value, and the adjusted p-value of its test against alpha."""
    return DriftVerdict(verdict, p_value is not None and p_value < settings.alpha, rows, p_value=p_value)


def _set_status(found: ColumnDrift, settings: DriftSettings) -> None:
    facts_p, facts_q, test = found.counted.facts_p, found.counted.facts_q, found.test
    assert facts_p is not None
    assert facts_q is not None
    every = (found.p_adjusted, found.missing_p_adjusted, found.unseen_p_adjusted, *found.order_p_adjusted.values())
    adjusted_p = [p for p in every if p is not None]
    unclear = [each for each in found.verdicts if not each.passed and not each.exceeds]
    within_noise = "; ".join(_unclear_words(found, each) for each in unclear)
    if found.exceeded:
        found.status, found.reason = Status.EXCEEDED, within_noise
    elif test is None:
        found.status = Status.INSUFFICIENT
        here = plural(facts_p.present, "value")
        found.reason = f"{here} in P and {facts_q.present:,} in Q; --min-rows is {settings.min_rows}"
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
    if floor:
        beside = f"noise reaches {rounded(floor, 3)}"
    elif each.p_value is None:
        beside = "noise alone may do that"
    elif verdict.measure == WASSERSTEIN:  # its test has an upper bound of p, which does not show that noise does it
        beside = f"not shown to be beyond noise, p at most {rounded(each.p_value, 2)}"
    else:
        beside = f"noise alone may do that, p = {rounded(each.p_value, 2)}"
    return f"{verdict.measure} = {rounded(verdict.value, 3)} is above {rounded(verdict.limit)}, but {beside}"


def _distinct_cells(found: ColumnDrift) -> int:
    cells = found.counted.cells
    assert cells is not None
    return sum(p + q > 0 for p, q in zip(cells.p, cells.q, strict=True))
