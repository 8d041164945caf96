"""Parsed JSON values: numbers as they are written, and values in words."""

from klcli.support.text.safe_text import shorten

__all__ = ["WrittenNumber", "described"]


class WrittenNumber(str):
    """A number as it is written, so that a label of 001 or 1.50 keeps its digits."""


def described(value: object) -> str:
    """Returns a parsed JSON value in words, for a message."""
    match value:
        case WrittenNumber():
            return f"the number {shorten(value)}"
        case int() | float() if not isinstance(value, bool):
            return f"the number {value!r}"
        case str():
            return f"the text {shorten(value)!r}"
        case bool():
            return str(value).lower()
        case None:
            return "null"
        case dict():
            return "an object"
        case _:
            return "an array"
