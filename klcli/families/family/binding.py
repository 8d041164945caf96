"""Binds arguments to the parameters of a family, by position and by name, and refuses what does not fit."""

import re
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from klcli.errors import NotADistribution
from klcli.families.family.domain import Parameter
from klcli.support.registry import nearest
from klcli.support.text.safe_text import exact, shorten

__all__ = ["Signature", "bind", "check_one", "signature"]


class Signature(Protocol):
    """The parts of a family class that binding needs."""

    name: str
    title: str
    kind: str
    parameters: tuple[Parameter, ...]


def bind(family: Signature, values: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    """Returns the parameters by name, as floats or arrays of float64, each within its domain.

    Args:
        values, named: the arguments by position, and by name.

    Raises:
        NotADistribution: a parameter is missing, unknown, given twice, or outside its domain.
    """
    parameters = family.parameters
    if len(values) > len(parameters):
        raise NotADistribution(
            f"{family.name}: {len(values)} values for {len(parameters)} parameters",
            hint=_with_brackets(family, values) or _usage(family),
        )
    found: dict[str, Any] = {parameter.name: value for parameter, value in zip(parameters, values, strict=False)}
    for name, value in named.items():
        parameter, convert = _parameter_named(family, name, _usage(family))
        if parameter.name in found:
            raise NotADistribution(f"{family.name}: {parameter.name} is given twice", hint=_usage(family))
        found[parameter.name] = convert(value)
    missing = [each.name for each in parameters if each.name not in found and each.default is None]
    if missing:
        raise NotADistribution(f"{family.name}: missing {' and '.join(missing)}", hint=_usage(family))
    read = {each.name: each.read(found.get(each.name, each.default), family.name) for each in parameters}
    if family.kind == "multivariate":
        for parameter in parameters:
            _refuse_array(family, parameter, read[parameter.name])
    return read


def _with_brackets(family: Signature, values: tuple[Any, ...]) -> str | None:
    """Returns how to write numbers of which the last are the one list that a family ends in; None for all else."""
    *numbers, last = [parameter.domain.dimensions for parameter in family.parameters]
    if any(numbers) or last != 1 or any(map(np.ndim, values)):
        return None
    texts = [exact(value) for value in values]
    of_list = f"[{', '.join(texts[len(numbers) :])}]"
    return f"write {family.name}({', '.join([*texts[: len(numbers)], of_list])})"


def check_one(family: Signature, which: int | str, value: Any) -> None:
    """Refuses a value that a parameter, by position or by name, cannot have, whatever the other parameters are.

    Raises:
        NotADistribution: there is no such parameter, or the value is outside its domain.
    """
    if isinstance(which, str):
        parameter, convert = _parameter_named(family, which, signature(family))
        value = convert(value)
    elif which < len(family.parameters):
        parameter = family.parameters[which]
    else:
        raise NotADistribution(f"{family.name}: more values than parameters", hint=signature(family))
    read = parameter.read(value, family.name)
    if family.kind == "multivariate":
        _refuse_array(family, parameter, read)


def _refuse_array(family: Signature, parameter: Parameter, value: Any) -> None:
    """Refuses arrays of numbers: families of vectors are evaluated one distribution at a time."""
    if not parameter.domain.dimensions and np.ndim(value):
        raise NotADistribution(
            f"{family.name}: {parameter.name} is a list, where one number was expected", hint=_usage(family)
        )


def _parameter_named(family: Signature, name: str, hint: str) -> tuple[Parameter, Callable[[Any], Any]]:
    """The parameter that a name or an alias denotes, and the conversion of its value."""
    for parameter in family.parameters:
        if name == parameter.name or name in parameter.aliases:
            return parameter, _unchanged
        if name in parameter.conversions:
            return parameter, _conversion(family, parameter, name)
    if _is_square(family, name):
        has_variance = any("variance" in parameter.conversions for parameter in family.parameters)
        cure = "write variance=…" if has_variance else "write its square root, sigma=…"
        raise NotADistribution(f"{family.name}: there is no parameter {shorten(name)!r}", hint=cure + ": " + hint)
    known = [other for each in family.parameters for other in (each.name, *each.aliases, *each.conversions)]
    near = nearest(name, known)
    hint = f"did you mean {near[0]}? " + hint if near else hint
    raise NotADistribution(f"{family.name}: there is no parameter {shorten(name)!r}", hint=hint)


def _is_square(family: Signature, name: str) -> bool:
    """Returns True if a name such as sigma2, sigma^2 or σ² is the square of a parameter that is called sigma."""
    is_square = re.fullmatch(r"(?:sigma|std|sd|scale|σ)_?\s*(?:\^\s*2|\*\*\s*2|2|²|sq|squared)", name, re.IGNORECASE)
    return is_square is not None and any(
        "sigma" in each.aliases for each in family.parameters if not each.domain.dimensions
    )


def _unchanged(value: Any) -> Any:
    return value


def _conversion(family: Signature, parameter: Parameter, name: str) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        stated = Parameter(name, parameter.domain).read(value, family.name)
        with np.errstate(all="ignore"):
            return parameter.conversions[name](stated)

    return convert


def signature(family: Signature) -> str:
    """Returns the family's name with its parameters, as in "gamma(shape, rate)"."""
    return f"{family.name}({', '.join(parameter.name for parameter in family.parameters)})"


def _usage(family: Signature) -> str:
    return f"{signature(family)}: {family.title}"
