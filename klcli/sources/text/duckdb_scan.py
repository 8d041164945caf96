"""Large files read by duckdb, with the extra `fast`: numbers as doubles, labels as their hashes, rows in their order.

The labels stay in the file until a message needs one, which is then read from its line, or all are needed, which are
then read as they would have been without duckdb.

A text is read in this way only where it is sure to mean to duckdb what it means to the csv module: UTF-8
without quotes, carriage returns, NUL, late comments and blank lines, as many delimiters in each line, and a finite
number wherever one belongs. Where anything else is found, the answer is None: the careful ways have the words for it.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.parallel import processors
from klcli.core.arithmetic.types import Array, Mask
from klcli.core.distributions.labels import HashedText
from klcli.core.distributions.raw_numbers import Observed
from klcli.errors import Unreadable
from klcli.sources.numbers import parse_numbers
from klcli.sources.reader import Query
from klcli.sources.table import Table
from klcli.sources.text.line_index import Survey, surveyed
from klcli.sources.text.plain_table import PlainTable
from klcli.sources.text.vectorised_csv import large_table
from klcli.support.optional_package import need

if TYPE_CHECKING:
    from klcli.sources.text.delimited import Header

__all__ = ["fetch", "found_table", "scan_text"]

_EMPTY = "SELECT unnest([hash(''), hash(NULL::VARCHAR)]) AS v"  # an empty cell of a text is NULL
_SETTINGS = {
    "temp_directory": "",  # nothing is written
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


def scan_text(
    source: str, path: str, query: Query, delimiter: str, header: "Header", first: PlainTable
) -> tuple[Observed, ...] | None:
    """Returns the distributions that the query wants of a delimited text.

    Args:
        source: its name, for messages. header: what the first row says. first: some rows, from the first on.

    Raises:
        Unreadable: the columns cannot be told.
    """
    names = header.names
    skipped, width = first.lines[0] - 1, len(names)

    def place(row: int) -> str:
        return f"line {skipped + row + 1}"

    choice = found_table(source, names, {}, place).choose(query)
    values, label = choice.values, choice.labels[0] if choice.labels else None
    survey = None if len(choice.labels) > 1 or label in values else surveyed(path, delimiter, skipped)
    if survey is None or survey.delimiters != survey.rows * (width - 1):
        return None
    options = f"""auto_detect=false, header=false, skip={skipped}, delim='{delimiter}', quote='', escape='',
        new_line='\\n', compression='none', hive_partitioning=false, strict_mode=true, null_padding=false"""
    # to duckdb, 1_000 is 1000 and +-1 is -1
    number = "VARCHAR" if survey.has_odd_signs else "DOUBLE"
    types = ", ".join(f"'c{index}': '{number if index in values else 'VARCHAR'}'" for index in range(width))
    texts = {} if label is None else {label: f"c{label}"}
    numbers = {index: _number(f"c{index}", survey) for index in values}
    found = fetch(f"read_csv($path, {options}, columns={{{types}}})", path, texts, numbers)
    if found is None or any(len(column) != survey.rows for column in found.values()):
        return None
    columns: dict[int, Any] = dict(found)
    if label is not None:

        def label_at(row: int) -> str:
            return survey.line(row).split(delimiter)[label]

        def every_label() -> Sequence[str]:
            table = large_table(Path(path).read_bytes(), lambda head: delimiter)
            if table is None or len(table.lines) < survey.rows:
                raise Unreadable(f"{source}: it changed while it was read")
            return table.columns[label][-survey.rows :]

        columns[label] = HashedText(found[label], label_at, every_label)
    looked_at = {} if label is None else {label: first.columns[label]}
    table = found_table(source, names, columns, place)
    return table._replace(first=looked_at, header_line=header.line).observed(query)


def found_table(source: str, names: Sequence[str], found: Mapping[int, Any], place: Callable[[int], str]) -> Table:
    """Returns the table of the columns that were fetched: texts, and numbers that are all numbers."""
    columns = [found.get(index, ()) for index in range(len(names))]
    return Table(source, names, columns, _numbers, place)


def _numbers(column: Any) -> tuple[Array, Mask | None]:
    """Numbers that were fetched are all numbers; hashed texts are none, but the first cells of a text may be."""
    if isinstance(column, np.ndarray):
        return column, None
    if type(column) is HashedText or not len(column):
        return np.zeros(len(column)), np.zeros(len(column), dtype=bool)
    return parse_numbers(column)


def _number(column: str, survey: Survey) -> str:
    """The number in a cell of text, NaN where there is none."""
    if survey.has_odd_signs:
        odd = f"contains({column}, '_') OR contains({column}, '+-')"
        column = f"CASE WHEN {odd} THEN NULL ELSE try_cast({column} AS DOUBLE) END"
    return f"coalesce({column}, 'nan'::DOUBLE)"


def fetch(
    relation: str, path: str, texts: Mapping[int, str], numbers: Mapping[int, str]
) -> dict[int, NDArray[Any]] | None:
    """Returns columns by their positions, shape (rows,): the hashes of texts, and numbers.

    None where a number is not finite, a text is empty, or duckdb does not read it all.

    Args:
        relation: what to read, with $path for the path. texts, numbers: SQL expressions; those of numbers are no NULL.
    """
    duckdb = need("duckdb", extra="fast", purpose="reading large files")
    if any(mark in path for mark in "*?[{"):  # these make a pattern
        return None
    selected = {index: f"hash({text})" for index, text in texts.items()} | dict(numbers)
    listed = ", ".join(f"{each} AS v{index}" for index, each in selected.items())
    try:
        with duckdb.connect(":memory:", config=_SETTINGS | {"threads": processors()}) as connection:
            found = connection.execute(f"SELECT {listed} FROM {relation}", {"path": os.path.abspath(path)}).fetchnumpy()
            empty = connection.execute(_EMPTY).fetchnumpy()["v"]
    except (duckdb.Error, RuntimeError) as error:
        if "interrupted" in str(error).lower():  # what duckdb makes of Ctrl-C
            raise KeyboardInterrupt from None
        return None
    if any((found[f"v{index}"] == each).any() for index in texts for each in empty):  # its place must be said
        return None
    with np.errstate(all="ignore"):
        for index in numbers:
            column = found[f"v{index}"]
            if not np.isfinite(np.add.reduce(column)) and not np.isfinite(column).all():
                return None
    return {index: found[f"v{index}"] for index in selected}
