"""Parts of reports. They hold plain, unrounded values; formats round them.

The `kind` of a part is the name of the method of a format that shows it. The answers of `kl rows` and of `kl batch` are
parts too: blocks of rows (runs.rows.results.RowAnswer) and pairs (runs.batch_results.Case).
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from klcli.core.arithmetic.types import Array
from klcli.core.limits import Verdict
from klcli.core.matrix.pair_values import Matrix
from klcli.reports.table_rows import Cell, Records, Row

if TYPE_CHECKING:
    from klcli.reports.pictures.model import View
    from klcli.runs.batch_results import Case
    from klcli.runs.rows.results import RowAnswer

__all__ = [
    "CaseRows",
    "Cell",
    "Chart",
    "Column",
    "Commands",
    "Facts",
    "Grid",
    "Joint",
    "Own",
    "Part",
    "Picture",
    "Prose",
    "Series",
    "Table",
    "Verdicts",
]


class Own(str):
    """A text of ours alone, without labels or names of the data, so that a format may set its minus signs."""

    __slots__ = ()


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
    rows: Sequence[Row]
    footers: int = 0

    @property
    def body(self) -> Sequence[Row]:
        """The rows without the totals."""
        return self.rows[: -self.footers] if self.footers else self.rows

    @property
    def largest_share(self) -> float:
        """The largest cell of all columns that are shares, so that bars beside each other have one scale; 1 without."""
        places = [place for place, column in enumerate(self.columns) if column.is_share]
        shares = [row[place] for row in self.body for place in places] if places else []
        return max((abs(share) for share in shares if isinstance(share, float)), default=0.0) or 1.0

    @property
    def totals(self) -> Sequence[Row]:
        """The totals."""
        return self.rows[-self.footers :] if self.footers else ()

    @property
    def records(self) -> Records:
        """The rows without the totals, each as its cells by the keys of the columns."""
        return Records([column.key for column in self.columns], self.body)

    @property
    def kind(self) -> str:
        return "table"


class Grid(NamedTuple):
    """A matrix of numbers and a function that makes a table of it, which formats for arrays never call."""

    values: Matrix
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

    @property
    def document(self) -> dict[str, object]:
        """The chart as JSON: the names of the axes, and the points of each line."""
        lines = [{"name": each.name, "x": each.x.tolist(), "y": each.y.tolist()} for each in self.series]
        return {"x_axis": self.x_axis, "y_axis": self.y_axis, "series": lines}


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
    """Paragraphs for people; one that holds labels of the data beside texts of ours may be given in pieces."""

    paragraphs: tuple[str | tuple[str, ...], ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The paragraphs, their pieces joined."""
        return tuple(each if isinstance(each, str) else "".join(each) for each in self.paragraphs)

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


class Joint(NamedTuple):
    """KL of the joint distribution of two columns, which people read among the facts.

    Attributes:
        name: Both columns. values: Of the joint distribution and of its two terms, by name, in nats.
        document: JSON of them. words: A sentence on them. p, q: Names of the tables.
    """

    name: str
    values: dict[str, float]
    document: dict[str, object]
    words: str
    p: str
    q: str

    @property
    def kind(self) -> str:
        return "joint"


Part: TypeAlias = (
    "Facts | Table | Grid | Chart | Picture | Prose | Commands | Verdicts | RowAnswer | Case | CaseRows | Joint"
)
