"""Data that a family can be compared with: masses on whole numbers, and a sample of numbers."""

from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.family.family import Family

__all__ = ["Masses", "Sample"]


class Masses(Family):
    """Masses on whole numbers, given one by one.

    Attributes:
        label: the name of their source.
        numbers: the outcomes with a mass above 0, in ascending order.
        mass: their masses, as given.
        log_mass: the logarithms of their probabilities.
    """

    name = "masses"
    title = "masses on whole numbers"
    kind = "discrete"
    parameters = ()
    support = "its labels"

    def __init__(self, label: str, numbers: Any, mass: Any) -> None:
        self.given = {}
        self.label = label
        order = np.argsort(numbers)
        order = order[mass[order] > 0]
        self.numbers, self.mass = numbers[order], mass[order]
        scaled = self.mass / self.mass.max()
        with np.errstate(all="ignore"):
            self.log_mass = np.log(scaled / scaled.sum())

    def bounds(self) -> tuple[Any, Any]:
        return float(self.numbers[0]), float(self.numbers[-1])

    def log_density(self, x: Ball) -> Ball:
        index = np.minimum(np.searchsorted(self.numbers, x.value), len(self.numbers) - 1)
        known = self.numbers[index] == x.value
        value = np.where(known, self.log_mass[index], -np.inf)
        error = np.where(known, 8 * x.arithmetic.unit * (1 + np.abs(self.log_mass[index])), 0.0)
        return Ball(value, error, x.arithmetic)

    def quantile(self, u: Any) -> Any:
        cumulated = np.cumsum(np.exp(self.log_mass))
        return self.numbers[np.minimum(np.searchsorted(cumulated, u), len(self.numbers) - 1)]

    def __str__(self) -> str:
        return self.label

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__


class Sample(Family):
    """Observed numbers, with the count of each."""

    name = "sample"
    title = "observed numbers"
    kind = "sample"
    parameters = ()
    support = "its numbers"

    def __init__(self, label: str, numbers: Any, counts: Any) -> None:
        self.given = {}
        self.label = label
        self.numbers, self.counts = numbers, counts
        self.given = {"observations": float(counts.sum())}

    def bounds(self) -> tuple[Any, Any]:
        return float(self.numbers.min()), float(self.numbers.max())

    def __str__(self) -> str:
        return self.label

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__
