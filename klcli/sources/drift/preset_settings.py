"""Settings under a preset: measures and limits are the tool's, and what the tool decides cannot be set."""

from collections.abc import Iterable
from typing import Any

from klcli.errors import UsageError
from klcli.sources.batch.glob_limits import GlobLimit, particular_last
from klcli.sources.drift.settings import limit_parts, table_limits
from klcli.support.sentence import Option, Sentence
from klcli.tables.presets import PRESETS
from klcli.tables.presets.preset import Preset

__all__ = ["preset_limits", "preset_measures", "preset_named", "refuse_decided"]

_SODA = "its PSI is a median over random samples of the reference"
_REFUSED = {"soda": _SODA, "soda3": _SODA, "soda-core": _SODA}
_DECIDED = ("bins", "alpha", "adjust", "min_rows", "missing", "pairs", "exact", "strict", "fail_on")


def preset_named(name: Any) -> Preset:
    """Returns the preset with this name.

    Raises:
        UnknownName: no preset has this name. UsageError: its numbers cannot be reproduced.
    """
    key = str(name).strip().lower()
    if key in _REFUSED:
        raise UsageError(
            f"preset {key} is not reproduced: {_REFUSED[key]}", hint=f"the presets are {', '.join(PRESETS.names())}"
        )
    return PRESETS.lookup(str(name))


def refuse_decided(preset: Preset, names: Iterable[str], *, in_file: bool = False) -> None:
    """Raises UsageError for a setting, of the command line or of a settings file, that the tool itself decides."""
    for name in names:
        if name in _DECIDED:
            setting = name if in_file else f"--{name.replace('_', '-')}"
            chosen = f'preset = "{preset.name}"' if in_file else f"--preset {preset.name}"
            raise UsageError(
                f"{setting} beside {chosen}: {preset.tool} decides it",
                hint=Sentence("leave ", setting if in_file else Option(setting), " out"),
            )


def preset_measures(preset: Preset, names: Iterable[str]) -> tuple[str, ...]:
    """Returns the tool's names of measures; errors as of Preset.method."""
    return tuple(dict.fromkeys(preset.method(name).name for name in names))


def preset_limits(preset: Preset, texts: Iterable[str], table: Any) -> tuple[GlobLimit, ...]:
    """Returns the limits of a settings file and of `--limit`; an unnamed one is of any measure."""
    found = []
    for pattern, name, bound in [*table_limits(table), *map(limit_parts, texts)]:
        found.append(GlobLimit(pattern, preset.method(name).name if name else "", bound))
    return particular_last(found)
