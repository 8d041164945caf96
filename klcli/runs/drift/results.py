"""Results of a drift run: one record a column, in the unit of nats where a measure has one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from klcli.core.contribution import Contribution
from klcli.core.estimation.significance.homogeneity import HomogeneityTest
from klcli.core.limits import Verdict
from klcli.notes import Note
from klcli.runs.batch_results import Status
from klcli.runs.drift.counted import CountedColumn
from klcli.sources.drift.settings import KS, DriftSettings
from klcli.support.text.safe_text import exact, rounded

__all__ = ["ColumnDrift", "DriftResult", "DriftVerdict", "JointDrift", "TableSide"]


class DriftVerdict(NamedTuple):
    """A limit held against a value.

    Attributes:
        beyond_noise: The difference is larger than chance explains, at the level of the run; None if a preset decides
            without such a test.
        rows_needed: Rows on each side with which noise would stay within the limit; 0 where that is not known.
        error: How far from the value the true one may be, from a profile; KS is never below its value.
        p_value: Of the test behind `beyond_noise`, adjusted; of W1, an upper bound.
    """

    verdict: Verdict
    beyond_noise: bool | None
    rows_needed: int = 0
    error: float = 0.0
    p_value: float | None = None

    @property
    def is_unsure(self) -> bool:
        """True if the limit lies within the error of the value."""
        above = self.verdict.value - self.verdict.limit
        return self.error > 0 and -self.error <= above <= (0.0 if self.verdict.measure == KS else self.error)

    @property
    def passed(self) -> bool:
        return self.verdict.passed and not self.is_unsure

    @property
    def exceeds(self) -> bool:
        """True if the limit is exceeded beyond noise."""
        return not self.verdict.passed and not self.is_unsure and self.beyond_noise is not False


@dataclass(slots=True)
class ColumnDrift:
    """The drift of one column.

    Attributes:
        measures: Values by name, from smoothed shares where the measure needs it. strict: KL both ways, not smoothed.
        errors: How far from its value a measure may be, where a profile does not tell it exactly.
        noise: Value that chance exceeds with probability alpha in the whole run, for the measures that have one.
        test, p_adjusted: Test of the values, None without one. missing_p, missing_p_adjusted: Of the null shares.
        unseen_p, unseen_p_adjusted: Of the mass of labels that P lacks, where that has a limit.
        order_p, order_p_adjusted: Of the measures that see the order of values, where they have limits, by name.
        missing_change: Absolute change of the share of missing cells. unseen, vanished: Mass of new and of lost labels.
        top: Cells that contribute most to the Jeffreys divergence.
        reason: Why the status is what it is.
        statistics: Titles of the measures of a preset, by name.
    """

    counted: CountedColumn
    status: Status
    measures: Mapping[str, float] = field(default_factory=dict)
    errors: Mapping[str, float] = field(default_factory=dict)
    strict: Mapping[str, float] = field(default_factory=dict)
    noise: Mapping[str, float] = field(default_factory=dict)
    test: HomogeneityTest | None = None
    p_adjusted: float | None = None
    missing_p: float | None = None
    missing_p_adjusted: float | None = None
    unseen_p: float | None = None
    unseen_p_adjusted: float | None = None
    order_p: Mapping[str, float] = field(default_factory=dict)
    order_p_adjusted: Mapping[str, float | None] = field(default_factory=dict)
    missing_change: float = 0.0
    unseen: float = 0.0
    vanished: float = 0.0
    verdicts: tuple[DriftVerdict, ...] = ()
    top: tuple[Contribution, ...] = ()
    reason: str = ""
    statistics: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.counted.name

    @property
    def exceeded(self) -> tuple[DriftVerdict, ...]:
        """The limits that are exceeded beyond noise."""
        return tuple(each for each in self.verdicts if each.exceeds)

    @property
    def why(self) -> str:
        """The limits that are exceeded, and the reason; empty for a column that is ok."""
        held = [one.verdict for one in self.exceeded]
        above = [f"{each.measure} = {rounded(each.value, 3)} {each.sign} {exact(each.limit)}" for each in held]
        return "; ".join(filter(None, [*above, self.reason]))


class TableSide(NamedTuple):
    """A table of the run: name, rows, columns, "table" or "profile", and the engine that counted it."""

    name: str
    rows: int
    columns: int
    kind: str
    engine: str


class JointDrift(NamedTuple):
    """KL of the joint cells of two columns, in nats, smoothed: joint = first + second given first."""

    first: str
    second: str
    joint: float
    of_first: float
    of_second_given_first: float
    cells: int


@dataclass(slots=True)
class DriftResult:
    """The drift between two tables, columns in the order of the reference.

    Attributes:
        tests: Number of tests that the adjustment of p-values counts. new_columns: Columns that P lacks.
    """

    p: TableSide
    q: TableSide
    settings: DriftSettings
    columns: list[ColumnDrift]
    tests: int
    new_columns: tuple[str, ...] = ()
    pairs: tuple[JointDrift, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def refused_columns(self) -> tuple[str, ...]:
        """The columns that P lacks, where a setting refuses them."""
        return self.new_columns if self.settings.new_columns == "fail" else ()

    @property
    def nothing_compared(self) -> bool:
        """True if every column was skipped, or a table has no rows."""
        return not (self.p.rows and self.q.rows) or all(each.status is Status.SKIPPED for each in self.columns)
