"""The columns of a table of rows: which hold outcomes, which the name of a row or other facts about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from klcli.errors import InputError, NotADistribution, Unreadable
from klcli.notes import listing
from klcli.sources.columns.column_choice import no_column, position_of
from klcli.sources.columns.missing_numbers import is_missing
from klcli.sources.formats.query import RowQuery
from klcli.support.registry import nearest
from klcli.support.sentence import Option, Sentence
from klcli.support.text.safe_text import shorten

__all__ = ["NAMES_OF_ROWS", "RowColumns", "absent_names", "cure_of_names"]

_LISTED = 12  # columns that a hint lists
NAMES_OF_ROWS = ("custom_id", "id")  # columns that name a row; the first is that of a request in a batch of OpenAI

Ids = Sequence[str] | None


@dataclass(frozen=True, slots=True)
class RowColumns:
    """The positions of the columns of a table.

    Attributes:
        outcomes: columns of masses. id: the column of the names of the rows.
        others: further columns asked for, by name.
        has_names_only: True if the command takes no further columns.
        absent: the name that was asked for as the column of the names of the rows, if no column has it; else None.
    """

    outcomes: tuple[int, ...]
    id: int | None
    others: Mapping[str, int]
    has_names_only: bool = False
    absent: str | None = None

    @classmethod
    def found(
        cls,
        query: RowQuery,
        names: Sequence[str],
        texts: Sequence[int] = (),
        *,
        has_index: bool = False,
        index: Sequence[int] = (),
        blank: Sequence[int] = (),
    ) -> "RowColumns":
        """Returns the positions of the columns of a query; one that is absent may be in the other operand.

        Args:
            texts: the positions of columns of text.
            has_index: True if the first column has no heading, so that it names the rows unless another does.
            index: the positions of columns that are no outcomes; one alone names the rows unless another does.
            blank: the positions of columns that hold nothing.
        """
        id_ = None if query.id is None else _position(query.id, names)
        others = {name: at for name in query.others if (at := _position(name, names)) is not None}
        if query.id is None and (has_index or query.finds_id):
            id_ = 0 if has_index else next((at for at in texts if at not in others.values()), None)
        if id_ is None and query.id is None and len(index) == 1:
            id_ = index[0]
        taken = {id_, *index, *blank, *others.values(), *([0] if has_index else [])}
        outcomes = tuple(index for index in range(len(names)) if index not in taken)
        return cls(outcomes, id_, others, query.finds_id, query.id if id_ is None else None)

    def cells_asked_for(self, column: Callable[[int], Sequence[str]]) -> tuple[Ids, Mapping[str, Sequence[str]]]:
        """Returns the names of rows, and the cells of the further columns by name; `column` gives those of one."""
        ids = None if self.id is None else column(self.id)
        return ids, {name: column(at) for name, at in self.others.items()}

    @staticmethod
    def texts(rows: Sequence[Sequence[object]], is_number: Callable[[Any], bool]) -> list[int]:
        """Returns the positions of the columns of text: those with cells that are not missing, none of them a number.

        The first column, which may name the rows, is text if most of its cells are.
        """
        found = []
        for at, column in enumerate(zip(*rows, strict=False)):
            known = [cell for cell in column if not (cell is None or (isinstance(cell, str) and is_missing(cell)))]
            numbers = sum(map(is_number, known))
            if known and (not numbers or (at == 0 and 2 * numbers < len(known))):
                found.append(at)
        return found

    def explained(self, error: NotADistribution, column: int, labels: Sequence[str] | None) -> NotADistribution:
        """Returns the error of a cell that is not a number, with a cure if its column may not be an outcome."""
        if labels is None or error.hint is not None:
            return error
        label = repr(shorten(labels[column]))
        if self.absent is not None:
            hint = cure_of_names(labels[column], self.absent, labels)
        elif self.has_names_only:
            hint = Sentence(
                f"if {label} is not an outcome, remove it; only names of rows may stand beside outcomes, see ",
                Option("--id"),
            )
        else:
            others = () if column == 0 and self.id is None else (", ", Option("--target"), " or ", Option("--cluster"))
            hint = Sentence(f"if {label} is not an outcome, name the column with ", Option("--id"), *others)
        return NotADistribution(error.finding, place=error.place, hint=hint)


def cure_of_names(label: str, asked: str | None, labels: Sequence[str]) -> str:
    """Returns the cure for an outcome of texts, which may name the rows; `asked` is the column that is to do so."""
    if asked is None or asked in labels:
        return "if it names the rows, pass " + Option("--id", label)
    near = nearest(asked, labels)
    known = f"did you mean {near[0]}?" if near else f"the columns are {listing(labels, most=_LISTED)}"
    return Sentence(Option("--id"), f" names {shorten(asked)!r}, and no column is called so: {known}")


def absent_names(asked: str, labels: Sequence[str] | None, place: str = "") -> InputError:
    """Returns the error for rows none of which has the column that is to name them; `place` says where it may be."""
    option = f", which --id names{place}"
    if labels is None:
        return Unreadable(f"no column {asked!r}{option}")
    return no_column(asked, labels, option)


def _position(name: str, names: Sequence[str]) -> int | None:
    at = position_of(name, len(names))  # a number first: without a header, any cell might have this name
    return list(names).index(name) if at is None and name in names else at
