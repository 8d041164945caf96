"""The rows of a manifest: delimited text, a JSON array, or JSON lines, distinguished by the first character.

Rows are read lazily, so a manifest may have any length. The first row of delimited text names the columns, and decides
the delimiter: comma, tab or semicolon. Blank lines and lines that begin with # are skipped.
"""

import io
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from itertools import chain
from typing import Any

from klcli.errors import KlError, Place, Unreadable, UsageError
from klcli.sources.batch.pair_settings import canonical
from klcli.sources.bytes.compression import compression_of
from klcli.sources.bytes.encoding import HEAD, is_marked_utf16
from klcli.sources.json_text.stream import json_values, lines_after
from klcli.sources.text.dialect import MisplacedQuote, numbered_rows
from klcli.support.registry import renamed
from klcli.support.sentence import Command

__all__ = ["Row", "opened", "rows"]

_OPERANDS = ("name", "p", "q")
_ROLES = {"reference": "p", "candidate": "q"}  # other names of the operands
_canonical = lru_cache(256)(canonical)  # most records have the fields of the one before

Row = tuple[Place, Mapping[str, Any] | KlError]  # the place, and the fields by canonical name or an error


def opened(word: str, name: str) -> io.TextIOWrapper:
    """Returns the text of a file, or of standard input.

    Raises:
        Unreadable: it cannot be opened, is compressed, or is UTF-16 without a byte order mark.
    """
    try:
        raw: Any = sys.stdin.buffer if word == "-" else open(word, "rb")  # noqa: SIM115
    except IsADirectoryError:
        raise Unreadable(
            "a directory", place=name, hint="give two: " + Command("batch", "REF_DIR", "CAND_DIR")
        ) from None
    except OSError as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else (error.strerror or str(error)).lower()
        raise Unreadable(reason, place=name) from None
    # a second buffer would wait until it is full
    stream = raw if hasattr(raw, "peek") else io.BufferedReader(raw)
    head = stream.peek(HEAD)[:HEAD]
    try:
        if compression_of(head):
            raise Unreadable(
                "a compressed manifest", place=name, hint="decompress it; the files it names may be as they are"
            )
        is_utf16 = is_marked_utf16(name, head)
    except Unreadable:
        stream.close()
        raise
    return io.TextIOWrapper(stream, "utf-16" if is_utf16 else "utf-8-sig", newline="")


def rows(stream: io.TextIOWrapper, name: str) -> Iterator[Row]:
    """Yields the rows of a manifest; an invalid row, or one that ends the reading, yields an error in its place.

    Raises:
        Unreadable: the header is invalid.
    """
    try:
        skipped, first = 0, stream.read(1)
        while first.isspace():
            skipped += first == "\n"
            first = stream.read(1)
        if first in ("[", "{"):
            yield from _records(json_values(stream, first, name, skipped))
        else:
            yield from _table(lines_after(stream, first), name, skipped + 1)
    except UnicodeDecodeError:
        yield Place(name), Unreadable("neither UTF-8 nor UTF-16; not all of it was read", place=name)


def _table(lines: Iterator[str], name: str, first_line: int) -> Iterator[Row]:
    """Yields the rows of delimited text below a header that names the columns."""
    head, heading = [], ""
    for heading in lines:
        head.append(heading)
        if heading.strip() and not heading.startswith("#"):
            break
    delimiter = max("\t;,", key=heading.count)
    rows = numbered_rows(chain(head, lines), delimiter, strict=True, first_line=first_line, is_live=True)
    try:
        number, header = next(rows, (first_line, []))
        columns = _columns(header, Place(name, line=number))
        for number, cells in rows:
            place = Place(name, line=number)
            if len(cells) == len(columns):
                yield place, dict(zip(columns, cells, strict=True))
            else:
                found = f"{len(cells)} field{'s' * (len(cells) != 1)}, but the header has {len(columns)}"
                yield place, Unreadable(found, place=place, hint="a field that holds the delimiter must be quoted")
    except MisplacedQuote as error:
        place = Place(name, line=error.line)
        yield place, Unreadable(f"{error}; what follows was not read", place=place, hint="is a quote left open?")


def _columns(header: list[str], place: Place) -> list[str]:
    if not header:
        raise Unreadable("empty: there are no pairs", place=place.source)
    if not {"p", "q", *_ROLES} & {cell.strip().lower() for cell in header}:
        raise Unreadable("no header that names the column p", place=place, hint="begin with a line such as name,p,q")
    columns = [_field(cell, place) for cell in header]
    if len(set(columns)) < len(columns):
        raise Unreadable("two columns have the same name", place=place)
    if "p" not in columns:
        raise Unreadable("there is no column p", place=place)
    return columns


def _field(name: str, place: Place) -> str:
    try:
        found = _canonical(name, (*_OPERANDS, *_ROLES))
        return _ROLES.get(found, found)
    except KlError as error:
        raise Unreadable(f"a manifest has no column {name!r}", place=place, hint=error.hint) from None


def _records(values: Iterator[tuple[Place, object | KlError]]) -> Iterator[Row]:
    """Yields the records of a JSON array, or of JSON lines."""
    for place, value in values:
        if isinstance(value, KlError):
            yield place, value
        elif not isinstance(value, dict):
            yield place, Unreadable("not an object with p and q", place=place)
        else:
            try:
                yield place, renamed(value, partial(_field, place=place))
            except UsageError as error:
                yield place, Unreadable(error.message, place=place, hint=error.hint)
            except KlError as error:
                yield place, error
