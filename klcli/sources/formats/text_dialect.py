"""How a delimited text writes cells and numbers: what the user says of it in place of what is found by looking."""

import re
from typing import NamedTuple

from klcli.errors import UsageError
from klcli.support.sentence import Option, Sentence

__all__ = ["AUTO", "PLAIN", "TextDialect", "parse_dialect"]

AUTO = "auto"
_DELIMITERS = {AUTO: None, "comma": ",", "tab": "\t", "semicolon": ";", "pipe": "|", "space": " ", "\\t": "\t"}
_NO_DELIMITER = re.compile(r"[\w\"'#\r\n\0.+-]|[^\x00-\x7f]")
# each space that a locale writes between thousands stands for all of them, and so does each apostrophe
_ALIKE = {sign: signs for signs in (" \u00a0\u2009\u202f", "'’") for sign in signs}


class TextDialect(NamedTuple):
    """The known properties of a delimited text.

    Attributes:
        delimiter: one character, " " for any run of blanks; None where the text itself decides.
        decimal: the decimal mark, "." or ",". thousands: the signs that may separate thousands; "" for none.
        nulls: cells that stand for a missing value.
    """

    delimiter: str | None = None
    decimal: str = "."
    thousands: str = ""
    nulls: tuple[str, ...] = ()

    @property
    def has_plain_numbers(self) -> bool:
        """True if numbers have a decimal point and no separators of thousands."""
        return self.decimal == "." and not self.thousands

    @property
    def is_plain(self) -> bool:
        """True if nothing but the delimiter differs from CSV."""
        return self.has_plain_numbers and not self.nulls


PLAIN = TextDialect()


def parse_dialect(
    delimiter: str = AUTO, decimal: str = ".", thousands: str = "", nulls: tuple[str, ...] = ()
) -> TextDialect:
    """Returns the dialect that options describe.

    Args:
        delimiter: one ASCII character, or a name: auto, comma, tab, semicolon, pipe, space.
        decimal: "." or ",". thousands: one character, or "". nulls: cells that stand for a missing value.

    Raises:
        UsageError: one of them is wrong, or two contradict each other.
    """
    word = delimiter.strip().lower() or delimiter
    found = _DELIMITERS.get(word, delimiter)
    if found is not None and (len(found) != 1 or _NO_DELIMITER.match(found)):
        hint = f"it is one character, or {', '.join(filter(str.isalpha, _DELIMITERS))}"
        raise UsageError(f"{delimiter!r} is not a delimiter", hint=hint)
    if decimal not in (".", ","):
        raise UsageError(f"{decimal!r} is not a decimal mark", hint="it is . or ,")
    if len(thousands) > 1 or (thousands and (thousands.isalnum() or thousands in "+-%/")):
        raise UsageError(f"{thousands!r} does not separate thousands", hint="it is one character, such as , or .")
    if thousands == decimal:
        raise UsageError(f"{decimal!r} cannot be the decimal mark and separate thousands", hint=_swapped(decimal))
    if found == decimal:  # but "1,234" may be quoted in CSV
        raise UsageError(
            f"{found!r} cannot be the delimiter and the decimal mark", hint="pass " + Option("--delimiter", ";")
        )
    return TextDialect(found, decimal, _ALIKE.get(thousands, thousands), nulls)


def _swapped(decimal: str) -> str:
    return (
        Sentence("pass ", Option("--decimal", ","), " ", Option("--thousands", "."))
        if decimal == "."
        else Sentence("pass ", Option("--decimal", ","), " alone, or ", Option("--thousands", "."))
    )
