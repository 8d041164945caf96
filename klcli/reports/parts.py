"""Parts of reports: a head, parts in order, and an ending. They hold plain, unrounded values; formats round them.

The `kind` of a part is the name of the method of a format that shows it. The answers of `kl rows` and of `kl batch` are
parts too: blocks of rows (runs.row_results.RowAnswer) and pairs (runs.batch_results.Case).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from klcli.core.arithmetic.types import Array
from klcli.core.limits import Verdict
from klcli.notes import Note

if TYPE_CHECKING:
    from klcli.reports.pictures.model import View
    from klcli.runs.batch_results import BatchSummary, Case
    from klcli.runs.row_results import RowAnswer, RowColumn

__all__ = [
    "CaseRows",
    "Cell",
    "Chart",
    "Column",
    "Commands",
    "Ending",
    "Facts",
    "Grid",
    "Head",
    "Part",
    "Picture",
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
    """Facts for people, shown above the numbers. A row is a name and remarks: ("P", "p.csv", "counts in 12")."""

    rows: tuple[tuple[str, ...], ...]

    @property
    def kind(self) -> str:
        return "facts"


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        key: Name for machines. title: Heading for people.
        is_number: Round and align the cells. is_share: Show the cells as bars and percentages.
        is_measure: The format `value` prints the cells.
        is_heat: Shade the cells by size, on one scale for all such columns, where colour is used.
        is_label: The texts are labels or names of the data, and the title, if `is_heat`, is one.
        is_own: The texts are ours alone, without anything of the data.
        is_formula: The texts are ours, and formulas, for formats that typeset mathematics; those show the column in any
            case.
        for_people, for_machines: Formats for people, or for machines, show the column.
    """

    key: str
    title: str
    is_number: bool = False
    is_share: bool = False
    is_measure: bool = False
    is_heat: bool = False
    is_label: bool = False
    is_own: bool = False
    is_formula: bool = False
    for_people: bool = True
    for_machines: bool = True


class Table(NamedTuple):
    """Rows of cells under columns. The first table of a report is its answer, and all that CSV, TSV and `value` print.

    Attributes:
        footers: Number of rows at the end that are totals, for people only.
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
    """An array of numbers and a function that makes a table of it, which formats for arrays never call."""

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
    """Numbers to draw: `mark` is how, such as "line"; the names of the axes include units."""

    mark: str
    x_axis: str
    y_axis: str
    series: tuple[Series, ...]

    @property
    def kind(self) -> str:
        return "chart"


class Picture(NamedTuple):
    """A function that makes the views of a picture, which formats without pictures never call.

    Attributes:
        is_table: The views hold all that the first table of the report holds.
    """

    views: "Callable[[], tuple[View, ...]]"
    is_table: bool = False

    @property
    def kind(self) -> str:
        return "picture"


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
    """Limits held against values; `file` is the file that annotations of a failure name, or empty."""

    verdicts: tuple[Verdict, ...]
    file: str = ""

    @property
    def kind(self) -> str:
        return "verdicts"


class CaseRows(NamedTuple):
    """Cases that people read as the rows of one table, and machines one by one.

    Attributes:
        columns, rows: The table, with a row for each case. cases: The cases.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    cases: "tuple[Case, ...]"

    @property
    def kind(self) -> str:
        return "cases"


Part: TypeAlias = "Facts | Table | Grid | Chart | Picture | Prose | Commands | Verdicts | RowAnswer | Case | CaseRows"


class RowHead(NamedTuple):
    """Properties of rows that are known before the first block.

    Attributes:
        columns: Columns of results. has_ids: Rows have names. smoothing: As `--smooth`, or "none".
        is_live: Rows arrive one by one, at any time, and each is to be shown at once.
        row_count: Number of rows, 0 if unknown.
    """

    columns: "tuple[RowColumn, ...]"
    has_ids: bool
    smoothing: str = "none"
    is_live: bool = False
    row_count: int = 0


class Head(NamedTuple):
    """Properties of a report that are known before its first part.

    Attributes:
        noun: What the answer is, in the plural, for messages: "settings have no JUnit form".
        kinds: Kinds of the parts to come. command: Command that made the report. title: What was compared.
        items: Key under which JSON lists rows or pairs, which come one by one; empty for a whole report.
        document: JSON that precedes that key.
        rows: Properties of rows, or None.
        limit_option: Option that would add verdicts, or empty.
        line: Command line that makes the report again, or empty.
        definition: What the values are, as a formula; empty for KL(P‖Q).
    """

    noun: str
    kinds: frozenset[str]
    command: str = "kl"
    title: str = ""
    items: str = ""
    document: Mapping[str, object] = {}
    rows: RowHead | None = None
    limit_option: str = ""
    line: str = ""
    definition: str = ""


class Ending(NamedTuple):
    """Properties of a report that are known after its last part.

    Attributes:
        document: Makes the JSON document, or the part of it that follows the items.
        lines: Makes the JSON lines; None for the document on one line.
        batch: Summary of a batch, or None. notes: Remarks, which are also on standard error.
        exit_code: Exit code of the run, if the summary does not say it.
    """

    document: Document
    lines: Callable[[], Iterable[Mapping[str, object]]] | None = None
    batch: "BatchSummary | None" = None
    notes: tuple[Note, ...] = ()
    exit_code: int | None = None


class Report(NamedTuple):
    """A report whose parts are all known.

    Attributes:
        noun, title: As in Head. parts: In the order in which people read them. document, lines: As in Ending.
        notes: Remarks, printed on standard error. verdicts: Decide the exit code; `parts` has them too.
        limit_option: As in Head.
        cure: What to do about an infinite value, in words; it ends the note on it that is printed.
    """

    noun: str
    parts: tuple[Part, ...]
    document: Document
    lines: Callable[[], Iterable[Mapping[str, object]]] | None = None
    title: str = ""
    notes: tuple[Note, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    limit_option: str = ""
    cure: str = ""

    def head(self, command: str) -> Head:
        """Returns the head of the report of a command."""
        return Head(
            self.noun, frozenset(part.kind for part in self.parts), command, self.title, limit_option=self.limit_option
        )

    @property
    def ending(self) -> Ending:
        return Ending(self.document, self.lines, notes=self.notes)


def listing_report(
    noun: str,
    columns: tuple[Column, ...],
    rows: Iterable[tuple[Cell, ...]],
    document: Callable[[Sequence[Mapping[str, Cell]]], Mapping[str, object]],
) -> Report:
    """Returns a report of one table, whose rows are also the items of the document and the JSON lines."""
    keys = [column.key for column in columns]
    cells = tuple(rows)
    items = tuple(dict(zip(keys, row, strict=True)) for row in cells)
    return Report(noun, (Table(columns, cells),), lambda: document(items), lambda: items)
