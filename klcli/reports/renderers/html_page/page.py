"""The contents of a page: a report's parts as text, in the order in which they are read."""

from collections.abc import Sequence
from typing import NamedTuple

from klcli.core.limits import Verdict
from klcli.errors import ExitCode
from klcli.reports.format import Style
from klcli.reports.layout.collected import Kept
from klcli.reports.parts import Cell, Column, Commands, Facts, Grid, Own, Picture, Prose, Table, Verdicts
from klcli.reports.pictures.model import View
from klcli.reports.pictures.scale import number, true_minus
from klcli.reports.report import Ending, Head
from klcli.runs.batch_results import BatchSummary, Status, verdict_text
from klcli.support.version import __version__

__all__ = ["Page", "TextTable", "page_of"]

_SHOWN, _COLUMNS = 200, 60  # rows and columns of a table
_SMALL, _OPEN = 8, 24  # rows of a table that stands before the pictures, and of one that is open after them
_FAIL = "fails", "fail"  # where not limits alone make kl exit with 1
_QUESTIONS = {
    "kl compute": "how different are they?",
    "kl explain": "why is the divergence what it is?",
    "kl rows": "how many rows are far off?",
    "kl matrix": "which are alike?",
    "kl batch": "which comparison failed, and how badly?",
    "kl drift": "which columns changed?",
    "kl estimate": "is the sample large enough?",
    "kl examples": "a worked example",
    "kl list": "what there is",
}


