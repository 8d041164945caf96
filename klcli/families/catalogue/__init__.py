"""The families, each in the file of its name, with its closed forms below the class.

Add the name of a new file to the list below; importing a file registers its family and closed forms. The order is that
of `kl list families`.
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
    beta, kumaraswamy, continuous_bernoulli, scipy, truncated_normal,
)  # fmt: skip
from klcli.families.closed_forms.closed_form import CLOSED_FORMS
from klcli.families.family.family import FAMILIES

__all__ = ["CLOSED_FORMS", "FAMILIES"]
