"""Counts of matched columns: bins from the reference for numbers, the union of labels for categories."""

from collections.abc import Mapping, Sequence

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.engines.countable import Countable, Labels
from klcli.engines.further_labels import hashed_counts, is_hashed, looked_up
from klcli.errors import UsageError
from klcli.notes import bins_forced, bins_reduced, bins_sketched, labels_cut, na_words, values_not_numbers
from klcli.runs.drift.counted import MISSING_CELL, NOT_NUMBERS, OTHER, Cells, CountedColumn
from klcli.runs.drift.matching import LIKE_REFERENCE, reading_of
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
from klcli.tables.column import Kind, Read, Reading, Storage
from klcli.tables.keys import canonical_counts, key_of, sort_key

__all__ = ["KEPT", "count"]

KEPT = 1_000  # labels of the reference that are told apart
_SUPPORTED = 20  # values of the reference that a bin needs
_MISSING_WORDS = {"na", "nan", "null", "none", "n/a"}


def count(columns: Sequence[CountedColumn], reference: Countable, current: Countable, settings: DriftSettings) -> None:
    """Counts the columns that are compared, in place."""
    compared = [each for each in columns if each.is_compared]
    numeric = [each for each in compared if each.decision is not None and each.decision.kind is Kind.NUMERIC]
    labelled = [each for each in compared if each.decision is not None and each.decision.kind is not Kind.NUMERIC]
    if numeric:
        _count_numbers(numeric, reference, current, settings)
    if labelled:
        _count_labels(labelled, reference, current, settings)


def read_p(each: CountedColumn) -> Read:
    """Returns how the reference is read."""
    assert each.decision is not None
    return Read(each.column_p, each.decision.reading)


def read_q(each: CountedColumn) -> Read:
    """Returns how the current table is read."""
    assert each.decision is not None
    assert each.column_q is not None
    return Read(each.column_q, reading_of(each.decision, each.column_q))


def _count_numbers(
    columns: Sequence[CountedColumn], reference: Countable, current: Countable, settings: DriftSettings
) -> None:
    reads_p = {each.name: read_p(each) for each in columns}
    reads_q = {each.name: read_q(each) for each in columns}
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
            each.notes.append(values_not_numbers(name, *texts))
        labels, p, q = _with_missing(each, settings, labels, p, q)
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
            each.notes.append(bins_sketched(each.name, reference.engine))
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
    if (
        rule.name == "quantile"
        and rule.bins <= 10
        and bin_count(n, m, rule.bins) < rule.bins
        and not _is_constant(each)
    ):
        each.notes.append(bins_reduced(each.name, bin_count(n, m, rule.bins), n, m))
    elif rule.name != "edges" and n < _SUPPORTED * bins and not _is_constant(each):
        each.notes.append(bins_forced(each.name, bins))


def _count_labels(
    columns: Sequence[CountedColumn], reference: Countable, current: Countable, settings: DriftSettings
) -> None:
    reads_q = {each.name: read_q(each) for each in columns}
    labels_p = reference.labels([read_p(each) for each in columns], KEPT)
    labels_q = current.labels(list(reads_q.values()), KEPT)
    for each in columns:
        assert each.decision is not None
        kind, p, q = each.decision.kind, labels_p[each.name], labels_q[each.name]
        counts_p = canonical_counts(p.counts, kind)
        salt_p, salt_q = (getattr(table, "salt", "") for table in (reference, current))
        if salt_p == salt_q or not is_hashed(kind, read_p(each)):
            counts_q, rest = _current_counts(reads_q[each.name], p, q, current, kind)
        elif salt_q:
            each.fail("the labels of Q are hashes that those of P do not match", LIKE_REFERENCE)
            continue
        else:
            counts_q, rest = hashed_counts(reads_q[each.name], q, current, salt_p), 0
        _compare_labels(each, settings, counts_p, counts_q, p, rest)


def _current_counts(read: Read, p: Labels, q: Labels, current: Countable, kind: Kind) -> tuple[dict[str, int], int]:
    """Returns the counts of the current table for its own frequent labels and those of P, and the count of the rest."""
    counts, rest = canonical_counts(q.counts, kind), q.other
    if rest:
        lacking = [value for value, _ in p.counts if key_of(value, kind) not in counts]
        further = looked_up(lacking, read, current, kind)
        counts |= further
        rest -= sum(further.values())
    return counts, rest


def _compare_labels(
    each: CountedColumn, settings: DriftSettings, p: dict[str, int], q: dict[str, int], labels_p: Labels, rest: int
) -> None:
    """Sets the cells of a column from the counts by key; `rest` counts labels of Q that are neither kept nor P's."""
    is_cut = labels_p.other > 0
    order = sorted(p, key=lambda key: (-p[key], key))
    own = sorted((key for key in q if key not in p), key=lambda key: (-q[key], key))
    if is_cut:
        rest += sum(q[key] for key in own)
        own = []
        each.notes.append(labels_cut(each.name, KEPT, labels_p.other_labels))
    keys = [*order, *own]
    if each.decision is not None and each.decision.reading is Reading.NUMBER:
        keys.sort(key=sort_key)
    labels = tuple(keys)
    counts_p, counts_q = tuple(p.get(key, 0) for key in keys), tuple(q.get(key, 0) for key in keys)
    if labels_p.other or rest:
        labels, counts_p, counts_q = (*labels, OTHER), (*counts_p, labels_p.other), (*counts_q, rest)
    assert each.facts_p is not None
    assert each.facts_q is not None
    texts = each.facts_p.present - sum(counts_p), each.facts_q.present - sum(counts_q)
    if any(each_side > 0 for each_side in texts):
        labels, counts_p, counts_q = (*labels, NOT_NUMBERS), (*counts_p, texts[0]), (*counts_q, texts[1])
        each.notes.append(values_not_numbers(each.name, *texts))
    labels, counts_p, counts_q = _with_missing(each, settings, labels, counts_p, counts_q)
    vanished = tuple(key for key in order if key not in q)
    each.cells = Cells(
        labels, counts_p, counts_q, None, tuple(own), vanished,
        0 if is_cut else sum(q[key] for key in own) + rest, sum(p[key] for key in vanished),
    )  # fmt: skip
    shared = not p or not q or is_cut or any(key in p for key in q)
    if not shared and len(p) > 1 and len(q) > 1 and not settings.allows_disjoint:
        first = f"P has {order[0]!r}, Q has {own[0]!r}"
        each.fail(f"P and Q have no label in common: {first}", "do types or codings differ? else --allow-disjoint")
    for key in own:
        if key.lower() in _MISSING_WORDS and not settings.reads_na:
            each.notes.append(na_words(each.name, key, q[key]))


def _with_missing(
    each: CountedColumn, settings: DriftSettings, labels: tuple[str, ...], p: tuple[int, ...], q: tuple[int, ...]
) -> tuple[tuple[str, ...], tuple[int, ...], tuple[int, ...]]:
    assert each.facts_p is not None
    assert each.facts_q is not None
    missing = each.facts_p.missing, each.facts_q.missing
    if settings.missing != "bin" or not any(missing):
        return labels, p, q
    return (*labels, MISSING_CELL), (*p, missing[0]), (*q, missing[1])
