"""Patterns of paths and names, as git and ripgrep read them: **/ is any number of folders, none included."""

import re
from collections.abc import Callable
from fnmatch import translate
from functools import lru_cache

__all__ = ["glob_matcher"]

_FOLDERS = re.compile(r"(?:^|(?<=/))\*\*/")  # **/ at the start, or after a slash


@lru_cache(256)
def glob_matcher(pattern: str) -> Callable[[str], object]:
    """Returns the function that says whether a path with slashes matches a pattern.

    A * matches slashes too, as in `git ls-files`: sub/*.csv takes sub/a/b.csv. Upper and lower case differ.
    """
    parts = [translate(part) for part in _FOLDERS.split(pattern)]
    # each part is (?s:...) and the end, \\Z or \\z by the version of Python
    heads, last = [part[: part.rindex(")") + 1] for part in parts[:-1]], parts[-1]
    return re.compile("(?:.*/)?".join([*heads, last]), re.DOTALL).match
