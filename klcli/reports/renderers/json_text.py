"""Strict JSON: infinity is the string "Infinity", NaN does not occur, and no character in it can control a terminal."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from math import isinf
from typing import TYPE_CHECKING

from klcli.document.batch import batch_case
from klcli.document.drift import drift_pair
from klcli.reports.cell_texts import machine_texts
from klcli.reports.format import Format, registered
from klcli.reports.number_texts import joined_numbers, number_texts
from klcli.reports.parts import Joint
from klcli.reports.report import Ending, Head
from klcli.reports.table_rows import NumberRows, Records, Row, in_blocks

if TYPE_CHECKING:
    from klcli.runs.batch_results import Case
    from klcli.runs.rows.results import RowAnswer

__all__ = ["Json", "JsonLines", "dumps"]

# characters that json.dumps leaves unescaped though a terminal obeys them; they occur only inside strings
_UNSAFE = "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"


@registered
class Json(Format):
    """One indented document, or one document with a row or a pair on each line, written as they come."""

    name = "json"
    title = "JSON"
    summary = "one strict JSON document"

    def begin(self, head: Head) -> str:
        self._between = ""
        self._is_whole = not head.items
        return "" if self._is_whole else f"{dumps(head.document)[:-1]}, {dumps(head.items)}: ["

    def rows(self, answer: "RowAnswer") -> str:
        return self._item(_row_items(answer, ",\n"))

    def case(self, case: "Case") -> str:
        return self._item(dumps(batch_case(case.name, case.status.value, case.document, is_whole=False)))

    def end(self, ending: Ending) -> Iterable[str]:
        document = ending.document()
        if self._is_whole:
            yield from _indented(document)
            yield "\n"
        else:
            yield f"\n], {dumps(document)[1:]}\n"

    def _item(self, text: str) -> str:
        between, self._between = self._between, ","
        return f"{between}\n{text}"


@registered
class JsonLines(Format):
    """A line for each result."""

    name = "jsonl"
    title = "JSON lines"
    summary = "JSON lines: one result on each"

    def rows(self, answer: "RowAnswer") -> str:
        return _row_items(answer, "\n") + "\n"

    def case(self, case: "Case") -> str:
        return f"{dumps(batch_case(case.name, case.status.value, case.document, is_whole=True))}\n"

    def joint(self, joint: Joint) -> str:
        return f"{dumps(drift_pair(joint.document))}\n"

    def end(self, ending: Ending) -> Iterable[str]:
        if not self.head.items:
            lines = (ending.lines() if ending.lines else ()) or (ending.document(),)
            if isinstance(lines, Records):
                for rows in in_blocks(lines.rows):
                    yield _filled(lines.keys, _columns(rows), "\n") + "\n"
            else:
                yield from (f"{dumps(line)}\n" for line in lines)


@lru_cache
def _encoder(between: str = ", ") -> json.JSONEncoder:
    return json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, separators=(between, ": "))


def dumps(value: object, between: str = ", ") -> str:
    """Returns a value as strict JSON, on one line unless the text between two items has others."""
    encode = _encoder(between).encode
    try:
        text = encode(value)
    except (TypeError, ValueError):  # it contains an infinity, or a mapping that is not a dict
        text = encode(_strict(value))
    if text.isascii() and "\x7f" not in text:
        return text
    return re.sub(_UNSAFE, lambda match: f"\\u{ord(match.group()):04x}", text)


def _indented(value: object, line: str = "\n") -> Iterator[str]:
    """Yields a value as strict JSON, an item on each line; the json module encodes what holds no other items at once.

    Args:
        line: The line feed and the indentation of the line that the value ends.
    """
    if not _is_nested(type(value)) or not value:
        yield dumps(value)
        return
    assert isinstance(value, (Mapping, Sequence))
    inner = line + "  "
    if isinstance(value, Records):
        lines = f"{{{inner}  ", f",{inner}  ", f"{inner}}}"
        for number, rows in enumerate(in_blocks(value.rows)):
            yield ("," if number else "[") + inner + _filled(value.keys, _columns(rows), f",{inner}", lines)
        yield f"{line}]"
        return
    if isinstance(value, NumberRows):
        marks = f"[{inner}  ", f",{inner}  ", f"{inner}]"
        for number, row in enumerate(row for _, block in value.blocks() for row in block):
            yield ("," if number else "[") + inner + marks[0] + joined_numbers(row, marks[1], '"Infinity"') + marks[2]
        yield f"{line}]"
        return
    items = value.values() if isinstance(value, Mapping) else value
    first, last = "{}" if isinstance(value, Mapping) else "[]"
    if not any(map(_is_nested, set(map(type, items)))):
        yield f"{first}{inner}{dumps(value, ',' + inner)[1:-1]}{line}{last}"
        return
    for number, key in enumerate(value):
        yield (f",{inner}" if number else first + inner)
        if isinstance(value, Mapping):
            yield f"{dumps(key)}: "
        yield from _indented(value[key] if isinstance(value, Mapping) else key, inner)
    yield line + last


def _is_nested(kind: type) -> bool:
    return issubclass(kind, (Mapping, Sequence)) and not issubclass(kind, str)


def _strict(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _strict(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_strict(item) for item in value]
    if isinstance(value, float) and isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def _row_items(answer: "RowAnswer", between: str) -> str:
    names = [column.name for column in answer.columns]
    columns = [number_texts(answer.values[name], infinity='"Infinity"') for name in names]
    if answer.ids is not None:
        names, columns = ["id", *names], [list(map(dumps, answer.ids)), *columns]
    return _filled(["row", *names], [list(map(str, answer.numbers)), *columns], between)


def _columns(rows: Sequence[Row]) -> list[list[str]]:
    """Returns the cells of rows as JSON, by column."""
    return [machine_texts(cells, dumps, '"Infinity"') for cells in zip(*rows, strict=True)]


def _filled(
    keys: Sequence[str], columns: Sequence[Sequence[str]], between: str, marks: tuple[str, str, str] = ("{", ", ", "}")
) -> str:
    """Returns records as JSON objects, by filling a pattern, which takes a tenth of the time of json.dumps.

    Args:
        columns: Values as JSON, for each key. between: Text between two objects. marks: Text before, between and after
            the values of one.
    """
    start, comma, end = marks
    pattern = start + comma.join(f"{dumps(key)}: ".replace("%", "%%") + "%s" for key in keys) + end
    return between.join([pattern] * len(columns[0])) % tuple(chain.from_iterable(zip(*columns, strict=True)))
