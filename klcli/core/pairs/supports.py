"""Laws of finiteness: where P and Q have mass decides alone whether a measure is finite, and each names its law."""

from enum import Enum

from klcli.notes import Cause

__all__ = ["CAUSES", "Finite"]


class Finite(Enum):
    """When a measure is finite; the value is the words for it."""

    ALWAYS = "always"
    Q_COVERS_P = "q > 0 wherever p > 0"
    P_COVERS_Q = "p > 0 wherever q > 0"
    SAME_SUPPORT = "p > 0 exactly where q > 0"
    OVERLAP = "p and q share an outcome"


# why a measure of each law is infinite, if it is
CAUSES: dict[Finite, tuple[Cause, ...]] = {
    Finite.ALWAYS: (),
    Finite.Q_COVERS_P: (Cause.Q_LACKS_P,),
    Finite.P_COVERS_Q: (Cause.P_LACKS_Q,),
    Finite.SAME_SUPPORT: (Cause.Q_LACKS_P, Cause.P_LACKS_Q),
    Finite.OVERLAP: (Cause.DISJOINT,),
}
