"""Random pairs of families from a seed: ordinary, tiny and huge parameters, and nearly equal ones."""

import math
import random

from textbook import DENSITIES

from klcli.families.catalogue import FAMILIES
from klcli.families.family.support import can_cover

__all__ = ["pairs"]

WIDE = (0.3, 1, 1, 2, 5)  # standard deviations of the logarithm of a positive parameter


def pairs(seed, count):
    """Yields `count` random pairs of members of one kind; in about a tenth Q is nearly P."""
    chance = random.Random(seed)
    names, found = list(DENSITIES), 0
    while found < count:
        name = chance.choice(names)
        other = name if chance.random() < 0.2 else chance.choice(names)
        first, second = FAMILIES.lookup(name), FAMILIES.lookup(other)
        if not can_cover(first, second):
            continue
        own = parameters(chance, name, first)
        more = (
            nearly(chance, name, own) if name == other and chance.random() < 0.5 else parameters(chance, other, second)
        )
        try:
            yield first(*own), second(*more)
        except ValueError:  # outside the domain
            continue
        found += 1


def nearly(chance, name, values):
    moved = [x * (1 + chance.choice([0, 1]) * chance.gauss(0, 1) * 10 ** chance.uniform(-14, -1)) for x in values]
    return [values[0], *moved[1:]] if name == "binomial" else moved


def parameters(chance, name, cls):
    if name == "uniform":
        low = real(chance)
        return [low, low + positive(chance)]
    if name == "loguniform":
        low = positive(chance)
        return [low, low * (1 + positive(chance))]
    if name == "triangular":
        low, width = real(chance), positive(chance)
        return [low, low + width * chance.random(), low + width]
    if name == "truncated_normal":
        middle, deviation = real(chance), positive(chance)
        return [
            middle,
            deviation,
            middle + deviation * chance.uniform(-4, 1),
            middle + deviation * chance.uniform(1.5, 6),
        ]
    if name == "von_mises":
        return [chance.uniform(-3.1, 3.1), positive(chance)]
    return [of_domain(chance, parameter.domain.words) for parameter in cls.parameters]


def of_domain(chance, words):
    if "whole" in words:
        return float(chance.choice([1, 2, 5, 10, 30, 200]))
    if "1" in words:
        return chance.choice(
            [chance.uniform(0.01, 0.99), 10 ** chance.uniform(-9, -1), 1 - 10 ** chance.uniform(-9, -1)]
        )
    return positive(chance) if "above 0" in words or "not negative" in words else real(chance)


def positive(chance):
    if chance.random() < 0.05:
        return 10 ** chance.uniform(-30, 30)
    return math.exp(chance.gauss(0, 1) * chance.choice(WIDE))


def real(chance):
    return chance.gauss(0, 1) * 10 ** chance.choice([-2, 0, 0, 0, 1, 2])
