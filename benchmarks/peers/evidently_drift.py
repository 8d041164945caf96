"""What a user of Evidently writes: its DataDriftPreset over two Parquet files."""

import sys

import pandas
from evidently import Report
from evidently.presets import DataDriftPreset

reference, current = (pandas.read_parquet(path) for path in sys.argv[1:3])
print(len(Report([DataDriftPreset()]).run(current, reference).json()))
