"""Two samples of vectors: a value from nearest neighbours, and a lower end from a cross-fitted score. No upper end.

The interval of k-NN is not printed: the usual standard errors cover 2 to 94 %, as the bias is larger than they are.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import isnan

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.distributions.units import scale
from klcli.core.estimation.caveats import below_zero, caveats, refuse_too_few, unused_options
from klcli.core.estimation.counts.forms import FORMS
from klcli.core.estimation.counts.moments import Gates, from_moments, in_unit
from klcli.core.estimation.estimate import DivergenceEstimate, Estimation, SampleFacts
from klcli.core.estimation.numbers.neighbours import ADAPTIVE_K, knn, neighbour_ties
from klcli.core.estimation.point_estimates import point_estimates
from klcli.core.estimation.settings import Settings
from klcli.core.estimation.several_columns.score import (
    SCORE_BINS,
    ScoreBins,
    combined_moments,
    combined_test,
    score_bins,
)
from klcli.errors import NotADistribution
from klcli.notes import (
    Note,
    columns_constant,
    columns_dependent,
    columns_mixed,
    neighbours_tied,
    numbers_jittered,
    samples_constant,
    upper_end_lacking,
)
from klcli.support.sentence import Option

__all__ = ["estimate_vectors"]

_ERR = "neighbours and scores err by chance and by bias"
_MOST_COLUMNS_OF_NEIGHBOURS = 5  # beyond, the bias of neighbours is larger than that of scores


def estimate_vectors(
    names: tuple[str, str], x: Array, y: Array, settings: Settings, *, columns: Sequence[str] = (),
    mixed: tuple[str, ...] = (), notes: tuple[Note, ...] = (),
) -> Estimation:  # fmt: skip
    """Returns the estimation from two samples of finite vectors, shape (n, d) and (m, d).

    Args:
        columns: their names. mixed: those that were labels and are one-hot now; neighbours are not used then.

    Raises:
        NotADistribution: a sample has fewer than 2 rows. UsageError: a setting is wrong.
    """
    settings = settings.checked()
    refuse_too_few(names, (len(x), len(y)))
    facts = tuple(
        SampleFacts(name, "vectors", len(each), dimension=each.shape[1])
        for name, each in zip(names, (x, y), strict=True)
    )
    chosen, measures = settings.chosen("vectors")
    by_score = bool(mixed) or (chosen is not None and chosen.estimator.name == "score")
    said = [*notes, *unused_options(settings, "vectors"), *((columns_mixed(mixed),) if mixed else ())]
    x, y, of_columns = _varying(x, y, columns)
    said += of_columns
    if not x.shape[1]:
        raise NotADistribution(f"{names[0]} and {names[1]}: every column is constant", hint="the samples do not differ")
    can, against = caveats(x, y, allows_duplicates=settings.allows_duplicates)
    said += against
    standard = _standardised(x, y)
    bins = score_bins(*standard, settings.seed)
    test = combined_test(bins)
    lower = _by_score(measures, bins, (len(x), len(y)), settings, Gates(can, test.p_value))
    neighbours = None
    if by_score or (chosen is None and x.shape[1] > _MOST_COLUMNS_OF_NEIGHBOURS):
        estimates = lower
        said += below_zero(estimates, bool(test.degrees_of_freedom))
    else:
        scaled = standard if settings.scales else (x, y)
        if settings.jitter:
            scaled = _jittered(*scaled, settings.seed)
            said.append(numbers_jittered(settings.seed))
        if chosen is not None:
            estimates = point_estimates(chosen, measures, *scaled, len(x) + len(y), settings.base)
        else:
            neighbours = settings.neighbours
            scaled, note = _of_full_rank(*scaled)
            said += note
            estimates = _by_neighbours(measures, *scaled, neighbours, lower, settings)
        said += below_zero(estimates, bool(test.degrees_of_freedom), _ERR)
        if any(isnan(each.value) for each in estimates.values()):
            k = settings.neighbours if chosen is None else int(chosen.parameter or ADAPTIVE_K)
            said.append(neighbours_tied(*neighbour_ties(*scaled, k), Option("--jitter"), chosen is None))
    said.append(upper_end_lacking(measures))
    return Estimation(
        facts[0], facts[1], settings.base, settings.level, estimates, test, None,
        "default" if chosen is None else chosen.text, settings.seed, SCORE_BINS, neighbours, notes=tuple(said),
    )  # fmt: skip


def _by_score(
    measures: Sequence[str], bins: ScoreBins, counts: tuple[int, int], settings: Settings, gates: Gates
) -> dict[str, DivergenceEstimate]:
    """Returns Z of the scores with its lower end; never an upper one, which would be that of the score alone."""
    found = {}
    for name in measures:
        form = FORMS[name]
        moments = combined_moments(form, bins, *counts)
        each = from_moments(form, moments, settings.level, gates)
        each = replace(each, upper=None, upper_one_sided=None, method=f"score, {SCORE_BINS} bins", count=sum(counts))
        found[name] = in_unit(each, settings.base)
    return found


def _by_neighbours(
    measures: Sequence[str], x: Array, y: Array, k: int, lower: dict[str, DivergenceEstimate], settings: Settings
) -> dict[str, DivergenceEstimate]:
    """Returns KLs by neighbours with the lower ends of the score; other measures are those of the score."""
    k = min(k, len(x) - 1, len(y) - 1)  # either sample may be that of P
    found = dict(lower)
    for form in (FORMS[name] for name in measures):
        if form.by_kl is not None:
            value = form.by_kl(lambda x, y: knn(x, y, k), *form.ordered(x, y))
            found[form.name] = replace(
                lower[form.name], value=float(scale(value, form.unit, settings.base)), standard_error=None, raw=None,
                relabelling_mean=None, standard_error_null=None,
                method=f"neighbours, k = {k}; lower end by score",
            )  # fmt: skip
    return found


def _varying(x: Array, y: Array, columns: Sequence[str]) -> tuple[Array, Array, list[Note]]:
    """Returns the samples without constant columns, and a note that names those."""
    pooled = np.concatenate([x, y])
    varies = pooled.min(axis=0) < pooled.max(axis=0)
    if varies.all():
        return x, y, []
    names = list(columns) or [f"column {at + 1}" for at in range(x.shape[1])]
    constant = tuple(names[at] for at in np.flatnonzero(~varies).tolist())
    said = columns_constant(constant) if varies.any() else samples_constant(str(tuple(x[0].tolist())))
    return x[:, varies], y[:, varies], [said]


def _standardised(x: Array, y: Array) -> tuple[Array, Array]:
    """Returns the samples with columns shifted and divided by the mean and deviation of both together."""
    pooled = np.concatenate([x, y])
    largest = np.abs(pooled).max(axis=0)
    pooled = pooled / largest  # squares of the largest doubles overflow
    centre, deviation = pooled.mean(axis=0), pooled.std(axis=0)
    deviation = np.where(deviation > 0, deviation, 1.0)
    return (x / largest - centre) / deviation, (y / largest - centre) / deviation


def _of_full_rank(x: Array, y: Array) -> tuple[tuple[Array, Array], list[Note]]:
    """Returns the samples in as many dimensions as they fill, by their principal axes if that is fewer than columns."""
    pooled = np.concatenate([x, y])
    centre = pooled.mean(axis=0)
    _, sizes, axes = np.linalg.svd((pooled - centre).T @ (pooled - centre))
    rank = int((np.sqrt(sizes / sizes[0]) > 1e-7).sum())
    if rank == x.shape[1]:
        return (x, y), []
    return ((x - centre) @ axes[:rank].T, (y - centre) @ axes[:rank].T), [columns_dependent(rank, x.shape[1])]


def _jittered(x: Array, y: Array, seed: int) -> tuple[Array, Array]:
    generator = np.random.default_rng(seed)
    pooled = np.concatenate([x, y])
    gaps: list[float] = []
    for column in pooled.T:
        apart = np.diff(np.unique(column))
        gaps.append(float(apart.min()) if apart.size else 0.0)
    half = np.array(gaps) / 2
    return x + generator.uniform(-half, half, x.shape), y + generator.uniform(-half, half, y.shape)
