"""Rows of a table in memory that a condition in SQL chooses, by duckdb."""

from contextlib import closing
from typing import Any

import numpy as np

from klcli.engines.arrays.array_table import ArrayColumn, ArrayTable
from klcli.engines.refusals import cure_for_texts, cure_of
from klcli.errors import Unreadable, first_line
from klcli.support.duckdb_connection import connect_duckdb
from klcli.support.optional_package import need
from klcli.support.process.interruptible import Interruptible
from klcli.tables.column import Storage

__all__ = ["chosen_rows"]


def chosen_rows(table: ArrayTable, where: str) -> ArrayTable:
    """Returns the rows of a table for which a condition is true.

    Raises:
        Unreadable: It is no condition on the columns of the table. MissingPackage: duckdb is not installed.
    """
    duckdb = need("duckdb", extra="fast", purpose="--where on a file")
    pandas = need("pandas", purpose="--where on a file")
    cells = [table.cells(at) for at in range(len(table.columns))]
    at = "row"
    while at.casefold() in {column.name.casefold() for column in table.columns}:
        at += "_"
    frame = pandas.DataFrame({at: np.arange(table.rows)} | {each.column.name: _series(each, pandas) for each in cells})
    connection = connect_duckdb(duckdb, enable_external_access=False)
    connection.execute("SET TimeZone='UTC'")
    connection.register("cells", frame)
    with closing(Interruptible(connection.interrupt, connection.close)) as calls:
        sql = f'SELECT "{at}" FROM cells WHERE (\n{where}\n) ORDER BY 1'
        try:
            answer = calls.call(lambda: connection.execute(sql).fetchnumpy())
        except duckdb.Error as error:
            are_texts = all(column.storage is Storage.TEXT for column in table.columns)
            hint = cure_for_texts(cure_of(error)) if are_texts else cure_of(error)
            raise Unreadable(f"--where: {first_line(error)}", place=table.name, hint=hint) from None
    rows = np.asarray(answer[at], dtype=np.intp)
    return ArrayTable(table.name, [each.chosen(rows) for each in cells], table.notes)


def _series(cells: ArrayColumn, pandas: Any) -> Any:
    values, is_null = cells.stored
    if cells.column.storage is Storage.INSTANT:
        values = values.astype("datetime64[us]")
    if is_null is not None:
        values = values.astype(object)
        values[is_null] = None
    return pandas.Series(values, copy=False)
