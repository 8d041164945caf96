"""JSON values one after the other, each over several lines or not, as `jq` prints them."""

import json
from typing import NamedTuple

__all__ = ["ValueText", "cut_values"]

_DECODER = json.JSONDecoder()


class ValueText(NamedTuple):
    """The text of one value, and the line in which it begins, from 1."""

    line: int
    text: str


def cut_values(text: str, first_line: int = 1) -> list[ValueText] | None:
    """Returns the values of a text; None if it is not a sequence of JSON values."""
    found: list[ValueText] = []
    position, line = 0, first_line
    while True:
        begin = position
        while position < len(text) and text[position].isspace():
            position += 1
        line += text.count("\n", begin, position)
        if position == len(text):
            return found
        try:
            _, end = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            return None
        found.append(ValueText(line, text[position:end]))
        line += text.count("\n", position, end)
        position = end
