"""Layers of settings of drift: the command line over the table [drift] of kl.toml over the defaults."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from math import inf, isfinite
from pathlib import Path
from typing import Any, NamedTuple

from klcli.core.estimation.multiple_tests import ADJUSTMENTS
from klcli.errors import KlError, UnknownName, UsageError
from klcli.sources.batch.configuration import nearest_table
from klcli.sources.batch.settings import EVERY, GlobLimit, shown
from klcli.sources.drift.settings import DEFAULT_LIMITS, DriftSettings, drift_limit, drift_measure, kind_named, listed
from klcli.sources.formats.input_format import INPUT_FORMATS
from klcli.support.registry import nearest
from klcli.support.safe_text import exact
from klcli.tables.binning import parse_bins

__all__ = ["DriftLayers", "drift_layers"]

_MISSING = ("apart", "bin", "drop", "fail")


def _one_of(*words: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value not in words:
            raise UsageError(f"{value!r} is none of {', '.join(words)}")
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


def _texts(value: Any) -> tuple[str, ...]:
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
    from klcli.sources.drift.preset_settings import preset_named

    return preset_named(value).name


def _holdout(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1:
        raise UsageError(f"{shown(value)} is not from 0 to 1", hint="as in --holdout 0.01")
    return float(value)


# each setting: the attribute of DriftSettings, and what checks a value
_KEYS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "measure": ("measures", lambda value: tuple(dict.fromkeys(map(drift_measure, _texts(value))))),
    "bins": ("bins", parse_bins),
    "alpha": ("alpha", _share),
    "adjust": ("adjust", _one_of(*ADJUSTMENTS.names())),
    "min_rows": ("min_rows", _whole),
    "missing": ("missing", _one_of(*_MISSING)),
    "columns": ("columns", _texts),
    "exclude": ("exclude", _texts),
    "pairs": ("pairs", _pairs),
    "new_columns": ("new_columns", _one_of("note", "fail")),
    "strict": ("is_strict", _flag),
    "fail_on": ("fails_on_changed", lambda value: _one_of("exceeded", "changed")(value) == "changed"),
    "allow_missing": ("allow_missing", _texts),
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
_TABLES = ("types", "limits")
_MARKS = {"delimiter", "decimal", "thousands"}
# settings that hold under a preset, too
_KEPT = (
    "columns", "exclude", "new_columns", "allow_missing", "allow_insufficient", "header", "na", "input_format",
    "delimiter", "decimal", "thousands", "null", "preset", "holdout",
)  # fmt: skip


class DriftLayers(NamedTuple):
    """The resolved settings, and where each comes from: name, value, columns, origin."""

    settings: DriftSettings
    effective: tuple[tuple[str, str, str, str], ...]


def drift_layers(
    given: Mapping[str, Any], types: Mapping[str, str], limits: tuple[str, ...], config: Path | None, *,
    no_limits: bool = False,
) -> DriftLayers:  # fmt: skip
    """Returns the settings of a run.

    Args:
        given: Settings of the command line, by name. types: Kinds by pattern. limits: As in `drift_limit`.
        config: A settings file; None for the nearest.

    Raises:
        UsageError: a setting is unknown or wrong; the message names the file it stands in.
    """
    origin, table = nearest_table(config)
    found = table.get("drift", {}) if table else {}
    with _named(origin):
        if not isinstance(found, dict):
            raise UsageError("[drift] must be a table")
        stored = {_canonical(name): value for name, value in found.items()}
    if "preset" in given or "preset" in stored:
        return _with_preset(given, types, limits, stored, origin, no_limits=no_limits)
    with _named(origin):
        file_values = {name: _checked(name, value) for name, value in stored.items() if name not in _TABLES}
        file_limits = tuple(_table_limits(stored.get("limits", {})))
        file_types = _types(stored.get("types", {}))
    own = {name: _checked(name, value) for name, value in given.items()}
    own_limits = tuple(map(drift_limit, limits))
    own_types = _types(types)
    merged = file_values | own
    settings = replace(
        DriftSettings(), **{_KEYS[name][0]: value for name, value in merged.items()},
        limits=() if no_limits else (*DEFAULT_LIMITS, *file_limits, *own_limits), types=(*file_types, *own_types),
    )  # fmt: skip
    try:
        settings.reading  # noqa: B018, it refuses marks that contradict each other
    except KlError as error:
        raise (error if own.keys() & _MARKS else error.at(f"{origin}: [drift]")) from None
    origins = dict.fromkeys(file_values, origin) | dict.fromkeys(own, "command line")
    rows = list(_effective(settings, origins))
    for some, where in ((file_types, origin), (own_types, "command line")):
        rows += [(f"type {pattern}", kind.value, pattern, where) for pattern, kind in some]
    if not no_limits:
        layers = ((DEFAULT_LIMITS, "default"), (file_limits, origin), (own_limits, "command line"))
        rows += [(f"limit {limit.measure}", exact(limit.limit), limit.pattern, where)
                 for some, where in layers for limit in some]  # fmt: skip
    return DriftLayers(settings, tuple(rows))


@contextmanager
def _named(origin: str) -> Iterator[None]:
    """Puts the settings file before what is wrong with it."""
    try:
        yield
    except KlError as error:
        raise error.at(f"{origin}: [drift]") from None


def _with_preset(
    given: Mapping[str, Any], types: Mapping[str, str], limits: tuple[str, ...], stored: Mapping[str, Any], origin: str,
    *, no_limits: bool,
) -> DriftLayers:  # fmt: skip
    """Returns the settings of a run as another tool; of a file without the preset, what the tool does not decide."""
    from klcli.sources.drift.preset_settings import preset_limits, preset_measures, preset_named, refuse_decided

    is_of_file = "preset" not in given
    with _named(origin):
        file_values = {name: _checked(name, value) for name, value in stored.items() if name in _KEPT}
        file_types = _types(stored.get("types", {}))
        measures: tuple[str, ...] = ()
        file_limits: tuple[GlobLimit, ...] = ()
        if is_of_file:
            preset = preset_named(stored["preset"])
            refuse_decided(preset, stored)
            measures = preset_measures(preset, _texts(stored.get("measure", ())))
            file_limits = preset_limits(preset, (), stored.get("limits", {}))
    if not is_of_file:
        preset = preset_named(given["preset"])
    refuse_decided(preset, given)
    if "holdout" in given and preset.name != "gx":
        raise UsageError(f"--holdout is of --preset gx, not of {preset.name}")
    own = {name: _checked(name, value) for name, value in given.items() if name != "measure"}
    settings = replace(
        DriftSettings(), **{_KEYS[name][0]: value for name, value in (file_values | own).items()},
    )  # fmt: skip
    settings = replace(
        settings, preset=preset.name,
        measures=preset_measures(preset, _texts(given["measure"])) if "measure" in given else measures,
        limits=(GlobLimit(EVERY, "", inf),) if no_limits else (*file_limits, *preset_limits(preset, limits, {})),
        types=(*file_types, *_types(types)),
    )  # fmt: skip
    origins = dict.fromkeys(stored, origin) | dict.fromkeys(given, "command line")
    rows = [row for row in _effective(settings, origins) if row[0] in (*_KEPT, "measure")]
    rows += [(f"limit {limit.measure or 'of any measure'}", exact(limit.limit), limit.pattern,
              origin if limit in file_limits else "command line") for limit in settings.limits]  # fmt: skip
    return DriftLayers(settings, tuple(rows))


def _effective(settings: DriftSettings, origins: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    for name, (attribute, _) in _KEYS.items():
        value = getattr(settings, attribute)
        text = value.text if name == "bins" else shown(value)
        if name == "fail_on":
            text = "changed" if value else "exceeded"
        elif name == "pairs":
            text = " ".join(map(",".join, value))
        elif value is None:
            text = {"preset": "none", "input_format": "by suffix"}.get(name, "yes, noted if it looks like data")
        yield name, text, EVERY, origins.get(name, "default")


def _canonical(name: str) -> str:
    key = name.strip().lower().replace("-", "_")
    key = {"measures": "measure"}.get(key, key)
    names = [*_KEYS, *_TABLES]
    if key not in names:
        near = nearest(key, names)
        hint = f"did you mean {near[0]}?" if near else f"it may be {', '.join(names)}"
        raise UnknownName(f"no setting is called {name!r}", hint=hint)
    return key


def _checked(name: str, value: Any) -> Any:
    try:
        return _KEYS[name][1](value)
    except KlError as error:
        raise error.at(name) from None
    except (AttributeError, TypeError):
        raise UsageError(f"{name} = {shown(value)} is not a text") from None


def _types(table: Any) -> tuple[tuple[str, Any], ...]:
    if not isinstance(table, Mapping):
        raise UsageError("types must be a table", hint='as in [drift.types], and below it zip = "category"')
    return tuple((pattern, kind_named(str(kind))) for pattern, kind in table.items())


def _table_limits(table: Any) -> Iterator[GlobLimit]:
    if not isinstance(table, Mapping):
        raise UsageError("limits must be a table", hint="as in [drift.limits], and below it jeffreys = 0.1")
    for name, value in table.items():
        pattern, bounds = (name, value) if isinstance(value, Mapping) else (EVERY, {name: value})
        for measure, bound in bounds.items():
            if isinstance(bound, bool) or not isinstance(bound, (int, float)) or not bound >= 0:
                raise UsageError(f"limits: {measure} = {shown(bound)} is not a number from 0", hint="inf lifts a limit")
            yield GlobLimit(pattern, drift_measure(measure), float(bound))
