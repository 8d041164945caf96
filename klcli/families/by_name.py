"""Families by their names, and their members by name and parameters."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

import numpy as np

from klcli.errors import MissingPackage, NotADistribution, UnknownName
from klcli.families.catalogue import FAMILIES
from klcli.families.catalogue.scipy import ScipyFamily
from klcli.families.family.family import Family
from klcli.support.registry import nearest
from klcli.support.sentence import Option, Sentence
from klcli.support.text.safe_text import shorten

__all__ = ["family_named", "member_named"]

_NOT_FAMILIES = {
    "softmax": Sentence(
        "write the logits alone, as in 1,2,3, with ",
        Option("--as", "logits"),
        ", or for one side ",
        Option("--p-as"),
        " or ",
        Option("--q-as"),
    ),
    "exp": "did you mean exponential(rate)?",
    "coin": "did you mean bernoulli(p)?",
    **dict.fromkeys(("die", "dice"), "write the masses, as in 1,1,1,1,1,1"),
}


def member_named(name: str, values: Sequence[Any], parameters: Mapping[str, Any]) -> Family:
    """Returns the member of a family with these parameters, by position and by name.

    Raises:
        NotADistribution: there is no such family, a parameter is wrong, or the family is N(a, b), whose b may be the
            standard deviation or the variance, and is not 1.
    """
    if name.lower() == "n" and len(values) > 1 and np.any(np.asarray(values[1]) != 1):
        mean, spread = (f"{value:g}" if isinstance(value, float | int) else str(value) for value in values[:2])
        raise NotADistribution(
            f"{name}: the second argument may be the standard deviation or the variance",
            hint=f"write normal({mean}, sd={spread}) or normal({mean}, variance={spread})",
        )
    return family_named(name)(*values, **parameters)


@cache
def family_named(name: str) -> type[Family]:
    """Returns the family with a name or an alias; names of scipy.stats follow "scipy.".

    Raises:
        NotADistribution: there is no such family; the hint suggests similar names.
    """
    if name.startswith("scipy."):
        return ScipyFamily.named(name.removeprefix("scipy."))
    with suppress(UnknownName):
        return FAMILIES.lookup(name)
    hint = _NOT_FAMILIES.get(name.lower()) or _of_scipy(name) or _similar(name)
    raise NotADistribution(f"no family is called {shorten(name)!r}", hint=hint)


def _of_scipy(name: str) -> str | None:
    with suppress(MissingPackage):
        found = ScipyFamily.called(name)
        return found and f"scipy.stats has it: write {found}"
    return None


def _similar(name: str) -> str:
    near = nearest(name.lower(), FAMILIES.names(), count=3)
    return f"did you mean {' or '.join(near)}?" if near else "see `kl list families`"
