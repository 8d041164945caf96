"""Divergences agree with numbers that other libraries publish; each entry of golden.json states its source."""

import json
from fractions import Fraction
from math import inf
from pathlib import Path

import pytest

from klcli.families.catalogue import FAMILIES
from klcli.families.comparison.divergence import kl

pytestmark = pytest.mark.oldest

RELATIVE = 4e-15  # the promised accuracy
ENTRIES = json.loads((Path(__file__).parent / "golden.json").read_text(encoding="utf-8"))


def member(parameters):
    named = {name: value for name, value in parameters.items() if name not in ("family", "support")}
    return FAMILIES.lookup(parameters["family"])(**named)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])
def test_a_divergence_agrees_with_a_published_number(entry):
    assert (entry["metric"], entry["base"]) == ("kl", "e")
    answer = kl(member(entry["params"]["p"]), member(entry["params"]["q"]))
    published = float(entry["expected"])
    if published == inf:
        assert answer.value == inf
        assert answer.reason
        return
    assert answer.value == pytest.approx(published, rel=entry["tol"], abs=entry["tol"])
    digits = Fraction(entry["expected_hp"])
    allowed = Fraction(RELATIVE) * abs(digits)
    if answer.method != "closed form":
        allowed = max(allowed, Fraction(float(answer.error)))
    assert abs(Fraction(answer.value) - digits) <= allowed


def test_every_published_number_names_its_source():
    assert len(ENTRIES) == 76
    assert all(entry["source"] for entry in ENTRIES)
