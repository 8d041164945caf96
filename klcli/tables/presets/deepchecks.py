"""deepchecks' FeatureDrift: Cramér's V of labels and the KS distance of numbers."""

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.estimation.numbers.ordered import ks_distance, wasserstein_distance
from klcli.tables.presets import shares
from klcli.tables.presets.preset import Method, NotReplayed, Options, Preset, Use, registered
from klcli.tables.presets.samples import Labels, Numbers, Sample

_RARE = 0.01  # share of the reference below which labels are merged
_FLOOR = 0.01
_FEWEST = 10  # values of a side that it compares
_MARGIN = 0.025  # of each end, which EMD leaves out
_MOST_TEXTS, _MOST_WHOLE, _MOST_FLOATS = 150, 30, 5  # distinct values of a category
_DISTINCT = 0.01  # distinct values of a category, as a share of the values, or of 1,000


def _merged(sample: Labels) -> tuple[Array, Array]:
    """Returns the counts, with labels that are rare in the reference as one, unless those are rare in both."""
    p, q = sample.p, sample.q
    n, m = p.sum(), q.sum()
    if min(n, m) < _FEWEST:
        raise NotReplayed(f"deepchecks compares no column with fewer than {_FEWEST} values")
    is_rare = p < _RARE * n
    rest = p[is_rare].sum(), q[is_rare].sum()
    p, q = p[~is_rare], q[~is_rare]
    if rest[0] > _RARE * n or rest[1] > _RARE * m:
        p, q = np.append(p, rest[0]), np.append(q, rest[1])
    return p, q


def _cramers_v(sample: Labels, options: Options) -> float:
    """Returns Cramér's V, corrected for bias, of counts scaled down to the smaller table and rounded."""
    p, q = _merged(sample)
    if len(p) == 1:
        return 0.0
    n, m = p.sum(), q.sum()
    p, q = np.round(p * min(1.0, m / n)), np.round(q * min(1.0, n / m))
    p, q = p[p + q > 0], q[p + q > 0]
    total, k = p.sum() + q.sum(), len(p)
    squared = max(0.0, shares.chi_squared(p, q)[0] / total - (k - 1) / (total - 1))
    rows, columns = 2 - 1 / (total - 1), k - (k - 1) ** 2 / (total - 1)
    return float(np.sqrt(squared / min(columns - 1, rows - 1)))


def _psi(sample: Labels, options: Options) -> float:
    p, q = _merged(sample)
    return shares.psi(np.maximum(p / p.sum(), _FLOOR), np.maximum(q / q.sum(), _FLOOR))


def _values(sample: Numbers) -> tuple[Array, Array]:
    x, y = sample.x, sample.y
    if min(len(x), len(y)) < _FEWEST:
        raise NotReplayed(f"deepchecks compares no column with fewer than {_FEWEST} values")
    return x, y


def _ks(sample: Numbers, options: Options) -> float:
    return ks_distance(*_values(sample))


def _earth_movers(sample: Numbers, options: Options) -> float:
    """Returns W1 without 2.5 % of the values on each end, of both tables scaled to [0, 1] together."""
    both = []
    for values in _values(sample):
        shares.finite("deepchecks", values)
        low, high = np.quantile(values, [_MARGIN, 1 - _MARGIN])
        both.append(values[(values >= low) & (values <= high)])
    low, high = min(each.min() for each in both), max(each.max() for each in both)
    if low == high:
        return 0.0
    x, y = ((each - low) / (high - low) for each in both)
    return wasserstein_distance(x, y)


def _use(sample: Sample) -> Use:
    """Returns how deepchecks infers the kind of a column of the reference; texts with many values are left out."""
    is_number = isinstance(sample, Numbers)
    count = len(sample.x) if isinstance(sample, Numbers) else int(sample.p.sum())
    most = _MOST_TEXTS
    if isinstance(sample, Numbers):
        is_whole = bool(np.isfinite(sample.x).all() and (sample.x % 1 == 0).all())
        most = _MOST_WHOLE if is_whole else _MOST_FLOATS
    if sample.distinct / max(count, 1_000) < _DISTINCT and sample.distinct <= most:
        return Use.LABELS
    if not is_number:
        raise NotReplayed("deepchecks skips texts with so many values")
    return Use.NUMBERS


registered(
    Preset(
        name="deepchecks",
        tool="deepchecks",
        version="0.19.1",
        does="Cramér's V of labels (those below 1 % of REF as one), KS D of numbers; few distinct values are labels; "
        "it draws 100,000 rows of a larger table at random, where all are used here",
        limits="at least 0.2",
        methods=(
            Method(name="cramers_v", title="Cramér's V", labels=_cramers_v, limit=0.2, at_limit=True),
            Method(name="psi", title="PSI", ours="jeffreys", labels=_psi, limit=0.2, at_limit=True),
            Method(name="ks", title="KS D", ours="ks", numbers=_ks, limit=0.2, at_limit=True),
            Method(name="emd", title="EMD", numbers=_earth_movers, limit=0.2, at_limit=True),
        ),
        use=_use,
        chosen=lambda sample: "ks" if isinstance(sample, Numbers) else "cramers_v",
    )
)
