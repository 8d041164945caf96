"""From a word, a path or a data frame to a table that can be counted, by the engine that suits it."""

import glob
import json
import os
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from klcli.engines.address import is_address, parse_address
from klcli.engines.array_table import ArrayColumn, ArrayTable
from klcli.engines.arrow_columns import arrow_columns, column_of_values, pandas_columns
from klcli.engines.connecting import engine_table
from klcli.engines.countable import Countable
from klcli.engines.profile_table import ProfileTable
from klcli.errors import Unreadable, UsageError
from klcli.sources.bytes.byte_source import ByteSource, suffix_of
from klcli.sources.bytes.expansion import MAX_EXPAND, parse_expansion
from klcli.sources.bytes.files import missing_file, split_table, status_of
from klcli.sources.json_text.parser import unique
from klcli.sources.text.dialect import find_delimiter
from klcli.sources.text.table_cells import column_names, read_cells
from klcli.support.optional_package import installed, need
from klcli.tables.column import Column, Storage
from klcli.tables.table_profile import read_profile

__all__ = ["MISSING_WORDS", "TableOptions", "open_frame", "open_table"]

MISSING_WORDS = ("na", "n/a", "nan", "null", "none", "<na>", "#n/a")  # with --na, in any case
_LARGE = 1_000_000  # bytes of delimited text from which duckdb repays its import, 0.1 s
_PARQUET = (".parquet", ".pq")
_HEAD = 100_000
_OF_PROFILES = "make the profile with kl profile --where; of two tables, --p-where and --q-where choose rows of one"


class TableOptions(NamedTuple):
    """How a table is read.

    Attributes:
        has_header: The first row of a text names the columns. reads_na: Words such as NA and null are missing.
        input_format: csv, jsonl or parquet in place of the suffix. max_expand: Limit on compressed files.
        where: SQL condition that chooses rows, or empty. timeout: Seconds that a query of a remote engine may take.
        engine: Where Spark is, such as sc://host or local[4]; None where its own settings say so.
    """

    has_header: bool = True
    reads_na: bool = False
    input_format: str | None = None
    max_expand: str = MAX_EXPAND
    where: str = ""
    timeout: float | None = None
    engine: str | None = None


def open_table(word: str, options: TableOptions = TableOptions()) -> Countable:  # noqa: B008
    """Returns the table in a file, in files that match a pattern, at an engine, or in standard input for "-".

    Raises:
        Unreadable: it does not exist, or is not a table. MissingPackage: a package that reads it is missing.
    """
    if is_address(word) or _is_duckdb(word):
        address = word if is_address(word) else f"duckdb:{word}"
        return engine_table(parse_address(address), where=options.where, timeout=options.timeout, spark=options.engine)
    paths = _paths(word)
    formats = {_format_of(path): path for path in reversed(paths)}
    if len(formats) > 1 and not options.input_format:
        raise Unreadable(
            f"{word}: files of different formats match this pattern: {', '.join(sorted(formats.values()))}",
            hint="a table is in files of one format; --input-format reads all as one",
        )
    kind = options.input_format or next(iter(formats))
    if kind == "profile":
        if len(paths) > 1:
            raise Unreadable(
                f"{word}: {len(paths)} profiles match this pattern, and a table is one",
                hint="join them with kl profile merge",
            )
        if options.where:
            raise UsageError(f"{word}: --where chooses rows, and a profile has none", hint=_OF_PROFILES)
        return ProfileTable(read_profile(word, ByteSource(paths[0]).text()))
    if kind == "parquet":
        return _parquet(word, paths, options.where)
    limit = parse_expansion(options.max_expand)
    sources = [ByteSource(path, limit=limit) for path in paths]
    if len(sources) == 1:
        found = _counted_by_duckdb(word, sources[0], kind, options)
        if found is not None:
            return found
        return _chosen(_of_text(sources[0], kind, options), options.where)
    if kind == "jsonl":
        return _chosen(_of_records(word, [_records(source) for source in sources], paths), options.where)
    return _chosen(_appended(word, [_of_cells(source, options) for source in sources]), options.where)


