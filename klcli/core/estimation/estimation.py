"""Two samples of labels or numbers → divergences between what they were drawn from, with every caveat as a note."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import inf, isnan

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.types import Array
from klcli.core.distributions.alignment import notes_on_spelling
from klcli.core.estimation.caveats import (
    below_zero,
    caveats,
    equal_by_chance,
    notes_on_size,
    outside,
    refuse_too_few,
    unused_options,
)
from klcli.core.estimation.counts.forms import DEFAULT_MEASURES, FORMS, Form
from klcli.core.estimation.counts.moments import Gates, estimate_counts
from klcli.core.estimation.counts.sparsity import LEAST_COVERAGE, LEAST_EACH, coverage
from klcli.core.estimation.estimate import Cells, DivergenceEstimate, Estimation, SampleFacts, SizedEstimate
from klcli.core.estimation.estimators import chosen_estimator
from klcli.core.estimation.numbers.bins import bin_labels, binned
from klcli.core.estimation.numbers.neighbours import ADAPTIVE_K, neighbour_ties
from klcli.core.estimation.point_estimates import point_estimates
from klcli.core.estimation.sample_sizes import estimates_by_size
from klcli.core.estimation.settings import Settings
from klcli.core.estimation.significance.homogeneity import HomogeneityTest, homogeneity_test, relabelled_p_value
from klcli.notes import (
    Note,
    bins_unused,
    estimate_infinite,
    interval_lacking,
    neighbours_tied,
    numbers_are_outcomes,
    numbers_binned,
    observations_few,
    observations_outside,
    outcomes_unseen,
    samples_constant,
    samples_equal,
    samples_sparse,
)
from klcli.notes.wording import plural
from klcli.support.sentence import Option, Sentence

__all__ = ["estimate_labels", "estimate_numbers", "from_cells"]

_NO_VARIANCE = "its variance near P = Q was not worked out, and a wrong interval is worse than none"
_NO_SIMULATION = "how often one would cover was not measured; the standard error is in JSON"
_ONLY_DEFAULT = "only the estimator `default` has one"


def estimate_labels(
    names: tuple[str, str], labels: Sequence[str], x: Array, y: Array, settings: Settings, kind: str = "labels",
    notes: tuple[Note, ...] = (),
) -> Estimation:  # fmt: skip
    """Returns the estimation from counts of labels in two samples, shape (k,), aligned.

    Raises:
        NotADistribution: a sample has fewer than 2 observations. UsageError: a setting is wrong.
    """
    settings = settings.checked()
    n, m = float(x.sum()), float(y.sum())
    refuse_too_few(names, (n, m))
    seen = x + y > 0
    if not seen.all():
        labels, x, y = [labels[at] for at in np.flatnonzero(seen).tolist()], x[seen], y[seen]
    covered = coverage(x), coverage(y)
    facts = tuple(
        SampleFacts(name, kind, int(each.sum()), int((each > 0).sum()), good)
        for name, each, good in zip(names, (x, y), covered, strict=True)
    )
    found = [*notes]
    only_p, only_q = ([labels[at] for at in np.flatnonzero(each == 0).tolist()] for each in (y, x))
    found += notes_on_spelling(names, only_p, only_q)
    can = True
    if len(x) < 2:
        can = False
        found.append(samples_constant(str(labels[0])))
    elif np.array_equal(x, y) and not equal_by_chance(x):
        found.append(samples_equal())
    if can and min(covered) < LEAST_COVERAGE:
        can = False
        found.append(samples_sparse(*covered))
    elif can and n + m < 2 * LEAST_EACH * len(x):
        found.append(observations_few(len(x), int(n + m)))
    return from_cells((facts[0], facts[1]), Cells(x, y, labels), settings, kind, can, frozenset(), tuple(found))


def estimate_numbers(
    names: tuple[str, str], x: NDArray[np.float64], y: NDArray[np.float64], settings: Settings,
    missing: tuple[int, int] = (0, 0), notes: tuple[Note, ...] = (),
) -> Estimation:  # fmt: skip
    """Returns the estimation from two samples of finite numbers, shape (n,) and (m,): that of their bins.

    Args:
        missing: observations of each sample without a number, which are an outcome of their own.

    Raises:
        NotADistribution: a sample has fewer than 2 observations. UsageError: a setting is wrong.
    """
    settings = settings.checked()
    refuse_too_few(names, (len(x), len(y)))
    facts = tuple(SampleFacts(name, "numbers", len(each)) for name, each in zip(names, (x, y), strict=True))
    x, y = np.sort(x), np.sort(y)
    bins = binned(x, y, settings.bins)
    if any(missing):
        notes += (numbers_binned(len(bins.x)),) if bins.values is None else _as_outcomes(bins.values)
        labels = [*bin_labels(bins), "(missing)"]
        of_x, of_y = (np.append(each, float(count)) for each, count in zip((bins.x, bins.y), missing, strict=True))
        return estimate_labels(names, labels, of_x, of_y, settings, notes=notes)
    by_default = chosen_estimator(settings.estimator, "numbers") is None
    if bins.values is not None and len(bins.values) > 1 and by_default:
        notes += (bins_unused(len(bins.x), settings.bins),) if settings.bins else _as_outcomes(bins.values)
        settings = settings._replace(bins=None)
        return estimate_labels(names, bin_labels(bins), bins.x, bins.y, settings, notes=notes)
    can, against = caveats(x, y, allows_duplicates=settings.allows_duplicates)
    said = [*notes, *against]
    is_open = set()
    measures = (settings.measures or DEFAULT_MEASURES) if by_default else ()  # another estimator has no ends
    for form in (FORMS[name] for name in measures if FORMS[name].has_open_end):
        first, second = form.ordered(x, y)
        beyond = outside(first, second)
        if beyond is not None:
            is_open.add(form.name)
            share = beyond[0] / len(first)
            said.append(observations_outside(form.name, *form.sides, beyond[0], share, beyond[1]))
    if len(bins.x) < 2:
        can = False
        said.append(samples_constant(f"{float(x[0]):.17g}"))
    cells = Cells(bins.x, bins.y, edges=bins.edges, binning=bins.binning)
    return from_cells((facts[0], facts[1]), cells, settings, "numbers", can, frozenset(is_open), tuple(said), (x, y))


def _as_outcomes(values: Array) -> tuple[Note, ...]:
    return (numbers_are_outcomes(len(values)),) if len(values) > 1 else ()


def from_cells(
    facts: tuple[SampleFacts, SampleFacts], cells: Cells, settings: Settings, kind: str, can: bool,
    is_open: frozenset[str], notes: tuple[Note, ...], numbers: tuple[Array, Array] | None = None,
) -> Estimation:  # fmt: skip
    """Returns the estimation from cells that are counted.

    Args:
        kind: of samples, for which the estimator must be. can: give intervals. is_open: measures whose upper end is
            infinite, whatever the cells. numbers: of both samples, for estimators that take these.
    """
    chosen, measures = settings.chosen(kind)
    test = _tested(cells, settings)
    said = [*notes, *unused_options(settings, facts[0].kind)]
    if chosen is not None:
        count = facts[0].observations + facts[1].observations
        samples = (cells.x, cells.y) if numbers is None else (numbers[0][:, np.newaxis], numbers[1][:, np.newaxis])
        estimates = point_estimates(chosen, measures, *samples, count, settings.base)
        said.append(interval_lacking(measures, _ONLY_DEFAULT))
        said += below_zero(
            estimates, bool(test.degrees_of_freedom), f"the estimator {chosen.text} errs by chance and by bias"
        )
        said += _infinite_notes(estimates, cells, chosen.estimator.name)
        if numbers is not None and any(isnan(each.value) for each in estimates.values()):
            ties = neighbour_ties(*samples, int(chosen.parameter or ADAPTIVE_K))
            said.append(neighbours_tied(*ties, Sentence(Option("--as", "vectors"), " ", Option("--jitter")), False))
    else:
        gates = Gates(can, test.p_value, is_open)
        estimates = estimate_counts(measures, cells.x, cells.y, settings.level, gates, settings.base)
        said += below_zero(estimates, bool(test.degrees_of_freedom))
        if can:
            said += notes_on_size(facts)
            said += _without_interval(measures)
            said += _unseen_notes(measures, cells, is_open)
    by_size: Callable[[], tuple[SizedEstimate, ...]] = tuple
    if chosen is None:
        closed = (name for name, each in estimates.items() if each.upper not in (None, inf))
        drawn = next(closed, measures[0])  # an interval that ends shows how it shrinks
        by_size = partial(estimates_by_size, cells, drawn, settings.level, settings.base, gates, settings.seed)
    bins = None if cells.edges is None else len(cells.x)
    if bins is not None and chosen is None:
        estimates = {
            name: replace(each, method=f"{each.method}, {plural(bins, 'bin')}") for name, each in estimates.items()
        }
    return Estimation(
        *facts, settings.base, settings.level, estimates, test, cells, "default" if chosen is None else chosen.text,
        settings.seed if settings.relabel else None, bins, notes=tuple(said), by_size=by_size,
    )  # fmt: skip


def _without_interval(measures: Sequence[str]) -> list[Note]:
    without = [FORMS[name] for name in measures if not FORMS[name].has_interval]
    return [
        interval_lacking(tuple(form.name for form in without if form.is_entropy == is_entropy), reason)
        for is_entropy, reason in ((False, _NO_VARIANCE), (True, _NO_SIMULATION))
        if any(form.is_entropy == is_entropy for form in without)
    ]


def _tested(cells: Cells, settings: Settings) -> HomogeneityTest:
    test = homogeneity_test(cells.x, cells.y, labels=list(cells.labels) or None)
    if settings.relabel:
        p_value = relabelled_p_value(cells.x, cells.y, settings.relabel, settings.seed, list(cells.labels) or None)
        return test._replace(p_value=p_value)
    return test


def _unseen_notes(measures: Sequence[str], cells: Cells, is_open: frozenset[str]) -> list[Note]:
    said = []
    for form in (FORMS[name] for name in measures if FORMS[name].has_open_end and name not in is_open):
        found = _unseen(form, cells)
        if found is not None:
            count, first, share = found
            said.append(outcomes_unseen(form.name, *form.sides, count, first, share, cells.edges is not None))
    return said


def _infinite_notes(estimates: Mapping[str, DivergenceEstimate], cells: Cells, estimator: str) -> list[Note]:
    said = []
    for form in (FORMS[name] for name, each in estimates.items() if each.value == inf):
        turned = replace(form, exchanges=not form.exchanges)
        for one in (form, turned):
            found = _unseen(one, cells)
            if found is not None:
                said.append(estimate_infinite(form.name, estimator, *one.sides, *found[:2]))
                break
    return said


def _unseen(form: Form, cells: Cells) -> tuple[int, tuple[str, ...], float] | None:
    """Returns how many outcomes one sample lacks, the most frequent of them in the other, and their share there."""
    of, against = form.ordered(cells.x, cells.y)
    unseen = np.flatnonzero((of > 0) & (against == 0))
    if not unseen.size:
        return None
    largest = unseen[np.argsort(-of[unseen], kind="stable")][:5].tolist()
    first = tuple(cells.labels[at] for at in largest) if cells.edges is None else ()
    return len(unseen), first, float(of[unseen].sum() / of.sum())
