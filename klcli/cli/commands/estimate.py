"""`kl estimate`: from samples, the divergence between what they were drawn from."""

from typing import TYPE_CHECKING, Any

import click

from klcli.cli.answer import Output, emit, reading_progress
from klcli.cli.command import (
    INPUT,
    LIMITS,
    NUMBERS,
    Command,
    Operand,
    completer,
    option,
    with_options,
)
from klcli.cli.given import given_options, noting_nulls, noting_unused
from klcli.cli.options import access_options, input_options, text_options
from klcli.cli.output_options import output_options_with
from klcli.core.distributions.units import UnitKind, parse_base, scale, unit_name
from klcli.core.estimation.counts.forms import FORMS
from klcli.core.estimation.estimate import Estimation
from klcli.core.estimation.estimators import ESTIMATORS
from klcli.core.estimation.gates import judge_estimates, parse_estimate_limit
from klcli.core.estimation.settings import Settings
from klcli.engines.address import Access
from klcli.errors import ExitCode, UsageError
from klcli.notes import listing
from klcli.reports.estimation import estimation_report, plan_report
from klcli.runs.estimation import estimate_distributions, estimate_samples
from klcli.sources.formats.text_dialect import TextDialect
from klcli.sources.operands.read_options import ReadOptions
from klcli.sources.samples.counted import read_counts
from klcli.sources.samples.kinds import KINDS_OF_SAMPLES, MISSING
from klcli.sources.samples.masses import are_counts
from klcli.sources.samples.read_samples import read_samples
from klcli.sources.samples.sample_options import SampleOptions

if TYPE_CHECKING:
    from klcli.families.comparison.comparison import FamilyComparison

__all__ = ["command"]

_OF_PLAN = frozenset({"--plan", "--labels", "--level", "--base", "--bits"})
_OTHERS = (2, 3, 5, 10, 20, 50, 100, 1000)

_OPTIONS = [
    option("--as", "as_", group=INPUT, type=click.Choice(list(KINDS_OF_SAMPLES)), default="auto", show_default=True,
           help="Kind of observations; auto: numbers if all are, else labels."),
    option("--columns", "--column", "columns", group=INPUT, multiple=True, metavar="COLUMN,…",
           help="Columns of an observation, by name or number; repeatable. With --as counts the last has the counts."),
    option("--p", "p_column", group=INPUT, metavar="COLUMN", help="Column of P in one operand; with --by, its group."),
    option("--q", "q_column", group=INPUT, metavar="COLUMN", help="Column of Q in one operand; with --by, its group."),
    option("--by", group=INPUT, metavar="COLUMN", help="Column of one operand whose two groups are the samples."),
    *input_options("input_format", "header"),
    option("--missing", group=INPUT, type=click.Choice(list(MISSING)), default="error", show_default=True,
           help="Refuse rows without a value, drop them, or make an outcome of them."),
    option("--allow-duplicates", group=INPUT, is_flag=True,
           help="Give an interval although records seem to be repeated."),
    *input_options("max_expand"),
    option("-m", "--measure", "measures", group=NUMBERS, multiple=True, metavar="NAME",
           shell_complete=completer(lambda: FORMS),
           help=f"Measure, repeatable: {', '.join(FORMS)}; the first and jensen_shannon by default."),
    option("--estimator", group=NUMBERS, default="default", show_default=True, metavar="NAME",
           shell_complete=completer(ESTIMATORS.names),
           help="Another estimator, without interval (score has a lower end); see `kl list estimators`."),
    option("--level", group=NUMBERS, type=float, default=0.95, show_default=True, metavar="L",
           help="Probability that an interval holds the truth."),
    *input_options("base", "bits"),
    option("--bins", group=NUMBERS, type=click.IntRange(2), metavar="N",
           help="Bins of equal pooled mass, for numbers; then the outer two are cut finer."),
    option("--neighbours", group=NUMBERS, type=click.IntRange(1), default=5, show_default=True, metavar="K",
           help="Neighbours, for vectors."),
    option("--no-scale", group=NUMBERS, is_flag=True, help="Leave columns of vectors in their own units."),
    option("--jitter", group=NUMBERS, is_flag=True, help="Move numbers of vectors at random, to part equal rows."),
    option("--relabel", group=NUMBERS, type=click.IntRange(1), metavar="B",
           help="Find p from B random relabellings, in place of the chi-squared distribution."),
    option("--seed", group=NUMBERS, type=click.IntRange(0), default=0, show_default=True, metavar="N",
           help="Seed of what is random: --relabel, --jitter and the halves of vectors."),
    option("--truth", nargs=2, group=NUMBERS, metavar="P Q",
           help="Families that the samples are from, where known: shows their divergences and densities beside."),
    option("--plan", group=NUMBERS, type=float, metavar="LIMIT",
           help="Print the observations that certify a KL below LIMIT, in place of an estimate."),
    option("--labels", group=NUMBERS, type=click.IntRange(2), default=10, show_default=True, metavar="N",
           help="Labels, or bins, for --plan."),
    option("--fail-above", "limits", group=LIMITS, multiple=True, metavar="[MEASURE=][BOUND:]LIMIT",
           help="Exit with 1 if the value is above; with BOUND lower, if it surely is; with upper, if it is not surely "
                "below. Repeatable."),
]  # fmt: skip


