"""From a word, a path or a data frame to a table that can be counted, by the engine that suits it."""

import glob
import os
import re
from collections.abc import Sequence
from typing import Any

from klcli.engines.address import is_address, parse_address
from klcli.engines.arrays.array_table import ArrayTable
from klcli.engines.arrays.arrow_columns import arrow_columns, column_of_values, pandas_columns
from klcli.engines.connecting import engine_table
from klcli.engines.countable import Countable
from klcli.engines.profile_table import ProfileTable
from klcli.errors import Unreadable, UsageError
from klcli.sources.bytes.byte_source import ByteSource, suffix_of
from klcli.sources.bytes.expansion import parse_expansion
from klcli.sources.bytes.files import missing_file, split_table, status_of
from klcli.sources.tables.binary_files import binary_table
from klcli.sources.tables.cloud import cloud_table, is_cloud
from klcli.sources.tables.options import TableOptions
from klcli.sources.tables.parquet_files import parquet_bytes, parquet_files
from klcli.sources.tables.ragged import refuse_ragged
from klcli.sources.tables.records import records_table
from klcli.sources.tables.text_files import text_files
from klcli.support.optional_package import need
from klcli.tables.profile_reading import read_profile

__all__ = ["open_frame", "open_table"]

_PROFILE = re.compile(rb'\{\s*"kl_profile"\s*:')
_PARQUET = (".parquet", ".pq")
_OF_PROFILES = "make the profile with kl profile --where; of two tables, --p-where and --q-where choose rows of one"


def open_table(word: str, options: TableOptions = TableOptions()) -> Countable:  # noqa: B008
    """Returns the table in a file, in files that match a pattern, at an engine, or in standard input for "-".

    Raises:
        Unreadable: it does not exist, or is not a table. MissingPackage: a package that reads it is missing.
    """
    if is_address(word) or _is_duckdb(word):
        address = word if is_address(word) else f"duckdb:{word}"
        return engine_table(parse_address(address), options.access, options.where)
    if is_cloud(word):
        return cloud_table(word, options)
    paths = _paths(word)
    kind = options.input_format or _common_format(word, paths)
    if kind == "parquet" and word != "-":
        return parquet_files(word, paths, options)
    limit = parse_expansion(options.max_expand)
    sources = [ByteSource(path, limit=limit) for path in paths]
    if kind == "parquet" or (sources[0].is_stream and sources[0].head().startswith(b"PAR1")):
        return parquet_bytes(sources[0], options)
    found = binary_table(word, sources, options) if options.input_format is None else None
    if found is not None:
        return found
    if options.input_format is None and kind in ("csv", "jsonl"):
        kind = _format_in(sources[0], kind)
    if kind == "profile":
        if len(paths) > 1:
            raise Unreadable(
                f"{word}: {len(paths)} profiles match this pattern, and a table is one",
                hint="join them with kl profile merge",
            )
        if options.where:
            raise UsageError(f"{word}: --where chooses rows, and a profile has none", hint=_OF_PROFILES)
        return ProfileTable(read_profile(word, sources[0].text()))
    return records_table(word, sources, options.where) if kind == "jsonl" else text_files(word, sources, options)


def _is_duckdb(word: str) -> bool:
    return suffix_of(split_table(word)[0]) in (".duckdb", ".ddb") and status_of(word) is not None


def open_frame(frame: Any, name: str) -> Countable:
    """Returns the table in a data frame of pandas, polars or pyarrow, or in a mapping from names to sequences.

    Raises:
        UsageError: `frame` is of another type.
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
        # of an array, numbers of Python's types, by which a column is told
        values = {str(key): cells.tolist() if hasattr(cells, "tolist") else list(cells) for key, cells in frame.items()}
        columns = [column_of_values(at, key, cells) for at, (key, cells) in enumerate(values.items())]
    else:
        raise UsageError(
            f"{name}: {type(frame).__name__} is not a table",
            hint="pass a path, a DataFrame of pandas or polars, a pyarrow Table, or a mapping of columns",
        )
    refuse_ragged(name, columns)
    return ArrayTable(name, columns)


def _paths(word: str) -> list[str]:
    if word == "-" or status_of(word) is not None:
        return [word]
    if any(mark in word for mark in "*?["):
        found = sorted(path for path in glob.glob(word, recursive=True) if os.path.isfile(path))
        if not found:
            raise Unreadable(f"{word}: no file matches this pattern")
        return found
    raise missing_file(word, "no such file", "a table is a file of CSV, JSON lines or Parquet, or - for standard input",
                       command="drift REF")  # fmt: skip


def _common_format(word: str, paths: Sequence[str]) -> str:
    formats = {_format_of(path): path for path in reversed(paths)}
    if len(formats) > 1:
        raise Unreadable(
            f"{word}: files of different formats match this pattern: {', '.join(sorted(formats.values()))}",
            hint="a table is in files of one format; --input-format reads all as one",
        )
    return next(iter(formats))


def _format_in(source: ByteSource, kind: str) -> str:
    """Returns the format of a text by its first bytes: of a profile under any name, of JSON lines from a stream."""
    head = source.head().lstrip()
    if _PROFILE.match(head):
        return "profile"
    return "jsonl" if source.is_stream and head[:1] in (b"{", b"[") else kind


def _format_of(path: str) -> str:
    if path.lower().endswith(".kl.json"):
        return "profile"
    suffix = "" if path == "-" else suffix_of(path)
    if suffix in _PARQUET:
        return "parquet"
    return "jsonl" if suffix in (".jsonl", ".ndjson", ".json") else "csv"
