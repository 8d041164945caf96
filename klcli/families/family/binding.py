"""How values are bound to the parameters of a family, by position and by name; what does not fit is refused."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from klcli.errors import NotADistribution
from klcli.families.family.domain import Parameter

if TYPE_CHECKING:
    from klcli.families.family.family import Family
from klcli.support.safe_text import shorten

__all__ = ["bind", "read_one", "signature"]


def bind(cls: type["Family"], values: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    """Returns the parameters by name, each in its domain.

    Raises:
        NotADistribution: one is missing, unknown, given twice, or outside its domain.
    """
    hint = f"{signature(cls)}: {cls.title}"
    if len(values) > len(cls.parameters):
        raise NotADistribution(f"{cls.name}: {len(values)} values for {len(cls.parameters)} parameters", hint=hint)
    found: dict[str, Any] = {parameter.name: value for parameter, value in zip(cls.parameters, values, strict=False)}
    for name, value in named.items():
        parameter, convert = _meant(cls, name, hint)
        if parameter.name in found:
            raise NotADistribution(f"{cls.name}: {parameter.name} is given twice", hint=hint)
        found[parameter.name] = convert(parameter, value, name)
    missing = [each.name for each in cls.parameters if each.name not in found and each.default is None]
    if missing:
        raise NotADistribution(f"{cls.name}: {' and '.join(missing)} missing", hint=hint)
    read = {each.name: each.read(found.get(each.name, each.default), cls.name) for each in cls.parameters}
    if cls.kind == "multivariate":
        for parameter in cls.parameters:
            _refuse_array(cls, parameter, read[parameter.name])
    return read


def read_one(cls: type["Family"], which: int | str, value: Any) -> None:
    """Refuses one parameter, by position or by name, that would not do whatever the others are.

    Raises:
        NotADistribution: there is no such parameter, or its value is outside its domain.
    """
    if isinstance(which, str):
        parameter, convert = _meant(cls, which, signature(cls))
        value = convert(parameter, value, which)
    elif which < len(cls.parameters):
        parameter = cls.parameters[which]
    else:
        raise NotADistribution(f"{cls.name}: a value too many", hint=signature(cls))
    read = parameter.read(value, cls.name)
    if cls.kind == "multivariate":
        _refuse_array(cls, parameter, read)


def _refuse_array(cls: type["Family"], parameter: Parameter, value: Any) -> None:
    """Families of vectors are taken one at a time."""
    if not parameter.domain.dimensions and np.ndim(value):
        raise NotADistribution(
            f"{cls.name}: {parameter.name} is a list, where one number was expected",
            hint=f"{signature(cls)}: {cls.title}",
        )


def _meant(cls: type["Family"], name: str, hint: str) -> tuple[Parameter, Callable[[Parameter, Any, str], Any]]:
    for parameter in cls.parameters:
        if name == parameter.name or name in parameter.aliases:
            return parameter, lambda parameter, value, name: value
        if name in parameter.instead:
            return parameter, _converted(cls, parameter.instead[name])
    known = [other for each in cls.parameters for other in (each.name, *each.aliases, *each.instead)]
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}? {hint}" if near else hint
    raise NotADistribution(f"{cls.name}: there is no parameter {shorten(name)!r}", hint=hint)


def _converted(cls: type["Family"], convert: Callable[[Any], Any]) -> Callable[[Parameter, Any, str], Any]:
    def converted(parameter: Parameter, value: Any, name: str) -> Any:
        stated = Parameter(name, parameter.domain).read(value, cls.name)
        with np.errstate(all="ignore"):
            return convert(stated)

    return converted


def signature(cls: type["Family"]) -> str:
    """Returns "gamma(shape, rate)"."""
    return f"{cls.name}({', '.join(parameter.name for parameter in cls.parameters)})"
