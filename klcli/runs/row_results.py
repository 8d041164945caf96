"""What the comparison of rows has to say: a RowAnswer for each block as it is done, a RowSummary of them all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from klcli.core.arithmetic.types import Array

if TYPE_CHECKING:
    from klcli.core.rows.comparison import RowComparison
    from klcli.core.rows.summary import Estimate, Spread

__all__ = ["BOUNDS", "RowAnswer", "RowColumn", "RowSide", "RowSummary"]

# the columns that stand for a measure of which only bounds are known: at least, at most
BOUNDS = {"forward_kl": ("forward_kl_lower", "forward_kl_upper")}


class RowColumn(NamedTuple):
    """A value that each row has: its name, its title and notation for people, and its unit."""

    name: str
    title: str
    notation: str
    unit: str


class RowSide(NamedTuple):
    """P or Q: the name, what its numbers are, and how many rows and outcomes it has, None where that is not known."""

    name: str
    kind: str
    rows: int | None
    outcomes: int | None


@dataclass(frozen=True, slots=True, eq=False)
class RowAnswer:
    """What some rows that follow each other come to.

    Attributes:
        first: the index of the first. ids: their names, or None. subjects: P and Q.
        columns: what is known of each row. values: by the name of a column, shape (n,), in its unit.
        clusters: the names of the clusters of the rows, or None.
        comparison: for what is asked besides; None of lists of the most probable outcomes.
    """

    first: int
    ids: Sequence[str] | None
    subjects: tuple[RowSide, RowSide]
    columns: tuple[RowColumn, ...]
    values: Mapping[str, Array]
    clusters: Sequence[str] | None = None
    comparison: "RowComparison | None" = None

    @property
    def kind(self) -> str:
        """What they are called as a part of a report."""
        return "rows"

    def __len__(self) -> int:
        return len(self.values[self.columns[0].name])

    def name(self, row: int) -> str:
        """Returns the name of a row of these, or its number from 1."""
        return str(self.first + row + 1) if self.ids is None else self.ids[row]


class RowSummary(NamedTuple):
    """What all rows come to.

    Attributes:
        rows: how many there are. columns: what each has. spreads: how it lies, by the name of a column.
        largest: the name of the first row with the largest value, by the name of a column.
        figures: what all rows together have, by the names of FIGURES. clusters: how many there are, or None.
    """

    rows: int
    columns: tuple[RowColumn, ...]
    spreads: "Mapping[str, Spread]"
    largest: Mapping[str, str]
    figures: "Mapping[str, Estimate]"
    clusters: int | None
