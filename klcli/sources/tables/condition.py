"""The rows of a table in memory that a condition chooses."""

from klcli.engines.arrays.array_table import ArrayTable
from klcli.sources.tables.options import TableOptions

__all__ = ["rows_of", "rows_where"]


def rows_of(table: ArrayTable, options: TableOptions) -> ArrayTable:
    """Returns the rows of typed columns that options choose, without the cells that they say are missing."""
    missing = options.missing
    if missing:
        cells = [table.cells(column.position) for column in table.columns]
        table = ArrayTable(table.name, [column.without(missing) for column in cells], table.notes)
        table.absent = missing.absent((each.column.storage, each.stored[0]) for each in cells)
    return rows_where(table, options.where)


def rows_where(table: ArrayTable, where: str) -> ArrayTable:
    """Returns the rows for which an SQL condition is true; all if it is empty. Errors as of `chosen_rows`."""
    if not where:
        return table
    from klcli.engines.arrays.chosen_rows import chosen_rows

    found = chosen_rows(table, where)
    found.absent = table.absent
    return found
