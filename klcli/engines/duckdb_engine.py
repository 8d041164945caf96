"""duckdb, embedded: files of Parquet and delimited text, counted where they lie."""

import os
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from klcli.core.arithmetic.parallel import processors
from klcli.core.arithmetic.types import Array, Mask
from klcli.engines.arrays.chosen_rows import CELLS_ARE_TEXT
from klcli.engines.sql.counting import SqlTable, chosen
from klcli.engines.sql.dialect import Dialect
from klcli.errors import Unreadable
from klcli.support.optional_package import need
from klcli.tables.column import Column, Storage

__all__ = ["DuckDB", "column_of", "parquet_table", "text_table"]

_SETTINGS = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
_SCALE = re.compile(r"DECIMAL\(\d+, ?(\d+)\)")
_STORAGES = {
    # "NULL" is a column of Parquet without any value, which duckdb below 2 calls INTEGER
    Storage.INTEGER: ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", '"NULL"'),
    Storage.DECIMAL: ("UBIGINT", "HUGEINT", "UHUGEINT"),
    Storage.FLOAT: ("FLOAT", "DOUBLE"),
    Storage.BOOLEAN: ("BOOLEAN",),
    Storage.TEXT: ("VARCHAR", "UUID"),
    Storage.INSTANT: ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE"),
}
_BY_NAME = {name: storage for storage, names in _STORAGES.items() for name in names}


class _OfTexts(Dialect):
    """SQL over a text file, which is parsed anew for each mention; of Parquet a UNION ALL takes a third of the time."""

    columns_at_once = 250

    def unpivot(self, relation: str, values: Sequence[tuple[int, str]]) -> str:
        numbers, cells = (", ".join(str(each[at]) for each in values) for at in (0, 1))
        return f"SELECT unnest([{numbers}]) AS k, unnest([{cells}]) AS v FROM {relation}"


class DuckDB:
    """A connection to a database in memory, or in a file, which is only read."""

    name = "duckdb"
    has_exact_quantiles = True

    def __init__(self, path: str = "", *, threads: int | None = None) -> None:
        duckdb = need("duckdb", extra="fast", purpose="a duckdb database")
        self.dialect: Dialect = Dialect()
        self._errors = duckdb.Error
        config: Any = {**_SETTINGS, "threads": threads or processors()}
        if path:
            if not os.path.isfile(path):
                raise Unreadable(f"no such file: {path}")
            config["enable_external_access"] = False  # a view may name any file
        try:
            self._connection = duckdb.connect(path or ":memory:", read_only=bool(path), config=config)
        except self._errors as error:
            raise Unreadable(f"duckdb cannot read it: {_first_line(error)}") from None
        self._connection.execute("SET TimeZone='UTC'")

    def columns(self, relation: str) -> list[Column]:
        described = self.rows(f"DESCRIBE SELECT * FROM {relation}")
        return [column_of(at, str(row[0]), str(row[1])) for at, row in enumerate(described)]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._executed(sql).fetchall()

    def column(self, sql: str) -> Array:
        (values,) = self._executed(sql).fetchnumpy().values()
        return np.asarray(np.ma.getdata(values), dtype=np.float64)

    def arrays(self, sql: str) -> list[tuple[Any, Mask | None]]:
        """Returns the columns of a query, which are numbers, and their nulls."""
        found = self._executed(sql).fetchnumpy().values()
        return [(np.ma.getdata(each), np.ma.getmaskarray(each) if np.ma.isMaskedArray(each) else None)
                for each in found]  # fmt: skip

    def read_from(self, store: Any) -> None:
        """Reads the files of a filesystem of fsspec, too."""
        self._connection.register_filesystem(store)

    def cancel(self) -> None:
        self._connection.interrupt()

    def close(self) -> None:
        self._connection.close()

    def _executed(self, sql: str) -> Any:
        try:
            return self._connection.execute(sql)
        except (self._errors, RuntimeError) as error:
            if "interrupted" in str(error).lower():  # duckdb reports Ctrl-C this way
                raise KeyboardInterrupt from None
            raise Unreadable(_first_line(error)) from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def column_of(index: int, name: str, declared: str) -> Column:
    """Returns a column of a type that duckdb names."""
    scale = _SCALE.fullmatch(declared)
    if scale:
        return Column(index, name, Storage.DECIMAL, declared, int(scale[1]))
    storage = Storage.TEXT if declared.startswith("ENUM") else _BY_NAME.get(declared, Storage.UNSUPPORTED)
    return Column(index, name, storage, declared)


