"""Counts of columns of labels, over the union of those of both tables."""

from collections.abc import Sequence
from math import floor, sqrt

from klcli.core.distributions.alignment import notes_on_spelling
from klcli.engines.countable import Countable, Labels
from klcli.engines.further_labels import hashed_counts, is_hashed, looked_up
from klcli.engines.profile_table import ProfileTable
from klcli.notes import labels_cut, na_words
from klcli.runs.drift.counted import NOT_NUMBERS, OTHER, Cells, CountedColumn
from klcli.runs.drift.matching import LIKE_REFERENCE, without_type
from klcli.runs.drift.not_numbers import note_texts
from klcli.sources.drift.settings import DriftSettings
from klcli.support.sentence import Option
from klcli.tables.column import Kind, Read, Reading
from klcli.tables.keys import TRUTHS, canonical_counts, key_of, sort_key
from klcli.tables.table_profile import LABELS

__all__ = ["count_labels"]

_CODINGS = "do types or codings differ? else " + Option("--allow-disjoint")
_MOST = 10_000  # labels of a table that are told apart
_SIGMAS = 5  # by which a label that P has too rarely to be known lies below its expected count
_MISSING_WORDS = {"na", "nan", "null", "none", "n/a"}


def count_labels(
    columns: Sequence[CountedColumn], reference: Countable, current: Countable, settings: DriftSettings
) -> None:
    """Counts columns of labels over the union of those of both tables, in place."""
    reads_q = {each.name: each.read_q for each in columns}
    labels_p = _labels(reference, [each.read_p for each in columns])
    labels_q = _labels(current, list(reads_q.values()))
    for each in columns:
        assert each.decision is not None
        kind, p, q = each.decision.kind, labels_p[each.name], labels_q[each.name]
        counts_p = canonical_counts(p.counts, kind)
        salt_p, salt_q = (getattr(table, "salt", "") for table in (reference, current))
        if salt_p == salt_q or not is_hashed(kind, each.read_p):
            counts_q, rest = _current_counts(reads_q[each.name], p, q, current, kind)
        elif salt_q:
            each.fail("the labels of Q are hashes that those of P do not match", LIKE_REFERENCE)
            continue
        else:
            counts_q, rest = hashed_counts(reads_q[each.name], q, current, salt_p), 0
        texts = _compare_labels(each, settings, counts_p, counts_q, p, rest)
        if any(texts):
            note_texts(each, texts, reference, current)


def _labels(table: Countable, reads: Sequence[Read]) -> dict[str, Labels]:
    """Returns the counts of labels by the name of a column: up to 10,000 where a table has more than profiles keep."""
    found = table.labels(reads, LABELS)
    cut = [read for read in reads if found[read.column.name].other and table.engine != ProfileTable.engine]
    return found | (table.labels(cut, _MOST) if cut else {})


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
) -> tuple[int, int]:
    """Sets the cells of a column from the counts by key; `rest` counts labels of Q that are neither kept nor P's.

    Returns the numbers of cells of P and Q that hold a text in a column of numbers.
    """
    is_cut = labels_p.other > 0
    order = sorted(p, key=lambda key: (-p[key], key))
    own = sorted((key for key in q if key not in p), key=lambda key: (-q[key], key))
    if is_cut:
        rest += sum(q[key] for key in own)
        own = []
    keys = [*order, *own]
    joined: list[str] = []
    if is_cut or rest:
        least = _least_known(labels_p, sum(q.get(key, 0) for key in keys) + rest)
        joined = [key for key in keys if p.get(key, 0) + q.get(key, 0) < least]
        keys = [key for key in keys if p.get(key, 0) + q.get(key, 0) >= least]
        each.notes.append(labels_cut(each.name, "P" if is_cut else "Q", least, len(keys)))
    if each.decision is not None and each.decision.reading is Reading.NUMBER:
        keys.sort(key=sort_key)
    labels = tuple(keys)
    counts_p, counts_q = tuple(p.get(key, 0) for key in keys), tuple(q.get(key, 0) for key in keys)
    of_joined = tuple((p.get(key, 0), q.get(key, 0)) for key in joined)
    if is_cut or rest:
        counts_p = (*counts_p, labels_p.other + sum(a for a, _ in of_joined))
        labels, counts_q = (*labels, OTHER), (*counts_q, rest + sum(b for _, b in of_joined))
    assert each.facts_p is not None
    assert each.facts_q is not None
    texts = each.facts_p.present - sum(counts_p), each.facts_q.present - sum(counts_q)
    if any(each_side > 0 for each_side in texts):
        labels, counts_p, counts_q = (*labels, NOT_NUMBERS), (*counts_p, texts[0]), (*counts_q, texts[1])
    labels, counts_p, counts_q = each.with_missing(settings.missing, labels, counts_p, counts_q)
    vanished = tuple(key for key in order if key not in q)
    each.cells = Cells(
        labels, counts_p, counts_q, None, tuple(own), vanished,
        0 if is_cut else sum(q[key] for key in own) + rest, sum(p[key] for key in vanished), (of_joined, rest),
    )  # fmt: skip
    if each.decision is not None and each.decision.kind is Kind.BOOLEAN:
        _refuse_no_truths(each, order, list(q), allows_disjoint=settings.allows_disjoint)
    elif not is_cut and not settings.allows_disjoint:
        _refuse_disjoint(each, order, list(q))
    for key in own:
        if key.lower() in _MISSING_WORDS and not settings.q.na:
            each.notes.append(na_words(each.name, key, q[key]))
    each.notes += notes_on_spelling(("P", f"{each.name} in Q"), order, own)
    return texts


def _least_known(p: Labels, m: int) -> int:
    """Returns the least number of rows, in both tables together, of labels that are cells of their own.

    Labels that are told apart because P has many of them have fewer in Q, by chance alone; and those that Q has too
    rarely to be known, and P lacks, have all their rows in Q. So labels are chosen by the rows of both, which chance
    deals out, and so that P has one too rarely to be known only if it lies five standard deviations below what it
    expects.

    Args:
        m: Number of labels in Q.
    """
    unknown, share = p.counts[-1][1] if p.other else 0, p.total / (p.total + m)
    # the n for which share·n - 5·√(n·share·(1 - share)) is `unknown`
    root = (_SIGMAS * sqrt(share * (1 - share)) + sqrt(_SIGMAS**2 * share * (1 - share) + 4 * share * unknown)) / 2
    return floor((root / share) ** 2) + 1


def _refuse_no_truths(each: CountedColumn, p: Sequence[str], q: Sequence[str], *, allows_disjoint: bool) -> None:
    """Says that no label of P is a truth value, or that P has some and Q has other labels alone."""
    if p and not any(key in TRUTHS for key in p):
        each.fail(f"no label of P is a truth value, as its type says: P has {p[0]!r}", without_type(each.name))
    elif p and q and not allows_disjoint and not any(key in TRUTHS for key in q):
        each.fail(f"it is boolean in P, and no label of Q is a truth value: Q has {q[0]!r}", _CODINGS)


def _refuse_disjoint(each: CountedColumn, p: Sequence[str], q: Sequence[str]) -> None:
    """Says that two sides with several labels share none."""
    if len(p) > 1 and len(q) > 1 and not any(key in p for key in q):
        each.fail(f"P and Q have no label in common: P has {p[0]!r}, Q has {q[0]!r}", _CODINGS)
