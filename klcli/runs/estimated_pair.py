"""The estimation of one pair of a batch whose operands are samples."""

from klcli.core.distributions.units import parse_base
from klcli.core.estimation.estimate import Estimation
from klcli.core.estimation.gates import judge_estimates, parse_estimate_limit
from klcli.core.estimation.settings import Settings
from klcli.core.limits import Verdict
from klcli.errors import NotADistribution
from klcli.notes import Note
from klcli.runs.estimation import estimate_distributions, estimate_samples
from klcli.sources.batch.batch_entry import BatchEntry
from klcli.sources.batch.estimate_settings import EstimatePlan
from klcli.sources.batch.settings import Plan
from klcli.sources.samples.counted import read_counts
from klcli.sources.samples.masses import are_counts
from klcli.sources.samples.read_samples import read_sample, read_samples
from klcli.sources.samples.sample_options import SampleOptions

__all__ = ["estimate_pair", "judge_pair"]

_REASONS = frozenset({"sparse", "small", "constant", "duplicates", "no_interval", "ties"})  # why an end is lacking
_HINT = "name the columns that hold the observations in a field `column` of the manifest, as price,size"


def estimate_pair(entry: BatchEntry, plan: Plan) -> Estimation:
    """Returns the estimation of a pair.

    Raises:
        InputError: an operand cannot be read as a sample. UsageError: a setting is wrong.
    """
    how, reading = plan.estimate, plan.reading
    assert how is not None
    settings = Settings(
        plan.measures, how.estimator, how.level, parse_base(reading.base), seed=reading.seed
    ).checked()  # fmt: skip
    if how.as_ == "counts" or (how.as_ == "auto" and are_counts(entry.p, entry.q)):
        return estimate_distributions(*read_counts(entry.p, entry.q, reading), settings)
    if entry.q is None:
        pair = tuple(column or None for column in how.columns)
        samples = read_samples(entry.p, None, _options(how, 0)._replace(columns=(), pair=(pair[0], pair[1])))
    else:
        samples = read_sample(entry.p, _options(how, 0)), read_sample(entry.q, _options(how, 1))
    return estimate_samples(*samples, settings, as_=how.as_, missing=how.missing)


def judge_pair(estimation: Estimation, limits: tuple[str, ...]) -> tuple[tuple[Verdict, ...], tuple[Note, ...]]:
    """Returns verdicts and notes on them.

    Raises:
        NotADistribution: a limit is on a value or an end that the samples do not have.
    """
    verdicts, notes = judge_estimates(estimation, map(parse_estimate_limit, limits))
    lacking = next((note for note in notes if note.code == "no_bound"), None)
    if lacking is not None:
        reasons = "; ".join(each.text for each in estimation.notes if each.code in _REASONS)
        raise NotADistribution(lacking.text, hint=reasons or None)
    return verdicts, notes


def _options(how: EstimatePlan, side: int) -> SampleOptions:
    column = how.columns[side]
    return SampleOptions(
        (column,) if column else (), input_format=how.formats[side], header=how.header, max_expand=how.max_expand,
        dialect=how.dialect, access=how.access, hint=_HINT, as_=how.as_,
    )  # fmt: skip
