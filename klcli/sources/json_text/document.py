"""JSON and JSON lines: numbers, label → number, records, or {"p": …, "q": …} of any of these.

A number is kept as written until it proves to be a mass or a label, so a label of 001 or 1.50 keeps its digits. A large
document is first parsed as if no label were a number, and once more, keeping numbers as written, if one is or if there
is an error.
"""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.errors import NotADistribution, NotASample, Place, Unreadable
from klcli.notes import Note, listing, options_without_effect, rows_without_number
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.columns.headings import are_label_and_masses
from klcli.sources.columns.missing_numbers import LEAVE_OUT, is_null
from klcli.sources.columns.number_forms import cure_of_stored
from klcli.sources.formats.input_format import input_format
from klcli.sources.formats.query import Query, RowQuery
from klcli.sources.json_text.concatenated import ValueText, cut_values
from klcli.sources.json_text.cures import are_named_lists, cure_of_shape, named_distributions, refuse_response
from klcli.sources.json_text.json_records import read_records
from klcli.sources.json_text.lines import json_lines
from klcli.sources.json_text.parser import LARGE, Parser, careful_parser, floats, is_minus_infinity, json_parser
from klcli.sources.json_text.values import WrittenNumber, described
from klcli.support.sentence import Option, Sentence

if TYPE_CHECKING:  # kl compute starts without the modules of rows
    from klcli.sources.formats.row_pairs import RowPairs
    from klcli.sources.formats.row_source import RowSource

__all__ = ["open_json_lines", "open_json_pairs", "read_json", "read_json_lines"]

_ALL = 1 << 60  # lines


def open_json_lines(source: ByteSource, query: RowQuery) -> "RowSource":
    """Returns the rows of a text with a distribution on each line."""
    from klcli.sources.json_text.json_rows import JsonRows

    return JsonRows(source, query)


def open_json_pairs(source: ByteSource, queries: Sequence[RowQuery]) -> "RowPairs":
    """Returns the rows of P and Q in a text with an object on each line that holds both."""
    from klcli.sources.json_text.json_pairs import JsonPairs

    return JsonPairs(source, queries)


@input_format(
    "json",
    summary="JSON: numbers, label → number, records, an object with p and q, or a response with log-probabilities",
    suffixes=(".json",),
    open_rows=open_json_lines,
    open_pairs=open_json_pairs,
)
def read_json(source: ByteSource, query: Query) -> tuple[RawNumbers, ...]:
    """Returns the distributions of a JSON document, or of several values one after the other, as jq prints them.

    Raises:
        Unreadable: the text is not JSON, or holds no such distribution. NotADistribution: a value is not a number.
    """
    text = _text(source)
    return _read(text, query, lambda parse: _distributions(_parsed(source, text, parse), source, query, "item"))


@input_format(
    "jsonl",
    summary="JSON lines: a number or a record on each line, or for rows a distribution",
    suffixes=(".jsonl", ".ndjson"),
    aliases=("ndjson",),
    open_rows=open_json_lines,
    open_pairs=open_json_pairs,
)
def read_json_lines(source: ByteSource, query: Query) -> tuple[RawNumbers, ...]:
    """Returns the distributions of a text with a JSON value on each line; errors as in `read_json`."""
    text = _text(source)

    def read(parse: Parser) -> tuple[RawNumbers, ...]:
        utf8 = ByteSource.from_bytes(source.name, text)
        values = [value for lines in json_lines(utf8, _ALL, parse) for value in lines.values]
        if len(values) == 1 and isinstance(values[0], (list, dict)):
            document = values if _is_record(values[0], query) else values[0]
            return _distributions(document, source, query, "item")
        return _distributions(values, source, query, "line")

    return _read(text, query, read)


def _is_record(value: object, query: Query) -> bool:
    """Returns True if an object that stands alone is a record, not label → number.

    A record has cells alone, and either a text among them, or the names label and count.
    """
    if not isinstance(value, dict) or any(isinstance(cell, (list, dict)) for cell in value.values()):
        return False
    return (
        query.label is not None
        or are_label_and_masses(list(value))
        or any(type(cell) is str and not is_minus_infinity(cell) for cell in value.values())
    )


def _text(source: ByteSource) -> bytes:
    """Returns the text in UTF-8, without a byte order mark."""
    text = source.text()
    if not text.strip():
        raise source.unreadable("empty: there are no values")
    return text.encode()


def _read(text: bytes, query: Query, read: Callable[[Parser], tuple[RawNumbers, ...]]) -> tuple[RawNumbers, ...]:
    if len(text) >= LARGE and not any(query.samples):
        try:
            return read(json_parser())
        except ValueError:
            pass  # read again, keeping numbers as written, which also gives errors their place
    return read(_parse_keeping_digits)


def _parsed(source: ByteSource, text: bytes, parse: Parser) -> object:
    try:
        return parse(text)
    except json.JSONDecodeError as error:
        several = cut_values(text.decode()) if error.msg == "extra data" else None
        if several:
            return [_value(source, each, parse) for each in several]
        raise source.unreadable(f"not JSON: {error.msg}", place=Place(line=error.lineno, column=error.colno)) from None
    except ValueError as error:
        raise source.unreadable(str(error)) from None


