"""The measures of many rows of masses: each row by the cheapest way that keeps its digits.

The textbook sums are taken first, and trusted row by row; the exact ways only for the rows that are left, gathered so
that these are many at a time as well. What is decided for a row is decided by its own numbers.
"""

from collections.abc import Callable

import numpy as np

from klcli.core.blocks import Rooms, blocks, each_block
from klcli.core.error_free import Array
from klcli.core.exact import Whole
from klcli.core.level import Level, drift, p_excess, q_excess
from klcli.core.logarithms import Logarithms
from klcli.core.masses import Masses
from klcli.core.measure import Measure, bounded, evaluate, exact_values
from klcli.core.near_rows import near_sums
from klcli.core.pair import Index, Mask
from klcli.core.plain import Plain, sums_of
from klcli.core.plain_sums import PlainBlock, Sum
from klcli.core.rows import Rows
from klcli.core.scaled import Scaled, every, in_range, units
from klcli.core.score_row import ScoreRow
from klcli.core.scores import ScorePair
from klcli.core.softmax import Extremes, Scores

__all__ = ["values_by_logarithm", "values_of_masses"]

Values = dict[str, Array]

# Two threads whose calls of numpy take 10 µs often wait for each other, and to be woken takes longer than the call.
_AT_ONCE = 2  # times what the second-level cache holds is taken at once
_READ = 4  # times as many rows are read at once, for what Python itself does
_WIDE, _WIDEST = 30_000, 2**18  # outcomes of one row that is taken by itself: 16 MiB of scratch
_PROBED, _PROBE = 512, 32  # outcomes, and how many of them are looked at first
_PROMISING = 0.35 / 4 / 2  # the sum of (q - p)²/(p + q), about KL, beside that of p + q
_HELD = 4  # times as many arrays are held at once by the exact ways as by the textbook sums


def values_of_masses(chosen: list[Measure], p: Rows, q: Rows) -> Values:
    """Returns each measure's values, shape (n,), in nats."""
    with np.errstate(all="ignore"):
        return _RowValues(chosen, p, q).found


def values_by_logarithm(chosen: list[Measure], p: Rows, q: Rows) -> Values:
    """Returns the same where a side is known by its logarithms."""
    found = {each.name: np.full(len(p), np.nan) for each in chosen}
    are_singles = p.are_singles and q.are_singles
    at_once = p.at_once(_AT_ONCE)
    by_scores = [(found[each.name], each.by_scores) for each in chosen if each.of_scores]

    def begin() -> Callable[[slice], None]:
        rooms = Rooms()
        alone = ScoreRow(p.outcomes) if _WIDE <= p.outcomes <= _WIDEST else None

        def scores(side: Rows, rows: slice, part: slice, extremes: Extremes | None) -> Scores:
            values = side.scores(slice(rows.start + part.start, min(rows.start + part.stop, rows.stop)))
            if extremes is None:
                return Scores(values, Extremes.of(values), slice(None), are_singles)
            return Scores(values, extremes, part, are_singles)

        def put(rows: slice) -> None:
            p.read(rows)
            q.read(rows)
            is_fine = p.is_fine[rows] & q.is_fine[rows]
            parts = blocks(len(is_fine), at_once)
            of_these = [(values[rows], of_scores) for values, of_scores in by_scores]
            known = [side.extremes(rows) for side in (p, q)]
            for part in parts:
                of_p, of_q = scores(p, rows, part, known[0]), scores(q, rows, part, known[1])
                pair = ScorePair(of_p, of_q, rooms, alone)
                for values, of_scores in of_these:
                    values[part] = of_scores(pair)
            for values, _ in of_these:
                values[~is_fine] = np.nan
            is_left = np.logical_or.reduce([np.isnan(found[each.name][rows]) for each in chosen]) & is_fine
            if is_left.any():
                for part in parts:
                    put_exact(rows.start + part.start + np.flatnonzero(is_left[part]))

        return put

    def put_exact(rows: Index) -> None:
        left = [each for each in chosen if np.isnan(found[each.name][rows]).any()]
        if left:
            logs = Logarithms(p.logarithms(rows), q.logarithms(rows))
            for name, value in exact_values(left, logs, p.outcomes).items():
                old = found[name][rows]
                found[name][rows] = np.where(np.isnan(old), value, old)

    if chosen:
        with np.errstate(all="ignore"):
            each_block(len(p), begin, size=_READ * at_once, worth=1)
            p.check()
            q.check()
            for row in _not_found(found):
                begin()(slice(row, row + 1))
    return {each.name: bounded(found[each.name], each.upper_bound) for each in chosen}


