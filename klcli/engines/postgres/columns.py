"""Columns of a table or query in PostgreSQL, by what the server says of its first row."""

from collections.abc import Callable
from typing import Any

from klcli.engines.sql.dialect import Dialect
from klcli.tables.column import Column, Storage

__all__ = ["columns_of"]

Execute = Callable[[str], Any]


def columns_of(relation: str, execute: Execute, dialect: Dialect) -> list[Column]:
    """Returns the columns of what follows FROM; `execute` returns the cursor of a query."""
    described = execute(f"SELECT * FROM {relation} LIMIT 0").description
    types = {
        oid: (name, kind) for oid, name, kind in execute(
            "SELECT CAST(oid AS BIGINT), format_type(oid, NULL), CAST(typtype AS TEXT) FROM pg_type "
            f"WHERE oid IN ({', '.join(str(each.type_code) for each in described) or 'NULL'})"
        )
    }  # fmt: skip
    found = []
    for at, each in enumerate(described):
        declared, kind = types[each.type_code]
        column = dialect.column(at, each.name, declared, max(0, each.scale or 0))
        column = column._replace(storage=Storage.TEXT) if kind == "e" else column
        is_free = column.storage is Storage.DECIMAL and each.precision is None
        found.append(_free_decimal(column, relation, execute, dialect) if is_free else column)
    return found


def _free_decimal(column: Column, relation: str, execute: Execute, dialect: Dialect) -> Column:
    """Returns a column of numeric without a scale with the largest scale in it; of floats if some are infinite."""
    cell = f"CAST({dialect.quote(column.name)} AS NUMERIC)"
    ((scale, is_infinite),) = execute(
        f"SELECT max(scale({cell})), bool_or({cell} IN ('Infinity', '-Infinity')) FROM {relation}"
    ).fetchall()
    return column._replace(storage=Storage.FLOAT) if is_infinite else column._replace(scale=scale or 0)
