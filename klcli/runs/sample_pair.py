"""Two samples that were read: what kind of observations they hold, and the rows that lack a value."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array, Mask
from klcli.errors import NotADistribution, Place, UsageError
from klcli.notes import Note, kinds_differ, masses_observed, rows_missing, samples_beyond_doubles
from klcli.sources.samples.kinds import KINDS_OF_SAMPLES
from klcli.sources.samples.raw_sample import RawColumn, RawSample
from klcli.support.sentence import Option
from klcli.support.text.safe_text import shorten
from klcli.tables.kinds import FEW

__all__ = ["SamplePair", "assumed", "both_numbers", "kind_of", "refuse_infinite", "without_missing"]

_IS_1 = 1e-9  # as for probabilities


class SamplePair(NamedTuple):
    """Both samples, in rows without what was dropped."""

    p: RawSample
    q: RawSample
    kind: str
    notes: tuple[Note, ...]

    @property
    def names(self) -> tuple[str, str]:
        return self.p.name, self.q.name


def kind_of(p: RawSample, q: RawSample, as_: str) -> str:
    """Returns labels, numbers or vectors; `as_` is a key of KINDS_OF_SAMPLES, but not "counts".

    Raises:
        UsageError: no kind has this name, or several columns are asked for as numbers. NotADistribution: a text stands
            among what is asked for as numbers.
    """
    if as_ not in KINDS_OF_SAMPLES:
        raise UsageError(f"no kind of samples is called {as_!r}", hint=f"they are {', '.join(KINDS_OF_SAMPLES)}")
    several = len(p.columns) > 1
    if as_ == "labels":
        return as_
    are_numbers = [both_numbers(*both) for both in zip(p.columns, q.columns, strict=True)]
    if as_ == "auto":
        is_label = not any(are_numbers) or (not several and _are_few_beyond_doubles(p.columns[0], q.columns[0]))
        return "labels" if is_label else "vectors" if several else "numbers"
    if as_ == "numbers" and several:
        raise UsageError(
            f"{len(p.columns)} columns",
            place=p.name,
            hint=Option("--as", "vectors") + " takes several columns of numbers",
        )
    if not any(are_numbers) or as_ == "numbers":
        for sample in (p, q):
            for column in sample.columns:
                if column.numbers is None:
                    at, text = column.first_text()
                    raise NotADistribution(
                        f"{shorten(text)!r} is not a number",
                        place=Place(sample.name).then(column.where(at)),
                        hint=Option("--as", "labels") + " compares texts",
                    )
    return as_


def _are_few_beyond_doubles(p: RawColumn, q: RawColumn) -> bool:
    """Returns True for integers of which doubles leave few: they are numbers of accounts, and no quantity."""
    if not (p.are_beyond_doubles or q.are_beyond_doubles):
        return False
    assert p.numbers is not None
    assert q.numbers is not None
    return len(np.unique(np.concatenate([p.numbers, q.numbers]))) <= FEW


def assumed(p: RawSample, q: RawSample, kind: str) -> Iterator[Note]:
    """Yields notes on why samples are of this kind, where they may have been meant as another."""
    if any(both_numbers(*both) and any(each.are_beyond_doubles for each in both)
           for both in zip(p.columns, q.columns, strict=True)):  # fmt: skip
        yield samples_beyond_doubles(kind == "labels")
    if kind == "labels":
        yield from p.texts_among_numbers()
        yield from q.texts_among_numbers()
        yield from p.numbers_in_another_form()
        yield from q.numbers_in_another_form()
        for of_p, of_q in zip(p.columns, q.columns, strict=True):
            for numbers, column, texts, other in ((p, of_p, q, of_q), (q, of_q, p, of_p)):
                if column.numbers is not None and not other.count_numbers():
                    at, text = other.first_text()
                    yield kinds_differ(numbers.name, texts.name, str(other.where(at)), shorten(text))
    elif kind == "numbers":
        masses = {side: each.columns[0].numbers for side, each in (("P", p), ("Q", q))}
        sides = tuple(side for side, numbers in masses.items() if _sum_to_1(numbers))
        if len(sides) == 1 and _has_a_1(masses[sides[0]]):
            sides = ()
        if sides:
            yield masses_observed(sides)


def _sum_to_1(numbers: Array | None) -> bool:
    assert numbers is not None
    return bool(numbers.min() >= 0 and abs(numbers.sum() - 1) < _IS_1)


def _has_a_1(numbers: Array | None) -> bool:
    """Returns True if one of the numbers is 1; beside zeros it may indicate a rare event."""
    assert numbers is not None
    return bool(numbers.max() == 1)


def both_numbers(p: RawColumn, q: RawColumn) -> bool:
    """Returns True if a column holds numbers in both samples."""
    return p.numbers is not None and q.numbers is not None


def without_missing(pair: SamplePair, missing: str, *, can_be_label: bool = True) -> SamplePair:
    """Returns the pair without the rows that lack a value, or with them if `missing` is "label" and that can be.

    Raises:
        NotADistribution: a row lacks one, and `missing` does not say what becomes of it.
    """
    if missing == "label" and can_be_label:
        return pair
    notes = list(pair.notes)
    kept = []
    for sample, other in ((pair.p, pair.q), (pair.q, pair.p)):
        lacks = np.zeros(sample.size, dtype=bool)
        for column, same in zip(sample.columns, other.columns, strict=True):
            lacks |= column.missing(are_numbers=pair.kind != "labels" and both_numbers(column, same))
        if not lacks.any():
            kept.append(sample)
            continue
        if missing != "drop":
            raise _refused(sample, lacks, can_be_label=can_be_label)
        rows = np.flatnonzero(~lacks)
        notes.append(rows_missing(sample.name, int(lacks.sum()), sample.size))
        kept.append(sample._replace(columns=tuple(column.at(rows) for column in sample.columns)))
    return pair._replace(p=kept[0], q=kept[1], notes=tuple(notes))


def refuse_infinite(sample: RawSample, column: RawColumn, numbers: Array) -> None:
    """Refuses infinite numbers of a column.

    Raises:
        NotADistribution: there is one.
    """
    infinite = np.isinf(numbers)
    if infinite.any():
        at = int(np.argmax(infinite))
        raise NotADistribution(
            f"an infinite value ({int(infinite.sum()):,} of {len(numbers):,})",
            place=Place(sample.name).then(column.where(at)),
            hint="leave it out, or compare labels with " + Option("--as", "labels"),
        )


def _refused(sample: RawSample, lacks: Mask, *, can_be_label: bool) -> NotADistribution:
    count, first = int(lacks.sum()), int(np.argmax(lacks))
    where = sample.columns[0].where(first)
    of = f"{count:,} of {sample.size:,} rows have" if count > 1 else f"1 of {sample.size:,} rows has"
    return NotADistribution(
        f"there is no value; {of} none",
        place=Place(sample.name).then(where),
        hint=(Option("--missing", "drop") + " leaves such rows out")
        + ((", " + Option("--missing", "label") + " makes an outcome of them") if can_be_label else ""),
    )
