"""Layers of settings of drift: the command line over the table [drift] of kl.toml over the defaults."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

from klcli.errors import KlError, UsageError
from klcli.notes import Note, no_settings
from klcli.sources.batch.configuration import nearest_table
from klcli.sources.batch.glob_limits import EVERY, GlobLimit, lowest
from klcli.sources.batch.settings import shown
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
from klcli.support.safe_text import exact

__all__ = ["DriftLayers", "drift_layers"]

_MARKS = {f"{side}_{name}" for name in ("delimiter", "decimal", "thousands") for side in "pq"}
# settings that hold under a preset, too
_KEPT = (
    "columns", "exclude", "new_columns", "allow_missing", "allow_insufficient", "preset", "holdout", *WRITTEN, *SIDES,
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
    given = {setting_named(name): value for name, value in given.items()}
    for name in TABLES:
        if name in given:
            raise UsageError(f"{name} cannot be set here")
    origin, found_table = nearest_table(config, (*SETTINGS, *WRITTEN, *SIDES))
    table = found_table or {}
    found = table.get("drift", {})
    with _named(origin):
        if not isinstance(found, dict):
            raise UsageError("[drift] must be a table")
        stored = renamed(found, setting_named)
    if "preset" in given or "preset" in stored:
        return _with_preset(given, types, limits, stored, origin, table, no_limits=no_limits)
    with _named(origin):
        file_values = by_side({name: checked(name, value) for name, value in stored.items() if name not in TABLES})
        file_limits = lowest(
            GlobLimit(pattern, drift_measure(name, f"[drift.limits.COLUMN] with psi = {bound:g} below"), bound)
            for pattern, name, bound in table_limits(stored.get("limits", {}))
        )
        file_types = _types(stored.get("types", {}))
    own = by_side({name: checked(name, value) for name, value in given.items()})
    own_limits = lowest(map(drift_limit, limits))
    own_types = _types(types)
    settings = settings_of(
        file_values | own,
        limits=() if no_limits else (*DEFAULT_LIMITS, *file_limits, *own_limits), types=(*file_types, *own_types),
        notes=_notes(origin, table),
        origins=_origins(origin, file_values, file_types, file_limits, own, types, own_limits),
    )  # fmt: skip
    try:
        settings.p.options, settings.q.options  # noqa: B018, they refuse marks that contradict each other
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
    table: Mapping[str, Any], *, no_limits: bool,
) -> DriftLayers:  # fmt: skip
    """Returns the settings of a run as another tool; of a file without the preset, what the tool does not decide."""
    is_of_file = "preset" not in given
    with _named(origin):
        file_values = by_side({name: checked(name, value) for name, value in stored.items() if name in _KEPT})
        file_types = _types(stored.get("types", {}))
        measures: tuple[str, ...] = ()
        file_limits: tuple[GlobLimit, ...] = ()
        if is_of_file:
            preset = preset_named(stored["preset"])
            refuse_decided(preset, stored)
            measures = preset_measures(preset, texts(stored.get("measure", ())))
            file_limits = preset_limits(preset, (), stored.get("limits", {}))
    if not is_of_file:
        preset = preset_named(given["preset"])
    refuse_decided(preset, given)
    if "holdout" in given and preset.name != "gx":
        raise UsageError(f"--holdout is of --preset gx, not of {preset.name}")
    own = by_side({name: checked(name, value) for name, value in given.items() if name != "measure"})
    settings = settings_of(
        (file_values | own) | {"preset": preset.name},
        measures=preset_measures(preset, texts(given["measure"])) if "measure" in given else measures,
        limits=(GlobLimit(EVERY, "", inf),) if no_limits else (*file_limits, *preset_limits(preset, limits, {})),
        types=(*file_types, *_types(types)),
        notes=_notes(origin, table),
        origins=_origins(origin, file_values, file_types, file_limits, own, types, ()),
    )  # fmt: skip
    origins = dict.fromkeys((*stored, *file_values), origin) | dict.fromkeys((*given, *own), "command line")
    rows = [row for row in _effective(settings, origins) if row[0] in (*_KEPT, "measure")]
    rows += [(f"limit {limit.measure or 'of any measure'}", exact(limit.limit), limit.pattern,
              origin if limit in file_limits else "command line") for limit in settings.limits]  # fmt: skip
    return DriftLayers(settings, tuple(rows))


def _notes(origin: str, table: Mapping[str, Any]) -> tuple[Note, ...]:
    return (no_settings(origin),) if table and "drift" not in table else ()


def _origins(
    origin: str, values: Mapping[str, Any], types: Iterable[tuple[str, Any]], limits: Iterable[GlobLimit],
    own: Mapping[str, Any], own_types: Iterable[str], own_limits: Iterable[GlobLimit],
) -> dict[tuple[str, str], str]:  # fmt: skip
    """Returns where patterns of columns stand that a settings file sets, and the command line does not."""
    found = {("types", pattern): f"{origin}: [drift.types]" for pattern, _ in types if pattern not in own_types}
    of_line = {limit.pattern for limit in own_limits}
    found |= {("limits", each.pattern): f"{origin}: [drift.limits]" for each in limits if each.pattern not in of_line}
    lists = (name for name in ("columns", "exclude", "allow_missing", "pairs") if name in values and name not in own)
    return found | {(name, ""): f"{origin}: {name}" for name in lists}


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


def _types(table: Any) -> tuple[tuple[str, Any], ...]:
    if not isinstance(table, Mapping):
        raise UsageError("types must be a table", hint='as in [drift.types], and below it zip = "category"')
    found = []
    for pattern, kind in table.items():
        try:
            found.append((pattern, kind_named(str(kind))))
        except KlError as error:
            raise error.at(f"the type of {pattern}") from None
    return tuple(found)
