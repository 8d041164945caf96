"""The values of a column of numbers in order: deciles, mean and standard deviation of both tables."""

from collections.abc import Iterator, Mapping
from math import isfinite, isnan

from klcli.core.estimation.numbers.ordered import Bounded
from klcli.reports.drift.columns import TITLES
from klcli.reports.parts import Column, Table
from klcli.runs.drift.numbers.ordered import ColumnInOrder, SideInOrder
from klcli.support.text.safe_text import rounded
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
    for name, p, q in zip(_NAMES, _intervals(found.p), _intervals(found.q), strict=True):
        shown = _size if name == "sd" else _point
        sides = [_interval(*(shown(end, is_time=is_time) for end in side)) for side in (p, q)]
        is_known = p[0] == p[1] is not None and q[0] == q[1] is not None
        rows.append((name, *sides, _size(q[0] - p[0], is_time=is_time) if is_known else ""))  # type: ignore[operator]
    return Table(_COLUMNS, tuple(rows))


def order_document(found: ColumnInOrder) -> dict[str, object]:
    """Returns the same numbers for JSON; times are microseconds since 1970."""
    values = {name: bounded.value for name, bounded in found.measures.items()}
    errors = {name: bounded.error for name, bounded in found.measures.items() if bounded.error}
    return {"p": found.p._asdict(), "q": found.q._asdict(), **values, "plus_minus": errors}


def order_words(measures: Mapping[str, Bounded]) -> str:
    """Returns the measures that see the order, as a sentence; empty without them."""
    listed = ", ".join(
        f"{TITLES[name]} = {rounded(value, 4)}" + (f" ± {rounded(error, 2)}" if error else "")
        for name, (value, error, _) in measures.items()
    )
    return f"In order of the values: {listed}." if listed else ""


def _intervals(side: SideInOrder) -> Iterator[tuple[float | None, float | None]]:
    """Yields the ends between which each number lies, equal where it is known."""
    yield from zip(side.at_least, side.deciles, strict=True)
    yield from ((each, each) for each in (side.mean, side.deviation))


def _interval(low: str, high: str) -> str:
    return low if low == high else f"{low} … {high}"


def _point(value: float | None, *, is_time: bool) -> str:
    if value is None or not is_time or not isfinite(value):
        return _size(value, is_time=False)
    return number_text(value, is_time=True)


def _size(value: float | None, *, is_time: bool) -> str:
    """Returns a number for people, of times in days; empty without one, as between two infinite values."""
    if value is None or isnan(value):
        return ""
    return f"{rounded(value / _DAY, 3)} days" if is_time else rounded(value)
