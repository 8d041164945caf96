"""Draws of every family follow its own density, and repeat with their seed."""

import numpy as np
import pytest
from grid import SETS

import klcli
from klcli.errors import UsageError
from klcli.families.ball_arithmetic.ball import exact
from klcli.families.ball_arithmetic.precision import DOUBLES

MEMBERS = [(name, parameters) for name, sets in SETS.items() for parameters in sets[:2]]
COUNT = 4000
KOLMOGOROV = 1.95  # exceeded with probability 1e-3 by √n·sup|F_n - F|

stats = pytest.importorskip("scipy.stats")


def mass_below(member, edges):
    """Returns P(X <= edge), from the density of the family by Gauss-Legendre panels between its own quantiles."""

    def density(x):
        with np.errstate(all="ignore"):  # of its error bound
            return np.exp(member.log_density(exact(np.asarray(x, float), DOUBLES)).value)

    low, high = map(float, member.bounds())
    if member.kind == "discrete":
        first = low if np.isfinite(low) else float(np.min(edges)) - 1000
        outcomes = np.arange(first, min(high, float(np.max(edges))) + 1)
        return np.array([density(outcomes)[outcomes <= edge].sum() for edge in edges])
    nodes, weights = np.polynomial.legendre.leggauss(12)
    levels = np.concatenate([10.0 ** np.arange(-12, -1), np.linspace(0.02, 0.98, 200)])
    cuts = np.unique(np.concatenate([member.quantile(levels), edges, member.breakpoints()]))
    cuts = cuts[(cuts > low) & (cuts < high) & np.isfinite(cuts)]
    if np.isfinite(low):
        cuts = np.concatenate([[low], cuts])
    half = np.diff(cuts)[:, np.newaxis] / 2
    inner = cuts[:-1, np.newaxis] + half * (nodes + 1)
    panels = (density(inner.ravel()).reshape(inner.shape) * weights * half).sum(axis=1)
    below = np.concatenate([[0.0], np.cumsum(panels)])
    return below[np.searchsorted(cuts, edges)]


@pytest.mark.parametrize(("name", "parameters"), MEMBERS, ids=[f"{name}{values}" for name, values in MEMBERS])
def test_draws_follow_the_density(name, parameters):
    member = klcli.family(name, *parameters)
    drawn = np.sort(member.sample(COUNT, seed=1))
    edges = np.unique(drawn[200:-200:200])
    found = np.searchsorted(drawn, edges, side="right") / COUNT
    assert np.abs(found - mass_below(member, edges)).max() * np.sqrt(COUNT) < KOLMOGOROV


def test_draws_of_vectors_have_their_moments():
    mean, covariance = [1.0, -2.0], [[2.0, 0.6], [0.6, 1.0]]
    drawn = klcli.family("mvnormal", mean=mean, cov=covariance).sample(20_000, seed=1)
    assert drawn.mean(axis=0) == pytest.approx(mean, abs=0.05)
    assert np.cov(drawn.T) == pytest.approx(np.array(covariance), abs=0.08)
    shares = klcli.family("dirichlet", [2.0, 3.0, 5.0]).sample(20_000, seed=1)
    assert shares.mean(axis=0) == pytest.approx([0.2, 0.3, 0.5], abs=0.01)
    counts = klcli.family("multinomial", 10, [0.2, 0.8]).sample(20_000, seed=1)
    assert counts.mean(axis=0) == pytest.approx([2, 8], abs=0.05)


def test_draws_of_a_mixture_are_in_no_order():
    from klcli.families.grammar import parse

    drawn = parse("mixture(0.5*normal(-9, 1) + 0.5*normal(9, 1))").sample(2000, seed=1)
    assert (drawn > 0).mean() == pytest.approx(0.5, abs=0.05)
    assert (drawn[:1000] > 0).mean() == pytest.approx(0.5, abs=0.07)


def test_draws_of_listed_probabilities_are_their_outcomes():
    drawn = klcli.family("categorical", [0.5, 0.0, 0.5]).sample(1000, seed=1)
    assert set(drawn.tolist()) == {0.0, 2.0}
    assert set(klcli.family("deterministic", 3).sample(5, seed=1).tolist()) == {3.0}


def test_the_same_seed_gives_the_same_draws():
    member = klcli.family("gamma", 2, 3)
    assert member.sample(5, seed=1).tolist() == member.sample(5, seed=1).tolist()
    assert member.sample(5, seed=1).tolist() != member.sample(5, seed=2).tolist()
    assert member.sample(5).tolist() != member.sample(5).tolist()


def test_several_distributions_at_once_cannot_be_drawn():
    with pytest.raises(UsageError, match="array of distributions"):
        klcli.family("normal", [0, 1], 1).sample(3)
    with pytest.raises(UsageError, match="-1 outcomes"):
        klcli.family("normal", 0, 1).sample(-1)
