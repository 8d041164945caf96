"""Which columns of a table are outcomes, and which say something else of a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from klcli.errors import NotADistribution
from klcli.sources.column_choice import position_of
from klcli.sources.rows.row_source import RowQuery
from klcli.support.safe_text import shorten

__all__ = ["Columns"]

Ids = Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Columns:
    """The positions of the columns of a table.

    Attributes:
        outcomes: those that hold masses. id: that of the names of the rows. others: those asked for, by name.
        has_names_only: whether no others can be asked for.
    """

    outcomes: tuple[int, ...]
    id: int | None
    others: Mapping[str, int]
    has_names_only: bool = False

    @classmethod
    def found(
        cls, query: RowQuery, names: Sequence[str], texts: Sequence[int] = (), *, has_index: bool = False
    ) -> "Columns":
        """Returns where the columns of a query stand; a column that is not there may be in the other operand.

        Args:
            texts: the positions of columns that hold no numbers.
            has_index: whether the first column has no name, so that it names the rows unless another does.
        """
        id_ = None if query.id is None else _position(query.id, names)
        others = {name: at for name in query.others if (at := _position(name, names)) is not None}
        if query.id is None and (has_index or query.finds_id):
            id_ = 0 if has_index else next((at for at in texts if at not in others.values()), None)
        taken = {id_, *others.values(), *([0] if has_index else [])}
        outcomes = tuple(index for index in range(len(names)) if index not in taken)
        return cls(outcomes, id_, others, query.finds_id)

    def taken(self, rows: Sequence[Sequence[str]]) -> tuple[Ids, Mapping[str, Sequence[str]]]:
        """Returns the names of rows, and the other columns by name."""
        ids = None if self.id is None else [cells[self.id] for cells in rows]
        return ids, {name: [cells[at] for cells in rows] for name, at in self.others.items()}

    def explained(self, error: NotADistribution, column: int, labels: Sequence[str] | None) -> NotADistribution:
        """Returns the error of a cell that is no number, with a cure where its column may be none of the outcomes."""
        if labels is None or error.hint is not None:
            return error
        label = repr(shorten(labels[column]))
        if self.has_names_only:
            hint = f"if {label} is no outcome, cut it out; only the names of the rows may stand beside them, see --id"
        else:
            option = "--id" if column == 0 and self.id is None else "--id, --target or --cluster"
            hint = f"a column that is no outcome is named by {option}: {label}"
        return NotADistribution(error.message, hint=hint)


def _position(name: str, names: Sequence[str]) -> int | None:
    at = position_of(name, len(names))  # a number first: where there is no header, any cell might be called so
    return list(names).index(name) if at is None and name in names else at
