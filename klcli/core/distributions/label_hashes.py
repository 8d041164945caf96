"""Sorted hashes of labels, by which two sets of labels are matched without a dict of either."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.parallel import each_block
from klcli.core.arithmetic.types import Index

__all__ = ["HashOrder", "placed"]

Words = NDArray[np.uint64]


class HashOrder(NamedTuple):
    """Hashes, the positions that sort them, and True if two are equal."""

    hashes: Words
    order: Index
    have_repeats: bool

    @classmethod
    def of(cls, hashes: Words) -> "HashOrder":
        """Returns the order of the hashes.

        Sorting numbers is several times faster than sorting positions by them.

        The last bits of each number become its position; the few that are equal in the bits before are put right.
        """
        last = np.uint64(2 ** (len(hashes) - 1).bit_length() - 1)
        keys = np.arange(len(hashes), dtype=np.uint64)
        order = keys.view(np.int64)

        def pack(where: slice) -> None:
            keys[where] |= hashes[where] & ~last

        def ties(where: slice) -> Index:
            first = keys[where.start : where.stop + 1] & ~last
            return where.start + np.flatnonzero(first[1:] == first[:-1])

        each_block(len(hashes), lambda: pack)
        keys.sort()
        tied = np.concatenate([np.empty(0, dtype=np.int64), *each_block(len(hashes), lambda: ties)])
        keys &= last
        is_unsure = np.zeros(len(hashes) + 1, dtype=bool)
        is_unsure[tied] = is_unsure[tied + 1] = True
        unsure = np.flatnonzero(is_unsure)
        order[unsure] = order[unsure][np.argsort(hashes[order[unsure]], kind="stable")]
        found = hashes[order[unsure]]
        return cls(hashes, order, bool((found[1:] == found[:-1]).any()))


def placed(these: HashOrder, those: HashOrder) -> Index | None:
    """Returns the position of each hash of these among those, -1 if it is absent; None if two of those are equal."""
    if those.have_repeats:
        return None
    found = np.empty(len(these.hashes), dtype=np.int64)

    def are_same(where: slice) -> bool:
        return bool((these.hashes[these.order[where]] == those.hashes[those.order[where]]).all())

    if len(found) == len(those.hashes) and all(each_block(len(found), lambda: are_same)):
        found[these.order] = those.order
        return found
    hashes, other_hashes = these.hashes[these.order], those.hashes[those.order]
    at = np.minimum(np.searchsorted(other_hashes, hashes), len(other_hashes) - 1)
    found[these.order] = np.where(other_hashes[at] == hashes, those.order[at], -1)
    return found
