"""Results of the comparison of rows: a RowAnswer for each block of rows, and a RowSummary of all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from klcli.core.arithmetic.types import Array, Mask
from klcli.core.measures.kl import forward_kl
from klcli.core.measures.measure import Measure
from klcli.core.measures.selection import select

if TYPE_CHECKING:
    from klcli.core.estimation.record import Estimate
    from klcli.core.rows.comparison import RowComparison
    from klcli.core.rows.summary import Spread

__all__ = ["BOUNDS", "RowAnswer", "RowColumn", "RowSide", "RowSummary", "measure_of"]

# columns of the lower and the upper bound of a measure of which only bounds are known
BOUNDS = {forward_kl.name: (f"{forward_kl.name}_lower", f"{forward_kl.name}_upper")}


def measure_of(column: str) -> Measure:
    """Returns the measure whose values, or a bound on them, a column has."""
    bounded = {bound: name for name, bounds in BOUNDS.items() for bound in bounds}
    return select(bounded.get(column, column))


class RowColumn(NamedTuple):
    """A column of values, one for each row: its name, its title and notation for people, and its unit."""

    name: str
    title: str
    notation: str
    unit: str


class RowSide(NamedTuple):
    """P or Q: name, kind of numbers, and number of rows and of outcomes, None if unknown."""

    name: str
    kind: str
    rows: int | None
    outcomes: int | None


@dataclass(frozen=True, slots=True, eq=False)
class RowAnswer:
    """The results of consecutive rows, or of chosen ones.

    Attributes:
        first: Index of the first row. ids: Names of the rows, or None. sides: P and Q.
        columns: The columns of results. values: Array of shape (n,) for each column, by its name, in its unit.
        clusters: Cluster of each row, or None.
        comparison: Source of further quantities; None for lists of the most probable outcomes, and for stored results.
        stored: Quantities of stored results, else None.
        rows: Numbers of chosen rows, from 1; None for consecutive ones.
        refuse_floor: Mask of the rows in which Q gives nothing to what it does not list, and P may; None without lists.
    """

    first: int
    ids: Sequence[str] | None
    sides: tuple[RowSide, RowSide]
    columns: tuple[RowColumn, ...]
    values: Mapping[str, Array]
    clusters: Sequence[str] | None = None
    comparison: "RowComparison | None" = None
    stored: Mapping[str, Array] | None = None
    rows: Sequence[int] | None = None
    refuse_floor: Mask | None = None

    @property
    def numbers(self) -> Sequence[int]:
        """The numbers of the rows, from 1."""
        return range(self.first + 1, self.first + 1 + len(self)) if self.rows is None else self.rows

    @property
    def kind(self) -> str:
        """Its kind, as a part of a report."""
        return "rows"

    def __len__(self) -> int:
        return len(self.values[self.columns[0].name])

    def name(self, row: int) -> str:
        """Returns the name of a row, by its index in the block, or its number from 1."""
        return str(self.numbers[row]) if self.ids is None else self.ids[row]


class RowSummary(NamedTuple):
    """Statistics of all rows.

    Attributes:
        rows: Number of rows. columns: The columns of results. spreads: Statistics of each column, by its name.
        largest: Name of the first row with the largest value, by column.
        figures: Statistics of the rows together, by the names of FIGURES. clusters: Number of clusters, or None.
    """

    rows: int
    columns: tuple[RowColumn, ...]
    spreads: "Mapping[str, Spread]"
    largest: Mapping[str, str]
    figures: "Mapping[str, Estimate]"
    clusters: int | None