def parquet_table(
    name: str, paths: Sequence[str], where: str = "", *, threads: int | None = None, store: Any = None
) -> SqlTable | None:
    """Returns a table of Parquet files, the rows of one after those of another; None if duckdb renames a column.

    Columns are matched by name, in the widest of their types.

    Args:
        store: A filesystem of fsspec that holds the files, None for that of the machine.

    Raises:
        Unreadable: duckdb cannot read them, or they have different columns.
    """
    engine = DuckDB(threads=threads)
    try:
        if store is not None:
            engine.read_from(store)
        listed = ", ".join(map(engine.dialect.literal, paths))
        # without can_have_nan, duckdb trusts statistics, which leave NaN out, and counts none
        relation = f"read_parquet([{listed}], can_have_nan=true, hive_partitioning=false, union_by_name=true)"
        names = _parquet_names(engine, listed)
        for path, other in names.items():
            if sorted(other) != sorted(next(iter(names.values()))):
                raise Unreadable(f"{path}: its columns differ from those of {next(iter(names))}")
        columns = engine.columns(relation)
        if [column.name for column in columns] != next(iter(names.values())):
            engine.close()  # it does not tell names apart by case, and makes A_1 of the second
            return None
        return SqlTable(engine, name, chosen(relation, where), columns, scanner=engine)
    except BaseException:
        engine.close()
        raise


def _parquet_names(engine: DuckDB, listed: str) -> dict[str, list[str]]:
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


def text_table(
    name: str,
    path: str,
    names: Sequence[str],
    delimiter: str,
    *,
    skipped: int,
    missing: Sequence[str] = (),
    nulls: Sequence[str] = (),
    threads: int | None = None,
    where: str = "",
    are_tame: bool = False,
) -> SqlTable | None:
    """Returns a table of delimited text, in UTF-8 without comments and blank lines; None if duckdb refuses it.

    Every cell is a text, so that 007 stays 007; an empty cell is null.

    Args:
        skipped: Number of lines above the first row. missing: Texts, in lower case, that are read as null.
        nulls: Texts, to the letter, that are read as null.
        threads: Number of threads that count; None for as many as there are processors.
        where: A condition that chooses rows. are_tame: As of SqlTable.

    Raises:
        Unreadable: The condition is none.
    """
    if len({each.casefold() for each in names}) < len(names):
        return None  # duckdb does not tell names apart by case
    engine = DuckDB(threads=threads)
    engine.dialect = _OfTexts()
    quote, literal = engine.dialect.quote, engine.dialect.literal
    types = ", ".join(f"{literal(each)}: 'VARCHAR'" for each in names)
    options = f"""auto_detect=false, header=false, skip={skipped}, delim={literal(delimiter)}, quote='"', escape='"',
        compression='none', hive_partitioning=false, strict_mode=true, null_padding=false, max_line_size=16777216"""
    tests = [f"{function}({{0}}) NOT IN ({', '.join(map(literal, words))})"
             for function, words in (("lower", missing), ("", nulls)) if words]  # fmt: skip
    is_present = " AND ".join(tests)
    cells = ", ".join(
        f"CASE WHEN {is_present.format(quote(each))} THEN {quote(each)} END AS {quote(each)}" if tests else quote(each)
        for each in names
    )
    relation = f"(SELECT {cells} FROM read_csv({literal(path)}, {options}, columns={{{types}}})) AS cells"
    columns = [Column(at, each, Storage.TEXT, "text", is_typed=False) for at, each in enumerate(names)]
    try:
        table = SqlTable(engine, name, chosen(relation, where), columns, scanner=engine, are_tame=are_tame)
        table.facts(columns)  # reads every cell
        return table
    except Unreadable as error:
        is_text = not where or not _is_read(engine, relation, columns)
        engine.close()
        if is_text:
            return None  # the csv module reads it, and gives an error its line
        raise Unreadable(f"{name}: --where: {error.message}", hint=CELLS_ARE_TEXT) from None
    except BaseException:
        engine.close()
        raise


def _is_read(engine: DuckDB, relation: str, columns: Sequence[Column]) -> bool:
    """Returns True if duckdb reads all cells of a text."""
    try:
        engine.rows(
            f"SELECT {', '.join(f'count({engine.dialect.quote(each.name)})' for each in columns)} FROM {relation}"
        )
    except Unreadable:
        return False
    return True
