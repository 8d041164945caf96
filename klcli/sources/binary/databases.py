"""Tables of SQLite and duckdb databases: `x.db` if it has one table, else `x.db#table`. They are only read."""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import quote

from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.engines.address import parts_of, spelled, split_query
from klcli.errors import first_line
from klcli.notes import listing
from klcli.sources.binary.database_rows import DatabaseRows
from klcli.sources.binary.parquet_columns import place
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.columns.numbers import cell_number, one_by_one
from klcli.sources.columns.table import Table
from klcli.sources.formats.input_format import input_format
from klcli.sources.formats.query import Query, RowQuery
from klcli.sources.formats.row_source import RowSource
from klcli.support.duckdb_connection import connect_duckdb
from klcli.support.optional_package import need
from klcli.support.process.interruptible import Interruptible

__all__ = ["read_duckdb", "read_sqlite", "sqlite_table"]

_LISTED = 12  # tables that an error lists
_SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND substr(name, 1, 7) <> 'sqlite_'"
_DUCKDB_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' ORDER BY 1"

Rows = list[tuple[Any, ...]]
Ask = Callable[[str], tuple[list[str], Rows]]  # from SQL to the names of columns, and the rows


def _sqlite_rows(source: ByteSource, query: RowQuery) -> RowSource:
    with _sqlite(source) as (tables, ask):
        return DatabaseRows(source, query, *_fetched(source, tables, ask))


def _duckdb_rows(source: ByteSource, query: RowQuery) -> RowSource:
    with _duckdb(source) as (tables, ask):
        return DatabaseRows(source, query, *_fetched(source, tables, ask))


@input_format(
    "sqlite",
    summary="an SQLite database: its one table, or that of x.db#TABLE",
    suffixes=(".sqlite", ".sqlite3", ".db", ".db3"),
    open_rows=_sqlite_rows,
    recognises=lambda head: head.startswith(b"SQLite format 3\0"),
    holds_tables=True,
)
def read_sqlite(source: ByteSource, query: Query) -> tuple[RawNumbers, ...]:
    """Returns the distributions in a table of a database.

    Raises:
        Unreadable: it is not a database in a file, no table is meant, or its columns cannot be identified.
        NotADistribution: a cell that must hold a number does not.
    """
    with _sqlite(source) as (tables, ask):
        return _observed(source, query, tables, ask)


@input_format(
    "duckdb",
    summary="a duckdb database: its one table, or that of x.duckdb#TABLE (needs the extra fast)",
    suffixes=(".duckdb", ".ddb"),
    open_rows=_duckdb_rows,
    recognises=lambda head: head[8:12] == b"DUCK",
    holds_tables=True,
)
def read_duckdb(source: ByteSource, query: Query) -> tuple[RawNumbers, ...]:
    """Returns the distributions in a table of a database; errors as in `read_sqlite`."""
    with _duckdb(source) as (tables, ask):
        return _observed(source, query, tables, ask)


def sqlite_table(source: ByteSource) -> tuple[list[str], Rows]:
    """Returns the names of the columns of the table that is meant, and its rows; errors as in `read_sqlite`."""
    with _sqlite(source) as (tables, ask):
        return _fetched(source, tables, ask)


@contextmanager
def _sqlite(source: ByteSource) -> Iterator[tuple[str, Ask]]:
    """Yields the query for the names of tables, and the function that runs one; a file of duckdb is opened as such."""
    if source.head()[8:12] == b"DUCK":
        with _duckdb(source) as opened:
            yield opened
        return
    path = _path(source)
    try:
        url = f"file:{quote(os.path.abspath(path))}?mode=ro"
        connection = sqlite3.connect(url, uri=True, check_same_thread=False)
        with closing(Interruptible(connection.interrupt, connection.close)) as calls:
            connection.execute("PRAGMA trusted_schema = OFF")  # views call no functions with side effects
            yield _SQLITE_TABLES, lambda sql: calls.call(lambda: _answer(connection, sql))
    except (sqlite3.Error, OverflowError) as error:
        what = "SQLite refuses the query" if split_query(source.table)[1] else "not a whole SQLite database"
        raise source.unreadable(f"{what}: {str(error).lower()}") from None


@contextmanager
def _duckdb(source: ByteSource) -> Iterator[tuple[str, Ask]]:
    """Yields the query for the names of tables, and the function that runs one."""
    duckdb = need("duckdb", extra="fast", purpose=f"{source.name}: reading a duckdb database")
    try:
        connection = connect_duckdb(duckdb, _path(source), enable_external_access=False)  # a view may name any file
        with closing(Interruptible(connection.interrupt, connection.close)) as calls:
            yield _DUCKDB_TABLES, lambda sql: calls.call(lambda: _answer(connection, sql))
    except duckdb.Error as error:
        raise source.unreadable(f"duckdb cannot read it: {first_line(error)}") from None


def _answer(connection: Any, sql: str) -> tuple[list[str], Rows]:
    found = connection.execute(sql)
    return [column[0] for column in found.description], found.fetchall()


def _path(source: ByteSource) -> str:
    if source.path is None:
        raise source.unreadable("a database is read from a file that is not compressed", hint="save it to a file")
    return os.fspath(source.path)


def _fetched(source: ByteSource, tables: str, ask: Ask) -> tuple[list[str], Rows]:
    """Returns the names of the columns of the table that is meant, and its rows."""
    known = [name for (name,) in ask(tables)[1]]
    relation = _relation(source, known)
    names, rows = ask(f"SELECT * FROM {relation}")
    if not rows:
        raise source.unreadable(f"the table {source.table or known[0]!r} has no rows")
    for index, name in enumerate(names):
        if any(isinstance(row[index], bytes) for row in rows):
            raise source.unreadable(f"the column {name!r} holds bytes, neither texts nor numbers")
    return names, rows


def _relation(source: ByteSource, known: Sequence[str]) -> str:
    """Returns what follows FROM: the table or query behind #, by the rules of addresses, or the only table."""
    named, query = ("", "") if source.table in known else split_query(source.table)
    if query:
        return f"(\n{query}\n)"
    parts = parts_of(named, source.name) if named else (source.table or (known[0] if len(known) == 1 else ""),)
    if len(parts) == 1 and parts[0] not in known:
        unnamed = "several tables, and none is named" if known else "empty"
        found = f"no table is called {parts[0]!r}" if named else unnamed
        hint = None if named or not known else f"name one, as in {source.name}#{spelled(known[:1])}"
        raise source.unreadable(f"{found}; the tables are {listing(known, most=_LISTED) or 'none'}", hint=hint)
    return ".".join(f'"{part.replace(chr(34), 2 * chr(34))}"' for part in parts)


def _observed(source: ByteSource, query: Query, tables: str, ask: Ask) -> tuple[RawNumbers, ...]:
    names, rows = _fetched(source, tables, ask)
    columns, nulls = list(zip(*rows, strict=True)), query.dialect.nulls
    return Table(source.name, names, columns, one_by_one(cell_number), place, nulls=nulls).observed(query)
