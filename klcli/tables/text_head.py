"""Guesses from the first cells of a text column, so that only patterns that may match are tried on all of them."""

from collections.abc import Iterable

from klcli.tables.cell_text import number_of, time_of

__all__ = ["HEAD", "may_be_numbers", "may_be_times"]

HEAD = 1_000  # rows


def may_be_numbers(head: Iterable[str]) -> bool:
    """Returns False if the first rows hold texts, and none spells a number."""
    texts = list(head)
    return not texts or any(number_of(text) is not None for text in texts)


def may_be_times(head: Iterable[str]) -> bool:
    """Returns True if every text in the first rows spells a time."""
    return all(time_of(text) is not None for text in head)
