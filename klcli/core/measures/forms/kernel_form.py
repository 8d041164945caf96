"""A measure by the compiled kernel: the columns from which its value follows."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from klcli.core.measures.forms.sum_form import itself

__all__ = ["KernelForm", "renyi_by_kernel", "tsallis_by_kernel"]


class KernelForm(NamedTuple):
    """A measure by columns of the kernel (`klcli.core.kernel.values`).

    Attributes:
        columns: their names. finish: maps their values, numbers or arrays, to the value; a NaN makes it NaN.
    """

    columns: tuple[str, ...]
    finish: Callable[..., Any] = itself


_TSALLIS = {
    0.5: KernelForm(("bhattacharyya",), lambda value: -2 * np.expm1(-value)),
    1.0: KernelForm(("forward_kl",)),
    2.0: KernelForm(("chi_squared",)),
}
_RENYI = {
    0.5: KernelForm(("bhattacharyya",), lambda value: 2 * value),
    1.0: KernelForm(("forward_kl",)),
    2.0: KernelForm(("chi_squared",), np.log1p),
}


def renyi_by_kernel(order: float) -> KernelForm | None:
    """Returns the form of the Rényi divergence of this order; None if it has none."""
    return _RENYI.get(order)


def tsallis_by_kernel(order: float) -> KernelForm | None:
    """Returns the form of the Tsallis divergence of this order; None if it has none."""
    return _TSALLIS.get(order)
