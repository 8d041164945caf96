"""Settings in a file: kl.toml, or [tool.kl] in pyproject.toml.

    measure = ["forward_kl"]       # any setting of a pair, and jobs, glob, allow_unpaired, fail_fast
    as = "counts"

    [limits]                       # for every pair
    forward_kl = 0.1

    [limits."letters/*"]           # for the pairs whose names match; a name wins over a pattern; inf removes a limit
    forward_kl = 0.05

A hyphen in a name counts as an underscore; an unknown name is an error.
"""

import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from math import inf
from pathlib import Path
from typing import Any

from klcli.core.measures.selection import select
from klcli.errors import KlError, UnknownName, UsageError
from klcli.notes import Note, settings_elsewhere, settings_hidden
from klcli.sources.batch.glob_limits import EVERY, WILDCARDS, GlobLimit, lowest, parsed_limit
from klcli.sources.batch.pair_settings import PAIR_DEFAULTS, RUN_TYPES, canonical, pair_options
from klcli.sources.batch.setting_texts import as_in, shown, written
from klcli.sources.batch.settings import Layer
from klcli.support.registry import renamed
from klcli.support.sentence import Command, Sentence

__all__ = ["find_configuration", "nearest_table", "notes_beside", "notes_on_origin"]

_OTHER_COMMAND = "drift"  # a table of its own, for kl drift
_LARGEST = sys.float_info.max


def find_configuration(path: Path | None) -> Layer:
    """Returns the settings of a file, or of the nearest kl.toml or pyproject.toml with [tool.kl] from here up.

    Raises:
        UsageError: it cannot be read, or a key or a value in it is wrong.
    """
    origin, table = nearest_table(path)
    return Layer("default") if table is None else _configuration(Path(origin), table)


def notes_beside(manifest: str, origin: str) -> tuple[Note, ...]:
    """Returns a note if a settings file stands beside a manifest, but another one, or none, is in force.

    Args:
        origin: Name of the settings in force.
    """
    beside = [path for path in _files_in(Path(manifest).parent) if _has_settings(path)]
    is_in_force = Path(origin).is_file() and any(path.samefile(origin) for path in beside)
    return () if is_in_force or not beside else (settings_elsewhere(str(beside[0])),)


def notes_on_origin(origin: str) -> tuple[Note, ...]:
    """Returns a note if another settings file stands beside the one in force, in the same folder."""
    first, second = _files_in(Path(origin).parent)
    is_hidden = first == Path(origin) and _has_settings(second)
    return (settings_hidden(str(second), str(first)),) if is_hidden else ()


def nearest_table(path: Path | None, of_other: Iterable[str] = ()) -> tuple[str, dict[str, Any] | None]:
    """Returns the name and the content of a settings file; None if none was named and none is found.

    Args:
        of_other: Names of settings that belong into the table of the other command.

    Raises:
        UsageError: it cannot be read, or a name in it is neither a setting nor the table of another command.
    """
    if path is not None:
        return str(path), _known(path, _table(path) or {}, of_other)
    for folder in (Path(), *Path.cwd().parents):
        for candidate in _files_in(folder):
            table = _table(candidate) if candidate.is_file() else None
            if table is not None:
                return str(candidate), _known(candidate, table, of_other)
    return "default", None


def _files_in(folder: Path) -> tuple[Path, Path]:
    """Returns the files of a folder that may hold settings, in order of precedence."""
    return folder / "kl.toml", folder / "pyproject.toml"


def _has_settings(path: Path) -> bool:
    try:
        return path.is_file() and _table(path) is not None
    except UsageError:
        return path.name == "kl.toml"  # a broken one holds settings, too


def _known(path: Path, table: dict[str, Any], of_other: Iterable[str]) -> dict[str, Any]:
    """Returns a table as it stands, whose names are all known; which command reads it makes no difference."""
    for name in _own(table):
        try:
            canonical(name, RUN_TYPES)
        except KlError as error:
            if name.replace("-", "_") not in of_other:
                raise error.at(path) from None
            hint = Sentence("it is a setting of ", Command(_OTHER_COMMAND), f": put it below [{_OTHER_COMMAND}]")
            raise UnknownName(f"{error.message}", place=path, hint=hint) from None
    return table


