"""What a user of Python writes: a loop over JSON lines, and KL by scipy."""

import json
import sys

from scipy.stats import entropy

with open(sys.argv[1]) as lines:
    for number, line in enumerate(lines, 1):
        pair = json.loads(line)
        print(json.dumps({"row": number, "forward_kl": float(entropy(pair["p"], pair["q"]))}))
