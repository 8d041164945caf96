"""Which supports lie within which: of two families whatever their parameters, and of two members."""

from typing import Any

from klcli.families.family.family import Family, cached_by_family

__all__ = ["always_covers", "can_cover", "covers"]

# by the words of `Family.support`: the supports that contain it, for some parameters at least
_CONTAINED_IN = {
    "all x": ("all x",),
    "x > 0": ("x > 0", "all x"),
    "x > scale": ("x > scale", "x > 0", "all x"),
    "-π < x <= π": ("-π < x <= π", "low < x < high", "all x"),
    "0 < x < 1": ("0 < x < 1", "low < x < high", "x > 0", "-π < x <= π", "all x"),
}
# the supports that depend on no parameter
_FIXED = frozenset({"all x", "x > 0", "-π < x <= π", "0 < x < 1"})


@cached_by_family
def always_covers(p: type[Family], q: type[Family]) -> bool:
    """Returns True if Q has mass wherever P has, for all parameters."""
    return p.kind == q.kind and {p.support, q.support} <= _FIXED and q.support in _CONTAINED_IN[p.support]


@cached_by_family
def can_cover(p: type[Family], q: type[Family]) -> bool:
    """Returns True if Q has mass wherever P has, for some parameters; if not, KL(P‖Q) is infinite for all."""
    return p.kind == q.kind and (p.support not in _CONTAINED_IN or q.support in _CONTAINED_IN[p.support])


def covers(p: Family, q: Family) -> Any:
    """Returns True if the ends of Q's support enclose those of P's; elementwise if the parameters are arrays."""
    (low_p, high_p), (low_q, high_q) = p.ends, q.ends
    return (low_p >= low_q) & (high_p <= high_q)
