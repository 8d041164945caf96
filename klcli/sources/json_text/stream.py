"""Iterates over the values of a JSON array, or of JSON lines, so that a document may have any length."""

import json
from collections.abc import Iterator
from io import TextIOWrapper
from itertools import count

from klcli.errors import KlError, Place, Unreadable
from klcli.sources.json_text.parser import unique
from klcli.support.text.safe_text import shorten

__all__ = ["json_values", "lines_after"]

_CHUNK = 1 << 16  # characters read at a time
_BLANK = " \t\r\n"

Item = tuple[Place, object | KlError]  # the place, and the value or its error


def json_values(stream: TextIOWrapper, first: str, name: str, skipped: int = 0) -> Iterator[Item]:
    """Yields the place and the value of each item of an array, or of each line.

    An item that is not JSON yields an error in place of its value, and ends an array.

    Args:
        stream: after its first character. first: that character. skipped: the number of lines before it.
        name: of the source, for places.
    """
    return _items(stream, name) if first == "[" else _lines(stream, first, name, skipped)


def _lines(stream: TextIOWrapper, first: str, name: str, skipped: int) -> Iterator[Item]:
    for number, line in enumerate(lines_after(stream, first), skipped + 1):
        if line.strip():
            place = Place(name, line=number)
            try:
                yield place, _decoder.decode(line.strip())
            except (ValueError, RecursionError) as error:
                yield place, _refused(place, error)


def lines_after(stream: TextIOWrapper, first: str) -> Iterator[str]:
    """Yields the lines of a stream whose first character, which is not a line end, was read already."""
    yield first + stream.readline()
    yield from iter(stream.readline, "")


def _items(stream: TextIOWrapper, name: str) -> Iterator[Item]:
    text = _Text(stream)
    for index in count():
        place = Place(name).then(Place.nth("item", index))
        try:
            mark = text.mark()
            if mark == "]":
                text.position += 1
                if text.mark():
                    raise ValueError("there is more after the array")
                return
            if index:
                if mark != ",":
                    raise ValueError("a comma or ] is missing before it" if mark else "the array is not closed")
                text.position += 1
                text.mark()
            yield place, text.value()
        except (ValueError, RecursionError) as error:
            yield place, _refused(place, error)
            return


class _Text:
    """A stream of text, read only as far as the next value needs."""

    def __init__(self, stream: TextIOWrapper) -> None:
        self._stream = stream
        self._buffer = ""
        self.position = 0

    def mark(self) -> str:
        """Returns the next character that is not blank, without consuming it; empty at the end."""
        while True:
            while self.position < len(self._buffer):
                if self._buffer[self.position] not in _BLANK:
                    return self._buffer[self.position]
                self.position += 1
            if not self._more():
                return ""

    def value(self) -> object:
        """Consumes the value that begins here; raises ValueError if no value does."""
        while True:
            try:
                value, self.position = _decoder.raw_decode(self._buffer, self.position)
                return value
            except json.JSONDecodeError:
                if not self._more():
                    raise

    def _more(self) -> bool:
        unread = self._buffer[self.position :]
        text = self._stream.read(max(_CHUNK, len(unread)))
        self._buffer, self.position = unread + text, 0
        return bool(text)


_decoder = json.JSONDecoder(object_pairs_hook=unique)


def _refused(place: Place, error: ValueError | RecursionError) -> KlError:
    if isinstance(error, RecursionError):
        return Unreadable("nested too deeply to be a pair", place=place)
    reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
    return Unreadable(f"not JSON: {shorten(reason[:1].lower() + reason[1:], 100)}", place=place)
