"""Outcomes in blocks that stay in a cache, shared by the processors that this process may use.

A call of numpy leaves the lock of Python to other threads and waits for it at its end: so calls are few, and long.

What is summed does not depend on how many there are: the partial sums are put together in the order of the outcomes.
"""

import _thread
import os
import threading
from collections.abc import Callable, Sequence
from math import fsum
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.types import Array
from klcli.errors import ExitCode
from klcli.support.process.process_end import end_despite

__all__ = [
    "BLOCK",
    "added",
    "blocks",
    "copied",
    "each_block",
    "extremes",
    "min_and_sum",
    "min_and_sum_of_few",
    "processors",
    "side_by_side",
    "total",
]

BLOCK = 65_536  # outcomes; an array of them is half a megabyte, and a call on it lets other threads run for long enough
_WORTH_A_THREAD = 8  # blocks; a thread takes 0.1 ms to start, as long as one block
_MOST_THREADS = 4  # with more, memory is what is waited for; and each has scratch of some 5 MiB
_KEPT = 2**20  # 8 MiB, never touched
_COPIED = 2**20  # numbers of a thread's turn; 2 to 8 MiB, of which each is worth a thread's start
_DOT = 64  # numbers; as many in one lane would be right to 2.4e-15, in the 8 lanes or more of any BLAS to 4e-16
_ONES = np.ones((1, _DOT, 1))
_FEW = 128  # up to here a sum of Python floats takes no longer than numpy's, and is exact

Found = TypeVar("Found")
AnyArray = TypeVar("AnyArray", bound=NDArray[Any])


def blocks(outcomes: int, size: int = BLOCK) -> list[slice]:
    """Returns the slices that cut the outcomes into blocks."""
    return [slice(start, start + size) for start in range(0, outcomes, size)]


