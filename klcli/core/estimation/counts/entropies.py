"""Estimators of the entropy of a sample of counts, shape (k,), in nats; the default one, Z, is a form."""

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.estimation.counts.sparsity import coverage

__all__ = ["chao_shen", "miller_madow", "plugin"]


def plugin(x: Array) -> float:
    """Returns the entropy of the frequencies, which is too small by about (labels - 1)/2n."""
    p = x[x > 0] / x.sum()
    return float(-(p * np.log(p)).sum())


def miller_madow(x: Array) -> float:
    """Returns the entropy of the frequencies plus (labels seen - 1)/2n (Miller 1955)."""
    return plugin(x) + (int((x > 0).sum()) - 1) / (2 * float(x.sum()))


def chao_shen(x: Array) -> float:
    """Returns -Σ Cp log(Cp)/(1 - (1 - Cp)ⁿ) with Good and Turing's coverage C (Chao & Shen 2003).

    It is NaN where every outcome was seen once, so that C is 0.
    """
    n, covered = float(x.sum()), coverage(x)
    if not covered:
        return float("nan")
    p = covered * x[x > 0] / n
    with np.errstate(divide="ignore"):
        return float(-(p * np.log(p) / -np.expm1(n * np.log1p(-p))).sum())
