"""Pairs without a manifest: the files of two folders by their relative paths, or one reference against many files.

Without a glob, the files of a folder are those whose suffix names an input format; others are noted. A hidden file, or
one in a hidden folder, counts only if a glob names it: its name begins with a point, or Windows or Excel made it. It is
noted if its suffix names a format and a person may have made it. Links are followed, except in a circle.
"""

import os
from collections.abc import Iterator, Sequence

from klcli.errors import InputError, Unreadable
from klcli.notes import Note, files_hidden, files_of_no_format, files_unpaired, listing
from klcli.sources.batch.batch_entry import BatchEntry
from klcli.sources.batch.globs import glob_matcher
from klcli.sources.bytes.files import cache_stream
from klcli.sources.formats.input_format import format_of_suffix
from klcli.support.sentence import Option

__all__ = ["Folders", "Reference"]

_NAMED = 3  # files that a note names


class Reference:
    """One reference, "-" for standard input, against many files."""

    def __init__(self, p: str, files: Sequence[str]) -> None:
        self.name = f"{'stdin' if p == '-' else p} vs {len(files)} file{'s' * (len(files) != 1)}"
        self._p = p
        self._files = files

    def __iter__(self) -> Iterator[BatchEntry]:
        cache_stream(self._p)  # each process reads it
        for file in self._files:
            yield BatchEntry(file, self._p, file, has_shared_p=True)

    def count(self) -> int:
        """Returns how many pairs there are."""
        return len(self._files)


class _LeftOut:
    """Files that are not compared: their count, and the first names, with the folder if one alone holds it."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[str] = []

    def add(self, path: tuple[str, ...], folder: str | None) -> None:
        self.count += 1
        if len(self.first) < _NAMED:
            self.first.append("/".join(path if folder is None else (folder, *path)))


class Folders:
    """The files of two folders, paired by their relative paths and in their order.

    Raises:
        Unreadable: on iteration, if there is no file, or none with a counterpart.
    """

    def __init__(self, p: str, q: str, globs: Sequence[str], *, allow_unpaired: bool) -> None:
        self.name = f"{p} vs {q}"
        self._roots = (p, q)
        self._globs = globs
        self._globs_match = [glob_matcher(glob) for glob in globs]
        self._allow_unpaired = allow_unpaired
        self.unpaired = 0
        self._passed_over, self._hidden = _LeftOut(), _LeftOut()

    @property
    def notes(self) -> tuple[Note, ...]:
        """The files left out; complete after iteration."""
        found = [files_unpaired(self.unpaired)] if self.unpaired else []
        if not self._globs:  # which are a choice, so what they leave out needs no note
            kinds = ((files_of_no_format, self._passed_over), (files_hidden, self._hidden))
            found += [note(tuple(files.first), files.count) for note, files in kinds if files.count]
        return tuple(found)

    def __iter__(self) -> Iterator[BatchEntry]:
        self.unpaired = 0
        self._passed_over, self._hidden = _LeftOut(), _LeftOut()
        is_empty = True
        for path, sides in self._paths():
            if not self._is_wanted(path):
                self._pass_over(path, sides)
                continue
            if len(sides) == 1 and self._allow_unpaired:
                self.unpaired += 1
                continue
            is_empty = False
            p, q = (os.path.join(root, *path) for root in self._roots)
            error = None if len(sides) == 2 else _unpaired(*((p, q) if sides == (0,) else (q, p)))
            yield BatchEntry("/".join(path), p, q, error=error)
        if is_empty:
            raise self._nothing()

    def _nothing(self) -> Unreadable:
        if self.unpaired:
            return Unreadable("no file is in both", place=self.name, hint="files are paired by their relative paths")
        wanted = " or ".join(self._globs) or "a known suffix"
        held = listing(self._passed_over.first, self._passed_over.count, most=_NAMED)
        files = f"; the folders hold {held}" if held else ""
        if not held:
            hint = "the folders hold no file, hidden ones aside"
        elif self._globs:
            hint = "a pattern must match a file's name, or its path below the folder, in the same case"
        else:
            hint = "name the files with " + Option("--glob")
        return Unreadable(f"no file matches {wanted}{files}", place=self.name, hint=hint)

    def _pass_over(self, path: tuple[str, ...], sides: tuple[int, ...]) -> None:
        folder = None if len(sides) == 2 else self._roots[sides[0]]
        if not any(map(_is_hidden, path)):
            self._passed_over.add(path, folder)
        elif format_of_suffix(path[-1]) is not None and not any(map(_is_of_system, path)):
            self._hidden.add(path, folder)

    def count(self) -> int:
        """Returns how many files there are to pair."""
        wanted = (sides for path, sides in self._paths() if self._is_wanted(path))
        return sum(1 for sides in wanted if len(sides) == 2 or not self._allow_unpaired)

    def _paths(self) -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
        """Yields the relative paths of both folders, merged, and the sides on which each exists."""
        walks = [_walk(root, (), ()) for root in self._roots]
        heads = [next(walk, None) for walk in walks]
        while any(head is not None for head in heads):
            path = min(head for head in heads if head is not None)
            sides = tuple(side for side in (0, 1) if heads[side] == path)
            for side in sides:
                heads[side] = next(walks[side], None)
            yield path, sides

    def _is_wanted(self, path: tuple[str, ...]) -> bool:
        if self._globs:
            return any(matches("/".join(path)) or matches(path[-1]) for matches in self._globs_match)
        return not any(map(_is_hidden, path)) and format_of_suffix(path[-1]) is not None


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or _is_of_system(name)


def _is_of_system(name: str) -> bool:
    """Returns True for the thumbnails of Windows, the lock of an open workbook, and what macOS writes beside a file."""
    return name.startswith(("~$", "._")) or name.casefold() == "thumbs.db"


def _unpaired(here: str, there: str) -> InputError:
    return InputError(f"there is no {there} to compare it with", place=here, hint="pass " + Option("--allow-unpaired"))


def _walk(root: str, parts: tuple[str, ...], above: tuple[tuple[int, int], ...]) -> Iterator[tuple[str, ...]]:
    """Yields the files below a folder, ordered by the parts of their paths; `above` identifies the folders above it."""
    folder = os.path.join(root, *parts)
    try:
        status = os.stat(folder)
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise Unreadable(f"{(error.strerror or str(error)).lower()}", place=folder) from None
    here = (status.st_dev, status.st_ino)
    if here in above:
        return
    for entry in entries:
        if entry.is_dir():
            yield from _walk(root, (*parts, entry.name), (*above, here))
        else:
            yield (*parts, entry.name)
