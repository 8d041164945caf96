"""Divergences estimated from two samples: the estimates, the samples, and the counts that they rest on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.distributions.units import Base, UnitKind, unit_name
from klcli.core.estimation.numbers.bins import Binning
from klcli.core.estimation.record import Estimate
from klcli.core.estimation.significance.homogeneity import HomogeneityTest
from klcli.document import samples as document
from klcli.notes import Note
from klcli.support.optional_package import need
from klcli.support.text.safe_text import rounded
from klcli.support.text.text_table import Shown, TextTable

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["Cells", "DivergenceEstimate", "Estimation", "SampleFacts", "SizedEstimate"]

_MOST_CELLS = 1000  # that JSON lists
_OF_DIVERGENCES = ("unit", "upper_one_sided", "raw", "relabelling_mean", "standard_error_null", "pivot_p_value")


@dataclass(frozen=True, slots=True)
class DivergenceEstimate(Estimate):
    """A divergence between the distributions that two samples were drawn from, in `unit`.

    Attributes:
        measure: its name. kind: how its unit depends on the base. unit: the name of it.
        upper_one_sided: the largest value compatible with the data, at the level, if only that end is asked for.
        raw: the estimate before the relabelling mean was subtracted. relabelling_mean: mean of `raw` if P = Q.
        standard_error_null: standard deviation of `raw` if P = Q.
        pivot_p_value: the probability of so large an estimate if P = Q; the printed p is that of `Estimation.test`.
    """

    measure: str = ""
    kind: UnitKind = UnitKind.INFORMATION
    unit: str = ""
    upper_one_sided: float | None = None
    raw: float | None = None
    relabelling_mean: float | None = None
    standard_error_null: float | None = None
    pivot_p_value: float | None = None

    def to_dict(self) -> dict[str, object]:
        """Returns the estimate as JSON."""
        return Estimate.to_dict(self) | {name: getattr(self, name) for name in _OF_DIVERGENCES}


class SampleFacts(NamedTuple):
    """One of the two samples.

    Attributes:
        kind: labels, numbers, vectors or counts. outcomes: different ones seen; None for numbers and vectors.
        coverage: Good–Turing estimate of the probability of all outcomes seen. dimension: columns of a vector.
    """

    name: str
    kind: str
    observations: int
    outcomes: int | None = None
    coverage: float | None = None
    dimension: int | None = None


class Cells(NamedTuple):
    """The counts that an estimate rests on.

    Attributes:
        x, y: counts in the two samples, shape (k,). labels: of the cells; empty for bins.
        edges: inner edges of bins, from cell to cell, shape (k - 1,); a value equal to an edge lies above it.
        binning: how the bins were made; None where each number is one of them, and for labels.
    """

    x: Array
    y: Array
    labels: Sequence[str] = ()
    edges: Array | None = None
    binning: Binning | None = None

    def to_dict(self) -> dict[str, object]:
        """Returns the cells as JSON: all bins, or the labels most often seen and the number of the others."""
        if self.edges is not None:
            return {"edges": self.edges.tolist(), "p": _whole(self.x), "q": _whole(self.y)}
        order = np.argsort(-(self.x + self.y), kind="stable")[:_MOST_CELLS]
        labels = [self.labels[at] for at in order.tolist()]
        found: dict[str, object] = {"labels": labels, "p": _whole(self.x[order]), "q": _whole(self.y[order])}
        left = len(self.x) - len(order)
        return found | {"others": left} if left else found


def _end(value: float | None) -> str | float:
    return "–" if value is None else value


class SizedEstimate(NamedTuple):
    """An estimate from a part of the samples: the observations of P and Q in it, and the p-value of P = Q."""

    observations: tuple[int, int]
    estimate: DivergenceEstimate
    p_value: float

    def to_dict(self) -> dict[str, object]:
        """Returns the estimate as JSON."""
        each = self.estimate
        return {
            "measure": each.measure, "observations": list(self.observations),
            "value": None if isnan(each.value) else each.value, "lower": each.lower, "upper": each.upper,
            "standard_error_null": each.standard_error_null, "p_value": self.p_value,
        }  # fmt: skip


def _whole(counts: Array) -> list[int]:
    return [int(count) for count in counts.tolist()]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Estimation(Shown):
    """Divergences between the distributions that two samples were drawn from.

    `estimation.forward_kl` and `estimation["jensen_shannon"]` are records with value, lower, upper and more, in the
    unit of `base`; `estimation.p_value` is that of the test of P = Q.

    Attributes:
        p, q: the two samples. test: of P = Q. cells: the counts, with their labels or edges; None for vectors.
        estimates: by measure, in the order asked for. seed: of what was random; None if nothing was.
        bins, neighbours: of what was used; None if none were.
        by_size: makes the estimates of one measure from parts of the samples, smallest first; none of vectors.
    """

    p: SampleFacts
    q: SampleFacts
    base: Base
    level: float
    estimates: Mapping[str, DivergenceEstimate]
    test: HomogeneityTest
    cells: Cells | None = None
    estimator: str = "default"
    seed: int | None = None
    bins: int | None = None
    neighbours: int | None = None
    notes: tuple[Note, ...] = field(default=())
    by_size: Callable[[], tuple[SizedEstimate, ...]] = field(default=tuple)

    @property
    def p_value(self) -> float:
        """The p-value of the test of P = Q."""
        return self.test.p_value

    @property
    def first(self) -> DivergenceEstimate:
        """The estimate of the first measure asked for."""
        return next(iter(self.estimates.values()))

    @property
    def unit(self) -> str:
        """The unit of information: nats, bits, bans, or the base."""
        return unit_name(UnitKind.INFORMATION, self.base)

    @property
    def sees_difference(self) -> bool | None:
        """True if the data exclude P = Q at the level; the lower end of the first measure decides where it has one."""
        lower = self.first.lower
        return self.p_value <= 1 - self.level if lower is None else lower > 0

    def _text_table(self) -> TextTable:
        level = f"{100 * self.level:g} %"
        rows = [
            (each.measure, "–" if isnan(each.value) else each.value, *map(_end, (each.lower, each.upper)), each.unit,
             each.method)
            for each in self.estimates.values()
        ]  # fmt: skip
        heading = ", ".join(
            f"{side} = {sample.name} ({sample.observations:,} observations)"
            for side, sample in (("P", self.p), ("Q", self.q))
        )
        remarks = (f"p = {rounded(self.p_value, 2)} of P = Q", *(f"note: {note.text}" for note in self.notes))
        return TextTable(heading, ("measure", "value", f"{level} from", "to", "unit", "method"), rows, remarks)

    def to_pandas(self) -> "DataFrame":
        """Returns a row for each measure, by its name: value, lower and upper end, unit and method.

        An end that is not known is NaN, as is a value that could not be estimated; inf is one that data allow.
        """
        columns = ("value", "lower", "upper", "unit", "method")
        rows = {name: [getattr(each, column) for column in columns] for name, each in self.estimates.items()}
        frame = need("pandas", purpose="to_pandas()").DataFrame
        found: DataFrame = frame.from_dict(rows, orient="index", columns=columns).rename_axis("measure")
        return found.astype({"value": float, "lower": float, "upper": float})

    def to_dict(self) -> dict[str, object]:
        """Returns the estimates as the JSON document that `kl estimate -f json` prints, with plain values."""
        test, binning = self.test, self.cells.binning if self.cells else None
        return document.estimation(
            (document.sample_side(*self.p), document.sample_side(*self.q)),
            self.base,
            self.unit,
            self.level,
            {name: each.to_dict() for name, each in self.estimates.items()},
            {
                "name": "pearson",
                "statistic": test.statistic,
                "degrees_of_freedom": test.degrees_of_freedom,
                "groups": test.groups,
                "p_value": test.p_value,
            },
            {
                "name": self.estimator,
                "bins": self.bins,
                "equal_mass_bins": None if binning is None else binning.equal,
                "neighbours": self.neighbours,
                "seed": self.seed,
            },
            None if self.cells is None else self.cells.to_dict(),
            [each.to_dict() for each in self.by_size()],
            self.notes,
        )

    def __getitem__(self, measure: str) -> DivergenceEstimate:
        return self.estimates[measure.replace("-", "_")]

    def __getattr__(self, name: str) -> DivergenceEstimate:
        if name.startswith("_") or name not in self.estimates:
            raise AttributeError(f"this estimation has no measure {name!r}; it has {', '.join(self.estimates)}")
        return self.estimates[name]
