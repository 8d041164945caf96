"""`kl explain`: the forward KL of any input, worked out term by term, and in words."""

import click

from klcli.cli.answer import Output, emit, reading_progress
from klcli.cli.options import OUTPUT, Command, Operand, option, output_options, reading_options
from klcli.errors import ExitCode
from klcli.reports.explanation import explanation_report
from klcli.runs.operand_pair import compare_operands
from klcli.sources.operands.read_options import ReadOptions

__all__ = ["command"]

MEASURES = ("forward_kl", "cross_entropy", "entropy_p")


@click.command("explain", cls=Command)
@click.argument("p", type=Operand())
@click.argument("q", type=Operand(), required=False)
@option("--top", group=OUTPUT, type=click.IntRange(0), default=20, show_default=True, metavar="N",
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
        from klcli.reports import families
        from klcli.runs import family_pair

        return emit(families.explanation_report(family_pair.compare_read(reading, p, q, None)), output)
    with reading_progress(filter(None, (p, q))):
        comparison = compare_operands(reading, p, q, MEASURES)
    return emit(explanation_report(comparison, top), output)
