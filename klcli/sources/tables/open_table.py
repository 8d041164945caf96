"""From a word, a path or a data frame to a table that can be counted, by the engine that suits it."""

import glob
import os
import re
from codecs import BOM_UTF8
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from klcli.engines.address import is_address, parse_address
from klcli.engines.arrays.array_table import ArrayTable
from klcli.engines.arrays.arrow_columns import arrow_columns, column_of_values, pandas_columns
from klcli.engines.connecting import engine_table
from klcli.engines.countable import Countable, Form
from klcli.engines.profile_table import ProfileTable
from klcli.errors import Unreadable, UsageError
from klcli.sources.bytes.byte_source import ByteSource, suffix_of
from klcli.sources.bytes.expansion import parse_expansion
from klcli.sources.bytes.files import missing_file, split_table, status_of
from klcli.sources.formats.other_suffixes import cure_of_suffix
from klcli.sources.tables.binary_files import binary_table
from klcli.sources.tables.cloud import cloud_table, is_cloud
from klcli.sources.tables.condition import rows_of
from klcli.sources.tables.options import TableOptions
from klcli.sources.tables.parquet_files import parquet_bytes, parquet_files
from klcli.sources.tables.ragged import refuse_ragged
from klcli.sources.tables.records import records_table
from klcli.sources.tables.text_files import text_files
from klcli.support.optional_package import need
from klcli.support.sentence import Command, Option, Sentence
from klcli.support.text.safe_text import shorten
from klcli.tables.profile_reading import read_profile

__all__ = ["open_frame", "open_table", "text_table"]

_PROFILE = re.compile(rb'\{\s*"kl_profile"\s*:')
_SHOWN = 64  # bytes, in which a profile is known
_PARQUET = (".parquet", ".pq")
_OF_PROFILES = Sentence(
    "make the profile with ",
    Command("profile", Option("--where")),
    "; of two tables, ",
    Option("--p-where"),
    " and ",
    Option("--q-where"),
    " choose rows of one",
)


def open_table(word: str, options: TableOptions = TableOptions()) -> Countable:  # noqa: B008
    """Returns the table in a file, in files that match a pattern, at an engine, or in standard input for "-".

    Raises:
        Unreadable: it does not exist, or is not a table. MissingPackage: a package that reads it is missing.
    """
    if is_address(word) or _is_duckdb(word):
        address = word if is_address(word) else f"duckdb:{word}"
        return engine_table(parse_address(address), options.access, options.where, options.missing)
    if is_cloud(word):
        return _held(cloud_table(word, options), Form.STORE)
    paths = _paths(word)
    kind = options.input_format or _common_format(word, paths)
    if kind == "parquet" and word != "-":
        return _held(parquet_files(word, paths, options), Form.PARQUET)
    limit = parse_expansion(options.max_expand)
    sources = [ByteSource(path, limit=limit) for path in paths]
    if kind == "parquet" or (sources[0].is_stream and sources[0].head().startswith(b"PAR1")):
        return _held(parquet_bytes(sources[0], options), Form.PARQUET)
    found = binary_table(word, sources, options) if options.input_format is None else None
    if found is not None:
        return found
    if options.input_format is None and kind in ("csv", "jsonl"):
        _refuse_other_format(sources[0])
        kind = _format_in(sources[0], kind)
    if kind == "profile":
        if len(paths) > 1:
            raise Unreadable(
                f"{len(paths)} profiles match this pattern, and a table is one",
                place=word,
                hint="join them with " + Command("profile", "merge"),
            )
        if options.where:
            raise UsageError("--where chooses rows, and a profile has none", place=word, hint=_OF_PROFILES)
        return ProfileTable(read_profile(word, sources[0].text()))
    if kind == "jsonl":
        return _held(records_table(word, sources, options), Form.JSON)
    return _held(text_files(word, sources, options), Form.TEXT)


def _held(table: Countable, form: Form) -> Countable:
    table.form = form
    return table


def _refuse_other_format(source: ByteSource) -> None:
    """Refuses a file that is no text, if its suffix says what it is; tables of text are saved under such names, too.

    Raises:
        Unreadable: it is one.
    """
    cure = cure_of_suffix(source.name, source.suffix) if b"\0" in source.head() else None
    if cure is not None:
        raise Unreadable(f"the suffix {source.suffix!r} is not that of a known format", place=source.name, hint=cure)


