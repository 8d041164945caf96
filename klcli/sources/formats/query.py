"""Queries: which distributions, or which rows of distributions, are wanted from a source."""

from collections.abc import Sequence
from typing import NamedTuple

from klcli.engines.address import Access
from klcli.errors import Unreadable
from klcli.notes import listing
from klcli.sources.formats.text_dialect import PLAIN, TextDialect
from klcli.support.sentence import Option, Sentence

__all__ = ["Query", "RowQuery"]

_LISTED = 12  # names of arrays that an error lists


class Query(NamedTuple):
    """The distributions that are wanted from a source: one, a pair, or every column.

    Attributes:
        columns: the name or number of a column for each distribution; None where the rules of the format find it.
        samples: for each distribution, True if its values are observations of labels.
        label: the column of the labels, or several, each combination of which is an outcome; None where the rules
            find it.
        every: True if each column but that of the labels is a distribution; the first column holds the labels if it
            holds text (observations have none).
        header: True if the first row of a text names the columns; None where the row itself decides.
        dialect: what is known of how a text writes cells and numbers.
        access: how an engine is reached.
        beside: names or numbers of columns that other queries of the same source want.
    """

    columns: tuple[str | None, ...] = (None,)
    samples: tuple[bool, ...] = (False,)
    label: str | tuple[str, ...] | None = None
    every: bool = False
    header: bool | None = None
    dialect: TextDialect = PLAIN
    access: Access = Access()
    beside: tuple[str, ...] = ()

    def refuse_columns(self, name: str) -> None:
        """Refuses a query that names a column, for a source without columns.

        Raises:
            Unreadable: the query names one.
        """
        named = next((column for column in self.columns if column is not None), None)
        if named is not None:
            raise Unreadable(f"there are no columns here, so none is called {named!r}", place=name)

    @property
    def is_pair(self) -> bool:
        return len(self.columns) == 2


class RowQuery(NamedTuple):
    """The rows of distributions that are wanted from a source.

    Attributes:
        array: the array, tensor or field that holds the distributions; None where the rules find it.
        side: "p", "q" or "": the default array, where there are several and none is named.
        id: the column of the names of the rows. others: further columns that are wanted. Neither holds an outcome, and
            either may be absent: the other operand may have it.
        finds_id: True if the first column of text holds the names of the rows, where `id` is None.
        header: True if the first row of a text names the columns; None where the row itself decides.
        dialect: what is known of how a text writes cells and numbers.
        is_transposed: True if the first axis of an array is the outcomes.
    """

    array: str | None = None
    side: str = ""
    id: str | None = None
    others: tuple[str, ...] = ()
    finds_id: bool = False
    header: bool | None = None
    dialect: TextDialect = PLAIN
    is_transposed: bool = False

    @property
    def named(self) -> tuple[str, ...]:
        """Every column that is asked for by name."""
        return (*((self.id,) if self.id is not None else ()), *self.others)

    def refuse_array(self, name: str) -> None:
        """Refuses a query that names an array, for a source without named arrays.

        Raises:
            Unreadable: the query names one.
        """
        if self.array is not None:
            raise Unreadable(
                f"there are no arrays with names here, so none is called {self.array!r}",
                place=name,
                hint="each column is an outcome: leave the name out",
            )

    def choose(self, names: Sequence[str], source: str, noun: str) -> str:
        """Returns the name of the array that holds the distributions, of those in a file.

        Raises:
            Unreadable: no array has the name that is asked for, or none is named and there are several.
        """
        wanted = self.array or (names[0] if len(names) == 1 else self.side)
        if wanted in names:
            return wanted
        found = f"no {noun} {wanted!r}" if wanted else f"several {noun}s, and none is named"
        hint = (
            Sentence("name one with ", Option("--p"), " or ", Option("--q"))
            if self.side
            else ("name one with " + Option("--array"))
        )
        raise Unreadable(f"{found}; there are {listing(names, most=_LISTED) or 'none'}", place=source, hint=hint)
