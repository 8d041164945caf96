"""Text and numbers for people: rounded, shortened, and free of characters that control a terminal."""

import re
from collections.abc import Sequence

__all__ = ["exact", "rounded", "rounded_texts", "shorten", "visible"]

# C0 and C1 controls, bidirectional marks and overrides, line and paragraph separators, lone surrogates
_UNSAFE = "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"

_PADDED_EXPONENT = re.compile(r"e([+-])0+(?=\d)")


def visible(text: str) -> str:
    """Returns the text with every control or direction character replaced by its escape (ESC by backslash x1b)."""
    if text.isprintable():  # as most texts are, for which no pattern is compiled
        return text
    return re.sub(_UNSAFE, lambda match: ascii(match.group())[1:-1], text)


def shorten(text: str, width: int = 60) -> str:
    """Returns the text, cut to `width` characters with an ellipsis if it is longer."""
    return text if len(text) <= width else text[: width - 1] + "…"


def rounded(number: float, digits: int = 6) -> str:
    """Returns the number with `digits` significant digits and an exponent without padding: 1.5e-7."""
    return rounded_texts([number], digits)[0]


def rounded_texts(numbers: Sequence[float], digits: int = 6) -> list[str]:
    """Returns each number as `rounded` does, all by one call of a format."""
    text = "\n".join([f"%.{digits}g"] * len(numbers)) % tuple(numbers)
    return (_PADDED_EXPONENT.sub(r"e\1", text) if "e" in text else text).split("\n") if text else []


def exact(number: float) -> str:
    """Returns the number in the fewest digits that restore it, without ".0": 0.1, -1, 1e-7."""
    return _PADDED_EXPONENT.sub(r"e\1", repr(float(number)).removesuffix(".0"))
