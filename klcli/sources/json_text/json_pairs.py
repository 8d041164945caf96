"""JSON that holds P and Q: an object on each line, or in an array, whose fields are distributions or top lists."""

from collections.abc import Iterator, Sequence
from functools import partial

from klcli.errors import NotComparable, Place, Unreadable
from klcli.notes import Note, first_tokens_null
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.formats.partial_batch import until_refused
from klcli.sources.formats.query import RowQuery
from klcli.sources.formats.row_pairs import PairBlock, RowPairs, Side, TopBlock
from klcli.sources.json_text.json_rows import block_of, fields_asked_for, runs_of_one_form
from klcli.sources.json_text.lines import Lines, json_lines
from klcli.sources.json_text.several_rows import expanded, records_apart
from klcli.sources.json_text.top_lists import SameTexts, as_listed, top_lists
from klcli.support.sentence import Option, Sentence

__all__ = ["JsonPairs"]


def _count(lines: Lines, place: Place) -> int:
    """Returns the number of values at a place or within it."""
    found = (lines.place(row) for row in range(len(lines.values)))
    return sum(each._replace(steps=each.steps[: len(place.steps)]) == place for each in found)


class JsonPairs(RowPairs):
    """Objects with the fields p and q, or with those that are named, one on each line."""

    def __init__(self, source: ByteSource, queries: Sequence[RowQuery]) -> None:
        self._source = source
        self._query = queries[0]
        self._fields = tuple(query.array or query.side for query in queries)
        self.p, self.q = (Side(f"{source.name}:{field}", columns=queries[0].others) for field in self._fields)
        self.is_live = source.is_stream
        self._nulls = 0

    def blocks(self, size: int) -> Iterator[PairBlock | TopBlock]:
        first = 0  # counts rows, of which a line may hold several

        def read(lines: Lines, some: range) -> Iterator[PairBlock | TopBlock]:
            return self._blocks_of(lines[some.start : some.stop], first)

        for lines in map(records_apart, json_lines(self._source, max(1, size // 64))):
            every = range(len(lines.values))
            for block in until_refused(every, partial(read, lines)) if self.is_live else read(lines, every):
                yield block
                first = block.first + len(block)

    def _blocks_of(self, lines: Lines, first: int) -> Iterator[PairBlock | TopBlock]:
        p, q = self._fields
        try:
            sides: tuple[Sequence[object], Sequence[object]] = (
                [value[p] for value in lines.values], [value[q] for value in lines.values]
            )  # fmt: skip
        except (KeyError, TypeError, IndexError):
            raise self._no_pair(lines) from None
        lines, sides = self._expanded(lines, sides)
        for where in runs_of_one_form(*sides):
            some, at = lines[where], first + where.start
            values = [side[where] for side in sides]
            if any(as_listed(each[0]) for each in values):
                yield self._tops(values, some, at)
            else:
                named = zip(values, self._fields, strict=True)
                yield PairBlock(*(
                    block_of(self._source.name, each, some, at, self._query, field) for each, field in named
                ))  # fmt: skip

    def _expanded(
        self, lines: Lines, sides: tuple[Sequence[object], Sequence[object]]
    ) -> tuple[Lines, tuple[Sequence[object], Sequence[object]]]:
        """Returns the rows in lines whose fields hold several, such as two responses of services."""
        (p_lines, p, p_nulls), (q_lines, q, q_nulls) = (expanded(self._source.name, lines, side) for side in sides)
        if list(p_lines.values) != list(q_lines.values):
            places = map(lines.place, range(len(lines.values)))
            uneven = next(place for place in places if _count(p_lines, place) != _count(q_lines, place))
            raise NotComparable(
                f"{_count(p_lines, uneven)} rows in {self._fields[0]}, {_count(q_lines, uneven)} in {self._fields[1]}",
                place=Place(self._source.name).then(uneven),
            )
        self._nulls += max(p_nulls, q_nulls)
        return p_lines, (p, q)

    @property
    def notes(self) -> tuple[Note, ...]:
        return (first_tokens_null(self._source.name, self._nulls),) if self._nulls else ()

    def _tops(self, values: Sequence[Sequence[object]], lines: Lines, first: int) -> TopBlock:
        name = self._source.name
        rows = range(len(lines.values))
        places = [[Place(name).then(lines.place(row)).then(field) for row in rows] for field in self._fields]
        p, q = top_lists(values[0], values[1], places)
        SameTexts().check(values[0], values[1], places[0])
        return TopBlock(p, q, first, *fields_asked_for(name, lines, self._query, is_alone=True))

    def _no_pair(self, lines: Lines) -> Unreadable:
        p, q = self._fields
        row = next(
            row for row, value in enumerate(lines.values)
            if not (isinstance(value, dict) and p in value and q in value)
        )  # fmt: skip
        return self._source.unreadable(
            f"not an object with the fields {p!r} and {q!r}",
            place=lines.place(row),
            hint=Sentence(
                'as in {"p": [0.5, 0.5], "q": [0.9, 0.1]}; ', Option("--p"), " and ", Option("--q"), " name others"
            ),
        )
