"""Reports on two families: a row for each measure with its method and error, or the formula of the forward KL."""

from collections.abc import Iterable
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from klcli.core.distributions.units import unit_name
from klcli.core.limits import Verdict
from klcli.core.measures.entropies import cross_entropy, entropy_p
from klcli.core.measures.kl import forward_kl
from klcli.core.measures.measure import Measure
from klcli.core.measures.selection import select
from klcli.document.items import judged
from klcli.document.pairs import family_explanation
from klcli.families.comparison.comparison import FamilyComparison
from klcli.families.family.family import Family
from klcli.notes.wording import plural, range_in_words
from klcli.reports.families.explanation import in_words, substituted
from klcli.reports.parts import Cell, Column, Facts, Own, Picture, Prose, Table, Verdicts
from klcli.reports.report import Report, definition_of, title_of

if TYPE_CHECKING:
    from klcli.reports.pictures.model import View

__all__ = ["comparison_report", "explanation_report"]

_KINDS = {
    "continuous": "density",
    "discrete": "mass on whole numbers",
    "multivariate": "of vectors",
    "sample": "a sample",
}


def comparison_report(comparison: FamilyComparison, verdicts: tuple[Verdict, ...] = ()) -> Report:
    """Returns the report of a comparison of families."""
    columns = (
        Column("measure", "measure", for_people=False),
        Column("title", "measure", for_machines=False),
        Column("notation", "", is_formula=True, for_machines=False),
        Column("value", "value", is_number=True, is_measure=True),
        Column("unit", "unit"),
        Column("method", "method"),
        Column("error", "error", for_people=False),
        Column("about", "error", for_machines=False),
        Column("p", "P", for_people=False),
        Column("q", "Q", for_people=False),
        Column("source", "source", for_people=False),
    )
    rows = []
    for measure in comparison.measures:
        answer, error = comparison.nats(measure), comparison.error(measure)
        cells: tuple[Cell, ...] = (
            measure.name, measure.title, measure.notation, comparison.value(measure),
            unit_name(measure.unit, comparison.base), answer.method, error, f"± {error:.1e}",
            str(comparison.p), str(comparison.q), answer.source,
        )  # fmt: skip
        rows.append(cells)
    notes = comparison.notes_with(select(verdict.measure) for verdict in verdicts)
    judged_part = [Verdicts(verdicts)] if verdicts else []
    return Report(
        "comparisons",
        (Facts(_subjects(comparison)), Table(columns, tuple(rows)), _picture(comparison), *judged_part),
        lambda: judged(comparison.to_dict(), notes, verdicts),
        title=title_of(str(comparison.p), str(comparison.q)),
        notes=notes,
        verdicts=verdicts,
        limit_option="--fail-above",
        definition=_definition(comparison, comparison.measures),
    )


def explanation_report(comparison: FamilyComparison) -> Report:
    """Returns the formula of the forward KL, with the parameters substituted, and its value."""
    forward = comparison.nats(forward_kl)
    formula, steps = str(forward.formula), substituted(forward.formula, comparison.p, comparison.q)
    columns = (
        Column("quantity", "quantity"),
        Column("formula", "formula", is_own=True),
        Column("value", "value", is_number=True, is_measure=True),
        Column("unit", "unit"),
    )
    shown = tuple(each for each in (entropy_p, forward_kl, cross_entropy) if each in comparison.measures)
    formulas = {each.name: str(comparison.nats(each).formula) for each in shown}
    words = prose = in_words(comparison)
    if steps != formula:  # then the prose has the formula with what its symbols mean
        formulas[forward_kl.name] = forward.formula.without_definitions
        prose = (f"{forward_kl.notation} = {formula}", f"= {steps}", *prose)
    rows = tuple((each.notation, formulas[each.name], comparison.value(each), comparison.unit) for each in shown)
    facts = (*_subjects(comparison), (forward_kl.notation, forward.method, forward.source))
    return Report(
        "explanations",
        (Facts(facts), Table(columns, rows), Prose(tuple(map(Own, prose))), _picture(comparison)),
        lambda: family_explanation(comparison.to_dict(), formula, steps, words, _densities(comparison)),
        title=title_of(str(comparison.p), str(comparison.q)),
        notes=replace(comparison, measures=shown).notes,
        definition=_definition(comparison, shown),
    )


def _picture(comparison: FamilyComparison) -> Picture:
    """Returns the picture of the two densities, drawn on demand."""

    def views() -> "tuple[View, ...]":
        from klcli.reports.pictures.densities import density_views

        return density_views(comparison)

    return Picture(views)


def _densities(comparison: FamilyComparison) -> dict[str, object]:
    """Returns the points of the picture; nothing if the families have no picture."""
    from klcli.reports.pictures.densities import points_of

    return {**points_of(comparison)}


def _definition(comparison: FamilyComparison, measures: Iterable[Measure]) -> str:
    """Returns the formulas of measures, whose sums are integrals where there are densities."""
    is_sum = {comparison.p.kind, comparison.q.kind} == {"discrete"}
    return definition_of(*measures) if is_sum else f"{definition_of(*measures)}; of densities, Σ is an integral"


def _subjects(comparison: FamilyComparison) -> tuple[tuple[str, ...], ...]:
    return tuple((side, str(member), _described(member)) for side, member in (("P", comparison.p), ("Q", comparison.q)))


def _described(member: Family) -> Own:
    if member.kind == "multivariate":
        count = getattr(member, "dimension", 0)
        return Own(f"{_KINDS[member.kind]}, {plural(count, 'dimension')}")
    low, high = (float(end) for end in member.bounds())
    where = "" if low == -inf and high == inf else f", {range_in_words(low, high)}"
    return Own(f"{_KINDS[member.kind]}{where}")
