"""A commented kl.toml for `kl drift`: the settings in force, and the kinds of the columns of a reference."""

import json
import re
from collections.abc import Iterable, Iterator
from math import inf

from klcli.engines.countable import Countable
from klcli.runs.drift.matching import decisions_of
from klcli.sources.batch.glob_limits import EVERY
from klcli.sources.drift.setting_values import SETTINGS, WRITTEN
from klcli.sources.drift.settings import DEFAULT_LIMITS, DriftSettings, matches
from klcli.support.text.safe_text import exact, visible

__all__ = ["settings_file"]

_HEAD = "# Settings of `kl drift`, for {name}; the command line overrides them."
_EXAMPLES = {  # shown as comments where the default is in force
    "measure": '["jeffreys", "jensen_shannon"]',
    "bins": '"quantile:10"',
    "alpha": "0.05             # chance of any false alarm in a run",
    "adjust": '"holm"',
    "min_rows": "50",
    "missing": '"apart"        # or bin, drop, fail',
    "exclude": '["*_id"]',
}
_WILDCARD = re.compile(r"[*?[]")


def settings_file(table: Countable, settings: DriftSettings) -> str:
    """Returns the text of a settings file with the settings in force that pins the kinds of the columns of a table."""
    chosen = [column for column in table.columns if settings.is_chosen(column.name)]
    decisions = decisions_of(table, chosen, table.facts(chosen), settings)
    values = dict(_values(settings))
    lines = [_HEAD.format(name=visible(table.name)), "[drift]"]
    lines += [f"{name} = {values.pop(name)}" if name in values else f"# {name} = {example}"
              for name, example in _EXAMPLES.items()]  # fmt: skip
    lines += [*(f"{name} = {value}" for name, value in values.items()), "", "[drift.types]"]
    for name, decision in decisions.items():
        mark = "# " if decision.kind.value == "empty" else ""
        lines.append(f'{mark}{_key(name, decisions)} = "{decision.kind.value}"  # {visible(decision.why)}')
    limits = _limits(settings)
    lines += ["", "[drift.limits]", *limits.pop(EVERY, ())]
    for pattern, of_pattern in limits.items():
        lines += ["", f"[drift.limits.{_quoted(pattern)}]", *of_pattern]
    lines += ["", '# [drift.limits."amount*"]', "# wasserstein_sd = 0.1", ""]
    return "\n".join(lines)


def _values(settings: DriftSettings) -> Iterator[tuple[str, str]]:
    """Yields the settings that are not as by default, with their values in TOML."""
    default = DriftSettings()
    for name, (attribute, _) in SETTINGS.items():
        value = getattr(settings, attribute)
        if value != getattr(default, attribute) and value != ():  # under a preset no measure is the tool's choice
            value = "changed" if name == "fail_on" else value.text if name == "bins" else value
            yield name, _toml(value)
    for name, (field, _) in WRITTEN.items():
        sides = {f"{side}_{field}": getattr(getattr(settings, side), field) for side in "pq"}
        if len({*sides.values()}) == 1:
            sides = {name: sides[f"p_{field}"]}
        yield from ((key, _toml(value)) for key, value in sides.items() if value != getattr(default.p, field))


def _limits(settings: DriftSettings) -> dict[str, list[str]]:
    """Returns the lines of limits by pattern, without those over which a later one, of a stronger layer, holds."""
    found: dict[tuple[str, str], float] = {}
    if settings.preset is None:  # a limit by default that is not in force is lifted
        found = {(EVERY, limit.measure): inf for limit in DEFAULT_LIMITS}
    layers = dict.fromkeys(found, -1)
    for limit in settings.limits:
        for pattern, measure in [*found]:
            is_weaker = layers[pattern, measure] < limit.layer and matches(pattern, (limit.pattern,))
            if is_weaker and limit.measure in ("", measure):
                del found[pattern, measure]
        found[limit.pattern, limit.measure], layers[limit.pattern, limit.measure] = limit.limit, limit.layer
    lines: dict[str, list[str]] = {}
    for (pattern, measure), bound in found.items():
        name = measure if measure.isidentifier() else _quoted(measure)
        lines.setdefault(pattern, []).append(f"{name} = {exact(bound)}")
    return lines


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return _quoted(value)
        case tuple():
            return f"[{', '.join(map(_toml, value))}]"
        case float():
            return exact(value)
    return str(value)


def _key(name: str, names: Iterable[str]) -> str:
    """Returns the name of a column as a key of TOML, and as a pattern that matches no other column."""
    if any(matches(other, (name,)) for other in names if other != name):
        name = _WILDCARD.sub(r"[\g<0>]", name)
    return _quoted(name)


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)  # each escape of JSON is one of TOML
    return "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in quoted)