def _estimate_options(function: Any) -> Any:
    return with_options(_OPTIONS, function)


@click.command("estimate", cls=Command)
@click.argument("x", type=Operand(), required=False)
@click.argument("y", type=Operand(), required=False)
@_estimate_options
@text_options
@access_options
@output_options_with(digits=4)
def command(
    x: str | None, y: str | None, *, as_: str, columns: tuple[str, ...], p_column: str | None, q_column: str | None,
    by: str | None, input_format: str | None, header: bool | None, missing: str, allow_duplicates: bool,
    max_expand: str, dialect: TextDialect, access: Access, measures: tuple[str, ...], estimator: str, level: float,
    base: str, bits: bool, bins: int | None,
    neighbours: int, no_scale: bool, jitter: bool, relabel: int | None, seed: int, plan: float | None, labels: int,
    truth: tuple[str, str] | None,
    limits: tuple[str, ...], output: Output,
) -> ExitCode:  # fmt: skip
    """How different are the two distributions that X and Y were drawn from?

    X is a sample of P, Y of Q: independent observations, one on each line.
    The value is corrected for bias; the interval says what the samples allow,
    and p is that of P = Q. An operand is a file, - for standard input, or
    inline: a,b,a,c. One operand alone holds both, in two columns or groups.

    \b
    kl estimate yesterday.csv today.csv --columns latency
    kl estimate penguins.csv --by species --p Adelie --q Gentoo --columns mass
    kl estimate jan.csv feb.csv --as counts --fail-above upper:0.1
    kl estimate --plan 0.01 --labels 10
    """
    unit = parse_base(2 if bits else base)
    settings = Settings(
        measures, estimator, level, unit, bins, neighbours, seed, not no_scale, jitter, allow_duplicates, relabel or 0
    ).checked()
    if plan is not None:
        _refuse_beside_plan(x, limits)
        return _plan(plan, labels, settings, output)
    if "--labels" in given_options():
        raise UsageError("--labels is for --plan, which is not given", hint="--as labels reads samples as labels")
    if x is None:
        raise UsageError("no samples are given", hint="as in kl estimate x.csv y.csv; see kl estimate --help")
    output = noting_unused(output, filter(None, (x, y)), (input_format,))
    asked = [parse_estimate_limit(text) for text in limits]
    with reading_progress(filter(None, (x, y))):
        estimation: Estimation
        options = SampleOptions(
            columns, (p_column, q_column), by, input_format, header, max_expand, dialect, access, as_=as_
        )
        if as_ == "counts" or (as_ == "auto" and are_counts(x, y)):
            reading = ReadOptions(
                ("counts", "counts"), (p_column, q_column), None, (input_format, input_format), header=header,
                max_expand=max_expand, dialect=dialect, access=access,
            )  # fmt: skip
            estimation = estimate_distributions(*read_counts(x, y, reading, options, missing), settings)
        else:
            estimation = estimate_samples(*read_samples(x, y, options), settings, as_=as_, missing=missing)
    output = noting_nulls(output, (x, y), estimation.notes, dialect)
    verdicts, notes = judge_estimates(estimation, asked)
    known = _known(truth, estimation, seed) if truth else None
    return emit(estimation_report(estimation, verdicts, notes, y or x, known), output)


def _known(truth: tuple[str, str], estimation: Estimation, seed: int) -> "FamilyComparison":
    """Returns the comparison of the families that the samples are from, by the measures that were estimated."""
    from klcli.families.comparison.compare import compare_families
    from klcli.families.grammar import parse

    p, q = map(parse, truth)
    return compare_families(p, q, measures=list(estimation.estimates), base=estimation.base, seed=seed)


def _refuse_beside_plan(x: str | None, limits: tuple[str, ...]) -> None:
    if x is not None:
        raise UsageError(f"--plan needs no samples, and {x} is given", hint="leave out one of them")
    unused = [*sorted(given_options() - _OF_PLAN), *(["--fail-above"] if limits else [])]
    if unused:
        raise UsageError(
            f"--plan has no use for {listing(unused)}",
            hint="it is found from --labels, --level and the base of the logarithm",
        )


def _plan(limit: float, labels: int, settings: Settings, output: Output) -> ExitCode:
    from klcli.core.estimation.counts.plan import observations_needed

    if not 0 < limit < float("inf"):
        raise UsageError(f"--plan {limit:g}: the limit must be above 0", hint="as in --plan 0.01 --labels 10")
    nats = limit / scale(1.0, UnitKind.INFORMATION, settings.base)
    others = [(count, observations_needed(nats, count, settings.level)) for count in _OTHERS if count != labels]
    needed = observations_needed(nats, labels, settings.level)
    unit = unit_name(UnitKind.INFORMATION, settings.base)
    return emit(plan_report(limit, needed, labels, settings.level, unit, others), output)
