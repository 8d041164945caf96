"""The formula of two families with the numbers put in: none is left out, and what stands there comes to the value."""

import re
from math import inf, lgamma, log, pi, sqrt

import pytest
from families.test_peers import MEMBERS, OTHERS

import klcli
from klcli.families.closed_forms.lookup import closed_form_of
from klcli.families.comparison.divergence import kl
from klcli.families.grammar import parse
from klcli.reports.families.explanation import substituted

OF_VECTORS = {"categorical", "dirichlet", "mvnormal", "wishart"}


@pytest.mark.parametrize("name", sorted(MEMBERS.keys() - OF_VECTORS))
def test_no_parameter_or_expectation_is_left(name):
    p = parse(f"{name}({MEMBERS[name]})")
    for other in OTHERS.keys() - OF_VECTORS:
        q = parse(f"{other}({OTHERS[other]})")
        answer = kl(p, q)
        if answer.value < inf and str(answer.formula).startswith("H(P, Q) - H(P)"):
            assert not re.search(r"[pq]\.[a-z]|E\[|Var\[", substituted(answer.formula, p, q)), other


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ("normal(1, 1)", "laplace(-2, 2)"), ("gamma(2, 3)", "normal(-1, 2)"), ("beta(2, 3)", "lognormal(0, 1)"),
        ("beta(2, 3)", "logit_normal(-1, 2)"), ("uniform(1, 2)", "cauchy(-1, 2)"), ("normal(1, 1)", "gumbel(-1, 2)"),
        ("gumbel(1, 2)", "moyal(0, 1)"), ("uniform(1, 2)", "loguniform(0.5, 3)"), ("beta(2, 3)", "gamma(2, 3)"),
        ("loguniform(2, 3)", "pareto(1, 2)"), ("weibull(1.5, 2)", "exponential(0.5)"),
        ("inverse_gaussian(1, 2)", "inverse_gaussian(2, 1)"), ("normal(1, 1)", "normal(2, 0.5)"),
        ("binomial(3, 0.5)", "binomial(3, 0.2)"), ("negative_binomial(3, 0.5)", "negative_binomial(3, 0.2)"),
    ],
)  # fmt: skip
def test_what_is_put_in_comes_to_the_value(p, q):
    text = substituted(closed_form_of(parse(p), parse(q)).formula, parse(p), parse(q))
    for written, code in [("log Γ(", "lgamma("), ("√(2π)", "sqrt(2*pi)"), ("π", "pi"), ("²", "**2"), ("·", "*")]:
        text = text.replace(written, code)
    text = text.replace("[", "(").replace("]", ")")
    value = eval(text, {"log": log, "lgamma": lgamma, "sqrt": sqrt, "pi": pi})
    assert value == pytest.approx(klcli.kl_divergence(p, q), abs=2e-5)
