"""Labels of outcomes: any sequence of different strings, and the one that a large file needs not decode."""

import codecs
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import overload

import numpy as np
from numpy.typing import NDArray

from klcli.core.lazy import lazy

__all__ = ["PackedText", "are_equal", "have_repeats", "is_utf8", "positions", "words_at"]

_LONGEST = 64  # bytes of a text that is compared by its words; longer ones are decoded
_DECODED = 100_000  # texts, or bytes, at a time

Words = NDArray[np.uint64]
Index = NDArray[np.int64]

_MASKS = np.array([2 ** (8 * count) - 1 for count in range(9)], dtype=np.uint64)  # keeps so many bytes of a word
_MULTIPLIERS = (  # odd, with about half of the bits set, from the digits of the golden ratio and of π
    *(0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x243F6A8885A308D3, 0x13198A2E03707345),
    *(0xA4093822299F31D1, 0x082EFA98EC4E6C89, 0x452821E638D01377, 0xBE5466CF34E90C6D),
)


class PackedText(Sequence[str]):
    """Texts that lie in one buffer of UTF-8 without NUL, decoded when asked for.

    Attributes:
        data: the buffer. starts, lengths: where each text lies, in bytes, shape (k,).
    """

    def __init__(self, data: bytes | memoryview, starts: Index, lengths: Index) -> None:
        self.data, self.starts, self.lengths = data, starts, lengths

    def __len__(self) -> int:
        return len(self.starts)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> "PackedText": ...

    def __getitem__(self, index: int | slice) -> "str | PackedText":
        if isinstance(index, slice):
            return PackedText(self.data, self.starts[index], self.lengths[index])
        start = int(self.starts[index])
        return str(self.data[start : start + int(self.lengths[index])], "utf-8")

    def __iter__(self) -> Iterator[str]:
        for first in range(0, len(self), _DECODED):
            some = slice(first, first + _DECODED)
            starts = self.starts[some]
            for start, end in zip(starts.tolist(), (starts + self.lengths[some]).tolist(), strict=True):
                yield str(self.data[start:end], "utf-8")

    @lazy
    def words(self) -> Words | None:
        """The bytes as numbers, eight in each, shape (k, words): equal where the texts are; None for long texts."""
        longest = int(self.lengths.max(initial=0))
        if longest > _LONGEST or len(self.data) < 8:
            return None
        window = words_at(self.data)
        found = np.empty((len(self), -(-longest // 8) or 1), dtype=np.uint64)
        for column in range(found.shape[1]):
            begin = self.starts + 8 * column
            kept = _MASKS[np.clip(self.lengths - 8 * column, 0, 8)]
            late = np.maximum(begin - (len(window) - 1), 0)  # near the end of the buffer a word begins too late
            late = np.minimum(late, 8)
            word = window[np.minimum(begin, len(window) - 1)]
            found[:, column] = np.where(late < 8, word >> (8 * np.minimum(late, 7)).astype(np.uint64), 0) & kept
        return found

    @lazy
    def by_hash(self) -> tuple[Words, Index] | None:
        """The hashes of the texts in order, and the texts' positions in that order; None for long texts."""
        if self.words is None:
            return None
        hashes = _hashes(self.words)
        order = np.argsort(hashes)
        return hashes[order], order


def is_utf8(data: bytes) -> bool:
    """Whether the bytes are valid UTF-8; decodes some at a time, so that it takes no memory."""
    if data.isascii():
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), _DECODED):
            decoder.decode(data[start : start + _DECODED], final=start + _DECODED >= len(data))
    except UnicodeDecodeError:
        return False
    return True


def words_at(data: bytes | memoryview) -> Words:
    """A view of the word of eight bytes that begins at each byte."""
    return np.ndarray((len(data) - 7,), dtype="<u8", buffer=data, strides=(1,))


def are_equal(these: Sequence[str], those: Sequence[str]) -> bool:
    """Whether two sequences of labels are the same, in the same order."""
    if len(these) != len(those):
        return False
    if not (isinstance(these, PackedText) and isinstance(those, PackedText)):
        return tuple(these) == tuple(those)
    if these.words is not None and those.words is not None:
        return these.words.shape == those.words.shape and bool((these.words == those.words).all())
    return tuple(these) == tuple(those)


def have_repeats(labels: Sequence[str]) -> bool:
    """Whether a label occurs twice."""
    if isinstance(labels, PackedText) and labels.by_hash is not None and not _repeat(labels.by_hash[0]):
        return False
    return len(set(labels)) < len(labels)


def positions(labels: Sequence[str], among: Sequence[str]) -> Index:
    """Returns where each label stands among others, all different; -1 where it does not."""
    if isinstance(labels, PackedText) and isinstance(among, PackedText):
        found = _matched(labels, among)
        if found is not None:
            return found
    place = dict(zip(among, range(len(among)), strict=True))
    return np.fromiter(map(place.get, labels, repeat(-1)), dtype=np.int64, count=len(labels))


def _matched(labels: PackedText, among: PackedText) -> Index | None:
    """The positions by hashes, each match checked word by word; None where a text is long, or hashes meet by chance."""
    if labels.words is None or labels.by_hash is None or among.words is None or among.by_hash is None:
        return None
    (hashes, order), (other_hashes, other_order) = labels.by_hash, among.by_hash
    if _repeat(other_hashes):
        return None
    at = np.minimum(np.searchsorted(other_hashes, hashes), len(other_hashes) - 1)
    found = np.empty(len(labels), dtype=np.int64)
    found[order] = np.where(other_hashes[at] == hashes, other_order[at], -1)
    width = max(labels.words.shape[1], among.words.shape[1])
    is_same = np.ones(len(labels), dtype=bool)
    for column in range(width):
        is_same &= _column(among.words, column, found) == _column(labels.words, column)
    return found if bool((is_same | (found < 0)).all()) else None


def _column(words: Words, column: int, rows: Index | slice = slice(None)) -> Words | np.uint64:
    return words[rows, column] if column < words.shape[1] else np.uint64(0)


def _repeat(hashes: Words) -> bool:
    return bool((hashes[1:] == hashes[:-1]).any())


def _hashes(words: Words) -> Words:
    """A number for each text, whatever the width of the others: the words that it does not have add nothing."""
    total = np.zeros(len(words), dtype=np.uint64)
    for column, multiplier in zip(words.T, _MULTIPLIERS, strict=False):
        mixed = column * np.uint64(multiplier)
        mixed ^= mixed >> np.uint64(32)
        total += mixed * np.uint64(multiplier)
    return total
