"""Any univariate distribution of scipy.stats, as scipy.NAME(…), with scipy's parameters; loc and scale come last."""

from functools import cache
from typing import Any, ClassVar

import numpy as np

from klcli.errors import NotADistribution
from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.scipy_functions import stats
from klcli.families.ball_arithmetic.split_number import offset
from klcli.families.family.domain import REAL, Parameter
from klcli.families.family.family import Family, family
from klcli.support.optional_package import need
from klcli.support.registry import nearest
from klcli.support.text.safe_text import shorten

__all__ = ["ScipyFamily"]


@family("scipy")
class ScipyFamily(Family):
    title = "scipy.NAME(shapes…, loc, scale): any univariate distribution of scipy.stats"
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    support = "that of scipy.stats.NAME"
    source = "scipy.stats"
    may_underflow = True  # some take the logarithm of the density
    scipy_name: ClassVar[str] = ""

    @staticmethod
    @cache
    def named(name: str) -> "type[ScipyFamily]":
        """Returns the family with this name in scipy.stats.

        Raises:
            NotADistribution: scipy.stats has no such distribution.
            MissingPackage: scipy is not installed.
        """
        package = need("scipy.stats", purpose=f"scipy.{name}", extra="families")
        found = getattr(package, name, None)
        if not isinstance(found, package.rv_continuous | package.rv_discrete):
            matches = nearest(name, _names(package), count=3)
            hint = f"did you mean {' or '.join(f'scipy.{each}' for each in matches)}?" if matches else None
            raise NotADistribution(f"scipy.stats has no univariate distribution {shorten(name)!r}", hint=hint)
        is_discrete = isinstance(found, package.rv_discrete)
        shapes = [part.strip() for part in (found.shapes or "").split(",") if part.strip()]
        parameters = [*(Parameter(shape, REAL) for shape in shapes), Parameter("loc", REAL, default=0.0)]
        parameters += [] if is_discrete else [Parameter("scale", REAL, default=1.0)]
        return type(
            name,
            (ScipyFamily,),
            {
                "name": f"scipy.{name}",
                "parameters": tuple(parameters),
                "title": f"scipy.stats.{name}",
                "scipy_name": name,
                "kind": "discrete" if is_discrete else "continuous",
            },
        )

    @staticmethod
    def called(name: str) -> str | None:
        """Returns how to write the distribution that scipy.stats calls so, or by a shorter name; None if it has none.

        Raises:
            MissingPackage: scipy is not installed.
        """
        key = name.lower().replace("_", "")
        known = _names(need("scipy.stats", purpose=f"scipy.{name}", extra="families"))
        matches: list[str] = [each for each in known if each == key or (key.startswith(each) and len(each) >= _CLEAR)]
        if not matches:
            return None
        best = max(matches, key=len)
        wanted = ", ".join(given.name for given in ScipyFamily.named(best).parameters if given.default is None)
        return f"scipy.{best}({wanted})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.scipy_name, self.__dict__)  # the class is made by `named`, and no module holds it

    def check(self) -> None:
        if self.batch:
            raise NotADistribution(f"{self.name}: parameters must be numbers, not lists")
        low, high = self.bounds()
        if np.isnan(low) or np.isnan(high):
            raise NotADistribution(f"{self.name}: {self} is outside the domain of its parameters")

    def _frozen(self) -> Any:
        return getattr(stats(), self.scipy_name)(*(float(value) for value in self.given.values()))

    def bounds(self) -> tuple[Any, Any]:
        low, high = self._frozen().support()
        return float(low), float(high)

    def log_density(self, x: Ball) -> Ball:
        z = offset(x, self.loc).value / self._scale
        standard = self._standard()
        logarithm = standard.logpmf if self.kind == "discrete" else standard.logpdf
        value = np.asarray(logarithm(z)) - np.log(self._scale)
        # scipy states no error bound; this is the tolerance of its own tests
        error = 64 * x.arithmetic.unit * (1 + np.abs(value))
        return Ball(value, error, x.arithmetic)

    def quantile_around(self, u: Any) -> tuple[float, Any]:
        try:
            return self.given["loc"], self._scale * np.asarray(self._standard().ppf(u), dtype=float)
        except (ArithmeticError, RuntimeError, ValueError):  # the root search of norminvgauss can fail
            return 0.0, np.full(np.shape(u), np.nan)

    @property
    def _scale(self) -> float:
        return float(self.given.get("scale", 1.0))

    def _standard(self) -> Any:
        """The distribution of (x - loc)/scale, which loses no digit where loc is huge."""
        shapes = [float(value) for name, value in self.given.items() if name not in ("loc", "scale")]
        return getattr(stats(), self.scipy_name)(*shapes)


_CLEAR = 6  # letters of a name of scipy that begins a longer one: hypergeom of hypergeometric, but not t of tukey


def _names(package: Any) -> list[str]:
    kinds = package.rv_continuous | package.rv_discrete
    return [each for each in dir(package) if isinstance(getattr(package, each), kinds)]


def _restored(name: str, state: dict[str, Any]) -> ScipyFamily:
    """Returns the member of a family of scipy.stats that has these attributes."""
    member = object.__new__(ScipyFamily.named(name))
    member.__dict__.update(state)
    return member
