"""Patterns of paths and names, as in git and ripgrep: **/ matches any number of folders, also zero."""

import re
from collections.abc import Callable, Sequence
from fnmatch import translate
from functools import cache

__all__ = ["GlobIndex", "glob_matcher"]

_WILDCARDS = re.compile(r"[*?[]")
_AFTER = re.compile(r"[*?\]]")  # the end of a pattern holds no wildcard
_FOLDERS = re.compile(r"(?:^|(?<=/))\*\*/")  # **/ at the start, or after a slash


@cache
def glob_matcher(pattern: str) -> Callable[[str], object]:
    """Returns a function that tests if a path with slashes matches a pattern; its result is None if not.

    A * matches slashes too, as in `git ls-files`: sub/*.csv matches sub/a/b.csv. Case matters.
    """
    parts = [translate(part) for part in _FOLDERS.split(pattern)]
    # each part is (?s:...) and the end, \\Z or \\z by the version of Python
    heads, last = [part[: part.rindex(")") + 1] for part in parts[:-1]], parts[-1]
    return re.compile("(?:.*/)?".join([*heads, last]), re.DOTALL).match


class GlobIndex:
    """Patterns by the text with which each of their matches begins or ends, as thousands are too many to try each.

    Args:
        patterns: of names; a pattern without a wildcard matches itself alone.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = patterns
        self._names: dict[str, list[int]] = {}
        self._starts: dict[int, dict[str, list[int]]] = {}  # by length
        self._ends: dict[int, dict[str, list[int]]] = {}
        for place, pattern in enumerate(patterns):
            start, *more = _WILDCARDS.split(pattern, maxsplit=1)
            # **/ at the start of a pattern matches nothing, too, so that its slash is not part of each match
            end = _AFTER.split(pattern)[-1].lstrip("/")
            if not more:
                texts = self._names
            elif len(start) >= len(end):
                texts = self._starts.setdefault(len(start), {})
            else:
                start, texts = end, self._ends.setdefault(len(end), {})
            texts.setdefault(start, []).append(place)

    def matching(self, name: str) -> tuple[int, ...]:
        """Returns the places of the patterns that match a name, in order."""
        found = [*self._names.get(name, ())]
        near = [texts.get(name[:size], ()) for size, texts in self._starts.items()]
        near += [texts.get(name[-size:], ()) for size, texts in self._ends.items()]
        found += [place for places in near for place in places if glob_matcher(self._patterns[place])(name)]
        return tuple(sorted(found))
