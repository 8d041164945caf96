"""Labels that differ only in their spelling, such as Yes and yes, 1 and 1.0."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, time
from unicodedata import category, normalize

from klcli.support.text.label_text import label_text

__all__ = ["nearly_equal"]

# dashes and quotes that programs put in place of those of a keyboard
_MARKS = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212\u2018\u2019\u201c\u201d", "------''" + '""')
_TRUTHS = {"true": "1", "false": "0"}
_MIDNIGHT = re.compile(r" 0?0:00(:00(\.0+)?)?$")  # of a date that a spreadsheet or a frame holds as a time


def nearly_equal(these: Iterable[str], those: Iterable[str]) -> tuple[str, str] | None:
    """Returns the first label that is one of the others but for its spelling, and that one."""
    known: dict[str, str] = {}
    for label in those:
        known.setdefault(_plain(label), label)
    return next(((label, known[key]) for label in these if (key := _plain(label)) in known), None)


def _plain(label: str) -> str:
    """Returns a label without what the eye passes over: case, needless blanks, how a letter is composed, midnight.

    Dashes and quotes become those of a keyboard. A number, and what is true or false, becomes a number; a time of ISO
    8601 an instant, UTC unless it says so, and a time of day one with seconds.
    """
    if not label.isascii():
        label = "".join(each for each in normalize("NFKC", label).translate(_MARKS) if category(each) != "Cf")
    found = _MIDNIGHT.sub("", " ".join(label.casefold().split()))
    found = _TRUTHS.get(found, found)
    for number in (int, float):  # integers beyond 2^53 are one as floats
        with suppress(ValueError):
            return label_text(number(found))
    with suppress(ValueError, OverflowError):
        instant = datetime.fromisoformat(found.upper())
        return str(instant if instant.tzinfo is None else instant.astimezone(UTC).replace(tzinfo=None))
    with suppress(ValueError):
        return str(time.fromisoformat(found))
    return found
