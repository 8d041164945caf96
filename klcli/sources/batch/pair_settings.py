"""Settings that may differ from pair to pair: their names, their defaults and what each may be."""

from collections.abc import Callable, Iterable
from math import inf

from klcli.core.distributions.alignment import MISSING
from klcli.core.distributions.smoothing import parse_smoothing
from klcli.core.distributions.units import parse_base
from klcli.core.measures.selection import names_of, select
from klcli.errors import UnknownName, UsageError
from klcli.sources.batch.estimate_settings import check_kind, check_level
from klcli.sources.bytes.expansion import MAX_EXPAND, parse_expansion
from klcli.sources.columns.missing_labels import check_missing_label
from klcli.sources.formats.input_format import INPUT_FORMATS
from klcli.sources.formats.text_dialect import AUTO, parse_dialect
from klcli.sources.samples.kinds import MISSING as MISSING_VALUES
from klcli.support.registry import nearest

__all__ = ["PAIR_DEFAULTS", "RUN_TYPES", "canonical", "pair_options"]

PAIR_DEFAULTS = {
    "p_as": "auto", "q_as": "auto", "p_column": "", "q_column": "", "label": "", "p_format": "", "q_format": "",
    "header": "", "delimiter": AUTO, "p_decimal": ".", "q_decimal": ".", "thousands": "", "null": "",
    "missing_label": "error", "missing": "zero", "smooth": "none", "base": "e", "samples": "", "seed": "0",
    "estimate": "false", "level": "0.95", "estimator": "default",
    "max_expand": MAX_EXPAND, "timeout": "", "engine": "",
}  # fmt: skip


def _known_missing(word: str) -> None:
    if word not in MISSING and word not in MISSING_VALUES:
        raise UnknownName(
            f"{word!r} is not a way to treat a label on one side only",
            hint=f"it is {' or '.join(MISSING)}; of estimates {' or '.join(MISSING_VALUES)}",
        )


def _whole_number(name: str, least: int) -> Callable[[str], None]:
    def check(word: str) -> None:
        if not (word.isascii() and word.isdigit() and int(word) >= least):
            raise UsageError(f"{name} = {word} is not a whole number from {least}", hint=f"as in {name} = {least}")

    return check


def _seconds(word: str) -> None:
    try:
        is_right = 0 < float(word) < inf
    except ValueError:
        is_right = False
    if not is_right:
        raise UsageError(f"the timeout {word!r} is not a number of seconds above 0", hint="as in 60")


def _true_or_false(name: str) -> Callable[[str], None]:
    def check(word: str) -> None:
        if word.lower() not in ("true", "false"):
            raise UsageError(f"{name} = {word} is neither true nor false", hint="write true or false")

    return check


def _known_measures(words: str) -> None:
    for name in names_of(words.split()):
        select(name)


# settings that may differ from pair to pair, and the functions that refuse a wrong value
_CHECKS: dict[str, Callable[[str], object]] = {
    "measure": _known_measures,
    "as": check_kind,
    "p_as": check_kind,
    "q_as": check_kind,
    "label": str,
    "column": str,
    "p_column": str,
    "q_column": str,
    "input_format": INPUT_FORMATS.lookup,
    "p_format": INPUT_FORMATS.lookup,
    "q_format": INPUT_FORMATS.lookup,
    "delimiter": parse_dialect,
    **dict.fromkeys(("decimal", "p_decimal", "q_decimal"), lambda word: parse_dialect(decimal=word)),
    "thousands": lambda word: parse_dialect(thousands=word, decimal="," if word == "." else "."),
    "null": str,
    "header": _true_or_false("header"),
    "missing_label": check_missing_label,
    "missing": _known_missing,
    "smooth": parse_smoothing,
    "base": parse_base,
    "samples": _whole_number("samples", 2),
    "seed": _whole_number("seed", 0),
    "estimate": _true_or_false("estimate"),
    "level": check_level,
    "estimator": str,
    "max_expand": parse_expansion,
    "timeout": _seconds,
    "engine": str,
}
# settings that stand for two, of P and of Q
_OF_BOTH = {
    "as": ("p_as", "q_as"), "column": ("p_column", "q_column"), "input_format": ("p_format", "q_format"),
    "decimal": ("p_decimal", "q_decimal"),
}  # fmt: skip
# settings of the whole run
RUN_TYPES: dict[str, type] = {"jobs": int, "glob": list, "allow_unpaired": bool, "fail_fast": bool}
_ALIASES = {"measures": "measure", "limit": "limits", "fail_above": "limits"}


def canonical(name: str, known: Iterable[str] = ()) -> str:
    """Returns the canonical name of a setting: p_as for "P-As".

    Raises:
        UnknownName: it is neither a setting of a pair nor one of the `known` names.
    """
    key = name.strip().lower().replace("-", "_")
    key = _ALIASES.get(key, key)
    names = [*known, *_CHECKS, "limits"]
    if key not in names:
        near = nearest(key, names)
        hint = f"did you mean {near[0]}?" if near else f"it may be {', '.join(names)}"
        raise UnknownName(f"no setting is called {name!r}", hint=hint)
    return key


def pair_options(options: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Returns settings of a pair, checked, with those of both sides, such as `as`, expanded to `p_as` and `q_as`.

    Raises:
        UsageError: a value is invalid.
    """
    found = dict(options)
    for name, value in found.items():
        _CHECKS[name](value)
    for name, sides in _OF_BOTH.items():
        if name in found:
            found = {**dict.fromkeys(sides, found[name]), **found}
    return found
