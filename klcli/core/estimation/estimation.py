"""Two samples of labels or numbers → divergences between what they were drawn from, with every caveat as a note."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.types import Array
from klcli.core.distributions.units import Base
from klcli.core.estimation.bins import Bins, binned
from klcli.core.estimation.counts import Gates, estimate_counts, in_unit
from klcli.core.estimation.estimate import Cells, DivergenceEstimate, Estimation, SampleFacts, SizedEstimate
from klcli.core.estimation.estimators import Chosen, chosen_estimator
from klcli.core.estimation.forms import FORMS, Form
from klcli.core.estimation.homogeneity import HomogeneityTest, homogeneity_test, relabelled_p_value
from klcli.core.estimation.sample_sizes import estimates_by_size
from klcli.core.estimation.sparsity import (
    LEAST_COVERAGE,
    LEAST_EACH,
    LEAST_NUMBERS,
    LEAST_SAMPLE,
    coverage,
    outside,
    repeats,
)
from klcli.errors import NotADistribution, UnknownName, UsageError
from klcli.notes import (
    Note,
    interval_lacking,
    observations_few,
    observations_outside,
    outcomes_unseen,
    records_repeated,
    samples_constant,
    samples_overlap,
    samples_small,
    samples_sparse,
)
from klcli.notes.wording import plural
from klcli.support.registry import nearest

__all__ = ["DEFAULT_MEASURES", "Settings", "estimate_labels", "estimate_numbers", "point_estimates", "refuse_too_few"]

DEFAULT_MEASURES = ("forward_kl", "jensen_shannon")
_NO_VARIANCE = "its variance near P = Q was not worked out, and a wrong interval is worse than none"
_ONLY_DEFAULT = "only the estimator `default` has one"


class Settings(NamedTuple):
    """How divergences are estimated from samples.

    Attributes:
        measures: names; those of DEFAULT_MEASURES that the estimator has, if empty. estimator: such as "knn:5".
        level: of the intervals. base: of the logarithm. bins: of equal mass, for numbers; None lets the samples decide.
        neighbours: k, for vectors. seed: of whatever is random. scales: divide columns of vectors by their deviation.
        jitter: move tied numbers of vectors. allows_duplicates: give an interval where records seem to be repeated.
        relabel: random relabellings from which p is found; 0 for the chi-squared distribution.
    """

    measures: tuple[str, ...] = ()
    estimator: str = "default"
    level: float = 0.95
    base: Base = "e"
    bins: int | None = None
    neighbours: int = 5
    seed: int = 0
    scales: bool = True
    jitter: bool = False
    allows_duplicates: bool = False
    relabel: int = 0

    def checked(self) -> "Settings":
        """Returns the settings with names as they are registered.

        Raises:
            UnknownName: a measure cannot be estimated. UsageError: a number is out of its range.
        """
        if not 0.5 <= self.level < 1:
            raise UsageError(f"the level is {self.level:g}, not between 0.5 and 1", hint="as in --level 0.99")
        if self.bins is not None and self.bins < 2:
            raise UsageError(f"{self.bins} bins cannot show a difference", hint="give at least 2")
        if self.neighbours < 1:
            raise UsageError(f"there is no neighbour number {self.neighbours}", hint="the nearest is 1")
        names = tuple(dict.fromkeys(map(_measure_name, self.measures)))
        return self._replace(measures=names)

    def chosen(self, kind: str) -> tuple[Chosen | None, tuple[str, ...]]:
        """Returns the estimator, None for the default one, and the measures, for samples of a kind.

        Raises:
            UsageError: the estimator is for other samples, or does not have a measure.
        """
        chosen = chosen_estimator(self.estimator, kind)
        if chosen is None:
            return None, self.measures or DEFAULT_MEASURES
        able = chosen.estimator.measures
        lacking = [name for name in self.measures if name not in able]
        if lacking:
            raise UsageError(f"the estimator {chosen.text} has no {lacking[0]}", hint=f"it has {', '.join(able)}")
        return chosen, self.measures or tuple(name for name in DEFAULT_MEASURES if name in able)


def _measure_name(name: str) -> str:
    found = name.strip().lower().replace("-", "_")
    found = {"psi": "jeffreys", "kl": "forward_kl", "js": "jensen_shannon"}.get(found, found)
    if found not in FORMS:
        near = nearest(found, FORMS)
        known = f"the measures that samples can be estimated for are {', '.join(FORMS)}"
        raise UnknownName(f"no estimate of {name!r}", hint=f"did you mean {near[0]}? {known}" if near else known)
    return found


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
    can = True
    if len(x) < 2:
        can = False
        found.append(samples_constant(str(labels[0])))
    elif min(covered) < LEAST_COVERAGE:
        can = False
        found.append(samples_sparse(*covered))
    else:
        if n + m < 2 * LEAST_EACH * len(x):
            found.append(observations_few(len(x), int(n + m)))
        if min(n, m) < LEAST_SAMPLE:
            found.append(samples_small(int(min(n, m)), LEAST_SAMPLE, True))
    return _from_cells((facts[0], facts[1]), Cells(x, y, labels), settings, kind, can, frozenset(), tuple(found))


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
    n, m = len(x), len(y)
    refuse_too_few(names, (n, m))
    facts = tuple(SampleFacts(name, "numbers", len(each)) for name, each in zip(names, (x, y), strict=True))
    x, y = np.sort(x), np.sort(y)
    bins = binned(x, y, settings.bins)
    if any(missing):
        labels = [*_bin_labels(bins), "(missing)"]
        of_x, of_y = (np.append(each, float(count)) for each, count in zip((bins.x, bins.y), missing, strict=True))
        return estimate_labels(names, labels, of_x, of_y, settings, notes=notes)
    if bins.values is not None:
        labels = _bin_labels(bins)
        found = estimate_labels(names, labels, bins.x, bins.y, settings, notes=notes) if len(labels) > 1 else None
        if found is not None and chosen_estimator(settings.estimator, "numbers") is None:
            return found
    can, said = _caveats(n, m, x, y, settings)
    is_open = set()
    for measure, (this, other), (first, second) in (
        ("forward_kl", ("P", "Q"), (x, y)), ("reverse_kl", ("Q", "P"), (y, x)),
    ):  # fmt: skip
        beyond = outside(first, second)
        if beyond is not None and measure in (settings.measures or DEFAULT_MEASURES):
            is_open.add(measure)
            said.append(observations_outside(measure, this, other, beyond[0], beyond[0] / len(first), beyond[1]))
    if len(bins.x) < 2:
        can = False
        said.append(samples_constant(f"{float(x[0]):.17g}"))
    cells = Cells(bins.x, bins.y, edges=bins.edges)
    return _from_cells(
        (facts[0], facts[1]), cells, settings, "numbers", can, frozenset(is_open), (*notes, *said), (x, y)
    )


def _bin_labels(bins: Bins) -> list[str]:
    if bins.values is not None:
        return [f"{value:.17g}" for value in bins.values.tolist()]
    edges = [f"{edge:.6g}" for edge in bins.edges.tolist()]
    return [f"[{low}, {high})" for low, high in zip(["-inf", *edges], [*edges, "inf"], strict=True)]


def _caveats(n: int, m: int, x: Array, y: Array, settings: Settings) -> tuple[bool, list[Note]]:
    """Returns whether numbers allow an interval, and notes on what they show."""
    can, said = True, list[Note]()
    if min(n, m) < LEAST_NUMBERS:
        can = False
        said.append(samples_small(min(n, m), LEAST_NUMBERS, False))
    again = repeats(x, y)
    if again is not None and again.across:
        said.append(samples_overlap(again.across))
    elif again is not None:
        can = can and settings.allows_duplicates
        said.append(records_repeated(*again.within, settings.allows_duplicates))
    return can, said


def _from_cells(
    facts: tuple[SampleFacts, SampleFacts], cells: Cells, settings: Settings, kind: str, can: bool,
    is_open: frozenset[str], notes: tuple[Note, ...], numbers: tuple[Array, Array] | None = None,
) -> Estimation:  # fmt: skip
    chosen, measures = settings.chosen(kind)
    test = _tested(cells, settings)
    said = [*notes]
    if chosen is not None:
        samples = (cells.x, cells.y) if numbers is None else (numbers[0][:, np.newaxis], numbers[1][:, np.newaxis])
        estimates = point_estimates(chosen, measures, *samples, settings)
        said.append(interval_lacking(measures, _ONLY_DEFAULT))
    else:
        gates = Gates(can, test.p_value, is_open)
        estimates = estimate_counts(measures, cells.x, cells.y, settings.level, gates, settings.base)
        without = tuple(name for name in measures if not FORMS[name].has_interval)
        if without and can:
            said.append(interval_lacking(without, _NO_VARIANCE))
        if can:
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


def _tested(cells: Cells, settings: Settings) -> HomogeneityTest:
    test = homogeneity_test(cells.x, cells.y, labels=list(cells.labels) or None)
    if settings.relabel:
        p_value = relabelled_p_value(cells.x, cells.y, settings.relabel, settings.seed, list(cells.labels) or None)
        return test._replace(p_value=p_value)
    return test


def _unseen_notes(measures: Sequence[str], cells: Cells, is_open: frozenset[str]) -> list[Note]:
    said = []
    for measure, this, other, of, against in (
        ("forward_kl", "P", "Q", cells.x, cells.y), ("reverse_kl", "Q", "P", cells.y, cells.x),
    ):  # fmt: skip
        unseen = np.flatnonzero((of > 0) & (against == 0))
        if measure in measures and measure not in is_open and unseen.size:
            largest = unseen[np.argsort(-of[unseen], kind="stable")][:5].tolist()
            first = tuple(cells.labels[at] for at in largest) if cells.edges is None else ()
            share = float(of[unseen].sum() / of.sum())
            said.append(outcomes_unseen(measure, this, other, len(unseen), first, share, cells.edges is not None))
    return said


def point_estimates(
    chosen: Chosen, measures: Sequence[str], x: Array, y: Array, settings: Settings
) -> dict[str, DivergenceEstimate]:
    """Returns the estimates of one that is not the default: values alone, in the unit of the base."""
    found = {}
    for name in measures:
        form = FORMS[name]
        value = _point(chosen, form, x, y)
        each = DivergenceEstimate(value, method=chosen.text, measure=name, kind=form.unit, count=len(x) + len(y))
        found[name] = in_unit(each, settings.base)
    return found


def _point(chosen: Chosen, form: Form, x: Array, y: Array) -> float:
    if form.name in ("jensen_shannon", "total_variation"):  # of the plug-in alone
        return float(form.terms(x, y, float(x.sum()), float(y.sum())).sum())
    if form.name == "jeffreys":
        return chosen(x, y) + chosen(y, x)
    return chosen(y, x) if form.name == "reverse_kl" else chosen(x, y)


def refuse_too_few(names: tuple[str, str], counts: tuple[float, float]) -> None:
    """Refuses a sample of fewer than 2 observations.

    Raises:
        NotADistribution: one has fewer.
    """
    for name, count in zip(names, counts, strict=True):
        if count < 2:
            raise NotADistribution(
                f"{name}: {plural(int(count), 'observation')}, and an estimate needs at least 2",
                hint="give a file with one observation on each line, or counts with --as counts",
            )
