"""The elements of pictures: rows of marks, panels of curves, a heat map. Renderers draw these, and these alone.

Positions are fractions of an axis: 0 is its left or lower end, 1 its right or upper end. A role says what a mark means
("p", "q", "bad", "ok", "total"), and the renderer which colour that is.
"""

from typing import NamedTuple

from klcli.core.arithmetic.types import Array

__all__ = [
    "SIGNS",
    "Body",
    "Cards",
    "Curve",
    "Dot",
    "HeatMap",
    "Lane",
    "Link",
    "Mark",
    "MarkRow",
    "Marks",
    "Panel",
    "Panels",
    "Tick",
    "View",
    "Words",
]


# statuses that are bad news, with the sign that stands beside each, so that colour is never alone
SIGNS = {"exceeded": "▲", "error": "✕", "insufficient": "✕"}


class Tick(NamedTuple):
    """A labelled position of an axis."""

    at: float
    text: str


class Mark(NamedTuple):
    """A mark in a row.

    Attributes:
        shape: "bar", "line" or "shade" from start to end; "arrow", a bar whose end lies beyond the axis; "range", an
            interval from start to end; "open", an interval whose end lies beyond the axis; "dot", "ring", "rule" (a
            vertical line) or "next" (a line to the next row) at start; "unknown", a dotted line across.
    """

    shape: str
    role: str
    start: float
    end: float = 0.0


class Words(NamedTuple):
    """A column of text; `short` names it where the header is not shown."""

    title: str
    is_number: bool = True
    short: str = ""


class Lane(NamedTuple):
    """A column of marks over one axis; `ground` are marks that all rows have, under their own."""

    title: str
    ticks: tuple[Tick, ...] = ()
    ground: tuple[Mark, ...] = ()


class MarkRow(NamedTuple):
    """A row: a cell for each column, text or marks.

    Attributes:
        status: A word such as "ok", or empty. remark: A second, smaller line under the label.
        style: "rest" for a row that sums others up, "total" for the last one, else empty.
        target: Number of the card that shows more, from 1; 0 for none.
    """

    label: str
    cells: "tuple[str | tuple[Mark, ...], ...]"
    status: str = ""
    remark: str = ""
    style: str = ""
    target: int = 0


class Marks(NamedTuple):
    """Rows of marks under columns; `heading` names the labels, and `has_status` says that rows have a status."""

    heading: str
    columns: tuple[Words | Lane, ...]
    rows: tuple[MarkRow, ...]
    has_status: bool = False

    @property
    def kind(self) -> str:
        return "marks"


class Curve(NamedTuple):
    """A curve, or bars.

    Attributes:
        shape: "area" down to `base`, "line", or "bars", of which x holds left and right ends, shape (n, 2).
        name: Entry of the legend; empty for none.
        x, y: Fractions, shape (n,). dash: 0 for a solid line, 1 and 2 for dashes of other lengths.
    """

    shape: str
    role: str
    name: str
    x: Array
    y: Array
    base: float = 0.0
    dash: int = 0


class Dot(NamedTuple):
    """A point of a panel, with an interval (low, high) of y or without; hollow if it is within the noise.

    The role "new" is drawn as a cross above the point.
    """

    x: float
    y: float
    role: str
    text: str = ""
    interval: tuple[float, float] | None = None
    is_hollow: bool = False


class Panel(NamedTuple):
    """Curves over the common x axis.

    Attributes:
        height: Pixels. title: Name of y; empty for none. rules: Horizontal lines, with their names.
    """

    height: int
    curves: tuple[Curve, ...]
    title: str = ""
    ticks: tuple[Tick, ...] = ()
    dots: tuple[Dot, ...] = ()
    rules: tuple[Tick, ...] = ()


class Panels(NamedTuple):
    """Panels over one x axis.

    Attributes:
        words: The picture as a sentence, for those who do not see it.
        columns, rows: The numbers behind the curves, as text.
    """

    x_title: str
    ticks: tuple[Tick, ...]
    panels: tuple[Panel, ...]
    words: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def kind(self) -> str:
        return "panels"

    @property
    def legend(self) -> tuple[Curve, ...]:
        """The curves that have a name, each name once."""
        named = {curve.name: curve for panel in self.panels for curve in reversed(panel.curves) if curve.name}
        order = [curve.name for panel in self.panels for curve in panel.curves if curve.name]
        return tuple(named[name] for name in dict.fromkeys(order))


class Link(NamedTuple):
    """A node of a tree: its two branches, and the fraction of the height at which they meet.

    Each branch is (fraction of the height at which it begins, fraction across the rows); 0 is the root's end.
    """

    first: tuple[float, float]
    second: tuple[float, float]
    at: float


class HeatMap(NamedTuple):
    """A matrix of steps from 0 to 8, with its numbers as text, empty where there is no room."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    steps: tuple[tuple[int, ...], ...]
    texts: tuple[tuple[str, ...], ...]
    tree: tuple[Link, ...]
    words: str

    @property
    def kind(self) -> str:
        return "heat"


class Card(NamedTuple):
    """A small picture under a heading, with sentences; `status` as in MarkRow."""

    title: str
    status: str
    panels: Panels
    sentences: tuple[str, ...]


class Cards(NamedTuple):
    """Small pictures side by side."""

    cards: tuple[Card, ...]

    @property
    def kind(self) -> str:
        return "cards"

    @property
    def legend(self) -> tuple[Curve, ...]:
        """The legend of the first card, which is that of all."""
        return self.cards[0].panels.legend if self.cards else ()


Body = Marks | Panels | HeatMap | Cards


class View(NamedTuple):
    """A picture with its words.

    Attributes:
        title: What it shows. caption: How to read it. remarks: What it says in words, and what was left out.
    """

    title: str
    caption: str
    body: Body
    remarks: tuple[str, ...] = ()
