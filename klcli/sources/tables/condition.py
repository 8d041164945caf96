"""The rows of a table in memory that a condition chooses."""

from klcli.engines.arrays.array_table import ArrayTable

__all__ = ["rows_where"]


def rows_where(table: ArrayTable, where: str) -> ArrayTable:
    """Returns the rows for which an SQL condition is true; all if it is empty. Errors as of `chosen_rows`."""
    if not where:
        return table
    from klcli.engines.arrays.chosen_rows import chosen_rows

    return chosen_rows(table, where)
