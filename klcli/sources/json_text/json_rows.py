"""JSON lines with a distribution on each: an array of numbers, or an object label → number.

Consecutive lines of equal length, or with equal labels, make a block.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from typing import Any

from klcli.errors import NotADistribution, Place
from klcli.notes import first_tokens_null, listing
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.columns.row_columns import NAMES_OF_ROWS, absent_names, cure_of_names
from klcli.sources.formats.query import RowQuery
from klcli.sources.formats.row_source import ListedBlock, RowBlock, RowSource
from klcli.sources.json_text.lines import Lines, json_lines
from klcli.sources.json_text.parser import floats, is_minus_infinity
from klcli.sources.json_text.responses import is_response
from klcli.sources.json_text.several_rows import expanded, named_apart, records_apart
from klcli.sources.json_text.top_lists import as_listed
from klcli.sources.json_text.values import described
from klcli.support.sentence import Option, Sentence
from klcli.support.text.safe_text import shorten

__all__ = ["JsonRows", "block_of", "fields_asked_for", "runs_of_one_form"]


class JsonRows(RowSource):
    """A distribution on each line: an array, an object, or one field of an object."""

    outcomes = None

    def __init__(self, source: ByteSource, query: RowQuery) -> None:
        self.name = source.name
        self._source, self._query = source, query
        self.columns = query.others

    def blocks(self, rows: int) -> Iterator[RowBlock | ListedBlock]:
        query, first, nulls = self._query, 0, 0
        for lines in map(records_apart, json_lines(self._source, rows)):
            if not first and query.finds_id and not query.named and query.array is None:
                lines = named_apart(lines)
            if not first and query.finds_id and query.id is None:
                query = self._query = query._replace(id=_field_of_texts(lines.values))
            found: Sequence[object] = [self._field(lines, row) for row in range(len(lines.values))]
            lines, found, skipped = expanded(self.name, lines, found)
            nulls += skipped
            for where in runs_of_one_form(found):
                if as_listed(found[where.start]):
                    yield _listed_block(self.name, found[where], lines[where], first + where.start, query)
                else:
                    yield block_of(self.name, found[where], lines[where], first + where.start, query)
            first += len(found)
        self.notes = (first_tokens_null(self.name, nulls),) if nulls else ()

    def _field(self, lines: Lines, row: int) -> object:
        """Returns the distribution of a line: the field that is named, or `p` or `q`, or the line itself."""
        query, value = self._query, lines.values[row]
        if not isinstance(value, dict):
            if query.array is not None:
                raise self._source.unreadable(
                    f"{described(value)}, which has no field {query.array!r}",
                    place=lines.place(row),
                    hint="leave the name out: the line is the distribution",
                )
            return value
        if query.array is not None:
            if query.array not in value:
                keys = listing(list(value), most=12)
                raise self._source.unreadable(f"no field {query.array!r}; the keys are {keys}", place=lines.place(row))
            return value[query.array]
        inner = value.get(query.side)
        if isinstance(inner, (list, dict)):
            return inner
        return {key: each for key, each in value.items() if key not in query.named} if query.named else value


def _field_of_texts(values: Sequence[object]) -> str | None:
    """Returns the first field that holds a text on each line, beside numbers or the field that is the distribution."""
    head = values[0] if values else None
    if not isinstance(head, dict) or is_response(head):
        return None
    texts = (key for key, value in head.items() if isinstance(value, str) and not is_minus_infinity(value))
    return next(
        (key for key in texts if all(isinstance(each, dict) and isinstance(each.get(key), str) for each in values)),
        None,
    )


def _listed_block(name: str, values: Sequence[object], lines: Lines, first: int, query: RowQuery) -> ListedBlock:
    return ListedBlock(values, first, lines.place, *fields_asked_for(name, lines, query))


def runs_of_one_form(*columns: Sequence[object]) -> Iterator[slice]:
    """Yields the runs in which the values of each column fit into one block: lists of one length, or equal labels.

    Args:
        columns: of equal lengths.
    """
    if all(set(map(type, column)) == {list} and len(set(map(len, column))) == 1 for column in columns):  # type: ignore[arg-type]
        yield slice(0, len(columns[0]))
        return
    start = 0
    for _, run in groupby(zip(*columns, strict=True), lambda values: [_form(value) for value in values]):
        count = sum(1 for _ in run)
        yield slice(start, start + count)
        start += count


def _form(value: object) -> object:
    if isinstance(value, list):
        return len(value)
    if as_listed(value):
        return "top"
    return tuple(value) if isinstance(value, dict) else None


def block_of(
    name: str, values: Sequence[object], lines: Lines, first: int, query: RowQuery, side: str = ""
) -> RowBlock:
    """Returns the block of a run of distributions of one form.

    Raises:
        NotADistribution: a value is not an array or object of numbers.
    """
    head = values[0]
    labels = tuple(head) if isinstance(head, dict) else None
    rows: list[Any] = [list(each.values()) for each in values if isinstance(each, dict)] if labels else list(values)

    def place(row: int) -> Place:
        line = Place(name).then(lines.place(row))
        return line.then(side) if side else line

    if labels is None and not isinstance(head, list):
        raise NotADistribution(f"{described(head)}, not an array or an object of numbers", place=place(0))
    if not rows[0]:
        raise NotADistribution("there are no values", place=place(0))
    numbers = floats(list(chain.from_iterable(rows)))
    if numbers is None:
        raise _no_number(rows, place, labels, is_table=query.finds_id, asked=query.id)
    return RowBlock(
        numbers.reshape(len(rows), len(rows[0])), first, lines.place, labels,
        *fields_asked_for(name, lines, query, is_alone=bool(side)),
    )  # fmt: skip


def _no_number(
    rows: Sequence[Sequence[object]], place: Callable[[int], Place], labels: Sequence[str] | None, *,
    is_table: bool, asked: str | None,
) -> NotADistribution:  # fmt: skip
    row, column = next(
        (row, column) for row, values in enumerate(rows) for column, value in enumerate(values)
        if type(value) not in (int, float) and not is_minus_infinity(value)
    )  # fmt: skip
    value = rows[row][column]
    hint = None
    if isinstance(value, str) and labels:
        hint = cure_of_names(labels[column], asked, labels)
    elif isinstance(value, dict):
        hint = Sentence(
            "one distribution a line; for fields that hold P and Q, pass ", Option("--p"), " and ", Option("--q")
        )
        if is_table:
            hint = Sentence(
                "one distribution a line: jq -c 'to_entries[] | {name: .key} + .value', with ", Option("--id", "name")
            )
    elif isinstance(value, list):
        hint = "one distribution a line, as jq -c '.[]' writes them"
        if labels and is_table:
            hint = Sentence(hint, ", or name the field that holds it: ", Option("--array", labels[column]))
        elif labels:
            hint = Sentence("if it is the distribution, name the field: ", Option("--column", labels[column]))
    cell = repr(shorten(labels[column])) if labels else f"value {column + 1}"
    return NotADistribution(f"{described(value)} where a number belongs", place=place(row).then(cell), hint=hint)


def fields_asked_for(
    name: str, lines: Lines, query: RowQuery, *, is_alone: bool = False
) -> tuple[Sequence[str] | None, Mapping[str, Sequence[str]]]:
    """Returns the names of rows, and the other fields asked for that the lines have.

    Where no names are asked for, a field that may name the rows is among the others.

    Raises:
        InputError: no line has the field of the names, and no other operand (`is_alone`) may have it.
    """
    if not query.named:
        return None, _names_in(lines)
    found = {key: _texts(name, lines, key) for key in query.named}
    ids = found.get(query.id) if query.id is not None else None
    if query.id is not None and ids is None and (query.finds_id or is_alone) and isinstance(lines.values[0], dict):
        raise absent_names(query.id, list(lines.values[0])).at(Place(name).then(lines.place(0)))
    others = {key: texts for key in query.others if (texts := found[key]) is not None}
    return ids, others if query.id is not None else {**_names_in(lines), **others}


def _names_in(lines: Lines) -> dict[str, Sequence[str]]:
    """Returns the field that may name the rows, if every line has it; the `id` of a response is another each time."""
    for key in NAMES_OF_ROWS:
        if all(isinstance(line, dict) and isinstance(line.get(key), (str, int)) for line in lines.values):
            return {} if key == "id" and any(map(is_response, lines.values)) else {key: [*map(str, _each(lines, key))]}
    return {}


def _each(lines: Lines, key: str) -> Iterator[object]:
    return (line[key] for line in lines.values)


def _texts(name: str, lines: Lines, key: str) -> Sequence[str] | None:
    """Returns a field of every line as text; None if no line has it."""
    has = [isinstance(value, dict) and key in value for value in lines.values]
    if not any(has):
        return None
    texts = []
    for row, (line, is_there) in enumerate(zip(lines.values, has, strict=True)):
        value = line[key] if is_there else None
        if isinstance(value, (dict, list)) or value is None:
            found = f"{described(value)} as {key!r}" if is_there else f"no field {key!r}, which other lines have"
            raise NotADistribution(found, place=Place(name).then(lines.place(row)))
        texts.append(
            value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else repr(value)
        )
    return texts