def _not_found(found: Values) -> list[int]:
    """The rows without a value: those that no screen knows, and that are of their kind all the same."""
    return [int(row) for row in np.flatnonzero(np.any([np.isnan(each) for each in found.values()], axis=0))]


def _seem_far(scaled: Scaled) -> Mask:
    """Whether the textbook's sum is worth a try, by the first outcomes of each row; shape (n,)."""
    p, q = scaled.block(slice(_PROBE))
    both = p + q
    gap = q - p
    gap *= gap
    gap /= both
    return np.asarray(np.add.reduce(gap, axis=-1) >= _PROMISING * np.add.reduce(both, axis=-1))


class _RowValues:
    """The values by the name of the measure, NaN where there is none yet."""

    def __init__(self, chosen: list[Measure], p: Rows, q: Rows) -> None:
        self.chosen, self.p, self.q = chosen, p, q
        self.found: Values = {each.name: np.full(len(p), np.nan) for each in chosen}
        if p.at_a_time == 1:
            each_block(len(p), lambda: self._put_one, size=1)
            self._check()
            for row in _not_found(self.found):
                self._put_one(slice(row, row + 1))
            return
        sums = [each for each in chosen if each.reduce is np.add]
        plain = {each.name: each.plain for each in sums if each.plain}
        if plain:
            self._put_plain(plain)
        self._check()
        known = [side.census(slice(0, len(p))) for side in (p, q)]
        self.is_scaled = np.logical_and(*(in_range(totals)[:, 0] for _, totals in known))
        is_left = np.logical_or.reduce([np.isnan(self.found[name]) for name in plain] or [np.ones(len(p), dtype=bool)])
        self._put_exact(sums, np.flatnonzero(is_left))
        self._put_exact([each for each in sums if not each.plain], np.flatnonzero(~is_left))
        self._put_exact([each for each in chosen if each.reduce is not np.add], np.arange(len(p)), one_by_one=True)
        for each in chosen:
            self.found[each.name] = bounded(self.found[each.name], each.upper_bound)

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
            for name, value in evaluate(self.chosen, p, q, known=(known[0], known[1])).items():
                self.found[name][where] = value

    def _put_plain(self, plain: dict[str, Plain]) -> None:
        """The textbook sums that can be trusted, of the rows whose masses are all there and in range."""
        at_once = self.p.at_once(_AT_ONCE * (2 if len(sums_of(plain)) == 1 else 1))  # one sum holds few arrays
        near = {each.name: each.near for each in self.chosen if each.near}
        is_probed = near.keys() >= plain.keys() and self.p.outcomes >= _PROBED
        are_as_given = all(side.values.dtype == np.float64 for side in (self.p, self.q))  # others are copied to doubles

        def begin() -> Callable[[slice], None]:
            rooms = Rooms()

            def add(rows: slice) -> None:
                self.p.read(rows)
                self.q.read(rows)
                known = (self.p.census(rows), self.q.census(rows))
                scaled = Scaled(self.p.masses(rows), self.q.masses(rows), *units(known))
                fits = (in_range(known[0][1]) & in_range(known[1][1]) & scaled.full)[:, 0]
                fits &= self.p.is_fine[rows] & self.q.is_fine[rows]
                if not fits.all():
                    if not fits.any():
                        return
                    scaled = scaled.rows(fits)
                at = np.arange(rows.start, rows.start + len(fits))[fits]
                tried = _seem_far(scaled) if is_probed else np.ones(len(at), dtype=bool)
                if tried.any():
                    some = slice(None) if tried.all() else np.flatnonzero(tried)
                    self._put_sums(plain, scaled.rows(some), at[some], at_once, rooms)
                if near:
                    self._put_near(near, scaled, at, at_once, rooms)

            return add

        each_block(len(self.p), begin, size=_READ * self.p.at_once(_AT_ONCE) if are_as_given else at_once, worth=1)

    def _put_sums(self, plain: dict[str, Plain], scaled: Scaled, at: Index, at_once: int, rooms: Rooms) -> None:
        """The textbook sums of these rows, given the numbers of all, where they can be trusted."""
        needed = sums_of(plain)
        parts = [self._sums(needed, scaled.rows(part), rooms) for part in blocks(len(at), at_once)]
        sums = dict(zip(needed, (np.concatenate(each)[:, 0] for each in zip(*parts, strict=True)), strict=True))
        for name, each in plain.items():
            value = each.value(scaled.total_p[:, 0], scaled.total_q[:, 0], *(sums[one] for one in each.sums))
            self.found[name][at] = np.where((value >= each.trusted) & (value < np.inf), value, np.nan)

    def _put_near(self, near: dict[str, Plain], scaled: Scaled, at: Index, at_once: int, rooms: Rooms) -> None:
        """The sums of one sign of the rows that have no value yet, given the numbers of all rows."""
        is_left = np.logical_or.reduce([np.isnan(self.found[name][at]) for name in near])
        for part in blocks(len(at), at_once):
            if not is_left[part].any():
                continue
            rows = part if is_left[part].all() else part.start + np.flatnonzero(is_left[part])
            some = scaled.rows(rows)
            names: tuple[Sum, ...] = (p_excess, q_excess, drift)
            sums = dict(zip(names, near_sums(*some.block(slice(None)), rooms), strict=True))
            for name, each in near.items():
                value = each.value(some.total_p[:, 0], some.total_q[:, 0], *(sums[one] for one in each.sums))
                found = self.found[name]
                found[at[rows]] = np.where(np.isnan(found[at[rows]]), value, found[at[rows]])

    def _sums(self, needed: tuple[Sum, ...], scaled: Scaled, rooms: Rooms) -> list[Array]:
        total_p, total_q = scaled.total_p, scaled.total_q
        block = PlainBlock(*scaled.block(slice(None)), total_p / total_q, rooms, total_q - total_p)
        return [each(block) for each in needed]

    def _put_exact(self, chosen: list[Measure], index: Index, *, one_by_one: bool = False) -> None:
        """The values of these rows that are not there yet."""

        def put(found: Whole, at: Index) -> None:
            for name, value in exact_values(chosen, found, self.p.outcomes).items():
                old = self.found[name][at]
                self.found[name][at] = np.where(np.isnan(old), value, old)

        def add(where: slice) -> None:
            rows = index[where]
            by_level = rows[:0] if one_by_one else rows[self.is_scaled[rows]]
            if by_level.size:
                level = Level(self._scaled(by_level))
                if not every(level.suffices):
                    by_level = by_level[level.suffices]
                    level = Level(self._scaled(by_level))
                if by_level.size:
                    put(level, by_level)
            left = np.setdiff1d(rows, by_level, assume_unique=True)
            if left.size:
                masses = Masses(self.p.masses(left), self.q.masses(left))
                if masses.has_underflow.any() and not masses.has_underflow.all():
                    for some in (left[masses.has_underflow], left[~masses.has_underflow]):
                        put(Masses(self.p.masses(some), self.q.masses(some)), some)
                else:
                    put(masses, left)

        if chosen:
            each_block(len(index), lambda: add, size=max(1, self.p.at_a_time // _HELD))

    def _scaled(self, rows: Index) -> Scaled:
        known = (self.p.census(rows), self.q.census(rows))
        return Scaled(self.p.masses(rows), self.q.masses(rows), *units(known))
