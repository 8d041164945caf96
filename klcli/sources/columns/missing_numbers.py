"""Cells without a number where one belongs: the words that programs write, those that --null names, and the error."""

from collections.abc import Callable
from functools import lru_cache

from klcli.errors import NotADistribution, Place
from klcli.support.sentence import Option
from klcli.support.text.safe_text import shorten

__all__ = [
    "LEAVE_OUT", "MISSING_WORDS", "NullCell", "cure_of_texts", "is_missing", "is_null", "no_number", "not_a_number",
]  # fmt: skip

LEAVE_OUT = Option("--null", "") + " leaves out rows without a number, with a note"

# what programs write for a number that is missing or cannot be computed, in lower case
MISSING_WORDS = frozenset({
    "na", "n/a", "n.a.", "n.a", "n/d", "n.d.", "nil", "null", "none", "nan", "<na>", "<nan>", "<null>", "(null)",
    "\\n", "#n/a", "#na", "#null!", "#ref!", "#value!", "#num!", "#div/0!", "#name?",
})  # fmt: skip
_SAMPLES = Option("--as", "samples")
_MARKS = frozenset({"-", "--", "?", ".", ".."})  # the same without a letter: . of SAS and Stata, .. of Eurostat


class NullCell(str):
    """An empty cell of a text that --null says is missing; one that merely is empty is a plain text."""

    __slots__ = ()


def is_missing(cell: str) -> bool:
    """Returns True if a cell is empty, or written as programs write missing numbers."""
    text = cell.strip().casefold()
    return not text or text in MISSING_WORDS or text in _MARKS


def is_null(cell: object, nulls: tuple[str, ...]) -> bool:
    """Returns True if a cell is one of the texts, or what one of them spells; "" stands for NULL."""
    return _test_of(nulls)(cell)


@lru_cache(64)
def _test_of(nulls: tuple[str, ...]) -> Callable[[object], bool]:
    from klcli.tables.missing_cells import MissingCells  # kl compute starts without it

    return MissingCells(nulls).holds


def no_number(place: Place, cell: object, hint: str | None) -> NotADistribution:
    """Returns the error for a cell that must hold a number."""
    return NotADistribution(f"{not_a_number(cell)}", place=place, hint=hint)


def cure_of_texts(option: str = _SAMPLES) -> str:
    """Returns the cure for a column of texts where numbers belong, by the option that reads observations."""
    return "if its cells are observations, pass " + option


def not_a_number(cell: object) -> str:
    """Returns what a cell that must hold a number holds, in words."""
    if cell is None or cell == "":
        return "there is no number"
    return f"{shorten(str(cell))!r} is not a number"
