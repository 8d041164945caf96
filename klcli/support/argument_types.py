"""Arguments of the wrong type, such as as_=None: what is said in the place of an error from somewhere within."""

from collections.abc import Callable, Iterable, Sequence
from numbers import Integral, Real
from types import NoneType
from typing import Any, get_args, get_origin

from klcli.errors import UsageError

__all__ = ["wrong_argument"]

_KINDS: dict[Any, tuple[type, str]] = {
    str: (str, "a text"), bool: (bool, "True or False"), int: (Integral, "a whole number"), float: (Real, "a number"),
    NoneType: (NoneType, "None"),
}  # fmt: skip


def wrong_argument(function: Callable[..., Any], args: Sequence[Any], named: dict[str, Any]) -> UsageError | None:
    """Returns an error that names the first argument whose type is not the declared one; None if all types fit.

    Only texts, numbers, truth values and sequences are known: an argument that may be anything else is not questioned.
    """
    declared, defaults = function.__annotations__, function.__kwdefaults__ or {}
    for name, value in {**dict(zip(function.__code__.co_varnames, args, strict=False)), **named}.items():
        kinds = get_args(declared.get(name)) if _is_union(declared.get(name)) else (declared.get(name),)
        if all(map(_is_known, kinds)) and not any(_is_of(kind, value) for kind in kinds):
            expected = " or ".join(_words(kind) for kind in kinds if kind is not NoneType)
            default = defaults.get(name)
            hint = f"as in {name}={default!r}, the default" if default is not None else None
            return UsageError(f"{name} is {value!r}, not {expected}", hint=hint)
    return None


def _is_union(declared: Any) -> bool:
    return get_origin(declared) is not None and not _is_sequence(declared)


def _is_sequence(kind: Any) -> bool:
    return get_origin(kind) in (Sequence, Iterable)


def _is_known(kind: Any) -> bool:
    return _is_sequence(kind) or (isinstance(kind, type) and kind in _KINDS)


def _is_of(kind: Any, value: object) -> bool:
    if not _is_sequence(kind):
        return isinstance(value, _KINDS[kind][0])
    are_texts = get_args(kind) == (str,)
    return isinstance(value, Iterable) and (not are_texts or all(isinstance(each, str) for each in value))


def _words(kind: Any) -> str:
    if not _is_sequence(kind):
        return _KINDS[kind][1]
    return "a sequence of texts" if get_args(kind) == (str,) else "a sequence"
