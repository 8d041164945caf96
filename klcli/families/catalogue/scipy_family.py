"""Any univariate distribution of scipy.stats, as scipy.NAME(...): its parameters are scipy's, loc and scale last."""

from functools import cache
from typing import Any, ClassVar

import numpy as np

from klcli.errors import NotADistribution
from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.precision import PURPOSE
from klcli.families.family.domain import REAL, Parameter
from klcli.families.family.family import Family, family
from klcli.support.optional_package import need
from klcli.support.safe_text import shorten

__all__ = ["ScipyFamily"]


@family("scipy")
class ScipyFamily(Family):
    title = "scipy.NAME(shapes…, loc, scale): any univariate distribution of scipy.stats"
    parameters = ()
    support = "that of scipy.stats.NAME"
    source = "scipy.stats"
    called_: ClassVar[str] = ""

    @staticmethod
    @cache
    def called(name: str) -> "type[ScipyFamily]":
        """Returns the family of this name in scipy.stats.

        Raises:
            NotADistribution: there is none.
        """
        stats = need("scipy.stats", purpose=f"scipy.{name}", extra="families")
        found = getattr(stats, name, None)
        if not isinstance(found, stats.rv_continuous | stats.rv_discrete):
            names = [
                each for each in dir(stats) if isinstance(getattr(stats, each), stats.rv_continuous | stats.rv_discrete)
            ]
            matches = need("difflib", purpose="a suggestion").get_close_matches(name, names, n=3)
            hint = f"did you mean {' or '.join(f'scipy.{each}' for each in matches)}?" if matches else None
            raise NotADistribution(f"scipy.stats has no univariate distribution {shorten(name)!r}", hint=hint)
        is_discrete = isinstance(found, stats.rv_discrete)
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
                "called_": name,
                "kind": "discrete" if is_discrete else "continuous",
            },
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.called_, self.__dict__)  # its class is made when it is called, and has no module

    def check(self) -> None:
        if self.batch:
            raise NotADistribution(f"{self.name}: its parameters are numbers, not lists")
        low, high = self.bounds()
        if np.isnan(low) or np.isnan(high):
            raise NotADistribution(f"{self.name}: {self} is outside the domain of its parameters")

    def _frozen(self) -> Any:
        stats = need("scipy.stats", purpose=PURPOSE, extra="families")
        return getattr(stats, self.called_)(*(float(value) for value in self.given.values()))

    def bounds(self) -> tuple[Any, Any]:
        low, high = self._frozen().support()
        return float(low), float(high)

    def log_density(self, x: Ball) -> Ball:
        frozen = self._frozen()
        logarithm = frozen.logpmf if self.kind == "discrete" else frozen.logpdf
        value = np.asarray(logarithm(np.asarray(x.value)))
        # scipy states no error; this is of the size that its own tests allow
        error = 64 * x.arithmetic.unit * (1 + np.abs(value))
        return Ball(value, error, x.arithmetic)

    def quantile(self, u: Any) -> Any:
        try:
            return np.asarray(self._frozen().ppf(u), dtype=float)
        except (ArithmeticError, RuntimeError, ValueError):  # of norminvgauss, whose search leaves the line
            return np.full(np.shape(u), np.nan)


def _restored(name: str, state: dict[str, Any]) -> ScipyFamily:
    """Returns the member of a family of scipy.stats that has these attributes."""
    member = object.__new__(ScipyFamily.called(name))
    member.__dict__.update(state)
    return member
