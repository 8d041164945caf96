"""Labels of large files, decoded or read on demand: texts in one buffer, or known by their hashes."""

import codecs
from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.parallel import each_block
from klcli.core.arithmetic.types import Index
from klcli.core.distributions.label_hashes import HashOrder
from klcli.support.lazy import lazy

__all__ = ["MULTIPLIERS", "FamiliarText", "HashedText", "JoinedText", "PackedText", "Words", "is_utf8", "words_at"]

_LONGEST = 64  # bytes of a text that is compared by its words; longer ones are decoded
_DECODED = 100_000  # texts, or bytes, at a time
_FEW = 100  # texts that are read one by one

Words = NDArray[np.uint64]

# mask n keeps the first n bytes of a word
_MASKS = np.array([2 ** (8 * count) - 1 for count in range(9)], dtype=np.uint64)
MULTIPLIERS = (  # odd, with about half of the bits set, from the digits of the golden ratio and of π
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

    def __reduce__(self) -> tuple[Any, ...]:
        return PackedText, (bytes(self.data), self.starts, self.lengths)

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

        def fill(where: slice) -> None:
            for column in range(found.shape[1]):
                begin = self.starts[where] + 8 * column
                kept = _MASKS[np.clip(self.lengths[where] - 8 * column, 0, 8)]
                late = np.maximum(begin - (len(window) - 1), 0)  # near the end of the buffer a word begins too late
                late = np.minimum(late, 8)
                word = window[np.minimum(begin, len(window) - 1)]
                found[where, column] = np.where(late < 8, word >> (8 * np.minimum(late, 7)).astype(np.uint64), 0) & kept

        each_block(len(self), lambda: fill)
        return found

    @lazy
    def by_hash(self) -> HashOrder | None:
        """The order of the texts by their hashes; None for long texts."""
        return None if self.words is None else HashOrder.of(_hashes(self.words))


class HashedText(Sequence[str]):
    """Texts known by their hashes, and read only where one is asked for.

    Sets of labels are taken for the same where their hashes are: that they are not has, for 64 bits that look random, a
    probability of 5e-20 for one label that differs. Where many differ, the texts decide.

    Attributes:
        hashes: shape (k,); equal where the texts are.
        at: reads one text. every: reads them all.
    """

    def __init__(self, hashes: Words, at: Callable[[int], str], every: Callable[[], Sequence[str]]) -> None:
        self.hashes, self._at, self._every = hashes, at, every
        self._asked = 0

    def __reduce__(self) -> tuple[Any, ...]:
        return _held, (self.hashes, self.texts)  # elsewhere the file may not be there

    def __len__(self) -> int:
        return len(self.hashes)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        self._asked += 1
        if isinstance(index, slice) or self._asked > _FEW:
            return self.texts[index]
        return self._at(range(len(self))[index])

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    @lazy
    def texts(self) -> Sequence[str]:
        """All texts."""
        return self._every()

    @lazy
    def by_hash(self) -> HashOrder:
        """The order of the texts by their hashes."""
        return HashOrder.of(self.hashes)


class FamiliarText(tuple[str, ...]):
    """Texts, all different and none empty, shared by all tables that have the same ones in the same order."""

    __slots__ = ()


class JoinedText(Sequence[str]):
    """Labels, followed by the labels of others at some indices."""

    def __init__(self, first: Sequence[str], others: Sequence[str], indices: Index) -> None:
        self._first, self._others, self._indices = first, others, indices

    def __len__(self) -> int:
        return len(self._first) + len(self._indices)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [self[each] for each in range(len(self))[index]]
        index = range(len(self))[index]
        if index < len(self._first):
            return self._first[index]
        return self._others[int(self._indices[index - len(self._first)])]

    def __iter__(self) -> Iterator[str]:
        yield from self._first
        others = tuple(self._others) if len(self._indices) > _FEW else self._others
        yield from (others[index] for index in self._indices.tolist())


def _held(hashes: Words, texts: Sequence[str]) -> HashedText:
    """Returns texts that are known by their hashes and also kept in memory."""
    return HashedText(hashes, texts.__getitem__, lambda: texts)


def is_utf8(data: bytes) -> bool:
    """Returns True if the bytes are valid UTF-8; decodes them in parts, to use little memory."""
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


def _hashes(words: Words) -> Words:
    """Returns a hash of each text, independent of the longest: words beyond its end add nothing."""
    found = np.zeros(len(words), dtype=np.uint64)

    def add(where: slice) -> None:
        for column, multiplier in zip(words[where].T, MULTIPLIERS, strict=False):
            mixed = column * np.uint64(multiplier)
            mixed ^= mixed >> np.uint64(32)
            found[where] += mixed * np.uint64(multiplier)

    each_block(len(words), lambda: add)
    return found
