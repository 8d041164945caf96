"""The Dirichlet distribution.

Source: Penny (2001), KL-divergences of Normal, Gamma, Dirichlet and Wishart densities.
"""

from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import digamma, lgamma
from klcli.families.closed_forms.bhattacharyya import closed_bhattacharyya
from klcli.families.closed_forms.categorical_kl import FEW
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.closed_forms.dirichlet_kl import dirichlet_kl, dirichlet_kl_of_few
from klcli.families.closed_forms.sources import PENNY
from klcli.families.family.domain import POSITIVES, Parameter
from klcli.families.family.family import family
from klcli.families.family.multivariate import Multivariate

__all__ = ["Dirichlet"]


@family("dirichlet")
class Dirichlet(Multivariate):
    title = "probabilities, after alpha_i observations of each outcome"
    parameters = (Parameter("alpha", POSITIVES, ("concentration",)),)
    support = "vectors above 0 that sum to 1"
    alpha: Ball

    @property
    def dimension(self) -> int:
        return len(self.given["alpha"])

    def entropy(self) -> Ball:
        total = self.alpha.sum()
        own = ((self.alpha - 1.0) * digamma(self.alpha)).sum()
        return lgamma(self.alpha).sum() - lgamma(total) + (total - float(self.dimension)) * digamma(total) - own

    def draws(self, random: np.random.Generator, count: int) -> Any:
        """Returns logarithms of probabilities, because probabilities underflow for small alpha."""
        alpha = self.given["alpha"]
        # Γ(a) is Γ(a + 1)·U^(1/a): Devroye (1986), Non-Uniform Random Variate Generation, IX.3
        powers = np.log1p(-random.random((count, len(alpha)))) / alpha
        logs = np.log(random.standard_gamma(alpha + 1, (count, len(alpha)))) + powers
        logs -= logs.max(axis=1, keepdims=True)
        return logs - np.log(np.exp(logs).sum(axis=1, keepdims=True))

    def outcomes(self, draws: Any) -> Any:
        return np.exp(draws)

    def log_densities(self, x: Any) -> Any:
        alpha = self.alpha
        constant = float(lgamma(alpha.sum()).value - lgamma(alpha).sum().value)
        return x @ (self.given["alpha"] - 1) + constant


_DIRICHLET = (
    "log Γ(Σ {p.alpha}) - Σ log Γ({p.alpha}) - log Γ(Σ {q.alpha}) + Σ log Γ({q.alpha}) + "
    "Σ ({p.alpha} - {q.alpha})·(ψ({p.alpha}) - ψ(Σ {p.alpha}))"
)


def _dirichlet_in_float64(p: Any, q: Any) -> float:
    if len(p.alpha) <= FEW:
        return dirichlet_kl_of_few(p.alpha.tolist(), q.alpha.tolist())
    return float(dirichlet_kl(p.alpha, q.alpha))


@closed_form(Dirichlet, Dirichlet, formula=_DIRICHLET, source=PENNY, in_float64=_dirichlet_in_float64)
def _dirichlet(p: Any, q: Any) -> Ball:
    return dirichlet_kl(p.alpha, q.alpha)


@closed_bhattacharyya(
    Dirichlet,
    formula="(log B({p.alpha}) + log B({q.alpha}))/2 - log B(({p.alpha} + {q.alpha})/2)",
    source="Rauber, Braun & Berns (2008), Pattern Recognit. 41(2), 637-645",
)
def _bhattacharyya(p: Any, q: Any) -> Ball:
    return (_log_beta(p.alpha) + _log_beta(q.alpha)) / 2 - _log_beta((p.alpha + q.alpha) / 2)


def _log_beta(alpha: Ball) -> Ball:
    return lgamma(alpha).sum() - lgamma(alpha.sum())
