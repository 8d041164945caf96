"""A member of a family, or an array of members: its parameters, in any arithmetic, compared and written.

The parameters are Balls, so each formula runs in doubles or in as many digits as accuracy needs. Numbers may be arrays,
which broadcast: a member with parameters of shape (...) stands for that many distributions.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from klcli.errors import NotADistribution
from klcli.families.ball_arithmetic.ball import Arithmetic, Ball, exact
from klcli.families.ball_arithmetic.precision import DOUBLES, FLOATS
from klcli.families.ball_arithmetic.refinement import in_safe_range
from klcli.families.family.binding import bind
from klcli.families.family.domain import Parameter
from klcli.support.text.safe_text import exact as exact_text

__all__ = ["Member"]


class Member:
    """The parameters of a distribution, or of an array of them, as attributes: Balls.

    Attributes:
        name: the registered name of the family. title: a short description of it.
        parameters: the parameters, in the order of positional arguments.
        kind: "continuous", "discrete" (on whole numbers) or "multivariate".
        given: the parameters as floats or arrays of float64, by name.
        arithmetic: the arithmetic of the Balls.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]]
    kind: ClassVar[str] = "continuous"

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

    def member_of(self, cls: "type[Member]", **balls: Ball) -> Any:
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

    def __str__(self) -> str:
        return f"{self.name}({', '.join(_shown(value) for value in self.given.values())})"

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, Member):
            return False
        return all(
            value == other.given[name] if type(value) is float else _are_equal(value, other.given[name])
            for name, value in self.given.items()
        )

    def __hash__(self) -> int:
        return hash(str(self))


def _are_equal(array: Any, other: Any) -> bool:
    """np.array_equal for two arrays, in a third of the time."""
    return (
        type(other) is type(array) and other.shape == array.shape and bool(np.logical_and.reduce(other == array, None))
    )


def _number(value: Any) -> Any:
    return float(value) if np.ndim(value) == 0 else value


def _shown(value: Any) -> str:
    if np.ndim(value) == 0:
        return exact_text(float(value))
    if np.size(value) > 16:
        return f"an array of {' x '.join(map(str, np.shape(value)))}"
    return f"[{', '.join(_shown(each) for each in value)}]"