class TextTable(NamedTuple):
    """A table as text.

    Attributes:
        left: What was left out, in words, or empty.
        place: "before" the pictures, "after" them, or "behind" a click.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    left: str = ""
    place: str = "before"


class Page(NamedTuple):
    """A page.

    Attributes:
        verdict, verdict_rest: The first words and the rest of the sentence on the limits; empty without limits.
        facts: Names and texts. views: The pictures. lines: Commands to run; lines_are says what they do.
    """

    command: str
    title: str
    question: str
    verdict: str
    verdict_rest: str
    is_bad: bool
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    prose: tuple[str, ...]
    tables: tuple[TextTable, ...]
    views: tuple[View, ...]
    notes: tuple[str, ...]
    lines: tuple[str, ...]
    lines_are: str
    definition: str = ""
    version: str = __version__


def page_of(head: Head, parts: Sequence[Kept], views: tuple[View, ...], ending: Ending, style: Style) -> Page:
    """Returns the page of a report: its parts, and the views of its pictures."""
    is_drawn = any(part.is_table for part in parts if isinstance(part, Picture)) and bool(views)
    tables = [part for part in parts if isinstance(part, (Table, Grid))]
    commands = [line for part in parts if isinstance(part, Commands) for line in part.lines]
    verdict, rest, is_bad = _verdict_of(parts, ending)
    line = [head.line] if head.line else []
    return Page(
        head.command,
        head.title or head.noun,
        _QUESTIONS.get(head.command, head.noun),
        verdict,
        rest,
        is_bad,
        tuple(
            (name, tuple(_set(text) for text in texts if text))
            for part in parts if isinstance(part, Facts) for name, *texts in part.rows
        ),
        tuple(
            "".join(map(_set, (text,) if isinstance(text, str) else text))
            for part in parts if isinstance(part, Prose) for text in part.paragraphs
        ),
        tuple(_table(part, style, is_drawn=is_drawn and part is tables[0]) for part in tables),
        views,
        tuple(note.text for note in ending.notes),
        (*commands, *line),
        "Run it, and this page, again:" if commands else "Run again:",
        true_minus(f"{head.definition}." if head.definition else ""),
    )  # fmt: skip


def _set(text: str) -> str:
    """Returns a text, of ours with true minus signs; a label of the data may look like a number, and stays."""
    return true_minus(text) if isinstance(text, Own) else text


def _verdict_of(parts: Sequence[Kept], ending: Ending) -> tuple[str, str, bool]:
    """Returns the sentence on the limits, in two pieces, and if it is bad news."""
    if ending.batch is not None:
        return _batch_verdict(ending.batch, ending.exit_code)
    verdicts = [verdict for part in parts if isinstance(part, Verdicts) for verdict in part.verdicts]
    if not verdicts:
        return "", "", False
    failed = [verdict for verdict in verdicts if not verdict.passed]
    exceeded = [verdict for verdict in failed if verdict.is_known]
    code = ExitCode.LIMIT_EXCEEDED if exceeded == failed else ExitCode.BAD_DATA
    if not failed:
        first = "The limit is kept" if len(verdicts) == 1 else f"All {len(verdicts)} limits are kept"
        return first, f": {_listed(verdicts)}. Exit code {int(ExitCode.OK)}.", False
    first, verb = "No verdict", "is" if len(exceeded) == 1 else "are"
    if exceeded:
        of_all = "The limit" if len(verdicts) == 1 else f"{len(exceeded)} of {len(verdicts)} limits"
        first = f"{of_all} {verb} exceeded"
    return first, f": {_listed(failed)}. Exit code {int(code)}.", True


def _batch_verdict(batch: BatchSummary, exit_code: int | None) -> tuple[str, str, bool]:
    failures, errors = batch.failures, batch.errors
    code = ExitCode.BAD_DATA if errors else ExitCode.LIMIT_EXCEEDED if failures else ExitCode.OK
    code = ExitCode.INTERRUPTED if batch.ending == "interrupted" else code
    shown = int(code) if exit_code is None else exit_code
    ending = f"; {batch.ending}. " if batch.ending else ". "
    of_all = f"of {batch.pairs:,} {batch.noun}{'s' * (batch.pairs != 1)}"
    if failures:
        verbs = ("exceeds its limit", "exceed their limit") if failures == batch.counts[Status.EXCEEDED] else _FAIL
        rest = f", and {errors:,} could not be evaluated" if errors else ""
        return f"{failures:,} {of_all} {verbs[failures != 1]}", f"{rest}{ending}Exit code {shown}.", True
    if errors:
        return f"{errors:,} {of_all} could not be evaluated", f"{ending}Exit code {shown}.", True
    return batch.sentence, f". Exit code {shown}.", bool(batch.ending)


def _listed(verdicts: Sequence[Verdict]) -> str:
    return "; ".join(f"{true_minus(verdict_text(each._replace(place='')))}{_place(each)}" for each in verdicts)


def _place(verdict: Verdict) -> str:
    """Returns what a verdict is on, which may be labels of the data."""
    return f" ({verdict.place})" if verdict.place else ""


def _table(part: Table | Grid, style: Style, *, is_drawn: bool) -> TextTable:
    """Returns a table as text: the columns for people, and at most 200 rows."""
    table = part.table() if isinstance(part, Grid) else part
    shown = [index for index, column in enumerate(table.columns) if column.for_people]
    columns = shown[:_COLUMNS]
    rows = table.rows[:_SHOWN]
    left = []
    if len(rows) < len(table.rows):
        left.append(f"{len(table.rows) - len(rows):,} more rows are not shown")
    if len(columns) < len(shown):
        left.append(f"{len(shown) - len(columns):,} more columns are not shown")
    is_behind = is_drawn or isinstance(part, Grid) or len(rows) > _OPEN
    place = "behind" if is_behind else "after" if len(rows) > _SMALL else "before"
    name = "The numbers as a table" if is_behind else "Numbers"
    return TextTable(
        name,
        tuple(table.columns[index] for index in columns),
        tuple(tuple(_text(row[index], table.columns[index], style) for index in columns) for row in rows),
        f"{'; '.join(left)}: -f csv prints them all." if left else "",
        place,
    )


def _text(cell: Cell, column: Column, style: Style) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return true_minus(cell) if column.is_own or column.is_formula else cell
    if column.is_share:
        return f"{number(100 * cell, 3)} %"
    return f"{cell:,}".replace("-", "−") if isinstance(cell, int) else number(cell, style.digits)
