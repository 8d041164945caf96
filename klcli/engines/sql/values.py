"""Values of columns as SQL expressions: a number that is never NaN or -0.0, an instant, or a label."""

from decimal import Decimal
from math import isinf

from klcli.engines.sql.dialect import Dialect
from klcli.tables.cell_text import NUMBER, TIME
from klcli.tables.column import Column, Read, Reading, Storage
from klcli.tables.cuts import Cut, cut_for

__all__ = ["cell_of", "constant", "cut_condition", "label_of", "value_of"]


def cell_of(sql: Dialect, column: Column) -> str:
    """Returns the expression of a cell; enumerations and the like as texts."""
    cell = sql.quote(column.name)
    return f"CAST({cell} AS {sql.text})" if column.storage is Storage.TEXT else cell


def value_of(sql: Dialect, read: Read, *, is_plain: bool) -> str:
    """Returns the expression of a value that is ordered and binned; NULL where a cell has none.

    Args:
        is_plain: Every text of the column is known to spell a plain number.
    """
    cell = cell_of(sql, read.column)
    zero = f"CAST('0' AS {sql.double})"
    match read.column.storage, read.reading:
        case Storage.INTEGER, _:
            return f"CAST({cell} AS {sql.integer})"
        case Storage.FLOAT, _:
            double = f"CAST({cell} AS {sql.double})"
            return f"CASE WHEN NOT {sql.is_nan(double)} THEN {double} + {zero} END"
        case Storage.DECIMAL, _:
            return sql.decimal_value(cell, read.column.scale)
        case Storage.INSTANT, _:
            return sql.micros(cell)
        case Storage.BOOLEAN, Reading.NUMBER:
            return f"CASE WHEN {cell} THEN 1 WHEN NOT {cell} THEN 0 END"
        case Storage.TEXT, Reading.NUMBER:
            number = f"{sql.number(cell)} + {zero}"
            return number if is_plain else f"CASE WHEN {sql.matches(cell, NUMBER)} THEN {number} END"
        case Storage.TEXT, Reading.TIME:
            return f"CASE WHEN {sql.matches(cell, TIME)} THEN {sql.time(cell)} END"
        case _:
            return label_of(sql, read, is_plain)


def label_of(sql: Dialect, read: Read, is_plain: bool) -> str:
    """Returns the expression of a value that is grouped."""
    cell = cell_of(sql, read.column)
    if read.reading is Reading.LABEL and read.column.storage is Storage.TEXT:
        return sql.binary(cell)
    if read.reading is Reading.LABEL and read.column.storage is Storage.BOOLEAN:
        return sql.binary(f"CASE WHEN {cell} THEN 'true' WHEN NOT {cell} THEN 'false' END")
    return value_of(sql, read, is_plain=is_plain)


def cut_condition(sql: Dialect, value: str, cut: Cut, read: Read) -> str:
    """Returns the condition that a value lies on the left of a cut, in the type of the value."""
    found = cut_for(cut, read)
    if found is None:
        return "1 = 0"
    return f"{value} {'<' if found.is_below else '<='} {_literal(sql, found, read)}"


def _literal(sql: Dialect, cut: Cut, read: Read) -> str:
    match read.storage:
        case Storage.FLOAT:
            value = float(cut.value)
            text = ("Infinity" if value > 0 else "-Infinity") if isinf(value) else repr(value)
            return f"CAST('{text}' AS {sql.double})"
        case Storage.DECIMAL:
            return f"CAST('{cut.value:f}' AS {sql.decimal(read.column.scale)})"
        case _:
            return f"CAST('{int(cut.value)}' AS {sql.integer})"


def constant(sql: Dialect, value: object) -> str:
    """Returns a value, as of `Labels`, as a constant that compares with what `label_of` groups."""
    match value:
        case str():
            return sql.literal(value)
        case bool():
            return sql.literal(str(value).lower())  # grouped as a text
        case int():
            return f"CAST('{value}' AS {sql.decimal(0)})"
        case Decimal():
            return f"CAST('{value:f}' AS {sql.decimal(max(0, -int(value.as_tuple().exponent)))})"
        case float():
            return f"CAST('{value!r}' AS {sql.double})"
        case _:
            return str(value)
