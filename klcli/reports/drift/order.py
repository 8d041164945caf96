"""The values of a column of numbers in order: deciles, mean and standard deviation of both tables."""

from math import isfinite, isnan

from klcli.reports.drift.columns import TITLES
from klcli.reports.parts import Column, Table
from klcli.runs.drift.ordered import ColumnInOrder, SideInOrder
from klcli.support.safe_text import rounded
from klcli.tables.binning import number_text

__all__ = ["order_document", "order_table", "order_words"]

_NAMES = ("least", *(f"{10 * at} %" for at in range(1, 10)), "most", "mean", "sd")
_COLUMNS = (
    Column("values", "values", is_own=True), Column("p", "P", is_number=True), Column("q", "Q", is_number=True),
    Column("difference", "Q - P", is_number=True),
)  # fmt: skip
_DAY = 86_400e6  # microseconds


def order_table(found: ColumnInOrder, *, is_time: bool) -> Table:
    """Returns a row for the least, each decile, the largest, the mean and the standard deviation."""
    rows = []
    for name, p, q in zip(_NAMES, _numbers(found.p), _numbers(found.q), strict=True):
        shown = _size if name == "sd" else _point
        difference = None if p is None or q is None else q - p
        rows.append((name, shown(p, is_time=is_time), shown(q, is_time=is_time), _size(difference, is_time=is_time)))
    return Table(_COLUMNS, tuple(rows))


def order_document(found: ColumnInOrder) -> dict[str, object]:
    """Returns the same numbers for JSON; times are microseconds since 1970."""
    return {"p": found.p._asdict(), "q": found.q._asdict(), **found.measures}


def order_words(found: ColumnInOrder) -> str:
    """Returns the measures that see the order, as a sentence."""
    measures = ", ".join(f"{TITLES[name]} = {rounded(value, 4)}" for name, value in found.measures.items())
    return f"In order of the values: {measures}."


def _numbers(side: SideInOrder) -> tuple[float | None, ...]:
    return (*side.deciles, side.mean, side.deviation)


def _point(value: float | None, *, is_time: bool) -> str:
    if value is None or not is_time or not isfinite(value):
        return _size(value, is_time=False)
    return number_text(value, is_time=True)


def _size(value: float | None, *, is_time: bool) -> str:
    """Returns a number for people, of times in days; empty without one, as between two infinite values."""
    if value is None or isnan(value):
        return ""
    return f"{rounded(value / _DAY, 3)} days" if is_time else rounded(value)
