"""A report: a head, parts in order, and an ending."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from klcli.core.limits import Verdict
from klcli.core.measures.measure import Measure
from klcli.notes import Note
from klcli.reports.parts import Cell, Column, Part, Table

if TYPE_CHECKING:
    from klcli.runs.batch_results import BatchSummary
    from klcli.runs.rows.results import RowColumn

__all__ = ["Ending", "Head", "Report", "RowHead", "definition_of", "listing_report", "title_of"]

Document = Callable[[], Mapping[str, object]]


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
        kinds: Kinds of the parts to come, and "numbers" if the first table has bare values.
        command: Command that made the report. title: What was compared.
        items: Key under which JSON lists rows or pairs, which come one by one; empty for a whole report.
        document: JSON that precedes that key.
        rows: Properties of rows, or None.
        limit_option: Option that would add verdicts, or empty.
        line: Command line that makes the report again, or empty.
        definition: What the values are, as formulas; empty where the parts say it, or there are no values.
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
        definition: As in Head.
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
    definition: str = ""

    def head(self, command: str) -> Head:
        """Returns the head of the report of a command."""
        kinds = {part.kind for part in self.parts}
        tables = [part for part in self.parts if isinstance(part, Table)]
        if any(column.is_measure for table in tables[:1] for column in table.columns):
            kinds.add("numbers")
        return Head(
            self.noun, frozenset(kinds), command, self.title, limit_option=self.limit_option, definition=self.definition
        )

    @property
    def ending(self) -> Ending:
        return Ending(self.document, self.lines, notes=self.notes)


def definition_of(*measures: Measure) -> str:
    """Returns the formulas of measures: "KL(P‖Q) = Σ p·log(p/q), of the exact distributions, with 0·log 0 = 0"."""
    formulas = "; ".join(f"{each.notation} = {each.formula}" for each in dict.fromkeys(measures))
    return f"{formulas}, of the exact distributions, with 0·log 0 = 0"


def title_of(p: str, q: str) -> str:
    """Returns the title of a report on P and Q."""
    return f"{p} vs {q}"


def listing_report(
    noun: str,
    columns: tuple[Column, ...],
    rows: Iterable[tuple[Cell, ...]],
    document: Callable[[Sequence[Mapping[str, Cell]]], Mapping[str, object]],
) -> Report:
    """Returns a report of one table, whose rows are also the items of the document and the JSON lines."""
    table = Table(columns, tuple(rows))
    return Report(noun, (table,), lambda: document(table.records), lambda: table.records)
