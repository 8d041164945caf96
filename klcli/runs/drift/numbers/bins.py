"""Counts of columns of numbers, in bins that are cut on the reference."""

from collections.abc import Mapping, Sequence

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.engines.countable import Countable
from klcli.engines.profile_table import ProfileTable
from klcli.errors import UsageError
from klcli.notes import bins_forced, bins_reduced, bins_sketched
from klcli.runs.drift.counted import NOT_NUMBERS, Binned, Cells, CountedColumn
from klcli.runs.drift.not_numbers import note_texts
from klcli.runs.drift.numbers.outside import ends_of, note_outside
from klcli.sources.drift.settings import DriftSettings
from klcli.support.sentence import Option
from klcli.tables.binning import (
    MOST_BINS,
    BinRule,
    bin_count,
    bin_labels,
    differences,
    point_cuts,
    quantile_cuts,
    quantile_ranks,
    width_cuts,
    without_empty,
)
from klcli.tables.column import Storage
from klcli.tables.cuts import Cut, cuts_between

__all__ = ["bin_reference", "count_numbers", "cuts_in_current"]

_SUPPORTED = 20  # values of the reference that a bin needs
_WHERE = {"profile": "the profile"}


def count_numbers(
    columns: Sequence[CountedColumn], reference: Countable, current: Countable, settings: DriftSettings
) -> None:
    """Counts columns of numbers in bins that are cut on the reference, in place."""
    rule = settings.bins
    n = reference.value_counts([each.read_p for each in columns])
    m = current.value_counts([each.read_q for each in columns])
    bin_reference(columns, reference, m, rule)
    counts = current.cumulative({each.read_q: cuts_in_current(each, current) for each in columns})
    for each in columns:
        name = each.name
        below = counts[name][: len(_binned(each).cuts)]
        if ends_of(each, current):
            note_outside(each, counts[name][-2:], n[name], m[name], settings.alpha)
        if rule.name == "quantile" and not _is_constant(each) and name in reference.sketched:
            each.notes.append(bins_sketched(name, _WHERE.get(reference.engine, reference.engine)))
        cuts, p, q = _bins_with_rows(each, rule, below, n[name], m[name])
        labels = bin_labels(cuts, is_time=each.read_p.storage is Storage.INSTANT)
        assert each.facts_p is not None
        assert each.facts_q is not None
        texts = each.facts_p.present - n[name], each.facts_q.present - m[name]
        if any(texts):
            labels, p, q = (*labels, NOT_NUMBERS), (*p, texts[0]), (*q, texts[1])
            note_texts(each, texts, reference, current)
        labels, p, q = each.with_missing(settings.missing, labels, p, q)
        unseen = _unseen(cuts, labels, p, q) if _has_points(each, rule) else ((), 0)
        each.cells = Cells(labels, p, q, cuts, unseen=unseen[0], unseen_count=unseen[1])
        _note_bins(each, rule, n[name], m[name])


def cuts_in_current(each: CountedColumn, current: Countable) -> tuple[Cut, ...]:
    """Returns the cuts of the reference, and those at its ends, between values of the current table."""
    cuts = (*_binned(each).cuts, *ends_of(each, current))
    return cuts if current.engine == ProfileTable.engine else cuts_between(cuts, each.column_p.width, each.read_q)


def bin_reference(columns: Sequence[CountedColumn], reference: Countable, m: Mapping[str, int], rule: BinRule) -> None:
    """Cuts columns of numbers on the reference, in place; not those that have as many bins as they need.

    Args:
        m: Number of values of the current table, by the name of a column.
    """
    n = reference.value_counts([each.read_p for each in columns])
    wanted = {each.name: _bins(rule, n[each.name], m[each.name]) for each in columns}
    columns = [each for each in columns if each.binned is None or each.binned.bins != wanted[each.name]]
    by_quantiles = [each for each in columns if rule.name == "quantile" and not _is_constant(each)]
    cuts = {each.read_p: _cuts_by_rule(each, reference, rule) for each in columns if each not in by_quantiles}
    ranks = {each.read_p: quantile_ranks(n[each.name], wanted[each.name]) for each in by_quantiles}
    values = {name: sorted(set(found)) for name, found in reference.order_statistics(ranks).items()}
    around = cuts | {
        read: tuple(Cut(value, side) for value in values[read.column.name] for side in (True, False)) for read in ranks
    }
    cumulative = reference.cumulative(around)
    for each in columns:
        name, read, bins, below = each.name, each.read_p, wanted[each.name], cumulative[each.name]
        if read in ranks:
            cuts[read] = quantile_cuts(n[name], bins, values[name], below[::2], below[1::2])
        at = dict(zip(around[read], below, strict=True))
        each.binned = Binned(bins, cuts[read], tuple(at[cut] for cut in cuts[read]))


