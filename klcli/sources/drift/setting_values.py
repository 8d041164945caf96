"""Checks of the settings of drift: for each, the attribute of DriftSettings that it sets, and what a value may be."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

from klcli.core.estimation.significance.multiple_tests import ADJUSTMENTS
from klcli.core.measures.selection import names_of
from klcli.errors import KlError, UnknownName, UsageError
from klcli.sources.batch.setting_texts import as_in, shown, written
from klcli.sources.drift.preset_settings import preset_named
from klcli.sources.drift.settings import DriftSettings, Written, drift_measure, listed
from klcli.sources.formats.input_format import INPUT_FORMATS
from klcli.support.registry import nearest
from klcli.support.sentence import Option
from klcli.tables.binning import parse_bins

__all__ = ["SETTINGS", "SIDES", "TABLES", "WRITTEN", "by_side", "checked", "setting_named", "settings_of", "texts"]

_MISSING = ("apart", "bin", "drop", "fail")


def _one_of(*words: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value not in words:
            raise UsageError(f"{value!r} is not one of {', '.join(words)}")
        return str(value)

    return check


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1 or not isfinite(value):
        raise UsageError(f"{written(value)} is not a number between 0 and 1", hint=as_in("0.05", value))
    return float(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise UsageError(f"{written(value)} is not a whole number from 1", hint=as_in("50", value))
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise UsageError(f"{written(value)} is neither true nor false", hint=as_in("true", value))
    return value


def texts(value: Any) -> tuple[str, ...]:
    """Returns the texts of a list, or of comma lists.

    Raises:
        UsageError: the value is of another type.
    """
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, (list, tuple)) or not all(isinstance(item, str) for item in items):
        raise UsageError(f"{shown(value)} is not a list of texts", hint='as in ["amount*", "plan"]')
    return listed(items)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{shown(value)} is not a text")
    return value


def _words(value: Any) -> tuple[str, ...]:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, (list, tuple)) or not all(isinstance(item, str) for item in items):
        raise UsageError(f"{shown(value)} is not a list of texts", hint='as in ["NA", "-"]')
    return tuple(items)


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    items = [value] if isinstance(value, str) else list(value)
    found = []
    for item in items:
        names = tuple(part.strip() for part in item.split(",")) if isinstance(item, str) else tuple(item)
        if len(names) != 2 or not all(names) or names[0] == names[1]:
            raise UsageError(
                f"{shown(item)} is not a pair of columns", hint="as in " + Option("--pairs", "plan", "country")
            )
        found.append((names[0], names[1]))
    return tuple(found)


def _input_format(value: Any) -> str:
    if value not in ("csv", "tsv", "jsonl", "parquet"):
        INPUT_FORMATS.lookup(str(value))
        raise UsageError(f"a table is not read from {value}", hint="it may be csv, tsv, jsonl or parquet")
    return "csv" if value == "tsv" else str(value)


def _preset(value: Any) -> str:
    return preset_named(value).name


def _holdout(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1:
        raise UsageError(f"{written(value)} is not a number from 0 to 1", hint=as_in("0.01", value))
    return float(value)


# each setting: the attribute of DriftSettings, and what checks a value
SETTINGS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "measure": ("measures", lambda value: tuple(dict.fromkeys(map(drift_measure, names_of(texts(value)))))),
    "bins": ("bins", lambda value: parse_bins(str(value))),
    "alpha": ("alpha", _share),
    "adjust": ("adjust", _one_of(*ADJUSTMENTS.names())),
    "min_rows": ("min_rows", _whole),
    "missing": ("missing", _one_of(*_MISSING)),
    "columns": ("columns", texts),
    "exclude": ("exclude", texts),
    "pairs": ("pairs", _pairs),
    "new_columns": ("new_columns", _one_of("note", "fail")),
    "exact": ("is_exact", _flag),
    "strict": ("is_strict", _flag),
    "fail_on": ("fails_on_changed", lambda value: _one_of("exceeded", "changed")(value) == "changed"),
    "allow_missing": ("allow_missing", texts),
    "allow_insufficient": ("allows_insufficient", _flag),
    "allow_disjoint": ("allows_disjoint", _flag),
    "preset": ("preset", _preset),
    "holdout": ("holdout", _holdout),
}
# each setting of how a table is written, which p_ and q_ set for one: the field of Written, and what checks a value
WRITTEN: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "header": ("header", _flag),
    "na": ("na", _flag),
    "input_format": ("format", _input_format),
    "delimiter": ("delimiter", _text),
    "decimal": ("decimal", _one_of(".", ",")),
    "thousands": ("thousands", _text),
    "null": ("null", _words),
}
SIDES = {f"{side}_{field}": (side, field) for field, _ in WRITTEN.values() for side in "pq"}
TABLES = ("types", "limits")
_CHECKS = {
    **{name: check for name, (_, check) in (SETTINGS | WRITTEN).items()},
    **{f"{side}_{field}": check for field, check in WRITTEN.values() for side in "pq"},
}


def setting_named(name: str) -> str:
    """Returns the name of a setting, or of a table of settings, as it is known.

    Raises:
        UnknownName: no setting has this name.
    """
    key = name.strip().lower().replace("-", "_")
    key = {"measures": "measure"}.get(key, key)
    names = [*SETTINGS, *WRITTEN, *SIDES, *TABLES]
    if key not in names:
        near = nearest(key, names)
        shown = [each for each in names if each not in SIDES]
        hint = f"did you mean {near[0]}?" if near else f"it may be {', '.join(shown)}"
        raise UnknownName(f"no setting is called {name!r}", hint=hint)
    return key


def checked(name: str, value: Any) -> Any:
    """Returns the value of the attribute of DriftSettings or Written.

    Raises:
        KlError: a setting cannot have this value.
    """
    try:
        return _CHECKS[name](value)
    except KlError as error:
        raise error.at(name) from None
    except (AttributeError, TypeError):
        raise UsageError(f"{name} = {shown(value)} is not a text") from None


def by_side(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns settings of one origin with those of both tables, such as `delimiter`, as p_ and q_ where unset."""
    found = {name: value for name, value in values.items() if name not in WRITTEN}
    both = ((WRITTEN[name][0], value) for name, value in values.items() if name in WRITTEN)
    return {f"{side}_{field}": value for field, value in both for side in "pq"} | found


def settings_of(values: Mapping[str, Any], **more: Any) -> DriftSettings:
    """Returns the settings that checked values, from `by_side`, and further attributes make."""
    own = {SETTINGS[name][0]: value for name, value in values.items() if name in SETTINGS}
    sides: dict[str, dict[str, Any]] = {"p": {}, "q": {}}
    for name, (side, field) in SIDES.items():
        if name in values:
            sides[side][field] = values[name]
    return replace(DriftSettings(), p=Written(**sides["p"]), q=Written(**sides["q"]), **(own | more))
