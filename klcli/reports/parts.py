"""What a report is made of: a head, parts as they come, and an ending. Plain values, unrounded; formats round them.

The `kind` of a part is the name of the method of a format that shows it. The answers of `kl rows` and of `kl batch` are
parts too: blocks of rows (runs.row_results.RowAnswer) and pairs (runs.batch_results.Case).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from klcli.core.arithmetic.types import Array
from klcli.core.limits import Verdict
from klcli.notes import Note

if TYPE_CHECKING:
    from klcli.runs.batch_results import BatchSummary, Case
    from klcli.runs.row_results import RowAnswer, RowColumn

__all__ = [
    "Cell",
    "Chart",
    "Column",
    "Commands",
    "Ending",
    "Facts",
    "Grid",
    "Head",
    "Part",
    "Prose",
    "Report",
    "RowHead",
    "Series",
    "Table",
    "Verdicts",
    "listing_report",
]

Cell = str | float | int | None
Document = Callable[[], Mapping[str, object]]


class Facts(NamedTuple):
    """What people must know before the numbers; each row is a name and remarks: ("P", "p.csv", "counts in 12")."""

    rows: tuple[tuple[str, ...], ...]

    @property
    def kind(self) -> str:
        return "facts"


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        key: its name for machines. title: its heading for people.
        is_number: its cells are numbers, to be rounded and aligned. is_share: shown as a bar and a percentage.
        is_measure: its cells are what the format `value` prints.
        is_heat: its cells are shaded by their size, beside those of all such columns, where there is colour.
        for_people, for_machines: who is shown it.
    """

    key: str
    title: str
    is_number: bool = False
    is_share: bool = False
    is_measure: bool = False
    is_heat: bool = False
    for_people: bool = True
    for_machines: bool = True


class Table(NamedTuple):
    """Rows of cells under columns. The first table of a report is its answer, and all that CSV, TSV and `value` print.

    Attributes:
        footers: how many of the last rows are totals, for people only.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    footers: int = 0

    @property
    def body(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows without the totals."""
        return self.rows[: len(self.rows) - self.footers]

    @property
    def kind(self) -> str:
        return "table"


class Grid(NamedTuple):
    """An array of numbers, and the function that makes a table of it: a format that holds arrays needs no cells."""

    values: Array
    table: Callable[[], Table]

    @property
    def kind(self) -> str:
        return "grid"


class Series(NamedTuple):
    """A named line of a chart: arrays x and y of one shape (n,)."""

    name: str
    x: Array
    y: Array


class Chart(NamedTuple):
    """Numbers to be drawn: `mark` says as what, such as "line"; the axes are named with their units."""

    mark: str
    x_axis: str
    y_axis: str
    series: tuple[Series, ...]

    @property
    def kind(self) -> str:
        return "chart"


class Prose(NamedTuple):
    """Paragraphs for people."""

    paragraphs: tuple[str, ...]

    @property
    def kind(self) -> str:
        return "prose"


class Commands(NamedTuple):
    """Command lines that reproduce the numbers."""

    lines: tuple[str, ...]

    @property
    def kind(self) -> str:
        return "commands"


class Verdicts(NamedTuple):
    """Limits and whether they were kept; `file` is where annotations of a failure stand, or empty."""

    verdicts: tuple[Verdict, ...]
    file: str = ""

    @property
    def kind(self) -> str:
        return "verdicts"


Part: TypeAlias = "Facts | Table | Grid | Chart | Prose | Commands | Verdicts | RowAnswer | Case"


class RowHead(NamedTuple):
    """What is known of rows before the first block of them.

    Attributes:
        columns: what each row has. has_ids: whether rows have names. smoothing: what was applied, or "none".
        is_live: whether rows may come at any time, and each is wanted when it does.
        row_count: how many there will be, 0 where that is not known.
    """

    columns: "tuple[RowColumn, ...]"
    has_ids: bool
    smoothing: str = "none"
    is_live: bool = False
    row_count: int = 0


class Head(NamedTuple):
    """What is known before the first part.

    Attributes:
        noun: what the answer is, in the plural: "settings have no JUnit form".
        kinds: the kinds of parts that will come. command: what made it. title: what was compared.
        items, document: of parts that come one by one, the key under which JSON lists them, and what stands before it.
        rows: of blocks of rows, what they share.
    """

    noun: str
    kinds: frozenset[str]
    command: str = "kl"
    title: str = ""
    items: str = ""
    document: Mapping[str, object] = {}
    rows: RowHead | None = None


class Ending(NamedTuple):
    """What is known after the last part.

    Attributes:
        document: makes what JSON prints: all of it, or what stands after the items.
        lines: makes what JSON lines print; None for the document on one line.
        tally: what a batch came to.
    """

    document: Document
    lines: Callable[[], Iterable[Mapping[str, object]]] | None = None
    tally: "BatchSummary | None" = None


class Report(NamedTuple):
    """An answer that is whole.

    Attributes:
        noun, title: as in Head. parts: in the order in which people read them. document, lines: as in Ending.
        notes: what to watch. verdicts: limits and whether they were kept; `parts` has them too.
    """

    noun: str
    parts: tuple[Part, ...]
    document: Document
    lines: Callable[[], Iterable[Mapping[str, object]]] | None = None
    title: str = ""
    notes: tuple[Note, ...] = ()
    verdicts: tuple[Verdict, ...] = ()

    def head(self, command: str) -> Head:
        """Returns the head of the report of a command."""
        return Head(self.noun, frozenset(part.kind for part in self.parts), command, self.title)

    @property
    def ending(self) -> Ending:
        return Ending(self.document, self.lines)


def listing_report(
    noun: str,
    columns: tuple[Column, ...],
    rows: Iterable[tuple[Cell, ...]],
    document: Callable[[Sequence[Mapping[str, Cell]]], Mapping[str, object]],
) -> Report:
    """Returns a report of one table; each row is an item, by the keys of the columns, of the document and of lines."""
    keys = [column.key for column in columns]
    cells = tuple(rows)
    items = tuple(dict(zip(keys, row, strict=True)) for row in cells)
    return Report(noun, (Table(columns, cells),), lambda: document(items), lambda: items)
