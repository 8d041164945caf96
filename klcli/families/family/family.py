"""The base class of families of distributions, and the registry of all families.

The parameters of a member are Balls, so each formula runs in doubles or in as many digits as accuracy needs. Numbers
may be arrays, which broadcast: a member with parameters of shape (...) stands for that many distributions.

A family states in closed form *expectations* under itself (`entropy`, `mean_x`, `power_mean(k)` …, each an optional
method), and its *cross-entropy* from the expectations of another. If P knows every expectation that Q `needs`,
KL(P‖Q) = H(P, Q) - H(P) is a closed form, and the pair needs no code of its own.
"""

from collections.abc import Callable
from functools import cache, cached_property
from math import inf
from typing import Any, ClassVar, TypeVar, cast

import numpy as np

from klcli.errors import NotADistribution, UsageError
from klcli.families.ball_arithmetic.ball import Arithmetic, Ball, exact
from klcli.families.ball_arithmetic.precision import DOUBLES, FLOATS
from klcli.families.ball_arithmetic.refinement import in_safe_range
from klcli.families.family.binding import bind
from klcli.families.family.domain import Parameter
from klcli.families.family.formula import NO_FORMULA, Formula
from klcli.families.family.tail import Growth
from klcli.support.registry import Registry
from klcli.support.safe_text import rounded

__all__ = ["FAMILIES", "Family", "cached_by_family", "family"]

Function = TypeVar("Function", bound=Callable[..., Any])


def cached_by_family(function: Function) -> Function:
    """Caches a function whose arguments are family classes."""
    return cast(Function, cache(function))  # mypy: a class that defines __hash__ for its members is not Hashable


