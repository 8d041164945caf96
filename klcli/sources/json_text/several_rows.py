"""Lines of JSON that hold several rows: arrays of rows or of records, and responses of services."""

from collections.abc import Sequence
from typing import Any

from klcli.errors import Place
from klcli.sources.json_text.cures import are_named_lists, named_distributions
from klcli.sources.json_text.lines import Lines
from klcli.sources.json_text.responses import is_response, listings
from klcli.support.text.safe_text import shorten

__all__ = ["expanded", "named_apart", "records_apart"]


def records_apart(lines: Lines) -> Lines:
    """Returns lines of which each array of objects, but for those of responses, is a line for each object."""
    if not any(map(_are_records, lines.values)):
        return lines
    numbers: list[int | Place] = []
    values: list[Any] = []
    for row, line in enumerate(lines.values):
        items = line if _are_records(line) else [line]
        place = lines.place(row)
        numbers += [place.then(Place.nth("item", at)) for at in range(len(items))] if items is line else [place]
        values += items
    return Lines(numbers, values)


def named_apart(lines: Lines) -> Lines:
    """Returns the lines of one object of distributions by name, as {"x": [0.5, 0.5], "y": …}, as a line for each."""
    document = lines.values[0] if len(lines.values) == 1 else None
    if not isinstance(document, dict) or not (are_named_lists(document) or named_distributions(document)):
        return lines
    numbers = [lines.place(0).then(repr(shorten(key))) for key in document]
    return Lines(numbers, [{"name": key, "": value} for key, value in document.items()])  # "": the field without a name


def _are_records(value: object) -> bool:
    if not (isinstance(value, list) and value and all(isinstance(item, dict) for item in value)):
        return False
    return not any("top_logprobs" in item or {"token", "logprob"} <= item.keys() for item in value)


def expanded(name: str, lines: Lines, found: Sequence[object]) -> tuple[Lines, Sequence[object], int]:
    """Returns the rows in lines that hold several: responses of services, and arrays of rows.

    Returns them with the line of each, and the count of texts whose first token has no list.
    """
    if not any(map(_holds_rows, found)):
        return lines, found, 0
    numbers: list[int | Place] = []
    values: list[Any] = []
    rows: list[object] = []
    nulls = 0
    for at, (line, value) in enumerate(zip(lines.values, found, strict=True)):
        place = lines.place(at)
        parts, skipped = _rows_of(value, Place(name).then(place))
        nulls += skipped
        for where, row in parts:
            numbers.append(place.then(where))
            values.append(line)
            rows.append(row)
    return Lines(numbers, values), rows, nulls


def _holds_rows(value: object) -> bool:
    return is_response(value) if isinstance(value, dict) else _is_nested(value)


def _is_nested(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], (list, dict))


def _rows_of(value: object, place: Place) -> tuple[list[tuple[Place, object]], int]:
    """Returns the rows that a value holds, and where each is in it."""
    if isinstance(value, dict) and is_response(value):
        found, nulls = listings(value, place)
        return list(found), nulls
    if not (_is_nested(value) and isinstance(value, list)):
        return [(Place(), value)], 0
    if all(isinstance(item, dict) and "top_logprobs" in item for item in value):
        found, nulls = listings({"logprobs": value}, place)
        return list(found), nulls
    if all(isinstance(item, dict) and {"token", "logprob"} <= item.keys() for item in value):
        return [(Place(), {"top": value})], 0
    rows: list[tuple[Place, object]] = []
    nulls = 0
    for index, item in enumerate(value):
        here = Place.nth("item", index)
        inner, skipped = _rows_of(item, place.then(here)) if _holds_rows(item) else ([(Place(), item)], 0)
        rows += [(here.then(where), row) for where, row in inner]
        nulls += skipped
    return rows, nulls
