"""Every family and every closed form, registered by importing its file.

For a new file in `catalogue`, add its name here. The order is that of `kl list families`.
"""

# ruff: noqa: F401, I001
from klcli.families.catalogue import (
    uniform, loguniform, triangular,
    poisson, binomial, bernoulli, geometric, negative_binomial, categorical, deterministic,
    exponential, gamma, chi2, chi, halfnormal, rayleigh, maxwell, weibull, inverse_gamma, frechet,
    normal, generalized_normal, lognormal, logit_normal,
    laplace, logistic, gumbel, moyal, cauchy, halfcauchy, student_t,
    mvnormal, dirichlet, multinomial, wishart, mixture,
    pareto, inverse_gaussian, lindley, von_mises,
    scipy, truncated_normal, beta, kumaraswamy, continuous_bernoulli,
)  # fmt: skip
from klcli.families.closed_forms.closed_form import CLOSED_FORMS
from klcli.families.family.family import FAMILIES

__all__ = ["CLOSED_FORMS", "FAMILIES"]
