"""The comparison of many pairs of distributions: row i of P with row i of Q.

Blocks of rows that stay in the second-level cache are shared by the processors. What a row gives depends on that row
alone: not on the rows beside it, nor on how many processors there are.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from klcli.core.arithmetic.types import Array, Index
from klcli.core.distributions.read_rows import unsmoothed_rows
from klcli.core.distributions.rows import Rows
from klcli.core.distributions.units import Base, UnitKind, are_lost, parse_base, scale, unit_name
from klcli.core.evaluation.evaluate import evaluate_tiny
from klcli.core.evaluation.nan_check import refuse_nan
from klcli.core.evaluation.rows_of_logits import values_by_logarithm
from klcli.core.evaluation.rows_of_masses import values_of_masses
from klcli.core.measures.masks import are_of_masks
from klcli.core.measures.measure import DEFAULT_MEASURES, MEASURES, Measure
from klcli.core.measures.selection import names_of, select
from klcli.core.pairs.pair import MAGNIFICATION
from klcli.core.rows.outcomes import log_mass_at, targets_of, top_outcomes
from klcli.errors import NotComparable, UsageError
from klcli.notes import Note, one_outcome_each, rows_infinite, rows_made_by_masks, rows_smoothed, together
from klcli.support.optional_package import need
from klcli.support.text.text_table import MOST_ROWS, Shown, TextTable

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["RowComparison", "compare_rows"]

_NAMED = 5  # rows that a note names


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RowComparison(Shown):
    """How different each row of P is from that of Q. What was not asked for is computed when it is.

    `comparison.forward_kl` and `comparison["renyi:2"]` are arrays of shape (n,) in the unit of `base`; `nats` holds
    them in nats.

    Attributes:
        target: the outcome that occurred in each row, shape (n,), or None.
    """

    p: Rows
    q: Rows
    base: Base
    measures: tuple[Measure, ...]
    target: Index | None
    nats: dict[str, Array] = field(repr=False)
    _found: dict[str, Any] = field(repr=False, default_factory=dict)

    def __len__(self) -> int:
        return len(self.p)

    @property
    def unit(self) -> str:
        """The unit of information: nats, bits, bans, or the base."""
        return unit_name(UnitKind.INFORMATION, self.base)

    @property
    def values(self) -> dict[str, Array]:
        """The measures that were asked for, by name, in the unit of `base`."""
        return {measure.name: self.value(measure) for measure in self.measures}

    @property
    def notes(self) -> tuple[Note, ...]:
        """Notes on what was assumed, what was done to the data, and in which rows a value is infinite."""
        return tuple(self._notes())

    def _notes(self) -> Iterator[Note]:
        yield from together(self.p.notes, self.q.notes)
        if self.p.before is not None:
            rows, smoothing = self.p.before
            yield from rows.notes
            yield rows_smoothed(smoothing.text, rows.outcomes)
        if self.q.before is not None:
            yield from self.q.before[0].notes
        if self.p.outcomes == 1:
            yield one_outcome_each("P and Q")
        for measure in self.measures:
            where = np.flatnonzero(np.isinf(self.value(measure)))
            if where.size:
                yield rows_infinite(measure.name, where.size, _first(where))
        if self.p.are_logarithms or self.q.are_logarithms:
            for measure in self.measures:
                where = np.flatnonzero(are_of_masks(measure, self.nats[measure.name]))
                if where.size:
                    yield rows_made_by_masks(measure.name, where.size, _first(where))

    def to_pandas(self) -> "DataFrame":
        """Returns a row for each row, with a column for each measure that was asked for."""
        found: DataFrame = need("pandas", purpose="to_pandas()").DataFrame(self.values)
        return found

    def _text_table(self) -> TextTable:
        count = len(self)
        half = MOST_ROWS // 2
        shown = range(count) if count <= MOST_ROWS else (*range(half), *range(count - half, count))
        values = self.values
        rows: list[Sequence[str | float]] = [
            (str(row), *(float(each[row]) for each in values.values())) for row in shown
        ]
        if count > MOST_ROWS:
            rows.insert(half, ("…", *[""] * len(values)))
        units = " ".join(dict.fromkeys(unit for each in self.measures if (unit := unit_name(each.unit, self.base))))
        heading = f"{count:,} rows of {self.p.outcomes:,} outcomes" + f", in {units}" * bool(units)
        return TextTable(heading, ("", *values), rows, tuple(f"note: {note.text}" for note in self.notes))

    def value(self, measure: Measure) -> Array:
        """Returns a measure's values in the unit of `base`, shape (n,)."""
        if measure.name not in self.nats:
            self.nats.update(_evaluate(self.p, self.q, [measure]))
        nats = self.nats[measure.name]
        values = nats * scale(1.0, measure.unit, self.base)
        lost = are_lost(nats, measure.unit, self.base)
        if measure.has_tiny and lost.any():
            values[lost] = self._values_of_tiny(measure, np.flatnonzero(lost))
        return values

    def _values_of_tiny(self, measure: Measure, rows: Index) -> Array:
        """Values that are known in their unit where they are lost in nats."""
        p, q = self.p, self.q
        magnified = evaluate_tiny(
            measure,
            p.masses(rows),
            q.masses(rows),
            log_p=p.block(rows) if p.are_logarithms else None,
            log_q=q.block(rows) if q.are_logarithms else None,
            unsmoothed=unsmoothed_rows(p, q, rows),
        )
        return np.asarray(scale(magnified, measure.unit, self.base) / MAGNIFICATION)

    @property
    def top_p(self) -> Index:
        """The most probable outcome of each row of P, the first of equals; shape (n,)."""
        return self._once("top_p", lambda: top_outcomes(self.p))

    @property
    def top_q(self) -> Index:
        """The most probable outcome of each row of Q, the first of equals; shape (n,)."""
        return self._once("top_q", lambda: top_outcomes(self.q))

    @property
    def mass_p_at_top_p(self) -> Array:
        """The probability of P's most probable outcome under P, shape (n,)."""
        return np.exp(self._once("log_p_at_top_p", lambda: log_mass_at(self.p, self.top_p)))

    @property
    def mass_q_at_top_p(self) -> Array:
        """The probability of P's most probable outcome under Q, shape (n,)."""
        return np.exp(self._once("log_q_at_top_p", lambda: log_mass_at(self.q, self.top_p)))

    @property
    def log_p_at_target(self) -> Array:
        """The natural logarithm of the probability of the target under P, -inf where it has none; shape (n,).

        Raises:
            UsageError: no target was given.
        """
        return self._once("log_p_at_target", lambda: log_mass_at(self.p, self._target()))

    @property
    def log_q_at_target(self) -> Array:
        """The logarithm of the probability that Q gives to the target, in nats, shape (n,)."""
        return self._once("log_q_at_target", lambda: log_mass_at(self.q, self._target()))

    def _target(self) -> Index:
        if self.target is None:
            raise UsageError("there is no target to take the probability of", hint="pass target=, one outcome a row")
        return self.target

    def _once(self, name: str, compute: Callable[[], Any]) -> Any:
        if name not in self._found:
            self._found[name] = compute()
        return self._found[name]

    def __getitem__(self, name: str) -> Array:
        if not isinstance(name, str):
            raise UsageError(
                f"{name!r} is not the name of a measure", hint='as in found["forward_kl"][0], of the first row'
            )
        return self.value(select(name))

    def __getattr__(self, name: str) -> Array:
        if name.startswith("_") or name not in MEASURES:
            raise AttributeError(f"a comparison of rows has no measure {name!r}")
        return self[name]

    def __dir__(self) -> list[str]:
        return [*object.__dir__(self), *(name for name in MEASURES.names() if not MEASURES.lookup(name).orders)]


