"""Published estimates and 50-digit evaluations of the formulas (golden.json, each record with its source)."""

import json
from pathlib import Path

import numpy as np
import pytest

from klcli.core.estimation.counts.forms import FORMS
from klcli.core.estimation.counts.moments import Gates, estimate_counts, moments
from klcli.core.estimation.counts.relabelling import relabelled
from klcli.core.estimation.estimators import chosen_estimator
from klcli.core.estimation.numbers.bins import binned
from klcli.core.estimation.numbers.neighbours import knn
from klcli.core.estimation.significance.chi_squared import chi_squared_sf

pytestmark = [pytest.mark.numerics, pytest.mark.oldest]

RECORDS = json.loads((Path(__file__).parent / "golden.json").read_text(encoding="utf-8"))
NAMES = {
    "kl z": "z",
    "kl modified plug-in": "modified",
    "kl augmented": "augmented",
    "kl dirichlet": "dirichlet:0.5",
    "kl shrink": "shrink",
}


HELD = set()


def records(*estimators):
    HELD.update(estimators)
    found = [each for each in RECORDS if each["estimator"] in estimators]
    return pytest.mark.parametrize("record", found, ids=[each["id"] for each in found])


def counts(record):
    return np.array(record["x"], float), np.array(record["y"], float)


@records(*NAMES)
def test_point_estimates_are_those_of_other_packages(record):
    found = chosen_estimator(NAMES[record["estimator"]], "labels")(FORMS["forward_kl"], *counts(record))
    assert found == pytest.approx(float(record["expected_hp"]), rel=1e-12)


@records("jeffreys z")
def test_jeffreys_is_the_sum_of_both_directions(record):
    x, y = counts(record)
    found = moments(FORMS["jeffreys"], x, y).raw
    assert found == pytest.approx(float(record["expected_hp"]), rel=1e-12)


@records("js plug-in")
def test_jensen_shannon_is_that_of_the_frequencies(record):
    x, y = counts(record)
    assert moments(FORMS["jensen_shannon"], x, y).raw == pytest.approx(float(record["expected_hp"]), rel=1e-12)


@records("entropy z", "entropy miller-madow", "entropy chao-shen")
def test_entropies_are_those_of_other_packages(record):
    x = np.array(record["x"], float)
    form, name = FORMS["entropy_p"], record["estimator"].removeprefix("entropy ").replace("-", "_")
    found = moments(form, x, x).raw if name == "z" else chosen_estimator(name, "labels")(form, x, x)
    assert found == pytest.approx(float(record["expected_hp"]), rel=1e-12)


@records("G statistic", "G-test p value")
def test_the_g_statistic_is_the_divergence_of_equal_samples(record):
    """With n = m, G = 2 Σ o log(o/e) is 2(n + m) times Jensen–Shannon; χ² has as many degrees as labels, less one."""
    x, y = counts(record)
    found = 2 * (x.sum() + y.sum()) * moments(FORMS["jensen_shannon"], x, y).raw
    if record["estimator"] == "G-test p value":
        found = chi_squared_sf(found, len(x) - 1)
    assert found == pytest.approx(float(record["expected_hp"]), rel=1e-12)


@records("null mean of kl z", "null mean of js plug-in")
def test_the_mean_under_relabelling_is_exact(record):
    form = FORMS["forward_kl" if "kl" in record["estimator"] else "jensen_shannon"]
    found = relabelled(form.terms, *counts(record)).mean
    assert found == pytest.approx(float(record["expected_hp"]), rel=1e-12)


@records("kl value and interval", "js value and interval")
def test_intervals_are_those_of_50_digits(record):
    name = "forward_kl" if record["estimator"].startswith("kl") else "jensen_shannon"
    parts = {key: float(value) for key, value in record["parts"].items()}
    found = estimate_counts([name], *counts(record), 0.95, Gates(True, 0.0))[name]
    assert found.value == pytest.approx(parts["value"], abs=1e-13)
    assert found.standard_error_null**2 == pytest.approx(parts["null_variance"], rel=1e-12)
    assert found.pivot_p_value == pytest.approx(parts["p_value"], rel=1e-12)
    assert found.lower == pytest.approx(parts["lower"], rel=1e-9)
    has_unseen = name == "forward_kl" and any(x and not y for x, y in zip(record["x"], record["y"], strict=True))
    assert not has_unseen
    assert found.upper == pytest.approx(parts["upper"], rel=1e-9)
    assert found.upper_one_sided == pytest.approx(parts["upper_one_sided"], rel=1e-9)


@records("kl knn")
def test_neighbours_are_those_of_wang_kulkarni_and_verdu(record):
    x, y = (np.array(record[side], float)[:, np.newaxis] for side in "xy")
    assert knn(x, y, record["params"]["k"]) == pytest.approx(float(record["expected_hp"]), rel=1e-12)


@records("kl bins")
def test_bins_of_two_exponentials(record):
    random = np.random.default_rng(20261129)
    random.normal(size=200), random.normal(1, 2, size=150)
    random.normal(size=(300, 2)), random.normal(0.5, 1, size=(200, 2))
    x, y = np.sort(random.exponential(1, size=500)), np.sort(random.exponential(2, size=400))
    found = binned(x, y)
    assert (found.x.tolist(), found.y.tolist()) == (record["bins_x"], record["bins_y"])
    value = estimate_counts(["forward_kl"], found.x, found.y, 0.95, Gates(True, 0.0))["forward_kl"].value
    assert value == pytest.approx(float(record["expected_hp"]), rel=1e-12)


def test_every_record_is_held():
    assert {each["estimator"] for each in RECORDS} == HELD
