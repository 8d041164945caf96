"""Families through the Python API: closed forms beside torch.distributions, and quadrature beside scipy.

Times every pair of torch's registry whose families exist here, except wrappers of others, with distributions created
before the timing; then some pairs including their creation. torch runs with its default checks and without gradients.
"""

from math import inf, isclose
from statistics import median
from typing import Any

import numpy as np

import klcli
from benchmarks.interleaved import AT_LEAST, AT_MOST, Row, Table, duration, is_installed, medians, times

Family = tuple[str, tuple[Any, ...]]

CALLS = 200  # per measurement of a function that takes microseconds
MANY, FEWER = 1_000_000, 100_000
QUADRATURE_MS = 20
# by torch's name: the parameters of P and of Q; our name is the same in lower case, except for OURS
MEMBERS: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "Bernoulli": ((0.3,), (0.6,)),
    "Beta": ((2.0, 10.0), (3.0, 5.0)),
    "Binomial": ((7, 0.3), (7, 0.6)),
    "Categorical": (([0.2, 0.3, 0.5],), ([0.3, 0.3, 0.4],)),
    "Cauchy": ((0.0, 1.0), (1.0, 2.0)),
    "ContinuousBernoulli": ((0.2,), (0.7,)),
    "Dirichlet": (([1.0, 2.0, 3.0],), ([2.0, 2.0, 2.0],)),
    "Exponential": ((0.2,), (0.4,)),
    "Gamma": ((2.5, 1.5), (1.5, 0.75)),
    "Geometric": ((0.3,), (0.6,)),
    "Gumbel": ((0.25, 1.5), (1.0, 2.5)),
    "HalfNormal": ((1.5,), (0.8,)),
    "Laplace": ((0.0, 1.0), (2.0, 2.0)),
    "MultivariateNormal": (([0.0, 0.0], [[1.0, 0.2], [0.2, 2.0]]), ([1.0, 0.0], [[2.0, 0.0], [0.0, 1.0]])),
    "Normal": ((1.0, 1.0), (2.0, 0.5)),
    "Pareto": ((2.0, 3.5), (1.0, 2.25)),
    "Poisson": ((4.0,), (3.0,)),
    "Uniform": ((0.2, 0.9), (0.0, 1.0)),
}
OURS = {"ContinuousBernoulli": "continuous_bernoulli", "MultivariateNormal": "mvnormal"}
BY_PROBS = ("Bernoulli", "Categorical", "ContinuousBernoulli", "Geometric")
WITH_CREATION = ("Normal", "Exponential", "Gamma", "Beta", "Poisson", "MultivariateNormal")


def tables(large: bool = False) -> list[Table]:
    """Returns the tables: closed forms beside torch, single and in arrays, and quadrature beside scipy's."""
    return [*_closed_forms(), _quadrature()]


def _closed_forms() -> list[Table]:
    single = Table("Forward KL of one pair, closed forms, distributions created beforehand, median of 7")
    made = Table("Forward KL of one pair, including the creation of the distributions")
    many = Table("Forward KL of arrays of pairs, including the creation of the distributions")
    if not is_installed("torch", single):
        return [single]
    import torch

    with torch.no_grad():
        ratios = _registered(single)
        finite, infinite = (
            sorted(ratio for ratio, is_finite in ratios if is_finite is which) for which in (True, False)
        )
        single.add(
            Row(f"{len(infinite)} pairs that are infinite for all parameters", "", "", median(infinite), AT_LEAST, 1)
        )
        above = sum(ratio >= 1 for ratio in finite + infinite)
        single.remarks.append(
            f"{above} of {len(ratios)} pairs are faster than torch's; the smallest ratio is {finite[0]:.3g}, "
            f"and {infinite[0]:.3g} among infinite pairs."
        )
        for name in WITH_CREATION:
            p, q = MEMBERS[name]
            took = medians(
                {
                    "kl": lambda: klcli.kl_divergence(_ours(name, p), _ours(name, q)),  # noqa: B023
                    "peer": lambda: torch.distributions.kl_divergence(_theirs(name, p), _theirs(name, q)),  # noqa: B023
                },
                calls=CALLS,
            )
            made.add(times(f"{name}, {name}", took["kl"], took["peer"], "torch", 1))
        for name, count, goal in (("Normal", MANY, 1), ("Gamma", FEWER, None), ("Beta", FEWER, None)):
            many.add(_at_once(name, count, goal))
    return [single, made, many]


