"""Row i of P with row i of Q, from two sources, or from one that holds both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from klcli.errors import NotComparable, Unreadable, UsageError
from klcli.notes import Note, together
from klcli.sources.bytes.byte_source import Origin
from klcli.sources.bytes.expansion import MAX_EXPAND, parse_expansion
from klcli.sources.json_text.lines import Lines, json_lines
from klcli.sources.rows.json_rows import alike, block_of, taken
from klcli.sources.rows.partial_batch import until_refused
from klcli.sources.rows.row_source import RowBlock, RowFormat, RowQuery, RowSource, format_of
from klcli.sources.rows.top_lines import TopBlock, is_top, refuse_tokens, top_lists

__all__ = ["PairBlock", "RowPairs", "Side", "open_pairs"]

_HOLD_PAIRS = ("npz", "safetensors")


@dataclass(frozen=True, slots=True)
class PairBlock:
    """As many rows of P as of Q, those that belong together in the same place."""

    p: RowBlock
    q: RowBlock

    def __len__(self) -> int:
        return len(self.p.values)

    def part(self, rows: range) -> "PairBlock":
        """Returns some of the rows that follow each other."""
        return PairBlock(_part(self.p, rows.start, rows.stop), _part(self.q, rows.start, rows.stop))


@dataclass(frozen=True, slots=True)
class Side:
    """What is known of P or of Q before it is read; None where it is not.

    Attributes:
        name: of the source. count: of its rows. kind: of its numbers, as after `--as`.
        columns: those that it has of the ones that were asked for.
    """

    name: str
    count: int | None = None
    kind: str | None = None
    columns: Sequence[str] = ()


class RowPairs:
    """The rows of P and Q.

    Attributes:
        p, q: what is known of each. is_live: whether more rows may come at any time, so that each is wanted at once.
    """

    p: Side
    q: Side
    is_live: bool

    @property
    def notes(self) -> tuple[Note, ...]:
        """What to watch, once they were read."""
        return ()

    def blocks(self, size: int) -> Iterator[PairBlock | TopBlock]:
        """Yields blocks of about so many numbers on each side.

        Raises:
            InputError: a source is not what it claims to be, or one has more rows than the other.
        """
        raise NotImplementedError


def open_pairs(
    words: Sequence[str],
    *,
    arrays: Sequence[str | None] = (None, None),
    id_column: str | None = None,
    others: Sequence[str] = (),
    input_format: str | None = None,
    header: bool | None = None,
    max_expand: str = MAX_EXPAND,
) -> RowPairs:
    """Returns the rows of two operands, or those of one that holds both; arguments as in `open_rows`.

    Raises:
        InputError: they cannot be opened, or their numbers of rows differ.
        UsageError: one operand holds no pair.
    """
    if words[1:] == words[:1] == ["-"]:
        raise UsageError("standard input can be one operand, not both", hint="pass one as a file")
    origins = [Origin(word, parse_expansion(max_expand)) for word in words]
    formats = [format_of(origin, input_format) for origin in origins]
    queries = [
        RowQuery(array, side, id_column, tuple(others), header=header) for side, array in zip("pq", arrays, strict=True)
    ]
    if len(words) == 1:
        return _of_one(origins[0], formats[0], queries)
    p, q = (found.open(origin, query) for found, origin, query in zip(formats, origins, queries, strict=True))
    return _Two(p, q, is_live=any(origin.is_stream for origin in origins))


def _of_one(origin: Origin, found: RowFormat, queries: Sequence[RowQuery]) -> RowPairs:
    if found.name == "jsonl":
        return _JsonPairs(origin, queries)
    if found.name in _HOLD_PAIRS and not origin.is_stream:
        p, q = (found.open(origin, query) for query in queries)
        if p.name == q.name and not any(query.array for query in queries):
            raise UsageError(
                f"{origin.name}: one operand, which holds one array and no pair", hint="give Q as a second operand"
            )
        return _Two(p, q, is_live=False)
    if not origin.head():
        raise origin.unreadable("empty: there are no rows")
    raise UsageError(
        f"{origin.name}: one operand, which holds P and Q only as JSON lines, .npz or .safetensors",
        hint="give Q as a second operand",
    )


class _Two(RowPairs):
    def __init__(self, p: RowSource, q: RowSource, *, is_live: bool) -> None:
        self._sources = (p, q)
        self.p, self.q = (Side(each.name, each.count, each.kind, each.columns) for each in self._sources)
        self.is_live = is_live
        if p.count is not None and q.count is not None and p.count != q.count:
            raise NotComparable(f"{p.name} has {p.count:,} rows and {q.name} has {q.count:,}")

    @property
    def notes(self) -> tuple[Note, ...]:
        p, q = self._sources
        return together(p.notes, q.notes)

    def blocks(self, size: int) -> Iterator[PairBlock]:
        width = max(source.outcomes or 1 for source in self._sources)
        rows = max(1, size // width)
        readings = [source.blocks(rows) for source in self._sources]
        held: list[RowBlock | None] = [None, None]
        while True:
            held = [each or next(reading, None) for each, reading in zip(held, readings, strict=True)]
            p, q = held
            if p is None or q is None:
                for here, there, more in zip(self._sources, self._sources[::-1], (p, q), strict=True):
                    if more is not None:
                        raise NotComparable(f"{there.name} ends after {more.first:,} rows, but {here.name} has more")
                return
            count = min(len(p.values), len(q.values))
            yield PairBlock(_part(p, 0, count), _part(q, 0, count))
            held = [_part(each, count, len(each.values)) if len(each.values) > count else None for each in (p, q)]


def _part(block: RowBlock, start: int, stop: int) -> RowBlock:
    if start == 0 and stop == len(block.values):
        return block
    where = slice(start, stop)
    return replace(
        block,
        values=block.values[where],
        first=block.first + start,
        place=lambda row: block.place(row + start),
        ids=None if block.ids is None else block.ids[where],
        columns={name: cells[where] for name, cells in block.columns.items()},
        targets=None if block.targets is None else block.targets[where],
    )


class _JsonPairs(RowPairs):
    """Objects with the fields p and q, or with those that were named."""

    def __init__(self, origin: Origin, queries: Sequence[RowQuery]) -> None:
        self._origin = origin
        self._query = queries[0]
        self._fields = tuple(query.array or query.side for query in queries)
        self.p, self.q = (Side(f"{origin.name}:{field}", columns=queries[0].others) for field in self._fields)
        self.is_live = origin.is_stream

    def blocks(self, size: int) -> Iterator[PairBlock | TopBlock]:
        first = 0
        for lines in json_lines(self._origin, max(1, size // 64)):
            if self.is_live:
                read = partial(self._part_of, lines, first)
                yield from until_refused(range(len(lines.values)), read)
            else:
                yield from self._blocks_of(lines, first)
            first += len(lines.values)

    def _part_of(self, lines: Lines, first: int, rows: range) -> Iterator[PairBlock | TopBlock]:
        return self._blocks_of(lines[rows.start : rows.stop], first + rows.start)

    def _blocks_of(self, lines: Lines, first: int) -> Iterator[PairBlock | TopBlock]:
        p, q = self._fields
        try:
            sides = [value[p] for value in lines.values], [value[q] for value in lines.values]
        except (KeyError, TypeError, IndexError):
            raise self._no_pair(lines) from None
        for where in alike(*sides):
            some, at = lines[where], first + where.start
            values = [side[where] for side in sides]
            if any(is_top(each[0]) for each in values):
                yield self._tops(values, some, at)
            else:
                named = zip(values, self._fields, strict=True)
                yield PairBlock(*(
                    block_of(self._origin.name, each, some, at, self._query, field) for each, field in named
                ))  # fmt: skip

    def _tops(self, values: Sequence[Sequence[object]], lines: Lines, first: int) -> TopBlock:
        name = self._origin.name
        places = [[f"{name}: line {number}: {field}" for number in lines.numbers] for field in self._fields]
        p, q = (top_lists(*each) for each in zip(values, places, strict=True))
        refuse_tokens(values[1], p, places[0])
        refuse_tokens(values[0], q, places[1])
        return TopBlock(p, q, first, *taken(name, lines, self._query))

    def _no_pair(self, lines: Lines) -> Unreadable:
        p, q = self._fields
        number = next(
            number for number, value in zip(lines.numbers, lines.values, strict=True)
            if not (isinstance(value, dict) and p in value and q in value)
        )  # fmt: skip
        return self._origin.unreadable(
            f"line {number}: no object with the fields {p!r} and {q!r}",
            hint='as in {"p": [0.5, 0.5], "q": [0.9, 0.1]}; --p and --q name others',
        )
