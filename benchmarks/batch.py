"""A batch: pairs per second beside the loop that a user would write, two processes beside one, and the peak of memory.

    python -m benchmarks.batch            needs scipy: pip install -e '.[bench]'

The peer reads both files of a pair with pandas.read_csv, joins them by label and calls scipy.stats.entropy, in one
process that has imported both. kl is measured as a whole process, its start included, and without it.
"""

import csv
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

KL = [sys.executable, "-m", "klcli", "batch"]
ROWS = 100
_LAUNCHER = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
RUNS = 5


def main() -> None:
    """Prints each figure, its ratio, and the goal."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = write_files(folder, 1000)
        speed(folder, files)
        processes(folder, files)
        memory(folder, files)


def speed(folder: Path, files: list[tuple[str, str]]) -> None:
    """1000 pairs in one process, beside pandas and scipy."""
    manifest = write_manifest(folder / "1k.csv", files, 1000)
    empty_run = write_manifest(folder / "one.csv", files, 1)
    peers, ours, starts = [], [], []
    for _ in range(RUNS):
        peers.append(peer(files))
        ours.append(elapsed("-j", "1", str(manifest), "-f", "jsonl"))
        starts.append(elapsed("-j", "1", str(empty_run), "-f", "jsonl"))
    theirs, whole, start = median(peers), median(ours), median(starts)
    print(f"{'1000 pairs of 100 rows, one process':44} {'pairs/s':>8} {'ratio':>6} {'goal':>5}")
    print(f"{'pandas.read_csv + merge + scipy entropy':44} {1000 / theirs:8.0f} {1:6.2f}")
    print(
        f"{'kl batch -j 1, without its start':44} {999 / (whole - start):8.0f} {theirs / (whole - start):6.2f} {15:5}"
    )
    print(f"{'kl batch -j 1, the whole process':44} {1000 / whole:8.0f} {theirs / whole:6.2f}")


def processes(folder: Path, files: list[tuple[str, str]]) -> None:
    """10,000 pairs in two processes, beside one."""
    manifest = write_manifest(folder / "10k.csv", files, 10_000)
    ones, twos = [], []
    for _ in range(3):
        ones.append(elapsed("-j", "1", str(manifest), "-f", "jsonl"))
        twos.append(elapsed("-j", "2", str(manifest), "-f", "jsonl"))
    one, two = median(ones), median(twos)
    print(f"\n{'10,000 pairs, the whole process':44} {'pairs/s':>8} {'ratio':>6} {'goal':>5}")
    print(f"{'kl batch -j 1':44} {10_000 / one:8.0f} {1:6.2f}")
    print(f"{'kl batch -j 2':44} {10_000 / two:8.0f} {one / two:6.2f} {1.6:5}")


def memory(folder: Path, files: list[tuple[str, str]]) -> None:
    """The peak of the process that collects, for 10,000 and for 100,000 pairs, every report being written."""
    print(f"\n{'peak of memory':44} {'MB':>8} {'ratio':>6} {'goal':>5}")
    reports = [
        word for name in ("json", "csv", "markdown", "junit") for word in ("--report", f"{name}={folder / name}")
    ]
    first = 0.0
    for count in (10_000, 100_000):
        manifest = write_manifest(folder / "many.csv", [("a=1,b=1", "a=1,b=3")], count)
        peak = peak_of(str(manifest), "-j", "1", "-f", "jsonl", *reports)
        first = first or peak
        text = f"kl batch -j 1, {count:,} inline pairs"
        print(f"{text:44} {peak:8.1f} {peak / first:6.2f} {1.2:5}")


def peer(files: list[tuple[str, str]]) -> float:
    """Seconds that the loop of pandas and scipy takes."""
    import pandas
    from scipy.stats import entropy

    start = time.perf_counter()
    for p, q in files:
        joined = pandas.read_csv(p).merge(pandas.read_csv(q), on="label", how="outer", suffixes=("_p", "_q")).fillna(0)
        entropy(joined["mass_p"], joined["mass_q"])
    return time.perf_counter() - start


def elapsed(*words: str) -> float:
    """Seconds that a batch takes, as a whole process."""
    start = time.perf_counter()
    subprocess.run([*KL, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def peak_of(*words: str) -> float:
    """The peak of a batch's resident memory, in MB."""
    # by a small process, as the peak of one that is started counts that of the one that starts it
    done = subprocess.run([sys.executable, "-c", _LAUNCHER, *KL, *words], capture_output=True, check=True, text=True)
    return int(done.stdout) / (1024 if sys.platform != "darwin" else 1024 * 1024)


def write_files(folder: Path, count: int) -> list[tuple[str, str]]:
    """Writes pairs of labelled CSV files; returns their paths."""
    source = random.Random(1)
    files = []
    for number in range(count):
        pair = []
        for side in "pq":
            masses = [source.random() for _ in range(ROWS)]
            path = folder / f"{number}{side}.csv"
            rows = (f"outcome {index},{mass / sum(masses)!r}\n" for index, mass in enumerate(masses))
            path.write_text("".join(["label,mass\n", *rows]))
            pair.append(str(path))
        files.append((pair[0], pair[1]))
    return files


def write_manifest(path: Path, files: list[tuple[str, str]], count: int) -> Path:
    """Writes a manifest of so many pairs, the files again and again."""
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("name", "p", "q"))
        writer.writerows((f"pair {number}", *files[number % len(files)]) for number in range(count))
    return path


if __name__ == "__main__":
    main()
