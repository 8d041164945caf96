"""The first line by which a text states its delimiter, `sep=;`, as Excel writes and reads it."""

import re

from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.formats.text_dialect import TextDialect

__all__ = ["as_stated", "states_delimiter"]

_STATED = re.compile(rb"\A(?:\xef\xbb\xbf)?\"?sep=([;,|\t])\"?\r?\n", re.IGNORECASE)


def states_delimiter(head: bytes) -> bool:
    """Returns True if the first line of a text states its delimiter."""
    return _STATED.match(head) is not None


def as_stated(source: ByteSource, dialect: TextDialect) -> tuple[ByteSource, TextDialect]:
    """Returns a text whose first line states its delimiter with that line as a comment, and the dialect it states.

    Other texts are returned as they are. Lines keep their numbers; what the user asked for takes precedence.
    """
    stated = _STATED.match(source.head())
    if stated is None:
        return source, dialect
    commented = ByteSource.from_bytes(source.name, b"#" + source.data, source.limit)
    return commented, dialect._replace(delimiter=dialect.delimiter or stated[1].decode())