def _bins_with_rows(
    each: CountedColumn, rule: BinRule, below: Sequence[int], n: int, m: int
) -> tuple[tuple[Cut, ...], tuple[int, ...], tuple[int, ...]]:
    """Returns cuts and the counts of P and Q; the empty bins beside point masses are left out, but of a constant."""
    found = _binned(each)
    p, q = differences(found.below, n), differences(below, m)
    if _is_constant(each) or not _has_points(each, rule):
        return found.cuts, p, q
    kept = without_empty(found.cuts, p, q)
    places = [found.cuts.index(cut) for cut in kept]
    return kept, differences([found.below[at] for at in places], n), differences([below[at] for at in places], m)


def _has_points(each: CountedColumn, rule: BinRule) -> bool:
    """Returns True if a value may have a bin of its own, so that a bin beside it may hold nothing of the reference."""
    return rule.name == "quantile" or _is_constant(each)


def _bins(rule: BinRule, n: int, m: int) -> int:
    return bin_count(n, m, rule.bins) if rule.name == "quantile" and rule.bins <= 10 else rule.bins


def _binned(each: CountedColumn) -> Binned:
    assert each.binned is not None
    return each.binned


def _cuts_by_rule(each: CountedColumn, reference: Countable, rule: BinRule) -> tuple[Cut, ...]:
    assert each.facts_p is not None
    if _is_constant(each):
        assert each.facts_p.lowest is not None
        return point_cuts(each.facts_p.lowest)
    if rule.name == "edges":
        return tuple(map(Cut, rule.edges))
    if each.facts_p.lowest is None or each.facts_p.highest is None:
        return ()
    lowest, highest = float(each.facts_p.lowest), float(each.facts_p.highest)
    if rule.name == "width":
        return width_cuts(lowest, highest, rule.bins)
    values = reference.values(each.read_p)
    return tuple(map(Cut, _numpy_edges(each.name, values[np.isfinite(values)], rule.name)[1:-1].tolist()))


def _numpy_edges(name: str, values: Array, rule: str) -> Array:
    """Returns the edges of a rule of numpy's; values are halved until no square of them overflows, which is exact.

    Raises:
        UsageError: the rule makes more bins than there can be.
    """
    _, exponent = np.frexp(np.abs(values).max(initial=0.0))
    scaled = np.ldexp(values, -exponent)
    if rule == "fd" and scaled.size:
        low, high = np.percentile(scaled, [25, 75])
        width = 2 * (high - low) / scaled.size ** (1 / 3)
        if width > 0 and np.ptp(scaled) > MOST_BINS * width:
            raise UsageError(
                f"--bins fd: {name} would have more than {MOST_BINS:,} bins: its extremes are far from its quartiles",
                hint="pass " + Option("--bins", "quantile:10"),
            )
    return np.asarray(np.ldexp(np.histogram_bin_edges(scaled, bins=rule), exponent))


def _is_constant(each: CountedColumn) -> bool:
    assert each.facts_p is not None
    return each.facts_p.lowest is not None and each.facts_p.lowest == each.facts_p.highest


def _unseen(
    cuts: Sequence[Cut], labels: Sequence[str], p: Sequence[int], q: Sequence[int]
) -> tuple[tuple[str, ...], int]:
    """Returns the bins in which the reference has no value, and their count in the current table."""
    found = [at for at in range(len(cuts) + 1) if p[at] == 0 and q[at] > 0]
    return tuple(labels[at] for at in found), sum(q[at] for at in found)


def _note_bins(each: CountedColumn, rule: BinRule, n: int, m: int) -> None:
    assert each.cells is not None
    assert each.cells.cuts is not None
    bins = sum(map(bool, each.cells.p[: len(each.cells.cuts) + 1]))
    if not n or not m:
        return
    if (
        rule.name == "quantile"
        and rule.bins <= 10
        and bin_count(n, m, rule.bins) < rule.bins
        and not _is_constant(each)
    ):
        each.notes.append(bins_reduced(each.name, bin_count(n, m, rule.bins), n, m))
    elif rule.name != "edges" and n < _SUPPORTED * bins and not _is_constant(each):
        each.notes.append(bins_forced(each.name, bins))
