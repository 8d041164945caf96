"""Families through the Python face: closed forms beside torch.distributions, and a pair without one beside scipy.

Each call makes its distributions anew; torch makes the checks that it makes by default, without gradients.
"""

from math import inf, isclose
from typing import Any

import numpy as np

import klcli
from benchmarks.interleaved import AT_MOST, Row, Table, duration, is_installed, medians, times

Family = tuple[str, tuple[Any, ...]]

CALLS = 100  # of what takes microseconds
MANY = 1_000_000
QUADRATURE_MS = 20
PAIRS: dict[str, tuple[Family, Family]] = {
    "normal, normal": (("normal", (1.0, 1.0)), ("normal", (2.0, 0.5))),
    "exponential, exponential": (("exponential", (0.2,)), ("exponential", (0.4,))),
    "laplace, normal": (("laplace", (-2.0, 1.0)), ("normal", (2.0, 2.0))),
    "exponential, gamma": (("exponential", (1.0,)), ("gamma", (2.5, 1.5))),
    "gamma, gamma": (("gamma", (2.5, 1.5)), ("gamma", (1.5, 0.75))),
    "beta, beta": (("beta", (2.0, 10.0)), ("beta", (3.0, 5.0))),
    "poisson, poisson": (("poisson", (4.0,)), ("poisson", (3.0,))),
}


def tables(large: bool = False) -> list[Table]:
    """Returns the closed forms beside torch, and quadrature beside scipy's."""
    return [_closed_forms(), _quadrature()]


def _closed_forms() -> Table:
    table = Table("Forward KL of two families, closed forms, median of 7")
    if not is_installed("torch", table):
        return table
    import torch

    def theirs(p: Family, q: Family) -> torch.Tensor:
        made = (
            getattr(torch.distributions, name.capitalize())(
                *(torch.as_tensor(value, dtype=torch.float64) for value in values)
            )
            for name, values in (p, q)
        )
        return torch.distributions.kl_divergence(*made)

    random = np.random.default_rng(0)
    means, deviations = random.normal(size=(2, MANY)), np.exp(random.normal(size=(2, MANY)))
    normals = [("normal", parameters) for parameters in zip(means, deviations, strict=True)]
    many = f"{MANY:,} normals, as many normals"
    with torch.no_grad():
        for name, (p, q), calls in (*((name, pair, CALLS) for name, pair in PAIRS.items()), (many, normals, 1)):
            assert np.allclose(_kl(p, q), theirs(p, q).numpy(), rtol=1e-9, atol=1e-9), name
            took = medians({"kl": lambda: _kl(p, q), "peer": lambda: theirs(p, q)}, calls=calls)  # noqa: B023
            table.add(times(name, took["kl"], took["peer"], "torch", 1))
    return table


def _quadrature() -> Table:
    table = Table("Forward KL of two families, quadrature, median of 7")
    if not is_installed("scipy", table):
        return table
    from scipy import stats
    from scipy.integrate import quad

    def peer() -> Any:
        p, q = stats.t(3), stats.logistic()
        return quad(lambda x: p.pdf(x) * (p.logpdf(x) - q.logpdf(x)), -inf, inf)[0]

    def ours() -> Any:
        return _kl(("student_t", (3.0,)), ("logistic", (0.0, 1.0)))

    assert isclose(ours(), peer(), rel_tol=1e-6), (ours(), peer())
    took = medians({"kl": ours, "peer": peer})
    kl, other = took["kl"], f"integrate.quad {duration(took['peer'])}"
    table.add(Row("student_t, logistic", duration(kl), other, kl * 1e3, AT_MOST, QUADRATURE_MS))
    table.remarks.append("ratio: milliseconds of kl.")
    return table


def _kl(p: Family, q: Family) -> Any:
    return klcli.kl_divergence(*(klcli.family(name, *values) for name, values in (p, q)))
