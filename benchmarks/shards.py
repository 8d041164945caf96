"""`kl rows` in 16 shares and their merge, beside one run: processor seconds, and the same summary to the last digit.

    python benchmarks/shards.py [FILES] [ROWS]

Compares FILES (64) files of ROWS (50,000) × 500 float32 logits a side; only 16 of them are written, the others are
links. The time of 16 starts, by a run of one row, is told apart. Exits with 1 if the summaries differ.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

OUTCOMES, SHARES, WRITTEN = 500, 16, 16


def write_files(folder, files, rows):
    """Writes logits of P, and those of Q, which differ a little."""
    rng = np.random.default_rng(7)
    for side in "pq":
        (folder / side).mkdir()
    for at in range(files):
        if at < WRITTEN:
            logits = rng.normal(0, 2, (rows, OUTCOMES)).astype(np.float32)
            np.save(folder / "p" / f"{at}.npy", logits)
            np.save(folder / "q" / f"{at}.npy", logits + rng.normal(0, 0.3, logits.shape).astype(np.float32))
        else:
            for side in "pq":
                (folder / side / f"{at}.npy").symlink_to(f"{at % WRITTEN}.npy")
    np.save(folder / "row.npy", np.zeros((1, OUTCOMES), np.float32))


def kl(*words):
    """Returns what a run of `kl rows` prints, and the processor seconds that it took."""
    process = subprocess.Popen([sys.executable, "-m", "klcli", "rows", *map(str, words)], stdout=subprocess.PIPE)
    out = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"kl rows {words}: {status}")
    return out, used.ru_utime + used.ru_stime


def run(files, rows):
    """Returns the exit code."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder, files, rows)
        (folder / "parts").mkdir()
        both = (folder / "p", folder / "q", "--as", "logits", "-q")
        row = folder / "row.npy"
        start = kl(row, row, "--as", "logits", "-q", "--summary")[1]
        start_of_share = kl(row, row, "--as", "logits", "-q", "--shard", "1/1", "-o", folder / "row.arrow")[1]
        whole, one = kl(*both, "--summary", "-f", "json")
        shares = [
            kl(*both, "--shard", f"{at}/{SHARES}", "-o", folder / "parts" / f"{at}.arrow")[1]
            for at in range(1, SHARES + 1)
        ]
        merged, merge = kl("--merge", folder / "parts", "-q", "--summary", "-f", "json")
        all_shares = sum(shares) + merge
        work = all_shares - (SHARES + 1) * start_of_share  # a merge imports what a share does
        size = 2 * files * rows * OUTCOMES * 4 / 1e9
        print(f"{size:.1f} GB; one run {one:.1f} CPU s; {SHARES} shares {sum(shares):.1f}, merge {merge:.1f}")
        print(f"a start {start:.2f}, of a share {start_of_share:.2f}")
        print(f"shares and merge {all_shares / one:.2f} × one run, without starts {work / (one - start):.2f} ×")
        is_same = json.loads(whole) == json.loads(merged)
        print("the same summary" if is_same else "DIFFERENT summaries")
        return int(not is_same)


if __name__ == "__main__":
    sys.exit(run(*map(int, (*sys.argv[1:], *("64", "50000")[len(sys.argv) - 1 :]))))
