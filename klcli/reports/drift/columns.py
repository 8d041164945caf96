"""A row and a case for each column of a drift report."""

from collections.abc import Iterable, Mapping
from math import inf, isinf

from klcli.core.contribution import Contribution
from klcli.core.distributions.units import unit_name
from klcli.core.limits import Verdict
from klcli.core.measures.distances import total_variation
from klcli.core.measures.divergences import jeffreys, jensen_shannon
from klcli.core.measures.kl import forward_kl, reverse_kl
from klcli.core.measures.l_infinity import l_infinity
from klcli.core.measures.selection import select
from klcli.reports.drift.document import code_of, column_document
from klcli.reports.parts import CaseRows, Column
from klcli.runs.batch_results import Case, Status
from klcli.runs.drift.results import ColumnDrift, DriftResult
from klcli.sources.drift.settings import KS, MISSING, ORDERED, UNSEEN, WASSERSTEIN, DriftSettings
from klcli.support.text.safe_text import rounded

__all__ = ["TITLES", "case_of", "drift_cases", "preset_cases", "unit_of"]

TITLES = {
    jeffreys.name: "PSI", jensen_shannon.name: "JS", l_infinity.name: "L∞", forward_kl.name: "KL(P‖Q)",
    reverse_kl.name: "KL(Q‖P)", total_variation.name: "TV", KS: "KS", WASSERSTEIN: "W1/sd",
}  # fmt: skip


def drift_cases(result: DriftResult, *, is_verbose: bool = False, digits: int | None = None) -> CaseRows:
    """Returns a row and a case for each column; `digits` are those of every number in a row, None for two or three."""
    if result.settings.preset is not None:
        return preset_cases(result, digits)
    names = list(result.settings.measures)
    if not is_verbose and result.settings.measures == DriftSettings().measures:
        names = names[:1]
    if is_verbose:
        names += [
            name for name in ORDERED if any(name in each.measures for each in result.columns) and name not in names
        ]
    first = TITLES.get(names[0], names[0])
    columns = [Column("column", "column", is_label=True), Column("kind", "kind", is_own=True)]
    columns += [Column("value", first, is_number=True), Column("noise", "noise", is_number=True),
                Column("p", "p", is_number=True)]  # fmt: skip
    columns += [Column(name, TITLES.get(name, name), is_number=True) for name in names[1:]]
    columns += [Column("nulls", "nulls", is_number=True), Column("unseen", "unseen", is_number=True)]
    rows = tuple(_row(each, names, digits) for each in result.columns)
    return CaseRows(tuple(columns), rows, tuple(case_of(each, result) for each in result.columns))


def preset_cases(result: DriftResult, digits: int | None = None) -> CaseRows:
    """Returns a row and a case for each column, under a preset: its statistics and the limit of the first."""
    asked = result.settings.measures
    columns = [Column("column", "column"), Column("kind", "kind")]
    if asked:
        columns += [Column(name, name, is_number=True) for name in asked]
    else:
        columns += [Column("statistic", "statistic"), Column("value", "value", is_number=True)]
    if len(asked) < 2:
        columns.append(Column("limit", "limit", is_number=True))
    rows = []
    for each in result.columns:
        kind = "" if each.counted.decision is None else each.counted.decision.kind.value
        found = list(each.measures)
        cells = [_number(each.measures, name, digits or 6) for name in asked or found[:1]]
        titles = [] if asked else [each.statistics[name] for name in found[:1]] or [""]
        limits = [] if len(asked) > 1 else [_limit(each, (*asked, *found)[0]) if found else ""]
        rows.append((each.name, kind, *titles, *(cells or [""]), *limits))
    return CaseRows(tuple(columns), tuple(rows), tuple(case_of(each, result) for each in result.columns))


def _limit(each: ColumnDrift, name: str) -> str:
    """Returns the limit of a measure in few digits, empty if it has none."""
    limits = [one.verdict.limit for one in each.verdicts if one.verdict.measure == name]
    return rounded(limits[0], 3) if limits else ""


def case_of(each: ColumnDrift, result: DriftResult) -> Case:
    """Returns a column as a case of a batch."""
    values = tuple(
        (name, value, "" if name in each.statistics else unit_of(name))
        for name, value in each.measures.items()
        if not isinf(value) or value > 0
    ) + tuple((f"{name}_error", error, "") for name, error in each.errors.items())
    judged = [one.verdict for one in each.verdicts if one.passed or one.exceeds]
    causes = tuple(_causes(each, verdict) for verdict in judged if not verdict.passed)
    is_error = each.status is Status.ERROR
    return Case(
        each.name, result.p.name, result.q.name, each.status, column_document(each), values,
        tuple(judged), causes, tuple(each.counted.notes),
        each.reason if is_error else "", each.counted.hint, reason=each.reason,
        unclear=tuple(one.verdict for one in each.verdicts if not one.passed and not one.exceeds),
        own_code=code_of(each.status, result.settings),
    )  # fmt: skip


def _causes(each: ColumnDrift, verdict: Verdict) -> tuple[Contribution, ...]:
    if verdict.measure in (MISSING, *ORDERED):
        return ()
    unseen = () if each.counted.cells is None else each.counted.cells.unseen
    return tuple(one for one in each.top if verdict.measure != UNSEEN or one.outcome in unseen)


def _row(each: ColumnDrift, names: Iterable[str], digits: int | None) -> tuple[str, ...]:
    first, *rest = names
    kind = "" if each.counted.decision is None else each.counted.decision.kind.value
    noise = each.noise.get(first)
    unseen = f"{_percent(each.unseen, digits)} %" if each.unseen else ""
    return (
        each.name, kind, _bounded(each, first, digits), "" if noise is None else rounded(noise, digits or 2),
        "" if each.p_adjusted is None else rounded(each.p_adjusted, digits or 2),
        *(_bounded(each, name, digits) for name in rest), _nulls(each, digits), unseen,
    )  # fmt: skip


def _bounded(each: ColumnDrift, name: str, digits: int | None) -> str:
    error = each.errors.get(name)
    return _number(each.measures, name, digits or 3) + (f" ± {rounded(error, 2)}" if error else "")


def _number(measures: Mapping[str, float], name: str, digits: int) -> str:
    value = measures.get(name)
    return "" if value is None else "inf" if value == inf else rounded(value, digits)


def _nulls(each: ColumnDrift, digits: int | None) -> str:
    p, q = each.counted.facts_p, each.counted.facts_q
    if p is None or q is None or not p.rows or not q.rows or not (p.missing or q.missing):
        return ""
    return f"{_percent(p.missing / p.rows, digits)} → {_percent(q.missing / q.rows, digits)} %"


def _percent(share: float, digits: int | None) -> str:
    return rounded(100 * share, digits or (2 if share < 0.1 else 3))


def unit_of(name: str) -> str:
    """Returns the unit of a measure of drift, empty if it has none."""
    return "" if name in (MISSING, UNSEEN, *ORDERED) else unit_name(select(name).unit, "e")
