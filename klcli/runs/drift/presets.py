"""Drift of two tables as another tool computes it: its columns, its numbers, its limits, its verdicts."""

from collections.abc import Mapping
from dataclasses import replace
from math import inf, isnan

import numpy as np

from klcli.core.arithmetic.types import Array, Index
from klcli.core.limits import Verdict
from klcli.engines.countable import Countable
from klcli.errors import UsageError
from klcli.notes import Note, limit_none, verdict_of_tool
from klcli.runs.batch_results import Status
from klcli.runs.drift.counted import NUMBERS, CountedColumn
from klcli.runs.drift.gathering import gathered
from klcli.runs.drift.matching import matched
from klcli.runs.drift.not_numbers import note_texts
from klcli.runs.drift.results import ColumnDrift, DriftResult, DriftVerdict
from klcli.sources.batch.glob_limits import strongest
from klcli.sources.drift.settings import DriftSettings, matches
from klcli.tables.column import Column, Kind, Reading, Storage
from klcli.tables.facts import Facts
from klcli.tables.keys import key_of
from klcli.tables.presets import PRESETS
from klcli.tables.presets.preset import Fails, Held, Method, NotReplayed, Options, Preset, Use
from klcli.tables.presets.samples import Labels, Numbers, Sample

__all__ = ["every_preset", "replayed"]


def every_preset(reference: Countable, current: Countable, settings: DriftSettings) -> dict[str, DriftResult]:
    """Returns what each tool finds, by the name of its preset; errors as of `replayed`.

    Args:
        settings: Those without a preset, of which what a preset decides is not used.
    """
    samples: dict[str, Sample] = {}
    plain = replace(settings, measures=(), limits=())
    return {
        preset.name: replayed(reference, current, replace(plain, preset=preset.name), samples) for preset in PRESETS
    }


def replayed(
    reference: Countable, current: Countable, settings: DriftSettings, samples: dict[str, Sample] | None = None
) -> DriftResult:
    """Returns what the tool of `settings.preset` finds in every column of the reference.

    Args:
        samples: Columns that were read, by name; those that are read are added, for the next preset.

    Raises:
        UsageError: a table is a profile, which has no rows, or a setting names a column that does not exist.
        Unreadable, NotComparable: an engine cannot read a table, or gives its rows in no order.
    """
    preset = PRESETS.lookup(str(settings.preset))
    for table in (reference, current):
        if table.engine == "profile":
            raise UsageError(f"--preset {preset.name} needs rows, and {table.name} is a profile",
                             hint="pass the table itself")  # fmt: skip
    chosen = [column for column in reference.columns if settings.is_chosen(column.name)]
    facts = reference.facts(chosen)
    kinds = {column.name: kind for column in chosen
             if (kind := _kind(column, facts[column.name])) is not None}  # fmt: skip
    columns = matched(reference, current, replace(settings, missing="drop"), kinds)
    samples = {} if samples is None else samples
    found = []
    for each in columns:
        if each.is_compared and each.facts_q is not None and each.facts_q.present and each.name not in samples:
            samples[each.name] = _sample(each, reference, current)
        found.append(_replayed(each, preset, samples.get(each.name), settings))
    return gathered(reference, current, settings, found, notes=_notes(found, preset))


def _kind(column: Column, facts: Facts) -> Kind | None:
    """Returns whether pandas would hand a column on as numbers or as labels; None for times and the like."""
    if facts.present == 0 or column.storage in (Storage.INSTANT, Storage.UNSUPPORTED):
        return None
    is_number = column.storage in NUMBERS or (not column.is_typed and facts.numbers == facts.present)
    return Kind.NUMERIC if is_number else Kind.CATEGORY


def _replayed(each: CountedColumn, preset: Preset, sample: Sample | None, settings: DriftSettings) -> ColumnDrift:
    if not each.is_compared:
        return ColumnDrift(
            each, Status.ERROR if each.error else Status.SKIPPED, reason=each.error or each.skipped
        )  # fmt: skip
    assert each.decision is not None
    try:
        if sample is None:
            raise Fails("Q has no values")
        use = preset.use(sample) if settings.kind_of(each.name) is None else _forced(each.decision.kind)
        if use is Use.LABELS and isinstance(sample, Numbers):
            sample = sample.as_labels()
        each.decision = each.decision._replace(kind=Kind(use.value), why=f"as {preset.tool} takes it")
        names = [*(settings.measures or (preset.chosen(sample),)), *_limited(each.name, settings)]
        return _judged(each, preset, sample, [preset.method(name) for name in dict.fromkeys(names)], settings)
    except Fails as reason:
        each.fail(str(reason))
        return ColumnDrift(each, Status.ERROR, reason=str(reason))
    except NotReplayed as reason:
        return ColumnDrift(each, Status.SKIPPED, reason=str(reason))