def _registered(table: Table) -> list[tuple[float, bool]]:
    """Adds a row for each finite pair of torch's registry; returns the ratio of each pair, and True if it is finite."""
    import torch

    ratios = []
    pairs = sorted((p.__name__, q.__name__) for p, q in torch.distributions.kl._KL_REGISTRY)
    for first, second in pairs:
        if first not in MEMBERS or second not in MEMBERS:
            continue
        p, q = _ours(first, MEMBERS[first][0]), _ours(second, MEMBERS[second][1])
        their_p, their_q = _theirs(first, MEMBERS[first][0]), _theirs(second, MEMBERS[second][1])
        value, other = klcli.kl_divergence(p, q), float(torch.distributions.kl_divergence(their_p, their_q))
        # torch returns infinity for a continuous Bernoulli against a uniform on (0, 1), although the uniform covers it
        assert isclose(value, other, rel_tol=1e-6) or (first, second) == ("ContinuousBernoulli", "Uniform"), (p, q)
        took = medians(
            {
                "kl": lambda: klcli.kl_divergence(p, q),  # noqa: B023
                "peer": lambda: torch.distributions.kl_divergence(their_p, their_q),  # noqa: B023
            },
            calls=CALLS,
        )
        if value < inf:
            table.add(times(f"{first}, {second}", took["kl"], took["peer"], "torch", 1))
        ratios.append((took["peer"] / took["kl"], bool(value < inf)))
    return ratios


def _at_once(name: str, count: int, goal: float | None) -> Row:
    import torch

    random = np.random.default_rng(0)
    first = random.normal(size=(2, count)) if name == "Normal" else np.exp(random.normal(size=(2, count)))
    second = np.exp(random.normal(size=(2, count)))
    p, q = ((a, b) for a, b in zip(first, second, strict=True))

    def ours() -> Any:
        return klcli.kl_divergence(_ours(name, p), _ours(name, q))

    def theirs() -> Any:
        return torch.distributions.kl_divergence(_theirs(name, p), _theirs(name, q))

    assert np.allclose(ours(), theirs().numpy(), rtol=1e-6, atol=1e-9), name
    took = medians({"kl": ours, "peer": theirs})
    return times(f"{count:,} of {name}", took["kl"], took["peer"], "torch", goal)


def _ours(name: str, values: tuple[Any, ...]) -> Any:
    return klcli.family(OURS.get(name, name.lower()), *values)


def _theirs(name: str, values: tuple[Any, ...]) -> Any:
    import torch

    made = [torch.as_tensor(value, dtype=torch.float64) for value in values]
    cls = getattr(torch.distributions, name)
    if name == "Binomial":
        return cls(int(values[0]), made[1])
    return cls(probs=made[0]) if name in BY_PROBS else cls(*made)


def _quadrature() -> Table:
    table = Table("Forward KL of one pair, quadrature, median of 7")
    if not is_installed("scipy", table):
        return table
    from scipy import stats
    from scipy.integrate import quad

    def peer() -> Any:
        p, q = stats.t(3), stats.logistic()
        return quad(lambda x: p.pdf(x) * (p.logpdf(x) - q.logpdf(x)), -inf, inf)[0]

    def ours() -> Any:
        return klcli.kl_divergence(klcli.family("student_t", 3.0), klcli.family("logistic", 0.0, 1.0))

    assert isclose(ours(), peer(), rel_tol=1e-6), (ours(), peer())
    took = medians({"kl": ours, "peer": peer})
    kl, other = took["kl"], f"integrate.quad {duration(took['peer'])}"
    table.add(Row("student_t, logistic", duration(kl), other, kl * 1e3, AT_MOST, QUADRATURE_MS))
    table.remarks.append("The ratio column gives the milliseconds of kl.")
    return table
