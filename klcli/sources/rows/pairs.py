"""The rows of P and Q, from two operands, or from one that holds both."""

from collections.abc import Iterator, Sequence

from klcli.errors import NotComparable, Place, UsageError
from klcli.notes import Note, together
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.bytes.expansion import MAX_EXPAND
from klcli.sources.bytes.files import Path
from klcli.sources.formats.input_format import INPUT_FORMATS, InputFormat, format_of_rows, read_against_suffix
from klcli.sources.formats.query import RowQuery
from klcli.sources.formats.row_pairs import PairBlock, RowPairs, Side, TopBlock
from klcli.sources.formats.row_source import ListedBlock, RowBlock, RowSource, refuse_other_axes
from klcli.sources.formats.text_dialect import PLAIN, TextDialect
from klcli.sources.json_text.top_lists import SameTexts, top_lists
from klcli.sources.rows.open_rows import row_bytes
from klcli.sources.rows.row_names import names_in_common, names_of_both
from klcli.support.text.safe_text import shorten

__all__ = ["open_pairs"]

_MOST_ROWS = 1 << 16  # in a block: a row of text takes 300 bytes besides its numbers


def open_pairs(
    words: Sequence[str], *, arrays: Sequence[str | None] = (None, None), id_column: str | None = None,
    others: Sequence[str] = (), formats: Sequence[str | None] = (None, None), header: bool | None = None,
    dialect: TextDialect = PLAIN, max_expand: str = MAX_EXPAND,
) -> RowPairs:  # fmt: skip
    """Returns the rows of two operands, or those of one that holds both; arguments as in `open_rows`.

    Args:
        arrays, formats: for P and for Q.

    Raises:
        InputError: an operand cannot be opened, or the numbers of rows differ.
        UsageError: a single operand does not hold a pair.
    """
    if list(words) == ["-", "-"]:
        raise UsageError("standard input can be one operand, not both", hint="pass one as a file")
    sources = [row_bytes(word, max_expand) for word in words]
    found = [format_of_rows(source, name) for source, name in zip(sources, formats, strict=False)]
    queries = [
        RowQuery(array, side, id_column, tuple(others), header=header, dialect=dialect)
        for side, array in zip("pq", arrays, strict=True)
    ]
    if len(words) == 1:
        return _in_one(sources[0], found[0], queries)
    p, q = (_opened(*each) for each in zip(found, sources, queries, formats, strict=True))
    files = [(source.file, name) for source, name in zip(sources, formats, strict=True)]
    return _TwoSources(p, q, files, is_live=any(source.is_stream for source in sources),
                       id_column=id_column)  # fmt: skip


def _opened(found: InputFormat, source: ByteSource, query: RowQuery, name: str | None) -> RowSource:
    with read_against_suffix(source.file, name):
        return found.rows(source, query)


def _in_one(source: ByteSource, found: InputFormat, queries: Sequence[RowQuery]) -> RowPairs:
    if found.open_pairs is not None:
        return found.open_pairs(source, queries)
    if found.holds_named_arrays and not source.is_stream:
        p, q = (found.rows(source, query) for query in queries)
        if p.name == q.name and not any(query.array for query in queries):
            raise UsageError(
                "one operand, which holds one array and no pair", place=source.name, hint="give Q as a second operand"
            )
        return _TwoSources(p, q, [(source.file, None)] * 2, is_live=False)
    if not source.head():
        raise source.unreadable("empty: there are no rows")
    known = ", ".join(each.name for each in INPUT_FORMATS if each.open_pairs or each.holds_named_arrays)
    raise UsageError(
        f"one operand, and only {known} hold both P and Q",
        place=source.name,
        hint="give Q as a second operand: the same file once more, if it has both in columns of lists",
    )


def _blocks(source: RowSource, rows: int, file: Path, name: str | None) -> "Iterator[RowBlock | ListedBlock]":
    with read_against_suffix(file, name):
        yield from source.blocks(rows)


