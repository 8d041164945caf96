"""The example of flights: samples of months whose divergence is known."""

import csv
from pathlib import Path

from klcli.reports.examples.estimation import FLIGHTS, estimate_report

ROOT = Path(__file__).parents[3]


def test_the_flights_are_those_of_the_sample_data():
    with open(ROOT / "sample_data/carriers.csv", encoding="utf-8") as file:
        rows = {row["carrier"]: (int(row["january"]), int(row["july"])) for row in csv.DictReader(file)}
    assert rows.pop("OO") == (1, 0)
    assert rows == FLIGHTS


def test_its_words_are_true_of_its_numbers():
    *samples, exact = estimate_report().parts[0].rows
    assert all(lower <= exact[1] <= upper for _, _, lower, upper, *_ in samples)
    assert [row[2] > 0 for row in samples] == [False, False, True]
    assert 35 < samples[0][-1] / exact[-1] < 45
    assert samples[0][3] / exact[1] > 100
