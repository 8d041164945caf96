"""Rows of distributions over the same outcomes, as a matrix takes them, and their mean."""

from dataclasses import dataclass
from math import inf

import numpy as np

from klcli.core.arithmetic.parallel import BLOCK, blocks
from klcli.core.arithmetic.types import Array, Index, Mask
from klcli.core.distributions.smoothing import Smoothing
from klcli.core.pairs.unsmoothed import Unsmoothed

__all__ = ["Stack", "mean_of"]

_MOST = 1e300  # a total that leaves room for what is added


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """Rows of distributions over the same outcomes.

    Attributes:
        mass: shape (n, k), not negative, each row with a total above 0.
        log_mass: the logarithms of the masses up to a constant, where those are what is known (logits); else None.
        before: the rows as given and their smoothing, of rows that are smoothed, and so rounded; else None.
    """

    mass: Array
    log_mass: Array | None = None
    before: "tuple[Stack, Smoothing] | None" = None

    def __len__(self) -> int:
        return len(self.mass)

    def __getitem__(self, rows: slice | Index) -> "Stack":
        before = None if self.before is None else (self.before[0][rows], self.before[1])
        return Stack(self.mass[rows], None if self.log_mass is None else self.log_mass[rows], before)

    @property
    def outcomes(self) -> int:
        return self.mass.shape[-1]

    def smoothed(self, smoothing: Smoothing) -> "Stack":
        """Returns each row smoothed over its outcomes."""
        return Stack(smoothing.method.apply(self.mass, smoothing.amount), before=(self, smoothing))

    def unsmoothed(self, other: "Stack") -> Unsmoothed | None:
        """Returns the parts of the exactly smoothed pairs of these rows and as many others; None without smoothing."""
        if self.before is None or other.before is None:
            return None
        (p, smoothing), (q, _) = self.before, other.before
        return smoothing.of(p.mass, q.mass, p.log_mass, q.log_mass)

    def support(self) -> Mask:
        """Returns where there is mass."""
        if self.before is not None:
            return np.ones(self.mass.shape, dtype=bool)
        return self.mass > 0 if self.log_mass is None else self.log_mass > -inf


def mean_of(stacks: list[Stack]) -> Stack:
    """Returns the mean of all rows, each normalised; shape (1, k)."""
    if stacks[0].before is not None:
        return _smoothed_mean([stack.before for stack in stacks if stack.before])
    total = np.zeros((1, stacks[0].outcomes))
    with np.errstate(all="ignore"):
        for stack in stacks:
            for where in blocks(len(stack), max(1, BLOCK // stack.outcomes)):
                mass = stack.mass[where]
                scaled = mass / np.maximum.reduce(mass, axis=-1, keepdims=True)
                total += np.add.reduce(scaled / np.add.reduce(scaled, axis=-1, keepdims=True), axis=0)
        by_logarithm = any(stack.log_mass is not None for stack in stacks)
        return Stack(total, np.log(total) if by_logarithm else None)


def _smoothed_mean(before: list[tuple[Stack, Smoothing]]) -> Stack:
    """Returns the mean of rows before smoothing, with a total among theirs, smoothed as they are."""
    mean = mean_of([Stack(stack.mass) for stack, _ in before]).mass
    with np.errstate(all="ignore"):
        total = np.median(np.concatenate([np.add.reduce(stack.mass, axis=-1) for stack, _ in before]))
        mass = mean / np.add.reduce(mean, axis=-1, keepdims=True) * min(total, _MOST)
        by_logarithm = any(stack.log_mass is not None for stack, _ in before)
        return Stack(mass, np.log(mass) if by_logarithm else None).smoothed(before[0][1])
