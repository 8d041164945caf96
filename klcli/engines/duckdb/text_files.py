"""Files of delimited text, counted by duckdb."""

from collections.abc import Sequence
from functools import partial

from klcli.engines.asking import Asking
from klcli.engines.duckdb.engine import DuckDB
from klcli.engines.refusals import cure_for_texts
from klcli.engines.sql.counting import SqlTable
from klcli.engines.sql.dialect import Dialect
from klcli.engines.sql.missing_cells import absent_texts, without_missing
from klcli.engines.sql.queries import chosen
from klcli.errors import Unreadable
from klcli.tables.column import Column, Storage
from klcli.tables.missing_cells import NONE_MISSING, MissingCells

__all__ = ["text_table"]


class _OfTexts(Dialect):
    """SQL over a text file, which is parsed anew for each mention; of Parquet a UNION ALL takes a third of the time."""

    columns_at_once = 250

    def unpivot(self, relation: str, values: Sequence[tuple[int, str]]) -> str:
        numbers, cells = (", ".join(str(each[at]) for each in values) for at in (0, 1))
        return f"SELECT unnest([{numbers}]) AS k, unnest([{cells}]) AS v FROM {relation}"


def text_table(
    name: str,
    path: str,
    names: Sequence[str],
    delimiter: str,
    *,
    skipped: int,
    missing: MissingCells = NONE_MISSING,
    threads: int | None = None,
    where: str = "",
    are_tame: bool = False,
    lines: int | None = None,
) -> SqlTable | None:
    """Returns a table of delimited text, in UTF-8 without comments and blank lines; None if duckdb refuses it.

    Every cell is a text, so that 007 stays 007; an empty cell is null.

    Args:
        skipped: Number of lines above the first row. missing: Cells that are read as null.
        threads: Number of threads that count; None for as many as there are processors.
        where: A condition that chooses rows. are_tame: As of SqlTable.
        lines: Number of lines of the file, where each is a row or above the first.

    Raises:
        Unreadable: `where` is not a condition.
    """
    if len({each.casefold() for each in names}) < len(names):
        return None  # duckdb does not tell names apart by case
    connection = DuckDB(threads=threads)
    connection.dialect = _OfTexts()
    engine = Asking(connection, name, most_rows=None)
    literal = engine.dialect.literal
    types = ", ".join(f"{literal(each)}: 'VARCHAR'" for each in names)
    options = f"""auto_detect=false, header=false, skip={skipped}, delim={literal(delimiter)}, quote='"', escape='"',
        compression='none', hive_partitioning=false, strict_mode=true, null_padding=false, max_line_size=16777216"""
    columns = [Column(at, each, Storage.TEXT, "text", is_typed=False) for at, each in enumerate(names)]
    cells = f"read_csv({literal(path)}, {options}, columns={{{types}}})"
    relation = without_missing(engine.dialect, cells, columns, missing)
    try:
        rows = None if lines is None or where else lines - skipped
        table = SqlTable(engine, name, chosen(relation, where), columns, scanner=engine, are_tame=are_tame, rows=rows)
        table.find_absent = partial(absent_texts, engine, cells, columns, missing)
        table.facts(columns)  # reads every cell
        return table
    except Unreadable as error:
        is_text = not where or not _is_read(engine, relation, columns)
        engine.close()
        if is_text:
            return None  # the csv module reads it, and gives an error its line
        raise Unreadable(f"--where: {error.finding}", place=name, hint=cure_for_texts(error.hint)) from None
    except BaseException:
        engine.close()
        raise


def _is_read(engine: Asking, relation: str, columns: Sequence[Column]) -> bool:
    """Returns True if duckdb reads all cells of a text."""
    try:
        engine.rows(
            f"SELECT {', '.join(f'count({engine.dialect.quote(each.name)})' for each in columns)} FROM {relation}"
        )
    except Unreadable:
        return False
    return True
