"""Evidently's data drift: a test of each column by its type and by the number of rows of the reference."""

from collections.abc import Callable
from math import erfc, sqrt
from typing import Any

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.estimation.numbers.ordered import wasserstein_distance
from klcli.core.estimation.significance.chi_squared import chi_squared_sf
from klcli.tables.presets import shares
from klcli.tables.presets.preset import Fails, Method, NotReplayed, Options, Preset, Use, registered
from klcli.tables.presets.samples import Labels, Numbers, Sample

_SMALL = 1_000  # rows of the reference up to which it tests
_MANY_VALUES = 20  # distinct numbers of the reference from which it bins
_FEW = 5  # distinct numbers of both tables up to which it tests them as labels
_LABELLED_INTEGERS = 10  # distinct integers up to which it takes a column as labels
_TINY = 1e-4  # what it puts in the place of a share of 0
_RANDOM = "it permutes rows at random"
_OTHER = "it is not one of the statistics of cells and of order that are replayed"


def _finite(sample: Numbers) -> Numbers:
    """Returns the numbers with infinite ones as missing, as Evidently drops both."""
    rows = [np.where(np.isinf(each), np.nan, each) for each in (sample.rows_p, sample.rows_q)]
    return Numbers(rows[0], rows[1], sample.is_float)


def _shares(sample: Sample) -> tuple[Array, Array]:
    if isinstance(sample, Numbers):
        x, y = sample.x, sample.y
        if sample.distinct > _MANY_VALUES:
            edges = np.histogram_bin_edges(np.concatenate([x, y]), bins="sturges")
            return shares.histogram(x, edges) / len(x), shares.histogram(y, edges) / len(y)
        sample = sample.as_labels()
    p, q = sample.p, sample.q
    return p / p.sum(), q / q.sum()


def _filled(p: Array) -> Array:
    least = p[p > 0].min()
    return np.where(p == 0, least / 1e6 if least <= _TINY else _TINY, p)


def _psi(sample: Sample, options: Options) -> float:
    return shares.psi(*map(_filled, _shares(sample)))


def _kl(sample: Sample, options: Options) -> float:
    p, q = map(_filled, _shares(sample))
    return shares.kl(p, q)


def _jensen_shannon(sample: Sample, options: Options) -> float:
    return sqrt(shares.jensen_shannon(*_shares(sample)))


def _hellinger_of_labels(sample: Labels, options: Options) -> float:
    p, q = sample.p, sample.q
    return sqrt(1 - min(1.0, float(np.sqrt(p / p.sum() * (q / q.sum())).sum())))


def _hellinger_of_numbers(sample: Numbers, options: Options) -> float:
    x, y = sample.x, sample.y
    edges = np.histogram_bin_edges(np.unique(np.concatenate([x, y])), bins="sturges")
    densities = [np.histogram(each, edges, density=True)[0] for each in (x, y)]
    width = (edges[-1] - edges[0]) / (len(edges) - 1)
    return sqrt(1 - min(1.0, float(np.sqrt(densities[0] * densities[1]).sum() * width)))


def _wasserstein(sample: Numbers, options: Options) -> float:
    x, y = sample.x, sample.y
    return wasserstein_distance(x, y) / max(float(x.std()), 0.001)


def _ks(sample: Numbers, options: Options) -> float:
    return shares.ks_p_value(sample.x, sample.y)


def _chi_squared(sample: Labels, options: Options) -> float:
    """Returns the p-value of X² that takes the shares of the reference as exact; 0 for a label that it lacks."""
    p, q = sample.p, sample.q
    expected = p * (q.sum() / p.sum())
    if np.any(expected == 0):
        return 0.0
    if len(p) < 2:
        return 1.0
    return chi_squared_sf(float(np.sum((q - expected) ** 2 / expected)), len(p) - 1)


def _z(sample: Labels, options: Options) -> float:
    p, q = sample.p, sample.q
    if len(p) == 1:
        return 1.0
    if len(p) > 2:
        raise NotReplayed("Evidently's z-test is of two labels")
    n, m = p.sum(), q.sum()
    pooled = (p[1] + q[1]) / (n + m)
    z = (p[1] / n - q[1] / m) / sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return 2 * (1 - (1 - 0.5 * erfc(abs(z) / sqrt(2))))


