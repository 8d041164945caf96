"""The totals that spreadsheets, reports and `wc` write beside the other masses; a total is no outcome."""

from collections.abc import Sequence
from math import fsum, isfinite

import numpy as np

from klcli.core.arithmetic.types import Array, Index
from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.notes import Note, total_kept, total_left_out
from klcli.sources.columns.numbers import parse_number

__all__ = [
    "is_total_of_one",
    "notes_on_total",
    "total_among",
    "total_of_rows",
    "total_row",
    "with_totals",
    "without_totals",
]

_TOTALS = frozenset({
    "total", "totals", "sum", "all", "overall", "grand total", "gesamt", "gesamtsumme", "summe", "insgesamt",
    "ensemble", "somme", "suma", "totale", "totaal", "∑", "σ",
})  # fmt: skip
_SUBTOTALS = frozenset({"subtotal", "subtotals", "sub-total", "sub total", "zwischensumme", "sous-total"})
_MEANS = frozenset({"mean", "average", "avg", "avg.", "mittelwert", "durchschnitt", "moyenne", "media", "promedio"})
_TOLERANCE = 1e-9  # relative; totals are summed before or after values are rounded to doubles
_ROUNDED = 5e-4  # of a share that is printed with three digits, beside a total of 1 or 100
_ROUNDED_MEAN = 0.01  # of a mean, which is printed with few digits
_FEWEST = 3  # masses, as a total of one other is that one
_NEAR = (0.9, 1.5)  # times the sum of the others is what looks like their total
_MOST = 1000  # outcomes, beyond which words such as "all" are data, and a table has hardly a total


def without_totals(found: tuple[RawNumbers, ...]) -> tuple[RawNumbers, ...]:
    """Returns the distributions of one source, each without its masses that are totals; a note says so.

    A total has the name of one, and its mass is the sum of the other masses; so is the sum of all subtotals. Beside
    a total, a mean of the others is left out, too. In a table this must hold in each column. Masses that sum to 1
    keep their total, as they are a whole distribution with it.
    """
    if not any(map(_may_hold_total, found)):
        return with_totals(found)
    named = [(raw, _named(raw.labels or (), _TOTALS | _SUBTOTALS)) for raw in found]
    totals = {raw: totals for raw, where in named if where and (totals := _totals_of(raw, where))}
    if not totals or len(totals) < sum(bool(where) for _, where in named):
        return with_totals(found)
    first, where = next(iter(totals.items()))
    places = tuple(str(first.within(at)) for at in where)
    labels = tuple((first.labels or ())[at] for at in where)
    note = total_left_out(tuple(raw.name for raw in totals), places, labels)
    return tuple(_without(raw, totals[raw], (note,) * (raw is first)) if raw in totals else raw for raw in found)


def with_totals(found: tuple[RawNumbers, ...]) -> tuple[RawNumbers, ...]:
    """Returns the distributions of one source, with a note on a mass that looks like a total and is an outcome."""
    for raw in found:
        raw.notes = (*raw.notes, *notes_on_total(raw.name, raw.labels, raw.values))
    return found


def notes_on_total(name: str, labels: Sequence[str] | None, values: Array) -> tuple[Note, ...]:
    """Returns a note on a mass that looks like a total and is an outcome.

    It has the name of one, no other mass is larger, it is near the sum of the others or, where some are suppressed,
    above it, and not all sum to 1.
    """
    if labels is None or values.ndim != 1 or not _FEWEST <= len(values) == len(labels) <= _MOST:
        return ()
    at = int(values.argmax())
    if not _is_named(labels[at], _TOTALS):
        return ()
    rest = fsum(np.delete(values, [at, *_named(labels, _MEANS)]).tolist())
    if abs(rest + values[at] - 1) <= _TOLERANCE or not _NEAR[0] * rest < values[at] < _NEAR[1] * rest:
        return ()
    return (total_kept(name, labels[at], float(values[at]), rest),)


def total_row(columns: Sequence[Sequence[str]]) -> tuple[int, str] | None:
    """Returns the row, from 0, of a table of texts that is the sum of those above it, and its label; None without one.

    It is the last, or stands above one of means; a cell of it has the name of a total.
    """
    rows = len(columns[0]) if columns else 0
    for at in range(max(_FEWEST - 1, rows - 2), rows):
        label = next((column[at] for column in columns if _is_named(column[at], _TOTALS)), None)
        if label is not None and any(_is_sum_of_those_above(column, at) for column in columns):
            return at, label
    return None


def _is_sum_of_those_above(column: Sequence[str], at: int) -> bool:
    total, *above = (parse_number(cell) for cell in (column[at], *filter(None, column[:at])))
    known = [each for each in above if each is not None and isfinite(each)]
    if not total or len(known) < len(above) or len(above) < _FEWEST - 1:
        return False
    return abs(fsum(known) - total) <= _TOLERANCE * abs(total)


