"""Values of measures by the compiled kernel, of a pair or of rows; NaN where it cannot vouch for their digits.

The kernel reads masses of any totals, or logits, as floats of 64, 32 or 16 bits with any stride, and releases the GIL.
"""

import ctypes
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.parallel import each_block
from klcli.core.arithmetic.real_numbers import BFLOAT16
from klcli.core.kernel.library import VALUES, WIDTH, Kernel, Setting, Side

__all__ = ["COLUMNS", "Answer", "can_read", "pair_values", "row_values"]

COLUMNS = (  # the values of the C source, in its order; measures follow from them by their KernelForm
    "forward_kl", "reverse_kl", "entropy_p", "entropy_q", "cross_entropy", "reverse_cross_entropy", "jensen_shannon",
    "chi_squared", "neyman_chi_squared", "hellinger", "bhattacharyya", "total_variation", "l_infinity",
)  # fmt: skip
_BIT = {name: 1 << bit for bit, name in enumerate(COLUMNS)}
_TYPES = {dtype: number for number, dtype in enumerate((*map(np.dtype, ("f8", "f4", "f2")), BFLOAT16))}
_BLOCK = 65_536  # outcomes, BLOCK of the C source
_AT_ONCE = 2 * _BLOCK  # outcomes of a thread's turn: 0.2 ms or more
_WORTH_A_THREAD = 2  # turns
_NOT_NUMBERS, _SEEN, _FRACTION_P, _FRACTION_Q = 4, 128, 256, 512  # flags of the C source


class Answer(NamedTuple):
    """Values by measure, in nats, and facts about the numbers as given: floats of a pair, arrays (n,) of rows.

    Attributes:
        values: NaN where unknown. least_p, total_p: the smallest number of P and the sum; of logits, the largest.
        is_sound: whether neither side has a NaN, or a total that is 0 or infinite.
        is_whole_p, is_whole_q: whether all masses are whole numbers; False where the total of P is near 1.
    """

    values: dict[str, Any]
    least_p: Any
    total_p: Any
    least_q: Any
    total_q: Any
    is_sound: Any
    is_whole_p: Any
    is_whole_q: Any


def can_read(*arrays: NDArray[Any]) -> bool:
    """Returns True if the kernel reads numbers of this type, and there are any."""
    return all(each.dtype in _TYPES and each.size for each in arrays)


def pair_values(kernel: Kernel, p: NDArray[Any], q: NDArray[Any], measures: Iterable[str]) -> Answer:
    """Returns measures of masses of shape (k,), k > 0, of which `can_read` holds."""
    if p.shape != q.shape or p.ndim != 1:
        raise ValueError(f"shapes {p.shape} and {q.shape} are no pair of distributions")
    names = tuple(measures)
    outcomes, mask = len(p), _mask(names)
    sides = ctypes.byref(_side(p)), ctypes.byref(_side(q))
    setting = Setting(1.0, 1.0, 0.0)
    by = ctypes.byref(setting)
    count = -(-outcomes // _BLOCK)
    sums = np.empty(count * kernel.block_size // 8)
    out = np.full(WIDTH, np.nan)
    start, into = _address(sums), _address(out)

    def sum_up(where: slice) -> None:
        first, last = where.start // _BLOCK, min(-(-where.stop // _BLOCK), count)
        kernel.blocks(*sides, outcomes, by, mask, first, last, start)

    again = True
    while again:
        if count < 2:
            kernel.blocks(*sides, outcomes, by, mask, 0, 1, start)
        else:
            each_block(outcomes, lambda: sum_up, size=_AT_ONCE, worth=_WORTH_A_THREAD)
        again = bool(kernel.finish(start, count, by, mask, into))
    found = out.tolist()
    least_p, total_p, least_q, total_q, flags = found[VALUES:]
    values = {name: found[COLUMNS.index(name)] for name in names}
    return Answer(values, least_p, total_p, least_q, total_q, *_facts(int(flags)))


def row_values(
    kernel: Kernel,
    p: NDArray[Any],
    q: NDArray[Any],
    measures: Iterable[str],
    *,
    temperatures: tuple[float, float] | None = None,
) -> Answer:
    """Returns measures of each row of p and that of q, of shape (n, k), k > 0, of which `can_read` holds.

    Args:
        temperatures: of logits, what each side is divided by; None for masses.
    """
    if p.shape != q.shape or p.ndim != 2:
        raise ValueError(f"shapes {p.shape} and {q.shape} are no rows of distributions")
    names = tuple(measures)
    rows, outcomes = p.shape
    out = np.empty((rows, WIDTH))
    divided = temperatures or (1.0, 1.0)
    sides = [_side(side, temperature) for side, temperature in zip((p, q), divided, strict=True)]
    work = partial(
        kernel.rows if temperatures is None else kernel.logit_rows,
        *map(ctypes.byref, sides), outcomes, p.strides[0], q.strides[0], _mask(names),
    )  # fmt: skip
    into = _address(out)

    def begin() -> Callable[[slice], None]:
        return lambda where: work(where.start, min(where.stop, rows), into)

    each_block(rows, begin, size=max(1, _AT_ONCE // outcomes), worth=_WORTH_A_THREAD)
    values = {name: out[:, COLUMNS.index(name)] for name in names}
    least_p, total_p, least_q, total_q, flags = out.T[VALUES:]
    return Answer(values, least_p, total_p, least_q, total_q, *_facts(flags.astype(np.intp)))


def _facts(flags: Any) -> tuple[Any, Any, Any]:
    is_whole = (flags & (_SEEN | side) == _SEEN for side in (_FRACTION_P, _FRACTION_Q))
    return flags & _NOT_NUMBERS == 0, *is_whole


def _mask(names: tuple[str, ...]) -> int:
    return sum({_BIT[name] for name in names})


def _side(values: NDArray[Any], temperature: float = 1.0) -> Side:
    return Side(_address(values), values.strides[-1], _TYPES[values.dtype], temperature)


def _address(values: NDArray[Any]) -> int:
    address: int = values.__array_interface__["data"][0]
    return address
