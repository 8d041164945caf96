"""JSON lines: a distribution on each, or a pair `{"p": …, "q": …}`, answered as they arrive.

A distribution is an array of numbers or an object label → number. A pipe may never end: what is there is read, cut at
its last line end, and becomes blocks of lines that are alike in their lengths or their labels.
"""

import codecs
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any

from klcli.errors import NotADistribution, Unreadable
from klcli.sources.json_document import described
from klcli.sources.json_parser import floats, json_parser
from klcli.sources.rows.origin import Origin
from klcli.sources.rows.row_source import RowBlock, RowQuery, RowSource, row_format
from klcli.visible import shorten

__all__ = ["JsonRows", "Line", "alike", "block_of", "json_lines", "open_json_lines", "taken"]

_CHUNK = 1 << 20  # bytes that are read at once, where so many are there


@dataclass(frozen=True, slots=True)
class Line:
    """A line and its value."""

    number: int
    value: Any


@row_format(
    "jsonl", summary='JSON lines: a distribution on each, or {"p": …, "q": …}', suffixes=(".jsonl", ".ndjson"),
    aliases=("ndjson",),
)  # fmt: skip
def open_json_lines(origin: Origin, query: RowQuery) -> RowSource:
    """Returns the distributions of lines."""
    return JsonRows(origin, query)


class JsonRows(RowSource):
    """A distribution on each line: an array, an object, or a field of an object with more fields."""

    outcomes = None

    def __init__(self, origin: Origin, query: RowQuery) -> None:
        self.name = origin.name
        self._origin, self._query = origin, query
        self.columns = query.others

    def blocks(self, rows: int) -> Iterator[RowBlock]:
        query, first = self._query, 0
        for lines in json_lines(self._origin, rows):
            found = [(self._field(line), line) for line in lines]
            for _, group in groupby(found, lambda pair: alike(pair[0])):
                some = list(group)
                chosen = [line for _, line in some]
                yield block_of(self.name, [value for value, _ in some], chosen, first, query)
                first += len(some)

    def _field(self, line: Line) -> object:
        """The distribution of a line: the field that is named, or `p` or `q`, or the line itself."""
        value, query = line.value, self._query
        if not isinstance(value, dict):
            return value
        if query.array is not None:
            if query.array not in value:
                keys = ", ".join(map(shorten, list(value)[:12]))
                raise self._origin.unreadable(f"line {line.number}: no field {query.array!r}; the keys are {keys}")
            return value[query.array]
        inner = value.get(query.side)
        if isinstance(inner, (list, dict)):
            return inner
        return {key: each for key, each in value.items() if key not in query.named} if query.named else value


def json_lines(origin: Origin, rows: int) -> Iterator[list[Line]]:
    """Yields the values of so many lines at most, as soon as there are any; blank lines are none.

    Raises:
        Unreadable: a line is no JSON, or there is none at all.
    """
    parse = json_parser()
    number = 0
    is_empty = True
    for some in _arriving(origin):
        lines = []
        for text in some:
            number += 1
            if not text.strip():
                continue
            try:
                lines.append(Line(number, parse(text)))
            except ValueError as error:
                if lines:
                    yield lines  # what came before it is answered
                raise _refused(origin, number, error) from None
            if len(lines) == rows:
                is_empty = False
                yield lines
                lines = []
        if lines:
            is_empty = False
            yield lines
    if is_empty:
        raise origin.unreadable("empty: there are no lines")


def _arriving(origin: Origin) -> Iterator[list[bytes]]:
    """The lines of a stream, as many as are there."""
    with origin.reading(), closing(origin.open()) as stream:
        read: Any = getattr(stream, "read1", stream.read)
        rest = read(_CHUNK).removeprefix(codecs.BOM_UTF8)
        if rest.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise origin.unreadable("JSON lines in UTF-16", hint="convert it, as with iconv -f utf-16 -t utf-8")
        while rest:
            whole, end, rest = rest.rpartition(b"\n")
            if end:
                yield whole.split(b"\n")
            parts = [rest]
            while (chunk := read(_CHUNK)) and b"\n" not in chunk:
                parts.append(chunk)  # joined once: a line may be long
            rest = b"".join((*parts, chunk))
            if not chunk:
                if rest:
                    yield [rest]
                return


