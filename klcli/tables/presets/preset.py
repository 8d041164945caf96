"""Presets: a tool, its version, its statistics with their limits, and which of them it takes for a column."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from klcli.errors import UnknownName, UsageError
from klcli.support.registry import Registry, nearest
from klcli.tables.presets.samples import Labels, Numbers, Sample

__all__ = ["PRESETS", "Fails", "Held", "Method", "NotReplayed", "Options", "Preset", "Use", "Value", "registered"]

PRESETS: "Registry[Preset]" = Registry("preset", "presets")


class NotReplayed(Exception):
    """A column for which the tool prints no number, or one that cannot be reproduced; the message says why."""


class Fails(NotReplayed):
    """A column on which the tool fails."""


class Use(Enum):
    """How a tool takes a column."""

    NUMBERS = "numeric"
    LABELS = "category"


class Options(NamedTuple):
    """Numbers that a user may set within a preset: `holdout`, GX's weight of the tails."""

    holdout: float = 0.0


class Held(NamedTuple):
    """A value that a tool holds against a limit of its own making.

    Attributes:
        value: Of the whole columns. held, limit: What is compared. place: Which of several values was held.
        detail: What else the tool says, in words.
    """

    value: float
    held: float
    limit: float | None = None
    place: str = ""
    detail: str = ""


Value = float | Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A statistic of a tool.

    Attributes:
        name: As the tool spells it, for -m. title: For people. ours: The name of our measure that it is a form of.
        numbers, labels: Compute it; None if it is not for such columns. Both raise NotReplayed.
        limit: The tool's own, None if it has none. is_p_value: The column drifts below the limit, not above.
        at_limit: A value equal to the limit drifts.
    """

    name: str
    title: str
    ours: str = ""
    numbers: Callable[[Numbers, Options], Value] | None = None
    labels: Callable[[Labels, Options], Value] | None = None
    limit: float | None = None
    is_p_value: bool = False
    at_limit: bool = False


def as_stored(sample: Sample) -> Use:
    """Returns the use of a column that is not taken otherwise: numbers as numbers, labels as labels."""
    return Use.NUMBERS if isinstance(sample, Numbers) else Use.LABELS


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A tool whose numbers are reproduced.

    Attributes:
        name: For --preset. tool, version: What is replayed. does: Its method by default. limits: Its rule, in words.
        methods: Its statistics. chosen: The name of its statistic for a column.
        use: How it takes a column; raises NotReplayed where it does not look at one.
        refused: Statistics that cannot be reproduced, and why.
        verdict: A sentence of the tool on all columns, from the numbers of drifted and of all columns, or empty.
    """

    name: str
    tool: str
    version: str
    does: str
    limits: str
    methods: tuple[Method, ...]
    chosen: Callable[[Sample], str]
    use: Callable[[Sample], Use] = as_stored
    refused: Mapping[str, str] = field(default_factory=dict)
    verdict: Callable[[int, int], str] = lambda drifted, columns: ""

    def method(self, name: str) -> Method:
        """Returns the statistic with this name, or the form of our measure with this name.

        Raises:
            UsageError: it cannot be reproduced. UnknownName: the tool has none of this name.
        """
        key = name.strip().lower().replace("-", "_")
        for each in self.methods:
            if key in (each.name, each.ours):
                return each
        if key in self.refused:
            raise UsageError(f"preset {self.name}: {key} is not reproduced: {self.refused[key]}")
        names = [each.name for each in self.methods]
        near = nearest(key, names)
        hint = f"did you mean {near[0]}?" if near else f"{self.tool} has {', '.join(names)}"
        raise UnknownName(f"preset {self.name} has no measure {name!r}", hint=hint)


def registered(preset: Preset) -> Preset:
    """Registers a preset under its name."""
    PRESETS.add(preset.name, preset)
    return preset
