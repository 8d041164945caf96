"""An estimate is one record, wherever it was found."""

import json
from math import nan

import pytest

from klcli.core.estimation.record import Estimate

KEYS = {"value", "standard_error", "lower", "upper", "level", "method", "count"}
MIXTURE = "mixture(0.5*mvnormal([0, 0], [[1, 0], [0, 1]]) + 0.5*mvnormal([3, 0], [[1, 0], [0, 1]]))"
SCORES = ("sample_data/scores_float32.csv", "sample_data/scores_int8.csv")
NORMAL = "mvnormal([1, 0], [[2, 0], [0, 2]])"


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (("compute", MIXTURE, NORMAL, "-m", "forward_kl", "--samples", "500"), 500),
        (("compute", MIXTURE, NORMAL, "-m", "jensen_shannon", "--samples", "500"), 1000),
        (("rows", *SCORES, "--as", "logits", "--id", "picture", "--target", "truth", "--summary"), 12),
        (("estimate", ",".join("ab" * 60), ",".join("aab" * 50)), 270),
    ],
)
def test_every_estimate_has_the_same_keys(document, words, count):
    """Half of the draws of a bounded measure are from P and half from Q."""
    text = json.dumps(document(*words))
    found = []
    json.loads(text, object_hook=lambda each: found.append(each) if each.keys() >= KEYS else each)
    assert any(each["standard_error"] for each in found)
    assert {each["count"] for each in found} == {count}
    for each in found:
        assert each["standard_error"] is None or each["standard_error"] >= 0
        if each["lower"] is not None:
            assert each["lower"] <= max(each["value"], 0) <= each["upper"]
            assert each["level"] == 0.95


def test_what_is_not_known_is_null():
    assert set(Estimate(nan).to_dict().values()) == {None, ""}
