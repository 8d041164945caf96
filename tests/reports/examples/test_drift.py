"""The example of drift: its flights are those of the sample data, and its words are true of its numbers."""

import csv
from collections import Counter
from pathlib import Path

from klcli.api.tables import drift
from klcli.reports.examples.drift import drift_example
from klcli.reports.examples.flights import COUNTS

SAMPLES = Path(__file__).parents[3] / "sample_data"
MONTHS = [SAMPLES / f"flights_{month}.csv" for month in ("january", "july")]


def test_the_flights_are_those_of_the_sample_data():
    for at, path in enumerate(MONTHS):
        with open(path, encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        for name, sides in COUNTS.items():
            words = sides[at].split()
            assert dict(zip(words[::2], map(int, words[1::2]), strict=True)) == Counter(
                row[name] or "-" for row in rows
            )


def test_its_numbers_are_those_of_kl_drift():
    found = drift(*MONTHS)
    for name, psi, noise, p, _, status in drift_example().parts[0].rows:
        column = found[name]
        measured = column.measures["jeffreys"], column.noise["jeffreys"], column.p_adjusted
        assert (psi, noise, p, status) == (*measured, column.status.value)


def test_its_words_are_true_of_its_numbers():
    rows = {row[0]: row[1:] for row in drift_example().parts[0].rows}
    assert {name for name, row in rows.items() if row[-1] == "exceeded"} == {"air_time", "arr_delay"}
    psi, noise, _, halves, status = rows["dest"]
    assert psi == max(row[0] for row in rows.values())
    assert (status, round(noise, 2)) == ("unclear", 0.31)
    assert halves > psi
    assert len(COUNTS["dest"][0].split()) // 2 == 72
