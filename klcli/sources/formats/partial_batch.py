"""Partial batches: the rows before one that is refused, answered as if each line had arrived by itself."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from klcli.errors import InputError

__all__ = ["until_refused"]

Result = TypeVar("Result")


def until_refused(rows: range, read: Callable[[range], Iterable[Result]]) -> Iterator[Result]:
    """Yields the results of reading some rows at once; if they are refused, those of the rows before the first error.

    Raises:
        InputError: a row is refused, or all of them together.
    """
    try:
        found = list(read(rows))
    except InputError:
        if len(rows) > 1:
            middle = len(rows) // 2
            yield from until_refused(rows[:middle], read)
            yield from until_refused(rows[middle:], read)
        raise
    yield from found
