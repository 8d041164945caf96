"""A pair of a batch as it was requested, before its operands are read."""

from array import array
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from klcli.errors import InputError, KlError, Place, Unreadable
from klcli.support.sentence import Command, Option

__all__ = ["BatchEntry", "unique", "unless_mostly_wrong"]

_MOST_WRONG = 1000  # entries
_SMALLEST = 1 << 12  # initial slots of the table of names; a power of two


class BatchEntry(NamedTuple):
    """One pair of a batch.

    Attributes:
        name: for reports. p, q: the operands; q is None if one operand holds both.
        options: settings of this pair alone, by name. limits: limits of this pair alone, such as "forward_kl=0.1".
        place: where it was requested, such as "pairs.csv: line 3", or None.
        root: the folder that should contain its files, "" for the working folder; None if any folder may.
        error: why it cannot be evaluated, if that is known already.
        has_shared_p: True if the pairs around it have the same P, which is then read only once.
    """

    name: str
    p: str
    q: str | None
    options: tuple[tuple[str, str], ...] = ()
    limits: tuple[str, ...] = ()
    place: Place | None = None
    root: str | None = None
    error: KlError | None = None
    has_shared_p: bool = False


def unique(entries: Iterable[BatchEntry]) -> Iterator[BatchEntry]:
    """Yields the entries; an entry with the name of an earlier one carries an error."""
    names = _Names()
    for entry in entries:
        if names.add(entry.name) or entry.error is not None:
            yield entry
        else:
            found = f"an earlier pair is called {entry.name!r}"
            error = InputError(found, place=entry.place, hint="give each pair a name of its own")
            yield entry._replace(error=error)


def unless_mostly_wrong(entries: Iterable[BatchEntry]) -> Iterator[BatchEntry]:
    """Yields the entries until most of them, and more than a thousand, carry an error; then one error for all others.

    Such a list is something else than a list of pairs: half a million errors would help no one.
    """
    wrong = 0
    for count, entry in enumerate(entries, 1):
        yield entry
        wrong += entry.error is not None
        if wrong > _MOST_WRONG and 2 * wrong > count:
            found = f"what follows was not read: {wrong:,} of the first {count:,} entries are no pairs of their own"
            error = Unreadable(
                found, place=entry.place, hint="is it a manifest? " + Command("batch", Option("--help")) + " shows one"
            )
            yield BatchEntry("all that follow", "", None, place=entry.place, error=error)
            return


class _Names:
    """A set of names in 16 to 32 bytes each: a table of 64-bit hashes with open addressing.

    The probability that two of a million names share a hash is 3e-8.
    """

    def __init__(self) -> None:
        self._slots = array("q", bytes(8 * _SMALLEST))
        self._count = 0

    def add(self, name: str) -> bool:
        """Adds a name; returns True if it is new."""
        if not self._put(hash(name) or 1):
            return False
        self._count += 1
        if 2 * self._count > len(self._slots):
            before, self._slots = self._slots, array("q", bytes(16 * len(self._slots)))
            for key in filter(None, before):
                self._put(key)
        return True

    def _put(self, key: int) -> bool:
        slots, mask = self._slots, len(self._slots) - 1
        slot = key & mask
        while slots[slot]:
            if slots[slot] == key:
                return False
            slot = (slot + 1) & mask
        slots[slot] = key
        return True
