"""What all rows come to, as a report: how each measure lies, and what the rows have together."""

from collections.abc import Iterable, Sequence

from klcli.core.distributions.units import Base, unit_name
from klcli.core.limits import Verdict
from klcli.core.rows.limits import FIGURES
from klcli.core.rows.summary import PERCENTILES, Estimate, Spread
from klcli.document import row_summary, rows_ending
from klcli.notes import Note
from klcli.reports.report import Cell, Column, Report, Table
from klcli.runs.row_results import RowColumn, RowSummary

__all__ = ["summary_report"]

_Row = tuple[Cell, ...]


def summary_report(
    summary: RowSummary,
    head: dict[str, object],
    facts: Sequence[tuple[str, str, str]],
    base: Base,
    notes: tuple[Note, ...],
    verdicts: tuple[Verdict, ...],
) -> Report:
    """Returns the summary of rows; `head` is what JSON says of P and Q, `facts` what people are told of them."""
    columns = (
        Column("measure", "", for_people=False),
        Column("title", "", for_machines=False),
        Column("statistic", "statistic", for_people=False),
        Column("words", "", for_machines=False),
        Column("value", "value", is_number=True, is_measure=True),
        Column("error", "± standard error", is_number=True),
        Column("unit", "unit"),
        Column("row", "row"),
    )
    rows = [
        row
        for column in summary.columns
        for row in _spread_rows(column, summary.spreads[column.name], summary.largest[column.name])
    ]
    rows += [
        (name, FIGURES[name].title, "value", "", each.value, each.error, unit_name(FIGURES[name].unit, base), "")
        for name, each in summary.figures.items()
        if each.value == each.value
    ]
    spreads = {
        column.name: _spread_document(summary.spreads[column.name], summary.largest[column.name])
        for column in summary.columns
    }
    figures = {name: _estimate(each) for name, each in summary.figures.items()}
    ending = rows_ending(notes, verdicts)
    document = row_summary(head, summary.rows, summary.clusters, spreads, figures, ending)
    count = f"{summary.rows:,}"
    clusters = () if summary.clusters is None else (f"in {summary.clusters:,} clusters",)
    return Report(
        (Table(columns, tuple(rows)),),
        document,
        facts=(*facts, ("rows", count, *(clusters or ("",)))),
        notes=notes,
        verdicts=verdicts,
    )


def _spread_rows(column: RowColumn, spread: Spread, largest: str) -> Iterable[_Row]:
    first = column.notation
    for statistic, words, estimate in _statistics(spread):
        row = largest if statistic == "maximum" else ""
        yield column.name, first, statistic, words, estimate.value, estimate.error, column.unit, row
        first = ""


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
        "mean_error": spread.mean.error,
        "minimum": spread.minimum,
        "percentiles": {f"{percent:g}": value for percent, value in zip(PERCENTILES, spread.percentiles, strict=True)},
        "maximum": spread.maximum,
        "maximum_row": largest,
        "infinite": spread.infinite,
        "mean_of_finite": None if spread.of_finite is None else spread.of_finite.value,
    }


def _estimate(estimate: Estimate) -> dict[str, object]:
    """NaN, where two infinities do not compare, is null."""
    value = estimate.value if estimate.value == estimate.value else None
    return {"value": value, "error": estimate.error}
