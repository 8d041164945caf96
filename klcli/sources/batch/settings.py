"""Settings of a batch: the command line takes precedence over the manifest, and that over kl.toml.

Each origin is a Layer. A setting of both sides, such as `as`, is expanded within its layer, so that it overrules a
weaker p_as.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import isinf
from typing import Any

from klcli.core.measures.selection import limited_measure, names_of, select
from klcli.engines.address import Access
from klcli.errors import KlError, Place, UsageError
from klcli.sources.batch.batch_entry import BatchEntry
from klcli.sources.batch.estimate_settings import EstimatePlan, estimate_plan, is_true
from klcli.sources.batch.glob_limits import EVERY, GlobLimit, holding, lowest, overruled_by, parsed_limit
from klcli.sources.batch.globs import GlobIndex
from klcli.sources.batch.pair_settings import PAIR_DEFAULTS, RUN_TYPES, pair_options
from klcli.sources.batch.setting_texts import shown
from klcli.sources.formats.text_dialect import TextDialect, parse_dialect
from klcli.sources.operands.read_options import ReadOptions
from klcli.support.sentence import Option, Sentence
from klcli.support.text.safe_text import exact

__all__ = ["Layer", "Plan", "RunOptions", "Settings", "command_line"]


_OF_ESTIMATES = ("level", "estimator")


@dataclass(frozen=True, slots=True)
class Plan:
    """How one pair is evaluated; plain and hashable, so that pairs can share it and a process can receive it.

    Attributes:
        measures: the names to compute. limits: such as "forward_kl=0.1", or "forward_kl=upper:0.1" of estimates.
        estimate: how samples are estimated; None if the operands are compared as they stand.
    """

    reading: ReadOptions
    measures: tuple[str, ...]
    limits: tuple[str, ...]
    estimate: EstimatePlan | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """Settings of one origin, such as "command line" or "kl.toml"; `run` holds those of the whole run."""

    origin: str
    options: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[GlobLimit, ...] = ()
    run: Mapping[str, Any] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The settings file; empty for the defaults and the command line."""
        return "" if self.origin in ("default", "command line") else self.origin


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
        self._globs = GlobIndex([limit.pattern for limit in configuration.limits])
        self._matched: set[int] = set()
        self._plan = lru_cache(256)(self._merged)

    @property
    def run(self) -> RunOptions:
        found = {**self._layers[1].run, **self._layers[0].run}
        return RunOptions(
            found.get("jobs"), tuple(found.get("glob", ())), found.get("allow_unpaired", False),
            found.get("fail_fast", False),
        )  # fmt: skip

    def refuse_no_estimate(self, entries: Iterable[BatchEntry]) -> None:
        """Refuses options of estimates on the command line if nothing is estimated, not even by a pair's own settings.

        Args:
            entries: the pairs, which are read only where the answer depends on them.

        Raises:
            UsageError: such an option is given.
        """
        line = self._layers[0]
        given = [f"--{name} is for estimates" for name in _OF_ESTIMATES if name in line.options]
        for limit in line.limits:
            name = f"{limit.measure}=" if limit.measure else ""
            if limit.bound != "value":
                given.append(f"--fail-above {name}{limit.bound}:{limit.limit:g} is on an end of an interval")
        if not given or any(is_true(layer.options.get("estimate", "false")) for layer in self._layers):
            return
        if not any(is_true(dict(entry.options).get("estimate", "false")) for entry in entries):
            raise UsageError(f"{given[0]}, and nothing is estimated", hint=Sentence("pass ", Option("--estimate")))

    @property
    def unmatched(self) -> tuple[str, ...]:
        """The limits of the settings file whose patterns matched no name of a pair so far, with their place."""
        limits = enumerate(self._layers[1].limits)
        found = (f"{self._layers[1].origin}: [limits] {each.pattern}" for at, each in limits if at not in self._matched)
        return tuple(dict.fromkeys(found))

    def matching(self, name: str) -> tuple[int, ...]:
        """Returns the limits of the settings file, by index, whose patterns match the name of a pair."""
        found = self._globs.matching(name)
        self._matched.update(found)
        return found

    def plan(self, entry: BatchEntry) -> Plan:
        """Returns how a pair is evaluated.

        Raises:
            UsageError: a setting of its own is wrong; the message begins with its place.
        """
        matching = self.matching(entry.name)
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
        measure = strong.options.get("measure") or weak.options.get("measure", "")
        limits = _named(strong.limits, names_of(measure.split()))
        overruled = overruled_by(limits, [limit.key for limit in weak.limits])
        for layer in (weak, strong):
            for limit in limits if layer is strong else weak.limits:
                if layer is strong or limit.key not in overruled:
                    subject = limit.measure if limit.bound == "value" else f"{limit.bound} end of {limit.measure}"
                    yield f"limit {subject}", exact(limit.limit), limit.pattern, layer.origin

    def _merged(self, options: tuple[tuple[str, str], ...], limits: tuple[str, ...], matching: tuple[int, ...]) -> Plan:
        strong, weak = self._layers
        chosen = {**PAIR_DEFAULTS, **weak.options, **pair_options(options), **strong.options}
        held = holding(weak.limits[index] for index in matching)
        bounds = {key: limit.limit for key, limit in held.items()}
        named = names_of(chosen.get("measure", "").split())
        of_manifest = lowest(parsed_limit(text, named, sign="<", may_lift=True) for text in limits)
        for stronger in (of_manifest, _named(strong.limits, named)):
            lifted = overruled_by(stronger, bounds)
            bounds = {key: bound for key, bound in bounds.items() if key not in lifted}
            bounds.update((limit.key, limit.limit) for limit in stronger)
        bounds = {key: bound for key, bound in bounds.items() if not isinf(bound)}
        asked = named or ([] if bounds else ["forward_kl"])
        header = is_true(chosen["header"]) if chosen["header"] else None
        dialect = _dialect(chosen)
        access = Access(float(chosen["timeout"]) if chosen["timeout"] else None, chosen["engine"] or None)
        estimate = estimate_plan(chosen, header, dialect, access) if is_true(chosen["estimate"]) else None
        if estimate is None:
            self._refuse_ends(bounds, [limit.key for limit in of_manifest])
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
            header,
            chosen["missing_label"],
            chosen["max_expand"],
            dialect,
            one if (one := chosen.get("column")) and one == chosen["p_column"] == chosen["q_column"] else None,
            access,
            decimals=(None, chosen["q_decimal"] if chosen["q_decimal"] != chosen["p_decimal"] else None),
        )
        names = dict.fromkeys([*(select(name).name for name in asked), *(name for name, _ in bounds)])
        texts = (f"{name}={f'{end}:' * (end != 'value')}{bound!r}" for (name, end), bound in bounds.items())
        return Plan(reading, tuple(names), tuple(texts), estimate)

    def _refuse_ends(self, bounds: Mapping[tuple[str, str], float], of_manifest: Iterable[tuple[str, str]]) -> None:
        """Refuses a limit on an end of an interval where nothing is estimated, as it is written where it stands."""
        for (name, bound), limit in bounds.items():
            if bound == "value":
                continue
            place: Place | None = None
            hint: str = Sentence("pass ", Option("--estimate"))
            if any(each.key in ((name, bound), ("", bound)) for each in self._layers[0].limits):
                where = f"--fail-above {name}={bound}:{limit:g}"
            elif (name, bound) in of_manifest:
                where, hint = (
                    f"limits {name}<{bound}:{limit:g}",
                    f"write {name}<{limit:g}, or add a column estimate that says true",
                )
            else:
                place = Place(self._layers[1].origin).then("limits")
                where, hint = f'{name} = "{bound}:{limit:g}"', "set estimate = true"
            raise UsageError(f"{where} is on an end of an interval, and nothing is estimated", place=place, hint=hint)


def _dialect(chosen: Mapping[str, str]) -> TextDialect:
    nulls = tuple(chosen["null"].split(",")) if chosen["null"] else ()
    return parse_dialect(chosen["delimiter"], chosen["p_decimal"], chosen["thousands"], nulls)


def _named(limits: Iterable[GlobLimit], asked: Sequence[str]) -> tuple[GlobLimit, ...]:
    """Returns limits in which one without a measure is on the one that is asked for, else on the forward KL."""
    return lowest(each if each.measure else replace(each, measure=limited_measure("", asked).name) for each in limits)


def command_line(options: Mapping[str, str], limits: Sequence[str], run: Mapping[str, Any]) -> Layer:
    """Returns the layer of the command line.

    Raises:
        UsageError: a value is invalid.
    """
    asked = names_of(options.get("measure", "").split())
    found = (parsed_limit(text, asked, may_lift=True) for text in limits)
    # without -m the measure is that of a pair, which its manifest or the settings file may name
    bounds = lowest(
        limit if asked or "=" in text else replace(limit, measure="") for limit, text in zip(found, limits, strict=True)
    )
    return Layer("command line", pair_options(options.items()), bounds, run)
