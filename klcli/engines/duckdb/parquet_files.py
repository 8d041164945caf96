"""Files of Parquet, counted by duckdb."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from klcli.engines.asking import Asking
from klcli.engines.duckdb.engine import DuckDB
from klcli.engines.sql.counting import SqlTable
from klcli.engines.sql.missing_cells import absent_texts, without_missing
from klcli.engines.sql.queries import chosen
from klcli.errors import Place, Unreadable
from klcli.tables.missing_cells import NONE_MISSING, MissingCells

__all__ = ["parquet_table"]


def parquet_table(
    name: str, paths: Sequence[str], where: str = "", *, threads: int | None = None, store: Any = None,
    missing: MissingCells = NONE_MISSING,
) -> SqlTable | None:  # fmt: skip
    """Returns a table of Parquet files, the rows of one after those of another; None if duckdb renames a column.

    Columns are matched by name, in the widest of their types.

    Args:
        store: A filesystem of fsspec that holds the files, None for that of the machine.
        missing: Texts that stand for a missing value.

    Raises:
        Unreadable: duckdb cannot read them, or they have different columns.
    """
    connection = DuckDB(threads=threads)
    if store is not None:
        connection.read_from(store)
    engine = Asking(connection, name, most_rows=None)
    try:
        listed = ", ".join(map(engine.dialect.literal, paths))
        # without can_have_nan, duckdb trusts statistics, which leave NaN out, and counts none
        relation = f"read_parquet([{listed}], can_have_nan=true, hive_partitioning=false, union_by_name=true)"
        names = _parquet_names(engine, listed)
        for path, other in names.items():
            if sorted(other) != sorted(next(iter(names.values()))):
                raise Unreadable(f"its columns differ from those of {next(iter(names))}", place=Place(name).then(path))
        columns = engine.columns(relation)
        if [column.name for column in columns] != next(iter(names.values())):
            engine.close()  # it does not tell names apart by case, and makes A_1 of the second
            return None
        rows = chosen(without_missing(engine.dialect, relation, columns, missing), where)
        table = SqlTable(engine, name, rows, columns, scanner=engine)
        table.find_absent = partial(absent_texts, engine, relation, columns, missing)
        return table
    except BaseException:
        engine.close()
        raise


def _parquet_names(engine: Asking, listed: str) -> dict[str, list[str]]:
    """Returns the names of the columns of each file: the children of the root of its schema."""
    found: dict[str, list[str]] = {}
    pending: list[int] = []  # children still to come, of each group that is open
    for file, name, children in engine.rows(f"SELECT file_name, name, num_children FROM parquet_schema([{listed}])"):
        if not pending:
            found[str(file)] = []
        else:
            pending[-1] -= 1
            if len(pending) == 1:
                found[str(file)].append(str(name))
        pending.append(children or 0)
        while pending and not pending[-1]:
            pending.pop()
    return found
