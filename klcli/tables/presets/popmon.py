"""popmon's comparisons of two histograms, in the bins that histogrammar makes of the reference."""

from collections.abc import Callable

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.tables.presets import shares
from klcli.tables.presets.preset import Method, Options, Preset, registered
from klcli.tables.presets.samples import Labels, Sample

_Cells = Callable[[Sample], tuple[Array, Array]]
_OfCells = Callable[[Array, Array], float]

_EPSILON = 1e-5  # added to each cell
_BINS = 40
_COVERED = 0.9  # of the range that the bins cover, between the quantiles 0.05 and 0.95


def _counts(sample: Sample) -> tuple[Array, Array]:
    """Returns the counts by label, or in bins of one width that are filled on either side."""
    if isinstance(sample, Labels):
        return sample.p, sample.q
    x, y = sample.x, sample.y
    shares.finite("popmon", x, y)
    origin, width = _spec(x, is_float=sample.is_float)
    cells = [np.floor((each - origin) / width) for each in (x, y)]
    labels = np.unique(np.concatenate(cells))
    p, q = (np.bincount(np.searchsorted(labels, each), minlength=len(labels)) for each in cells)
    return p.astype(np.float64), q.astype(np.float64)


def _spec(x: Array, *, is_float: bool) -> tuple[float, float]:
    """Returns the origin and the width of the bins."""
    low, high = float(x.min()), float(x.max())
    if not is_float:
        return float(np.floor(low - 0.5) + 0.5), max(float(np.round((high - low) / _BINS)), 1.0)
    inner = [float(each) for each in np.quantile(x, [0.05, 0.95])]
    low, high = inner if inner[0] < inner[1] else (low, high)
    span = (high - low) * (1 / _COVERED) if high > low else 1.0
    return low - span * 0.05, span / _BINS


def _shares(sample: Sample) -> tuple[Array, Array]:
    p, q = _counts(sample)
    return p / p.sum(), q / q.sum()


def _psi(p: Array, q: Array) -> float:
    return shares.psi(p + _EPSILON, q + _EPSILON)


def _kl(p: Array, q: Array) -> float:
    p, q = p + _EPSILON, q + _EPSILON
    return float(np.sum(p * np.log(p / q)))


def _jensen_shannon(p: Array, q: Array) -> float:
    middle = (p + q) / 2
    return (_kl(p, middle) + _kl(q, middle)) / 2


def _method(name: str, title: str, compute: _OfCells, cells: _Cells, ours: str = "") -> Method:
    def of(sample: Sample, options: Options) -> float:
        return compute(*cells(sample))

    return Method(name=name, title=title, ours=ours, numbers=of, labels=of)


registered(
    Preset(
        name="popmon",
        tool="popmon",
        version="1.4.12",
        does="PSI with 1e-5 added to each share, in bins of one width from REF, or by label; its stability report "
        "calls the same functions with counts in the place of shares: -m report_psi, -m report_jsd print those",
        limits="above the limit of --limit; its traffic lights need many time slots",
        methods=(
            _method("psi", "PSI", _psi, _shares, "jeffreys"),
            _method("kld", "KL(P‖Q)", _kl, _shares, "forward_kl"),
            _method("jsd", "JS", _jensen_shannon, _shares, "jensen_shannon"),
            _method("max_prob_diff", "L∞", shares.l_infinity, _shares, "l_infinity"),
            _method("report_psi", "PSI of counts", _psi, _counts),
            _method("report_jsd", "JS of counts", _jensen_shannon, _counts),
        ),
        chosen=lambda sample: "psi",
    )
)