def _forced(kind: Kind) -> Use:
    return Use.NUMBERS if kind is Kind.NUMERIC else Use.LABELS


def _sample(each: CountedColumn, reference: Countable, current: Countable) -> Sample:
    assert each.decision is not None
    assert each.facts_p is not None
    assert each.facts_q is not None
    rows = reference.in_rows(each.read_p), current.in_rows(each.read_q)
    if each.decision.kind is Kind.NUMERIC:
        texts = [facts.present - int(np.count_nonzero(~np.isnan(numbers)))
                 for facts, numbers in zip((each.facts_p, each.facts_q), rows, strict=True)]  # fmt: skip
        if any(texts):
            note_texts(each, texts, reference, current)
        facts = each.facts_p
        return Numbers(*rows, is_float=facts.whole < facts.present or facts.missing > 0 or _is_float(each.column_p))
    kind = each.decision.kind
    if each.read_q.reading is Reading.NUMBER:  # labels in P, numbers in Q
        rows = rows[0], _objects(rows[1])
    keys = [[None if cell is None else key_of(cell, kind) for cell in cells] for cells in rows]
    names = tuple(sorted({key for side in keys for key in side if key is not None}))
    at = {name: index for index, name in enumerate(names)}
    return Labels(names, *(_indices(side, at) for side in keys))


def _is_float(column: Column) -> bool:
    return column.storage in (Storage.FLOAT, Storage.DECIMAL)


def _objects(numbers: Array) -> Array:
    found = numbers.astype(object)
    found[np.isnan(numbers)] = None
    return found


def _indices(keys: list[str | None], at: Mapping[str, int]) -> Index:
    return np.array([-1 if key is None else at[key] for key in keys], dtype=np.intp)


def _judged(
    each: CountedColumn, preset: Preset, sample: Sample, methods: list[Method], settings: DriftSettings
) -> ColumnDrift:
    measures, verdicts, words = {}, [], []
    for method in methods:
        compute = method.numbers if isinstance(sample, Numbers) else method.labels
        if compute is None:
            kind = "numbers" if isinstance(sample, Numbers) else "categories"
            raise NotReplayed(f"{method.name} of {preset.tool} is not for {kind}")
        try:
            with np.errstate(over="raise", invalid="raise", divide="raise"):
                found = compute(sample, Options(settings.holdout))  # type: ignore[arg-type]
        except (FloatingPointError, ValueError) as error:  # ValueError: numpy makes no bins between such numbers
            raise Fails(f"{method.name} of {preset.tool} fails on numbers of such a size: {error}") from None
        held = found if isinstance(found, Held) else Held(found, found, method.limit)
        if isnan(held.value) or isnan(held.held):
            raise Fails(f"{method.name} of {preset.tool} is NaN here")
        measures[method.name] = held.value
        limit = _limit_of(each.name, method, settings)
        limit = held.limit if limit is None else limit
        if limit is not None and limit < inf:
            verdicts.append(DriftVerdict(_verdict(method, held, limit), None))
        words.append(held.detail)
    status = Status.OK if all(one.verdict.passed for one in verdicts) else Status.EXCEEDED
    return ColumnDrift(
        each, status, measures, verdicts=tuple(verdicts), reason="; ".join(filter(None, words)),
        statistics={method.name: method.title for method in methods},
    )  # fmt: skip


def _verdict(method: Method, held: Held, limit: float) -> Verdict:
    return Verdict(
        method.name, limit, held.held, "", is_least=method.is_p_value, place=held.place, is_strict=method.at_limit
    )


def _limited(column: str, settings: DriftSettings) -> list[str]:
    """Returns the measures for which the user sets a limit that holds for a column."""
    return [limit.measure for limit in settings.limits if limit.measure and matches(column, (limit.pattern,))]


def _limit_of(column: str, method: Method, settings: DriftSettings) -> float | None:
    """Returns the limit that the user sets; None if none matches."""
    found = [each for each in settings.limits
             if each.measure in ("", method.name) and matches(column, (each.pattern,))]  # fmt: skip
    return strongest(found, is_least=method.is_p_value).limit if found else None


def _notes(found: list[ColumnDrift], preset: Preset) -> list[Note]:
    compared = [each for each in found if each.measures]
    notes = []
    if any(len(each.verdicts) < len(each.measures) for each in compared):
        notes.append(limit_none(preset.tool))
    sentence = preset.verdict(sum(each.status is Status.EXCEEDED for each in compared), len(compared))
    if sentence and compared:
        notes.append(verdict_of_tool(sentence))
    return notes