def _own(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in table.items() if name != _OTHER_COMMAND}


def _table(path: Path) -> dict[str, Any] | None:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{(error.strerror or str(error)).lower()}", place=path) from None
    except RecursionError:
        raise UsageError("nested too deeply", place=path) from None
    except ValueError as error:  # not TOML, or not UTF-8
        raise UsageError(f"not TOML: {str(error)[:1].lower()}{str(error)[1:]}", place=path) from None
    if path.name != "pyproject.toml":
        return document
    found = document.get("tool", {}).get("kl")
    return found if isinstance(found, dict) else None


def _configuration(path: Path, table: Mapping[str, Any]) -> Layer:
    options: dict[str, str] = {}
    run: dict[str, Any] = {}
    limits: tuple[GlobLimit, ...] = ()
    try:
        own = _own(table)
        renamed_own = renamed(own, lambda name: canonical(name, RUN_TYPES))
        for name, (key, value) in zip(own, renamed_own.items(), strict=True):
            if key == "limits":
                limits = lowest(_limits(value))
            elif key in RUN_TYPES:
                run[key] = _typed(name, [value] if key == "glob" and isinstance(value, str) else value, RUN_TYPES[key])
            else:
                options[key] = _text(name, value)
        return Layer(str(path), pair_options(options.items()), limits, run)
    except KlError as error:
        raise error.at(path) from None


def _limits(table: object) -> Iterator[GlobLimit]:
    if not isinstance(table, dict):
        raise UsageError("[limits] must be a table", hint="as in [limits], and below it forward_kl = 0.1")
    for name, value in table.items():
        pattern, bounds = (name, value) if isinstance(value, dict) else (EVERY, {name: value})
        for measure, bound in bounds.items():
            if isinstance(bound, str) and ":" in bound:
                yield parsed_limit(f"{measure}={bound}", (), pattern, sign=" = ", may_lift=True)
                continue
            if isinstance(bound, bool) or not isinstance(bound, (int, float)) or not bound > -inf:
                raise UsageError(f"limits: {measure} = {written(bound)} is not a number",
                                 hint=f"as in {measure} = 0.1, without quotes; inf removes a limit")  # fmt: skip
            if isinstance(bound, int) and abs(bound) > _LARGEST:
                raise UsageError(f"limits: {measure} is beyond {_LARGEST:.2g}", hint="inf removes a limit")
            if pattern == EVERY and WILDCARDS & {*measure}:
                raise UsageError(
                    f"limits: {measure!r} is a pattern of names, without a measure",
                    hint=f"as in [limits.{written(measure)}], and below it forward_kl = {bound}",
                )
            yield GlobLimit(pattern, select(measure).name, float(bound))


def _typed(name: str, value: object, wanted: type) -> object:
    is_right = isinstance(value, wanted) and not (wanted is int and isinstance(value, bool))
    if not is_right or (wanted is list and not all(isinstance(item, str) for item in value)):  # type: ignore[attr-defined]
        words = {int: "a whole number", bool: "true or false", list: "texts"}
        examples = {int: "2", bool: "true", list: '["*.csv"]'}
        raise UsageError(
            f"{name} = {written(value)} is not {words[wanted]}", hint=as_in(f"{name} = {examples[wanted]}", value)
        )
    if wanted is int and value < 1:  # type: ignore[operator]
        raise UsageError(f"{name} = {value} is not above 0", hint=f"as in {name} = 2")
    return value


def _text(name: str, value: object) -> str:
    key = canonical(name)
    if key in ("header", "estimate") and isinstance(value, bool):
        return shown(value)
    if key in ("label", "null") and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ",".join(value)
    items = value if isinstance(value, list) and key == "measure" else [value]
    if not all(isinstance(item, (str, int, float)) and not isinstance(item, bool) for item in items):
        default = PAIR_DEFAULTS.get(key)
        raise UsageError(f"{name} = {shown(value)} is not a text", hint=f'as in {name} = "{default}"' * bool(default))
    return " ".join(map(str, items))