def _is_duckdb(word: str) -> bool:
    return suffix_of(split_table(word)[0]) in (".duckdb", ".ddb") and status_of(word) is not None


def _chosen(table: ArrayTable, where: str) -> ArrayTable:
    if not where:
        return table
    from klcli.engines.chosen_rows import chosen_rows

    return chosen_rows(table, where)


def open_frame(frame: Any, name: str) -> Countable:
    """Returns the table in a data frame of pandas, polars or pyarrow, or in a mapping from names to sequences.

    Raises:
        UsageError: it is none of these.
    """
    if hasattr(frame, "iloc") and hasattr(frame, "columns"):
        columns = pandas_columns(frame)
    elif hasattr(frame, "to_arrow"):
        columns = arrow_columns(frame.to_arrow())
    elif hasattr(frame, "column_names") and hasattr(frame, "column"):
        columns = arrow_columns(frame)
    elif hasattr(frame, "__arrow_c_stream__"):
        columns = arrow_columns(need("pyarrow", extra="parquet", purpose="reading data frames").table(frame))
    elif isinstance(frame, dict):
        columns = [column_of_values(at, str(key), list(cells)) for at, (key, cells) in enumerate(frame.items())]
    else:
        raise UsageError(
            f"{name}: {type(frame).__name__} is not a table",
            hint="pass a path, a DataFrame of pandas or polars, a pyarrow Table, or a mapping of columns",
        )
    _refuse_ragged(name, columns)
    return ArrayTable(name, columns)


def _refuse_ragged(name: str, columns: Sequence[ArrayColumn]) -> None:
    names = [each.column.name for each in columns]
    for each in names:
        if names.count(each) > 1:
            raise Unreadable(f"{name}: two columns have the same name, {each!r}", hint="rename one of them")
    if len({each.rows for each in columns}) > 1:
        raise Unreadable(f"{name}: the columns have different numbers of rows")


def _paths(word: str) -> list[str]:
    if word == "-" or status_of(word) is not None:
        return [word]
    if any(mark in word for mark in "*?["):
        found = sorted(path for path in glob.glob(word, recursive=True) if os.path.isfile(path))
        if not found:
            raise Unreadable(f"{word}: no file matches this pattern")
        return found
    raise missing_file(word, "no such file", "a table is a file of CSV, JSON lines or Parquet, or - for standard input")


def _format_of(path: str) -> str:
    if path.lower().endswith(".kl.json"):
        return "profile"
    suffix = "" if path == "-" else suffix_of(path)
    if suffix in _PARQUET:
        return "parquet"
    return "jsonl" if suffix in (".jsonl", ".ndjson", ".json") else "csv"


def _parquet(word: str, paths: Sequence[str], where: str) -> Countable:
    if installed("duckdb") is not None:
        from klcli.engines.duckdb_engine import parquet_table

        try:
            found = parquet_table(word, paths, where)
        except Unreadable as error:
            raise error.at(word) from None
        if found is not None:
            return found
    arrow = need("pyarrow", extra="parquet", purpose=f"{word}: reading Parquet")
    parquet = need("pyarrow.parquet", extra="parquet", purpose=f"{word}: reading Parquet")
    try:
        tables = [parquet.ParquetFile(path).read() for path in paths]
        columns = arrow_columns(arrow.concat_tables(tables))
    except (arrow.ArrowException, OSError, ValueError) as error:
        raise Unreadable(f"{word}: not a Parquet file: {str(error).partition(chr(10))[0]}") from None
    _refuse_ragged(word, columns)
    return _chosen(ArrayTable(word, columns), where)


def _counted_by_duckdb(word: str, source: ByteSource, kind: str, options: TableOptions) -> Countable | None:
    """Returns a large text as duckdb counts it; None if it is small, or duckdb might read it differently."""
    if kind != "csv" or source.path is None or source.size < _LARGE or installed("duckdb") is None:
        return None
    from klcli.engines.duckdb_engine import text_table

    with open(source.path, "rb") as file:
        head = file.read(_HEAD)
    if not _is_regular(os.fspath(source.path)):
        return None
    text = head.decode("utf-8-sig", "replace")
    delimiter = find_delimiter(text)
    import csv

    first = next(csv.reader([text.partition("\n")[0]], delimiter=delimiter), [])
    if not first or '"' in text.partition("\n")[0]:
        return None
    names = tuple(str(at + 1) for at in range(len(first)))
    if options.has_header:
        names = column_names(source, first, 1)
    words = MISSING_WORDS if options.reads_na else ()
    return text_table(
        word, os.path.abspath(source.path), names, delimiter, skipped=int(options.has_header), missing=words,
        where=options.where,
    )  # fmt: skip


