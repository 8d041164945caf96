"""Hints in terms of Python: what `--as weights` is on the command line is `as_="weights"` in a call."""

import re
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from klcli.errors import KlError

__all__ = ["in_python_terms", "python_hint"]

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_FLAG = re.compile(
    r"--(as|p-as|q-as|smooth|missing|base|max-expand|temperature|target)\b(?:[ =](?!(?:or|and|if|to)\b)([\w:.%]+))?"
)
_MEASURE = re.compile(r"-m ([\w:.]+)")


def python_hint(hint: str | None) -> str | None:
    """Returns a hint with the options of the command line as arguments of a call."""
    return None if hint is None else _MEASURE.sub(r'measures="\1"', _FLAG.sub(_argument, hint))


def in_python_terms(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Decorates a function of the Python face: the hints of its errors, part of their text, name arguments."""

    @wraps(function)
    def translated(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except KlError as error:
            error.hint, error.shows_hint = python_hint(error.hint), True
            raise

    return translated


def _argument(found: re.Match[str]) -> str:
    name = found[1].replace("-", "_") + "_" * (found[1] == "as")
    return f'{name}="{found[2]}"' if found[2] else f"{name}="
