"""The comparison of two distributions as a report: a row for each measure."""

from typing import TYPE_CHECKING

from klcli.core.comparison import Comparison
from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.units import unit_name
from klcli.core.limits import Verdict
from klcli.core.measures.kl import forward_kl
from klcli.core.measures.selection import select
from klcli.document.items import judged
from klcli.reports.parts import Column, Facts, Picture, Table, Verdicts
from klcli.reports.report import Report, definition_of, title_of

if TYPE_CHECKING:
    from klcli.reports.pictures.model import View

__all__ = ["comparison_report", "facts_of"]


def comparison_report(comparison: Comparison, verdicts: tuple[Verdict, ...] = (), file: str = "") -> Report:
    """Returns the report of a comparison: a row for each measure; `file` is where annotations of a failure stand."""
    columns = (
        Column("measure", "measure", for_people=False),
        Column("title", "measure", for_machines=False),
        Column("notation", "", is_formula=True, for_machines=False),
        Column("formula", "formula", is_formula=True, for_people=False, for_machines=False),
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
            measure.formula,
            comparison.value(measure),
            unit_name(measure.unit, comparison.base),
            comparison.p.name,
            comparison.q.name,
            comparison.smoothing,
        )
        for measure in comparison.measures
    )
    notes = comparison.notes_with(select(verdict.measure) for verdict in verdicts)
    judged_part = [Verdicts(verdicts, file)] if verdicts else []
    return Report(
        "comparisons",
        (facts_of(comparison), Table(columns, rows), Picture(lambda: _views(comparison)), *judged_part),
        lambda: judged(comparison.to_dict(), notes, verdicts),
        title=title_of(comparison.p.name, comparison.q.name),
        notes=notes,
        verdicts=verdicts,
        limit_option="--fail-above",
        definition=definition_of(*comparison.measures),
    )


def _views(comparison: Comparison) -> "tuple[View, ...]":
    """Returns the picture of what each outcome adds to the forward KL."""
    from klcli.reports.pictures.contributions import comparison_view

    return (comparison_view(comparison.terms, comparison.value(forward_kl), comparison.unit),)


def facts_of(comparison: Comparison) -> Facts:
    """Returns P, Q and the smoothing as facts."""
    facts: list[tuple[str, ...]] = [
        ("P", comparison.p.name, _described(comparison.p)),
        ("Q", comparison.q.name, _described(comparison.q)),
    ]
    if comparison.smoothing != "none":
        facts.append(("smoothing", comparison.smoothing, "of P and Q"))
    return Facts(tuple(facts))


def _described(distribution: Distribution) -> str:
    count = len(distribution)
    total = f" in {distribution.total:.15g}" if distribution.kind in ("counts", "samples") else ""
    heading = f", {distribution.heading}" if distribution.heading else ""
    return f"{distribution.kind}{total}, {count} outcome{'s' * (count != 1)}{heading}"
