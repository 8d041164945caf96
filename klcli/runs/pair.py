"""One pair of a batch, from its entry to its report: no error leaves it, so that one bad file never hides another."""

from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from klcli.core.comparison import Comparison
from klcli.core.contribution import Contribution, largest_contributions
from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.note import Note
from klcli.core.distributions.units import unit_name
from klcli.core.limits import Limit, Verdict, judge, note_items, parse_limit, verdict_items
from klcli.core.measures.measure import select
from klcli.errors import Exhausted, KlError
from klcli.runs.batch_results import PairReport, Status
from klcli.runs.operand_pair import compare_operands
from klcli.sources.batch.batch_entry import BatchEntry
from klcli.sources.batch.manifest_root import look_at, manifest_root
from klcli.sources.batch.settings import Plan
from klcli.sources.bytes.files import STREAM_CACHE
from klcli.sources.operands.read_options import ReadOptions

if TYPE_CHECKING:
    from klcli.families.comparison.comparison import FamilyComparison

__all__ = ["Task", "evaluate", "failed", "forget_reference"]


class Task(NamedTuple):
    """An entry and how it is evaluated; the plan is None where the entry carries an error."""

    entry: BatchEntry
    plan: Plan | None


def evaluate(task: Task) -> PairReport:
    """Returns what became of a pair."""
    started = perf_counter()
    entry, plan = task.entry, task.plan
    statuses, notes = look_at(entry)
    comparison: Comparison | FamilyComparison
    try:
        if entry.error is not None or plan is None:
            raise entry.error or KlError("no plan")
        if plan.reading.are_families(entry.p, entry.q):
            from klcli.runs.family_pair import compare_read

            comparison = compare_read(plan.reading, entry.p, entry.q, plan.measures)
        else:
            p = _reference(plan.reading, entry.p) if entry.has_shared_p else entry.p
            comparison = compare_operands(plan.reading, p, entry.q, plan.measures, statuses)
        return _evaluated(entry, comparison, judge(comparison, _limits(plan.limits)), notes, started)
    except KlError as error:
        return failed(entry, error.message, error.hint or "", started)
    except MemoryError:
        return failed(entry, "the data does not fit into memory", "", started)
    except OSError as error:
        exhausted = Exhausted.of(error)
        if exhausted is None:
            return _bug(entry, error, started)
        return failed(entry, exhausted.message, exhausted.hint or "", started)
    except Exception as error:
        return _bug(entry, error, started)


def _bug(entry: BatchEntry, error: Exception, started: float) -> PairReport:
    found = f"a bug in kl: {type(error).__name__}: {error}"
    return failed(entry, found, "compare it alone, with kl compute --traceback, and report it", started)


def failed(entry: BatchEntry, message: str, hint: str, started: float | None = None) -> PairReport:
    """Returns the report of a pair that could not be evaluated."""
    _, notes = look_at(entry)
    document = {
        "p": {"name": entry.p},
        "q": {"name": entry.q or ""},
        "measures": {},
        "notes": note_items(notes),
        "verdicts": [],
        "error": {"message": message, "hint": hint},
    }
    seconds = 0.0 if started is None else perf_counter() - started
    return PairReport(
        entry.name, entry.p, entry.q or "", Status.ERROR, document, notes=notes, error=message, hint=hint,
        seconds=seconds,
    )  # fmt: skip


def _evaluated(
    entry: BatchEntry,
    comparison: "Comparison | FamilyComparison",
    verdicts: tuple[Verdict, ...],
    found: tuple[Note, ...],
    started: float,
) -> PairReport:
    exceeded = [verdict for verdict in verdicts if not verdict.passed]
    causes = tuple(_causes(comparison, verdict) for verdict in exceeded)
    document = comparison.to_dict()
    del document["schema"]  # the report of the batch says it
    notes = comparison.notes if document["notes"] else ()
    if found:
        notes = (*found, *notes)
        document["notes"] = note_items(notes)
    document["verdicts"] = verdict_items(verdicts)
    if any(causes):
        document["causes"] = {
            verdict.measure: [_cause(each) for each in found] for verdict, found in zip(exceeded, causes, strict=True)
        }
    values = tuple(
        (measure.name, comparison.value(measure), unit_name(measure.unit, comparison.base))
        for measure in comparison.measures
    )
    status = Status.EXCEEDED if exceeded else Status.OK
    return PairReport(
        entry.name, entry.p, entry.q or "", status, document, values, verdicts, causes, notes,
        seconds=perf_counter() - started,
    )  # fmt: skip


def _causes(comparison: "Comparison | FamilyComparison", verdict: Verdict) -> tuple[Contribution, ...]:
    """The outcomes that contribute most; two families have none that could be named."""
    if not isinstance(comparison, Comparison):
        return ()
    return largest_contributions(comparison, select(verdict.measure))


@lru_cache(1)
def _reference(reading: ReadOptions, word: str) -> Distribution:
    return reading.load(0, word)


def forget_reference() -> None:
    """Makes the next run read its reference anew, and look at its folders."""
    _reference.cache_clear()
    manifest_root.cache_clear()
    STREAM_CACHE.clear()


@lru_cache(256)
def _limits(texts: tuple[str, ...]) -> tuple[Limit, ...]:
    return tuple(map(parse_limit, texts))


def _cause(contribution: Contribution) -> dict[str, object]:
    return {"outcome": contribution.outcome, "p": contribution.p, "q": contribution.q}
