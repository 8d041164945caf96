"""Results as reports: the one shape that every renderer reads. Plain values, unrounded; renderers round."""

from collections.abc import Mapping
from typing import NamedTuple

from klcli.core.comparison import Comparison
from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.note import Note
from klcli.core.distributions.units import unit_name
from klcli.core.limits import Verdict, note_items, verdict_items
from klcli.core.measures.measure import select

__all__ = ["Cell", "Column", "Report", "Table", "comparison_report", "subjects"]

Cell = str | float | int | None


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
    """Rows of cells under columns; the last `footers` rows are totals, for people only."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    footers: int = 0

    @property
    def body(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows without the totals."""
        return self.rows[: len(self.rows) - self.footers]


class Report(NamedTuple):
    """What a command has to say.

    Attributes:
        tables: the first is the answer, and all that CSV, TSV and `value` print.
        document: what JSON prints. lines: what JSON lines print; the document on one line if there are none.
        facts: what people must know before the numbers, such as ("P", "p.csv", "counts in 12, 2 outcomes").
        prose: paragraphs for people after the tables. commands: command lines that reproduce the numbers.
        plot: lines for people between the table and the prose, of characters that keep their place.
        notes: what to watch. verdicts: limits and whether they were kept.
    """

    tables: tuple[Table, ...]
    document: Mapping[str, object]
    lines: tuple[Mapping[str, object], ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    prose: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    plot: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


def comparison_report(comparison: Comparison, verdicts: tuple[Verdict, ...] = ()) -> Report:
    """Returns the report of a comparison: a row for each measure."""
    columns = (
        Column("measure", "measure", for_people=False),
        Column("title", "measure", for_machines=False),
        Column("notation", "", for_machines=False),
        Column("value", "value", is_number=True, is_measure=True),
        Column("unit", "unit"),
        Column("p", "P", for_people=False),
        Column("q", "Q", for_people=False),
        Column("smoothing", "smoothing", for_people=False),
    )
    rows = tuple(
        (
            measure.name,
            measure.title,
            measure.notation,
            comparison.value(measure),
            unit_name(measure.unit, comparison.base),
            comparison.p.name,
            comparison.q.name,
            comparison.smoothing,
        )
        for measure in comparison.measures
    )
    notes = comparison.notes_with(select(verdict.measure) for verdict in verdicts)
    document = comparison.to_dict() | {"notes": note_items(notes), "verdicts": verdict_items(verdicts)}
    return Report(
        (Table(columns, rows),),
        document,
        facts=subjects(comparison),
        notes=notes,
        verdicts=verdicts,
    )


def subjects(comparison: Comparison) -> tuple[tuple[str, ...], ...]:
    """Returns what is compared with what, and what was done to it, as facts for people."""
    facts: list[tuple[str, ...]] = [
        ("P", comparison.p.name, _described(comparison.p)),
        ("Q", comparison.q.name, _described(comparison.q)),
    ]
    if comparison.smoothing != "none":
        facts.append(("smoothing", comparison.smoothing, "of P and Q"))
    return tuple(facts)


def _described(distribution: Distribution) -> str:
    count = len(distribution)
    total = f" in {distribution.total:.15g}" if distribution.kind in ("counts", "samples") else ""
    heading = f", {distribution.heading}" if distribution.heading else ""
    return f"{distribution.kind}{total}, {count} outcome{'s' * (count != 1)}{heading}"
