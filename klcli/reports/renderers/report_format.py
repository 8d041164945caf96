"""Report formats of a batch: what one is, and the table of them. A report is made as the pairs are done.

Its memory is bounded, whatever the number of pairs: what cannot be written at once is kept short, or on disk.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from klcli.reports.renderers.renderer import Style
from klcli.runs.batch_results import PairReport, Tally
from klcli.support.registry import Registry

__all__ = ["REPORT_FORMATS", "Occasion", "ReportFormat", "Stream", "report_format"]


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a report is of, and for.

    Attributes:
        title: what is compared. style: how people's formats look. quiet: leave out, for people, pairs that are ok.
        taken: bytes that stand already where the report goes.
    """

    title: str = "kl batch"
    style: Style = field(default_factory=Style)
    quiet: bool = False
    taken: int = 0


class Stream(ABC):
    """A report in the making; the texts in their order are the whole."""

    def head(self) -> str:
        """Returns what stands before the first pair."""
        return ""

    @abstractmethod
    def pair(self, report: PairReport) -> str:
        """Returns what a pair adds."""

    def tail(self, tally: Tally) -> Iterator[str]:
        """Yields what stands after the last pair."""
        return iter(())

    def close(self) -> None:
        """Gives back what it holds besides memory, whether it came to its end or not."""
        return


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """One report format.

    Attributes:
        begin: starts a report. home: where it goes if no file is named: an environment variable that holds a path,
            which is added to, or "stderr"; empty where a file must be named.
    """

    name: str
    summary: str
    begin: Callable[[Occasion], Stream]
    home: str = ""


REPORT_FORMATS: Registry[ReportFormat] = Registry("report format", "report formats")


@REPORT_FORMATS.loads("table")
def _batch_lines() -> object:
    from klcli.reports.renderers import batch_lines

    return batch_lines


@REPORT_FORMATS.loads("json", "jsonl")
def _batch_json() -> object:
    from klcli.reports.renderers import batch_json

    return batch_json


@REPORT_FORMATS.loads("csv", "tsv", "value")
def _batch_delimited() -> object:
    from klcli.reports.renderers import batch_delimited

    return batch_delimited


@REPORT_FORMATS.loads("markdown")
def _batch_markdown() -> object:
    from klcli.reports.renderers import batch_markdown

    return batch_markdown


@REPORT_FORMATS.loads("junit")
def _junit() -> object:
    from klcli.reports.renderers import junit

    return junit


@REPORT_FORMATS.loads("github")
def _github() -> object:
    from klcli.reports.renderers import github

    return github


@REPORT_FORMATS.loads("step_summary")
def _batch_markdown_step_summary() -> object:
    from klcli.reports.renderers import batch_markdown

    return batch_markdown


_Begin = Callable[[Occasion], Stream]


def report_format(name: str, *, summary: str, home: str = "") -> Callable[[_Begin], _Begin]:
    """Registers the decorated class, or function, as the beginning of a report in a format."""

    def register(begin: _Begin) -> _Begin:
        REPORT_FORMATS.add(name, ReportFormat(name, summary, begin, home))
        return begin

    return register
