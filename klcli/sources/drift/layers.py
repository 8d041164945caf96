"""Layers of settings of drift: the command line over the table [drift] of kl.toml over the defaults."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from math import inf
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from klcli.errors import KlError, Place, UsageError
from klcli.notes import Note, no_settings
from klcli.sources.batch.configuration import nearest_table, notes_on_origin
from klcli.sources.batch.glob_limits import EVERY, GlobLimit, lowest
from klcli.sources.batch.setting_texts import shown
from klcli.sources.drift.preset_settings import preset_limits, preset_measures, preset_named, refuse_decided
from klcli.sources.drift.setting_values import (
    SETTINGS,
    SIDES,
    TABLES,
    WRITTEN,
    by_side,
    checked,
    setting_named,
    settings_of,
    texts,
)  # fmt: skip
from klcli.sources.drift.settings import (
    DEFAULT_LIMITS,
    DriftSettings,
    drift_limit,
    drift_measure,
    kind_named,
    table_limits,
)  # fmt: skip
from klcli.support.registry import renamed
from klcli.support.text.safe_text import exact
from klcli.tables.column import Kind
from klcli.tables.presets.preset import Preset

__all__ = ["DriftLayers", "drift_layers"]

_MARKS = {f"{side}_{name}" for name in ("delimiter", "decimal", "thousands") for side in "pq"}
_NO_LIMIT_OF_TOOL = (GlobLimit(EVERY, "", inf),)
# settings that hold under a preset, too
_KEPT = (
    "columns", "exclude", "new_columns", "allow_missing", "allow_insufficient", "preset", "holdout", *WRITTEN, *SIDES,
)  # fmt: skip


class DriftLayers(NamedTuple):
    """The resolved settings.

    Attributes:
        effective: Where each comes from: name, value, columns, origin. file: The settings file; empty without one.
    """

    settings: DriftSettings
    effective: tuple[tuple[str, str, str, str], ...]
    file: str = ""


class _Layer(NamedTuple):
    """Settings of one origin, such as "command line" or "kl.toml"; `values` are checked, and from `by_side`."""

    origin: str
    values: Mapping[str, Any] = MappingProxyType({})
    types: tuple[tuple[str, Kind], ...] = ()
    limits: tuple[GlobLimit, ...] = ()


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
    given = {setting_named(name): value for name, value in given.items()}
    given = {name: value for name, value in given.items() if value is not None}  # the default, in Python
    for name in TABLES:
        if name in given:
            raise UsageError(f"{name} cannot be set here")
    origin, table = nearest_table(config, (*SETTINGS, *WRITTEN, *SIDES))
    found = (table or {}).get("drift", {})
    with _named(origin):
        if not isinstance(found, dict):
            raise UsageError("[drift] must be a table")
        stored = renamed(found, setting_named)
        of_file = preset_named(stored["preset"]) if "preset" in stored else None
    preset = preset_named(given["preset"]) if "preset" in given else of_file
    with _named(origin):
        file = _file_layer(origin, stored, preset, is_of_file=preset == of_file)
    line = _line_layer(given, types, limits, preset)
    default = _Layer("default", limits=DEFAULT_LIMITS) if preset is None else _Layer("default", {"measure": ()})
    if no_limits:
        default, file = default._replace(limits=()), file._replace(limits=())
        if preset is not None:
            line = line._replace(limits=(*_NO_LIMIT_OF_TOOL, *line.limits))
    notes = [no_settings(origin)] if table and "drift" not in table else []
    notes += notes_on_origin(origin) if config is None else ()
    settings = replace(_resolved((default, file, line), tuple(notes)), given=frozenset(given))
    rows = list(_effective(settings, dict.fromkeys(file.values, origin) | dict.fromkeys(line.values, line.origin)))
    if preset is not None:
        rows = [row for row in rows if row[0] in (*_KEPT, "measure")]
    layers = (default, file, line)
    rows += [(f"type {pattern}", kind.value, pattern, each.origin) for each in layers for pattern, kind in each.types]
    rows += [(f"limit {limit.measure or 'of any measure'}", exact(limit.limit), limit.pattern, each.origin)
             for each in layers for limit in each.limits]  # fmt: skip
    return DriftLayers(settings, tuple(rows), "" if table is None else origin)


@contextmanager
def _named(origin: str) -> Iterator[None]:
    """Puts the settings file before what is wrong with it."""
    try:
        yield
    except KlError as error:
        raise error.at(Place(origin).then("[drift]")) from None


def _file_layer(origin: str, stored: Mapping[str, Any], preset: Preset | None, *, is_of_file: bool) -> _Layer:
    """Returns the settings of a file; beside a preset that is not the file's, those that its tool does not decide."""
    types, table = _types(stored.get("types", {})), stored.get("limits", {})
    if preset is None:
        limits = lowest(
            GlobLimit(pattern, drift_measure(name, f"[drift.limits.COLUMN] with psi = {bound:g} below"), bound)
            for pattern, name, bound in table_limits(table)
        )
        return _Layer(origin, _values(stored, None), types, limits)
    if not is_of_file:
        return _Layer(origin, _values({name: stored[name] for name in _KEPT if name in stored}, preset), types)
    refuse_decided(preset, stored, in_file=True)
    return _Layer(origin, _values(stored, preset), types, preset_limits(preset, (), table))


