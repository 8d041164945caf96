"""Explains a measure of two distributions that is a sum, outcome by outcome."""

from math import inf
from typing import TYPE_CHECKING

import numpy as np

from klcli.core.comparison import Comparison, Terms
from klcli.core.distributions.units import unit_name
from klcli.core.measures.entropies import cross_entropy, entropy_p, entropy_q, reverse_cross_entropy
from klcli.core.measures.kl import forward_kl, reverse_kl
from klcli.core.measures.measure import Measure
from klcli.document.pairs import explanation
from klcli.reports.comparison import facts_of
from klcli.reports.explanation_in_words import has_shares, in_words
from klcli.reports.parts import Cell, Column, Facts, Picture, Prose, Table
from klcli.reports.report import Report, definition_of, title_of

if TYPE_CHECKING:
    from klcli.reports.pictures.model import View

__all__ = ["explanation_report", "measures_of"]


def explanation_report(comparison: Comparison, top: int, measure: Measure = forward_kl) -> Report:
    """Returns a measure outcome by outcome, the `top` largest terms first and the rest summed; all for 0.

    Raises:
        UsageError: The measure is not the sum of a term of each outcome.
    """
    terms, unit = comparison.terms_of(measure), unit_name(measure.unit, comparison.base)
    columns, count = _columns(measure), len(_FACTORS)
    applied: tuple[Cell, ...] = (unit, comparison.smoothing, measure.name)
    rows = [
        (*row[:count], _negated(row[count - 1]), *row[count:], *applied)
        for row in _term_rows(terms, measure, comparison.value(measure), top)
    ]
    table = Table(columns, tuple(rows), footers=1)
    machine_keys = {column.key for column in columns if column.for_machines}
    records = [{key: cell for key, cell in row.items() if key in machine_keys} for row in table.records]
    parts = _decomposition(comparison, measure)
    prose = Prose(in_words(comparison, measure, terms))
    facts = Facts((*facts_of(comparison).rows, (measure.notation, measure.formula, f"in {unit}" if unit else "")))
    tables = [_decomposition_table(parts, unit)] if parts else []
    pictures = [_picture(comparison, terms, top)] if measure is forward_kl else []
    return Report(
        "explanations",
        (facts, table, *pictures, *tables, prose),
        lambda: explanation(
            comparison.to_dict(), measure.name,
            [{key: cell for key, cell in record.items() if key not in _APPLIED} for record in records],
            parts, prose.texts,
        ),
        lambda: records,
        title=title_of(comparison.p.name, comparison.q.name),
        notes=comparison.notes,
        definition=definition_of(measure),
    )  # fmt: skip


_FACTORS = ("outcome", "p", "q", "log_ratio")  # the cells before the term
_APPLIED = ("unit", "smoothing", "measure")  # the same in each row


def _columns(measure: Measure) -> tuple[Column, ...]:
    """Returns the columns of the terms; people do not see a side on which the measure does not depend.

    Machines see log(p/q) in any case; people see log(q/p) where that is what the formula has.
    """
    is_reversed, side = "log(q/p)" in measure.formula, measure.depends_on
    factors = (
        Column("outcome", "outcome", is_label=True),
        _number("p", "p", is_shown=side != "q"),
        _number("q", "q", is_shown=side != "p"),
        _number("log_ratio", "log(p/q)", is_shown=side == "both" and not is_reversed),
        _number("reverse_log_ratio", "log(q/p)", is_shown=is_reversed)._replace(for_machines=False),
    )
    return (
        *factors,
        _number("contribution", _term(measure))._replace(is_measure=True),
        Column("share", "share", is_share=True),
        *(Column(key, key, for_people=False) for key in _APPLIED),
    )


def _number(key: str, title: str, *, is_shown: bool = True) -> Column:
    return Column(key, title, is_number=True, is_formula=is_shown, for_people=is_shown)


def _negated(cell: Cell) -> Cell:
    return 0.0 - cell if isinstance(cell, float) else cell


def _picture(comparison: Comparison, terms: Terms, top: int) -> Picture:
    """Returns the waterfall of the terms, at most 20 of them."""

    def views() -> "tuple[View, ...]":
        from klcli.reports.pictures.contributions import EXPLAINED, waterfall_view

        count = min(top or EXPLAINED, EXPLAINED)
        return (waterfall_view(terms, comparison.value(forward_kl), comparison.unit, count),)

    return Picture(views, is_table=True)


def measures_of(measure: Measure) -> tuple[str, ...]:
    """Returns the names of the measures that the explanation of one states, that one first."""
    return (measure.name, *(each.name for each in _PARTS.get(measure.name, ()) if each is not measure))


# H(P, Q) = H(P) + KL(P‖Q), and in the other direction
_PARTS = {
    forward_kl.name: (entropy_p, forward_kl, cross_entropy),
    reverse_kl.name: (entropy_q, reverse_kl, reverse_cross_entropy),
}


def _term(measure: Measure) -> str:
    """Returns the term of the sum in symbols: p·log(p/q) of Σ p·log(p/q)."""
    formula = measure.formula.partition(" = ")[0]
    return formula.replace("Σ ", "") if formula.count("Σ ") == 1 else "term"


def _decomposition(comparison: Comparison, measure: Measure) -> dict[str, float]:
    """Returns an entropy, KL and their sum, a cross-entropy, in the unit of the comparison; empty of other measures."""
    return {each.notation: comparison.value(each) for each in _PARTS.get(measure.name, ())}


def _term_rows(terms: Terms, measure: Measure, total: float, top: int) -> list[tuple[Cell, ...]]:
    """Returns a row for each of the `top` largest terms, one for the sum of the others, and the total."""
    whole = total if has_shares(terms, total) else inf
    order = np.argsort(-np.abs(terms.contribution), kind="stable")
    shown, rest = (order[:top], order[top:]) if 0 < top < len(order) else (order, order[:0])
    outcomes = [terms.outcomes[index] for index in shown.tolist()]
    numbers = [each[shown].tolist() for each in (terms.p, terms.q, terms.log_ratio, terms.contribution)]
    rows: list[tuple[Cell, ...]] = [(*row, _share(row[-1], whole)) for row in zip(outcomes, *numbers, strict=True)]
    if rest.size:
        p, q, contribution = (float(each[rest].sum()) for each in (terms.p, terms.q, terms.contribution))
        rows.append((f"{rest.size} more", p, q, None, contribution, _share(contribution, whole)))
    return [*rows, (measure.notation, 1.0, 1.0, None, total, _share(total, whole))]


def _share(contribution: float, total: float) -> float | None:
    return contribution / total if 0 < total < inf else None


def _decomposition_table(parts: dict[str, float], unit: str) -> Table:
    *summands, total = parts
    title = f"{total} = {' + '.join(summands)}"
    columns = (Column("term", title, is_formula=True), Column("value", unit, is_number=True))
    return Table(columns, tuple((name, value) for name, value in parts.items()))
