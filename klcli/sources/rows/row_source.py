"""Sources of many distributions: what one is, the formats that there are, and which of them a word on the line means.

The last axis is the outcomes, the first the rows. A source is read in blocks, in order, and holds one block at a time,
whatever the size of the file. It raises InputError and nothing else, whatever the bytes.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from klcli.errors import Unreadable
from klcli.notes import Note, listing
from klcli.sources.bytes.byte_source import Origin
from klcli.sources.bytes.expansion import MAX_EXPAND, parse_expansion
from klcli.support.registry import Registry

__all__ = [
    "ROW_FORMATS",
    "RowBlock",
    "RowFormat",
    "RowQuery",
    "RowSource",
    "format_of",
    "numbered",
    "open_rows",
    "row_format",
]


_LISTED = 12  # arrays that an error names


@dataclass(frozen=True, slots=True, eq=False)
class RowBlock:
    """Some rows that follow each other.

    Attributes:
        values: shape (n, k), of any real dtype.
        first: the index of the first among all rows, from 0.
        place: the words for where a row of this block stands, such as "line 7"; the index counts from 0 in the block.
        labels: of the outcomes; None where they are known by position.
        ids: the names of the rows, where a column holds them.
        columns: the cells of the other columns that were asked for, by name.
        targets: shape (n,), the outcome that occurred in each row, where the format says so.
    """

    values: NDArray[Any]
    first: int
    place: Callable[[int], str]
    labels: Sequence[str] | None = None
    ids: Sequence[str] | None = None
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    targets: NDArray[Any] | None = None


def numbered(first: int) -> Callable[[int], str]:
    """Returns the place of rows that have numbers only, the first of them of this index."""
    return lambda row: f"row {first + row + 1}"


class RowSource(ABC):
    """A file of many distributions.

    Attributes:
        name: for messages. outcomes: k; None where rows may differ.
        labels: of the outcomes; None where they are known by position, or rows may differ.
        count: of the rows; None where it is known at the end only.
        columns: those that were asked for besides the outcomes, as far as they are there.
        kind: what the numbers are, where the format says so, as after `--as`; else None.
        notes: what to watch; those that a reading finds are there once it is done.
    """

    name: str
    outcomes: int | None
    labels: Sequence[str] | None = None
    count: int | None = None
    columns: tuple[str, ...] = ()
    kind: str | None = None
    notes: tuple[Note, ...] = ()

    @abstractmethod
    def blocks(self, rows: int) -> Iterator[RowBlock]:
        """Yields blocks of so many rows, the last of as many as are left.

        Raises:
            InputError: the file is not what it claims to be; the message says where.
        """


@dataclass(frozen=True, slots=True)
class RowQuery:
    """What is wanted from a source.

    Attributes:
        array: the array, tensor or field that holds the distributions; None where the rules find it.
        side: "p", "q" or "": the array that is taken where there are several and none is named.
        id: the column of the names of the rows. others: columns that are wanted besides. Both are no outcomes, and
            need not be there: the other operand may have them.
        finds_id: whether the first column of texts holds the names, where `id` is None.
        header: whether the first row of a text names the columns; None where the row tells.
    """

    array: str | None = None
    side: str = ""
    id: str | None = None
    others: tuple[str, ...] = ()
    finds_id: bool = False
    header: bool | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """Every column that is asked for by name."""
        return (*((self.id,) if self.id is not None else ()), *self.others)

    def refuse_array(self, name: str) -> None:
        """Refuses a query that names the array of a source that has no arrays with names.

        Raises:
            Unreadable: it does.
        """
        if self.array is not None:
            raise Unreadable(f"{name}: there are no arrays with names here, so none is called {self.array!r}")

    def choose(self, names: Sequence[str], source: str, noun: str) -> str:
        """Returns which of the arrays of a file holds the distributions.

        Raises:
            Unreadable: none is called so, or which is meant is not clear.
        """
        wanted = self.array or (names[0] if len(names) == 1 else self.side)
        if wanted in names:
            return wanted
        found = f"no {noun} {wanted!r}" if wanted else f"which {noun} holds the rows is not clear"
        listed = listing(names, most=_LISTED)
        hint = "name one with --p or --q" if self.side else "name one with --array"
        raise Unreadable(f"{source}: {found}; there are {listed or 'none'}", hint=hint)


Opening = Callable[[Origin, RowQuery], RowSource]


@dataclass(frozen=True, slots=True)
class RowFormat:
    """One format; `open` reads the head of a file, and `magic` are first bytes that no other format has."""

    name: str
    summary: str
    suffixes: tuple[str, ...]
    open: Opening


ROW_FORMATS: Registry[RowFormat] = Registry("format of rows", "formats of rows")

_MAGIC = {
    b"\x93NUMPY": "npy",
    b"PK\x03\x04": "npz",
    b"PAR1": "parquet",
    b"_logits_": "llama",
    b"{": "jsonl",
    b"[": "jsonl",
}


def row_format(
    name: str, *, summary: str, suffixes: tuple[str, ...] = (), aliases: tuple[str, ...] = ()
) -> Callable[[Opening], Opening]:
    """Registers the decorated function as the opening of a format."""

    def register(opening: Opening) -> Opening:
        ROW_FORMATS.add(name, RowFormat(name, summary, suffixes, opening), aliases=aliases)
        return opening

    return register


def open_rows(
    word: str,
    *,
    array: str | None = None,
    side: str = "",
    id_column: str | None = None,
    others: Sequence[str] = (),
    finds_id: bool = False,
    input_format: str | None = None,
    header: bool | None = None,
    max_expand: str = MAX_EXPAND,
) -> RowSource:
    """Returns the rows of a file, or of standard input where the word is "-".

    Args:
        array, side, id_column, others, finds_id, header: see RowQuery.
        input_format: instead of what the suffix and first bytes say.
        max_expand: what a compressed file may expand to, such as "100x,4GiB".

    Raises:
        InputError: it cannot be opened, or its head is not that of the format. UsageError: a name is none.
    """
    origin = Origin(word, parse_expansion(max_expand))
    query = RowQuery(array, side, id_column, tuple(others), finds_id, header)
    return format_of(origin, input_format).open(origin, query)


def format_of(origin: Origin, input_format: str | None = None) -> RowFormat:
    """Returns the format that was asked for, or that the first bytes or the suffix say.

    Raises:
        Unreadable: neither says so. UsageError: there is no such format.
    """
    if input_format is not None:
        return ROW_FORMATS.lookup(input_format)
    head = origin.head()
    if origin.suffix == ".safetensors" or (head[4:9] == b"\0\0\0\0{"):
        return ROW_FORMATS.lookup("safetensors")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, name in _MAGIC.items():
        if (text if name == "jsonl" else head).startswith(magic):
            return ROW_FORMATS.lookup(name)
    by_suffix = next((each for each in ROW_FORMATS if origin.suffix in each.suffixes), None)
    if by_suffix is not None:
        return by_suffix
    if origin.suffix and not origin.is_stream:
        suffixes = " ".join(suffix for each in ROW_FORMATS for suffix in each.suffixes)
        raise Unreadable(
            f"{origin.name}: neither its suffix {origin.suffix!r} nor its first bytes say what it holds",
            hint=f"known are {suffixes}; or pass --input-format {'|'.join(ROW_FORMATS.names())}",
        )
    return ROW_FORMATS.lookup("csv")
