"""Settings of a batch: the command line takes precedence over the manifest, and that over kl.toml.

Each origin is a Layer. A setting of both sides, such as `as`, is expanded within its layer, so that it overrules a
weaker p_as.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import isinf
from typing import Any

from klcli.core.distributions.alignment import MISSING
from klcli.core.distributions.smoothing import parse_smoothing
from klcli.core.distributions.units import parse_base
from klcli.core.limits import BOUNDS, parse_limit, split_bound
from klcli.core.measures.measure import select
from klcli.core.measures.selection import names_of
from klcli.errors import KlError, UnknownName, UsageError
from klcli.sources.batch.batch_entry import BatchEntry
from klcli.sources.batch.estimate_settings import EstimatePlan, check_kind, check_level, estimate_plan, is_true
from klcli.sources.batch.globs import glob_matcher
from klcli.sources.bytes.expansion import MAX_EXPAND, parse_expansion
from klcli.sources.columns.missing_labels import check_missing_label
from klcli.sources.formats.input_format import INPUT_FORMATS
from klcli.sources.formats.text_dialect import AUTO, TextDialect, parse_dialect
from klcli.sources.operands.read_options import ReadOptions
from klcli.sources.samples.kinds import MISSING as MISSING_VALUES
from klcli.support.registry import nearest
from klcli.support.safe_text import exact

__all__ = [
    "EVERY",
    "RUN_TYPES",
    "GlobLimit",
    "Layer",
    "Plan",
    "RunOptions",
    "Settings",
    "canonical",
    "command_line",
    "pair_options",
    "parsed_limit",
    "shown",
]

EVERY = "*"  # the pattern that matches every name of a pair

_DEFAULTS = {
    "p_as": "auto", "q_as": "auto", "p_column": "", "q_column": "", "label": "", "p_format": "", "q_format": "",
    "header": "", "delimiter": AUTO, "decimal": ".", "thousands": "", "null": "",
    "missing_label": "error", "missing": "zero", "smooth": "none", "base": "e", "samples": "", "seed": "0",
    "estimate": "false", "level": "0.95", "estimator": "default",
    "max_expand": MAX_EXPAND,
}  # fmt: skip


def _known_missing(word: str) -> None:
    if word not in MISSING and word not in MISSING_VALUES:
        raise UnknownName(
            f"{word!r} is not a way to treat a label on one side only",
            hint=f"it is {' or '.join(MISSING)}; of estimates {' or '.join(MISSING_VALUES)}",
        )


def _whole_number(least: int) -> Callable[[str], None]:
    def check(word: str) -> None:
        if not (word.isascii() and word.isdigit() and int(word) >= least):
            raise UsageError(f"{word!r} is not a whole number from {least}")

    return check


def _true_or_false(word: str) -> None:
    if word.lower() not in ("true", "false"):
        raise UsageError(f"{word!r} is neither true nor false")


def _known_measures(words: str) -> None:
    for name in names_of(words.split()):
        select(name)


# settings that may differ from pair to pair, and the functions that refuse a wrong value
_CHECKS: dict[str, Callable[[str], object]] = {
    "measure": _known_measures,
    "as": check_kind,
    "p_as": check_kind,
    "q_as": check_kind,
    "label": str,
    "column": str,
    "p_column": str,
    "q_column": str,
    "input_format": INPUT_FORMATS.lookup,
    "p_format": INPUT_FORMATS.lookup,
    "q_format": INPUT_FORMATS.lookup,
    "delimiter": parse_dialect,
    "decimal": lambda word: parse_dialect(decimal=word),
    "thousands": lambda word: parse_dialect(thousands=word, decimal="," if word == "." else "."),
    "null": str,
    "header": _true_or_false,
    "missing_label": check_missing_label,
    "missing": _known_missing,
    "smooth": parse_smoothing,
    "base": parse_base,
    "samples": _whole_number(2),
    "seed": _whole_number(0),
    "estimate": _true_or_false,
    "level": check_level,
    "estimator": str,
    "max_expand": parse_expansion,
}
# settings that stand for two, of P and of Q
_OF_BOTH = {"as": ("p_as", "q_as"), "column": ("p_column", "q_column"), "input_format": ("p_format", "q_format")}
# settings of the whole run
RUN_TYPES: dict[str, type] = {"jobs": int, "glob": list, "allow_unpaired": bool, "fail_fast": bool}
_ALIASES = {"measures": "measure", "limit": "limits", "fail_above": "limits"}


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
class GlobLimit:
    """A limit on a measure, by its full name, for the pairs whose names match a pattern; inf removes it.

    `bound` is that of an estimate, such as "upper".
    """

    pattern: str
    measure: str
    limit: float
    bound: str = "value"

    @property
    def key(self) -> tuple[str, str]:
        """The measure and the bound, on which the strongest limit holds."""
        return self.measure, self.bound


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
        for name, default in {"measure": "", **_DEFAULTS}.items():
            layer = next((layer for layer in self._layers if name in layer.options), None)
            value = default if layer is None else layer.options[name]
            if name == "measure" and not value:
                value = "those that have a limit, else forward_kl"
            yield name, value, EVERY, "default" if layer is None else layer.origin
        for name in RUN_TYPES:
            layer = next((layer for layer in self._layers if name in layer.run), None)
            yield name, shown(getattr(self.run, name)), EVERY, "default" if layer is None else layer.origin
        overruled = {limit.key for limit in strong.limits}
        for layer in (weak, strong):
            for limit in layer.limits:
                if layer is strong or limit.key not in overruled:
                    subject = limit.measure if limit.bound == "value" else f"{limit.bound} end of {limit.measure}"
                    yield f"limit {subject}", exact(limit.limit), limit.pattern, layer.origin

    def _merged(self, options: tuple[tuple[str, str], ...], limits: tuple[str, ...], matching: tuple[int, ...]) -> Plan:
        strong, weak = self._layers
        chosen = {**_DEFAULTS, **weak.options, **pair_options(options), **strong.options}
        bounds = {weak.limits[index].key: weak.limits[index].limit for index in matching}
        named = names_of(chosen.get("measure", "").split())
        bounds.update((limit.key, limit.limit) for limit in (parsed_limit(text, named) for text in limits))
        bounds.update((limit.key, limit.limit) for limit in strong.limits)
        bounds = {key: bound for key, bound in bounds.items() if not isinf(bound)}
        asked = named or ([] if bounds else ["forward_kl"])
        header = is_true(chosen["header"]) if chosen["header"] else None
        dialect = _dialect(chosen)
        estimate = estimate_plan(chosen, header, dialect) if is_true(chosen["estimate"]) else None
        unused = [name for name in ("level", "estimator") if name in strong.options]
        if unused and estimate is None:
            raise UsageError(f"{unused[0]} is for estimates", hint="pass --estimate, or set estimate = true")
        ends = [f"{name}={bound}:{limit:g}" for (name, bound), limit in bounds.items() if bound != "value"]
        if ends and estimate is None:
            raise UsageError(f"{ends[0]}: a limit on an end of an interval", hint="estimate = true gives intervals")
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
        )
        names = dict.fromkeys([*(select(name).name for name in asked), *(name for name, _ in bounds)])
        texts = (f"{name}={f'{end}:' * (end != 'value')}{bound!r}" for (name, end), bound in bounds.items())
        return Plan(reading, tuple(names), tuple(texts), estimate)


def _dialect(chosen: Mapping[str, str]) -> TextDialect:
    nulls = tuple(chosen["null"].split(",")) if chosen["null"] else ()
    return parse_dialect(chosen["delimiter"], chosen["decimal"], chosen["thousands"], nulls)


def canonical(name: str, known: Iterable[str] = ()) -> str:
    """Returns the canonical name of a setting: p_as for "P-As".

    Raises:
        UnknownName: it is neither a setting of a pair nor one of the `known` names.
    """
    key = name.strip().lower().replace("-", "_")
    key = _ALIASES.get(key, key)
    names = [*known, *_CHECKS, "limits"]
    if key not in names:
        near = nearest(key, names)
        hint = f"did you mean {near[0]}?" if near else f"it may be {', '.join(names)}"
        raise UnknownName(f"no setting is called {name!r}", hint=hint)
    return key


def pair_options(options: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Returns settings of a pair, checked, with those of both sides, such as `as`, expanded to `p_as` and `q_as`.

    Raises:
        UsageError: a value is invalid.
    """
    found = dict(options)
    for name, value in found.items():
        _CHECKS[name](value)
    for name, sides in _OF_BOTH.items():
        if name in found:
            found = {**dict.fromkeys(sides, found[name]), **found}
    return found


def command_line(options: Mapping[str, str], limits: Sequence[str], run: Mapping[str, Any]) -> Layer:
    """Returns the layer of the command line.

    Raises:
        UsageError: a value is invalid.
    """
    asked = names_of(options.get("measure", "").split())
    bounds = tuple(parsed_limit(text, asked) for text in limits)
    return Layer("command line", pair_options(options.items()), bounds, run)


def parsed_limit(text: str, asked: Sequence[str], pattern: str = EVERY) -> GlobLimit:
    """Returns the limit that "jeffreys=0.2" sets, or "jeffreys=upper:0.2" on the end of an interval.

    Raises:
        UsageError: it is none; errors as of `parse_limit`.
    """
    plain, bound = split_bound(text)
    if bound not in BOUNDS:
        raise UsageError(f"{text!r} is no limit: {bound!r} is none of {', '.join(BOUNDS)}", hint="as in upper:0.1")
    limit = parse_limit(plain, asked)
    return GlobLimit(pattern, limit.measure.name, limit.limit, bound)


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
