"""Holds what `kl matrix` was asked for, and makes the report that all its answers share.

The direction is stated with `row` for P and `column` for Q: KL(row‖column).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np

from klcli.core.arithmetic.types import Array, Mask
from klcli.core.distributions.units import Base, scale, unit_name
from klcli.core.limits import Limit, Verdict
from klcli.core.matrix.pair_values import Matrix
from klcli.core.measures.masks import are_of_masks
from klcli.core.measures.measure import Measure
from klcli.core.pairs.supports import CAUSES
from klcli.document.rows import matrix
from klcli.notes import Cause, Note, entries_infinite, entries_made_by_masks
from klcli.reports.parts import Cell, Column, Facts, Part, Picture, Verdicts
from klcli.reports.report import Report, definition_of
from klcli.sources.rows.distribution_table import DistributionTable

__all__ = ["MatrixRequest", "Values", "described"]

Scalable = TypeVar("Scalable", Array, Matrix)

_NAMED = 5  # entries that a note names

_Answer = Callable[[], Mapping[str, object]]
_Lines = Callable[[], Iterable[Mapping[str, Cell]]]


class Values(NamedTuple):
    """The values of a report: nats, in blocks of shape (n,), and the name of the pair, or of the row, of each."""

    blocks: Callable[[], Iterable[Array]]
    name: Callable[[int], str]

    def those(self, is_meant: Callable[[Array], Mask]) -> tuple[int, tuple[str, ...]]:
        """Returns how many values are meant, and the names of the first."""
        count, end = 0, 0
        first: list[int] = []
        for nats in self.blocks():
            where = np.flatnonzero(is_meant(nats))
            first += (where[: _NAMED - len(first)] + end).tolist()
            count, end = count + len(where), end + len(nats)
        return count, tuple(map(self.name, first))


@dataclass(frozen=True, slots=True)
class MatrixRequest:
    """The request of `kl matrix`.

    Attributes:
        measure: The measure. base: Base of the logarithm. smoothing: As `--smooth`, or "none".
        limit: Limit on every entry except those of a row with itself, or None.
        q: Name of Q; P is the row.
    """

    measure: Measure
    base: Base
    smoothing: str = "none"
    limit: Limit | None = None
    q: str = "column"

    @property
    def notation(self) -> str:
        """The measure in symbols: KL(row‖column)."""
        return self.measure.notation_of("row", self.q)

    @property
    def unit(self) -> str:
        """The unit of the values; empty if they have none."""
        return unit_name(self.measure.unit, self.base)

    @property
    def heading(self) -> str:
        """The notation with the unit in brackets: KL(row‖column) [nats]."""
        return f"{self.notation} [{self.unit}]" if self.unit else self.notation

    @property
    def shared(self) -> dict[str, Cell]:
        """Properties that all values share, by column."""
        return {"measure": self.measure.name, "notation": self.notation, "unit": self.unit, "smoothing": self.smoothing}

    def scaled(self, nats: Scalable) -> Scalable:
        """Returns values in the unit of `base`."""
        factor = scale(1.0, self.measure.unit, self.base)
        return nats if factor == 1.0 else nats * factor

    def columns(self) -> tuple[Column, ...]:
        """Returns the column of values and the columns that all values share."""
        value = Column("value", self.heading, is_number=True, is_measure=True, is_heat=True)
        return (value, *(Column(key, key, for_people=False) for key in self.shared))

    def report(
        self, rows: DistributionTable, table: Part, answer: _Answer, lines: _Lines, values: Values,
        largest: tuple[float, str] | None, *facts: tuple[str, ...], reference: DistributionTable | None = None,
        picture: Picture | None = None,
    ) -> Report:  # fmt: skip
        """Returns a report.

        Args:
            table: Part that shows the values. answer: Makes their part of the document. lines: Makes a record a value.
            facts: Facts besides those of the rows.
            largest: Largest value to which the limit applies, in nats, and the name of its pair, or None.
            reference: The rows compared with, if they are not the rows themselves.
            picture: Picture of the values, or None.
        """
        stacks = [rows] if reference is None else [rows, reference]
        found = (*(note for each in stacks for note in each.notes), *self._infinite_notes(values, stacks))
        if rows.stack.log_mass is not None:
            count, first = values.those(lambda nats: are_of_masks(self.measure, nats))
            found = (*found, entries_made_by_masks(self.measure.name, count, first)) if count else found
        verdicts: tuple[Verdict, ...] = ()
        if self.limit is not None and largest is not None:
            value = float(self.scaled(np.array(largest[0])))
            verdicts = (Verdict(self.measure.name, self.limit.limit, value, self.unit, place=largest[1]),)
        smoothing = (("smoothing", self.smoothing, "of every row"),) if self.smoothing != "none" else ()
        facts = (
            ("rows", rows.source, described(rows)), *facts, *smoothing,
            (self.notation, self.measure.formula, f"in {self.unit}" if self.unit else ""),
        )  # fmt: skip
        return Report(
            "matrices",
            (Facts(facts), table, *([picture] if picture else []), *([Verdicts(verdicts)] if verdicts else [])),
            lambda: matrix(
                self.shared, self.base, rows.source, rows.kind, rows.stack.outcomes, answer(), found, verdicts
            ),
            lines,
            rows.source,
            found,
            verdicts,
            "--fail-above",
            definition=definition_of(self.measure),
        )

    def _infinite_notes(self, values: Values, stacks: Iterable[DistributionTable]) -> Iterator[Note]:
        """Yields a note if values are infinite; where no mass is 0, the cause is overflow."""
        count, first = values.those(lambda nats: np.isinf(self.scaled(nats)))
        if not count:
            return
        q = f"the {self.q}" if self.q == "column" else self.q
        is_full = all(bool(each.stack.support().all()) for each in stacks)
        causes = (not is_full and CAUSES[self.measure.support_law]) or (Cause.OVERFLOW,)
        yield entries_infinite(count, causes, "the row", q, first)


def described(rows: DistributionTable) -> str:
    """Returns the number of distributions, their kind, and the number of outcomes, in words."""
    outcomes = rows.stack.outcomes
    many = f"{len(rows):,} × " if len(rows) > 1 else ""
    return f"{many}{rows.kind}, {outcomes:,} outcome{'s' * (outcomes != 1)}"
