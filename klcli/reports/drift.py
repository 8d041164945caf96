"""The report on drift between two tables: facts, a row a column, a case for each, and the JSON document."""

from collections.abc import Iterable, Mapping
from math import inf, isinf, nan
from typing import TYPE_CHECKING

from klcli.core.contribution import Contribution
from klcli.core.distributions.units import unit_name
from klcli.core.limits import Verdict
from klcli.core.measures.measure import select
from klcli.document import drift_ending, drift_head, drift_side, note_items
from klcli.errors import ExitCode
from klcli.reports.parts import CaseRows, Column, Ending, Facts, Head, Picture
from klcli.runs.batch_results import BatchSummary, Case, Status
from klcli.runs.drift.judging import SMOOTHING
from klcli.runs.drift.results import ColumnDrift, DriftResult, DriftVerdict, JointDrift, TableSide
from klcli.sources.drift.settings import MISSING, ORDERED, UNSEEN, DriftSettings
from klcli.support.safe_text import exact, rounded
from klcli.tables.binning import exact as exact_value

if TYPE_CHECKING:
    from klcli.reports.pictures.drift import DriftedColumn
    from klcli.reports.pictures.model import View

__all__ = [
    "case_of",
    "column_document",
    "drift_cases",
    "drift_document",
    "drift_facts",
    "drift_picture",
    "drift_report_ending",
    "drift_report_head",
    "drift_summary",
    "exit_code",
]  # fmt: skip

_TITLES = {
    "jeffreys": "PSI", "jensen_shannon": "JS", "l_infinity": "L∞", "forward_kl": "KL(P‖Q)", "reverse_kl": "KL(Q‖P)",
    "ks": "KS", "wasserstein_sd": "W1/sd", "total_variation": "TV",
}  # fmt: skip


def exit_code(result: DriftResult) -> ExitCode:
    """Returns 3 if a column could not be judged, else 1 if a limit is exceeded, else 0."""
    settings, statuses = result.settings, {each.status for each in result.columns}
    unjudged = {Status.ERROR} | ({Status.UNCLEAR} if settings.is_strict else set())
    if not settings.allows_insufficient:
        unjudged.add(Status.INSUFFICIENT)
    if result.nothing_compared or statuses & unjudged or (result.new_columns and settings.new_columns == "fail"):
        return ExitCode.BAD_DATA
    failing = {Status.EXCEEDED} | ({Status.CHANGED} if settings.fails_on_changed else set())
    return ExitCode.LIMIT_EXCEEDED if statuses & failing else ExitCode.OK


def drift_report_head(result: DriftResult) -> Head:
    """Returns the head of the report."""
    title = f"{result.p.name} vs {result.q.name}"
    return Head(
        "drift reports", frozenset({"case", "facts", "picture"}), "kl drift", title, "columns", _document_head(result)
    )


def drift_report_ending(result: DriftResult, summary: BatchSummary) -> Ending:
    """Returns the ending of the report."""
    return Ending(lambda: _document_ending(result), batch=summary, notes=result.notes, exit_code=int(exit_code(result)))


def drift_summary(result: DriftResult) -> BatchSummary:
    """Returns the number of columns of each status."""
    summary = BatchSummary(f"{result.p.name} vs {result.q.name}", noun="column")
    for each in result.columns:
        summary.counts[each.status] += 1
    if result.nothing_compared:
        summary.ending = "nothing was compared"
    return summary


def drift_document(result: DriftResult) -> dict[str, object]:
    """Returns the whole JSON document."""
    columns = [{"name": each.name, "status": each.status.value, **column_document(each)} for each in result.columns]
    return {**_document_head(result), "columns": columns, **_document_ending(result)}


def drift_facts(result: DriftResult) -> Facts:
    """Returns both tables, and how they are compared."""
    settings = result.settings
    tests = f"{result.tests} test{'s' * (result.tests != 1)}"
    how = f"{settings.adjust} over {tests}" if settings.adjust != "none" else tests
    return Facts(
        (
            ("P", result.p.name, f"reference, {_size(result.p)}"),
            ("Q", result.q.name, f"current, {_size(result.q)}"),
            ("tests", f"{how[:1].upper()}{how[1:]}, α = {exact(settings.alpha)}", ""),
            *map(_pair_fact, result.pairs),
        )
    )  # fmt: skip


