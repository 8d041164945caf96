"""The totals that spreadsheets, reports and `wc` write below the other masses; a total is no outcome."""

from math import fsum

from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.notes import Note, total_left_out

__all__ = ["without_totals"]

_TOTALS = frozenset({
    "total", "totals", "sum", "all", "overall", "grand total", "gesamt", "gesamtsumme", "summe", "insgesamt",
    "ensemble", "somme", "suma", "totale", "totaal", "∑", "σ",
})  # fmt: skip
_TOLERANCE = 1e-9  # relative; totals are summed before or after values are rounded to doubles
_FEWEST = 3  # masses, as a total of one other is that one


def without_totals(found: tuple[RawNumbers, ...]) -> tuple[RawNumbers, ...]:
    """Returns the distributions of one source, each without its last mass where that is a total; a note says so.

    A total is named as one and is the sum of the other masses: of a table, in each column. Masses that sum to 1 with it
    are a distribution as they stand, so that it is none.
    """
    are_sums = list(map(_ends_with_sum, found))
    if not any(are_sums):
        return found
    totals = [raw for raw, is_sum in zip(found, are_sums, strict=True) if _is_named(raw) and is_sum]
    if len(totals) < sum(map(_is_named, found)) or not totals:
        return found
    at = len(totals[0].values) - 1
    where = totals[0].place(at) if totals[0].place else f"value {at + 1}"
    note = total_left_out(tuple(raw.name for raw in totals), where)
    return tuple(_without_last(raw, (note,) * (raw is totals[0])) if raw in totals else raw for raw in found)


def _ends_with_sum(raw: RawNumbers) -> bool:
    """Returns True if the last mass is the sum of the others, and not half of 1; looks at the sum of all first."""
    values = raw.values
    if raw.labels is None or values.ndim != 1 or not _FEWEST <= len(values) == len(raw.labels):
        return False
    last = float(values[-1])
    error = _TOLERANCE * last
    if not abs(raw.min_and_sum[1] - 2 * last) <= 2 * error or abs(2 * last - 1) <= _TOLERANCE:
        return False
    return last > 0 and abs(fsum(values[:-1].tolist()) - last) <= error


def _is_named(raw: RawNumbers) -> bool:
    """Returns True if the last label, or a part of it where several columns make one, is that of a total."""
    if not raw.labels:
        return False
    parts = raw.labels[-1].split(",")
    return any(part.strip().rstrip(":").rstrip().casefold() in _TOTALS for part in parts)


def _without_last(raw: RawNumbers, notes: tuple[Note, ...]) -> RawNumbers:
    assert raw.labels is not None
    return RawNumbers(
        raw.values[:-1], raw.labels[:-1], raw.name, raw.place, notes=(*raw.notes, *notes), heading=raw.heading,
        missing=None if raw.missing is None else raw.missing[:-1], doubt=raw.doubt,
    )  # fmt: skip
