"""Start-up: whole processes of kl as ratios of `python -c "import numpy"`, interleaved, in one run."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

RUNS = 15
PEER = [sys.executable, "-c", "import numpy"]


def main() -> None:
    """Prints the median time of each command, its ratio to the peer, and the goal."""
    with tempfile.TemporaryDirectory() as folder:
        p, q = Path(folder, "p.csv"), Path(folder, "q.csv")
        p.write_text("label,p\na,0.5\nb,0.5\n")
        q.write_text("label,q\nb,0.1\na,0.9\n")
        commands = {
            "kl --help": (["--help"], 0.7),
            "kl compute 0.5,0.5 0.9,0.1 -f json": (["compute", "0.5,0.5", "0.9,0.1", "-f", "json"], 1.5),
            "kl compute p.csv q.csv -f json": (["compute", str(p), str(q), "-f", "json"], 1.6),
            "kl compute p.csv q.csv": (["compute", str(p), str(q)], 2.2),
        }
        times: dict[str, list[float]] = {name: [] for name in ("import numpy", *commands)}
        for _ in range(RUNS):
            times["import numpy"].append(elapsed(PEER))
            for name, (arguments, _) in commands.items():
                times[name].append(elapsed([str(Path(sys.executable).with_name("kl")), *arguments]))
    peer = median(times["import numpy"])
    print(f"{'command':36} {'ms':>7} {'ratio':>6} {'goal':>6}")
    print(f"{'python -c import numpy':36} {1000 * peer:7.1f} {1:6.2f}")
    for name, (_, goal) in commands.items():
        mine = median(times[name])
        print(f"{name:36} {1000 * mine:7.1f} {mine / peer:6.2f} {goal:6.2f}")


def elapsed(arguments: list[str]) -> float:
    """Seconds that a process takes from start to end."""
    start = time.perf_counter()
    subprocess.run(arguments, stdout=subprocess.DEVNULL, env=os.environ, check=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