def _value(source: ByteSource, each: ValueText, parse: Parser) -> object:
    try:
        return parse(each.text.encode())
    except ValueError as error:  # JSON for Python alone: NaN, a repeated key
        raise source.unreadable(str(error), place=Place(line=each.line)) from None


_parse_keeping_digits = careful_parser(parse_int=WrittenNumber, parse_float=WrittenNumber)


def _distributions(document: object, source: ByteSource, query: Query, item: str) -> tuple[RawNumbers, ...]:
    if query.every and isinstance(document, dict) and (are_named_lists(document) or named_distributions(document)):
        return tuple(_one(document[key], f"{source.name}:{key}", query, item) for key in document)
    holds_pair = isinstance(document, dict) and all(isinstance(document.get(key), (list, dict)) for key in "pq")
    if isinstance(document, dict) and (holds_pair or any(query.columns)):
        keys = [column or default for column, default in zip(query.columns, "pq", strict=False)]
        if not query.is_pair and query.columns[0] is None:
            raise source.unreadable(
                "holds a pair, p and q", hint=Sentence("name one of them with ", Option("--p"), " or ", Option("--q"))
            )
        for key in keys:
            if not isinstance(document.get(key), (list, dict)):
                raise source.unreadable(f"no distribution {key!r}; the keys are {listing(list(document), most=12)}")
        return tuple(
            _one(document[key], f"{source.name}:{key}", query._replace(columns=(None,), samples=(samples,)), item)
            for key, samples in zip(keys, query.samples, strict=True)
        )
    if isinstance(document, list) and document and isinstance(document[0], dict):
        refuse_response(document[0], source.name)
        return read_records(document, source.name, query, item)
    if query.is_pair:
        hint = 'give a second operand, or {"p": …, "q": …}'
        if names := named_distributions(document)[:2]:
            hint = Sentence("name two of its keys, as in ", Option("--p", names[0]), " ", Option("--q", names[1]))
        raise source.unreadable("one distribution, but a single operand must hold two", hint=hint)
    try:
        return (_one(document, source.name, query, item),)
    except NotADistribution as error:
        error.hint = error.hint or cure_of_shape(document)
        raise


def _one(document: object, name: str, query: Query, item: str) -> RawNumbers:
    if isinstance(document, dict):
        if query.samples[0]:
            raise NotASample("samples are an array of observations, not an object", place=name)
        refuse_response(document, name)
        notes = _without_columns(query, f"the keys of {name}")
        kept = _without_nulls(document, query)
        if len(kept) < len(document):
            notes = (*notes, rows_without_number(name, len(document) - len(kept), len(document)))
        at = [index for index, key in enumerate(document) if key in kept]
        return _masses(list(kept.values()), tuple(kept), name, lambda index: Place.nth("key", at[index]), notes)
    if isinstance(document, list):
        if document and isinstance(document[0], dict):
            return read_records(document, name, query, item)[0]
        query.refuse_columns(name)
        notes = _without_columns(query, f"the values of {name}")
        if query.samples[0]:
            nulls = query.dialect.nulls
            labels = tuple(
                "" if nulls and is_null(value, nulls) else _observation(value, name, Place.nth(item, index))
                for index, value in enumerate(document)
            )
            return RawNumbers(np.ones(len(labels)), labels, name, partial(Place.nth, item), notes=notes)
        return _masses(document, None, name, partial(Place.nth, item), notes)
    raise Unreadable(f"{described(document)}, not an array or an object", place=name)


def _without_nulls(document: dict[str, object], query: Query) -> dict[str, object]:
    """Returns the items whose number --null does not say is missing; all of them if it says so of each."""
    nulls = query.dialect.nulls
    if not nulls:
        return document
    kept = {key: value for key, value in document.items() if not is_null(value, nulls)}
    return kept or document


def _without_columns(query: Query, subject: str) -> tuple[Note, ...]:
    return () if query.label is None else (options_without_effect(("--label",), (subject,)),)


def _masses(
    values: Sequence[object], labels: tuple[str, ...] | None, name: str, place: Callable[[int], Place],
    notes: tuple[Note, ...] = (),
) -> RawNumbers:  # fmt: skip
    known = floats(values)
    if known is not None:
        return RawNumbers(known, labels, name, place, notes=notes)
    observed = RawNumbers(np.empty(0), labels, name, place)
    numbers = []
    for index, value in enumerate(values):
        if not isinstance(value, WrittenNumber) and not is_minus_infinity(value):
            hint = LEAVE_OUT if value is None and labels is not None else cure_of_stored(value)
            raise observed.refuse(index, f"{described(value)} where a number belongs", hint=hint)
        numbers.append(float(str(value)) + 0.0)  # -0 is 0, as an int is
    return RawNumbers(np.array(numbers, dtype=np.float64), labels, name, place, notes=notes)


def _observation(value: object, name: str, place: Place) -> str:
    if value is None:
        return ""  # a missing label
    if not isinstance(value, str):
        raise NotADistribution(f"{described(value)}, not one observation", place=Place(name).then(place))
    return str(value)