def _pair_fact(pair: JointDrift) -> tuple[str, str, str]:
    given = f"{rounded(pair.of_second_given_first, 3)} of {pair.second} given it"
    words = f"KL {rounded(pair.joint, 3)} = {rounded(pair.of_first, 3)} of {pair.first} + {given}, nats"
    return "pair", f"{pair.first}, {pair.second}", words


def drift_picture(result: DriftResult) -> Picture:
    """Returns the ranking of the columns and their small pictures, drawn on demand."""

    def views() -> "tuple[View, ...]":
        from klcli.reports.pictures.drift import drift_views

        name = result.settings.measures[0]
        return drift_views([_drawn(each, name) for each in result.columns], _TITLES.get(name, name))

    return Picture(views)


def _drawn(each: ColumnDrift, name: str) -> "DriftedColumn":
    """Returns a column reduced to what is drawn of it."""
    from klcli.reports.pictures.drift import DriftedColumn

    value, noise = each.measures.get(name, nan), each.noise.get(name, 0.0)
    cells, unit = each.counted.cells, _unit(name)
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


def drift_cases(result: DriftResult, *, is_verbose: bool = False) -> CaseRows:
    """Returns a row and a case for each column."""
    names = list(result.settings.measures)
    if not is_verbose and result.settings.measures == DriftSettings().measures:
        names = names[:1]
    if is_verbose:
        names += [
            name for name in ORDERED if any(name in each.measures for each in result.columns) and name not in names
        ]
    first = _TITLES.get(names[0], names[0])
    columns = [Column("column", "column"), Column("kind", "kind"), Column("value", first, is_number=True),
               Column("noise", "noise", is_number=True), Column("p", "p", is_number=True)]  # fmt: skip
    columns += [Column(name, _TITLES.get(name, name), is_number=True) for name in names[1:]]
    columns += [Column("nulls", "nulls", is_number=True), Column("unseen", "unseen", is_number=True)]
    rows = tuple(_row(each, names) for each in result.columns)
    return CaseRows(tuple(columns), rows, tuple(case_of(each, result) for each in result.columns))


def case_of(each: ColumnDrift, result: DriftResult) -> Case:
    """Returns a column as a case of a batch."""
    values = tuple((name, value, _unit(name)) for name, value in each.measures.items() if not isinf(value) or value > 0)
    causes = tuple(_causes(each, one.verdict) for one in each.verdicts if not one.verdict.passed)
    is_error = each.status is Status.ERROR
    return Case(
        each.name, result.p.name, result.q.name, each.status, column_document(each), values,
        tuple(one.verdict for one in each.verdicts), causes, tuple(each.counted.notes),
        each.reason if is_error else "", each.counted.hint, reason=each.reason,
    )  # fmt: skip


def _causes(each: ColumnDrift, verdict: Verdict) -> tuple[Contribution, ...]:
    if verdict.measure in (MISSING, *ORDERED):
        return ()
    unseen = () if each.counted.cells is None else each.counted.cells.unseen
    return tuple(one for one in each.top if verdict.measure != UNSEEN or one.outcome in unseen)


def column_document(each: ColumnDrift) -> dict[str, object]:
    """Returns the record of a column, without its name and status; counts are integers."""
    counted, p, q = each.counted, each.counted.facts_p, each.counted.facts_q
    decision, sides = counted.decision, (p, q)
    found: dict[str, object] = {
        "kind": None if decision is None else decision.kind.value,
        "why": "" if decision is None else decision.why,
        "reason": each.reason,
        "type_p": counted.column_p.declared,
        "type_q": None if counted.column_q is None else counted.column_q.declared,
    }
    for name in ("rows", "null", "nan", "infinite", "distinct"):
        found[name] = [None if side is None else getattr(side, name) for side in sides]
    found["constant"] = p is not None and q is not None and p.distinct == q.distinct == 1 and p.lowest == q.lowest
    found |= {
        "measures": each.measures, "strict": each.strict, "tests": _tests(each), "noise": each.noise,
        "missing_change": each.missing_change,
    }  # fmt: skip
    cells = counted.cells
    if cells is not None:
        found["unseen"] = {"mass": each.unseen, "labels": cells.unseen[:_LISTED]}
        found["vanished"] = {"mass": each.vanished, "labels": cells.vanished[:_LISTED]}
        edges = None if cells.cuts is None else [
            {"value": exact_value(cut.value), "side": "below" if cut.is_below else "at_most"} for cut in cells.cuts
        ]  # fmt: skip
        found["cells"] = {"labels": cells.labels, "edges": edges, "p": cells.p, "q": cells.q}
    found["top"] = [{"label": one.outcome, "p": one.p, "q": one.q} for one in each.top]
    found["verdicts"] = [_verdict_document(one) for one in each.verdicts]
    found["notes"] = note_items(counted.notes)
    if each.status is Status.ERROR:
        found["error"] = {"message": counted.error, "hint": counted.hint}
    return found


