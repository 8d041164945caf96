"""Estimates from halves of the samples: the whole last, each half as large, with noise that shrinks as it should."""

from itertools import pairwise

import numpy as np
import pytest

import klcli
from klcli.core.estimation.estimate import Cells
from klcli.core.estimation.estimation import estimate_labels, estimate_numbers
from klcli.core.estimation.sample_sizes import estimates_by_size
from klcli.core.estimation.settings import Settings

X, Y = np.array([4000.0, 3000, 2000, 1000]), np.array([4200.0, 2900, 1900, 1200])


def labels(x=X, y=Y, **settings):
    return estimate_labels(("x", "y"), list("abcdefgh")[: len(x)], x, y, Settings(**settings))


@pytest.mark.parametrize("settings", [{}, {"relabel": 200}])
def test_the_last_is_the_estimate_itself_and_each_other_has_half_the_observations(settings):
    found = labels(**settings)
    sizes = found.by_size()
    assert sizes[-1].estimate == found.forward_kl
    assert sizes[-1].p_value == found.p_value
    counts = [each.observations for each in sizes]
    assert counts[-1] == (10_000, 10_200)
    for (n, m), (twice_n, twice_m) in pairwise(counts):
        assert (n, m) == (twice_n // 2, twice_m // 2)


def test_the_noise_of_half_the_observations_is_twice_as_large():
    # under P = Q the plug-in scales as (1/n + 1/m) times a chi-squared variable
    errors = [each.estimate.standard_error_null for each in labels().by_size()]
    ratios = np.array(errors[:-1]) / np.array(errors[1:])
    assert ratios[-4:] == pytest.approx(2.0, rel=0.05)


def test_the_same_seed_gives_the_same_parts_and_another_gives_others():
    values = [[each.estimate.value for each in labels(seed=seed).by_size()] for seed in (0, 0, 1)]
    assert values[0] == values[1]
    assert values[0][:-1] != values[2][:-1]


def test_a_part_of_equal_samples_of_one_population_is_as_likely_as_chance_says():
    found = labels(np.full(4, 5000.0), np.full(4, 5000.0)).by_size()
    assert all(each.p_value > 1e-4 for each in found)


def test_an_interval_that_ends_is_preferred_to_an_open_one():
    found = labels(np.array([5000.0, 5000, 3]), np.array([5100.0, 4900, 0]))
    assert found.forward_kl.upper == np.inf
    assert {each.estimate.measure for each in found.by_size()} == {"jensen_shannon"}


def test_parts_of_numbers_have_the_bins_of_the_whole():
    random = np.random.default_rng(0)
    found = estimate_numbers(("x", "y"), random.normal(size=400), random.normal(1, size=500), Settings())
    sizes = found.by_size()
    assert [each.observations[0] for each in sizes] == [25, 50, 100, 200, 400]
    assert sizes[-1].estimate.value == pytest.approx(found[sizes[-1].estimate.measure].value)
    assert all(each.estimate.lower is None for each in sizes if min(each.observations) < 20)


@pytest.mark.parametrize(
    ("x", "y"),
    [(np.full(20_001, 3.0), np.full(20_001, 3.0)), (np.array([2e9, 1e9]), np.array([1e9, 2e9])), ([5.0, 3], [2.0, 7])],
)
def test_samples_too_large_or_too_small_to_be_halved_have_none(x, y):
    from klcli.core.estimation.counts.moments import Gates

    cells = Cells(np.asarray(x), np.asarray(y), [str(at) for at in range(len(x))])
    assert estimates_by_size(cells, "forward_kl", 0.95, "e", Gates(True, 0.5), 0) == ()


def test_json_holds_the_sizes():
    found = klcli.estimate(list("aab" * 200), list("abb" * 200))
    document = found.to_dict()
    assert [each["observations"] for each in document["sizes"]][-1] == [600, 600]
    last = document["sizes"][-1]
    assert last["value"] == document["estimates"][last["measure"]]["value"]
    assert set(last) == {"measure", "observations", "value", "lower", "upper", "standard_error_null", "p_value"}


def test_another_estimator_and_vectors_have_none():
    assert labels(estimator="plugin").by_size() == ()
    rows = np.random.default_rng(0).normal(size=(60, 2))
    assert klcli.estimate(rows, rows + 1.0).by_size() == ()
