"""Row formats: what one is, and the table of them. Rows are written as they are compared, none is held.

The names are those of the other answers, so that `-f` means one thing everywhere.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from klcli.core.limits import Verdict
from klcli.notes import Note
from klcli.reports.renderers.renderer import Style
from klcli.runs.row_results import RowAnswer, RowColumn, Subject
from klcli.support.registry import Registry

__all__ = ["ROW_STREAMS", "RowHead", "RowStream", "row_stream"]


@dataclass(frozen=True, slots=True)
class RowHead:
    """What is known before the first row is written.

    Attributes:
        subjects: P and Q. columns: what each row has. has_ids: whether rows have names.
        base: of the logarithm. unit: of information. smoothing, temperature: what was applied.
        is_live: whether rows may come at any time, and each is wanted when it does.
        style: how people's formats look.
    """

    subjects: tuple[Subject, Subject]
    columns: tuple[RowColumn, ...]
    has_ids: bool
    base: float | str
    unit: str
    smoothing: str
    temperature: float
    is_live: bool
    style: Style


class RowStream(ABC):
    """Rows in the making; the texts in their order are the whole."""

    def __init__(self, head: RowHead) -> None:
        self.head = head

    def begin(self) -> str:
        """Returns what stands before the first row."""
        return ""

    @abstractmethod
    def rows(self, answer: RowAnswer) -> str:
        """Returns what some rows add."""

    def end(self, notes: Sequence[Note], verdicts: Sequence[Verdict]) -> str:
        """Returns what stands after the last row."""
        return ""


ROW_STREAMS: Registry[Callable[[RowHead], RowStream]] = Registry("format", "formats")


@ROW_STREAMS.loads("table")
def _row_lines() -> object:
    from klcli.reports.renderers import row_lines

    return row_lines


@ROW_STREAMS.loads("json", "jsonl")
def _row_json() -> object:
    from klcli.reports.renderers import row_json

    return row_json


@ROW_STREAMS.loads("csv", "tsv")
def _row_delimited() -> object:
    from klcli.reports.renderers import row_delimited

    return row_delimited


@ROW_STREAMS.loads("markdown")
def _row_lines_markdown() -> object:
    from klcli.reports.renderers import row_lines

    return row_lines


@ROW_STREAMS.loads("value")
def _row_delimited_value() -> object:
    from klcli.reports.renderers import row_delimited

    return row_delimited


_Begin = Callable[[RowHead], RowStream]


def row_stream(name: str) -> Callable[[_Begin], _Begin]:
    """Registers the decorated class, or function, as the beginning of rows in a format."""

    def register(begin: _Begin) -> _Begin:
        ROW_STREAMS.add(name, begin)
        return begin

    return register
