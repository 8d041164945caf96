"""The floor of a loop in Python over the same files: read by the csv module, each number by float, nothing computed."""

import csv
import sys


def masses(path):
    """The masses of a file by label."""
    with open(path, encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows)
        return {label: float(mass) for label, mass in rows}


with open(sys.argv[1], encoding="utf-8", newline="") as manifest:
    for pair in csv.DictReader(manifest):
        print(pair["name"], len(masses(pair["p"])), len(masses(pair["q"])))
