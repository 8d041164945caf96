"""Rows in many files: all of a folder or of a pattern, in the order of their names; and a share of them."""

import glob
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from klcli.engines.address import is_address
from klcli.errors import NotComparable, Place, Unreadable, UsageError
from klcli.notes import Note, files_paired, together
from klcli.sources.bytes.files import status_of
from klcli.sources.formats.row_pairs import PairBlock, RowPairs, TopBlock
from klcli.sources.formats.row_source import RowBlock

__all__ = ["Shard", "are_many", "files_of", "open_many", "parse_shard"]

_DIGITS = re.compile(r"([0-9]+)")


class Shard(NamedTuple):
    """A share of the rows: number `at`, from 1, of `shares`."""

    at: int
    shares: int

    def of(self, total: int) -> range:
        """Returns its share of `total` things, which are cut into runs as equal as can be."""
        return range((self.at - 1) * total // self.shares, self.at * total // self.shares)


def parse_shard(text: str) -> Shard:
    """Returns the share that "3/16" names.

    Raises:
        UsageError: the text does not name a share.
    """
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise UsageError(f"--shard {text}: not a share, such as 3/16", hint="the shares are numbered from 1")
    return Shard(int(found[1]), int(found[2]))


def are_many(word: str) -> bool:
    """Returns True for a folder, and for a pattern that no file has as its name."""
    is_pattern = any(mark in word for mark in "*?[") and not is_address(word)
    return os.path.isdir(word) or (is_pattern and status_of(word) is None)


def files_of(word: str) -> list[str]:
    """Returns the files of a folder or pattern by name, numbers in names by value: part-2 before part-10.

    Raises:
        Unreadable: no file matches.
    """
    if not are_many(word):
        return [word]
    pattern = os.path.join(glob.escape(word), "*") if os.path.isdir(word) else word
    found = [path for path in glob.glob(pattern, recursive=True) if os.path.isfile(path)]
    if not found:
        raise Unreadable("no file is in this folder" if os.path.isdir(word) else "no file matches", place=word)
    return sorted(found, key=lambda path: [int(each) if each.isdigit() else each for each in _DIGITS.split(path)])


def open_many(
    words: Sequence[str], open_files: Callable[[Sequence[str]], RowPairs], shard: Shard | None = None
) -> RowPairs:
    """Returns the rows of all files of P and of Q, or of a share of them.

    Args:
        open_files: Returns the rows of one file of P and one of Q, or of one that holds both.

    Raises:
        InputError: A file cannot be opened; P and Q have different numbers of files; or some names are on both sides,
            and others on one.
        UsageError: A share cannot be cut.
    """
    files = [files_of(word) for word in words]
    if len({len(each) for each in files}) > 1:
        counts = " and ".join(f"{word} has {len(each):,}" for word, each in zip(words, files, strict=True))
        raise NotComparable(f"{counts} files", hint="file i of P is compared with file i of Q, in the order of names")
    notes = _notes_on_names(words, files)
    return _Chain(words, [open_files(each) for each in zip(*files, strict=True)], notes, shard)


def _notes_on_names(words: Sequence[str], files: Sequence[Sequence[str]]) -> tuple[Note, ...]:
    """Returns a note on files whose names differ: those of the first pair whose numbers do, too, else of the first.

    Raises:
        NotComparable: A name is on both sides, but not every one: a file is missing, and those after it are displaced.
    """
    differing = [pair for pair in zip(*files, strict=True) if len({os.path.basename(path) for path in pair}) > 1]
    if not differing or len(files[0]) < 2:
        return ()
    names = [{os.path.basename(path) for path in each} for each in files]
    if names[0] & names[1]:
        p, q = differing[0]
        raise NotComparable(
            f"{words[0]} and {words[1]} hold files of the same names and others: {p} would be compared with {q}",
            hint="each file needs one of the same name on the other side; a pattern, as in 'part-*.npy', chooses files",
        )
    first = next((pair for pair in differing if len({tuple(_numbers(path)) for path in pair}) > 1), differing[0])
    return (files_paired(len(files[0]), *first),)


def _numbers(path: str) -> list[int]:
    return [int(each) for each in _DIGITS.findall(os.path.basename(path))]


class _Chain(RowPairs):
    """The rows of several pairs, one after the other."""

    def __init__(
        self, words: Sequence[str], pairs: Sequence[RowPairs], notes: tuple[Note, ...], shard: Shard | None
    ) -> None:
        first = pairs[0]
        self._names, self._pairs, self._notes = list(words), pairs, notes
        counts = [each.p.count if each.p.count is not None else each.q.count for each in pairs]
        known = [count for count in counts if count is not None]
        total = sum(known) if len(known) == len(counts) else None
        sides = (first.p, first.q)
        named = [first.p.name, first.q.name] if len(pairs) == 1 else [words[0], words[-1]]
        self.p, self.q = (replace(side, name=name, count=total) for side, name in zip(sides, named, strict=True))
        self.is_live = False
        self._rows: range | None = None
        self._counted = 0  # rows so far, where files do not tell
        self._offsets: list[int | None] = [0]
        for count in counts:
            last = self._offsets[-1]
            self._offsets.append(None if last is None or count is None else last + count)
        self._files = range(len(pairs))
        if shard is None:
            return
        if shard.shares <= len(pairs):
            self._files = shard.of(len(pairs))
        elif total is None:
            raise UsageError(
                f"{shard.shares} shares of {len(pairs)} file{'s' * (len(pairs) > 1)}, whose rows are not counted yet",
                hint=f"cut as many shares as files, or the rows into {shard.shares} files",
            )
        elif shard.shares > total:
            raise UsageError(
                f"{shard.shares:,} shares of {total:,} row{'s' * (total > 1)}: some would be empty",
                hint=f"cut at most {total:,}",
            )
        else:
            self._rows = shard.of(total)

    @property
    def notes(self) -> tuple[Note, ...]:
        found: tuple[Note, ...] = self._notes
        for at in self._files:
            found = (*found, *(note for note in self._pairs[at].notes if note not in found))
        return together(found, ())

    def blocks(self, size: int) -> Iterator[PairBlock | TopBlock]:
        for at in self._files:
            start, end = self._offsets[at] or 0, self._offsets[at + 1]
            if self._rows is not None and end is not None and (end <= self._rows.start or start >= self._rows.stop):
                continue
            before = start if self._offsets[at] is not None else self._counted
            for block in self._pairs[at].blocks(size):
                moved = self._moved(block, before, self._pairs[at])
                self._counted = before + block.first + len(block)
                if self._rows is None:
                    yield moved
                    continue
                low = max(self._rows.start - moved.first, 0)
                high = min(self._rows.stop - moved.first, len(moved))
                if low < high:
                    yield moved.part(range(low, high))
                if moved.first + len(moved) >= self._rows.stop:
                    break

    def _moved(self, block: PairBlock | TopBlock, before: int, pairs: RowPairs) -> PairBlock | TopBlock:
        if isinstance(block, TopBlock):
            return replace(block, first=block.first + before)
        is_one = len(self._pairs) == 1
        p, q = (
            each if is_one else _named(replace(each, first=each.first + before), side.name)
            for each, side in ((block.p, pairs.p), (block.q, pairs.q))
        )
        return PairBlock(p, q)


def _named(block: RowBlock, name: str) -> RowBlock:
    place = block.place
    return replace(block, place=lambda row: Place(name).then(place(row)))
