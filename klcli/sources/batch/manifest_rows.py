"""The rows of a manifest, from delimited text, a JSON array, or JSON lines, told apart by the first character.

Rows are read as they are asked for, so a manifest may be of any length. The columns of delimited text are named by its
first row; comma, tab and semicolon are found by looking at it. Blank lines and lines that begin with # are skipped.
"""

import csv
import io
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from klcli.errors import KlError, Unreadable
from klcli.sources.batch.settings import canonical
from klcli.sources.bytes.content import COMPRESSIONS, HEAD, is_marked_utf16
from klcli.sources.json_text.stream import json_values

__all__ = ["Row", "opened", "rows"]

_OPERANDS = ("name", "p", "q")

Row = tuple[str, Mapping[str, Any] | KlError]  # its place, and its fields by canonical name or why it has none


def opened(word: str, name: str) -> io.TextIOWrapper:
    """Returns the text of a file, or of standard input.

    Raises:
        Unreadable: it cannot be opened, is compressed, or is UTF-16 without a byte order mark.
    """
    try:
        raw: Any = sys.stdin.buffer if word == "-" else open(word, "rb")  # noqa: SIM115
    except IsADirectoryError:
        raise Unreadable(f"{name}: a directory", hint="give two: kl batch REF_DIR CAND_DIR") from None
    except OSError as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else (error.strerror or str(error)).lower()
        raise Unreadable(f"{name}: {reason}") from None
    # a reader around one that buffers would wait until its own buffer is full
    stream = raw if hasattr(raw, "peek") else io.BufferedReader(raw)
    head = stream.peek(HEAD)[:HEAD]
    try:
        if any(head.startswith(magic) for magic, _ in COMPRESSIONS.values()):
            raise Unreadable(
                f"{name}: a compressed manifest", hint="decompress it; the files it names may be as they are"
            )
        is_utf16 = is_marked_utf16(name, head)
    except Unreadable:
        stream.close()
        raise
    return io.TextIOWrapper(stream, "utf-16" if is_utf16 else "utf-8-sig", newline="")


def rows(stream: io.TextIOWrapper, name: str) -> Iterator[Row]:
    """Yields the rows of a manifest; one that is wrong, or after which nothing can be read, is an error in its place.

    Raises:
        Unreadable: the header is wrong.
    """
    try:
        skipped, first = 0, stream.read(1)
        while first.isspace():
            skipped += first == "\n"
            first = stream.read(1)
        if first in ("[", "{"):
            yield from _records(json_values(stream, first, name, skipped))
        else:
            yield from _table(_Lines(stream, first, skipped), name)
    except UnicodeDecodeError:
        yield name, Unreadable(f"{name}: neither UTF-8 nor UTF-16; not all of it was read")


def _table(lines: "_Lines", name: str) -> Iterator[Row]:
    """The rows of delimited text, under a header that names the columns."""
    header = next(lines, "")
    delimiter = max("\t;,", key=header.count)
    lines.give_back(header)
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        columns = _columns(next(rows, []), f"{name}: line {lines.started}")
        while True:
            lines.is_between_rows = True
            cells = next(rows, None)
            if cells is None:
                return
            place = f"{name}: line {lines.started}"
            if len(cells) == len(columns):
                if any(cells):
                    yield place, dict(zip(columns, cells, strict=True))
            elif any(cell.strip() for cell in cells):
                found = f"{len(cells)} field{'s' * (len(cells) != 1)}, but the header has {len(columns)}"
                yield place, Unreadable(f"{place}: {found}", hint="a field that holds the delimiter must be quoted")
    except csv.Error as error:
        place = f"{name}: line {lines.started}"
        yield place, Unreadable(f"{place}: {error}; what follows was not read", hint="is a quote left open?")


class _Lines:
    """The lines of a stream, without comments; a line that csv asks for within a row stands in quotes, and is none."""

    def __init__(self, stream: io.TextIOWrapper, first: str, skipped: int) -> None:
        self._stream = stream
        self._pending = first
        self._number = skipped
        self.is_between_rows = True
        self.started = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        while True:
            line, self._pending = self._pending, ""
            if not line.endswith(("\n", "\r")):
                line += self._stream.readline()
            if not line:
                raise StopIteration
            self._number += 1
            if not self.is_between_rows:
                return line
            if line.strip() and not line.startswith("#"):
                self.is_between_rows = False
                self.started = self._number
                return line

    def give_back(self, line: str) -> None:
        """Makes a line the next again."""
        self._pending, self._number, self.is_between_rows = line, self._number - 1, True


def _columns(header: list[str], place: str) -> list[str]:
    if not header:
        raise Unreadable(f"{place.partition(':')[0]}: empty: there are no pairs")
    if not {"p", "q"} & {cell.strip().lower() for cell in header}:
        raise Unreadable(f"{place}: no header that names the column p", hint="begin with a line such as name,p,q")
    columns = [_field(cell, place) for cell in header]
    if len(set(columns)) < len(columns):
        raise Unreadable(f"{place}: two columns have the same name")
    if "p" not in columns:
        raise Unreadable(f"{place}: there is no column p")
    return columns


def _field(name: str, place: str) -> str:
    try:
        return canonical(name, _OPERANDS)
    except KlError as error:
        raise Unreadable(f"{place}: a manifest has no column {name!r}", hint=error.hint) from None


def _records(values: Iterator[tuple[str, object | KlError]]) -> Iterator[Row]:
    """The records of a JSON array, or of JSON lines."""
    for place, value in values:
        if isinstance(value, KlError):
            yield place, value
        elif not isinstance(value, dict):
            yield place, Unreadable(f"{place}: not an object with p and q")
        else:
            try:
                yield place, {_field(key, place): item for key, item in value.items()}
            except KlError as error:
                yield place, error
