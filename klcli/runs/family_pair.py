"""Pairs of which at least one operand is a family: two families, or a family and data.

Data are either masses labelled with whole numbers, which are compared with a discrete family, or numbers read
`--as samples`. Samples have no density, so only their cross-entropy under the family and their log-likelihood exist.
"""

from collections.abc import Iterable
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np

from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.units import parse_base
from klcli.errors import NotComparable, UsageError
from klcli.families.catalogue.empirical import Masses, Sample
from klcli.families.comparison.batched_kl import batched_kl
from klcli.families.comparison.compare import compare_families
from klcli.families.comparison.comparison import FamilyComparison
from klcli.families.family.family import Family
from klcli.families.grammar import parse
from klcli.notes import together
from klcli.sources.operands.operand import is_family
from klcli.sources.operands.read_options import Operand, ReadOptions
from klcli.support.sentence import Option, Sentence

__all__ = ["compare_members", "compare_with_families", "kl_of", "member_of", "one_of", "refuse"]

compare_members = compare_families


def compare_with_families(
    options: ReadOptions, both: Iterable[Operand], measures: Iterable[str] | None
) -> FamilyComparison:
    """Returns the comparison of two operands of which at least one is a family.

    Raises:
        InputError: The two are not on one space.
        UsageError: A measure cannot be computed, or an option has no meaning for families.
    """
    refuse("--smooth", options.smooth)
    both = tuple(both)
    notes = [each.notes if isinstance(each, Distribution) else () for each in both]
    has_density = any(not isinstance(each, Distribution) and each.kind == "continuous" for each in both)
    sides = [member_of(each, has_density=has_density) if isinstance(each, Distribution) else each for each in both]
    chosen = None if measures is None else tuple(measures)
    found = compare_families(
        *sides, measures=chosen, base=parse_base(options.base), samples=options.samples, seed=options.seed
    )
    return replace(found, reading_notes=together(*notes))


def member_of(data: Distribution, *, has_density: bool = False) -> Family:
    """Returns data as a family: masses on whole numbers, or a sample.

    Args:
        has_density: True if a density stands beside the data, which says little of masses but much of observations.

    Raises:
        NotComparable: A label is not a number or, for masses, not a whole number.
    """
    if data.labels is None:
        raise NotComparable(
            "the masses have no labels, so they are not on numbers",
            place=data.name,
            hint=Sentence(
                "pass ",
                Option("--as", "samples"),
                ": numbers without labels are compared with a density as observations",
            )
            if has_density
            else Sentence("label them with whole numbers, as in 0=0.5,1=0.5, or pass ", Option("--as", "samples")),
        )
    numbers = np.array([_number(label, data.name) for label in data.labels])
    if data.kind == "samples":
        return Sample(data.name, numbers, data.mass)
    fractional = np.flatnonzero(numbers != np.floor(numbers))
    if fractional.size:
        raise NotComparable(
            f"the label {data.labels[int(fractional[0])]!r} is not a whole number",
            place=data.name,
            hint="pass " + Option("--as", "samples") + " if these are observations",
        )
    order = np.argsort(numbers, kind="stable")
    again = np.flatnonzero(np.diff(numbers[order]) == 0)
    if again.size:
        one, other = (data.labels[int(order[again[0] + step])] for step in (0, 1))
        raise NotComparable(
            f"the labels {one!r} and {other!r} are one number", place=data.name, hint="sum their masses"
        )
    return Masses(data.name, numbers, data.mass)


def _number(label: str, name: str) -> float:
    try:
        number = float(label)
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise NotComparable(
            f"the label {label!r} is not a number, and a family is over numbers",
            place=name,
            hint="compare it with another file, or with categories of the same names",
        )
    return number


def one_of(source: Any) -> Family | None:
    """Returns the family that an argument of the Python face stands for, or None."""
    if isinstance(source, Family):
        return source
    return parse(source) if isinstance(source, str) and is_family(source) else None


def kl_of(p: Any, q: Any) -> Any:
    """Returns KL(P‖Q) of two families in nats, an array if a parameter is one."""
    return batched_kl(parse(p) if isinstance(p, str) else p, parse(q) if isinstance(q, str) else q)


def refuse(name: str, value: object) -> None:
    """Refuses an argument that has no meaning for families.

    Raises:
        UsageError: It is not None.
    """
    if value is not None:
        raise UsageError(f"{name} is for masses, and a family has none", hint="leave it out")
