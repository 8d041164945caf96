"""`kl explain`: the forward KL of any input, worked out term by term, and in words."""

import click
import numpy as np

from klcli.cli.commands.shared import (
    Command,
    Operand,
    Output,
    ReadOptions,
    compare_read,
    emit,
    output_options,
    reading_options,
)
from klcli.core.comparison import Comparison, Terms
from klcli.errors import ExitCode
from klcli.reports.explanation import decomposition, in_words
from klcli.reports.report import Cell, Column, Report, Table, subjects

__all__ = ["command"]

MEASURES = ("forward_kl", "cross_entropy", "entropy_p")


@click.command("explain", cls=Command)
@click.argument("p", type=Operand())
@click.argument("q", type=Operand(), required=False)
@click.option("--top", type=click.IntRange(0), default=20, show_default=True, metavar="N",
              help="Show the N largest terms and the sum of the rest; 0 shows all.")  # fmt: skip
@reading_options
@output_options
def command(p: str, q: str | None, top: int, reading: ReadOptions, output: Output) -> ExitCode:
    """Why is KL(P‖Q) what it is? The derivation, outcome by outcome.

    Operands are as in kl compute. Shows p, q, log(p/q), p·log(p/q) and its share
    for each outcome, largest first; then H(P, Q) = H(P) + KL(P‖Q); then in words
    what makes it large or infinite. Of two families, the formula with the
    numbers put in.

    \b
    kl explain p.csv q.csv --top 5
    """
    if reading.are_families(p, q):
        from klcli.reports.families import explanation_report
        from klcli.runs import family_pair

        return emit(explanation_report(family_pair.compare_read(reading, p, q, None)), output)
    return emit(_report(compare_read(reading, p, q, MEASURES), top), output)


def _report(comparison: Comparison, top: int) -> Report:
    terms, total = comparison.terms, comparison["forward_kl"]
    unit = comparison.unit
    columns = (
        Column("outcome", "outcome"),
        Column("p", "p", is_number=True),
        Column("q", "q", is_number=True),
        Column("log_ratio", "log(p/q)", is_number=True),
        Column("contribution", "p·log(p/q)", is_number=True, is_measure=True),
        Column("share", "share", is_share=True),
        Column("unit", "unit", for_people=False),
        Column("smoothing", "smoothing", for_people=False),
    )
    applied: tuple[Cell, ...] = (unit, comparison.smoothing)
    order = np.argsort(-np.abs(terms.contribution), kind="stable")
    shown, rest = (order[:top], order[top:]) if 0 < top < len(order) else (order, order[:0])
    rows: list[tuple[Cell, ...]] = [(*_row(terms, int(index), total), *applied) for index in shown]
    if rest.size:
        rows.append(
            (
                f"{rest.size} more",
                float(terms.p[rest].sum()),
                float(terms.q[rest].sum()),
                None,
                float(terms.contribution[rest].sum()),
                _share(float(terms.contribution[rest].sum()), total),
                *applied,
            )
        )
    footer: tuple[Cell, ...] = ("KL(P‖Q)", 1.0, 1.0, None, total, _share(total, total), *applied)
    keys = [column.key for column in columns]
    lines = tuple(dict(zip(keys, row, strict=True)) for row in rows)
    items = tuple(dict(zip(keys, row[: -len(applied)], strict=False)) for row in rows)
    parts = decomposition(comparison)
    words = in_words(comparison, terms)
    document = comparison.to_dict() | {"terms": items, "decomposition": parts, "explanation": words}
    return Report(
        (Table(columns, (*rows, footer), footers=1), _decomposition_table(parts, unit)),
        document,
        lines=lines,
        facts=(*subjects(comparison), ("KL(P‖Q)", "Σ p·log(p/q)", f"in {unit}")),
        prose=words,
        notes=comparison.notes,
    )


def _row(terms: Terms, index: int, total: float) -> tuple[Cell, ...]:
    contribution = float(terms.contribution[index])
    return (
        terms.outcomes[index],
        float(terms.p[index]),
        float(terms.q[index]),
        float(terms.log_ratio[index]),
        contribution,
        _share(contribution, total),
    )


def _share(contribution: float, total: float) -> float | None:
    return contribution / total if np.isfinite(total) and total > 0 else None


def _decomposition_table(parts: dict[str, float], unit: str) -> Table:
    columns = (Column("term", "H(P, Q) = H(P) + KL(P‖Q)"), Column("value", unit, is_number=True))
    return Table(columns, tuple((name, value) for name, value in parts.items()))
