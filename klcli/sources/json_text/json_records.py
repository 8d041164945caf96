"""Records in JSON: objects with the same fields, each a row of a table."""

from collections.abc import Sequence
from functools import partial

from klcli.core.arithmetic.types import Array, Mask
from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.errors import Place, Unreadable
from klcli.notes import listing
from klcli.sources.columns.numbers import one_by_one
from klcli.sources.columns.table import Table
from klcli.sources.formats.query import Query
from klcli.sources.json_text.parser import floats, is_minus_infinity
from klcli.sources.json_text.values import WrittenNumber, described

__all__ = ["read_records"]


def read_records(records: list[object], name: str, query: Query, item: str) -> tuple[RawNumbers, ...]:
    """Returns the distributions that a query wants of records; `item` is the word for one, such as "line".

    Raises:
        Unreadable: the fields of a record differ from those of the first, or the columns cannot be identified.
        NotADistribution: a value is not a number. ValueError: a label is a number whose digits were not kept.
    """
    first = records[0]
    assert isinstance(first, dict)
    names = list(first)
    for index, record in enumerate(records):
        if not isinstance(record, dict) or record.keys() != first.keys():
            keys = listing(names, most=12)
            raise Unreadable(
                f"{described(record)}, not a record with the fields {keys}",
                place=Place(name).then(Place.nth(item, index)),
            )
    columns = [[record[field] for record in records if isinstance(record, dict)] for field in names]
    nulls = query.dialect.nulls
    return _Records(name, names, columns, _numbers, partial(Place.nth, item), nulls=nulls).observed(query)


class _NumberAsLabel(ValueError):
    """A label is a number whose digits the parser did not keep."""


class _Records(Table):
    """Records whose labels must not be numbers, unless their digits were kept."""

    def labels(self, index: int) -> Sequence[str]:
        if not {int, float}.isdisjoint(map(type, self.columns[index])):
            raise _NumberAsLabel
        return super().labels(index)


def _numbers(column: Sequence[object]) -> tuple[Array, Mask | None]:
    known = floats(column)
    return _each_number(column) if known is None else (known, None)


_each_number = one_by_one(
    lambda cell: float(str(cell)) + 0.0 if isinstance(cell, WrittenNumber) or is_minus_infinity(cell) else None
)