def _of_few(compute: Callable[[Labels, Options], float]) -> Callable[[Numbers, Options], float]:
    """Returns a test of labels for numbers; Evidently makes it by itself of at most 5 distinct ones."""

    def of_numbers(sample: Numbers, options: Options) -> float:
        labels = sample.as_labels()
        if len(labels.names) > _FEW:
            raise NotReplayed(f"Evidently's test of labels is not for more than {_FEW} distinct numbers")
        return compute(labels, options)

    return of_numbers


def _use(sample: Sample) -> Use:
    if isinstance(sample, Numbers):
        is_label = not sample.is_float and sample.distinct <= _LABELLED_INTEGERS
        return Use.LABELS if is_label else Use.NUMBERS
    if sample.distinct > sample.p.sum() / 2:
        raise NotReplayed("Evidently takes it as text, on which it trains a classifier")
    return Use.LABELS


def _chosen(sample: Sample) -> str:
    is_small = len(sample.x if isinstance(sample, Numbers) else sample.rows_p[sample.rows_p >= 0]) <= _SMALL
    labels = sample.as_labels() if isinstance(sample, Numbers) else sample
    if isinstance(sample, Numbers) and len(labels.names) > _FEW:
        return "ks" if is_small else "wasserstein"
    if not is_small:
        return "jensenshannon"
    return "chisquare" if len(labels.names) > 2 else "z"


def _on_finite(compute: Callable[[Numbers, Options], float]) -> Callable[[Numbers, Options], float]:
    """Returns a statistic of the finite numbers, as Evidently drops the others like missing ones."""

    def of_finite(sample: Numbers, options: Options) -> float:
        some = _finite(sample)
        if not len(some.x) or not len(some.y):
            raise Fails("Evidently fails on a column without finite values")
        return compute(some, options)

    return of_finite


def _method(name: str, title: str, ours: str = "", *, numbers: Any = None, labels: Any = None, **how: Any) -> Method:
    how = {"limit": 0.1, "at_limit": True} | how
    return Method(
        name=name,
        title=title,
        ours=ours,
        numbers=None if numbers is None else _on_finite(numbers),
        labels=labels,
        **how,
    )


_P_VALUE: dict[str, Any] = {"limit": 0.05, "is_p_value": True, "at_limit": False}

registered(
    Preset(
        name="evidently",
        tool="Evidently",
        version="0.7.23",
        does="up to 1,000 rows in REF: p of KS for numbers, of X² for labels (z for two), REF taken as exact; "
        "above: W1/sd for numbers, Jensen-Shannon distance (nats) for labels",
        limits="p below 0.05, or a distance of at least 0.1",
        methods=(
            _method("ks", "KS p", numbers=_ks, **(_P_VALUE | {"at_limit": True})),
            _method("chisquare", "X² p", numbers=_of_few(_chi_squared), labels=_chi_squared, **_P_VALUE),
            _method("z", "z p", numbers=_of_few(_z), labels=_z, **_P_VALUE),
            _method("wasserstein", "W1/sd", "wasserstein_sd", numbers=_wasserstein),
            _method(
                "jensenshannon", "√JS, nats", "jensen_shannon_distance", numbers=_jensen_shannon,
                labels=_jensen_shannon,
            ),
            _method("psi", "PSI", "jeffreys", numbers=_psi, labels=_psi),
            _method("kl_div", "KL(P‖Q)", "forward_kl", numbers=_kl, labels=_kl),
            _method("hellinger", "Hellinger", "hellinger", numbers=_hellinger_of_numbers, labels=_hellinger_of_labels),
        ),
        use=_use,
        chosen=_chosen,
        refused={"tvd": _RANDOM, "empirical_mmd": _RANDOM, "fisher_exact": _RANDOM} | dict.fromkeys(
            ("anderson", "cramer_von_mises", "ed", "es", "g_test", "mannw", "t_test"), _OTHER
        ),
        verdict=lambda drifted, columns: (
            f"Evidently calls the data set drifted from half of its columns: {drifted} of {columns} here"
        ),
    )
)  # fmt: skip
