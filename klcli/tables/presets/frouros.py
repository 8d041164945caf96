"""frouros' batch detectors of data drift for one column of numbers."""

import sys

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.estimation.numbers.ordered import wasserstein_distance
from klcli.tables.presets import shares
from klcli.tables.presets.preset import Method, NotReplayed, Options, Preset, Use, registered
from klcli.tables.presets.samples import Labels, Numbers, Sample

_BINS = 10
_AUTO = "it interpolates between numpy's auto bins, which differ between versions of numpy (400 or 46 of one column)"


def _values(sample: Numbers) -> tuple[Array, Array]:
    x, y = sample.x, sample.y
    shares.finite("frouros", x, y)
    return x, y


def _shares(sample: Numbers) -> tuple[Array, Array]:
    """Returns the shares in 10 bins of equal width over both samples."""
    x, y = _values(sample)
    edges = np.histogram_bin_edges(np.concatenate([x, y]), _BINS)
    return shares.histogram(x, edges) / len(x), shares.histogram(y, edges) / len(y)


def _psi(sample: Numbers, options: Options) -> float:
    p, q = (np.where(each == 0, sys.float_info.min, each) for each in _shares(sample))
    return shares.psi(p, q)


def _hellinger(sample: Numbers, options: Options) -> float:
    return shares.hellinger(*_shares(sample))


def _bhattacharyya(sample: Numbers, options: Options) -> float:
    p, q = _shares(sample)
    return float(1 - np.sqrt(p * q).sum())


def _hi(sample: Numbers, options: Options) -> float:
    return float(1 - np.minimum(*_shares(sample)).sum())


def _emd(sample: Numbers, options: Options) -> float:
    return wasserstein_distance(*_values(sample))


def _ks(sample: Numbers, options: Options) -> float:
    return shares.ks_p_value(*_values(sample))


def _use(sample: Sample) -> Use:
    if isinstance(sample, Labels):
        raise NotReplayed("frouros' distances are of numbers")
    return Use.NUMBERS


registered(
    Preset(
        name="frouros",
        tool="frouros",
        version="0.9.0",
        does="PSI in 10 bins of equal width over both tables; an empty share counts as 2.2e-308, so one empty bin adds "
        "about 700 times its share",
        limits="above the limit of --limit; its distances have none of their own (p of ks: 0.05)",
        methods=(
            Method(name="psi", title="PSI", ours="jeffreys", numbers=_psi),
            Method(name="hellinger", title="Hellinger", ours="hellinger", numbers=_hellinger),
            Method(name="emd", title="W1", numbers=_emd),
            Method(name="bhattacharyya", title="Bhattacharyya", numbers=_bhattacharyya),
            Method(name="hi_normalized_complement", title="1 - overlap", numbers=_hi),
            Method(name="ks", title="KS p", numbers=_ks, limit=0.05, is_p_value=True),
        ),
        use=_use,
        chosen=lambda sample: "psi",
        refused=dict.fromkeys(("kl", "js"), _AUTO)
        | dict.fromkeys(("mmd", "energy_distance"), "it depends on a kernel or on all pairs of rows"),
    )
)
