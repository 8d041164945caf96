"""Headings of columns: which say labels, which masses, and which either."""

import re
from collections.abc import Sequence

__all__ = [
    "are_label_and_masses",
    "heading_key",
    "is_count_name",
    "is_label_name",
    "is_mass_name",
    "is_place_or_time",
    "mass_rank",
]

# headings that say what their column holds; only whole headings count, in any case
_LABELS = frozenset({
    "label", "labels", "name", "names", "category", "categories", "class", "classes", "outcome", "outcomes", "key",
    "keys", "item", "items", "word", "words", "token", "tokens", "term", "terms", "bin", "bins", "bucket", "buckets",
    "group", "groups", "letter", "letters", "symbol", "symbols", "face", "species",
})  # fmt: skip
_COUNTS = frozenset({"count", "counts", "freq", "freqs", "frequency", "frequencies"})
_MASSES = _COUNTS | {
    "prob", "probs", "probability", "probabilities", "p", "q", "mass", "masses", "proportion", "proportions", "percent",
    "percentage", "pct", "share", "shares", "logit", "logits", "logprob", "logprobs",
}  # fmt: skip
# headings of masses beside a heading of labels, but of labels beside one of masses, as in pandas' value,count
_EITHER = frozenset({
    "value", "values", "n", "number", "numbers", "num", "weight", "weights", "score", "scores", "total", "amount",
    "size",
})  # fmt: skip
# last words of headings that count nothing; beside those of _EITHER they head the labels
_PLACES_AND_TIMES = frozenset({
    "year", "quarter", "month", "week", "weekday", "day", "date", "time", "timestamp", "hour", "minute", "second",
    "period", "age", "id", "code", "zip", "zipcode", "postcode", "region", "country", "state", "city", "store",
    "level", "grade", "type", "kind", "floor", "room", "building", "street", "district", "county", "province", "zone",
})  # fmt: skip
_WORDS = re.compile(r"[\W_]+")


def is_label_name(name: str) -> bool:
    """Returns True if a heading is one of labels."""
    return heading_key(name) in _LABELS


def is_count_name(name: str) -> bool:
    """Returns True if a heading is one of counts."""
    return heading_key(name) in _COUNTS or heading_key(name) == "n"


def is_mass_name(name: str) -> bool:
    """Returns True if a heading is one of masses, of counts or of probabilities."""
    return heading_key(name) in _MASSES


def are_label_and_masses(names: Sequence[str]) -> bool:
    """Returns True if one of the names is that of labels, and each other, of one or two, that of masses."""
    others = [name for name in names if not is_label_name(name)]
    return len(others) == len(names) - 1 and 1 <= len(others) <= 2 and all(map(is_mass_name, others))


def is_place_or_time(name: str) -> bool:
    """Returns True if a heading is one of places, times, identifiers or kinds, which count nothing."""
    words = [word for word in _WORDS.split(heading_key(name)) if word]
    return bool(words) and words[-1] in _PLACES_AND_TIMES and "per" not in words and _MASSES.isdisjoint(words)


def mass_rank(name: str) -> int:
    """Returns how strongly a heading suggests masses: 0 for labels, 1 if unknown, 2 if either, 3 for masses."""
    key = heading_key(name)
    return 0 if key in _LABELS else 3 if key in _MASSES else 2 if key in _EITHER else 1


def heading_key(name: str) -> str:
    """Returns a heading as headings are compared: without blanks around it, in one case."""
    return name.strip().casefold()
