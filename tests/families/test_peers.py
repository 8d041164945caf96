"""Every pair with a closed form in another library has one here, or is infinite."""

from math import inf

import pytest

import klcli
from klcli.families.comparison.divergence import kl
from klcli.families.grammar import parse

pytestmark = pytest.mark.oldest

# torch 2.13, torch/distributions/kl.py: pairs of families that exist here
TORCH = """
    bernoulli bernoulli | bernoulli poisson | beta beta | beta continuous_bernoulli | beta exponential | beta gamma
    beta normal | beta pareto | beta uniform | binomial binomial | categorical categorical | cauchy cauchy
    continuous_bernoulli continuous_bernoulli | continuous_bernoulli exponential | continuous_bernoulli normal
    continuous_bernoulli pareto | continuous_bernoulli uniform | dirichlet dirichlet | exponential beta
    exponential continuous_bernoulli | exponential exponential | exponential gamma | exponential gumbel
    exponential normal | exponential pareto | exponential uniform | gamma beta | gamma continuous_bernoulli
    gamma exponential | gamma gamma | gamma gumbel | gamma normal | gamma pareto | gamma uniform
    geometric geometric | gumbel beta | gumbel continuous_bernoulli | gumbel exponential | gumbel gamma
    gumbel gumbel | gumbel normal | gumbel pareto | gumbel uniform | halfnormal halfnormal | laplace beta
    laplace continuous_bernoulli | laplace exponential | laplace gamma | laplace laplace | laplace normal
    laplace pareto | laplace uniform | mvnormal mvnormal | normal beta | normal continuous_bernoulli
    normal exponential | normal gamma | normal gumbel | normal laplace | normal normal | normal pareto
    normal uniform | pareto beta | pareto continuous_bernoulli | pareto exponential | pareto gamma | pareto normal
    pareto pareto | pareto uniform | poisson bernoulli | poisson binomial | poisson poisson | uniform beta
    uniform continuous_bernoulli | uniform exponential | uniform gamma | uniform gumbel | uniform normal
    uniform pareto | uniform uniform
"""
# TensorFlow Probability 0.25 and numpyro (kl.py of 2024), in addition
TENSORFLOW = """
    chi chi | chi2 chi2 | chi2 gamma | gamma chi2 | lognormal lognormal | logit_normal logit_normal | moyal moyal
    von_mises von_mises | weibull gamma | weibull weibull
"""
# Distributions.jl 0.25, methods of kldivergence, in addition
JULIA = """
    inverse_gamma inverse_gamma | lindley lindley | loguniform loguniform | negative_binomial negative_binomial
"""
# closed forms from the literature
LITERATURE = """
    generalized_normal generalized_normal | inverse_gaussian inverse_gaussian | rayleigh rayleigh | wishart wishart
"""

MEMBERS = {
    "bernoulli": "0.3", "beta": "2, 3", "binomial": "5, 0.3", "categorical": "[0.2, 0.8]", "cauchy": "0, 1",
    "chi": "3", "chi2": "3", "continuous_bernoulli": "0.2", "dirichlet": "[1, 2]", "exponential": "0.7",
    "gamma": "2, 3", "generalized_normal": "0, 1, 1.5", "geometric": "0.3", "gumbel": "0, 1", "halfnormal": "1",
    "inverse_gamma": "3, 2", "inverse_gaussian": "1, 2", "laplace": "0, 0.5", "lindley": "1.5", "logit_normal": "0, 1",
    "lognormal": "0, 1", "loguniform": "1, 2", "moyal": "0, 1", "mvnormal": "[0], [[1]]", "negative_binomial": "3, 0.4",
    "normal": "0, 1", "pareto": "1, 3.5", "poisson": "4", "rayleigh": "2", "uniform": "0.2, 0.9", "von_mises": "0, 2",
    "weibull": "1.5, 2", "wishart": "3, [[1]]",
}  # fmt: skip
OTHERS = MEMBERS | {
    "bernoulli": "0.4", "beta": "3, 2", "binomial": "5, 0.4", "categorical": "[0.3, 0.7]", "cauchy": "1, 2", "chi": "4",
    "chi2": "4", "continuous_bernoulli": "0.7", "dirichlet": "[2, 2]", "exponential": "0.4", "gamma": "1.5, 0.75",
    "generalized_normal": "0, 2, 3", "geometric": "0.4", "gumbel": "1, 2", "halfnormal": "2", "inverse_gamma": "2, 3",
    "inverse_gaussian": "3, 1", "laplace": "1, 2", "lindley": "0.5", "logit_normal": "1, 2", "lognormal": "1, 2",
    "loguniform": "0.5, 4", "moyal": "1, 2", "mvnormal": "[1], [[2]]", "negative_binomial": "3, 0.5", "normal": "1, 2",
    "pareto": "0.1, 2", "poisson": "3", "rayleigh": "3", "uniform": "0, 1", "von_mises": "1, 3", "weibull": "2, 1",
    "wishart": "4, [[2]]",
}  # fmt: skip


def pairs(text):
    return [tuple(pair.split()) for line in text.strip().splitlines() for pair in line.split("|")]


@pytest.mark.parametrize(("p", "q"), [pair for text in (TORCH, TENSORFLOW, JULIA, LITERATURE) for pair in pairs(text)])
def test_a_pair_that_another_library_registers_has_a_closed_form(p, q):
    answer = kl(parse(f"{p}({MEMBERS[p]})"), parse(f"{q}({OTHERS[q]})"))
    assert answer.method == "closed form"
    assert answer.value < inf or answer.reason


def test_kumaraswamy_to_beta_is_computed_by_quadrature():
    # numpyro truncates the series of E[log(1 - x)] after ten terms
    assert kl(parse("kumaraswamy(2, 3)"), parse("beta(2, 3)")).method == "quadrature"


@pytest.mark.parametrize("name", sorted(MEMBERS))
def test_one_pair_gives_a_python_float(name):
    assert type(klcli.kl_divergence(f"{name}({MEMBERS[name]})", f"{name}({OTHERS[name]})")) is float
