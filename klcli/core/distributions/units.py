"""Units of information. Everything below this module is in nats; this is the only place that scales."""

from enum import Enum
from math import isfinite, log, sqrt
from typing import Any

from klcli.errors import UsageError

__all__ = ["Base", "UnitKind", "are_lost", "parse_base", "scale", "unit_name"]

Base = float | str  # "e", or a number above 1

_LEAST = 2.0**-1021  # nats below may have lost digits

_NAMES = {"e": "nats", 2: "bits", 10: "bans"}
# other names of the units: https://en.wikipedia.org/wiki/Hartley_(unit)
_BASES = {
    "e": "e", "nat": "e", "nats": "e", "nit": "e", "nepit": "e", "natural": "e", "ln": "e",
    "bit": "2", "bits": "2", "shannon": "2", "shannons": "2", "log2": "2", "binary": "2",
    "ban": "10", "bans": "10", "dit": "10", "dits": "10", "hartley": "10", "hartleys": "10", "log10": "10",
    "decimal": "10",
}  # fmt: skip


class UnitKind(Enum):
    """How a measure's value depends on the base of the logarithm."""

    INFORMATION = "information"
    ROOT_INFORMATION = "√information"
    NONE = "none"


def parse_base(base: object) -> Base:
    """Returns "e" or the base as a number; the name of a unit, such as "bits", stands for its base.

    Raises:
        UsageError: it is neither "e", nor the name of a unit, nor a number above 1.
    """
    if base == "e":
        return "e"
    word = str(base).strip()
    word = _BASES.get(word.casefold(), word)
    if word == "e":
        return "e"
    try:
        number = float(word)
    except ValueError:
        number = 0.0
    if not (isfinite(number) and number > 1):
        raise UsageError(
            f"the base of the logarithm is {str(base).strip() or 'empty'}, not e, nats, bits, bans or a number above 1",
            hint="e gives nats, 2 gives bits, 10 gives bans",
        )
    return int(number) if number.is_integer() else number


def scale(nats: Any, kind: UnitKind, base: Base) -> Any:
    """Returns a value in nats (or their root), or an array, in the unit of `base`; unchanged if it has no unit."""
    if kind is UnitKind.NONE or base == "e":
        return nats
    unit = log(float(base))
    return nats / (unit if kind is UnitKind.INFORMATION else sqrt(unit))


def are_lost(nats: Any, kind: UnitKind, base: Base) -> Any:
    """Returns True where a value in nats is so small that it lost digits which its unit would keep."""
    if kind is UnitKind.NONE or base == "e":
        return nats < 0
    return (nats < _LEAST) & ((nats > 0) | (float(base) < 1.5))  # only a base near 1 makes a number of what is 0


def unit_name(kind: UnitKind, base: Base) -> str:
    """Returns the name of the unit; empty for a measure without a unit."""
    if kind is UnitKind.NONE:
        return ""
    name = _NAMES.get(base) or f"log{base} units"
    return name if kind is UnitKind.INFORMATION else f"√{name}"
