"""Labels of outcomes, any sequence of different strings: equality, repeats, and positions among others.

The types of `label_texts` are told apart by `type`: isinstance asks abc.Sequence in Python, which a small pair would do
twenty times.
"""

from collections.abc import Sequence
from itertools import repeat

import numpy as np

from klcli.core.arithmetic.parallel import each_block
from klcli.core.arithmetic.types import Index
from klcli.core.distributions.label_hashes import placed
from klcli.core.distributions.label_texts import FamiliarText, HashedText, JoinedText, PackedText, Words

__all__ = ["are_equal", "have_repeats", "joined", "positions"]

_HEAD = 1000  # labels that are looked at before all are
_SURE = 2**34  # pairs of labels that may be taken for the same: that one is, has a probability of 2^-30


def are_equal(these: Sequence[str], those: Sequence[str]) -> bool:
    """Returns True if two sequences hold equal labels in the same order."""
    if these is those:
        return True
    if len(these) != len(those):
        return False
    if type(these) is FamiliarText and type(those) is FamiliarText:
        return these == those
    if type(these) is HashedText and type(those) is HashedText:
        return bool((these.hashes == those.hashes).all())
    these, those = _texts(these), _texts(those)
    if not (type(these) is PackedText and type(those) is PackedText):
        return tuple(these) == tuple(those)
    if these.words is not None and those.words is not None:
        return these.words.shape == those.words.shape and bool((these.words == those.words).all())
    return tuple(these) == tuple(those)


def have_repeats(labels: Sequence[str]) -> bool:
    """Returns True if a label occurs twice."""
    if type(labels) is FamiliarText:
        return False
    if type(labels) is HashedText:
        return labels.by_hash.have_repeats and have_repeats(labels.texts)
    head = labels[:_HEAD]  # of observations, most repeat at once
    if len(set(head)) < len(head):
        return True
    if type(labels) is PackedText and labels.by_hash is not None and not labels.by_hash.have_repeats:
        return False
    return len(set(labels)) < len(labels)


def positions(labels: Sequence[str], among: Sequence[str]) -> Index:
    """Returns the position of each label among others, all different; -1 if it is absent."""
    if type(labels) is HashedText and type(among) is HashedText:
        found = placed(labels.by_hash, among.by_hash)
        if found is not None:
            matched = int(np.count_nonzero(found >= 0))
            if (len(labels) - matched) * (len(among) - matched) <= _SURE:
                return found
    labels, among = _texts(labels), _texts(among)
    if type(labels) is PackedText and type(among) is PackedText:
        found = _matched(labels, among)
        if found is not None:
            return found
    place = dict(zip(among, range(len(among)), strict=True))
    return np.fromiter(map(place.get, labels, repeat(-1)), dtype=np.int64, count=len(labels))


def joined(labels: Sequence[str], others: Sequence[str], indices: Index) -> Sequence[str]:
    """Returns the labels, followed by those of others at some indices; read on demand if the labels are."""
    if isinstance(labels, tuple):
        return (*labels, *(others[index] for index in indices.tolist()))
    return JoinedText(labels, others, indices)


def _texts(labels: Sequence[str]) -> Sequence[str]:
    return labels.texts if type(labels) is HashedText else labels


def _matched(labels: PackedText, among: PackedText) -> Index | None:
    """Returns the positions by hashes, each match checked word by word; None if a text is long, or hashes collide."""
    if labels.words is None or labels.by_hash is None or among.words is None or among.by_hash is None:
        return None
    found = placed(labels.by_hash, among.by_hash)
    if found is None:
        return None
    width = max(labels.words.shape[1], among.words.shape[1])
    theirs, ours = among.words, labels.words

    def are_right(where: slice) -> bool:
        there = found[where]
        is_same = np.ones(len(there), dtype=bool)
        for column in range(width):
            is_same &= _column(theirs, column, there) == _column(ours, column, where)
        return bool((is_same | (there < 0)).all())

    return found if all(each_block(len(labels), lambda: are_right)) else None


def _column(words: Words, column: int, rows: Index | slice) -> Words | np.uint64:
    return words[rows, column] if column < words.shape[1] else np.uint64(0)
