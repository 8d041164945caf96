"""feature_engine's DropHighPSIFeatures: PSI in deciles of the basis."""

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.tables.presets import shares
from klcli.tables.presets.preset import Fails, Method, Options, Preset, registered
from klcli.tables.presets.samples import Labels, Numbers, Sample

__all__ = ["decile_counts", "filled_psi"]

_BINS = 10
_EMPTY = 1e-4  # share in the place of 0


def filled_psi(p: Array, q: Array) -> float:
    """Returns PSI of counts, with a share of 1e-4 for each empty cell, which are not normalised again."""
    seen = p + q > 0
    p, q = p[seen] / p.sum(), q[seen] / q.sum()
    return shares.psi(np.where(p == 0, _EMPTY, p), np.where(q == 0, _EMPTY, q))


def decile_counts(x: Array, y: Array) -> tuple[Array, Array]:
    """Returns the counts in right-closed bins between the deciles of the reference, without end outside."""
    inner = np.unique(np.quantile(x, np.linspace(0, 1, _BINS + 1)))[1:-1]
    return shares.right_closed(x, inner), shares.right_closed(y, inner)


def _checked(sample: Sample) -> None:
    if min(len(sample.rows_p), len(sample.rows_q)) < _BINS:
        raise Fails(f"feature_engine fails on fewer than {_BINS} rows")
    if isinstance(sample, Numbers):
        shares.finite("feature_engine", sample.x, sample.y)


def _psi_of_labels(sample: Labels, options: Options) -> float:
    _checked(sample)
    return filled_psi(sample.p, sample.q)


def _psi_of_deciles(sample: Numbers, options: Options) -> float:
    _checked(sample)
    return filled_psi(*decile_counts(sample.x, sample.y))


def _psi_of_equal_widths(sample: Numbers, options: Options) -> float:
    _checked(sample)
    x, y = sample.x, sample.y
    inner = np.linspace(x.min(), x.max(), _BINS + 1)[1:-1]
    return filled_psi(shares.right_closed(x, inner), shares.right_closed(y, inner))


registered(
    Preset(
        name="feature-engine",
        tool="feature_engine",
        version="1.9.4",
        does='PSI in deciles of REF, an empty share as 1e-4; labels as with variables="all", missing cells as with '
        'missing_values="ignore", where its defaults leave labels out and fail on missing cells',
        limits="above 0.25",
        methods=(
            Method(
                name="psi", title="PSI", ours="jeffreys", numbers=_psi_of_deciles, labels=_psi_of_labels, limit=0.25,
            ),
            Method(
                name="psi_equal_width", title="PSI, equal width", numbers=_psi_of_equal_widths, labels=_psi_of_labels,
                limit=0.25,
            ),
        ),
        chosen=lambda sample: "psi",
    )
)  # fmt: skip