def _refused(origin: Origin, number: int, error: ValueError) -> Unreadable:
    column = getattr(error, "colno", None)
    if column is not None:
        return origin.unreadable(f"line {number}, column {column}: not JSON: {getattr(error, 'msg', error)}")
    if isinstance(error, UnicodeDecodeError):
        return origin.unreadable(f"line {number}: not UTF-8", hint="convert it, as with iconv -f latin1 -t utf-8")
    return origin.unreadable(f"line {number}: {error}")


def alike(value: object) -> object:
    """Returns what two distributions have in common that can stand in one block: their length, or their labels."""
    if isinstance(value, list):
        return len(value)
    return tuple(value) if isinstance(value, dict) else None


def block_of(
    name: str, values: Sequence[object], lines: Sequence[Line], first: int, query: RowQuery, side: str = ""
) -> RowBlock:
    """Returns the block of distributions that are `alike`.

    Raises:
        NotADistribution: one is no array or object of numbers.
    """
    head = values[0]
    labels = tuple(head) if isinstance(head, dict) else None
    rows: list[Any] = [list(each.values()) for each in values if isinstance(each, dict)] if labels else list(values)
    where = f"{side}: " if side else ""
    if labels is None and not isinstance(head, list):
        found = f"{described(head)}, not an array or an object of numbers"
        raise NotADistribution(f"{name}: line {lines[0].number}: {where}{found}")
    if not rows[0]:
        raise NotADistribution(f"{name}: line {lines[0].number}: {where}there are no values")
    numbers = floats(list(chain.from_iterable(rows)))
    if numbers is None:
        raise _no_number(name, rows, lines, where, labels)
    return RowBlock(
        numbers.reshape(len(rows), len(rows[0])), first, lambda row: f"line {lines[row].number}", labels,
        *taken(name, lines, query),
    )  # fmt: skip


def _no_number(
    name: str, rows: Sequence[Sequence[object]], lines: Sequence[Line], where: str, labels: Sequence[str] | None
) -> NotADistribution:
    row, column = next(
        (row, column) for row, values in enumerate(rows) for column, value in enumerate(values)
        if type(value) not in (int, float)
    )  # fmt: skip
    value = rows[row][column]
    place = repr(shorten(labels[column])) if labels else f"value {column + 1}"
    found = f"{name}: line {lines[row].number}: {where}{place}: {described(value)} where a number belongs"
    hint = None
    if isinstance(value, dict):
        hint = "one distribution a line; for fields that hold P and Q, pass --p and --q"
    elif isinstance(value, list):
        hint = "one distribution a line, as jq -c '.[]' writes them"
    return NotADistribution(found, hint=hint)


def taken(
    name: str, lines: Sequence[Line], query: RowQuery
) -> tuple[Sequence[str] | None, Mapping[str, Sequence[str]]]:
    """Returns the names of rows, and the other fields that were asked for, as far as they are there."""
    if not query.named:
        return None, {}
    found = {key: _texts(name, lines, key) for key in query.named}
    ids = found.get(query.id) if query.id is not None else None
    return ids, {key: texts for key in query.others if (texts := found[key]) is not None}


def _texts(name: str, lines: Sequence[Line], key: str) -> Sequence[str] | None:
    """A field of every line as text, numbers as they would be written; None where no line has it."""
    has = [isinstance(line.value, dict) and key in line.value for line in lines]
    if not any(has):
        return None
    texts = []
    for line, is_there in zip(lines, has, strict=True):
        value = line.value[key] if is_there else None
        if isinstance(value, (dict, list)) or value is None:
            found = f"{described(value)} as {key!r}" if is_there else f"no field {key!r}, which other lines have"
            raise NotADistribution(f"{name}: line {line.number}: {found}")
        texts.append(
            value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else repr(value)
        )
    return texts
