"""Output formats: their base class, and their registry, which `renderers` fills. A format makes text of any report.

Memory stays bounded for any number of parts: what cannot be written at once is cut short or held on disk.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar

from klcli.reports.parts import (
    CaseRows,
    Chart,
    Commands,
    Facts,
    Grid,
    Joint,
    Part,
    Picture,
    Prose,
    Table,
    Verdicts,
)
from klcli.reports.report import Ending, Head
from klcli.support.registry import Registry
from klcli.support.text.plain_text import FULL, Encoding
from klcli.support.text.safe_text import visible

if TYPE_CHECKING:
    from klcli.runs.batch_results import Case
    from klcli.runs.rows.results import RowAnswer

__all__ = [
    "ANSWERS",
    "FORMATS",
    "Format",
    "Style",
    "registered",
]


class Style(NamedTuple):
    """How the text looks at its destination.

    Attributes:
        digits: Significant digits of numbers, for people. color: Use escape sequences for colour.
        is_terminal: The text goes to a terminal.
        quiet: Leave out, in text for people, pairs of a batch that are ok.
        bytes_before: Number of bytes that stand at the destination already.
        width: Columns of the destination, in which a table is folded; 0 for no limit.
        size: Width and height of a picture in inches, or None. is_dark: Draw on a dark ground.
        encoding: Encoding of the destination.
    """

    digits: int = 6
    color: bool = False
    is_terminal: bool = False
    quiet: bool = False
    bytes_before: int = 0
    width: int = 0
    size: tuple[float, float] | None = None
    is_dark: bool = False
    encoding: Encoding = FULL

    @property
    def is_ascii(self) -> bool:
        """True if lines and bars are drawn in ASCII."""
        return not self.encoding.is_full

    def own(self, text: str) -> str:
        """Returns a text of ours: signs that the destination lacks are spelled."""
        return self.encoding.own(text)

    def data(self, text: str) -> str:
        """Returns a label or a name: what a terminal would obey, and what the destination lacks, is escaped."""
        return self.encoding.data(visible(text))

    def words(self, text: str) -> str:
        """Returns a sentence of ours with labels and names in it."""
        return self.encoding.words(visible(text))


# kinds of parts that are an answer by themselves
ANSWERS = frozenset({"table", "grid", "rows", "case"})


class Format:
    """Base class of formats. An instance writes one report: the texts that its methods return, in order.

    There is one method for each kind of part; those that a format does not override leave the part out.

    Attributes:
        name: Name after -f. title: Name in messages. summary: Line in `kl list formats`.
        shows: Kinds of parts of which a report needs at least one; a report with none of them is refused.
        home: Destination of `--report NAME` without a file: an environment variable that holds the path of a file to
            append to, or "stderr"; empty if a file must be named.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    shows: ClassVar[frozenset[str]] = ANSWERS
    home: ClassVar[str] = ""

    def __init__(self, style: Style) -> None:
        self.style = style

    @classmethod
    def require(cls) -> None:
        """Imports the packages that the format needs, so that a missing one is found before any work.

        Raises:
            MissingPackage: One is not installed.
        """

    def begin(self, head: Head) -> str:
        """Returns the text before the first part."""
        self.head = head
        return ""

    def part(self, part: Part) -> Any:
        """Returns the text of a part, or bytes, or an iterator of texts if it is long."""
        return getattr(self, part.kind)(part)

    def texts(self, part: Part) -> "Iterable[str | bytes]":
        """Yields the text of a part."""
        found = self.part(part)
        return (found,) if isinstance(found, (str, bytes)) else found

    def facts(self, facts: Facts) -> str:
        return ""

    def table(self, table: Table) -> "str | Iterable[str]":
        return ""

    def grid(self, grid: Grid) -> "str | Iterable[str | bytes]":
        return self.table(grid.table())

    def chart(self, chart: Chart) -> str:
        return ""

    def picture(self, picture: Picture) -> str:
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

    def cases(self, cases: CaseRows) -> Any:
        return "".join(map(self.case, cases.cases))

    def joint(self, joint: Joint) -> str:
        return ""

    def end(self, ending: Ending) -> "Iterable[str | bytes]":
        """Yields the text after the last part."""
        return ()

    def close(self) -> None:
        """Releases temporary files, whether the report was finished or not."""
        return


FORMATS: Registry[type[Format]] = Registry("format", "formats")


Kind = TypeVar("Kind", bound=type[Format])


def registered(kind: Kind) -> Kind:
    """Registers the decorated class as a format."""
    FORMATS.add(kind.name, kind)
    return kind
