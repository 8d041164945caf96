"""Output formats: what one is, and the table of them. A format turns the parts of any report into text.

Its memory is bounded, whatever the number of parts that come one by one: what cannot be written at once is kept short,
or on disk.
"""

from collections.abc import Iterable
from math import isinf
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar

from klcli.errors import UsageError
from klcli.reports.parts import (
    Cell,
    Chart,
    Column,
    Commands,
    Ending,
    Facts,
    Grid,
    Head,
    Part,
    Prose,
    Report,
    Table,
    Verdicts,
)
from klcli.support.registry import Registry
from klcli.support.safe_text import rounded, visible

if TYPE_CHECKING:
    from klcli.runs.batch_results import Case
    from klcli.runs.row_results import RowAnswer

__all__ = ["ANSWERS", "FORMATS", "Format", "Style", "begun", "machine_text", "person_text", "registered", "render"]


class Style(NamedTuple):
    """How an answer looks where it goes.

    Attributes:
        digits: significant digits of numbers, for people. color: whether escape sequences may be used.
        is_terminal: whether a person sees the text as it is written.
        quiet: leave out, for people, the pairs of a batch that are ok.
        bytes_before: size of what stands already where the text is added.
    """

    digits: int = 6
    color: bool = False
    is_terminal: bool = False
    quiet: bool = False
    bytes_before: int = 0


# kinds of parts that can be an answer by themselves
ANSWERS = frozenset({"table", "grid", "rows", "case"})


class Format:
    """A report in the making: the texts that its methods return, in their order, are the whole.

    A method that a format does not override leaves the part out. Only `npy` returns bytes.

    Attributes:
        name: after -f. title: in messages. summary: in `kl list formats`.
        shows: the kinds of parts that it can show; an answer with none of them is refused.
        home: where `--report NAME` goes without a file: an environment variable that holds a path, which is added to,
            or "stderr"; empty where a file must be named.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    shows: ClassVar[frozenset[str]] = ANSWERS
    home: ClassVar[str] = ""

    def __init__(self, style: Style) -> None:
        self.style = style

    def begin(self, head: Head) -> str:
        """Returns what stands before the first part."""
        self.head = head
        return ""

    def part(self, part: Part) -> Any:
        """Returns what a part adds, as text (or bytes)."""
        return getattr(self, part.kind)(part)

    def facts(self, facts: Facts) -> str:
        return ""

    def table(self, table: Table) -> str:
        return ""

    def grid(self, grid: Grid) -> str | bytes:
        return self.table(grid.table())

    def chart(self, chart: Chart) -> str:
        return ""

    def prose(self, prose: Prose) -> str:
        return ""

    def commands(self, commands: Commands) -> str:
        return ""

    def verdicts(self, verdicts: Verdicts) -> str:
        return ""

    def rows(self, answer: "RowAnswer") -> str:
        return ""

    def case(self, case: "Case") -> str:
        return ""

    def end(self, ending: Ending) -> Iterable[str]:
        """Yields what stands after the last part."""
        return ()

    def close(self) -> None:
        """Releases what it holds besides memory, whether it came to its end or not."""
        return


FORMATS: Registry[type[Format]] = Registry("format", "formats")

Kind = TypeVar("Kind", bound=type[Format])


def registered(kind: Kind) -> Kind:
    """Registers the decorated class as a format."""
    FORMATS.add(kind.name, kind)
    return kind


def begun(name: str, head: Head, style: Style) -> tuple[Format, str]:
    """Returns a format for a report, and the text that stands before its first part.

    Raises:
        UnknownName: no format has this name. UsageError: it can show none of the parts that will come.
    """
    kind = FORMATS.lookup(name)
    if not head.kinds & kind.shows:
        able = [each.name for each in FORMATS if head.kinds & each.shows]
        raise UsageError(f"{head.noun} have no {kind.title} form", hint=f"the formats for them are {', '.join(able)}")
    made = kind(style)
    return made, made.begin(head)


def render(report: Report, name: str, style: Style, command: str = "kl") -> str | bytes:
    """Returns a report that is whole as text, which ends in a line feed (or as bytes).

    Raises:
        UnknownName, UsageError: as `begun`.
    """
    made, first = begun(name, report.head(command), style)
    try:
        texts = [first, *map(made.part, report.parts), *made.end(report.ending)]
    finally:
        made.close()
    binary = [text for text in texts if isinstance(text, bytes)]
    return b"".join(binary) if binary else "".join(texts)


def person_text(cell: Cell, column: Column, style: Style) -> str:
    """Returns a cell as a person reads it: rounded, and with nothing in it that could move the cursor."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return visible(cell)
    if column.is_share:
        return f"{100 * cell:.1f} %"
    if isinstance(cell, int) or isinf(cell):
        return str(cell)
    return rounded(cell, style.digits)


def machine_text(cell: Cell) -> str:
    """Returns a cell with all its digits; infinity is spelled as in JSON."""
    match cell:
        case None:
            return ""
        case float() if isinf(cell):
            return "Infinity" if cell > 0 else "-Infinity"
        case float():
            return repr(cell)
        case _:
            return str(cell)
