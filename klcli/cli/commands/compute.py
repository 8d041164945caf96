"""`kl compute`: the measures of a pair, and the limits on them."""

import shlex

import click

from klcli.cli.answer import Output, emit, reading_progress
from klcli.cli.command import Command, Operand
from klcli.cli.given import repeated_options, with_unused
from klcli.cli.options import limit_option, measure_option, reading_options
from klcli.cli.output_options import output_options
from klcli.core.comparison import Comparison
from klcli.core.limits import judge, parse_limit
from klcli.core.measures.selection import names_of, select
from klcli.errors import ExitCode
from klcli.reports.comparison import comparison_report
from klcli.runs.operand_pair import compare_operands
from klcli.sources.operands.read_options import ReadOptions

__all__ = ["command"]

_SHORT = 80  # characters of operands that are worth repeating


@click.command("compute", cls=Command)
@click.argument("p", type=Operand())
@click.argument("q", type=Operand(), required=False)
@measure_option
@limit_option("Exit with 1 if the measure is above; unnamed, that of -m or forward_kl; repeatable.")
@reading_options
@output_options
def command(
    p: str, q: str | None, measures: tuple[str, ...], limits: tuple[str, ...], reading: ReadOptions, output: Output
) -> ExitCode:
    """How different are P and Q? P is the reference, Q the approximation.

    An operand is a file (CSV, TSV, JSON, JSONL, .npy, .npz, Parquet, each also
    compressed), - for standard input, inline: 0.5,0.5 or heads=0.5,tails=0.5, or
    a family: normal(0, 1), gamma(shape=2, rate=3); see kl list families.
    One operand alone holds both, in columns or fields p and q.

    \b
    kl compute p.csv q.csv --bits
    kl compute p.csv q.csv --fail-above 0.1 -f json
    kl compute 'normal(1, 1)' 'normal(2, 0.5)'
    """
    list(map(select, names_of(measures)))  # an unknown one is refused before the data are read
    asked = [parse_limit(text, measures) for text in limits]
    with reading_progress(filter(None, (p, q))):
        comparison = compare_operands(reading, p, q, measures or None)
    comparison = with_unused(comparison, (p, q), reading)
    verdicts = judge(comparison, asked)
    if not isinstance(comparison, Comparison):
        from klcli.reports.families import report as families

        report = families.comparison_report(comparison, verdicts)
        return emit(report._replace(cure=_cure(p, q, what="formula", smoothing=None)), output)
    report = comparison_report(comparison, verdicts, q or p)
    smoothing = None if reading.smooth else _smoothing_of(comparison)
    return emit(report._replace(cure=_cure(p, q, what="terms", smoothing=smoothing)), output)


def _smoothing_of(comparison: Comparison) -> str:
    """Returns a smoothing for P and Q: half an observation for counts, a hundredth of probability for other masses.

    Adding 0.5 to probabilities would change them beyond recognition.
    """
    return "add:0.5" if {comparison.p.kind, comparison.q.kind} <= {"counts", "samples"} else "mix:0.01"


def _cure(p: str, q: str | None, *, what: str, smoothing: str | None) -> str:
    """Returns what to do about an infinite value: look, smooth, or ask for a measure that is always finite."""
    words = [word for word in (p, q) if word is not None]
    options = repeated_options()
    is_short = "-" not in words and sum(map(len, (*words, *options))) <= _SHORT
    explain = shlex.join(["kl", "explain", *words, *options]) if is_short else "kl explain"
    smooth = f"--smooth {smoothing} makes it finite; " if smoothing else ""
    return f"{explain} shows the {what}; {smooth}jensen_shannon is always finite"
