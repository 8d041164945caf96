"""Input formats: what a reader is, and the table of them.

A reader turns the content of a source into observed numbers: one distribution, or two where a source holds a pair. It
raises InputError and nothing else, whatever the bytes.
"""

from collections.abc import Callable
from typing import NamedTuple

from klcli.core.distributions.raw_numbers import Observed
from klcli.errors import Unreadable
from klcli.sources.bytes.content import Content
from klcli.support.registry import Registry

__all__ = ["READERS", "Query", "Reader", "reader"]


class Query(NamedTuple):
    """What is wanted from a source.

    Attributes:
        columns: a name or number for each distribution wanted; None where the rules of the format find it.
        samples: for each, whether its values are observations of labels.
        label: the column of the labels, or several, each combination of which is an outcome; None where the rules
            find it.
        every: whether each column is a distribution but that of the labels, which is the first where that has texts
            (observations have none).
        header: whether the first row of a text names the columns; None where the row itself tells.
    """

    columns: tuple[str | None, ...] = (None,)
    samples: tuple[bool, ...] = (False,)
    label: str | tuple[str, ...] | None = None
    every: bool = False
    header: bool | None = None

    def refuse_columns(self, name: str) -> None:
        """Refuses a query that names the column of a source that has none.

        Raises:
            Unreadable: it does.
        """
        named = next((column for column in self.columns if column is not None), None)
        if named is not None:
            raise Unreadable(f"{name}: there are no columns here, so none is called {named!r}")

    @property
    def is_pair(self) -> bool:
        return len(self.columns) == 2


Reading = Callable[[Content, Query], tuple[Observed, ...]]


class Reader(NamedTuple):
    """One input format; `read` returns as many distributions as were wanted."""

    name: str
    summary: str
    suffixes: tuple[str, ...]
    read: Reading


READERS: Registry[Reader] = Registry("input format", "input formats")


def reader(
    name: str, *, summary: str, suffixes: tuple[str, ...], aliases: tuple[str, ...] = ()
) -> Callable[[Reading], Reading]:
    """Registers the decorated function as the reader of a format."""

    def register(read: Reading) -> Reading:
        READERS.add(name, Reader(name, summary, suffixes, read), aliases=aliases)
        return read

    return register
