"""Widths of the columns of a table that must fit a terminal: long texts fold by word, numbers never."""

from collections.abc import Iterable, Sequence
from functools import cache
from textwrap import wrap
from typing import NamedTuple
from unicodedata import category, combining, east_asian_width

from klcli.reports.layout.ansi import DIM, painted

__all__ = ["GAP", "Shape", "blocks", "cell_width", "fitted", "records", "shape_of"]

GAP = "   "  # between two columns


class Shape(NamedTuple):
    """Widths of a column in characters: that of its longest cell, and that of what cannot be folded."""

    full: int
    least: int


def cell_width(text: str) -> int:
    """Returns how many columns of a terminal a text takes: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    return sum(_character_width(character) for character in text)


@cache
def _character_width(character: str) -> int:
    if combining(character) or category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def shape_of(texts: Iterable[str], *, folds: bool) -> Shape:
    """Returns the widths of a column with these cells, its title included."""
    texts = list(texts)
    full = max(map(len if "".join(texts).isascii() else cell_width, texts), default=0)
    words = (cell_width(word) for text in texts for word in text.split())
    return Shape(full, max(words, default=0) if folds else full)


def fitted(shapes: Sequence[Shape], width: int, gap: int = len(GAP)) -> list[int] | None:
    """Returns a width for each column so that all fit, the widest made narrower first; None if they do not fit."""
    room = width - gap * (len(shapes) - 1)
    if sum(shape.least for shape in shapes) > room:
        return None
    widest = max((shape.full for shape in shapes), default=0)
    while True:
        found = [max(shape.least, min(shape.full, widest)) for shape in shapes]
        if sum(found) <= room:
            return found
        widest -= 1


def blocks(shapes: Sequence[Shape], width: int, gap: int = len(GAP)) -> list[list[int]]:
    """Returns the numbers of the columns of blocks that fit, the first column in each, at least one other in each."""
    found: list[list[int]] = []
    room = 0
    for number, shape in enumerate(shapes[1:], 1):
        room -= shape.full + gap
        if not found or room < 0:
            found.append([0])
            room = width - shapes[0].full - shape.full - gap
        found[-1].append(number)
    return found


def records(titles: Sequence[str], rows: Sequence[Sequence[str]], width: int, *, color: bool) -> str:
    """Returns each row as lines of title and value, with an empty line between rows; values fold by word."""
    indent = max(map(cell_width, titles), default=0) + 2
    blocks = []
    for row in rows:
        lines = []
        for title, text in zip(titles, row, strict=True):
            folded = wrap(text, max(width - indent, 10), break_long_words=False, break_on_hyphens=False)
            heads = [title + " " * (indent - cell_width(title)), *[" " * indent] * (len(folded) - 1)]
            lines += [painted(head, DIM, color=color) + part for head, part in zip(heads, folded, strict=False)]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)
