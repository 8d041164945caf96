"""Distributions in a table or query at an engine: the columns that are asked for, at most a million rows."""

from collections.abc import Sequence
from typing import Any

from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.engines.address import Address, parse_address
from klcli.engines.asking import Asking
from klcli.engines.connecting import connect, relation_of
from klcli.engines.sql.engine import MOST_ROWS
from klcli.errors import InputError, UnclearColumns, Unreadable
from klcli.sources.binary.parquet_columns import place
from klcli.sources.columns.column_choice import chosen_columns, positions_beside
from klcli.sources.columns.numbers import cell_number, one_by_one
from klcli.sources.columns.table import Table
from klcli.sources.formats.query import Query
from klcli.support.sentence import Option, Sentence

__all__ = ["read_engine"]


def read_engine(word: str, query: Query) -> tuple[RawNumbers, ...]:
    """Returns the distributions in the table that an address names.

    Raises:
        Unreadable: There is no connection, table or permission; too many rows; or columns that cannot be identified.
        NotADistribution: A cell that must hold a number does not.
    """
    address = parse_address(word)
    engine = connect(address, query.access)
    try:
        relation = relation_of(address, engine)
        names = [column.name for column in engine.columns(relation)]
        wanted = _wanted(word, names, query)
        keys = [names[at] for at in sorted({*wanted, *positions_beside(query, names)})]
        cells = _cells(address, engine, relation, [names[at] for at in wanted], keys)
    finally:
        engine.close()
    columns: list[Sequence[object]] = [()] * len(names)
    for at, column in zip(wanted, cells, strict=True):
        columns[at] = column
    nulls = query.dialect.nulls
    found = Table(word, names, columns, one_by_one(cell_number), place, nulls=nulls).observed(query)
    if len(found) == 1 and found[0].labels is None and not address.query:
        raise UnclearColumns(
            "the rows of a table have no order, and masses without labels are matched by it",
            place=word,
            hint=Sentence(
                "name the column of labels with ",
                Option("--label"),
                ", or give a query with ORDER BY in place of the table",
            ),
        )
    return found


def _wanted(word: str, names: Sequence[str], query: Query) -> list[int]:
    """Returns the positions of the columns that are read."""
    if query.every:
        return list(range(len(names)))
    try:
        choice = chosen_columns(tuple(names), query)
    except InputError as error:
        raise error.at(word) from None
    return sorted({*choice.labels, *choice.values})


def _cells(
    address: Address, engine: Asking, relation: str, names: Sequence[str], keys: Sequence[str]
) -> list[Sequence[Any]]:
    """Returns the cells of columns in the order of `keys`: the same in every run, and for columns read one by one.

    A query keeps its own order, unless other columns are read as well, to which the rows would not be matched.
    """
    listed, sorted_by = (", ".join(map(engine.dialect.quote, each)) for each in (names, keys))
    order = "" if address.query and len(keys) == len(names) else f" ORDER BY {sorted_by}"
    rows = engine.rows(f"SELECT {listed} FROM {relation}{order} LIMIT {MOST_ROWS + 1}")
    if not rows:
        raise Unreadable("there are no rows", place=address.word)
    return list(zip(*rows, strict=True))
