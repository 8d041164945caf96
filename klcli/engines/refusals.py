"""Cures for what an engine refuses in a condition or a query that a user wrote."""

import re

__all__ = ["cure_for_texts", "cure_of"]

_PLACE = re.compile(r"^LINE (\d+): (.*)$", re.MULTILINE)
_ADVICE = re.compile(
    r"^(?:HINT:\s+(.*)|(?=Candidate bindings: |Did you mean (?!.?(?:pg|duckdb|pragma|sqlite)_))(.*))$", re.MULTILINE
)


def cure_of(error: Exception) -> str | None:
    """Returns the line at which SQL is wrong, and what may be meant, as duckdb and PostgreSQL tell; None without them.

    What a user wrote begins on the second line of a query; what closes it begins with a bracket.
    """
    found = []
    place = _PLACE.search(str(error))
    if place is not None and int(place[1]) > 1:
        is_open = place[2].startswith(")")
        found.append("it ends too early: is a bracket not closed?" if is_open else f"in {place[2].strip()!r}")
    advice = _ADVICE.search(str(error))
    if advice is not None:
        text = advice[1] or advice[2]
        found.append(text[0].lower() + text[1:])
    if place is not None and '"' in place[2]:
        found.append("a text stands in single quotes, as in origin = 'JFK'; double quotes hold the name of a column")
    return "; ".join(found) or None


def cure_for_texts(cure: str | None) -> str:
    """Returns the cure of a condition on cells that are all texts: what `cure_of` found, then what is often meant."""
    return "; ".join(
        filter(None, (cure, "every cell of a text file or a sheet is a text in SQL: as in CAST(age AS DOUBLE) > 30"))
    )
