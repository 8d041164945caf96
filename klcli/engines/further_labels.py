"""Counts of labels beyond the most frequent: looked up one by one, or all of them where a profile shows hashes only."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from klcli.engines.countable import Countable, Labels
from klcli.tables.column import Kind, Read, Storage
from klcli.tables.keys import canonical_counts
from klcli.tables.table_profile import hashed

__all__ = ["hashed_counts", "is_hashed", "looked_up"]

_ALL = 2**31 - 1


def looked_up(labels: Iterable[object], read: Read, table: Countable, kind: Kind) -> dict[str, int]:
    """Returns the counts, by key, of labels of another table, where they occur in this one."""
    return canonical_counts(table.counts_of(read, _as_stored(labels, read)).items(), kind)


def _as_stored(labels: Iterable[object], read: Read) -> list[Any]:
    """Returns labels as values of the type of a column, without those that have none there."""
    found: list[Any] = []
    for label in labels:
        if read.storage is Storage.TEXT:
            found.append(str(label))
        elif isinstance(label, bool):
            found.append(int(label))  # among numbers
        elif not isinstance(label, str):
            found.append(label)
        else:
            try:
                found.append(float(label) if read.storage is Storage.FLOAT else Decimal(label))
            except (ValueError, InvalidOperation):
                continue
    return found


def is_hashed(kind: Kind, read: Read) -> bool:
    """Returns True if a salted profile holds hashes in place of the labels of such a column."""
    return kind is Kind.CATEGORY and read.storage is Storage.TEXT


def hashed_counts(read: Read, labels: Labels, table: Countable, salt: str) -> dict[str, int]:
    """Returns the counts of all labels of a table, by hash: a hash cannot be looked up, so none may be left out.

    Args:
        labels: The most frequent labels, which are all if `other` is 0.
    """
    if labels.other:
        labels = table.labels([read], _ALL)[read.column.name]
    counts = canonical_counts(labels.counts, Kind.CATEGORY)
    return {hashed(key, salt): count for key, count in counts.items()}
