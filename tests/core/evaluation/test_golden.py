"""Numbers that other libraries publish in their tests and documentation; each entry of golden.json names its source.

`expected` has the digits that the source prints, within `tol`; `expected_hp` is the same number to 30 digits.
"""

import json
from fractions import Fraction
from math import exp, fsum, inf, log
from pathlib import Path

import numpy as np
import pytest

from klcli.core.distributions.units import parse_base, scale
from klcli.core.evaluation.evaluate import value_of
from klcli.core.measures.selection import select
from klcli.core.pairs.normaliser import pairs

pytestmark = pytest.mark.oldest

RELATIVE = 4e-15  # the contract's promise
ENTRIES = json.loads((Path(__file__).parent / "golden.json").read_text(encoding="utf-8"))

NAMES = {
    "kl": "forward_kl",
    "entropy": "entropy_p",
    "cross_entropy": "cross_entropy",
    "js_divergence": "jensen_shannon",
    "js_distance": "jensen_shannon_distance",
    "bhattacharyya_distance": "bhattacharyya",
    "hellinger": "hellinger",
    "total_variation": "total_variation",
}


def in_base(name, nats, entry):
    return scale(nats, select(name).unit, parse_base(entry["base"]))


def is_as_it_stands(entry):
    """Whether the source does not divide p by its sum, and that sum is not 1."""
    return "normalise" not in entry["params"] and abs(sum(map(Fraction, entry["p"])) - 1) > 1e-9


def measured(entry):
    name = NAMES[entry["metric"]]
    p = [Fraction(mass) for mass in entry["p"]]
    q = p if entry["q"] is None else [Fraction(mass) for mass in entry["q"]]
    value = in_base(name, value_of(select(name), *(np.array(side, dtype=float) for side in (p, q))), entry)
    if not is_as_it_stands(entry):
        return value
    # with the total t of p, Σ p·log q is t times that of p/t, and Σ p·log(p/q) gains t·log t
    total = fsum(map(float, p))
    return total * value + (total * log(total) if name == "forward_kl" else 0)


def renyi(entry):
    name = f"renyi:{entry['params']['alpha']}"
    return in_base(name, value_of(select(name), entry["p"], [float(Fraction(mass)) for mass in entry["q"]]), entry)


def bhattacharyya_coefficient(entry):
    return exp(-value_of(select("bhattacharyya"), entry["p"], entry["q"]))


def jeffreys_half(entry):
    return in_base("jeffreys", value_of(select("jeffreys"), entry["p"], entry["q"]) / 2, entry)


def topsoe(entry):
    return in_base("jensen_shannon", 2 * value_of(select("jensen_shannon"), entry["p"], entry["q"]), entry)


def mixture(sides, weights):
    """The weighted mean of the normalised sides, in exact arithmetic."""
    sides = [[Fraction(mass) / sum(map(Fraction, side)) for mass in side] for side in sides]
    return [
        float(sum(weight * mass for weight, mass in zip(weights, masses, strict=True)))
        for masses in zip(*sides, strict=True)
    ]


def k_divergence(entry):
    """KL(P‖(P + Q)/2)."""
    half = Fraction(1, 2)
    middle = mixture([entry["p"], entry["q"]], [half, half])
    return in_base("forward_kl", value_of(select("forward_kl"), entry["p"], middle), entry)


def js_divergence_weighted(entry):
    """Σ w·KL(P‖M) with M = Σ w·P, for any number of distributions."""
    sides, weights = entry["params"]["distributions"], [Fraction(weight) for weight in entry["params"]["weights"]]
    middle = mixture(sides, weights)
    parts = [float(weight) * value_of(select("kl"), side, middle) for side, weight in zip(sides, weights, strict=True)]
    return in_base("forward_kl", fsum(parts), entry)


def parts_up_to(total, mass):
    """Doubles, the first of them `mass`, that add up to `total` as nearly as doubles can."""
    rest = Fraction(total) - Fraction(mass)
    high = float(rest)
    high = np.nextafter(high, 0) if Fraction(high) > rest else high
    return [mass, high, float(rest - Fraction(high))]


def rel_entr_term(entry):
    """p·log(p/q) of masses that are not normalised: of one outcome of two distributions with one total."""
    p, q = entry["p"][0], entry["q"][0]
    total = 2 * max(p, q)
    (pair,) = pairs(np.array(parts_up_to(total, p)), np.array(parts_up_to(total, q)))
    with np.errstate(all="ignore"):  # as `evaluate` does
        return -p * pair.log_ratio[0]


EXPRESSED = {
    each.__name__: each
    for each in (
        renyi,
        bhattacharyya_coefficient,
        jeffreys_half,
        topsoe,
        k_divergence,
        js_divergence_weighted,
        rel_entr_term,
    )
}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])
def test_agrees_with_what_others_publish(entry):
    value = EXPRESSED.get(entry["metric"], measured)(entry)
    published = float(entry["expected"])
    if published == inf:
        assert value == inf
    else:
        assert value == pytest.approx(published, rel=entry["tol"], abs=entry["tol"])
        digits = Fraction(entry["expected_hp"])
        assert abs(Fraction(float(value)) - digits) <= Fraction(RELATIVE) * abs(digits)


def test_every_entry_names_its_source():
    assert all(entry["source"] for entry in ENTRIES)
    assert len({entry["id"] for entry in ENTRIES}) == len(ENTRIES)
