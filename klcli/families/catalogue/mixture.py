"""Mixtures of families: mixture(0.3*normal(0, 1) + 0.7*normal(4, 1))."""

from math import fsum
from typing import Any

import numpy as np

from klcli.errors import NotADistribution
from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.split_number import is_between
from klcli.families.family.family import Family, family
from klcli.families.family.multivariate import Multivariate
from klcli.families.family.tail import Growth

__all__ = ["Mixture"]


@family("mixture")
class Mixture(Multivariate):
    title = "weight*distribution + …, the weights summing to 1"
    parameters = ()
    support = "that of the parts together"
    weights: Any
    parts: tuple[Any, ...]

    def __init__(self, *parts: tuple[float, Family]) -> None:
        self.given = {}
        self.weights = np.array([weight for weight, _ in parts])
        self.parts = tuple(part for _, part in parts)
        if not (self.weights > 0).all():
            raise NotADistribution(f"mixture: the weight {self.weights.min():.6g} is not above 0")
        if abs(fsum(self.weights) - 1) > 1e-9:
            raise NotADistribution(
                f"mixture: the weights sum to {fsum(self.weights):.6g}, not 1",
                hint="write weights such as 1/3 as fractions",
            )
        kinds = {part.kind for part in self.parts}
        if len(kinds) > 1:
            raise NotADistribution(f"mixture: {' and '.join(sorted(kinds))} parts cannot be mixed")
        self.kind = kinds.pop()  # type: ignore[misc]
        if self.kind == "multivariate":
            for part in self.parts:
                self.parts[0].check_dimension(part)
        self.weights = self.weights / fsum(self.weights)

    def __str__(self) -> str:
        return f"mixture({' + '.join(f'{w:.6g}*{part}' for w, part in zip(self.weights, self.parts, strict=True))})"

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Mixture)
            and self.parts == other.parts
            and bool(np.array_equal(self.weights, other.weights))
        )

    def __hash__(self) -> int:
        return hash(str(self))

    @property
    def may_underflow(self) -> bool:  # type: ignore[override]  # an attribute of the class, of other families
        return any(part.may_underflow for part in self.parts)

    @property
    def batch(self) -> tuple[int, ...]:
        return ()

    @property
    def dimension(self) -> int:
        return self.parts[0].dimension

    def bounds(self) -> tuple[Any, Any]:
        ends = [part.bounds() for part in self.parts]
        return min(low for low, _ in ends), max(high for _, high in ends)

    def log_density(self, x: Ball) -> Ball:
        logs, errors = [], []
        for weight, part in zip(self.weights, self.parts, strict=True):
            low, high = part.bounds()
            found = part.log_density(x)
            inside = is_between(x, low, high)
            logs.append(np.where(inside, found.value, -np.inf) + np.log(weight))
            errors.append(np.where(inside, found.error, 0.0))
        top = np.maximum.reduce(logs)
        shift = np.where(np.isfinite(top), top, 0.0)
        shares = [np.exp(log - shift) for log in logs]
        total = sum(shares)
        # where the density of a part underflows, its logarithm may have an error without a bound
        error = sum(np.where(s > 0, s * each, 0.0) for s, each in zip(shares, errors, strict=True)) / total
        return Ball(np.log(total) + shift, error + 8 * x.arithmetic.unit * (1 + np.abs(shift)), x.arithmetic)

    def quantile(self, u: Any) -> Any:
        return np.concatenate([np.ravel(part.quantile(u)) for part in self.parts])

    def breakpoints(self) -> tuple[float, ...]:
        ends = [float(end) for part in self.parts for end in part.bounds() if np.isfinite(end)]
        return (*ends, *(point for part in self.parts for point in part.breakpoints()))

    def growth(self, end: str) -> Growth | None:
        """Returns the growth of the heaviest part, if all have the same order; else None."""
        edge = self.bounds()[0 if end == "low" else 1]
        found = [part.growth(end) for part in self.parts if part.bounds()[0 if end == "low" else 1] == edge]
        if any(each is None for each in found) or len({each.order for each in found}) > 1:
            return None
        return min(found, key=lambda each: (each.power, each.factor))

    def draws(self, random: np.random.Generator, count: int) -> Any:
        counts = random.multinomial(count, self.weights)
        drawn = [part.draws(random, int(number)) for part, number in zip(self.parts, counts, strict=True)]
        return np.concatenate(drawn)

    def outcomes(self, draws: Any) -> Any:
        return self.parts[0].outcomes(draws)

    def sample(self, n: int, *, seed: int | None = None) -> Any:
        drawn = super().sample(n, seed=seed)  # part by part
        return np.random.default_rng(None if seed is None else (seed, 1)).permutation(drawn)

    def log_densities(self, x: Any) -> Any:
        logs = [np.log(w) + part.log_densities(x) for w, part in zip(self.weights, self.parts, strict=True)]
        return np.logaddexp.reduce(logs)
