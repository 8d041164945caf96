"""From an address to a table that its engine counts."""

from functools import partial

from klcli.engines.address import Access, Address, spelled
from klcli.engines.asking import Asking
from klcli.engines.spark.dialect import SparkDialect
from klcli.engines.sql.counting import SqlTable
from klcli.engines.sql.engine import Engine
from klcli.engines.sql.missing_cells import absent_texts, without_missing
from klcli.engines.sql.queries import chosen
from klcli.errors import Unreadable
from klcli.notes import listing
from klcli.tables.missing_cells import NONE_MISSING, MissingCells

__all__ = ["connect", "engine_table", "relation_of"]

_LISTED = 12  # tables that an error names


def connect(address: Address, access: Access) -> Asking:
    """Returns a connection to the engine of an address.

    Raises:
        Unreadable: There is no connection. MissingPackage: The driver of the engine is not installed.
    """
    try:
        return Asking(_engine(address, access.spark), address.word, access.timeout)
    except Unreadable as error:
        raise error.at(address.word) from None


def _engine(address: Address, spark: str | None) -> Engine:
    match address.scheme:
        case "postgresql":
            from klcli.engines.postgres.engine import Postgres

            return Postgres(address.place)
        case "spark":
            from klcli.engines.spark.engine import Spark

            return Spark(spark)
        case _:
            from klcli.engines.duckdb.engine import DuckDB

            return DuckDB(address.place)


def relation_of(address: Address, engine: Asking, where: str = "") -> str:
    """Returns what follows FROM: the table or query of an address, of which a condition chooses rows."""
    if address.query:
        relation = f"(\n{address.query}\n) AS q"
    elif address.scheme == "spark" and ("/" in address.table or ":" in address.table):
        relation = SparkDialect().path(address.table)
    elif address.table:
        relation = engine.dialect.table(address.parts)
    else:
        relation = engine.dialect.table(_only_table(address, engine))
    return chosen(relation, where)


def _only_table(address: Address, engine: Asking) -> tuple[str, ...]:
    """Returns the table of a database that has one."""
    if address.scheme == "spark":
        raise Unreadable(
            "no table is named", place=address.word, hint="as in spark:catalog.db.table or spark:/path.parquet"
        )
    tables = engine.rows(f"{engine.dialect.tables} ORDER BY 1, 2 LIMIT {_LISTED + 1}")
    if len(tables) == 1:
        return str(tables[0][0]), str(tables[0][1])
    names = [spelled(map(str, each)) for each in tables]
    raise Unreadable(
        f"no table is named; there are {listing(names, most=_LISTED) or 'none that may be read'}",
        place=address.word,
        hint=f"name one, as in {address.word.rstrip('#')}#{names[0]}" if names else None,
    )


def engine_table(address: Address, access: Access, where: str = "", missing: MissingCells = NONE_MISSING) -> SqlTable:
    """Returns the table of an address; arguments and errors as of `connect`."""
    engine = connect(address, access)
    try:
        relation = relation_of(address, engine)
        columns = engine.columns(relation)
        rows = chosen(without_missing(engine.dialect, relation, columns, missing), where)
        table = SqlTable(engine, address.word, rows, columns)
        table.find_absent = partial(absent_texts, engine, relation, columns, missing)
        return table
    except BaseException:
        engine.close()
        raise
