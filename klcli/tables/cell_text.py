"""Spellings of numbers, times and truth values in text cells, by patterns that Python and SQL engines read alike.

The patterns use only syntax that RE2, Java, PostgreSQL and Python share, and match whole cells.
"""

import re
from datetime import UTC, datetime, timedelta

from klcli.tables.facts import BEYOND_DOUBLES

__all__ = ["NUMBER", "PADDED", "PLAIN_NUMBER", "TIME", "number_of", "spelled_number", "time_of", "truth_of"]

_EXPONENT = r"([eE][+-]?[0-9]+)?"
PLAIN_NUMBER = rf"[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+){_EXPONENT}"  # finite, without leading zeros
NUMBER = rf"[ \t]*[+-]?(([0-9]+\.?[0-9]*|\.[0-9]+){_EXPONENT}|[iI][nN][fF]([iI][nN][iI][tT][yY])?)[ \t]*"
PADDED = r"[ \t]*[+-]?0[0-9].*"  # 007: digits that a number would lose
TIME = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?)?"
)

_NUMBER, _PLAIN, _TIME = re.compile(NUMBER), re.compile(PLAIN_NUMBER), re.compile(TIME)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TRUTHS = {"true": "true", "yes": "true", "t": "true", "y": "true", "false": "false", "no": "false", "f": "false",
           "n": "false"}  # fmt: skip
_PAIRS = ({"true", "false"}, {"yes", "no"}, {"t", "f"}, {"y", "n"})


def number_of(text: str) -> float | None:
    """Returns the double that a cell spells, infinity included; None if it spells none."""
    return float(text) if _NUMBER.fullmatch(text) else None


def spelled_number(text: str) -> float | None:
    """Returns the double that a cell spells plainly, as 7, 7.0 and 0.7e1 do but not 007; None from 2^53 on in size."""
    value = float(text) if _PLAIN.fullmatch(text) else None
    return value if value is not None and abs(value) < BEYOND_DOUBLES else None


def time_of(text: str) -> int | None:
    """Returns the microseconds since 1970 of an ISO 8601 time, which is UTC unless it says otherwise; else None."""
    if not _TIME.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(text)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
        return (found - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        return None


def truth_of(labels: set[str]) -> bool:
    """Returns True if the labels are the words of one pair, such as yes and no, in any case."""
    words = {label.lower() for label in labels}
    return bool(words) and any(words <= pair for pair in _PAIRS)


def truth_word(label: str) -> str:
    """Returns "true" or "false" for a word that means it, else the label as it stands."""
    return _TRUTHS.get(label.lower(), label)
