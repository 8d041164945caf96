"""Canonical keys of categories: 1, 1.0 and Decimal("1.00") are one key; a text is kept to the letter."""

from collections.abc import Iterable

from klcli.support.text.label_text import label_text
from klcli.tables.cell_text import truth_word
from klcli.tables.column import Kind

__all__ = ["TRUTHS", "canonical_counts", "key_of", "sort_key"]

TRUTHS = ("true", "false")  # keys of a boolean column


def key_of(value: object, kind: Kind) -> str:
    """Returns the key of a value in a column of this kind in the reference; 1 is true only where that is boolean."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            found = value
        case _:
            found = label_text(value)
    if kind is Kind.BOOLEAN:
        return {"1": "true", "0": "false"}.get(found) or truth_word(found)
    return found


def canonical_counts(counts: Iterable[tuple[object, int]], kind: Kind) -> dict[str, int]:
    """Returns the counts by canonical key; values that have one key are added."""
    found: dict[str, int] = {}
    for value, count in counts:
        key = key_of(value, kind)
        found[key] = found.get(key, 0) + count
    return found


def sort_key(key: str) -> tuple[float, str]:
    """Returns what sorts keys that are numbers in numeric order, before all others."""
    try:
        return float(key), key
    except ValueError:
        return float("inf"), key
