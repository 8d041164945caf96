"""Strict JSON parsing by the fastest parser that is installed.

Repeated keys in one object, NaN, Infinity and anything else that is not JSON are refused, except -Infinity, the
logarithm of 0, which Python and numpy write so. A number is an int if it is
written as one and fits into 64 bits, else the nearest float.

orjson (extra `fast`) silently keeps the last of equal keys. But a colon follows each key: if the text has as many
colons as the parsed value has keys, no key was lost; a colon in a string only adds to the count. A text that orjson
refuses, or that has more colons than keys, is parsed again by the json module, which gives errors their place.
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
from klcli.support.text.safe_text import shorten

__all__ = [
    "LARGE",
    "Parser",
    "careful_parser",
    "floats",
    "is_minus_infinity",
    "json_parser",
    "occurrences",
    "parse_carefully",
    "unique",
]

LARGE = 100_000  # bytes that json parses in the 5 ms that the import of orjson takes

_MINUS_INFINITY = ("-Infinity", "-inf")  # as texts, since JSON has no such number

_DEEPEST = 100  # levels; json stops at the recursion limit, orjson at 1024
_LONG = 8_000  # bytes from which numpy counts faster

Parser = Callable[[bytes], object]


def json_parser(size: int | None = None) -> Parser:
    """Returns a function that parses one JSON text in UTF-8 without a byte order mark; reuse it for many lines.

        parse = json_parser()
        for number, line in enumerate(stream.buffer, 1):
            if line.strip():
                value = parse(line)  # {"p": [0.5, 0.5], "q": [0.9, 0.1]}
                p = floats(value["p"])  # an array, or None if a value is not a number

    The function raises ValueError, with a message in lower case and without the place: JSONDecodeError, with `msg`,
    `lineno` and `colno`, for a text that is not JSON; UnicodeDecodeError for bytes that are not UTF-8.

    Args:
        size: of everything that will be parsed, in bytes, if known: a small size does not pay for an import.
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


def careful_parser(parse_float: Callable[[str], Any] = float, **hooks: Any) -> Parser:
    """Returns a function as that of `json_parser`, which uses the json module.

    Args:
        parse_float: as of json.JSONDecoder; it converts -Infinity too. hooks: `parse_int`, as of json.JSONDecoder.
    """

    def minus_infinity(word: str) -> Any:
        if word != "-Infinity":
            raise ValueError(f"{word} is not a mass (and not JSON)")
        return parse_float(word)

    decoder = json.JSONDecoder(
        object_pairs_hook=unique, parse_constant=minus_infinity, parse_float=parse_float, **hooks
    )

    def parse(text: bytes) -> object:
        try:
            value = decoder.decode(text.decode())
        except RecursionError:
            raise ValueError("nested too deeply to be a distribution") from None
        except json.JSONDecodeError as error:
            raise json.JSONDecodeError(_expected(error), error.doc, error.pos) from None
        return value

    return parse


def _expected(error: json.JSONDecodeError) -> str:
    if error.doc.startswith("-inf", error.pos):
        return 'write -inf as -Infinity or "-inf"'
    return error.msg[:1].lower() + error.msg[1:]


def floats(values: object) -> Array | None:
    """Returns the numbers of a parsed array, shape (k,), with -0 as 0; None for anything but an array of numbers.

    The texts "-Infinity" and "-inf" count as numbers.
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
    if np.any((found == 0) | (found == 1)) and bool in set(map(type, values)):  # struct packs false and true as 0 and 1
        return None
    found += 0.0  # json reads -0 as the integer 0; -0.0 is treated alike
    return found


def occurrences(text: bytes, byte: bytes) -> int:
    """Returns the count of a byte in a text; numpy takes a seventh of the time of bytes.count, but 4 µs per call."""
    if len(text) < _LONG:
        return text.count(byte)
    return int(np.count_nonzero(np.frombuffer(text, dtype=np.uint8) == ord(byte)))


def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Returns the object of these keys and values: an `object_pairs_hook` for json.

    Raises:
        ValueError: a key occurs twice.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise ValueError(f"the key {shorten(key)!r} occurs twice in one object")
            seen.add(key)
    return found


def is_minus_infinity(value: object) -> bool:
    """Returns True if a parsed value is a text that stands for -inf."""
    return type(value) is str and value in _MINUS_INFINITY


def _integer(text: str) -> int | float:
    if len(text) > 20:
        return float(text)
    number = int(text)
    return number if -(2**63) <= number < 2**64 else float(text)


parse_carefully = careful_parser(parse_int=_integer)


def _has_every_key(value: object, text: bytes) -> bool:
    """Returns True if the value has as many keys as the text has colons, and is not too deep for the json module.

    Each bracket opens an array or an object (or is part of a string): once as many were visited, none is left.
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
