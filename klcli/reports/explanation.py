"""Explains the forward KL of two distributions: outcome by outcome, and in words."""

from math import inf

import numpy as np

from klcli.core.arithmetic.types import Index
from klcli.core.comparison import Comparison, Terms
from klcli.core.measures.entropies import cross_entropy, entropy_p
from klcli.core.measures.kl import forward_kl
from klcli.document import explanation
from klcli.notes import listing
from klcli.reports.comparison import facts_of, title_of
from klcli.reports.parts import Cell, Column, Facts, Picture, Prose, Report, Table
from klcli.reports.pictures.model import View
from klcli.support.safe_text import rounded

__all__ = ["explanation_report"]

_MOST = 0.5  # share of the total from which one outcome explains most of it
_CANCELLING = 100.0  # times the total; single terms this large cancel and explain nothing


def explanation_report(comparison: Comparison, top: int) -> Report:
    """Returns the forward KL outcome by outcome, the `top` largest terms first and the rest summed; all for 0."""
    terms, unit = comparison.terms, comparison.unit
    columns = (
        Column("outcome", "outcome"),
        Column("p", "p", is_number=True, is_formula=True),
        Column("q", "q", is_number=True, is_formula=True),
        Column("log_ratio", "log(p/q)", is_number=True, is_formula=True),
        Column("contribution", "p·log(p/q)", is_number=True, is_measure=True, is_formula=True),
        Column("share", "share", is_share=True),
        Column("unit", "unit", for_people=False),
        Column("smoothing", "smoothing", for_people=False),
    )
    applied: tuple[Cell, ...] = (unit, comparison.smoothing)
    rows = [(*row, *applied) for row in _term_rows(terms, comparison.value(forward_kl), top)]
    *body, _ = rows
    keys = [column.key for column in columns]
    items = tuple(dict(zip(keys, row[: -len(applied)], strict=False)) for row in body)
    parts, words = _decomposition(comparison), _in_words(comparison, terms)
    facts = Facts((*facts_of(comparison).rows, (forward_kl.notation, forward_kl.formula, f"in {unit}")))
    return Report(
        "explanations",
        (
            facts, Table(columns, tuple(rows), footers=1), _picture(comparison, terms, top),
            _decomposition_table(parts, unit), Prose(words),
        ),
        lambda: explanation(comparison.to_dict(), items, parts, words),
        lambda: [dict(zip(keys, row, strict=True)) for row in body],
        title=title_of(comparison.p.name, comparison.q.name),
        notes=comparison.notes,
    )  # fmt: skip


def _picture(comparison: Comparison, terms: Terms, top: int) -> Picture:
    """Returns the waterfall of the terms, at most 20 of them."""

    def views() -> tuple[View, ...]:
        from klcli.reports.pictures.contributions import EXPLAINED, waterfall_view

        count = min(top or EXPLAINED, EXPLAINED)
        return (waterfall_view(terms, comparison["forward_kl"], comparison.unit, count),)

    return Picture(views, is_table=True)


def _decomposition(comparison: Comparison) -> dict[str, float]:
    """Returns H(P), KL(P‖Q) and their sum H(P, Q), in the unit of the comparison."""
    return {measure.notation: comparison.value(measure) for measure in (entropy_p, forward_kl, cross_entropy)}


def _in_words(comparison: Comparison, terms: Terms) -> tuple[str, ...]:
    """Returns sentences on what makes the forward KL large, small or infinite."""
    total, unit = comparison.value(forward_kl), comparison.unit
    if total == 0:
        return ("P and Q are the same distribution, so no outcome surprises Q more than it surprises P.",)
    if total == inf:
        where = np.flatnonzero(np.isinf(terms.contribution))
        names = listing([terms.outcomes[index] for index in where[:5]], where.size)
        return (
            f"It is infinite because of {names}: P gives {_it(where.size)} mass, Q none, and log(p/0) is infinite.",
            "If Q's zero means never seen rather than impossible, smooth it (--smooth), or ask for jensen_shannon.",
        )
    sentences = [f"Coding outcomes of P with a code made for Q costs {rounded(total)} {unit} more than H(P) for each."]
    largest = int(np.argmax(terms.contribution))
    p, q, contribution = terms.p[largest], terms.q[largest], terms.contribution[largest]
    if contribution > _CANCELLING * total:
        sentences.append(
            "P and Q nearly agree: single terms are far larger than their sum, in which they cancel; "
            "the sum is computed from q - p and is right to its last digits."
        )
        return tuple(sentences)
    most = "Most of it comes from" if contribution >= _MOST * total else "The largest part comes from"
    less = f"{rounded(q)}, {_times(p, q)} less" if q else "less than any double"
    sentences.append(f"{most} {terms.outcomes[largest]}: P gives it {rounded(p)}, Q {less}.")
    if (terms.contribution < 0).any():
        smallest = int(np.argmin(terms.contribution))
        sentences.append(
            f"Outcomes that Q gives more mass than P count against it, most of all {terms.outcomes[smallest]} "
            f"({rounded(terms.contribution[smallest])} {unit})."
        )
    return tuple(sentences)


def _times(p: float, q: float) -> str:
    ratio = p / q
    return f"{ratio:.3g} times" if ratio >= 2 else f"{100 * (1 - q / p):.2g} %"


def _it(count: int) -> str:
    return "it" if count == 1 else "them"


def _term_rows(terms: Terms, total: float, top: int) -> list[tuple[Cell, ...]]:
    """Returns a row for each of the `top` largest terms, one for the sum of the others, and the total."""
    order = np.argsort(-np.abs(terms.contribution), kind="stable")
    shown, rest = (order[:top], order[top:]) if 0 < top < len(order) else (order, order[:0])
    rows = [_term_row(terms, int(index), total) for index in shown]
    if rest.size:
        rows.append(_rest_row(terms, rest, total))
    return [*rows, (forward_kl.notation, 1.0, 1.0, None, total, _share(total, total))]


def _term_row(terms: Terms, index: int, total: float) -> tuple[Cell, ...]:
    contribution = float(terms.contribution[index])
    return (
        terms.outcomes[index],
        float(terms.p[index]),
        float(terms.q[index]),
        float(terms.log_ratio[index]),
        contribution,
        _share(contribution, total),
    )


def _rest_row(terms: Terms, rest: Index, total: float) -> tuple[Cell, ...]:
    p, q, contribution = (float(each[rest].sum()) for each in (terms.p, terms.q, terms.contribution))
    return f"{rest.size} more", p, q, None, contribution, _share(contribution, total)


def _share(contribution: float, total: float) -> float | None:
    return contribution / total if np.isfinite(total) and total > 0 else None


def _decomposition_table(parts: dict[str, float], unit: str) -> Table:
    columns = (Column("term", "H(P, Q) = H(P) + KL(P‖Q)", is_formula=True), Column("value", unit, is_number=True))
    return Table(columns, tuple((name, value) for name, value in parts.items()))
