"""Patterns of paths and names, as in git and ripgrep: **/ matches any number of folders, also zero."""

import re
from collections.abc import Callable
from fnmatch import translate
from functools import cache

__all__ = ["glob_matcher", "literal_of"]

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


def literal_of(pattern: str) -> str:
    """Returns a text that every match of a pattern contains, so that most patterns need not be compiled."""
    pieces = re.split("[*?]", pattern.partition("[")[0])
    return max((piece.strip("/") for piece in pieces), key=len)
