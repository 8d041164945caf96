"""Reports on rows: head and ending of the rows themselves, and the summary of all."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, inf, log10
from typing import TYPE_CHECKING

from klcli.core.distributions.units import Base, unit_name
from klcli.core.estimation.record import Estimate
from klcli.core.limits import Verdict
from klcli.core.rows.limits import FIGURES
from klcli.core.rows.summary import LEVEL, PERCENTILES, Spread
from klcli.document.rows import row_summary, rows_ending, rows_head, rows_side
from klcli.errors import KlError
from klcli.notes import Note
from klcli.notes.wording import plural
from klcli.reports.parts import Cell, Column, Facts, Picture, Table, Verdicts
from klcli.reports.report import Ending, Head, Report, RowHead, definition_of, title_of
from klcli.runs.rows.results import RowColumn, RowSide, RowSummary, measure_of
from klcli.support.text.safe_text import rounded

if TYPE_CHECKING:
    from klcli.reports.pictures.model import View

__all__ = ["RowContext", "rows_report_ending", "rows_report_head", "summary_report"]

_Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class RowContext:
    """The comparison that rows are results of: `sides` are P and Q, smoothing and temperature as the options."""

    sides: tuple[RowSide, RowSide]
    columns: tuple[RowColumn, ...]
    base: Base
    unit: str
    smoothing: str
    temperature: float

    @property
    def document(self) -> dict[str, object]:
        """The JSON document before the rows."""
        p, q = (rows_side(each.name, each.kind, each.rows, each.outcomes) for each in self.sides)
        return rows_head(p, q, self.base, self.unit, self.smoothing, self.temperature)

    @property
    def title(self) -> str:
        """The title of the report."""
        return title_of(*(each.name for each in self.sides))

    @property
    def definition(self) -> str:
        """The formulas of the columns; a column of bounds has that of what it bounds."""
        return definition_of(*(measure_of(each.name) for each in self.columns))

    @property
    def facts(self) -> tuple[tuple[str, ...], ...]:
        """Facts for people: P and Q, what was applied to them, and the meaning of the columns."""
        facts: list[tuple[str, ...]] = []
        for side, subject in zip("PQ", self.sides, strict=True):
            rows = f", {plural(subject.rows, 'row')}" if subject.rows is not None else ""
            outcomes = f" of {plural(subject.outcomes, 'outcome')}" if subject.outcomes is not None else ""
            facts.append((side, subject.name, f"{subject.kind}{rows}{outcomes}"))
        if self.temperature != 1:
            facts.append(("temperature", f"{self.temperature:g}", "of logits"))
        if self.smoothing != "none":
            facts.append(("smoothing", self.smoothing, "of P and Q"))
        facts += [(each.notation, each.title, *([f"in {each.unit}"] if each.unit else [])) for each in self.columns]
        return tuple(facts)


def rows_report_head(subject: RowContext, *, has_ids: bool, is_live: bool, is_judged: bool) -> Head:
    """Returns the head of a report on rows; `is_judged` says that there are limits."""
    count = max(each.rows or 0 for each in subject.sides)
    kinds = frozenset({"facts", "rows", *(["verdicts"] if is_judged else [])})
    rows = RowHead(subject.columns, has_ids, subject.smoothing, is_live, count)
    return Head(
        "rows", kinds, "kl rows", subject.title, "rows", subject.document, rows, "--fail-above",
        definition=subject.definition,
    )  # fmt: skip


def rows_report_ending(notes: tuple[Note, ...], verdicts: tuple[Verdict, ...], error: KlError | None = None) -> Ending:
    """Returns the ending of a report on rows, which an error may have cut short."""
    cut = None if error is None else (error.message, error.hint)
    return Ending(lambda: rows_ending(notes, verdicts, cut), notes=notes)


def summary_report(
    summary: RowSummary, subject: RowContext, notes: tuple[Note, ...], verdicts: tuple[Verdict, ...], ending: str = ""
) -> Report:
    """Returns the summary of rows: statistics of each measure, and of the rows together.

    Args:
        ending: Why rows are missing, such as "interrupted"; empty if none is.
    """
    columns = (
        Column("measure", "", for_people=False),
        Column("title", "", is_own=True, for_machines=False),
        Column("statistic", "statistic", for_people=False),
        Column("words", "", is_own=True, for_machines=False),
        Column("value", "value", is_number=True, is_measure=True),
        Column("interval", f"{100 * LEVEL:g} % interval", is_own=True, for_machines=False),
        Column("error", "± standard error", for_people=False),
        Column("lower", "from", for_people=False),
        Column("upper", "to", for_people=False),
        Column("unit", "unit"),
        Column("row", "row", is_label=True),
    )
    rows = [
        row
        for column in summary.columns
        for row in _spread_rows(column, summary.spreads[column.name], summary.largest[column.name])
    ]
    rows += [
        (
            name,
            FIGURES[name].title,
            "value",
            "",
            *_estimated(each),
            unit_name(FIGURES[name].unit, subject.base),
            "",
        )
        for name, each in summary.figures.items()
        if each.value == each.value
    ]
    remark = f"{ending}: not all rows" if ending else ""
    if summary.clusters is not None:
        remark = ", ".join(filter(None, (f"in {summary.clusters:,} clusters", remark)))
    elif summary.rows > 1 and not ending:
        remark = "taken as independent; --cluster names those that belong together"
    facts = Facts((*(_padded(fact) for fact in subject.facts), ("rows", f"{summary.rows:,}", remark)))
    return Report(
        "rows",
        (facts, Table(columns, tuple(rows)), _picture(summary), *([Verdicts(verdicts)] if verdicts else [])),
        lambda: _summary_document(summary, subject, notes, verdicts) | ({"ending": ending} if ending else {}),
        title=subject.title,
        notes=notes,
        verdicts=verdicts,
        limit_option="--fail-above",
        definition=subject.definition,
    )


def _picture(summary: RowSummary) -> Picture:
    """Returns the picture of how the values lie and how many rows agree, drawn on demand."""

    def views() -> "tuple[View, ...]":
        import numpy as np

        from klcli.reports.pictures.ecdf import Quantiles, agreement_view, ecdf_view

        found = []
        for column in summary.columns:
            spread = summary.spreads[column.name]
            ends = dict(zip(PERCENTILES, spread.percentiles, strict=True))
            values = (spread.quantiles[0], ends[0.1], *spread.quantiles[1:100], ends[99.9], spread.quantiles[100])
            found.append(Quantiles(column.notation, column.unit, np.array(values), spread.infinite))
        shares = [(FIGURES[name].title, each) for name, each in summary.figures.items() if name == "top1_agreement"]
        return tuple(view for view in (ecdf_view(found, summary.rows), agreement_view(shares)) if view is not None)

    return Picture(views)


def _padded(fact: tuple[str, ...]) -> tuple[str, ...]:
    return (*fact, "", "")[:3]


def _summary_document(
    summary: RowSummary, subject: RowContext, notes: tuple[Note, ...], verdicts: tuple[Verdict, ...]
) -> dict[str, object]:
    spreads = {
        column.name: _spread_document(summary.spreads[column.name], summary.largest[column.name])
        for column in summary.columns
    }
    figures = {name: _estimate(each) for name, each in summary.figures.items()}
    ending = rows_ending(notes, verdicts)
    return row_summary(subject.document, summary.rows, summary.clusters, spreads, figures, ending)


def _spread_rows(column: RowColumn, spread: Spread, largest: str) -> Iterable[_Row]:
    first = column.notation
    for statistic, words, estimate in _statistics(spread):
        row = largest if statistic == "maximum" else ""
        yield column.name, first, statistic, words, *_estimated(estimate), column.unit, row
        first = ""


def _estimated(each: Estimate) -> tuple[Cell, ...]:
    """Returns the cells of an estimate: value, interval in words, standard error and ends."""
    words = "" if each.lower is None or each.upper is None else _interval(each.lower, each.upper)
    return each.value, words, each.standard_error, each.lower, each.upper


def _interval(low: float, high: float) -> str:
    """Returns an interval in words, with as many digits as its width shows two of; 3 or more."""
    ratio = max(abs(low), abs(high)) / (high - low) if low < high < inf else 1.0
    digits = min(max(3, ceil(log10(ratio)) + 2), 15)
    return f"{rounded(low, digits)} to {rounded(high, digits)}"


def _statistics(spread: Spread) -> Iterable[tuple[str, str, Estimate]]:
    yield "mean", "mean", spread.mean
    if spread.of_finite is not None:
        yield "mean_of_finite", "mean of the finite rows", spread.of_finite
    yield "minimum", "minimum", Estimate(spread.minimum)
    for percent, value in zip(PERCENTILES, spread.percentiles, strict=True):
        yield f"p{percent:g}", "median" if percent == 50 else f"{percent:g} %", Estimate(value)
    yield "maximum", "maximum", Estimate(spread.maximum)


def _spread_document(spread: Spread, largest: str) -> dict[str, object]:
    return {
        "mean": spread.mean.value,
        "mean_error": spread.mean.standard_error,
        "mean_estimate": spread.mean.to_dict(),
        "minimum": spread.minimum,
        "percentiles": {f"{percent:g}": value for percent, value in zip(PERCENTILES, spread.percentiles, strict=True)},
        "maximum": spread.maximum,
        "maximum_row": largest,
        "infinite": spread.infinite,
        "quantiles": list(spread.quantiles),
        "mean_of_finite": None if spread.of_finite is None else spread.of_finite.value,
    }


def _estimate(estimate: Estimate) -> dict[str, object]:
    """Returns an estimate as JSON, with its standard error also by its older name."""
    return estimate.to_dict() | {"error": estimate.standard_error}
