"""Start-up: whole processes of kl as parts of `python -c "import numpy"`."""

import sys
import tempfile
from pathlib import Path

from benchmarks.interleaved import KL, Table, against, share

RUNS = 15
PEER = "import numpy"


def tables(large: bool = False) -> list[Table]:
    """Returns the table of commands, each with its part of the peer's time and the goal."""
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
        contestants = {name: (*KL, *arguments) for name, (arguments, _) in commands.items()}
        took = against({PEER: (sys.executable, "-c", PEER), **contestants}, RUNS)
    table = Table(f"Start-up, median of {RUNS}")
    table.add(
        *(share(name, took[name].seconds, took[PEER].seconds, PEER, goal) for name, (_, goal) in commands.items())
    )
    return [table]
