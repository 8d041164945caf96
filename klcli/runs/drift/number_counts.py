"""Counts of columns of numbers, in bins that are cut on the reference."""

from collections.abc import Mapping, Sequence

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.engines.countable import Countable
from klcli.errors import UsageError
from klcli.notes import bins_forced, bins_reduced, bins_sketched
from klcli.runs.drift.counted import NOT_NUMBERS, Cells, CountedColumn
from klcli.runs.drift.not_numbers import note_texts
from klcli.sources.drift.settings import DriftSettings
from klcli.tables.binning import (
    MOST_BINS,
    BinRule,
    Cut,
    bin_count,
    bin_labels,
    differences,
    point_cuts,
    quantile_cuts,
    quantile_ranks,
    width_cuts,
)  # fmt: skip
from klcli.tables.column import Read, Storage

__all__ = ["count_numbers"]

_SUPPORTED = 20  # values of the reference that a bin needs
_WHERE = {"profile": "the profile"}


def count_numbers(
    columns: Sequence[CountedColumn], reference: Countable, current: Countable, settings: DriftSettings
) -> None:
    """Counts columns of numbers in bins that are cut on the reference, in place."""
    reads_p = {each.name: each.read_p for each in columns}
    reads_q = {each.name: each.read_q for each in columns}
    n = reference.value_counts(list(reads_p.values()))
    m = current.value_counts(list(reads_q.values()))
    cuts, below_p = _cuts(columns, reads_p, n, m, reference, settings.bins)
    below_q = current.cumulative({reads_q[name]: cuts[name] for name in cuts})
    for each in columns:
        name = each.name
        is_time = reads_p[name].storage is Storage.INSTANT
        labels = bin_labels(cuts[name], is_time=is_time)
        p = differences(below_p[name], n[name])
        q = differences(below_q[name], m[name])
        assert each.facts_p is not None
        assert each.facts_q is not None
        texts = each.facts_p.present - n[name], each.facts_q.present - m[name]
        if any(texts):
            labels, p, q = (*labels, NOT_NUMBERS), (*p, texts[0]), (*q, texts[1])
            note_texts(each, texts, reference, current)
        labels, p, q = each.with_missing(settings.missing, labels, p, q)
        unseen = _outside(cuts[name], labels, p, q) if _is_constant(each) else ((), 0)
        each.cells = Cells(labels, p, q, cuts[name], unseen=unseen[0], unseen_count=unseen[1])
        _note_bins(each, settings.bins, n[name], m[name])


def _cuts(
    columns: Sequence[CountedColumn], reads: Mapping[str, Read], n: Mapping[str, int], m: Mapping[str, int],
    reference: Countable, rule: BinRule,
) -> tuple[dict[str, tuple[Cut, ...]], dict[str, tuple[int, ...]]]:  # fmt: skip
    """Returns the cuts of each column, and the number of values of the reference on the left of each."""
    cuts: dict[str, tuple[Cut, ...]] = {}
    by_quantiles = []
    for each in columns:
        if _is_constant(each):
            assert each.facts_p is not None
            assert each.facts_p.lowest is not None
            cuts[each.name] = point_cuts(each.facts_p.lowest)
        elif rule.name == "quantile":
            by_quantiles.append(each)
        else:
            cuts[each.name] = _cuts_by_rule(each, reads[each.name], reference, rule)
    bins = {each.name: bin_count(n[each.name], m[each.name], rule.bins) if rule.bins <= 10 else rule.bins
            for each in by_quantiles}  # fmt: skip
    ranks = {reads[each.name]: quantile_ranks(n[each.name], bins[each.name]) for each in by_quantiles}
    values = {name: tuple(sorted(set(found))) for name, found in reference.order_statistics(ranks).items()}
    for each in by_quantiles:
        if each.name in reference.sketched:
            each.notes.append(bins_sketched(each.name, _WHERE.get(reference.engine, reference.engine)))
    around = {
        read: [Cut(value, side) for value in values[read.column.name] for side in (True, False)] for read in ranks
    }
    around |= {reads[name]: list(found) for name, found in cuts.items()}
    cumulative = reference.cumulative(around)
    for each in by_quantiles:
        name, sides = each.name, cumulative[each.name]
        cuts[name] = quantile_cuts(n[name], bins[name], values[name], sides[::2], sides[1::2])
        at = dict(zip(around[reads[name]], sides, strict=True))
        cumulative[name] = tuple(at[cut] for cut in cuts[name])
    return cuts, cumulative


def _cuts_by_rule(each: CountedColumn, read: Read, reference: Countable, rule: BinRule) -> tuple[Cut, ...]:
    assert each.facts_p is not None
    if rule.name == "edges":
        return tuple(map(Cut, rule.edges))
    if each.facts_p.lowest is None or each.facts_p.highest is None:
        return ()
    lowest, highest = float(each.facts_p.lowest), float(each.facts_p.highest)
    if rule.name == "width":
        return width_cuts(lowest, highest, rule.bins)
    values = reference.values(read)
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
                hint="pass --bins quantile:10",
            )
    return np.asarray(np.ldexp(np.histogram_bin_edges(scaled, bins=rule), exponent))


def _is_constant(each: CountedColumn) -> bool:
    assert each.facts_p is not None
    return each.facts_p.lowest is not None and each.facts_p.lowest == each.facts_p.highest


def _outside(
    cuts: Sequence[Cut], labels: Sequence[str], p: Sequence[int], q: Sequence[int]
) -> tuple[tuple[str, ...], int]:
    """Returns the cells beside the only value of the reference, and their count in the current table."""
    found = [at for at in range(len(cuts) + 1) if p[at] == 0 and q[at] > 0]
    return tuple(labels[at] for at in found), sum(q[at] for at in found)


def _note_bins(each: CountedColumn, rule: BinRule, n: int, m: int) -> None:
    assert each.cells is not None
    assert each.cells.cuts is not None
    bins = len(each.cells.cuts) + 1
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
