"""JSON and JSON lines: numbers, label → number, records, or {"p": …, "q": …} of any of these.

A number is kept as it is written until it is known to be a mass or a label, so a label of 001 or 1.50 stays itself. A
large document is first read as if no number were a label, and so once more where one is, or where anything is amiss.
"""

import json
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from klcli.core.arithmetic.types import Array, Mask
from klcli.core.distributions.raw_numbers import Observed
from klcli.errors import InputError, NotADistribution
from klcli.notes import listing
from klcli.sources.bytes.content import Content
from klcli.sources.json_text.parser import LARGE, floats, is_minus_infinity, json_parser, minus_infinity, unique
from klcli.sources.reader import Query, reader
from klcli.sources.table import Table, one_by_one
from klcli.support.safe_text import shorten

__all__ = ["described", "read_json", "read_json_lines"]


class _Number(str):
    """A number, as it is written."""


class _Unwritten(ValueError):
    """A number is a label, and how it was written is not known."""


Parser = Callable[[str, int | None], object]


@reader("json", summary="JSON: numbers, label → number, records, or an object with p and q", suffixes=(".json",))
def read_json(content: Content, query: Query) -> tuple[Observed, ...]:
    """Returns the distributions of a JSON document."""
    return _read(content, query, _read_document)


@reader(
    "jsonl",
    summary="JSON lines: a number or a record on each line",
    suffixes=(".jsonl", ".ndjson"),
    aliases=("ndjson",),
)
def read_json_lines(content: Content, query: Query) -> tuple[Observed, ...]:
    """Returns the distributions of a document with a JSON value on each line."""
    return _read(content, query, _read_lines)


def _read(content: Content, query: Query, read: Callable[..., tuple[Observed, ...]]) -> tuple[Observed, ...]:
    text = content.text()
    if len(text) >= LARGE and not any(query.samples):
        parse = json_parser()
        try:
            return read(content, query, text, lambda text, line: parse(text.encode()))
        except ValueError:
            pass  # read again, carefully, for the line and the words
    return read(content, query, text, partial(_parse, content))


def _read_document(content: Content, query: Query, text: str, parse: Parser) -> tuple[Observed, ...]:
    return _distributions(parse(text, None), content, query, "item")


def _read_lines(content: Content, query: Query, text: str, parse: Parser) -> tuple[Observed, ...]:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    values = [parse(line, number) for number, line in lines]
    if len(values) == 1 and isinstance(values[0], (list, dict)):
        return _distributions(values[0], content, query, "item")
    return _distributions(values, content, query, "line")


def _parse(content: Content, text: str, line: int | None) -> object:
    if not text.strip():
        raise content.unreadable("empty: there are no values")
    where = "" if line is None else f"line {line}: "
    try:
        return _decoder.decode(text)
    except json.JSONDecodeError as error:
        place = f"line {line or error.lineno}, column {error.colno}"
        raise content.unreadable(f"{place}: not JSON: {error.msg[:1].lower()}{error.msg[1:]}") from None
    except RecursionError:
        raise content.unreadable(f"{where}nested too deeply to be a distribution") from None
    except ValueError as error:
        raise content.unreadable(f"{where}{error}") from None


def _constant(word: str) -> _Number:
    minus_infinity(word)  # refuses the others
    return _Number(word)


_decoder = json.JSONDecoder(object_pairs_hook=unique, parse_int=_Number, parse_float=_Number, parse_constant=_constant)


def _distributions(document: object, content: Content, query: Query, item: str) -> tuple[Observed, ...]:
    holds_pair = isinstance(document, dict) and all(isinstance(document.get(key), (list, dict)) for key in "pq")
    if isinstance(document, dict) and (holds_pair or any(query.columns)):
        keys = [column or default for column, default in zip(query.columns, "pq", strict=False)]
        if not query.is_pair and query.columns[0] is None:
            raise content.unreadable("holds a pair, p and q", hint="name the one that is meant with --p or --q")
        for key in keys:
            if not isinstance(document.get(key), (list, dict)):
                raise content.unreadable(f"no distribution {key!r}; the keys are {listing(list(document), most=12)}")
        return tuple(
            _one(document[key], f"{content.name}:{key}", Query((None,), (samples,), query.label), item)
            for key, samples in zip(keys, query.samples, strict=True)
        )
    if isinstance(document, list) and document and isinstance(document[0], dict):
        return _records(document, content, query, item)
    if query.is_pair:
        raise content.unreadable(
            "one distribution, but a single operand must hold two", hint='give a second operand, or {"p": …, "q": …}'
        )
    return (_one(document, content.name, query, item),)


def _one(document: object, name: str, query: Query, item: str) -> Observed:
    content = Content(name, b"")
    if isinstance(document, dict):
        if query.samples[0]:
            raise content.unreadable("samples are an array of observations, not an object")
        return _masses(list(document.values()), tuple(document), name, lambda index: f"key {index + 1}")
    if isinstance(document, list):
        if document and isinstance(document[0], dict):
            return _records(document, content, query, item)[0]
        query.refuse_columns(name)
        if query.samples[0]:
            labels = tuple(_observation(value, name, f"{item} {index}") for index, value in enumerate(document, 1))
            return Observed(np.ones(len(labels)), labels, name, lambda index: f"{item} {index + 1}")
        return _masses(document, None, name, lambda index: f"{item} {index + 1}")
    raise content.unreadable(f"{described(document)}, not an array or an object")


def _masses(values: Sequence[object], labels: tuple[str, ...] | None, name: str, place: object) -> Observed:
    where = place if callable(place) else None
    known = floats(values)
    if known is not None:
        return Observed(known, labels, name, where)
    observed = Observed(np.empty(0), labels, name, where)
    numbers = []
    for index, value in enumerate(values):
        if not isinstance(value, _Number) and not is_minus_infinity(value):
            raise observed.refuse(index, f"{described(value)} where a number belongs")
        numbers.append(float(str(value)) + 0.0)  # -0 is 0, as an int is
    return Observed(np.array(numbers, dtype=np.float64), labels, name, where)


def _records(records: list[object], content: Content, query: Query, item: str) -> tuple[Observed, ...]:
    first = records[0]
    assert isinstance(first, dict)
    names = list(first)
    for index, record in enumerate(records, 1):
        if not isinstance(record, dict) or record.keys() != first.keys():
            keys = listing(names, most=12)
            raise content.unreadable(f"{item} {index}: {described(record)}, not a record with the fields {keys}")
    columns = [[record[name] for record in records if isinstance(record, dict)] for name in names]
    return _Records(content.name, names, columns, _numbers, lambda row: f"{item} {row + 1}").observed(query)


class _Records(Table):
    def labels(self, index: int) -> Sequence[str]:
        if not {int, float}.isdisjoint(map(type, self.columns[index])):
            raise _Unwritten
        return super().labels(index)


def _numbers(column: Sequence[object]) -> tuple[Array, Mask | None]:
    known = floats(column)
    return _each_number(column) if known is None else (known, None)


_each_number = one_by_one(
    lambda cell: float(str(cell)) + 0.0 if isinstance(cell, _Number) or is_minus_infinity(cell) else None
)


def _observation(value: object, name: str, place: str) -> str:
    if value is None:
        return ""  # a missing label
    if not isinstance(value, str):
        raise _wrong(name, place, f"{described(value)}, not one observation")
    return str(value)


def _wrong(name: str, place: str, found: str) -> InputError:
    return NotADistribution(f"{name}: {place}: {found}")


def described(value: object) -> str:
    """Returns what a value is, in words."""
    match value:
        case _Number():
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
