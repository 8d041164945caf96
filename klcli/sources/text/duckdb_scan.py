"""Large files read by duckdb, with the extra `fast`: numbers as doubles, labels as hashes, rows in order.

The labels stay in the file. If a message needs one, its line is read; if all are needed, they are read as without
duckdb.

A text is read in this way only if duckdb is certain to read in it what the csv module reads: UTF-8 without quotes,
carriage returns, NUL, blank lines and comments below the first row, equally many delimiters in each line, and a finite
number in every cell of a column of numbers. For any other text the result is None, and another reader takes it.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.parallel import processors
from klcli.core.arithmetic.types import Array, Mask
from klcli.core.distributions.label_texts import HashedText
from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.errors import Place, Unreadable
from klcli.sources.columns.numbers import parse_numbers
from klcli.sources.columns.table import Table
from klcli.sources.formats.query import Query
from klcli.sources.text.headed_table import Header
from klcli.sources.text.line_index import LineIndex, index_lines
from klcli.sources.text.plain_table import PlainTable
from klcli.sources.text.vectorised_csv import vectorised_table
from klcli.support.duckdb_connection import connect_duckdb
from klcli.support.optional_package import need
from klcli.support.process.interruptible import Interruptible

__all__ = ["fetch", "found_table", "scan_text"]

_EMPTY = "SELECT unnest([hash(''), hash(NULL::VARCHAR)]) AS v"  # duckdb reads an empty cell as NULL


def scan_text(
    source: str, path: str, query: Query, delimiter: str, header: Header, first: PlainTable
) -> tuple[RawNumbers, ...] | None:
    """Returns the distributions that a query wants from a delimited text; None if duckdb may read it differently.

    Args:
        source: the name of the file, for messages. header: the first row. first: some rows from the first one on.

    Raises:
        Unreadable: the columns cannot be identified.
    """
    names = header.names
    skipped, width = first.lines[0] - 1, len(names)
    if not names[0].strip() and width > 2:
        return None  # cells decide whether the first column holds the labels, or numbers the rows

    def place(row: int) -> Place:
        return Place(line=skipped + row + 1)

    choice = found_table(source, names, {}, place).choose(query)
    values, label = choice.values, choice.labels[0] if choice.labels else None
    index = None if len(choice.labels) > 1 or label in values else index_lines(path, delimiter, skipped)
    if index is None or index.delimiters != index.rows * (width - 1):
        return None
    options = f"""auto_detect=false, header=false, skip={skipped}, delim='{delimiter}', quote='', escape='',
        new_line='\\n', compression='none', hive_partitioning=false, strict_mode=true, null_padding=false"""
    # duckdb reads 1_000 as 1000 and +-1 as -1
    number = "VARCHAR" if index.has_odd_signs else "DOUBLE"
    types = ", ".join(f"'c{at}': '{number if at in values else 'VARCHAR'}'" for at in range(width))
    texts = {} if label is None else {label: f"c{label}"}
    numbers = {at: _number(f"c{at}", index) for at in values}
    found = fetch(f"read_csv($path, {options}, columns={{{types}}})", path, texts, numbers)
    if found is None or any(len(column) != index.rows for column in found.values()):
        return None
    columns: dict[int, Any] = dict(found)
    if label is not None:

        def label_at(row: int) -> str:
            return index.line(row).split(delimiter)[label]

        def every_label() -> Sequence[str]:
            table = vectorised_table(Path(path).read_bytes(), lambda head: delimiter)
            if table is None or len(table.lines) < index.rows:
                raise Unreadable("it changed while it was read", place=source)
            return table.columns[label][-index.rows :]

        columns[label] = HashedText(found[label], label_at, every_label)
    looked_at = {} if label is None else {label: first.columns[label]}
    table = found_table(source, names, columns, place)
    return table._replace(first=looked_at, header_line=header.line).observed(query)


def found_table(source: str, names: Sequence[str], found: Mapping[int, Any], place: Callable[[int], Place]) -> Table:
    """Returns the table of columns that were fetched: texts, and columns of numbers only."""
    columns = [found.get(index, ()) for index in range(len(names))]
    return Table(source, names, columns, _numbers, place)


def _numbers(column: Any) -> tuple[Array, Mask | None]:
    """Returns fetched numbers as they are; hashed texts are not numbers, but the first cells of a text may be."""
    if isinstance(column, np.ndarray):
        return column, None
    if type(column) is HashedText or not len(column):
        return np.zeros(len(column)), np.zeros(len(column), dtype=bool)
    return parse_numbers(column)


def _number(column: str, index: LineIndex) -> str:
    """Returns the SQL for the number in a cell of text, NaN if it is not a number."""
    if index.has_odd_signs:
        odd = f"contains({column}, '_') OR contains({column}, '+-')"
        column = f"CASE WHEN {odd} THEN NULL ELSE try_cast({column} AS DOUBLE) END"
    return f"coalesce({column}, 'nan'::DOUBLE)"


def fetch(
    relation: str, path: str, texts: Mapping[int, str], numbers: Mapping[int, str]
) -> dict[int, NDArray[Any]] | None:
    """Returns columns by their positions, shape (rows,): hashes of texts, and numbers.

    Returns None if a number is not finite, a text is empty, or duckdb cannot read the file.

    Args:
        relation: an SQL relation, with $path for the path. texts, numbers: SQL expressions; those of numbers are
            never NULL.
    """
    duckdb = need("duckdb", extra="fast", purpose="reading large files")
    if any(mark in path for mark in "*?[{"):  # duckdb would take the path for a pattern
        return None
    selected = {index: f"hash({text})" for index, text in texts.items()} | dict(numbers)
    listed = ", ".join(f"{each} AS v{index}" for index, each in selected.items())
    connection = connect_duckdb(duckdb, threads=processors(), temp_directory="")
    with closing(Interruptible(connection.interrupt, connection.close)) as calls:
        sql, words = f"SELECT {listed} FROM {relation}", {"path": os.path.abspath(path)}
        try:
            found = calls.call(lambda: connection.execute(sql, words).fetchnumpy())
        except duckdb.Error:
            return None
        empty = connection.execute(_EMPTY).fetchnumpy()["v"]
    if any((found[f"v{index}"] == each).any() for index in texts for each in empty):  # the error must give its place
        return None
    with np.errstate(all="ignore"):
        for index in numbers:
            column = found[f"v{index}"]
            if not np.isfinite(np.add.reduce(column)) and not np.isfinite(column).all():
                return None
    return {index: found[f"v{index}"] for index in selected}
