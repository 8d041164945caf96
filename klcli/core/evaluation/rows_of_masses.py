"""The measures of many rows of masses: each row by the cheapest way that keeps its digits.

The textbook sums are taken first, and trusted row by row; the exact ways only for the rows that are left, gathered so
that these are many at a time as well. What is decided for a row is decided by its own numbers.
"""

import numpy as np

from klcli.core.arithmetic.parallel import blocks, each_block
from klcli.core.arithmetic.types import Index
from klcli.core.distributions.read_rows import unsmoothed_rows
from klcli.core.distributions.rows import Rows
from klcli.core.evaluation.by_kernel import answers, row_answer, take_facts
from klcli.core.evaluation.evaluate import evaluate, exact_values, rounded
from klcli.core.evaluation.row_values import Values
from klcli.core.evaluation.textbook_rows import put_textbook_values
from klcli.core.measures.measure import Measure
from klcli.core.pairs.double_double_pair import DoubleDoublePair
from klcli.core.pairs.float64_pair import Float64Pair
from klcli.core.pairs.normaliser import NormalisedPair
from klcli.core.pairs.scaling import Scaled, every, in_range, units

__all__ = ["values_of_masses"]

_HELD = 4  # times as many arrays are held at once by the exact ways as by the textbook sums


_GATHERED = 2**22  # numbers of rows that the kernel leaves, at a time


def values_of_masses(chosen: list[Measure], p: Rows, q: Rows) -> Values:
    """Returns each measure's values, shape (n,), in nats."""
    able = [each for each in chosen if each.kernel_form]
    answer = row_answer(able, p, q) if able else None
    with np.errstate(all="ignore"):
        if answer is None:
            return _RowValues(chosen, p, q).found
        found = Values.none_of(chosen, len(p))
        take_facts(answer, p, q)
        found.put_known(answers(able, answer))
        left = np.flatnonzero(found.lacks(each.name for each in able))
        for where in blocks(len(left), max(1, _GATHERED // p.outcomes)):
            rows = left[where]
            found.fill(rows, dict(_RowValues(able, p.take(rows), q.take(rows)).found))
        others = [each for each in chosen if not each.kernel_form]
        if others:
            found.update(_RowValues(others, p, q).found)
    return found.bounded(chosen)


class _RowValues:
    """Values by the name of the measure, NaN until found."""

    def __init__(self, chosen: list[Measure], p: Rows, q: Rows) -> None:
        self.chosen, self.p, self.q = chosen, p, q
        self.found = Values.none_of(chosen, len(p))
        if p.at_a_time == 1:
            each_block(len(p), lambda: self._put_one, size=1)
            self._check()
            for row in np.flatnonzero(self.found.lacks(self.found)).tolist():
                self._put_one(slice(row, row + 1))
            return
        if p.before is not None:
            self._put_smoothed()
            return
        sums = [each for each in chosen if each.reduce is np.add]
        textbook = [each for each in sums if each.textbook]
        put_textbook_values(textbook, p, q, self.found)
        self._check()
        known = [side.min_and_sum(slice(0, len(p))) for side in (p, q)]
        self.is_scaled = np.logical_and(*(in_range(totals)[:, 0] for _, totals in known))
        is_left = np.ones(len(p), dtype=bool) if not textbook else self.found.lacks(each.name for each in textbook)
        self._put_exact(sums, np.flatnonzero(is_left))
        self._put_exact([each for each in sums if not each.textbook], np.flatnonzero(~is_left))
        self._put_exact([each for each in chosen if each.reduce is not np.add], np.arange(len(p)), one_by_one=True)
        self.found = self.found.bounded(chosen)

    def _put_smoothed(self) -> None:
        """The values of smoothed rows, whose masses are rounded here: by textbook sums where these can stand it."""
        put_textbook_values(rounded(self.chosen), self.p, self.q, self.found)
        self._check()
        is_left = np.flatnonzero(self.found.lacks(self.found))
        left = self.chosen

        def add(where: slice) -> None:
            rows = is_left[where]
            before = unsmoothed_rows(self.p, self.q, rows)
            if before is not None:
                self.found.fill(rows, exact_values(left, before.whole, self.p.outcomes))

        each_block(len(is_left), lambda: add, size=max(1, self.p.at_a_time // _HELD))
        self.found = self.found.bounded(self.chosen)

    def _check(self) -> None:
        self.p.check()
        self.q.check()

    def _put_one(self, where: slice) -> None:
        """A row that fills the cache by itself is evaluated as one distribution."""
        known = []
        for side in (self.p, self.q):
            side.read(where)
            known.append((side.least[where].item(), side.totals[where].item()))
        if self.p.is_fine[where] and self.q.is_fine[where]:
            (p,), (q,) = self.p.masses(where), self.q.masses(where)
            before = unsmoothed_rows(self.p, self.q, where)
            alone = before.alone if before else None
            for name, value in evaluate(self.chosen, p, q, known=(known[0], known[1]), unsmoothed=alone).items():
                self.found[name][where] = value

    def _put_exact(self, chosen: list[Measure], index: Index, *, one_by_one: bool = False) -> None:
        """The values of these rows that are not there yet."""

        def put(masses: NormalisedPair, at: Index) -> None:
            self.found.fill(at, exact_values(chosen, masses, self.p.outcomes))

        def put_level(at: Index, scaled: Scaled) -> Index:
            level = Float64Pair(scaled)
            if not every(level.is_accurate):
                at, level = at[level.is_accurate], Float64Pair(scaled.rows(level.is_accurate))
            if at.size:
                put(level, at)
            return at

        def add(where: slice) -> None:
            rows = index[where]
            some = rows[:0] if one_by_one else rows[self.is_scaled[rows]]
            parts = self._scaled(some).with_equal_totals.by_equality_of_totals() if some.size else []
            done = [put_level(some[part], alike) for part, alike in parts]
            left = np.setdiff1d(rows, np.concatenate([some[:0], *done]), assume_unique=True)
            if left.size:
                masses = DoubleDoublePair(self.p.masses(left), self.q.masses(left))
                if masses.has_underflow.any() and not masses.has_underflow.all():
                    for some in (left[masses.has_underflow], left[~masses.has_underflow]):
                        put(DoubleDoublePair(self.p.masses(some), self.q.masses(some)), some)
                else:
                    put(masses, left)

        if chosen:
            each_block(len(index), lambda: add, size=max(1, self.p.at_a_time // _HELD))

    def _scaled(self, rows: Index) -> Scaled:
        known = (self.p.min_and_sum(rows), self.q.min_and_sum(rows))
        return Scaled(self.p.masses(rows), self.q.masses(rows), *units(known))
