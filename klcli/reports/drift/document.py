"""The JSON document of a drift run: a record a column, with the integer counts from which all else follows."""

from klcli.document.drift import drift_ending, drift_head, drift_side
from klcli.document.items import note_items
from klcli.errors import ExitCode
from klcli.runs.batch_results import Status
from klcli.runs.drift.judging.judge import SMOOTHING
from klcli.runs.drift.results import ColumnDrift, DriftResult, DriftVerdict
from klcli.sources.drift.settings import DriftSettings
from klcli.tables.binning import exact
from klcli.tables.presets import PRESETS
from klcli.tables.presets.preset import Preset

__all__ = ["code_of", "column_document", "document_ending", "document_head", "drift_document", "exit_code"]

_LISTED = 20


def exit_code(result: DriftResult) -> ExitCode:
    """Returns 3 if a column could not be judged, else 1 if a limit is exceeded, else 0."""
    if result.nothing_compared or result.refused_columns:
        return ExitCode.BAD_DATA
    return max((code_of(each.status, result.settings) for each in result.columns), default=ExitCode.OK)


def code_of(status: Status, settings: DriftSettings) -> ExitCode:
    """Returns the exit code to which a column of a status leads."""
    if status is Status.UNCLEAR and settings.is_strict:
        return ExitCode.BAD_DATA
    if status is Status.INSUFFICIENT and settings.allows_insufficient:
        return ExitCode.OK
    if status is Status.CHANGED and settings.fails_on_changed:
        return ExitCode.LIMIT_EXCEEDED
    return status.code


def drift_document(result: DriftResult) -> dict[str, object]:
    """Returns the whole JSON document."""
    columns = [{"name": each.name, "status": each.status.value, **column_document(each)} for each in result.columns]
    return {**document_head(result), "columns": columns, **document_ending(result)}


def column_document(each: ColumnDrift) -> dict[str, object]:
    """Returns the record of a column, without its name and status; counts are integers."""
    counted, p, q = each.counted, each.counted.facts_p, each.counted.facts_q
    decision, sides = counted.decision, (p, q)
    found: dict[str, object] = {
        "kind": None if decision is None else decision.kind.value,
        "why": "" if decision is None else decision.why,
        "reason": each.why,
        "type_p": counted.column_p.declared,
        "type_q": None if counted.column_q is None else counted.column_q.declared,
    }
    for name in ("rows", "null", "nan", "infinite", "distinct"):
        found[name] = [None if side is None else getattr(side, name) for side in sides]
    found["distinct_exact"] = [None if side is None else side.is_exact for side in sides]
    found["constant"] = p is not None and q is not None and p.distinct == q.distinct == 1 and p.lowest == q.lowest
    found |= {
        "measures": each.measures, "plus_minus": each.errors, "strict": each.strict, "tests": _tests(each),
        "noise": each.noise, "missing_change": each.missing_change,
    }  # fmt: skip
    cells = counted.cells
    if cells is not None:
        found["unseen"] = {"mass": each.unseen, "labels": cells.unseen[:_LISTED]}
        found["vanished"] = {"mass": each.vanished, "labels": cells.vanished[:_LISTED]}
        edges = None if cells.cuts is None else [
            {"value": exact(cut.value), "side": "below" if cut.is_below else "at_most"} for cut in cells.cuts
        ]  # fmt: skip
        found["cells"] = {"labels": cells.labels, "edges": edges, "p": cells.p, "q": cells.q}
    found["top"] = [{"label": one.outcome, "p": one.p, "q": one.q} for one in each.top]
    found["verdicts"] = [_verdict_document(one) for one in each.verdicts]
    found["notes"] = note_items(counted.notes)
    if each.status is Status.ERROR:
        found["error"] = {"message": counted.error, "hint": counted.hint}
    return found


def _tests(each: ColumnDrift) -> dict[str, object]:
    found: dict[str, object] = {}
    if each.test is not None:
        found["values"] = {
            "statistic": each.test.statistic, "df": each.test.degrees_of_freedom, "groups": each.test.groups,
            "p": each.test.p_value, "p_adjusted": each.p_adjusted,
        }  # fmt: skip
    if each.missing_p is not None:
        found["missing"] = {"p": each.missing_p, "p_adjusted": each.missing_p_adjusted}
    if each.unseen_p is not None:
        found["unseen"] = {"p": each.unseen_p, "p_adjusted": each.unseen_p_adjusted}
    for name, p_value in each.order_p.items():
        found[name] = {"p": p_value, "p_adjusted": each.order_p_adjusted[name]}
    return found


def _verdict_document(one: DriftVerdict) -> dict[str, object]:
    verdict = one.verdict
    found = {"measure": verdict.measure, "limit": verdict.limit, "value": verdict.value}
    needed = {} if one.passed or one.exceeds else {"rows_needed": one.rows_needed or None}
    return {**found, "beyond_noise": one.beyond_noise, "passed": one.passed, **needed}


def document_head(result: DriftResult) -> dict[str, object]:
    """Returns what the document says before the columns: both tables, and how they are compared."""
    settings = result.settings
    if settings.preset is not None:
        return drift_head(drift_side(*result.p), drift_side(*result.q), _how_of(PRESETS.lookup(settings.preset)))
    how = {
        "bins": settings.bins.text, "smoothing": SMOOTHING, "missing": settings.missing, "alpha": settings.alpha,
        "adjust": settings.adjust, "tests": result.tests,
        "test": "pearson, rare cells grouped to 5" + ", p by relabelling" * settings.is_exact,
        "min_rows": settings.min_rows, "base": "e", "preset": None,
    }  # fmt: skip
    return drift_head(drift_side(*result.p), drift_side(*result.q), how)


def _how_of(preset: Preset) -> dict[str, object]:
    return {
        "preset": preset.name, "tool": preset.tool, "version": preset.version, "method": preset.does,
        "limits": preset.limits, "missing": "drop", "base": None,
    }  # fmt: skip


def document_ending(result: DriftResult) -> dict[str, object]:
    """Returns what the document says after the columns: counts by status, pairs, notes and verdicts."""
    counts = {status.value: 0 for status in Status}
    for each in result.columns:
        counts[each.status.value] += 1
    verdicts = [{"column": each.name, **_verdict_document(one)} for each in result.columns for one in each.verdicts]
    return drift_ending(
        counts, int(exit_code(result)), [pair._asdict() for pair in result.pairs], result.new_columns,
        note_items(result.notes), verdicts,
    )  # fmt: skip