def each_block(
    outcomes: int, begin: Callable[[], Callable[[slice], Found]], *, size: int = BLOCK, worth: int = _WORTH_A_THREAD
) -> list[Found]:
    """Returns what a function gives for each block, in order; floating-point errors are not reported.

    Args:
        begin: called once in each thread, for the function.
        worth: how many blocks take so long that a thread for them is worth its start.
    """
    where = blocks(outcomes, size)
    with np.errstate(all="ignore"):
        if len(where) < worth:
            work = begin()
            return [work(each) for each in where]
    np.empty(
        _KEPT
    )  # the C library keeps what is freed, once a block of this size has been, so that scratch stays mapped
    found: dict[int, Found] = {}
    errors: list[BaseException] = []
    turns = iter(range(len(where)))

    def run() -> None:
        try:
            with np.errstate(all="ignore"):
                work = begin()
                for turn in turns:
                    found[turn] = work(where[turn])
        except BaseException as error:  # raised again in the calling thread
            errors.append(error)

    others = [_started(run) for _ in range(min(processors(), _MOST_THREADS, len(where) // worth) - 1)]
    run()
    for ended in others:
        ended.acquire()
    if errors:
        raise errors[0]
    return [found[turn] for turn in range(len(where))]


def copied(array: AnyArray) -> AnyArray:
    """Returns a copy in the same layout; each thread also has the system clear the pages that it writes to."""
    in_one_piece = array.flags.c_contiguous or array.flags.f_contiguous
    if array.size < 2 * _COPIED or not in_one_piece or type(array) is not np.ndarray:
        return array.copy(order="K")
    copy = np.empty_like(array)
    ours, theirs = (each.reshape(-1, order="A") for each in (copy, array))
    each_block(array.size, lambda: lambda where: np.copyto(ours[where], theirs[where]), size=_COPIED, worth=2)
    return copy


def extremes(values: Array) -> tuple[float, float]:
    """The smallest and the largest of an array that is not empty; both NaN where one is.

    In blocks, so that each is read from memory once; memory is what is waited for, so threads would gain nothing.
    """
    numbers = values.reshape(-1)
    parts = [numbers[where] for where in blocks(len(numbers), 2 * BLOCK)]
    ends = [(np.minimum.reduce(part), np.maximum.reduce(part)) for part in parts]
    return float(np.min([low for low, _ in ends])), float(np.max([high for _, high in ends]))


def _started(work: Callable[[], None]) -> _thread.LockType:
    """Starts a thread, and returns a lock that can be had once it has ended.

    Thread.start() waits until the thread runs, which takes as long as a block where its processor sleeps.
    """
    ended = _thread.allocate_lock()
    ended.acquire()

    def run() -> None:
        try:
            work()
        finally:
            ended.release()

    _thread.start_new_thread(run, ())
    return ended


def side_by_side(first: Callable[[], Found], second: Callable[[], Found]) -> tuple[Found, Found]:
    """Returns what two functions give that are called at the same time; the error of the first goes first."""
    found: list[Found] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            found.append(second())
        except BaseException as error:  # raised again in the calling thread
            errors.append(error)

    other = threading.Thread(target=run, daemon=True)
    other.start()
    try:
        result = first()
        other.join()
    except KeyboardInterrupt:
        end_despite(other, ExitCode.INTERRUPTED)
        raise
    except BaseException:
        other.join()
        raise
    if errors:
        raise errors[0]
    return result, found[0]


def added(values: Array) -> Array:
    """Partial sums of the values over the last axis, (..., k) → (..., fewer), to be put together by `total`."""
    if values.ndim > 1:
        return _of_rows(values)
    return values.copy() if len(values) <= _FEW else _dots(values)


def _dots(values: Array) -> Array:
    """Few sums of values.

    BLAS adds up 64 numbers in 8 lanes or more, and starts no threads for so few. A batch of these is one call of
    numpy; by halves a block took eleven, and each waits for the lock of Python where another thread runs.
    """
    end = len(values) // _DOT * _DOT
    sums = np.matmul(np.ascontiguousarray(values[:end]).reshape(-1, 1, _DOT), _ONES).reshape(-1)
    if end < len(values):
        sums = np.concatenate([sums, values[end:]])
    return sums if len(sums) <= _FEW else _dots(sums)


def total(partial: Sequence[Array]) -> Any:
    """The sum of partial sums over the last axis, as (...)."""
    sums = partial[0] if len(partial) == 1 else np.concatenate(partial, axis=-1)
    return _total(_folded(sums).tolist()) if sums.ndim == 1 else _of_rows(sums)[..., 0]


def _of_rows(values: Array) -> Array:
    """The sum of each row, shape (..., 1), as numpy takes it: by halves as well, but the last 128 in eights.

    Four times as fast as folding many rows of a thousand, and right to 6e-16 where all values are equal.
    """
    return np.add.reduce(values, axis=-1, keepdims=True)


def _folded(values: Array) -> Array:
    """Halves added to each other until few sums are left; overwrites.

    A running sum of many equal values rounds the same way each time. Of halves, equal sums meet, and few at a time.
    """
    size = values.shape[-1]
    while size > _FEW:
        half = size // 2
        if size % 2:
            values[..., 0] += values[..., size - 1]
        np.add(values[..., :half], values[..., half : 2 * half], out=values[..., :half])
        size = half
    return values[..., :size]


def min_and_sum(masses: Array) -> tuple[float, float]:
    """The smallest of masses of shape (k,), k > 0, and their sum, which is NaN if a mass is.

    The sum is right to its last digit, inf where it is above 1.8e308.
    """
    if len(masses) <= _FEW:
        values = masses.tolist()
        return min(values), _total(values)
    if len(masses) <= BLOCK:
        with np.errstate(over="ignore", invalid="ignore"):
            return float(np.minimum.reduce(masses)), total([added(masses)])
    found = each_block(
        len(masses), lambda: lambda where: (np.minimum.reduce(masses[where]), added(masses[where])), size=2 * BLOCK
    )
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.minimum.reduce([least for least, _ in found])), total([part for _, part in found])


def min_and_sum_of_few(masses: list[float]) -> tuple[float, float] | None:
    """Returns `min_and_sum` of a list of numbers; None for long lists, for which an array is faster."""
    return (float(min(masses)), _total(masses)) if 0 < len(masses) <= _FEW else None


def _total(values: list[float]) -> float:
    """The sum, correctly rounded; inf above 1.8e308, NaN for inf - inf."""
    try:
        return fsum(values)
    except OverflowError:
        return float("inf")
    except ValueError:  # inf - inf
        return float("nan")


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
