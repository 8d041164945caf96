"""Evaluates one pair of a batch. Every error becomes part of the result, so a bad file never hides another pair."""

from dataclasses import replace
from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from klcli.core.comparison import Comparison
from klcli.core.contribution import Contribution, largest_contributions
from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.units import unit_name
from klcli.core.limits import Limit, Verdict, judge, parse_limit
from klcli.core.measures.selection import select
from klcli.document.batch import batch_comparison, batch_error, batch_estimation
from klcli.errors import Exhausted, KlError, Place
from klcli.notes import Note
from klcli.runs.batch_results import Case, Status
from klcli.runs.operand_pair import compare_operands
from klcli.sources.batch.batch_entry import BatchEntry
from klcli.sources.batch.manifest_root import look_at, manifest_root
from klcli.sources.batch.settings import Plan
from klcli.sources.bytes.files import STREAM_CACHE
from klcli.sources.operands.read_options import Operand, ReadOptions
from klcli.support.sentence import Command, Option, Sentence, renamed

if TYPE_CHECKING:
    from klcli.core.estimation.estimate import Estimation
    from klcli.families.comparison.comparison import FamilyComparison

__all__ = ["Task", "clear_caches", "evaluate", "failed"]


class Task(NamedTuple):
    """An entry and how to evaluate it; the plan is None if the entry carries an error."""

    entry: BatchEntry
    plan: Plan | None


_OF_MANIFEST = {"--p": "p_column", "--q": "q_column"}


def evaluate(task: Task) -> Case:
    """Returns the result of a pair; never raises but for an interrupt."""
    started = perf_counter()
    entry, plan = task.entry, task.plan
    statuses, notes = look_at(entry)
    try:
        if entry.error is not None or plan is None:
            raise entry.error or KlError("no plan")
        if plan.estimate is not None:
            from klcli.runs.estimated_pair import estimate_pair, judge_pair

            estimation = replace(estimate_pair(entry, plan), by_size=tuple)  # what parts say is for one pair alone
            return _estimated(entry, estimation, *judge_pair(estimation, plan.limits), notes, started)
        p = _shared(plan.reading, entry.p) if entry.has_shared_p else entry.p
        comparison = compare_operands(plan.reading, p, entry.q, plan.measures, statuses)
        return _evaluated(entry, comparison, judge(comparison, _limits(plan.limits)), notes, started)
    except KlError as error:
        return failed(entry, error.message, _hint(entry, error), started, error.place)
    except MemoryError:
        return failed(entry, "the data does not fit into memory", "", started)
    except OSError as error:
        exhausted = Exhausted.of(error)
        if exhausted is None:
            return _bug(entry, error, started)
        return failed(entry, exhausted.message, exhausted.hint or "", started)
    except Exception as error:
        return _bug(entry, error, started)


def _hint(entry: BatchEntry, error: KlError) -> str:
    """Returns the cure of an error; the columns of a manifest in place of --p and --q, which hold for every pair."""
    return (renamed(error.hint, _OF_MANIFEST) if entry.place else error.hint) or ""


def _bug(entry: BatchEntry, error: Exception, started: float) -> Case:
    found = f"a bug in kl: {type(error).__name__}: {error}"
    return failed(
        entry,
        found,
        Sentence("compare it alone, with ", Command("compute", Option("--traceback")), ", and report it"),
        started,
    )


def failed(
    entry: BatchEntry, message: str, hint: str, started: float | None = None, place: Place | None = None
) -> Case:
    """Returns the case of a pair that could not be evaluated."""
    _, notes = look_at(entry)
    document = batch_error(entry.p, entry.q or "", notes, message, hint)
    seconds = 0.0 if started is None else perf_counter() - started
    return Case(
        entry.name, entry.p, entry.q or "", Status.ERROR, document, notes=notes, error=message, hint=hint,
        seconds=seconds, place=place,
    )  # fmt: skip


def _evaluated(
    entry: BatchEntry,
    comparison: "Comparison | FamilyComparison",
    verdicts: tuple[Verdict, ...],
    found: tuple[Note, ...],
    started: float,
) -> Case:
    exceeded = [verdict for verdict in verdicts if not verdict.passed]
    causes = tuple(_causes(comparison, verdict) for verdict in exceeded)
    notes = (*found, *comparison.notes)
    by_measure = {verdict.measure: each for verdict, each in zip(exceeded, causes, strict=True)} if any(causes) else {}
    document = batch_comparison(comparison.document_with(notes), verdicts, by_measure)
    values = tuple(
        (measure.name, comparison.value(measure), unit_name(measure.unit, comparison.base))
        for measure in comparison.measures
    )
    status = Status.EXCEEDED if exceeded else Status.OK
    return Case(
        entry.name, entry.p, entry.q or "", status, document, values, verdicts, causes, notes,
        seconds=perf_counter() - started,
    )  # fmt: skip


def _estimated(
    entry: BatchEntry,
    estimation: "Estimation",
    verdicts: tuple[Verdict, ...],
    on_limits: tuple[Note, ...],
    found: tuple[Note, ...],
    started: float,
) -> Case:
    estimates = estimation.estimates
    notes = (*found, *estimation.notes, *on_limits)
    return Case(
        entry.name, entry.p, entry.q or "", Status.OK if all(each.passed for each in verdicts) else Status.EXCEEDED,
        batch_estimation(estimation.to_dict(), notes, verdicts),
        tuple((name, each.value, each.unit) for name, each in estimates.items()), verdicts,
        tuple(() for each in verdicts if not each.passed), notes, seconds=perf_counter() - started,
        intervals=tuple((each.lower, each.upper) for each in estimates.values()),
    )  # fmt: skip


def _causes(comparison: "Comparison | FamilyComparison", verdict: Verdict) -> tuple[Contribution, ...]:
    """Returns the outcomes that contribute most; families have no labelled outcomes, so none."""
    if not isinstance(comparison, Comparison):
        return ()
    return largest_contributions(comparison, select(verdict.measure))


def _shared(reading: ReadOptions, word: str) -> Operand | str:
    """Returns the reference of many pairs; its word where a total was left out, which is an outcome of some Q."""
    found = _reference(reading, word)
    has_total = isinstance(found, Distribution) and any(note.code == "total" for note in found.notes)
    return word if has_total else found


@lru_cache(1)
def _reference(reading: ReadOptions, word: str) -> Operand:
    return reading.operand(0, word)


def clear_caches() -> None:
    """Clears what is cached between pairs, so that the next run reads its reference and folders again."""
    _reference.cache_clear()
    manifest_root.cache_clear()
    STREAM_CACHE.clear()


@lru_cache(256)
def _limits(texts: tuple[str, ...]) -> tuple[Limit, ...]:
    return tuple(map(parse_limit, texts))