def total_of_rows(names: Sequence[str], values: Array) -> tuple[int, str] | None:
    """Returns the row, from 0, of values (n, k) that is the sum of those above it, and its name; None without one.

    It is the last, or stands above one of means, and has the name of a total.
    """
    rows = len(names)
    for at in range(max(_FEWEST - 1, rows - 2), rows):
        if _is_named(names[at], _TOTALS):
            with np.errstate(all="ignore"):  # infinities
                above, total = values[:at].sum(axis=0, dtype=float), values[at].astype(float)
                is_sum = (np.abs(above - total) <= _TOLERANCE * np.abs(total)).all()
            if is_sum and total.any():
                return at, names[at]
    return None


def is_total_of_one(distributions: Sequence[Distribution]) -> bool:
    """Returns True if a mass that was left out of one distribution as a total is an outcome of another."""
    left_out = {label for each in distributions for note in each.notes if note.kind == total_left_out.__name__
                for label in note.values[2]}  # type: ignore[attr-defined]  # fmt: skip
    return bool(left_out) and any(not left_out.isdisjoint(each.labels or ()) for each in distributions)


def total_among(labels: Sequence[str], values: Array) -> str | None:
    """Returns the label of the outcome that has the name and, in each row of values (n, k), the mass of a total."""
    where = [at for at, label in enumerate(labels) if _is_named(label, _TOTALS)]
    if len(where) != 1 or len(labels) < _FEWEST:
        return None
    rows = np.asarray(values, dtype=float)
    total = rows[:, where[0]]
    is_sum = np.abs(rows.sum(axis=1) - 2 * total) <= 2 * _TOLERANCE * total
    return labels[where[0]] if bool((is_sum & (total > 0) & (np.abs(2 * total - 1) > _TOLERANCE)).all()) else None


def _may_hold_total(raw: RawNumbers) -> bool:
    """Returns True if a mass is the sum of the others, or of them and subtotals, and not all sum to 1."""
    values = raw.values
    if raw.labels is None or values.ndim != 1 or not _FEWEST <= len(values) == len(raw.labels):
        return False
    total, most = raw.min_and_sum[1], float(values.max())
    slack = _slack(most, len(values))
    sums = any(abs(total - n * most) <= 2 * n * slack for n in (2, 3))
    mean = most / max(1, len(values) - 2)
    return abs(total - 1) > _TOLERANCE and (sums or abs(total - 2 * most - mean) <= _ROUNDED_MEAN * mean)


def _slack(total: float, count: int) -> float:
    """Returns the largest difference that rounding explains between a total and the sum of `count` masses."""
    return total * (_ROUNDED * count if total in (1, 100) else _TOLERANCE)


def _named(labels: Sequence[str], words: frozenset[str]) -> list[int]:
    return [at for at, label in enumerate(labels) if _is_named(label, words)]


def _totals_of(raw: RawNumbers, where: list[int]) -> list[int]:
    """Returns where the totals are, and the means of the others beside them; empty if the named ones are no totals."""
    if not _may_hold_total(raw):
        return []
    if _are_totals(raw, where):
        return where
    means = _named(raw.labels or (), _MEANS)
    return sorted([*where, *means]) if means and _are_totals(raw, where, means) else []


def _are_totals(raw: RawNumbers, where: Sequence[int], means: Sequence[int] = ()) -> bool:
    """Returns True if the mass of each total is the sum of the masses at other positions, as is that of subtotals.

    Args:
        means: positions of masses that must be the mean of the others.
    """
    assert raw.labels is not None
    rest = np.delete(raw.values, [*where, *means]).tolist()
    if len(rest) < _FEWEST - 1:
        return False
    whole = fsum(rest)
    mean = whole / len(rest)
    if any(abs(float(raw.values[at]) - mean) > _ROUNDED_MEAN * mean for at in means):
        return False
    totals = [float(raw.values[at]) for at in where if _is_named(raw.labels[at], _TOTALS)]
    parts = [float(raw.values[at]) for at in where if not _is_named(raw.labels[at], _TOTALS)]
    sums = [*totals, fsum(parts)] if parts else totals
    return whole > 0 and all(abs(each - whole) <= _slack(each, len(raw.values)) for each in sums)


def _is_named(label: str, words: frozenset[str]) -> bool:
    """Returns True if a label, or a part of it where several columns make one, is among words."""
    return any(part.strip().rstrip(":").rstrip().casefold() in words for part in label.split(","))


def _without(raw: RawNumbers, where: Sequence[int], notes: tuple[Note, ...]) -> RawNumbers:
    assert raw.labels is not None
    kept: Index = np.delete(np.arange(len(raw.values)), where)
    place = raw.place
    return RawNumbers(
        raw.values[kept], [raw.labels[at] for at in kept.tolist()], raw.name,
        None if place is None else lambda at: place(int(kept[at])), notes=(*raw.notes, *notes), heading=raw.heading,
        missing=None if raw.missing is None else raw.missing[kept], doubt=raw.doubt, joint=raw.joint,
    )  # fmt: skip
