"""Words of klcli for distributions of scipy.stats, which its functions do not take as objects."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from klcli.errors import KlError

__all__ = ["hint_for_scipy"]

# families of klcli, by the class of an object of scipy.stats, with its attributes that are their parameters, in order
_FAMILIES = {
    "multivariate_normal_frozen": ("mvnormal", ("mean", "cov")),
    "dirichlet_frozen": ("dirichlet", ("alpha",)),
    "wishart_frozen": ("wishart", ("df", "scale")),
    "multinomial_frozen": ("multinomial", ("n", "p")),
    "Normal": ("normal", ("mu", "sigma")),
    "Uniform": ("uniform", ("a", "b")),
    "Binomial": ("binomial", ("n", "p")),
}


def hint_for_scipy(source: Any) -> str:
    """Returns how to compare an object of scipy.stats: by a word of klcli, with its parameters, or by draws from it."""
    from klcli.families.grammar import parse

    with suppress(KlError, AttributeError):  # a parameter that the family refuses, as NaN
        word = _word(source)
        parse(word)
        return f"pass its name, as in {word!r}"
    return "no word of klcli describes it; klcli.estimate compares draws from both, as p.rvs(size=10_000)"


def _word(source: Any) -> str:
    """Returns a word, which may not be one of klcli.

    Raises:
        AttributeError: there is no family for the object.
    """
    frozen = getattr(source, "dist", None)
    if frozen is not None or hasattr(source, "name"):  # in one dimension, frozen or not
        name = f"scipy.{(source if frozen is None else frozen).name}"
        arguments = [*getattr(source, "args", ())], getattr(source, "kwds", {})
    else:
        name, attributes = _FAMILIES.get(type(source).__name__, ("", ("no family",)))
        values = [getattr(source, each) for each in attributes]
        arguments = ([], dict(zip(attributes, values, strict=True))) if name == "mvnormal" else (values, {})
    return f"{name}({', '.join(_written(*arguments))})"


def _written(values: list[Any], named: dict[str, Any]) -> Iterator[str]:
    yield from map(_text, values)
    yield from (f"{name}={_text(value)}" for name, value in named.items())


def _text(value: Any) -> str:
    """Returns a number, or an array in brackets, with all digits; whole numbers without a point."""
    value = np.asarray(value)
    if value.ndim:
        return f"[{','.join(map(_text, value))}]"
    number = value.item()
    return str(int(number)) if isinstance(number, float) and number.is_integer() else str(number)
