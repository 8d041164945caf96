"""JSON lines as they arrive: what is there is read, cut at its last line end, and parsed, together where that is sure.

A pipe may never end, so nothing waits for more than a line. Lines that come together are parsed as one array, which
takes half the time of one by one. It means the same where each begins with {, every other { follows a colon, and as
many objects come out as there are lines: an object of the array stands behind its bracket or a comma, and the only
commas with a { behind them are the line ends. So it is with [ and arrays. All else is parsed line by line, which has
the words for what is wrong.
"""

import codecs
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from klcli.errors import Unreadable
from klcli.sources.bytes.byte_source import Origin
from klcli.sources.bytes.content import HEAD, is_marked_utf16
from klcli.sources.bytes.nonblocking_read import arriving
from klcli.sources.json_text.parser import Parser, json_parser, occurrences

__all__ = ["Lines", "json_lines"]

_CHUNK = 1 << 20  # bytes that are read at once, where so many are there
_KINDS = {b"{": dict, b"[": list}  # that begin so
_COLON, _SPACE, _END = b": \n"


@dataclass(frozen=True, slots=True)
class Lines:
    """The values of lines, and the number of each line, from 1."""

    numbers: Sequence[int]
    values: Sequence[Any]

    def __getitem__(self, where: slice) -> "Lines":
        return Lines(self.numbers[where], self.values[where])


def json_lines(origin: Origin, rows: int) -> Iterator[Lines]:
    """Yields so many lines at most, as soon as there are any; blank lines are none.

    Raises:
        Unreadable: a line is no JSON, or there is none at all.
    """
    parse = json_parser(origin.size)
    before = 0
    is_empty = True
    for text in _arriving(origin):
        count = occurrences(text, b"\n") + 1
        values = _together(text, count, parse)
        found = (
            _one_by_one(origin, text, before, parse)
            if values is None
            else [Lines(range(before + 1, before + count + 1), values)]
        )
        before += count
        for lines in found:
            for start in range(0, len(lines.values), rows):
                is_empty = False
                yield lines[start : start + rows]
    if is_empty:
        raise origin.unreadable("empty: there are no lines")


def _together(text: bytes, count: int, parse: Parser) -> list[object] | None:
    """The objects or arrays that lines are, or None where that is not sure."""
    kind = _KINDS.get(text[:1])
    if count == 1 or kind is None or not _is_one_a_line(text, count):
        return None
    try:
        values = parse(b"[%b]" % text.replace(b"\n", b","))
    except ValueError:
        return None
    if isinstance(values, list) and len(values) == count and set(map(type, values)) == {kind}:
        return values
    return None


def _is_one_a_line(text: bytes, count: int) -> bool:
    """Whether each line is one object, or array, if they are so many; a space may stand before a bracket."""
    bytes_of = np.frombuffer(text, dtype=np.uint8)
    opens = np.flatnonzero(bytes_of == text[0])[1:]
    before = bytes_of[opens - 1]
    before = np.where(before == _SPACE, bytes_of[opens - 2], before)
    begins = np.count_nonzero(before == _END)
    return bool(begins == count - 1 and begins + np.count_nonzero(before == _COLON) == len(before))


def _one_by_one(origin: Origin, text: bytes, before: int, parse: Parser) -> Iterator[Lines]:
    numbers: list[int] = []
    values: list[object] = []
    for number, line in enumerate(text.split(b"\n"), before + 1):
        if not line.strip():
            continue
        try:
            values.append(parse(line))
        except ValueError as error:
            if values:
                yield Lines(numbers, values)  # what came before it is answered
            raise _refused(origin, number, error) from None
        numbers.append(number)
    yield Lines(numbers, values)


def _arriving(origin: Origin) -> Iterator[bytes]:
    """Whole lines of a stream, as many as are there, without the last line end."""
    with origin.reading(), closing(origin.open()) as stream:
        chunks = arriving(stream, _CHUNK) if origin.is_stream else iter(partial(stream.read, _CHUNK), b"")
        rest = next(chunks, b"").removeprefix(codecs.BOM_UTF8)
        if is_marked_utf16(origin.name, rest[:HEAD]):
            raise origin.unreadable("JSON lines in UTF-16", hint="convert it, as with iconv -f utf-16 -t utf-8")
        while rest:
            whole, end, rest = rest.rpartition(b"\n")
            if end:
                yield whole
            parts = [rest]
            for chunk in chunks:
                parts.append(chunk)  # joined once: a line may be long
                if b"\n" in chunk:
                    break
            else:
                if any(parts):
                    yield b"".join(parts)
                return
            rest = b"".join(parts)


def _refused(origin: Origin, number: int, error: ValueError) -> Unreadable:
    column = getattr(error, "colno", None)
    if column is not None:
        hint = "each line is a JSON value of its own, as jq -c '.[]' writes them" if number == 1 else None
        found = f"line {number}, column {column}: not JSON: {getattr(error, 'msg', error)}"
        return origin.unreadable(found, hint=hint)
    if isinstance(error, UnicodeDecodeError):
        return origin.unreadable(f"line {number}: not UTF-8", hint="convert it, as with iconv -f latin1 -t utf-8")
    return origin.unreadable(f"line {number}: {error}")
