"""What a user of pandas writes: a loop over a manifest of CSV files, each pair joined by label, and KL by scipy."""

import sys

import pandas as pd
from scipy.stats import entropy

for pair in pd.read_csv(sys.argv[1]).itertuples():
    both = pd.read_csv(pair.p).merge(pd.read_csv(pair.q), on="label", how="outer").fillna(0.0)
    print(pair.name, entropy(both["p"], both["q"]))
