"""The multivariate normal distribution.

Source: Kullback (1959), Information Theory and Statistics, chapter 9.
"""

from typing import Any

import numpy as np

from klcli.errors import NotADistribution
from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import log
from klcli.families.ball_arithmetic.matrices import cholesky, log_determinant, solve_lower
from klcli.families.closed_forms.bhattacharyya import closed_bhattacharyya
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.closed_forms.covariance_kl import covariance_parts
from klcli.families.closed_forms.sources import KULLBACK
from klcli.families.family.domain import COVARIANCE, REALS, Parameter
from klcli.families.family.family import family
from klcli.families.family.multivariate import Multivariate

__all__ = ["MvNormal"]


@family("mvnormal", aliases=("multivariate_normal", "mvn"))
class MvNormal(Multivariate):
    title = "the normal of vectors"
    parameters = (
        Parameter("mean", REALS, ("loc", "mu")),
        Parameter("cov", COVARIANCE, ("covariance", "sigma")),
    )
    support = "all vectors of the length of mean"
    mean: Ball
    cov: Ball

    def check(self) -> None:
        rows, length = len(self.given["cov"]), len(self.given["mean"])
        if rows != length:
            raise NotADistribution(f"mvnormal: cov has {rows} rows, but mean has {length} components")

    @property
    def dimension(self) -> int:
        return len(self.given["mean"])

    def entropy(self) -> Ball:
        return (log_determinant(self.cov) + self.dimension * (log(self.cov.pi * 2) + 1.0)) / 2

    def draws(self, random: np.random.Generator, count: int) -> Any:
        factor = np.linalg.cholesky(self.given["cov"])
        return self.given["mean"] + random.standard_normal((count, self.dimension)) @ factor.T

    def log_densities(self, x: Any) -> Any:
        factor = np.linalg.cholesky(self.given["cov"])
        z = np.linalg.solve(factor, (x - self.given["mean"]).T)
        constant = np.log(np.diag(factor)).sum() + self.dimension * np.log(2 * np.pi) / 2
        return -(z * z).sum(axis=0) / 2 - constant


@closed_form(
    MvNormal, MvNormal,
    formula="[tr({q.cov}⁻¹·{p.cov}) - k - log det({q.cov}⁻¹·{p.cov}) + "
    "({p.mean} - {q.mean})ᵀ·{q.cov}⁻¹·({p.mean} - {q.mean})]/2",
    source=KULLBACK,
)  # fmt: skip
def _mvnormal(p: Any, q: Any) -> Ball:
    spread, _, distance = covariance_parts(p.cov, q.cov, p.mean.value - q.mean.value)
    return (spread + distance) / 2


@closed_bhattacharyya(
    MvNormal,
    formula="({p.mean} - {q.mean})ᵀ·S⁻¹·({p.mean} - {q.mean})/8 + log(det S/√(det {p.cov}·det {q.cov}))/2",
    where="S = ({p.cov} + {q.cov})/2",
    source="Kailath (1967), IEEE Trans. Commun. 15(1), 52-60",
)
def _bhattacharyya(p: Any, q: Any) -> Ball:
    middle = (p.cov + q.cov) / 2
    factor, bound = cholesky(middle)
    z = solve_lower(factor, (p.mean.value - q.mean.value).reshape(-1, 1))
    distance = (z * z).sum()
    spread = log_determinant(middle) - (log_determinant(p.cov) + log_determinant(q.cov)) / 2
    return Ball(distance, bound * distance, middle.arithmetic) / 8 + spread / 2
