"""The options of `kl rows` that affect the numbers, in one record."""

from dataclasses import dataclass

from klcli.core.distributions.smoothing import Smoothing
from klcli.core.distributions.units import Base
from klcli.core.measures.measure import Measure
from klcli.sources.rows.side_columns import SideColumn

__all__ = ["RowOptions"]


@dataclass(frozen=True, slots=True)
class RowOptions:
    """How rows are read and compared.

    Attributes:
        measures: Measures to compute; the first `shown` are printed. base: Base of the logarithm.
        kinds: Meaning of the numbers of P and of Q, as `--as`.
        temperature: Divisor of logits. smoothing, missing: As for two distributions.
        floor: Least probability that Q gives to an outcome missing from its list of the most probable, or None.
        target, cluster: The outcome that occurred in each row, and the cluster of each row, or None.
        id: Column of the names of rows, or None.
    """

    measures: tuple[Measure, ...]
    shown: int
    kinds: tuple[str, str] = ("auto", "auto")
    base: Base = "e"
    temperature: float = 1.0
    smoothing: Smoothing | None = None
    missing: str = "zero"
    floor: float | None = None
    target: SideColumn | None = None
    cluster: SideColumn | None = None
    id: str | None = None
