"""The Bhattacharyya distance -log ∫ √(p·q) of two families of vectors, where it has a closed form.

It is 0 where the two are one, and what cancels there comes back in digits: see `ball`.
"""

from typing import Any

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import lgamma
from klcli.families.catalogue.multivariate import cholesky, log_determinant, solve_lower
from klcli.families.closed_forms.closed_form import ClosedForm

__all__ = ["bhattacharyya_form"]


def bhattacharyya_form(p: Any, q: Any) -> ClosedForm | None:
    """The closed form of the distance of two families; None where there is none."""
    return _FORMS.get(p.name) if p.name == q.name else None


def _of_normals(p: Any, q: Any) -> Ball:
    middle = (p.cov + q.cov) / 2
    factor, bound = cholesky(middle)
    z = solve_lower(factor, (p.mean.value - q.mean.value).reshape(-1, 1))
    distance = (z * z).sum()
    spread = log_determinant(middle) - (log_determinant(p.cov) + log_determinant(q.cov)) / 2
    return Ball(distance, bound * distance, middle.arithmetic) / 8 + spread / 2


def _of_dirichlets(p: Any, q: Any) -> Ball:
    return (_log_beta(p.alpha) + _log_beta(q.alpha)) / 2 - _log_beta((p.alpha + q.alpha) / 2)


def _log_beta(alpha: Ball) -> Ball:
    return lgamma(alpha).sum() - lgamma(alpha.sum())


_FORMS = {
    "mvnormal": ClosedForm(
        "(p.mean - q.mean)ᵀ·S⁻¹·(p.mean - q.mean)/8 + log(det S/√(det p.cov·det q.cov))/2, S = (p.cov + q.cov)/2",
        "Kailath (1967), IEEE Trans. Commun. 15(1), 52-60",
        _of_normals,
    ),
    "dirichlet": ClosedForm(
        "(log B(p.alpha) + log B(q.alpha))/2 - log B((p.alpha + q.alpha)/2)",
        "Rauber, Braun & Berns (2008), Pattern Recognit. 41(2), 637-645",
        _of_dirichlets,
    ),
}