def compare_rows(
    p: Rows,
    q: Rows,
    measures: str | Sequence[Measure | str] = DEFAULT_MEASURES,
    *,
    target: ArrayLike | None = None,
    base: object = "e",
) -> RowComparison:
    """Returns the comparison of row i of P with row i of Q, for each i.

    Args:
        p, q: read already, or not: then each row is read as it is compared, which saves a way through memory.
        measures: those to compute now, by name, as `names_of` reads them, or as they are.
        target: the outcome that occurred in each row, as whole numbers from 0, shape (n,).
        base: "e", or a number above 1.

    Raises:
        NotADistribution: a row that was not read is not of its kind.
        NotComparable: the two differ in rows or in outcomes, or a target is no outcome.
        UsageError: a name or the base is wrong.
    """
    unit = parse_base(base)
    for what, ours, theirs in (("rows", len(p), len(q)), ("outcomes a row", p.outcomes, q.outcomes)):
        if ours != theirs:
            raise NotComparable(f"{p.name or 'P'} has {ours:,} {what} and {q.name or 'Q'} has {theirs:,}")
    texts = [measures] if isinstance(measures, str) else measures
    asked = (one for each in texts for one in (map(select, names_of(each)) if isinstance(each, str) else [each]))
    chosen = tuple({measure.name: measure for measure in asked}.values())
    index = None if target is None else targets_of(target, p)
    values = _evaluate(p, q, chosen)
    p.check()
    q.check()
    return RowComparison(p, q, unit, chosen, index, values)


def _first(rows: Index) -> tuple[str, ...]:
    return tuple(str(row + 1) for row in rows[:_NAMED].tolist())


def _evaluate(p: Rows, q: Rows, measures: Iterable[Measure]) -> dict[str, Array]:
    by_logarithm = p.are_logarithms or q.are_logarithms
    return refuse_nan((values_by_logarithm if by_logarithm else values_of_masses)(list(measures), p, q))
