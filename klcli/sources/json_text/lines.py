"""JSON lines as they arrive: whole lines are parsed as soon as they are read, many in one call where possible.

A pipe may never end, so nothing waits for more than a line. Lines that arrive together are parsed as one array, in half
the time of parsing each. The result is the same if each line begins with {, every other { follows a colon, and the
array has as many objects as there are lines: an item of an array follows its bracket or a comma, and only the commas in
place of line ends precede a {. The same holds for [ and arrays. Any other lines are parsed one by one, which gives
errors their place.
"""

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

import numpy as np

from klcli.errors import Place, Unreadable
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.bytes.encoding import HEAD, is_marked_utf16
from klcli.sources.bytes.nonblocking_read import available_chunks
from klcli.sources.json_text.concatenated import cut_values
from klcli.sources.json_text.parser import Parser, json_parser, occurrences

__all__ = ["Lines", "json_lines"]

_CHUNK = 1 << 20  # bytes read at a time, or fewer if fewer have arrived
_KINDS = {b"{": dict, b"[": list}  # by first byte
_COLON, _SPACE, _END = b": \n"


@dataclass(frozen=True, slots=True)
class Lines:
    """The values of lines, and the number of each line, from 1, or its place where the line holds several."""

    numbers: Sequence[int | Place]
    values: Sequence[Any]

    def place(self, row: int) -> Place:
        """Returns the place of a value."""
        number = self.numbers[row]
        return Place(line=number) if isinstance(number, int) else number

    def __getitem__(self, where: slice) -> "Lines":
        return Lines(self.numbers[where], self.values[where])


def json_lines(source: ByteSource, rows: int, parse: Parser | None = None, *, together: bool = True) -> Iterator[Lines]:
    """Yields at most `rows` lines at a time, as soon as one has arrived, without blank lines.

    Args:
        parse: returns the value of a JSON text; None for that of `json_parser`.
        together: parse many lines in one call, where that gives one value a line.

    Raises:
        Unreadable: a line is not JSON, or there are no lines.
    """
    parse = parse or json_parser(source.size or None)
    before = 0
    is_empty = True
    texts = _whole_lines(source)
    for text in texts:
        count = occurrences(text, b"\n") + 1
        values = _together(text, count, parse) if together else None
        if values is None and is_empty and _is_begun(text, parse):
            for lines in _over_lines(source, text, texts, before, parse):
                yield from (lines[start : start + rows] for start in range(0, len(lines.values), rows))
            return
        found = (
            _one_by_one(source, text, before, parse)
            if values is None
            else [Lines(range(before + 1, before + count + 1), values)]
        )
        before += count
        for lines in found:
            for start in range(0, len(lines.values), rows):
                is_empty = False
                yield lines[start : start + rows]
    if is_empty:
        raise source.unreadable("empty: there are no lines")


def _together(text: bytes, count: int, parse: Parser) -> list[object] | None:
    """Returns the objects or arrays of lines parsed in one call; None if that might not give one value a line."""
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
    """Returns True if each line is one object or array, provided that there are `count` of them."""
    bytes_of = np.frombuffer(text, dtype=np.uint8)
    opens = np.flatnonzero(bytes_of == text[0])[1:]
    before = bytes_of[opens - 1]
    before = np.where(before == _SPACE, bytes_of[opens - 2], before)  # as in "p": {
    begins = np.count_nonzero(before == _END)
    return bool(begins == count - 1 and begins + np.count_nonzero(before == _COLON) == len(before))


def _one_by_one(source: ByteSource, text: bytes, before: int, parse: Parser) -> Iterator[Lines]:
    numbers: list[int | Place] = []
    values: list[object] = []
    for number, line in enumerate(text.split(b"\n"), before + 1):
        line = _without_event(line)
        if not line:
            continue
        try:
            values.append(parse(line))
        except ValueError as error:
            if values:
                yield Lines(numbers, values)  # the lines before the error are answered
            raise _refused(source, number, error) from None
        numbers.append(number)
    yield Lines(numbers, values)


def _without_event(line: bytes) -> bytes:
    """Returns the data of a line; empty for a blank one, and for other fields of server-sent events."""
    data = line.strip()
    if data.startswith(b"data:"):
        data = data.removeprefix(b"data:").strip()
        return b"" if data == b"[DONE]" else data
    return b"" if data.startswith((b"event:", b": ")) else data


def _is_begun(text: bytes, parse: Parser) -> bool:
    """Returns True if the first line begins a value that later lines end."""
    first = text.lstrip().partition(b"\n")[0].strip()
    if not first.startswith((b"{", b"[")):
        return False
    try:
        parse(first)
    except UnicodeDecodeError:
        return False
    except ValueError as error:
        return getattr(error, "pos", -1) >= len(first.decode()) - 1  # it ends too early
    return False


def _over_lines(source: ByteSource, text: bytes, texts: Iterator[bytes], before: int, parse: Parser) -> Iterator[Lines]:
    """Yields values of several lines each, as jq prints them: one ends where a line begins with its bracket.

    Raises:
        Unreadable: the text is not a sequence of JSON values.
    """
    begun: list[bytes] = []
    for line in chain(text.split(b"\n"), (line for more in texts for line in more.split(b"\n"))):
        begun.append(line)
        if line.startswith((b"}", b"]")):
            found = _values_in(source, b"\n".join(begun), before, parse)
            if found is not None:
                yield found
                before += len(begun)
                begun = []
    rest = b"\n".join(begun)
    if rest.strip():
        found = _values_in(source, rest, before, parse)
        if found is None:
            try:
                parse(rest)
            except ValueError as error:
                raise _refused(source, before + getattr(error, "lineno", 1), error) from None
            raise source.unreadable("not a sequence of JSON values")
        yield found


def _values_in(source: ByteSource, text: bytes, before: int, parse: Parser) -> Lines | None:
    try:
        found = cut_values(text.decode(), before + 1)
    except UnicodeDecodeError as error:
        raise _refused(source, before + 1, error) from None
    if found is None:
        return None
    try:
        return Lines([each.line for each in found], [parse(each.text.encode()) for each in found])
    except ValueError as error:
        raise _refused(source, before + 1, error) from None


def _whole_lines(source: ByteSource) -> Iterator[bytes]:
    """Yields whole lines, as many as have arrived, without the last line end."""
    with source.opened() as stream:
        chunks = available_chunks(stream, _CHUNK) if source.is_stream else iter(partial(stream.read, _CHUNK), b"")
        rest = next(chunks, b"").removeprefix(codecs.BOM_UTF8)
        if is_marked_utf16(source.name, rest[:HEAD]):
            raise source.unreadable("JSON lines in UTF-16", hint="convert it, as with iconv -f utf-16 -t utf-8")
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


def _refused(source: ByteSource, number: int, error: ValueError) -> Unreadable:
    column = getattr(error, "colno", None)
    if column is not None:
        hint = "each line is a JSON value of its own, as jq -c '.[]' writes them" if number == 1 else None
        place = Place(line=number, column=column)
        return source.unreadable(f"not JSON: {getattr(error, 'msg', error)}", place=place, hint=hint)
    if isinstance(error, UnicodeDecodeError):
        return source.unreadable(
            "not UTF-8", place=Place(line=number), hint="convert it, as with iconv -f latin1 -t utf-8"
        )
    return source.unreadable(str(error), place=Place(line=number))