def _line_layer(
    given: Mapping[str, Any], types: Mapping[str, str], limits: tuple[str, ...], preset: Preset | None
) -> _Layer:
    if preset is None:
        return _Layer("command line", _values(given, None), _types(types), lowest(map(drift_limit, limits)))
    refuse_decided(preset, given)
    if "holdout" in given and preset.name != "gx":
        raise UsageError(f"--holdout is of --preset gx, not of {preset.name}")
    return _Layer("command line", _values(given, preset), _types(types), preset_limits(preset, limits, {}))


def _values(settings: Mapping[str, Any], preset: Preset | None) -> dict[str, Any]:
    """Returns checked values by name; measures beside a preset are its tool's."""
    found = {name: checked(name, value) for name, value in settings.items() if name not in (*TABLES, "measure")}
    if "measure" in settings:
        names = settings["measure"]
        found["measure"] = checked("measure", names) if preset is None else preset_measures(preset, texts(names))
    return by_side(found)


def _resolved(layers: tuple[_Layer, _Layer, _Layer], notes: tuple[Note, ...]) -> DriftSettings:
    """Returns the settings of the defaults, the file and the command line, the last first.

    Raises:
        UsageError: marks in the numbers of a table contradict each other.
    """
    default, file, line = layers
    limits = tuple(replace(limit, layer=at) for at, layer in enumerate(layers) for limit in layer.limits)
    settings = settings_of(
        {**default.values, **file.values, **line.values}, notes=notes, origins=_origins(file, line),
        types=(*file.types, *line.types), limits=limits,
    )  # fmt: skip
    try:
        settings.p.options, settings.q.options  # noqa: B018, they refuse them
    except KlError as error:
        raise (error if line.values.keys() & _MARKS else error.at(Place(file.origin).then("[drift]"))) from None
    return settings


def _origins(file: _Layer, line: _Layer) -> dict[tuple[str, str], str]:
    """Returns where patterns of columns stand that a settings file sets, and the command line does not."""
    own = {("types", pattern) for pattern, _ in line.types} | {("limits", limit.pattern) for limit in line.limits}
    found = [("types", pattern) for pattern, _ in file.types] + [("limits", limit.pattern) for limit in file.limits]
    lists = {"columns", "exclude", "allow_missing", "pairs"} & file.values.keys() - line.values.keys()
    return {key: f"{file.origin}: [drift.{key[0]}]" for key in found if key not in own} | {
        (name, ""): f"{file.origin}: {name}" for name in lists
    }


def _effective(settings: DriftSettings, origins: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    for name, (attribute, _) in SETTINGS.items():
        value = getattr(settings, attribute)
        text = value.text if name == "bins" else shown(value)
        if name == "fail_on":
            text = "changed" if value else "exceeded"
        elif name == "pairs":
            text = " ".join(map(",".join, value))
        elif value is None:
            text = "none"
        yield name, text, EVERY, origins.get(name, "default")
    for name, (field, _) in WRITTEN.items():
        rows = [(_written(name, getattr(written, field)), EVERY, origins.get(f"{side}_{field}", "default"))
                for side, written in (("p", settings.p), ("q", settings.q))]  # fmt: skip
        if rows[0] == rows[1]:
            yield name, *rows[0]
        else:
            yield f"p_{field}", *rows[0]
            yield f"q_{field}", *rows[1]


def _written(name: str, value: Any) -> str:
    """Returns the value of a setting of how a table is written, in words where nothing is set."""
    unset = {"input_format": "by suffix", "header": "yes, noted if it looks like data"}
    return unset[name] if value is None else shown(value)


def _types(table: Any) -> tuple[tuple[str, Kind], ...]:
    if not isinstance(table, Mapping):
        raise UsageError("types must be a table", hint='as in [drift.types], and below it zip = "category"')
    found = []
    for pattern, kind in table.items():
        try:
            found.append((pattern, kind_named(str(kind))))
        except KlError as error:
            raise error.at(f"the type of {pattern}") from None
    return tuple(found)
