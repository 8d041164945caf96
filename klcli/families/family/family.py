"""The base class of families of distributions, and the registry of all families.

A family states in closed form *expectations* under itself (`entropy`, `mean_x`, `power_mean(k)` …, each an optional
method), and its *cross-entropy* from the expectations of another. If P knows every expectation that Q `needs`,
KL(P‖Q) = H(P, Q) - H(P) is a closed form, and the pair needs no code of its own.
"""

from collections.abc import Callable
from functools import cache, cached_property
from math import inf
from typing import Any, ClassVar, TypeVar, cast

import numpy as np

from klcli.errors import UsageError
from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.family.formula import NO_FORMULA, Formula
from klcli.families.family.member import Member
from klcli.families.family.tail import Growth
from klcli.support.registry import Registry

__all__ = ["FAMILIES", "Family", "cached_by_family", "family"]

Function = TypeVar("Function", bound=Callable[..., Any])


def cached_by_family(function: Function) -> Function:
    """Caches a function whose arguments are family classes."""
    return cast(Function, cache(function))  # mypy: a class that defines __hash__ for its members is not Hashable


class Family(Member):
    """A distribution of a family, or an array of them. Its parameters are attributes, as Balls: see `Member`.

    Attributes:
        support: the support in words, in terms of the parameters.
        may_underflow: True if `log_density` may be -inf inside the support, where the density itself underflows.
        is_smooth: True if `log_density` of a discrete family is a smooth function between whole numbers too.
        needs: the expectations under P that `cross_entropy` uses; None if there is no closed form.
        cross_formula: the formula of -E_p[log q].
        source: the publication that states the formulas.
        image_families: the families of `images`, by the names that `kl list` shows.
    """

    support: ClassVar[str]
    is_family: ClassVar[bool] = True
    may_underflow: ClassVar[bool] = False
    is_smooth: ClassVar[bool] = False
    needs: ClassVar[tuple[str, ...] | None] = None
    cross_formula: ClassVar[Formula] = NO_FORMULA
    source: ClassVar[str] = ""
    image_families: ClassVar[dict[str, "type[Family]"]] = {}

    def bounds(self) -> tuple[Any, Any]:
        """Returns the ends of the support, as arrays if the parameters are."""
        return -inf, inf

    @cached_property
    def ends(self) -> tuple[Any, Any]:
        """The cached result of `bounds()`."""
        return self.bounds()

    def images(self) -> dict[str, Any]:
        """Returns the distributions of one-to-one functions of x, by the name of the function."""
        return {}

    def log_density(self, x: Ball) -> Ball:
        """Returns log p(x) in nats, in the shape of x, for x in the support of a single distribution."""
        raise NotImplementedError

    def sample(self, n: int, *, seed: int | None = None) -> Any:
        """Returns n independent outcomes of a single distribution, along the first axis; for one seed always the same.

        Raises:
            UsageError: there are several distributions, or n is negative.
        """
        if self.batch or n < 0:
            found = f"{n} outcomes" if n < 0 else "an array of distributions"
            raise UsageError(f"{self.name}: {found} cannot be drawn", hint="give one number for each parameter")
        drawn = self.draws(np.random.default_rng(seed), n)
        if np.isnan(drawn).any():
            raise UsageError(f"{self}: its quantiles cannot be found, so nothing can be drawn")
        return self.outcomes(drawn)

    def outcomes(self, draws: Any) -> Any:
        """Returns outcomes from `draws`, which a family may hold in another form."""
        return draws

    def draws(self, random: np.random.Generator, count: int) -> Any:
        """Returns `count` random outcomes, along the first axis: the quantiles of uniform numbers."""
        uniform = (random.integers(0, 1 << 52, count) + 0.5) / (1 << 52)  # between 0 and 1, neither of which occurs
        return np.asarray(self.quantile(uniform), dtype=np.float64)

    def quantile(self, u: Any) -> Any:
        """Returns quantiles of a single distribution, to a few digits: they only place the integration panels."""
        origin, offsets = self.quantile_around(u)
        return origin + offsets

    def quantile_around(self, u: Any) -> tuple[float, Any]:
        """Returns a number, such as the location, and the quantiles minus that number; overrides this or `quantile`."""
        return 0.0, self.quantile(u)

    def breakpoints(self) -> tuple[float, ...]:
        """Returns the points where the density or one of its derivatives jumps."""
        return ()

    def growth(self, end: str) -> Growth | None:
        """Returns the growth of -log p towards an end of the support, "low" or "high"; None if unknown."""
        return None

    def cross_entropy(self, p: Any) -> Ball:
        """Returns -E_p[log q] in nats, where q is this density, from the expectations of p in `needs`."""
        raise NotImplementedError

    @classmethod
    def knows(cls, expectation: str) -> bool:
        """Returns True if an expectation under the family has a closed form."""
        return hasattr(cls, expectation)


FAMILIES: Registry[type[Family]] = Registry("family", "families")

Class = TypeVar("Class", bound=type[Family])


def family(name: str, *, aliases: tuple[str, ...] = ()) -> Callable[[Class], Class]:
    """Registers the decorated class as a family, under a name and its aliases."""

    def register(cls: Class) -> Class:
        cls.name = name
        FAMILIES.add(name, cls, aliases=aliases)
        return cls

    return register
