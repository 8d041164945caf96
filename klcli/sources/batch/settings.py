"""Settings of a batch: the command line takes precedence over the manifest, and that over kl.toml.

Each origin is a Layer. A setting of both sides, such as `as`, is expanded within its layer, so that it overrules a
weaker p_as.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import isinf
from typing import Any

from klcli.core.limits import parse_limit
from klcli.core.measures.measure import select
from klcli.core.measures.selection import names_of
from klcli.errors import KlError
from klcli.sources.batch.batch_entry import BatchEntry
from klcli.sources.batch.globs import glob_matcher
from klcli.sources.batch.pair_settings import PAIR_DEFAULTS, RUN_TYPES, pair_options
from klcli.sources.formats.text_dialect import TextDialect, parse_dialect
from klcli.sources.operands.read_options import ReadOptions
from klcli.support.safe_text import exact

__all__ = [
    "EVERY",
    "GlobLimit",
    "Layer",
    "Plan",
    "RunOptions",
    "Settings",
    "command_line",
    "shown",
]

EVERY = "*"  # the pattern that matches every name of a pair


@dataclass(frozen=True, slots=True)
class Plan:
    """How one pair is evaluated; plain and hashable, so that pairs can share it and a process can receive it.

    Attributes:
        measures: the names to compute. limits: such as "forward_kl=0.1".
    """

    reading: ReadOptions
    measures: tuple[str, ...]
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GlobLimit:
    """A limit on a measure, by its full name, for the pairs whose names match a pattern; inf removes it."""

    pattern: str
    measure: str
    limit: float


@dataclass(frozen=True, slots=True)
class Layer:
    """Settings of one origin, such as "command line" or "kl.toml"; `run` holds those of the whole run."""

    origin: str
    options: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[GlobLimit, ...] = ()
    run: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Settings of the run: processes (None for all that may be used), which files, and when to stop."""

    jobs: int | None
    glob: tuple[str, ...]
    allow_unpaired: bool
    fail_fast: bool


class Settings:
    """The layers, the strongest first; the manifest's own settings rank between them."""

    def __init__(self, command_line: Layer, configuration: Layer) -> None:
        self._layers = (command_line, configuration)
        self._globs = [glob_matcher(limit.pattern) for limit in configuration.limits]
        self._plan = lru_cache(256)(self._merged)

    @property
    def run(self) -> RunOptions:
        found = {**self._layers[1].run, **self._layers[0].run}
        return RunOptions(
            found.get("jobs"), tuple(found.get("glob", ())), found.get("allow_unpaired", False),
            found.get("fail_fast", False),
        )  # fmt: skip

    def plan(self, entry: BatchEntry) -> Plan:
        """Returns how a pair is evaluated.

        Raises:
            UsageError: a setting of its own is wrong; the message begins with its place.
        """
        matching = tuple(index for index, matches in enumerate(self._globs) if matches(entry.name))
        try:
            return self._plan(entry.options, entry.limits, matching)
        except KlError as error:
            raise (error.at(entry.place) if entry.place else error) from None

    def effective(self) -> Iterator[tuple[str, str, str, str]]:
        """Yields the settings that hold unless a manifest overrides them: name, value, pattern of pairs, origin."""
        strong, weak = self._layers
        for name, default in {"measure": "", **PAIR_DEFAULTS}.items():
            layer = next((layer for layer in self._layers if name in layer.options), None)
            value = default if layer is None else layer.options[name]
            if name == "measure" and not value:
                value = "those that have a limit, else forward_kl"
            yield name, value, EVERY, "default" if layer is None else layer.origin
        for name in RUN_TYPES:
            layer = next((layer for layer in self._layers if name in layer.run), None)
            yield name, shown(getattr(self.run, name)), EVERY, "default" if layer is None else layer.origin
        overruled = {limit.measure for limit in strong.limits}
        for layer in (weak, strong):
            for limit in layer.limits:
                if layer is strong or limit.measure not in overruled:
                    yield f"limit {limit.measure}", exact(limit.limit), limit.pattern, layer.origin

    def _merged(self, options: tuple[tuple[str, str], ...], limits: tuple[str, ...], matching: tuple[int, ...]) -> Plan:
        strong, weak = self._layers
        chosen = {**PAIR_DEFAULTS, **weak.options, **pair_options(options), **strong.options}
        bounds = {weak.limits[index].measure: weak.limits[index].limit for index in matching}
        named = names_of(chosen.get("measure", "").split())
        for limit in (parse_limit(text, named) for text in limits):
            bounds[limit.measure.name] = limit.limit
        bounds.update((limit.measure, limit.limit) for limit in strong.limits)
        bounds = {name: bound for name, bound in bounds.items() if not isinf(bound)}
        asked = named or ([] if bounds else ["forward_kl"])
        reading = ReadOptions(
            (chosen["p_as"], chosen["q_as"]),
            (chosen["p_column"] or None, chosen["q_column"] or None),
            chosen["label"] or None,
            (chosen["p_format"] or None, chosen["q_format"] or None),
            chosen["missing"],
            None if chosen["smooth"] == "none" else chosen["smooth"],
            chosen["base"],
            int(chosen["samples"]) if chosen["samples"] else None,
            int(chosen["seed"]),
            chosen["header"].lower() == "true" if chosen["header"] else None,
            chosen["missing_label"],
            chosen["max_expand"],
            _dialect(chosen),
            one if (one := chosen.get("column")) and one == chosen["p_column"] == chosen["q_column"] else None,
        )
        names = dict.fromkeys([*(select(name).name for name in asked), *bounds])
        return Plan(reading, tuple(names), tuple(f"{name}={bound!r}" for name, bound in bounds.items()))


def _dialect(chosen: Mapping[str, str]) -> TextDialect:
    nulls = tuple(chosen["null"].split(",")) if chosen["null"] else ()
    return parse_dialect(chosen["delimiter"], chosen["decimal"], chosen["thousands"], nulls)


def command_line(options: Mapping[str, str], limits: Sequence[str], run: Mapping[str, Any]) -> Layer:
    """Returns the layer of the command line.

    Raises:
        UsageError: a value is invalid.
    """
    asked = names_of(options.get("measure", "").split())
    parsed = [parse_limit(text, asked) for text in limits]
    bounds = tuple(GlobLimit(EVERY, limit.measure.name, limit.limit) for limit in parsed)
    return Layer("command line", pair_options(options.items()), bounds, run)


def shown(value: object) -> str:
    """Returns the value of a setting as a person would write it."""
    match value:
        case bool():
            return str(value).lower()
        case None:
            return "as many as there are processors"
        case tuple() | list():
            return " ".join(map(str, value))
        case _:
            return str(value)