class _TwoSources(RowPairs):
    """The rows of two sources, cut into blocks of equal length; `files` are theirs, with the formats asked for."""

    def __init__(
        self, p: RowSource, q: RowSource, files: Sequence[tuple[Path, str | None]], *, is_live: bool,
        id_column: str | None = None,
    ) -> None:  # fmt: skip
        self._id_column = id_column
        self._note: Note | None = None
        self._sources, self._files = (p, q), files
        self.p, self.q = (Side(each.name, each.count, each.kind, each.columns) for each in self._sources)
        self.is_live = is_live
        if p.count is not None and q.count is not None and p.count != q.count:
            raise NotComparable(f"{p.name} has {p.count:,} rows and {q.name} has {q.count:,}")
        refuse_other_axes((p.name, q.name), p.axes, q.axes)

    @property
    def notes(self) -> tuple[Note, ...]:
        p, q = self._sources
        return (*together(p.notes, q.notes), *((self._note,) if self._note else ()))

    def blocks(self, size: int) -> Iterator[PairBlock | TopBlock]:
        width = max(source.outcomes or 1 for source in self._sources)
        rows = min(max(1, size // width), _MOST_ROWS)
        readings = [_blocks(source, rows, *file) for source, file in zip(self._sources, self._files, strict=True)]
        held: list[RowBlock | ListedBlock | None] = [None, None]
        texts = SameTexts()
        while True:
            held = [each or next(reading, None) for each, reading in zip(held, readings, strict=True)]
            p, q = held
            if p is None or q is None:
                for here, there, more in zip(self._sources, self._sources[::-1], (p, q), strict=True):
                    if more is not None:
                        raise NotComparable(f"{there.name} ends after {more.first:,} rows, but {here.name} has more")
                return
            count = min(len(p.values), len(q.values))
            yield self._paired(p.part(0, count), q.part(0, count), texts)
            held = [each.part(count, len(each.values)) if len(each.values) > count else None for each in (p, q)]

    def _paired(self, p: RowBlock | ListedBlock, q: RowBlock | ListedBlock, texts: SameTexts) -> PairBlock | TopBlock:
        sources = (self._sources[0].name, self._sources[1].name)
        if self._id_column is None:
            self._note = self._note or names_in_common(p, q, sources)
        if isinstance(p, RowBlock) and isinstance(q, RowBlock):
            if self._id_column is not None:
                _refuse_one_id(self._id_column, [each.name for each in self._sources], (p, q))
            return PairBlock(p, q)
        values = [_values(block) for block in (p, q)]
        ids = names_of_both(p, q, sources)
        places = [
            [Place(name).then(block.place(row)) for row in range(len(block.values))]
            for name, block in zip(sources, (p, q), strict=True)
        ]
        lists = top_lists(values[0], values[1], places)
        texts.check(values[0], values[1], places[0])
        return TopBlock(*lists, p.first, ids, {**q.columns, **p.columns})


def _refuse_one_id(column: str, names: Sequence[str], blocks: tuple[RowBlock, RowBlock]) -> None:
    """Refuses rows whose names are a column on one side and, under another heading, an outcome on the other.

    Raises:
        NotComparable: one side lacks the column, and has an outcome that the other lacks.
    """
    for name, here, there in zip(names, blocks, blocks[::-1], strict=True):
        if here.ids is None and there.ids is not None and here.labels is not None and there.labels is not None:
            known = set(there.labels)
            more = next((label for label in here.labels if label not in known), None)
            if more is not None:
                raise NotComparable(
                    f"no column {column!r}, which --id names, but {shorten(more)!r}, which the other lacks",
                    place=name,
                    hint=f"if {shorten(more)!r} names the rows, give the column one name in both files",
                )


def _values(block: RowBlock | ListedBlock) -> Sequence[object]:
    """Returns the lists of a block; whole distributions as they stand in JSON."""
    if isinstance(block, ListedBlock):
        return block.values
    if block.labels is None:
        return [row.tolist() for row in block.values]
    labels = block.labels
    return [dict(zip(labels, row.tolist(), strict=True)) for row in block.values]