_LISTED = 20


def _tests(each: ColumnDrift) -> dict[str, object]:
    found: dict[str, object] = {}
    if each.test is not None:
        found["values"] = {
            "statistic": each.test.statistic, "df": each.test.degrees_of_freedom, "groups": each.test.groups,
            "p": each.test.p_value, "p_adjusted": each.p_adjusted,
        }  # fmt: skip
    if each.missing_p is not None:
        found["missing"] = {"p": each.missing_p, "p_adjusted": each.missing_p_adjusted}
    return found


def _verdict_document(one: DriftVerdict) -> dict[str, object]:
    verdict = one.verdict
    found = {"measure": verdict.measure, "limit": verdict.limit, "value": verdict.value}
    needed = {} if verdict.passed or one.beyond_noise else {"rows_needed": one.rows_needed or None}
    return {**found, "beyond_noise": one.beyond_noise, "passed": verdict.passed, **needed}


def _document_head(result: DriftResult) -> dict[str, object]:
    settings = result.settings
    how = {
        "bins": settings.bins.text, "smoothing": SMOOTHING, "missing": settings.missing, "alpha": settings.alpha,
        "adjust": settings.adjust, "tests": result.tests, "test": "pearson, rare cells grouped to 5",
        "min_rows": settings.min_rows, "base": "e", "preset": None,
    }  # fmt: skip
    return drift_head(drift_side(*result.p), drift_side(*result.q), how)


def _document_ending(result: DriftResult) -> dict[str, object]:
    counts = {status.value: 0 for status in Status}
    for each in result.columns:
        counts[each.status.value] += 1
    verdicts = [{"column": each.name, **_verdict_document(one)} for each in result.columns for one in each.verdicts]
    return drift_ending(
        counts, int(exit_code(result)), [pair._asdict() for pair in result.pairs], result.new_columns,
        note_items(result.notes), verdicts,
    )  # fmt: skip


def _row(each: ColumnDrift, names: Iterable[str]) -> tuple[str, ...]:
    first, *rest = names
    kind = "" if each.counted.decision is None else each.counted.decision.kind.value
    noise = each.noise.get(first)
    unseen = f"{_percent(each.unseen)} %" if each.unseen else ""
    return (
        each.name, kind, _number(each.measures, first), "" if noise is None else rounded(noise, 2),
        "" if each.p_adjusted is None else rounded(each.p_adjusted, 2),
        *(_number(each.measures, name) for name in rest), _nulls(each), unseen,
    )  # fmt: skip


def _number(measures: Mapping[str, float], name: str) -> str:
    value = measures.get(name)
    return "" if value is None else "inf" if value == inf else rounded(value, 3)


def _nulls(each: ColumnDrift) -> str:
    p, q = each.counted.facts_p, each.counted.facts_q
    if p is None or q is None or not p.rows or not q.rows or not (p.missing or q.missing):
        return ""
    return f"{_percent(p.missing / p.rows)} → {_percent(q.missing / q.rows)} %"


def _percent(share: float) -> str:
    return rounded(100 * share, 2 if share < 0.1 else 3)


def _unit(name: str) -> str:
    return "" if name in (MISSING, UNSEEN, *ORDERED) else unit_name(select(name).unit, "e")


def _size(side: TableSide) -> str:
    kind = ", a profile" if side.kind == "profile" else ""
    return f"{side.rows:,} rows, {side.columns:,} columns{kind}"
