"""The Wishart distribution of random covariance matrices.

Source: Kullback (1959), Information Theory and Statistics, chapter 9; Penny (2001), KL-divergences of Normal, Gamma,
Dirichlet and Wishart densities.
"""

from typing import Any

import numpy as np

from klcli.errors import NotADistribution
from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import log
from klcli.families.ball_arithmetic.matrices import log_determinant, multivariate_digamma, multivariate_lgamma
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.closed_forms.covariance_kl import covariance_parts
from klcli.families.closed_forms.sources import PENNY
from klcli.families.family.domain import COVARIANCE, POSITIVE, Parameter
from klcli.families.family.family import family
from klcli.families.family.multivariate import Multivariate

__all__ = ["Wishart"]


@family("wishart")
class Wishart(Multivariate):
    title = "the sum of df outer products of normal vectors"
    parameters = (Parameter("df", POSITIVE, ("nu",)), Parameter("scale", COVARIANCE, ("cov", "v")))
    support = "positive definite matrices"
    df: Ball
    scale: Ball

    def check(self) -> None:
        if not self.given["df"] > self.dimension - 1:
            raise NotADistribution(
                f"wishart: df = {self.given['df']:.6g} is not above the number of rows of scale less 1, "
                f"{self.dimension - 1}"
            )

    @property
    def dimension(self) -> int:
        return len(self.given["scale"])

    def draws(self, random: np.random.Generator, count: int) -> Any:
        # the decomposition of Bartlett (1933), Proc. R. Soc. Edinb. 53, 260-283
        k = self.dimension
        triangle = np.tril(random.standard_normal((count, k, k)), -1)
        triangle[:, range(k), range(k)] = np.sqrt(random.chisquare(self.given["df"] - np.arange(k), (count, k)))
        factor = np.linalg.cholesky(self.given["scale"]) @ triangle
        return factor @ np.swapaxes(factor, 1, 2)

    def log_densities(self, x: Any) -> Any:
        df, scale, k = self.given["df"], self.given["scale"], self.dimension
        _, log_det = np.linalg.slogdet(x)
        trace = np.einsum("ij,nji->n", np.linalg.inv(scale), x)
        constant = df / 2 * (k * np.log(2) + np.linalg.slogdet(scale)[1]) + float(
            multivariate_lgamma(self.df / 2, k).value
        )
        return (df - k - 1) / 2 * log_det - trace / 2 - constant

    @property
    def numbers(self) -> int:
        return self.dimension**2

    def entropy(self) -> Ball:
        k, half = float(self.dimension), self.df / 2
        two = log(self.df.constant(2.0))
        return (
            (k + 1) / 2 * log_determinant(self.scale)
            + k * (k + 1) / 2 * two
            + multivariate_lgamma(half, self.dimension)
            - (self.df - k - 1.0) / 2 * multivariate_digamma(half, self.dimension)
            + self.df * k / 2
        )


@closed_form(
    Wishart, Wishart,
    formula="[{q.df}·log(det {q.scale}/det {p.scale}) + {p.df}·(tr({q.scale}⁻¹·{p.scale}) - k)]/2 + "
    "log Γₖ({q.df}/2) - log Γₖ({p.df}/2) + ({p.df} - {q.df})/2·ψₖ({p.df}/2)",
    source=PENNY,
)  # fmt: skip
def _wishart(p: Any, q: Any) -> Ball:
    spread, log_det, _ = covariance_parts(p.scale, q.scale)
    k, half_p, half_q = p.dimension, p.df / 2, q.df / 2
    shapes = (
        multivariate_lgamma(half_q, k)
        - multivariate_lgamma(half_p, k)
        + (half_p - half_q) * multivariate_digamma(half_p, k)
    )
    return half_p * spread + (half_p - half_q) * log_det + shapes
