"""Addresses of tables at engines: postgresql://host/db#schema.table, duckdb:x.duckdb#table, spark:catalog.db.table.

What follows # (for Spark, the colon) is a table, or a query in its place. No secret belongs in an address, since
addresses are printed: a password is refused before anything can print it.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from klcli.errors import Unreadable, UsageError

__all__ = [
    "Access", "Address", "is_address", "parse_address", "parts_of", "spelled", "split_query", "within",
    "without_password",
]  # fmt: skip

_ADDRESS = re.compile(r"(postgres(?:ql)?)://|(duckdb|spark):(?!//)")
_QUERY = r"(?i)\s*(?:\(|(?:select|with|values|table|from)\b)"
_PASSWORD = r"(?<=://)([^/?#@]*):[^/?#]*(?=@)|([?&](?:ssl)?password=)[^&#]*"
_PLAIN = re.compile(r"\w+")
_PART = re.compile(r'"((?:[^"]|"")*)"|([^".]+)')


class Access(NamedTuple):
    """How an engine is reached.

    Attributes:
        timeout: Seconds that a query may take, or None.
        spark: Where Spark is, such as sc://host or local[4]; None where its own settings say so.
    """

    timeout: float | None = None
    spark: str | None = None


class Address(NamedTuple):
    """The place of a table.

    Attributes:
        word: As it was given. scheme: postgresql, duckdb or spark. place: What the driver connects to; empty for Spark.
        table: Name of a table, or a path, as it was written. query: SQL in its place, or empty.
    """

    word: str
    scheme: str
    place: str
    table: str
    query: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the name: schema.table as two; a part in double quotes is kept to the letter."""
        return parts_of(self.table, self.word)


def parts_of(table: str, word: str) -> tuple[str, ...]:
    """Returns the parts of the name of a table, as of `Address.parts`; `word` is for messages.

    Raises:
        Unreadable: It is not the name of a table.
    """
    found, at = [], 0
    while at <= len(table):
        part = _PART.match(table, at)
        if part is None or (part.end() < len(table) and table[part.end()] != "."):
            raise Unreadable(
                f"{table!r} is not the name of a table", place=word, hint='as in schema.table or "my table"'
            )
        found.append(part[2] if part[2] is not None else part[1].replace('""', '"'))
        at = part.end() + 1
    return tuple(found)


def split_query(inner: str) -> tuple[str, str]:
    """Returns what follows the # of an address as the name of a table and as a query, of which one is empty."""
    inner = inner.strip().rstrip(";").rstrip()
    return ("", inner) if re.match(_QUERY, inner) else (inner, "")


def is_address(word: str) -> bool:
    """Returns True for a word that names a table at an engine."""
    return _ADDRESS.match(word) is not None


def parse_address(word: str) -> Address:
    """Returns the address that a word spells.

    Raises:
        UsageError: It holds a password.
    """
    shown = without_password(word)
    if shown != word:
        raise UsageError(
            "a password in an address would be printed and kept in the history of the shell",
            place=shown,
            hint="leave it out: the driver takes it from PGPASSWORD, ~/.pgpass or a service file",
        )
    scheme, _, rest = word.partition(":")
    place, _, inner = ("", "", rest) if scheme == "spark" else rest.partition("#")
    if scheme.startswith("postgres"):
        scheme, place = "postgresql", f"postgresql:{place}"
    return Address(word, scheme, place, *split_query(inner))


def within(folder: str, word: str) -> str:
    """Returns an address whose file, where it names one by a relative path, lies in a folder; the word unchanged else.

    Args:
        folder: With a slash at its end; empty for the working folder.
    """
    scheme, colon, place = word.partition(":")
    is_file = scheme == "duckdb" and not place.startswith(("/", "#")) and place
    return f"{scheme}{colon}{folder}{place}" if is_file else word


def spelled(parts: Iterable[str]) -> str:
    """Returns the name of a table as an address spells it: a part that is no plain word stands in double quotes."""
    return ".".join(part if _PLAIN.fullmatch(part) else '"' + part.replace('"', '""') + '"' for part in parts)


def without_password(word: str) -> str:
    """Returns a word that may be a URL with *** in the place of a password."""
    return re.sub(_PASSWORD, lambda found: f"{found[1]}:***" if found[1] is not None else f"{found[2]}***", word)
