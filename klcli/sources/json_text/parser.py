"""JSON to plain values by the fastest parser that is installed, and strict whichever that is.

Refused are a key that stands twice in one object, NaN and Infinity, and all else that is no JSON, but -Infinity, the
logarithm of 0, which Python and numpy write so. A number is an int where it is written as one and has 64 bits, else a
float, the nearest one.

orjson (of the extra `fast`) keeps the last of equal keys and does not say so. But a colon follows each key: where as
many stand in the text as there are keys in what was read, none was lost. (One in a string only adds to them.) Whatever
orjson refuses, and whatever has more colons than keys, is read again by json, which has the words.
"""

import json
import struct
from collections.abc import Callable
from itertools import chain
from math import inf
from typing import Any

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.support.optional_package import installed
from klcli.support.safe_text import shorten

__all__ = [
    "LARGE",
    "floats",
    "is_minus_infinity",
    "json_parser",
    "minus_infinity",
    "occurrences",
    "parse_carefully",
    "unique",
]

LARGE = 100_000  # bytes; orjson takes 5 ms to import, and as long as json takes for so much

_MINUS_INFINITY = ("-Infinity", "-inf")  # as texts, since JSON has no such number

_DEEPEST = 100  # levels; json gives up at the limit of recursion, orjson at 1024
_LONG = 8_000  # bytes

Parser = Callable[[bytes], object]


def json_parser(size: int | None = None) -> Parser:
    """Returns the function that parses a whole JSON text in UTF-8, without a byte order mark; keep it for many lines.

        parse = json_parser()
        for number, line in enumerate(stream.buffer, 1):
            if line.strip():
                value = parse(line)  # {"p": [0.5, 0.5], "q": [0.9, 0.1]}
                p = floats(value["p"])  # an array, or None where one of them is no number

    The function raises ValueError, whose words begin small and lack the place: for what is no JSON a JSONDecodeError
    with `msg`, `lineno` and `colno`; for other bytes than UTF-8 a UnicodeDecodeError.

    Args:
        size: of all that will be parsed, in bytes, where that is known: what is small repays no import.
    """
    orjson = None if size is not None and size < LARGE else installed("orjson")
    if orjson is None:
        return parse_carefully
    loads = orjson.loads

    def parse(text: bytes) -> object:
        try:
            value = loads(text)
        except ValueError:
            return parse_carefully(text)
        return value if _has_every_key(value, text) else parse_carefully(text)

    return parse


def parse_carefully(text: bytes) -> object:
    """Returns the value of a JSON text by the json module; see `json_parser`."""
    try:
        value = _decoder.decode(text.decode())
    except RecursionError:
        raise ValueError("nested too deeply to be a distribution") from None
    except json.JSONDecodeError as error:
        raise json.JSONDecodeError(error.msg[:1].lower() + error.msg[1:], error.doc, error.pos) from None
    return value


def floats(values: object) -> Array | None:
    """Returns the numbers of a parsed array, shape (k,), -0 as 0; None where it is no array, or one is no number.

    The texts "-Infinity" and "-inf" are numbers here.
    """
    if not isinstance(values, (list, tuple)):
        return None
    found = np.empty(len(values))
    try:
        struct.pack_into(f"{len(values)}d", found.data, 0, *values)
    except struct.error:
        if not any(map(is_minus_infinity, values)):
            return None
        return floats([-inf if is_minus_infinity(value) else value for value in values])
    if np.any((found == 0) | (found == 1)) and bool in set(map(type, values)):  # false and true were taken for these
        return None
    found += 0.0  # json reads -0 as the integer 0, and -0.0 is to be no other
    return found


def occurrences(text: bytes, byte: bytes) -> int:
    """Returns how often a byte stands in a text; numpy takes a seventh of the time of bytes.count, but 4 µs a call."""
    if len(text) < _LONG:
        return text.count(byte)
    return int(np.count_nonzero(np.frombuffer(text, dtype=np.uint8) == ord(byte)))


def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Returns the object with these keys and values; for json, as `object_pairs_hook`.

    Raises:
        ValueError: a key stands twice.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise ValueError(f"the key {shorten(key)!r} stands twice in one object")
            seen.add(key)
    return found


def minus_infinity(word: str) -> float:
    """Returns -inf for -Infinity, and refuses NaN and Infinity; for json, as `parse_constant`."""
    if word == "-Infinity":
        return -inf
    raise ValueError(f"{word} is not a mass (and not JSON)")


def is_minus_infinity(value: object) -> bool:
    """Whether a parsed value is a text that stands for -inf."""
    return type(value) is str and value in _MINUS_INFINITY


def _integer(text: str) -> int | float:
    if len(text) > 20:
        return float(text)
    number = int(text)
    return number if -(2**63) <= number < 2**64 else float(text)


_decoder = json.JSONDecoder(object_pairs_hook=unique, parse_constant=minus_infinity, parse_int=_integer)


def _has_every_key(value: object, text: bytes) -> bool:
    """Whether the value has as many keys as the text has colons, and is no deeper than json reads.

    What opens with a bracket is an array or an object (or stands in a string): once as many were seen, none is left.
    """
    colons, brackets = occurrences(text, b":"), occurrences(text, b"[") + occurrences(text, b"{")
    is_shallow = brackets <= _DEEPEST
    if is_shallow and not colons:
        return True
    level: list[Any] = [value]
    for _ in range(_DEEPEST):
        kinds = set(map(type, level))
        objects, arrays = _those(dict, level, kinds), _those(list, level, kinds)
        colons -= sum(map(len, objects))
        brackets -= len(objects) + len(arrays)
        if not brackets or not (objects or arrays) or (is_shallow and not colons):
            return not colons
        level = list(chain(chain.from_iterable(map(dict.values, objects)), chain.from_iterable(arrays)))
    return False


def _those(kind: type, values: list[Any], kinds: set[type]) -> list[Any]:
    if kind not in kinds:
        return []
    return values if len(kinds) == 1 else [each for each in values if type(each) is kind]
