"""The row of totals that spreadsheets, reports and `wc` add below the others; it is no outcome."""

from math import fsum

from klcli.sources.columns.table import Table
from klcli.sources.formats.query import Query

__all__ = ["ends_with_total", "is_total"]

_TOTALS = frozenset({
    "total", "totals", "sum", "all", "overall", "grand total", "gesamt", "gesamtsumme", "summe", "insgesamt",
    "ensemble", "somme", "suma", "totale", "totaal", "∑", "σ",
})  # fmt: skip
_TOLERANCE = 1e-9  # relative; totals are summed before or after values are rounded to doubles


def is_total(label: str) -> bool:
    """Returns True if a label is one of those of rows of totals."""
    return label.strip().rstrip(":").rstrip().casefold() in _TOTALS


def ends_with_total(table: Table, query: Query) -> bool:
    """Returns True if the last row is named as a total, and holds the sum of the others in each column of masses.

    Masses that sum to 1 with the last row are a distribution as they stand, so that it is not a total.

    Raises:
        Unreadable: the columns cannot be identified.
    """
    if any(query.samples) or len(table.columns[0]) < 3 or not any(is_total(str(each[-1])) for each in table.columns):
        return False
    choice = table.choose(query)
    if not choice.values or not any(is_total(str(table.columns[at][-1])) for at in choice.labels):
        return False
    return all(_is_sum(table, at) for at in choice.values)


def _is_sum(table: Table, at: int) -> bool:
    values, are_numbers = table.numbers(table.columns[at])
    if are_numbers is not None and not are_numbers.all():
        return False
    total, last = fsum(values[:-1].tolist()), float(values[-1])
    is_whole = abs(2 * last - 1) <= _TOLERANCE
    return last > 0 and abs(total - last) <= _TOLERANCE * last and not is_whole