def _is_duckdb(word: str) -> bool:
    return suffix_of(split_table(word)[0]) in (".duckdb", ".ddb") and status_of(word) is not None


def open_frame(frame: Any, name: str, options: TableOptions = TableOptions()) -> Countable:  # noqa: B008
    """Returns the table in a data frame of pandas, polars or pyarrow, or in a mapping from names to sequences.

    Raises:
        UsageError: `frame` is of another type.
    """
    if hasattr(frame, "iloc") and hasattr(frame, "columns"):
        columns = pandas_columns(frame)
    elif isinstance(frame, dict):
        columns = [column_of_values(at, str(key), _cells(name, key, frame[key])) for at, key in enumerate(frame)]
    else:
        columns = arrow_columns(_arrow_table(frame, name))
    refuse_ragged(name, columns)
    return rows_of(ArrayTable(name, columns), options)


def _arrow_table(frame: Any, name: str) -> Any:
    """Returns the Arrow table that a frame is or hands over.

    Raises:
        UsageError: it is not a table; a Series, for one, hands over one column.
    """
    if hasattr(frame, "to_arrow"):
        frame = frame.to_arrow()
    if hasattr(frame, "column_names") and hasattr(frame, "column"):
        return frame
    if hasattr(frame, "__arrow_c_stream__"):
        pyarrow = need("pyarrow", extra="parquet", purpose="reading data frames")
        with suppress(pyarrow.ArrowInvalid):  # the stream is of one column
            return pyarrow.table(frame)
    raise UsageError(
        f"{type(frame).__name__} is not a table",
        place=name,
        hint="pass a path, a DataFrame of pandas or polars, a pyarrow Table, or a mapping of columns, "
        'as {"x": values} of one',
    )


def _cells(name: str, key: object, values: Any) -> list[Any]:
    """Returns the cells of a column; of an array, numbers of Python's types, by which a column is told.

    Raises:
        UsageError: they are not a sequence of cells.
    """
    if isinstance(values, (str, bytes, dict)) or getattr(values, "ndim", 1) != 1 or not hasattr(values, "__iter__"):
        shape = f" of {values.ndim} dimensions" if hasattr(values, "ndim") else ""
        raise UsageError(f"{key}: {type(values).__name__}{shape} is not a column", place=name,
                         hint="pass a list, or an array of one dimension")  # fmt: skip
    return values.tolist() if hasattr(values, "tolist") else list(values)


def text_table(text: str, name: str) -> Countable:
    """Returns the table in a text that is no path: that of a profile.

    Raises:
        Unreadable: it is not the text of a profile, or a damaged one.
    """
    if not _PROFILE.match(text.lstrip().encode("utf-8", "replace")[:_SHOWN]):
        raise Unreadable(f"{shorten(text)!r} is neither a path nor the text of a profile", place=name,
                         hint="write it to a file and pass its path, or pass a DataFrame or a mapping")  # fmt: skip
    return ProfileTable(read_profile(name, text))


def _paths(word: str) -> list[str]:
    if word == "-" or status_of(word) is not None:
        return [word]
    if any(mark in word for mark in "*?["):
        found = sorted(path for path in glob.glob(word, recursive=True) if os.path.isfile(path))
        if not found:
            raise Unreadable("no file matches this pattern", place=word)
        return found
    raise missing_file(word, "no such file", "a table is a file of CSV, JSON lines or Parquet, or - for standard input",
                       command="drift REF")  # fmt: skip


def _common_format(word: str, paths: Sequence[str]) -> str:
    formats = {_format_of(path): path for path in reversed(paths)}
    if len(formats) > 1:
        raise Unreadable(
            f"files of different formats match this pattern: {', '.join(sorted(formats.values()))}",
            place=word,
            hint=Sentence("a table is in files of one format; ", Option("--input-format"), " reads all as one"),
        )
    return next(iter(formats))


def _format_in(source: ByteSource, kind: str) -> str:
    """Returns the format of a text by its first bytes: of a profile under any name, of JSON lines from a stream."""
    head = source.head().removeprefix(BOM_UTF8).lstrip()
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
