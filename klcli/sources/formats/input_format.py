"""Input formats: one record per format, one registry, and the choice of the format of a source.

A format turns the bytes of a source into distributions (for `kl compute`), into rows of distributions (for `kl rows`),
or both; `kl matrix` uses either. Its functions raise InputError and nothing else, whatever the bytes.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.errors import InputError, Unreadable, UsageError
from klcli.sources.bytes.byte_source import ByteSource, suffix_of
from klcli.sources.bytes.files import Path
from klcli.sources.formats.other_suffixes import OF_TEXT, cure_of_suffix
from klcli.sources.formats.query import Query, RowQuery
from klcli.support.registry import Registry
from klcli.support.sentence import Command, Option, Sentence

if TYPE_CHECKING:  # kl compute starts without the modules of rows
    from klcli.sources.formats.row_pairs import RowPairs
    from klcli.sources.formats.row_source import RowSource

__all__ = [
    "INPUT_FORMATS",
    "OF_CELLS",
    "OF_COLUMNS",
    "InputFormat",
    "ReadDistributions",
    "format_of_distributions",
    "format_of_rows",
    "format_of_suffix",
    "input_format",
    "read_against_suffix",
]

ReadDistributions = Callable[[ByteSource, Query], tuple[RawNumbers, ...]]
OpenRows = Callable[[ByteSource, RowQuery], "RowSource"]
OpenPairs = Callable[[ByteSource, Sequence[RowQuery]], "RowPairs"]

_JSON = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*[\[{]")  # UTF-16 has a NUL beside each bracket

# options that make a difference to a format with columns, and to one that is text or is read as one
OF_COLUMNS = frozenset({"--label", "--column", "--p", "--q", "--null"})
OF_CELLS = OF_COLUMNS | {"--header", "--decimal", "--thousands"}

_HEAD = 64  # bytes that identify a format
_BINARY = (b"PAR1", b"PK\x03\x04", b"\x93NUMPY", b"ARROW1", b"FEA1", b"SQLite format 3\0")  # first bytes


def _is_never(head: bytes) -> bool:
    return False


class InputFormat(NamedTuple):
    """One input format.

    Attributes:
        name: as after `--input-format`. summary: one line for `kl list inputs`. suffixes: in lower case.
        read: returns as many distributions as the query wants; None if the format holds only rows.
        open_rows: reads the head of a source and returns its rows; None if the format holds no rows.
        open_pairs: returns rows of P and Q in one source, by the queries for P and Q; None if it does not hold pairs.
        recognises: returns True for first bytes (up to 64) that no other format has.
        holds_arrays: True if the format stores arrays, whose columns can be distributions too.
        holds_named_arrays: True if one file can hold P and Q as two arrays.
        holds_tables: True if one file can hold several tables, so that "x.db#table" names one.
        options: the options, of those that say how an operand is read, that make a difference to this format.
    """

    name: str
    summary: str
    suffixes: tuple[str, ...] = ()
    read: ReadDistributions | None = None
    open_rows: OpenRows | None = None
    open_pairs: OpenPairs | None = None
    recognises: Callable[[bytes], bool] = _is_never
    holds_arrays: bool = False
    holds_named_arrays: bool = False
    holds_tables: bool = False
    options: frozenset[str] = frozenset()

    @property
    def commands(self) -> tuple[str, ...]:
        """The subcommands of `kl` that read this format."""
        readers = {"compute": self.read, "rows": self.open_rows, "matrix": self.read or self.open_rows}
        return tuple(command for command, reader in readers.items() if reader is not None)

    def distributions(self, source: ByteSource, query: Query) -> tuple[RawNumbers, ...]:
        """Returns as many distributions as the query wants.

        Raises:
            InputError: the source cannot be read. UsageError: the format holds only rows.
        """
        if self.read is None:
            found = f"{self.name} holds rows of distributions, and one distribution is wanted"
            raise UsageError(found, place=source.name, hint=Command("rows") + " compares rows")
        self._refuse_table(source)
        return self.read(source, query)

    def rows(self, source: ByteSource, query: RowQuery) -> "RowSource":
        """Returns the rows of a source.

        Raises:
            InputError: the head of the source is not that of the format. UsageError: the format holds no rows.
        """
        if self.open_rows is None:
            known = ", ".join(each.name for each in INPUT_FORMATS if each.open_rows is not None)
            raise UsageError(
                f"{self.name} is not a format of rows", place=source.name, hint=f"formats of rows are {known}"
            )
        self._refuse_table(source)
        return self.open_rows(source, query)

    def _refuse_table(self, source: ByteSource) -> None:
        if source.table and not self.holds_tables:
            raise source.unreadable(
                f"{self.name} has no tables by name, so none is called {source.table!r}",
                hint=Sentence(
                    "arrays and columns are named by ", Option("--column"), ", ", Option("--p"), " and ", Option("--q")
                ),
            )


INPUT_FORMATS: Registry[InputFormat] = Registry("input format", "input formats")


def input_format(
    name: str, *, summary: str, suffixes: tuple[str, ...] = (), aliases: tuple[str, ...] = (),
    open_rows: OpenRows | None = None, open_pairs: OpenPairs | None = None,
    recognises: Callable[[bytes], bool] = _is_never, holds_tables: bool = False,
    options: frozenset[str] = OF_COLUMNS,
) -> Callable[[ReadDistributions], ReadDistributions]:  # fmt: skip
    """Registers a format; the decorated function reads its distributions. For the arguments see InputFormat."""

    def register(read: ReadDistributions) -> ReadDistributions:
        INPUT_FORMATS.add(name, InputFormat(
            name, summary, suffixes, read, open_rows, open_pairs, recognises, holds_tables=holds_tables,
            options=options,
        ), aliases=aliases)  # fmt: skip
        return read

    return register


def format_of_distributions(source: ByteSource, name: str | None = None) -> InputFormat:
    """Returns the format of a source of distributions: the one named, else by suffix; of streams, by first bytes.

    A file without a suffix, or with one that any text may have, is read as a stream is.

    Raises:
        Unreadable: the suffix names no format. UsageError: no format has this name.
    """
    if name is not None:
        return INPUT_FORMATS.lookup(name)
    found = None if source.is_stream else format_of_suffix(source.file)
    suffix = os.path.splitext(source.file)[1]
    if source.is_stream or (found is None and source.suffix in OF_TEXT):
        head = source.data[:_HEAD]
        if head.startswith(_BINARY):
            return [each for each in INPUT_FORMATS if each.recognises(head)][-1]
        return INPUT_FORMATS.lookup("json" if _JSON.match(source.data) else "csv")
    if found is None:
        raise _unknown(source, f"the suffix {suffix!r} is not that of a known format")
    return found


def format_of_rows(source: ByteSource, name: str | None = None) -> InputFormat:
    """Returns the format of a source of rows: the one named, else by first bytes, else by suffix, else CSV.

    Raises:
        Unreadable: neither identifies the format. UsageError: no format has this name.
    """
    if name is not None:
        return INPUT_FORMATS.lookup(name)
    head = source.head()
    recognised = [each for each in INPUT_FORMATS if each.recognises(head)]
    is_zip = bool(recognised) and head.startswith(b"PK")
    if is_zip and cure_of_suffix(source.file, source.suffix):  # torch writes zip archives, too
        raise _unknown(source, f"the suffix {source.suffix!r} is not that of a known format")
    if recognised:  # a workbook is a zip archive, as is an .npz, which is registered before it
        return next((each for each in recognised if source.suffix in each.suffixes), recognised[-1])
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"[", b"data:", b"event:")):
        return INPUT_FORMATS.lookup("jsonl")
    found = format_of_suffix(source.file) if source.suffix else None
    if found is None and source.suffix not in OF_TEXT:
        raise _unknown(source, f"neither its suffix {source.suffix!r} nor its first bytes identify its format")
    return found or INPUT_FORMATS.lookup("csv")


def format_of_suffix(path: Path) -> InputFormat | None:
    """Returns the format that the suffix of a path names; None if it names none."""
    return _with_suffix(suffix_of(path))


@lru_cache(64)
def _with_suffix(suffix: str) -> InputFormat | None:
    if not suffix[1:].isalpha():  # as in the inline distribution 0.5,0.25
        return None
    if suffix[1:] in INPUT_FORMATS.names():  # the usual case, which imports no other format
        return INPUT_FORMATS.lookup(suffix[1:])
    return next((each for each in INPUT_FORMATS if suffix in each.suffixes), None)


@contextmanager
def read_against_suffix(path: Path, name: str | None) -> Iterator[None]:
    """Gives errors of a file the hint that it is read as another format, `name`, than its suffix says, if it is."""
    try:
        yield
    except InputError as error:
        by_suffix = None if name is None else format_of_suffix(path)
        if name is None or by_suffix is None or by_suffix is INPUT_FORMATS.lookup(name):
            raise
        found = f"it was read as {name}, though its suffix says {by_suffix.name}"
        hint = Sentence(f"{found}; ", Option("--p-format"), " and ", Option("--q-format"), " are for one side alone")
        raise type(error)(error.finding, place=error.place, hint=hint) from None


def _unknown(source: ByteSource, found: str) -> Unreadable:
    suffixes = " ".join(suffix for each in INPUT_FORMATS for suffix in each.suffixes)
    cure = cure_of_suffix(source.file, os.path.splitext(source.file)[1])
    names = "|".join(INPUT_FORMATS.names())
    hint = cure or (f"known are {suffixes}; or pass " + Option("--input-format", names))
    return source.unreadable(found, hint=hint)
