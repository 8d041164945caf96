"""What a family of distributions is, the table of all families, and what its members know.

A family's parameters are Balls, so that every formula in it is evaluated in doubles or in as many digits as it takes.
Numbers may be arrays, which broadcast: a family of shape (...) is that many distributions.

What a family knows in closed form are *expectations* under itself (`entropy`, `mean_x`, `power_mean(k)` …, each a
method, there or not) and its *cross-entropy* as a combination of those of another. Wherever P has every expectation
that Q `needs`, KL(P‖Q) = H(P, Q) - H(P) is a closed form; nothing has to be written for the pair.
"""

from collections.abc import Callable
from functools import cache, cached_property
from math import inf
from typing import Any, ClassVar, TypeVar, cast

import numpy as np

from klcli.errors import NotADistribution
from klcli.families.ball_arithmetic.ball import Arithmetic, Ball, exact
from klcli.families.ball_arithmetic.precision import DOUBLES, FLOATS, modest
from klcli.families.family.binding import bind
from klcli.families.family.domain import Parameter
from klcli.families.family.tail import Growth
from klcli.support.registry import Registry
from klcli.support.safe_text import rounded

__all__ = ["EXPECTATIONS", "FAMILIES", "Diverges", "Family", "cached_by_family", "demand", "family"]

# the expectations that a family may know, and how each is written
EXPECTATIONS = {
    "entropy": "H(P)",
    "mean_x": "E[x]",
    "variance": "Var[x]",
    "mean_log": "E[log x]",
    "variance_log": "Var[log x]",
    "power_mean": "E[x^{}]",
    "transform": "E[exp(-{}·(x - {}))]",
    "mean_distance": "E|x - {}|",
    "mean_log1m": "E[log(1 - x)]",
    "variance_logit": "Var[logit x]",
    "mean_log_factorial": "E[log x!]",
    "mean_log_quadratic": "E[log(1 + ((x - {})/{})²)]",
}


Function = TypeVar("Function", bound=Callable[..., Any])


def cached_by_family(function: Function) -> Function:
    """Keeps what a function of families, as classes, has found."""
    return cast(Function, cache(function))  # a class with a __hash__ for its members is not Hashable to mypy


class Diverges(Exception):
    """An expectation is infinite; the message says which, and why."""


def demand(condition: Any, reason: str) -> None:
    """Raises Diverges unless the condition holds, everywhere."""
    if condition is not True and not np.all(condition):
        raise Diverges(reason)


