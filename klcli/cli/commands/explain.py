"""`kl explain`: a measure of any input, worked out term by term, and in words."""

import click

from klcli.cli.answer import PAGE_WIDTH, Output, emit, reading_progress
from klcli.cli.command import NUMBERS, OUTPUT, Command, Operand, completer, option
from klcli.cli.given import with_unused
from klcli.cli.options import reading_options
from klcli.cli.output_options import output_options
from klcli.core.distributions.distribution import Distribution
from klcli.core.measures.chi_squared import chi_squared, neyman_chi_squared
from klcli.core.measures.entropies import cross_entropy, entropy_p, entropy_q, reverse_cross_entropy
from klcli.core.measures.kl import forward_kl, reverse_kl
from klcli.core.measures.measure import MEASURES, Measure
from klcli.core.measures.selection import select
from klcli.errors import ExitCode, UsageError
from klcli.reports.explanation import explanation_report, measures_of
from klcli.runs.operand_pair import compare_distributions, hinted_at_p_twice
from klcli.sources.operands.read_options import Operand as Loaded
from klcli.sources.operands.read_options import ReadOptions

__all__ = ["command"]

# the measure of Q and P, by that of P and Q; those that are not here do not depend on the direction
_REVERSED = {
    measure.name: reverse.name
    for measure, reverse in (
        (forward_kl, reverse_kl),
        (cross_entropy, reverse_cross_entropy),
        (entropy_p, entropy_q),
        (chi_squared, neyman_chi_squared),
    )
}
_REVERSED |= {other: name for name, other in _REVERSED.items()}


@click.command("explain", cls=Command)
@click.argument("p", type=Operand())
@click.argument("q", type=Operand(), required=False)
@option("-m", "--measure", "name", group=NUMBERS, default="forward_kl", show_default=True, metavar="NAME",
        shell_complete=completer(MEASURES.names),
        help="Measure to explain, a sum of terms such as jensen_shannon; see `kl list measures`.")  # fmt: skip
@option("--reverse", group=NUMBERS, is_flag=True, help="Explain the other direction: of Q and P, such as KL(Q‖P).")
@option("--top", group=OUTPUT, type=click.IntRange(0), default=20, show_default=True, metavar="N",
        help="Show the N largest terms and the sum of the rest; 0 shows all.")  # fmt: skip
@reading_options
@output_options
def command(
    p: str, q: str | None, name: str, reverse: bool, top: int, reading: ReadOptions, output: Output
) -> ExitCode:
    """Why is KL(P‖Q), or another measure, what it is? The derivation by outcome.

    Operands are as in kl compute. Shows p, q, log(p/q), the term p·log(p/q) and
    its share for each outcome, largest first; then H(P, Q) = H(P) + KL(P‖Q);
    then in words what makes it large or infinite. Of two families, the formula
    with the numbers put in.

    \b
    kl explain p.csv q.csv --top 5
    kl explain p.csv q.csv -m jensen_shannon
    """
    measure = _measure(name, reverse=reverse)
    with reading_progress(filter(None, (p, q))), hinted_at_p_twice(reading, p, q, [name]):
        both = reading.load_both(p, q)
    of_p, of_q = both
    if not isinstance(of_p, Distribution) or not isinstance(of_q, Distribution):
        return _explain_families(both, (p, q), measure, reading, output)
    comparison = compare_distributions(reading, of_p, of_q, measures_of(measure))
    comparison = with_unused(comparison, (p, q), reading)
    return emit(explanation_report(comparison, top, measure), output)


def _measure(name: str, *, reverse: bool) -> Measure:
    measure = select(name)
    if not reverse:
        return measure
    if measure.name not in _REVERSED and not measure.symmetric:
        raise UsageError(f"{measure.name} has no other direction", hint="leave out --reverse, or exchange P and Q")
    return select(_REVERSED.get(measure.name, measure.name))


def _explain_families(
    both: tuple[Loaded, Loaded], words: tuple[str, str | None], measure: Measure, reading: ReadOptions, output: Output
) -> ExitCode:
    from klcli.reports.families import report as families
    from klcli.runs import family_pair

    if measure is not forward_kl:
        exchanged = _REVERSED.get(measure.name) == forward_kl.name
        cure = "exchange P and Q" if exchanged else f"kl compute -m {measure.name} prints its value"
        raise UsageError(f"of families, forward_kl is explained, not {measure.name}", hint=cure)
    comparison = with_unused(family_pair.compare_with_families(reading, both, None), words, reading)
    return emit(families.explanation_report(comparison), output, width=PAGE_WIDTH)
