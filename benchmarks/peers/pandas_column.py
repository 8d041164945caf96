"""What a user of pandas writes for two files of one unlabelled column each: read_csv, and the six measures by numpy."""

import sys

import numpy as np
import pandas as pd

p, q = (pd.read_csv(path, header=None)[0].to_numpy() for path in sys.argv[1:3])
p, q = p / p.sum(), q / q.sum()
m = (p + q) / 2
forward, reverse = np.dot(p, np.log(p / q)), np.dot(q, np.log(q / p))
cross, own_p, own_q = -np.dot(p, np.log(q)), -np.dot(p, np.log(p)), -np.dot(q, np.log(q))
print(forward, reverse, cross, own_p, own_q, (np.dot(p, np.log(p / m)) + np.dot(q, np.log(q / m))) / 2)
