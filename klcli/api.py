"""The Python face: `compare` and `kl_divergence` take what is at hand."""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from klcli.core.comparison import DEFAULT_MEASURES, Comparison
from klcli.core.comparison import compare as compare_distributions
from klcli.core.distribution import Distribution
from klcli.core.divergences import forward_kl
from klcli.errors import NotADistribution
from klcli.sources.operand import load

__all__ = ["compare", "kl_divergence"]


def compare(
    p: Any,
    q: Any,
    *,
    base: float | str = "e",
    as_: str = "auto",
    p_as: str | None = None,
    q_as: str | None = None,
    measures: Sequence[str] = DEFAULT_MEASURES,
    smooth: str | None = None,
    missing: str = "zero",
) -> Comparison:
    """Returns how different p and q are, every measure by its name.

    Args:
        p, q: the reference and the approximation: one-dimensional arrays or sequences of numbers; mappings from label
            to number; pandas Series (labelled unless the index is a range); paths, or words as on the command line;
            or Distributions. Two that are labelled are joined by label. Arrays are not copied: what is asked of the
            result later sees them as they are then.
        base: "e" for nats, 2 for bits, 10 for bans, any number above 1.
        as_, p_as, q_as: what the numbers are: auto, probs, counts, weights, logits, logprobs, samples.
        measures: those to compute now; any other is computed when it is asked for.
        smooth: such as "add:1", "floor:1e-9", "mix:0.01". missing: "zero" or "error".

    Returns:
        a Comparison: `.forward_kl`, `["renyi:2"]`, `.terms`, `.notes`, `.to_dict()`.

    Raises:
        InputError (a ValueError): an argument is no distribution, or the two cannot be matched.
        UsageError (a ValueError): a name or the base is wrong.
    """
    return compare_distributions(
        _distribution(p, p_as or as_, "P"),
        _distribution(q, q_as or as_, "Q"),
        measures=measures,
        base=base,
        smoothing=smooth,
        missing=missing,
    )


def kl_divergence(p: Any, q: Any, *, base: float | str = "e", as_: str = "auto") -> float:
    """Returns KL(p‖q), forward, in the unit of `base`; arguments and errors as in `compare`."""
    return compare(p, q, base=base, as_=as_, measures=("forward_kl",)).value(forward_kl)


def _distribution(source: Any, as_: str, name: str) -> Distribution:
    if isinstance(source, Distribution):
        return source
    if isinstance(source, (str, os.PathLike)):
        return load(os.fspath(source), as_=as_)
    if isinstance(source, Mapping):
        return Distribution.from_values(list(source.values()), source.keys(), as_=as_, name=name)
    if as_ == "samples":
        return Distribution.from_samples(_observations(source, name), name=name)
    if hasattr(source, "to_numpy"):
        index = getattr(source, "index", None)
        is_numbered = index is None or type(index).__name__ == "RangeIndex"
        return Distribution.from_values(
            source.to_numpy(), None if is_numbered else index, as_=as_, name=name, copy=False
        )
    return Distribution.from_values(source, as_=as_, name=name, copy=False)


def _observations(source: Any, name: str) -> Iterable[object]:
    if not np.iterable(source):
        raise NotADistribution(f"{name}: {type(source).__name__} is not iterable, so it holds no observations")
    return source.tolist() if hasattr(source, "tolist") else source
