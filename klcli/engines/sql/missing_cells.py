"""A relation in which cells that stand for a missing value are NULL."""

from collections.abc import Iterable, Sequence

from klcli.engines.sql.dialect import Dialect
from klcli.engines.sql.engine import Engine
from klcli.engines.sql.values import cell_of
from klcli.tables.cell_text import PLAIN_NUMBER
from klcli.tables.column import Column, Storage
from klcli.tables.missing_cells import MissingCells

__all__ = ["absent_texts", "without_missing"]


def without_missing(sql: Dialect, relation: str, columns: Sequence[Column], missing: MissingCells) -> str:
    """Returns what follows FROM for a relation with NULL in place of the cells that are missing."""
    tests = [_test(sql, column, missing) for column in columns]
    if not any(tests):
        return relation
    cells = ", ".join(
        f"CASE WHEN NOT ({test}) THEN {sql.quote(column.name)} END AS {sql.quote(column.name)}"
        if test
        else sql.quote(column.name)
        for column, test in zip(columns, tests, strict=True)
    )
    return f"(SELECT {cells} FROM {relation}) AS present"


def absent_texts(engine: Engine, relation: str, columns: Sequence[Column], missing: MissingCells) -> tuple[str, ...]:
    """Returns the texts that stand for no cell of a relation; NULL is no text."""
    left = [text for text in missing.texts if text]
    size = max(1, engine.dialect.columns_at_once // max(1, len(left)))
    for start in range(0, len(columns), size):
        tests = [(text, test) for text in left for column in columns[start : start + size]
                 if (test := _test(engine.dialect, column, MissingCells((text,))))]  # fmt: skip
        if not tests:
            continue
        terms = ", ".join(f"max(CASE WHEN {test} THEN 1 ELSE 0 END)" for _, test in tests)
        (row,) = engine.rows(f"SELECT {terms} FROM {relation}")
        found = {text for (text, _), is_found in zip(tests, row, strict=True) if is_found}
        left = [text for text in left if text not in found]
    return tuple(left)


def _test(sql: Dialect, column: Column, missing: MissingCells) -> str:
    """Returns the condition that a cell is missing; empty for a column that holds none."""
    cell = cell_of(sql, column)
    match column.storage:
        case Storage.TEXT:
            tests = (_among(cell, map(sql.literal, missing.texts)),
                     _among(f"lower(trim({cell}))", map(sql.literal, missing.words)),
                     _spelled(sql, cell, missing))  # fmt: skip
            return " OR ".join(filter(None, tests))
        case Storage.INTEGER:
            return _among(cell, map(str, missing.integers))
        case Storage.FLOAT | Storage.DECIMAL:
            numbers = missing.doubles if column.storage is Storage.FLOAT else map(float, missing.numbers)
            return _among(f"CAST({cell} AS {sql.double})", _doubles(sql, numbers))
        case Storage.BOOLEAN:
            return _among(cell, (str(each).lower() for each in missing.truths))
        case Storage.INSTANT:
            return _among(sql.micros(cell), map(str, missing.instants))
        case _:
            return ""


def _spelled(sql: Dialect, cell: str, missing: MissingCells) -> str:
    """Returns the condition that a text spells a number that is missing, which is never NULL."""
    test = _among(sql.number(cell), _doubles(sql, missing.spelled))
    return test and f"CASE WHEN {sql.matches(cell, PLAIN_NUMBER)} THEN COALESCE({test}, 1 = 0) ELSE 1 = 0 END"


def _doubles(sql: Dialect, numbers: Iterable[float]) -> Iterable[str]:
    return (f"CAST('{each!r}' AS {sql.double})" for each in numbers)


def _among(cell: str, constants: Iterable[str]) -> str:
    listed = ", ".join(constants)
    return f"{cell} IN ({listed})" if listed else ""