def _is_regular(path: str) -> bool:
    """Returns True if a text has no blank lines, comments, NUL or lone carriage returns."""
    with open(path, "rb") as file:
        tail = b"\n"
        while block := file.read(1 << 22):
            seen = tail + block
            if b"\n\n" in seen or b"\n#" in seen or b"\n\r" in seen or b"\0" in seen:
                return False
            if b"\r" in seen and seen.count(b"\r") - seen.endswith(b"\r") != seen.count(b"\r\n"):
                return False
            tail = block[-1:]
    return True


def _of_text(source: ByteSource, kind: str, options: TableOptions) -> ArrayTable:
    if kind == "csv" and source.is_stream and source.head().lstrip()[:1] == b"{":
        kind = "jsonl"
    return _of_json(source) if kind == "jsonl" else _of_cells(source, options)


def _of_cells(source: ByteSource, options: TableOptions) -> ArrayTable:
    cells = read_cells(source, has_header=options.has_header)
    columns = []
    for at, (name, texts) in enumerate(zip(cells.names, cells.columns, strict=True)):
        values = np.empty(len(cells.lines), dtype=object)
        values[:] = list(texts)
        is_null = values == ""
        if options.reads_na:
            is_null |= np.array([text.strip().lower() in MISSING_WORDS for text in texts], dtype=bool)
        columns.append(ArrayColumn(Column(at, name, Storage.TEXT, "text", is_typed=False), values, is_null))
    return ArrayTable(source.name, columns)


def _of_json(source: ByteSource) -> ArrayTable:
    """Returns a table of JSON records: one on each line, or all in an array; a field that is absent is null."""
    return _of_records(source.name, [_records(source)], [source.name])


def _records(source: ByteSource) -> list[dict[str, Any]]:
    text = source.text()
    found: Any
    if text.lstrip().startswith("["):
        found = _parsed(source, text, 1)
    else:  # not splitlines, as a text may hold U+2028 and the like
        found = [_parsed(source, line, at) for at, line in enumerate(text.split("\n"), 1) if line.strip()]
    for at, record in enumerate(found, 1):
        if not isinstance(record, dict):
            raise source.unreadable(
                f"record {at} is not an object", hint='a record is as {"amount": 12.5, "plan": "a"}'
            )
    if not found:
        raise source.unreadable("empty: there are no records")
    return list(found)


def _of_records(name: str, parts: Sequence[list[dict[str, Any]]], files: Sequence[str]) -> ArrayTable:
    """Returns the records of one or several files, which must have the same fields, as a table."""
    fields = [dict.fromkeys(field for record in records for field in record) for records in parts]
    for file, other in zip(files, fields, strict=True):
        if other.keys() != fields[0].keys():
            raise Unreadable(f"{file}: its columns differ from those of {files[0]}")
    every = [record for records in parts for record in records]
    columns = [column_of_values(at, field, [each.get(field) for each in every]) for at, field in enumerate(fields[0])]
    return ArrayTable(name, columns)


def _parsed(source: ByteSource, text: str, line: int) -> Any:
    try:
        return json.loads(text, object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise source.unreadable(f"line {line}: not JSON: {error}") from None


def _appended(word: str, tables: Sequence[ArrayTable]) -> ArrayTable:
    """Returns the rows of several tables, one after the other, which must have the same columns."""
    first = tables[0]
    for table in tables[1:]:
        if [each.name for each in table.columns] != [each.name for each in first.columns]:
            raise Unreadable(f"{table.name}: its columns differ from those of {first.name}")
    return ArrayTable(
        word, [ArrayColumn.joined([table.cells(at) for table in tables]) for at in range(len(first.columns))]
    )
