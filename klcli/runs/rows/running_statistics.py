"""Accumulates the results of rows: a summary of all, and verdicts on limits."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.distributions.units import Base, scale, unit_name
from klcli.core.estimation.record import Estimate
from klcli.core.limits import Verdict
from klcli.core.measures.selection import select
from klcli.core.rows.limits import FIGURES, RowLimit
from klcli.core.rows.summary import (
    cut,
    mean,
    numbers_of_clusters,
    percentile,
    perplexities,
    root_mean_square,
    share,
    spread,
)
from klcli.errors import UsageError
from klcli.runs.rows.results import BOUNDS, RowAnswer, RowColumn, RowSummary, measure_of
from klcli.support.sentence import Option
from klcli.support.text.safe_text import rounded

__all__ = ["RowStatistics", "quantities"]

SAME, AT_TOP, LOG_P, LOG_Q = "same", "at top", "log p", "log q"


def quantities(answer: RowAnswer, *, tops: bool, targets: bool) -> Mapping[str, Array]:
    """Returns what figures need of each row: on the most probable outcomes, and on the outcome that occurred."""
    if answer.stored is not None:
        return answer.stored
    found: dict[str, Array] = {}
    comparison = answer.comparison
    if comparison is not None and tops:
        found[SAME] = (comparison.top_p == comparison.top_q).astype(np.float64)
        found[AT_TOP] = comparison.mass_q_at_top_p - comparison.mass_p_at_top_p
    if comparison is not None and targets and comparison.target is not None:
        found[LOG_P], found[LOG_Q] = comparison.log_p_at_target, comparison.log_q_at_target
    return found


class RowStatistics:
    """Keeps the numbers of each row that the summary and the limits need, 8 bytes each.

    Args:
        limits: Limits to judge. base: Base of the logarithm. is_summary: Keep what the summary needs, too.
    """

    def __init__(self, limits: Sequence[RowLimit], base: Base, *, is_summary: bool) -> None:
        self._limits, self._base, self._is_summary = limits, base, is_summary
        figures = [limit.text for limit in limits if not limit.measure]
        self._wants_tops = is_summary or any(name.startswith("top1") for name in figures)
        self._wants_targets = is_summary or any(name.startswith("target") for name in figures)
        self._measures = {name for limit in limits for name in (limit.measure, *BOUNDS.get(limit.measure, ()))}
        self._kept: dict[str, list[Array]] = {}
        self._clusters: list[str] = []
        self._largest: dict[str, tuple[float, str]] = {}
        self._columns: tuple[RowColumn, ...] = ()
        self._rows = 0

    def add(self, answer: RowAnswer) -> None:
        """Adds a block of results.

        Raises:
            UsageError: A limit is on a quantity that the rows do not have; raised for the first block.
        """
        if not self._rows:
            self._refuse_limits(answer)
        self._columns = answer.columns
        self._rows += len(answer)
        self._clusters.extend(answer.clusters or ())
        for name, values in answer.values.items():
            if self._is_summary or name in self._measures:
                self._keep(name, values)
                row = int(values.argmax())
                if name not in self._largest or values[row] > self._largest[name][0]:
                    self._largest[name] = float(values[row]), answer.name(row)
        for name, values in quantities(answer, tops=self._wants_tops, targets=self._wants_targets).items():
            self._keep(name, values)

    def summary(self) -> RowSummary:
        """Returns the statistics of all rows."""
        clusters = self._cluster_numbers()
        spreads = {
            each.name: spread(self._all(each.name), clusters, within=self._range(each.name)) for each in self._columns
        }
        count = None if clusters is None else int(clusters.max()) + 1
        largest = {name: row for name, (_, row) in self._largest.items()}
        return RowSummary(self._rows, self._columns, spreads, largest, self._figures(), count)

    def verdicts(self) -> tuple[Verdict, ...]:
        """Returns a verdict for each limit."""
        figures = self._figures() if any(not limit.measure for limit in self._limits) else {}
        return tuple(self._verdict(limit, figures) for limit in self._limits)

    def _refuse_limits(self, answer: RowAnswer) -> None:
        has_figures = answer.comparison is not None or SAME in (answer.stored or ())
        has_targets = LOG_P in (answer.stored or ()) or (answer.comparison and answer.comparison.target is not None)
        for limit in self._limits:
            if not limit.measure and not has_figures:
                raise UsageError(f"a limit on {limit.text} needs whole distributions")
            if limit.text.startswith("target") and not has_targets:
                raise UsageError(
                    f"a limit on {limit.text} needs the outcome that occurred",
                    hint="name it with " + Option("--target"),
                )

    def _verdict(self, limit: RowLimit, figures: Mapping[str, Estimate]) -> Verdict:
        if not limit.measure:
            unit = unit_name(FIGURES[limit.text].unit, self._base)
            return Verdict(limit.text, limit.limit, figures[limit.text].value, unit, limit.is_least)
        is_known = limit.measure in self._kept
        # of what is only known to lie between bounds, the one that may break the limit is held against it
        name = limit.measure if is_known else BOUNDS[limit.measure][not limit.is_least]
        value = self._of_all(name, limit)
        unit = unit_name(select(limit.measure).unit, self._base)
        places = [f"row {self._largest[name][1]}"] if limit.percent == 100 and self._largest[name][1] else []
        if not is_known:
            other = rounded(self._of_all(BOUNDS[limit.measure][limit.is_least], limit), 6)
            places.append(
                f"its lower bound; at most {other}" if limit.is_least else f"its upper bound; at least {other}"
            )
        return Verdict(limit.text, limit.limit, value, unit, limit.is_least, ", ".join(places))

    def _of_all(self, name: str, limit: RowLimit) -> float:
        """Returns what a limit is on, the mean or a percentile, of the values of a name."""
        values = self._all(name)
        return mean(values).value if limit.percent is None else percentile(np.sort(values), limit.percent)

    def _range(self, name: str) -> tuple[float, float]:
        """The smallest and the largest value of a column, in the unit of the base."""
        measure = measure_of(name)
        return measure.least, float(scale(measure.upper_bound, measure.unit, self._base))

    def _figures(self) -> dict[str, Estimate]:
        clusters = self._cluster_numbers()
        found: dict[str, Estimate] = {}
        if SAME in self._kept:
            found["top1_agreement"] = share(self._all(SAME), clusters)
            found["top1_rms_difference"] = root_mean_square(self._all(AT_TOP), clusters, largest=1.0)
        if LOG_P in self._kept:
            log_p, log_q = self._all(LOG_P), self._all(LOG_Q)
            found |= perplexities(log_p, log_q, clusters)
            gains = np.exp(log_q) - np.exp(log_p)
            found["target_mean_difference"] = cut(mean(gains, clusters), (-1.0, 1.0))
            found["target_rms_difference"] = root_mean_square(gains, clusters, largest=1.0)
        return {name: self._scaled(name, found[name]) for name in FIGURES if name in found}

    def _scaled(self, name: str, estimate: Estimate) -> Estimate:
        unit = scale(1.0, FIGURES[name].unit, self._base)
        rest = {key: getattr(estimate, key) for key in ("standard_error", "lower", "upper")}
        rest = {key: None if each is None else each * unit for key, each in rest.items()}
        return replace(estimate, value=estimate.value * unit, **rest)

    def _cluster_numbers(self) -> "np.ndarray[tuple[int], np.dtype[np.intp]] | None":
        return numbers_of_clusters(self._clusters) if self._clusters else None

    def _keep(self, name: str, values: Array) -> None:
        self._kept.setdefault(name, []).append(values)

    def _all(self, name: str) -> Array:
        parts = self._kept[name]
        if len(parts) > 1:
            self._kept[name] = parts = [np.concatenate(parts)]
        return parts[0]
