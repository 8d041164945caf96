"""Pairs of rows: row i of P with row i of Q, in blocks."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from klcli.core.rows.top_lists import TopList
from klcli.notes import Note
from klcli.sources.formats.row_source import RowBlock

__all__ = ["PairBlock", "RowPairs", "Side", "TopBlock"]


@dataclass(frozen=True, slots=True)
class PairBlock:
    """Equally many rows of P and of Q; row i of one belongs to row i of the other."""

    p: RowBlock
    q: RowBlock

    def __len__(self) -> int:
        return len(self.p.values)

    @property
    def first(self) -> int:
        """The index of the first row among all rows, from 0."""
        return self.p.first

    def part(self, rows: range) -> "PairBlock":
        """Returns some consecutive rows."""
        return PairBlock(self.p.part(rows.start, rows.stop), self.q.part(rows.start, rows.stop))


@dataclass(frozen=True, slots=True)
class TopBlock:
    """Lists of the most probable outcomes of P, and those of Q for the same rows; see RowBlock for the rest."""

    p: Sequence[TopList]
    q: Sequence[TopList]
    first: int
    ids: Sequence[str] | None = None
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.p)

    def part(self, rows: range) -> "TopBlock":
        """Returns some consecutive rows."""
        where = slice(rows.start, rows.stop)
        return TopBlock(
            self.p[where], self.q[where], self.first + rows.start, None if self.ids is None else self.ids[where],
            {name: cells[where] for name, cells in self.columns.items()},
        )  # fmt: skip

    @property
    def whole_lists(self) -> int:
        """The number of lists that hold all the mass."""
        return sum(each.is_whole and each.is_list for side in (self.p, self.q) for each in side)

    @property
    def not_listed(self) -> int:
        """The number of outcomes with the logarithm -9999, which stands for one that is not listed."""
        return sum(each.not_listed for side in (self.p, self.q) for each in side)


@dataclass(frozen=True, slots=True)
class Side:
    """The properties of P or of Q that are known before it is read.

    Attributes:
        name: of the source. count: the number of rows, or None. kind: of the numbers, as after `--as`, or None.
        columns: those of the columns asked for that it has.
    """

    name: str
    count: int | None = None
    kind: str | None = None
    columns: Sequence[str] = ()


class RowPairs(ABC):
    """The rows of P and Q.

    Attributes:
        p, q: properties known before reading.
        is_live: True if more rows may arrive at any time, so that each is answered at once.
    """

    p: Side
    q: Side
    is_live: bool

    @property
    def notes(self) -> tuple[Note, ...]:
        """The assumptions made; complete once all blocks were read."""
        return ()

    @abstractmethod
    def blocks(self, size: int) -> Iterator[PairBlock | TopBlock]:
        """Yields blocks of about `size` numbers on each side.

        Raises:
            InputError: a source is not what it claims to be, or one has more rows than the other.
        """
