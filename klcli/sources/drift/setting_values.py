"""Checks of the settings of drift: for each, the attribute of DriftSettings that it sets, and what a value may be."""

from collections.abc import Callable
from math import isfinite
from typing import Any

from klcli.core.estimation.significance.multiple_tests import ADJUSTMENTS
from klcli.errors import KlError, UnknownName, UsageError
from klcli.sources.batch.settings import shown
from klcli.sources.drift.preset_settings import preset_named
from klcli.sources.drift.settings import drift_measure, listed
from klcli.sources.formats.input_format import INPUT_FORMATS
from klcli.support.registry import nearest
from klcli.tables.binning import parse_bins

__all__ = ["SETTINGS", "TABLES", "checked", "setting_named", "texts"]

_MISSING = ("apart", "bin", "drop", "fail")


def _one_of(*words: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value not in words:
            raise UsageError(f"{value!r} is not one of {', '.join(words)}")
        return str(value)

    return check


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1 or not isfinite(value):
        raise UsageError(f"{shown(value)} is not between 0 and 1", hint="as in 0.05")
    return float(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise UsageError(f"{shown(value)} is not a whole number from 1")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise UsageError(f"{shown(value)} is neither true nor false")
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
            raise UsageError(f"{shown(item)} is not a pair of columns", hint="as in --pairs plan,country")
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
        raise UsageError(f"{shown(value)} is not from 0 to 1", hint="as in --holdout 0.01")
    return float(value)


# each setting: the attribute of DriftSettings, and what checks a value
SETTINGS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "measure": ("measures", lambda value: tuple(dict.fromkeys(map(drift_measure, texts(value))))),
    "bins": ("bins", parse_bins),
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
    "header": ("has_header", _flag),
    "na": ("reads_na", _flag),
    "input_format": ("input_format", _input_format),
    "delimiter": ("delimiter", _text),
    "decimal": ("decimal", _one_of(".", ",")),
    "thousands": ("thousands", _text),
    "null": ("nulls", _words),
    "preset": ("preset", _preset),
    "holdout": ("holdout", _holdout),
}
TABLES = ("types", "limits")


def setting_named(name: str) -> str:
    """Returns the name of a setting, or of a table of settings, as it is known.

    Raises:
        UnknownName: no setting has this name.
    """
    key = name.strip().lower().replace("-", "_")
    key = {"measures": "measure"}.get(key, key)
    names = [*SETTINGS, *TABLES]
    if key not in names:
        near = nearest(key, names)
        hint = f"did you mean {near[0]}?" if near else f"it may be {', '.join(names)}"
        raise UnknownName(f"no setting is called {name!r}", hint=hint)
    return key


def checked(name: str, value: Any) -> Any:
    """Returns the value of the attribute of DriftSettings.

    Raises:
        KlError: a setting cannot have this value.
    """
    try:
        return SETTINGS[name][1](value)
    except KlError as error:
        raise error.at(name) from None
    except (AttributeError, TypeError):
        raise UsageError(f"{name} = {shown(value)} is not a text") from None