class Family:
    """A distribution of a family, or an array of them.

    Attributes:
        name, title, parameters, support: of the family; the support in words, in terms of the parameters.
        kind: "continuous", "discrete" (on whole numbers) or "multivariate".
        is_smooth: whether a discrete one has a density between whole numbers, which is smooth.
        needs: the expectations that `cross_entropy` asks the other for.
        cross_formula: -E_p[log q] as text.
        source: where the formulas stand.
        given: the parameters as floats or arrays of float64, by name.
        arithmetic: that of the parameters that are its attributes.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]]
    support: ClassVar[str]
    kind: ClassVar[str] = "continuous"
    is_family: ClassVar[bool] = True
    is_smooth: ClassVar[bool] = False
    needs: ClassVar[tuple[str, ...] | None] = None
    cross_formula: ClassVar[str] = ""
    source: ClassVar[str] = ""
    # of functions of x that `images` gives
    image_names: ClassVar[tuple[str, ...]] = ()

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
        """Refuses parameters that do not fit together.

        Raises:
            NotADistribution: they do not.
        """

    def __getattr__(self, name: str) -> Any:
        """A parameter, as a Ball of doubles: they are made when one of them is first asked for."""
        given = self.__dict__.get("given", {})
        if name not in given:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        self.__dict__.update({each: exact(value, self.arithmetic) for each, value in given.items()})
        return self.__dict__[name]

    def at(self, arithmetic: Arithmetic) -> Any:
        """Returns the same in another arithmetic."""
        if arithmetic is self.arithmetic:
            return self
        values = {name: exact(value, arithmetic) for name, value in self.given.items()}
        return self._copy(arithmetic=arithmetic, **values)

    @cached_property
    def in_floats(self) -> Any:
        """The same in Python's own floats, for one distribution of numbers."""
        return self.at(FLOATS)

    @cached_property
    def plain(self) -> Any:
        """The same with its parameters as they were given, doubles without a bound: see `functions`."""
        return self._copy(**self.given)

    @cached_property
    def among_arrays(self) -> Any:
        """`plain` for a formula that meets arrays: one number is numpy's, which is not taken for all there is."""
        return self._copy(**{name: np.asarray(value)[()] for name, value in self.given.items()})

    def flat(self, shape: tuple[int, ...]) -> Any:
        """Returns the array of distributions, broadcast to a shape, as one of one axis; one distribution stays one."""
        return self._each(lambda value: np.broadcast_to(value, shape).reshape(-1)) if self.batch else self

    def take(self, where: Any) -> Any:
        """Returns those of an array of one axis that an index, or many, or a slice picks."""
        return self._each(lambda value: _number(value[where])) if self.batch else self

    def _each(self, change: Callable[[Any], Any]) -> Any:
        """The same with those parameters changed that are arrays of numbers."""
        return self._copy(
            given={name: value if value.__class__ is float else change(value) for name, value in self.given.items()}
        )

    def similar(self, cls: "type[Family]", **balls: Ball) -> Any:
        """Returns a member of another family, in the same arithmetic, from parameters that are Balls."""
        other = cls.__new__(cls)
        other.__dict__.update(given={}, arithmetic=self.arithmetic, **balls)
        return other

    def _copy(self, **attributes: Any) -> Any:
        other = object.__new__(type(self))
        other.__dict__.update({name: value for name, value in self.__dict__.items() if name not in self.given})
        for cached in ("batch", "ends", "in_floats", "plain", "among_arrays", "is_modest"):
            other.__dict__.pop(cached, None)
        other.__dict__.update(attributes)
        return other

    @cached_property
    def batch(self) -> tuple[int, ...]:
        """Of the array of distributions; () for one."""
        if self.kind == "multivariate" or all(type(value) is float for value in self.given.values()):
            return ()
        values = (value for parameter, value in zip(self.parameters, self.given.values(), strict=False)
                  if parameter.domain.dimensions == 0)  # fmt: skip
        return np.broadcast_shapes(*(np.shape(value) for value in values))

    @cached_property
    def is_modest(self) -> Any:
        """Whether no product of its parameters leaves the range of a double; one by one, where they are arrays."""
        return modest(self.given.values(), by_element=self.kind != "multivariate")

    def bounds(self) -> tuple[Any, Any]:
        """The ends of the support; arrays where the parameters are."""
        return -inf, inf

    @cached_property
    def ends(self) -> tuple[Any, Any]:
        """`bounds()`, kept, as every comparison asks for it."""
        return self.bounds()

    def images(self) -> dict[str, Any]:
        """The distributions of functions of x, one to one, by the name of the function."""
        return {}

    def log_density(self, x: Ball) -> Ball:
        """log p(x) in the support, in nats; of shape that of x, for one distribution."""
        raise NotImplementedError

    def quantile(self, u: Any) -> Any:
        """Quantiles of one distribution, in doubles; good to a few digits, as they only say where to look."""
        raise NotImplementedError

    def breakpoints(self) -> tuple[float, ...]:
        """Where the density, or one of its derivatives, jumps."""
        return ()

    def growth(self, end: str) -> Growth | None:
        """How -log p grows towards an end of the support, "low" or "high"; None if it is not known."""
        return None

    def cross_entropy(self, p: Any) -> Ball:
        """-E_p[log of this density], from the expectations of p that it needs."""
        raise NotImplementedError

    @classmethod
    def knows(cls, expectation: str) -> bool:
        """Whether an expectation under the family is known in closed form."""
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
    """Registers the decorated class as a family."""

    def register(cls: Class) -> Class:
        cls.name = name
        FAMILIES.add(name, cls, aliases=aliases)
        return cls

    return register


def _are_equal(array: Any, other: Any) -> bool:
    """As np.array_equal, in a third of the time."""
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
