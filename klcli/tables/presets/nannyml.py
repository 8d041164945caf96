"""NannyML's UnivariateDriftCalculator: distances of chunks, held against what chunks of the reference show."""

from collections.abc import Callable
from dataclasses import replace
from math import log, nan, sqrt
from typing import Any

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.estimation.numbers.ordered import ks_distance, wasserstein_distance
from klcli.tables.presets import shares
from klcli.tables.presets.preset import Fails, Held, Method, Options, Preset, registered
from klcli.tables.presets.samples import Labels, Numbers, Sample, chunks

_CHUNKS = 10
_DEVIATIONS = 3
_LARGE = 10_000  # values of the reference from which KS and W1 are those of a histogram of as many bins
_LEVEL = 0.05


def _bins(sample: Sample) -> tuple[Array, Array]:
    """Returns the shares in Doane's bins of the reference, or by label; what lies in none of them is one more cell."""
    if isinstance(sample, Numbers):
        x, y = sample.x, sample.y
        edges = np.histogram_bin_edges(x, bins="doane")
        return shares.with_leftover(shares.histogram(x, edges) / len(x), shares.histogram(y, edges) / len(y))
    is_known = sample.p > 0
    return shares.with_leftover(
        sample.p[is_known] / sample.p.sum(), sample.q[is_known] / sample.q.sum()
    )  # fmt: skip


def _jensen_shannon(sample: Sample) -> float:
    return sqrt(shares.jensen_shannon(*_bins(sample)) / log(2))


def _hellinger(sample: Sample) -> float:
    return shares.hellinger(*_bins(sample))


def _l_infinity(sample: Labels) -> float:
    return shares.l_infinity(sample.p / sample.p.sum(), sample.q / sample.q.sum())


def _ks(sample: Numbers) -> float:
    x, y = sample.x, sample.y
    if len(x) < _LARGE:
        return ks_distance(x, y)
    edges = np.linspace(x.min(), x.max(), _LARGE + 1)
    below_x = np.cumsum(shares.histogram(x, edges)) / len(x)
    below_y = np.cumsum(shares.histogram(y, edges)) / len(y) + np.count_nonzero(y < edges[0]) / len(y)
    return float(np.abs(below_x - below_y).max())


def _wasserstein(sample: Numbers) -> float:
    x, y = sample.x, sample.y
    if len(x) < _LARGE:
        return wasserstein_distance(x, y)
    counts, edges = np.histogram(x, _LARGE)
    smaller, larger = y[y < edges[0]], y[y > edges[-1]]
    # values outside the range of the reference are weighed with one more than there are, as NannyML does
    left = (len(smaller) + 1) / len(y) if len(smaller) else 0.0
    right = (len(larger) + 1) / len(y) if len(larger) else 0.0
    outside = left * _area(np.append(smaller, edges[0]), below=True)
    outside += right * _area(np.append(larger, edges[-1]), below=False)
    below_y = np.cumsum(shares.histogram(y, edges)) / len(y) + left
    inside = np.abs(np.cumsum(counts) / len(x) - below_y).sum() * (edges[1] - edges[0])
    return float(inside + outside)


def _area(values: Array, *, below: bool) -> float:
    """Returns the area below, or above, the empirical distribution function between the extremes of values."""
    values, counts = np.unique(values, return_counts=True)
    share = np.cumsum(counts) / counts.sum()
    return float(np.sum((share if below else 1 - share)[:-1] * np.diff(values)))


def _held(compute: Callable[..., float]) -> Callable[..., Held]:
    """Returns a statistic with the largest chunk, and the mean and 3 deviations of the chunks of the reference."""

    def of_chunks(sample: Sample, options: Options) -> Held:
        reference, current = _in_chunks(compute, sample, of_reference=True), _in_chunks(compute, sample)
        limit = float(np.nanmean(reference) + _DEVIATIONS * np.nanstd(reference))
        if compute is _ks:
            limit = min(limit, 1.0)
        return _worst(compute(sample), current, limit, sum(each > limit for each in current))

    return of_chunks


def _worst(value: float, current: list[float], limit: float | None, alerts: int) -> Held:
    worst = int(np.nanargmax(current))
    place = f"chunk {worst + 1} of {len(current)}"
    return Held(value, current[worst], limit, place, f"{alerts} of {len(current)} chunks alert")


def _chi_squared(sample: Labels, options: Options) -> Held:
    """Returns X²; NannyML holds its p-value in each chunk against 0.05."""
    p_values = [
        shares.chi_squared(each.p, each.q)[1] for each in _chunks(sample) if isinstance(each, Labels) and each.q.sum()
    ]
    least = int(np.argmin(p_values))
    place = f"chunk {least + 1} of {len(p_values)}"
    alerts = sum(p < _LEVEL for p in p_values)
    return Held(
        shares.chi_squared(sample.p, sample.q)[0], p_values[least], _LEVEL, place,
        f"{alerts} of {len(p_values)} chunks alert",
    )  # fmt: skip


def _in_chunks(compute: Callable[..., float], sample: Sample, *, of_reference: bool = False) -> list[float]:
    """Returns the statistic of each chunk; NaN for one without values."""
    if of_reference:
        rows: Any = sample.rows_p
        sample = replace(sample, rows_q=rows)
    return [nan if _is_empty(each) else compute(each) for each in _chunks(sample)]


def _chunks(sample: Sample) -> list[Sample]:
    size = len(sample.rows_q) // _CHUNKS
    if not size:
        raise Fails(f"NannyML fails on fewer than {_CHUNKS} rows")
    return list(chunks(sample, size))


def _is_empty(sample: Sample) -> bool:
    return not (len(sample.y) if isinstance(sample, Numbers) else sample.q.sum())


def _numbers(compute: Callable[..., float]) -> Callable[..., Held]:
    held = _held(compute)

    def checked(sample: Numbers, options: Options) -> Held:
        shares.finite("NannyML", sample.x, sample.y)
        return held(sample, options)

    return checked


registered(
    Preset(
        name="nannyml",
        tool="NannyML",
        version="0.13.1",
        does="Jensen-Shannon distance (bits) in Doane's bins of REF with a cell for all else, or by label; the value "
        "is of all CUR as one chunk, the verdict that of the default chunks, a tenth of the rows each, in their order",
        limits="a chunk above mean + 3 standard deviations of the chunks of REF",
        methods=(
            Method(
                name="jensen_shannon", title="√JS, bits", ours="jensen_shannon_distance",
                numbers=_numbers(_jensen_shannon), labels=_held(_jensen_shannon),
            ),
            Method(name="hellinger", title="Hellinger", numbers=_numbers(_hellinger), labels=_held(_hellinger)),
            Method(name="l_infinity", title="L∞", labels=_held(_l_infinity)),
            Method(name="wasserstein", title="W1", numbers=_numbers(_wasserstein)),
            Method(name="kolmogorov_smirnov", title="KS D", ours="ks", numbers=_numbers(_ks)),
            Method(name="chi2", title="X²", labels=_chi_squared, is_p_value=True),
        ),
        chosen=lambda sample: "jensen_shannon",
    )
)  # fmt: skip
