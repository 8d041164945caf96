"""An index of the lines of a large text, made in one pass and in little memory, if every line is a row."""

import codecs
from bisect import bisect_left
from typing import NamedTuple

import numpy as np

__all__ = ["LineIndex", "index_lines"]

_CHUNK = 1 << 20  # bytes; fits into the second-level cache
_BREAK = ord("\n")
_NEVER_PLAIN = (b'"', b"\r", b"\0")


class LineIndex(NamedTuple):
    """Where the lines of a text are.

    Attributes:
        skipped: the number of lines before the first row. rows: the number of lines from there on.
        delimiters: how many these lines hold.
        has_odd_signs: True if there is an underscore or a plus anywhere.
        breaks: how many lines end before each chunk.
    """

    path: str
    skipped: int
    rows: int
    delimiters: int
    has_odd_signs: bool
    breaks: list[int]

    def line(self, row: int) -> str:
        """Returns the line of a row."""
        number = row + self.skipped
        chunk = max(bisect_left(self.breaks, number) - 1, 0)
        with open(self.path, "rb") as file:
            file.seek(chunk * _CHUNK)
            for _ in range(number - self.breaks[chunk]):
                file.readline()
            return file.readline().removesuffix(b"\n").decode("utf-8" if number else "utf-8-sig")


def index_lines(path: str, delimiter: str, skipped: int) -> LineIndex | None:
    """Returns the index of a text in which each line after the first `skipped` ones is a row; None for any other text.

    Such a text has no quotes, carriage returns or NUL, and no comments among the rows. Blank lines are not looked for.
    """
    breaks, delimiters, has_odd_signs, last = [0], 0, False, _BREAK
    decoder = codecs.getincrementaldecoder("utf-8")()
    buffer = bytearray(_CHUNK)
    with open(path, "rb") as file:
        while size := file.readinto(buffer):
            chunk = buffer if size == _CHUNK else buffer[:size]
            if any(mark in chunk for mark in _NEVER_PLAIN) or not _is_utf8(chunk, decoder):
                return None
            begin = _end_of(chunk, skipped) if len(breaks) == 1 else 0
            if begin < 0 or (b"#" in chunk and _has_comment(chunk, begin, last)):
                return None
            has_odd_signs = has_odd_signs or b"_" in chunk or b"+" in chunk
            array = np.frombuffer(chunk, dtype=np.uint8)
            breaks.append(breaks[-1] + int(np.count_nonzero(array == _BREAK)))
            delimiters += int(np.count_nonzero(array[begin:] == ord(delimiter)))
            last = chunk[-1]
    if decoder.getstate()[0]:
        return None
    rows = breaks[-1] + (last != _BREAK) - skipped
    return LineIndex(path, skipped, rows, delimiters, has_odd_signs, breaks) if rows > 0 else None


def _is_utf8(chunk: bytearray, decoder: codecs.IncrementalDecoder) -> bool:
    if chunk.isascii() and not decoder.getstate()[0]:
        return True
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _end_of(chunk: bytearray, lines: int) -> int:
    """Returns the offset after `lines` lines; -1 if the chunk ends before that."""
    end = 0
    for _ in range(lines):
        end = chunk.find(b"\n", end) + 1
        if not end:
            return -1
    return end


def _has_comment(chunk: bytearray, begin: int, last: int) -> bool:
    """Returns True if a line that begins at `begin` or later is a comment; `last` is the byte before the chunk."""
    before = _BREAK if begin else last
    return chunk.find(b"\n#", begin) >= 0 or (before == _BREAK and chunk[begin : begin + 1] == b"#")