class Family:
    """A distribution of a family, or an array of them. Its parameters are attributes, as Balls.

    Attributes:
        name: the registered name.
        title: a short description.
        parameters: the parameters, in the order of positional arguments.
        support: the support in words, in terms of the parameters.
        kind: "continuous", "discrete" (on whole numbers) or "multivariate".
        is_smooth: True if `log_density` of a discrete family is a smooth function between whole numbers too.
        needs: the expectations under P that `cross_entropy` uses; None if there is no closed form.
        cross_formula: the formula of -E_p[log q].
        source: the publication that states the formulas.
        image_families: the families of `images`, by the names that `kl list` shows.
        given: the parameters as floats or arrays of float64, by name.
        arithmetic: the arithmetic of the Balls.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]]
    support: ClassVar[str]
    kind: ClassVar[str] = "continuous"
    is_family: ClassVar[bool] = True
    is_smooth: ClassVar[bool] = False
    needs: ClassVar[tuple[str, ...] | None] = None
    cross_formula: ClassVar[Formula] = NO_FORMULA
    source: ClassVar[str] = ""
    image_families: ClassVar[dict[str, "type[Family]"]] = {}

    given: dict[str, Any]
    arithmetic: Arithmetic = DOUBLES

    def __init__(self, *values: Any, **named: Any) -> None:
        self.given = bind(type(self), values, named)
        try:
            _ = self.batch
        except ValueError:
            shapes = ", ".join(str(np.shape(value)) for value in self.given.values())
            raise NotADistribution(f"{self.name}: the parameters have shapes that do not broadcast: {shapes}") from None
        self.check()

    def check(self) -> None:
        """Checks conditions that involve several parameters; a family overrides it.

        Raises:
            NotADistribution: a condition does not hold.
        """

    def __getattr__(self, name: str) -> Any:
        """Returns a parameter as a Ball. All parameters become Balls when the first is accessed."""
        given = self.__dict__.get("given", {})
        if name not in given:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        self.__dict__.update({each: exact(value, self.arithmetic) for each, value in given.items()})
        return self.__dict__[name]

    def in_arithmetic(self, arithmetic: Arithmetic) -> Any:
        """Returns a copy with the parameters in another arithmetic."""
        if arithmetic is self.arithmetic:
            return self
        values = {name: exact(value, arithmetic) for name, value in self.given.items()}
        return self._copy(arithmetic=arithmetic, **values)

    @cached_property
    def in_float_balls(self) -> Any:
        """A copy with Balls of Python floats for parameters; only for a single distribution."""
        return self.in_arithmetic(FLOATS)

    @cached_property
    def raw(self) -> Any:
        """A copy with plain doubles, without error bounds, for parameters: see `Real` in `functions`."""
        return self._copy(**self.given)

    @cached_property
    def raw_numpy(self) -> Any:
        """A copy as `raw`, with numpy scalars for numbers, so that formulas combine them with arrays elementwise."""
        return self._copy(**{name: np.asarray(value)[()] for name, value in self.given.items()})

    def flattened(self, shape: tuple[int, ...]) -> Any:
        """Returns an array of distributions broadcast to a shape and flattened; a single distribution is unchanged."""
        return self._each(lambda value: np.broadcast_to(value, shape).reshape(-1)) if self.batch else self

    def take(self, where: Any) -> Any:
        """Returns the selected distributions of a flattened array; `where` is an index, an index array or a slice."""
        return self._each(lambda value: _number(value[where])) if self.batch else self

    def _each(self, change: Callable[[Any], Any]) -> Any:
        """A copy with a function applied to the parameters that are arrays."""
        return self._copy(
            given={name: value if value.__class__ is float else change(value) for name, value in self.given.items()}
        )

    def member_of(self, cls: "type[Family]", **balls: Ball) -> Any:
        """Returns a member of another family, in the same arithmetic, with Balls for parameters."""
        other = cls.__new__(cls)
        other.__dict__.update(given={}, arithmetic=self.arithmetic, **balls)
        return other

    def _copy(self, **attributes: Any) -> Any:
        other = object.__new__(type(self))
        other.__dict__.update({name: value for name, value in self.__dict__.items() if name not in self.given})
        for cached in ("batch", "ends", "in_float_balls", "raw", "raw_numpy", "is_in_safe_range"):
            other.__dict__.pop(cached, None)
        other.__dict__.update(attributes)
        return other

    @cached_property
    def batch(self) -> tuple[int, ...]:
        """The shape of the array of distributions; () for a single one."""
        if self.kind == "multivariate" or all(type(value) is float for value in self.given.values()):
            return ()
        values = (value for parameter, value in zip(self.parameters, self.given.values(), strict=False)
                  if parameter.domain.dimensions == 0)  # fmt: skip
        return np.broadcast_shapes(*(np.shape(value) for value in values))

    @cached_property
    def is_in_safe_range(self) -> Any:
        """True if products of a few parameters stay within the range of a double; elementwise for arrays."""
        return in_safe_range(self.given.values(), by_element=self.kind != "multivariate")

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
        raise NotImplementedError

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

    def __str__(self) -> str:
        return f"{self.name}({', '.join(_shown(value) for value in self.given.values())})"

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, Family):
            return False
        return all(
            value == other.given[name] if type(value) is float else _are_equal(value, other.given[name])
            for name, value in self.given.items()
        )

    def __hash__(self) -> int:
        return hash(str(self))


FAMILIES: Registry[type[Family]] = Registry("family", "families")

Class = TypeVar("Class", bound=type[Family])


def family(name: str, *, aliases: tuple[str, ...] = ()) -> Callable[[Class], Class]:
    """Registers the decorated class as a family, under a name and its aliases."""

    def register(cls: Class) -> Class:
        cls.name = name
        FAMILIES.add(name, cls, aliases=aliases)
        return cls

    return register


def _are_equal(array: Any, other: Any) -> bool:
    """np.array_equal for two arrays, in a third of the time."""
    return (
        type(other) is type(array) and other.shape == array.shape and bool(np.logical_and.reduce(other == array, None))
    )


def _number(value: Any) -> Any:
    return float(value) if np.ndim(value) == 0 else value


def _shown(value: Any) -> str:
    if np.ndim(value) == 0:
        return rounded(float(value), 6)
    if np.size(value) > 16:
        return f"an array of {' x '.join(map(str, np.shape(value)))}"
    return f"[{', '.join(_shown(each) for each in value)}]"
