"""How rows are read and compared: every option of `kl rows` that bears on the numbers, in one record."""

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
        measures: to compute, of which the first `shown` are answers. base: of the logarithm.
        kinds: what the numbers are, for P and for Q.
        temperature: of logits. smoothing, missing: as for two distributions.
        floor: what Q gives at least to an outcome that its list of the most probable ones leaves out, or None.
        target, cluster: the outcome that occurred and the cluster of each row, or None.
        id: the column of the names of the rows, or None.
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
