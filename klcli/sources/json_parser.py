"""JSON to plain values by the fastest parser that is installed, and strict whichever that is.

Refused are a key that stands twice in one object, NaN and Infinity, and all else that is no JSON. A number is an int
where it is written as one and has 64 bits, else a float, the nearest one.

orjson (of the extra `fast`) keeps the last of equal keys and does not say so. But a colon follows each key: where as
many stand in the text as there are keys in what was read, none was lost. (One in a string only adds to them.) Whatever
orjson refuses, and whatever has more colons than keys, is read again by json, which has the words.
"""

import json
from collections.abc import Callable, Collection, Sequence
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from klcli.extras import installed
from klcli.visible import shorten

__all__ = ["LARGE", "floats", "json_parser", "parse_carefully", "refuse_constant", "unique"]

LARGE = 100_000  # bytes; orjson takes 5 ms to import, and as long as json takes for so much

_DEEPEST = 100  # levels; json gives up at the limit of recursion, orjson at 1024
_SCALARS = {int, float, str, bool, type(None)}

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


def floats(values: object) -> NDArray[np.float64] | None:
    """Returns the numbers of a parsed array, shape (k,), -0 as 0; None where it is no array, or one is no number."""
    if not isinstance(values, Sequence) or not set(map(type, values)) <= {int, float}:
        return None
    found = np.array(values, dtype=np.float64)
    found += 0.0  # json reads -0 as the integer 0, and -0.0 is to be no other
    return found


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


def refuse_constant(word: str) -> NoReturn:
    """Refuses NaN and Infinity; for json, as `parse_constant`."""
    raise ValueError(f"{word} is not a mass (and not JSON)")


def _integer(text: str) -> int | float:
    if len(text) > 20:
        return float(text)
    number = int(text)
    return number if -(2**63) <= number < 2**64 else float(text)


_decoder = json.JSONDecoder(object_pairs_hook=unique, parse_constant=refuse_constant, parse_int=_integer)


def _has_every_key(value: object, text: bytes) -> bool:
    """Whether the value has as many keys as the text has colons, and is no deeper than json reads."""
    colons, is_shallow = text.count(b":"), text.count(b"[") + text.count(b"{") <= _DEEPEST
    level = [value]
    for _ in range(_DEEPEST):
        if is_shallow and not colons:
            return True
        inner: list[object] = []
        for each in level:
            values: Collection[object] = ()
            if isinstance(each, dict):
                colons -= len(each)
                values = each.values()
            elif isinstance(each, list):
                values = each
            if not _SCALARS.issuperset(map(type, values)):
                inner.extend(values)
        if not inner:
            return not colons
        level = inner
    return False
