"""Runs hunts, each in a process of its own, and sums up what they found.

    python tests/hunts/run.py                        all, with the numbers of cases below
    python tests/hunts/run.py masses logits          these
    python tests/hunts/run.py --seed 7 --part 0.01   by this seed, a hundredth of the cases

A seed that is not given is drawn and printed. Exits 1 where a hunt found something.
"""

import argparse
import secrets
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHARED = {"run", "hunt"}
COUNTS = {  # cases of a whole hunt
    "batch": 100_000,
    "families": 200,
    "logits": 2_000,
    "masses": 2_000,
    "mutations": 300_000,
    "readers": 20_000,
    "rows_and_matrices": 1_000,
    "smoothing": 500,
    "tables": 20_000,
}


def hunts() -> list[str]:
    """Returns the names of the hunts: each is a script in this folder, with --seed and --count."""
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem not in SHARED)


def main() -> int:
    parser = argparse.ArgumentParser(description="Run hunts for wrong values, crashes and false messages.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(hunts())}; all if none")
    parser.add_argument("--seed", type=int, default=None, help="a random one if not given")
    parser.add_argument("--part", type=float, default=1.0, help="of the cases of a whole hunt")
    options = parser.parse_args()
    if unknown := set(options.names) - set(hunts()):
        parser.error(f"no hunt is called {', '.join(sorted(unknown))}; there are {', '.join(hunts())}")
    seed = secrets.randbits(32) if options.seed is None else options.seed
    found = []
    for name in options.names or hunts():
        count = max(1, round(COUNTS.get(name, 1000) * options.part))
        words = [f"{HERE / name}.py", "--seed", str(seed), "--count", str(count)]
        print(f"\n== python tests/hunts/{name}.py {' '.join(words[1:])}", flush=True)
        start = time.monotonic()
        if subprocess.run([sys.executable, *words], check=False).returncode:
            found.append(name)
        print(f"   {time.monotonic() - start:.0f} s", flush=True)
    print(f"\nseed {seed}: " + (f"{', '.join(found)} found something" if found else "nothing was found"))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
