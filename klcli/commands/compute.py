"""`kl compute`: the measures of a pair, and the limits on them."""

import click

from klcli.commands.shared import (
    Command,
    Operand,
    Output,
    Reading,
    emit,
    measure_option,
    output_options,
    reading_options,
)
from klcli.core.comparison import DEFAULT_MEASURES
from klcli.core.verdict import judge, parse_limit
from klcli.errors import ExitCode
from klcli.reports import comparison_report
from klcli.sources.reading import expanded

__all__ = ["command"]


@click.command("compute", cls=Command)
@click.argument("p", type=Operand())
@click.argument("q", type=Operand(), required=False)
@measure_option
@click.option("--fail-above", "limits", multiple=True, metavar="[MEASURE=]LIMIT",
              help="Exit with 1 if the measure (forward_kl if unnamed) is above; repeatable.")  # fmt: skip
@reading_options
@output_options
def command(
    p: str, q: str | None, measures: tuple[str, ...], limits: tuple[str, ...], reading: Reading, output: Output
) -> ExitCode:
    """How different are P and Q? P is the reference, Q the approximation.

    An operand is a file (CSV, TSV, JSON, JSONL, .npy, .npz, Parquet, each also
    compressed), - for standard input, or inline: 0.5,0.5 or heads=0.5,tails=0.5.
    One operand alone holds both, in columns or fields p and q.

    \b
    kl compute p.csv q.csv --bits
    kl compute p.csv q.csv --fail-above 0.1 -f json
    """
    asked = [parse_limit(text) for text in limits]
    comparison = reading.compare(p, q, expanded(measures or DEFAULT_MEASURES))
    return emit(comparison_report(comparison, judge(comparison, asked)), output)
