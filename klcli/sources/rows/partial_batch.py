"""What comes before a row that is refused, in a stream: answered, as if each line had come by itself."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from klcli.errors import InputError

__all__ = ["until_refused"]

Found = TypeVar("Found")


def until_refused(rows: range, read: Callable[[range], Iterable[Found]]) -> Iterator[Found]:
    """Yields what is made of some rows at once; where they are refused, of those before the first that is.

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
