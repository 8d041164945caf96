"""What a user of pandas writes: two CSV files joined by label, and the six default measures by scipy."""

import sys

import pandas as pd
from scipy.spatial.distance import jensenshannon
from scipy.special import xlogy
from scipy.stats import entropy

both = pd.read_csv(sys.argv[1]).merge(pd.read_csv(sys.argv[2]), on="label", how="outer", validate="1:1").fillna(0.0)
p, q = both["p"].to_numpy(), both["q"].to_numpy()
p, q = p / p.sum(), q / q.sum()
print(entropy(p, q), entropy(q, p), -xlogy(p, q).sum(), entropy(p), entropy(q), jensenshannon(p, q) ** 2)
