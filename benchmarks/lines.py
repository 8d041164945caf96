"""JSON lines: whole processes of `kl rows` beside a loop of json and scipy, with and without orjson.

The loop takes as long for each line however many there are, so it is run on a tenth of them; its time without its start
counts ten times, and the start of kl is included.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.files import CORE_ONLY, peer_script
from benchmarks.interleaved import KL, Table, against, is_installed, times

LINES, OUTCOMES = 100_000, 10
RUNS = 7
PART = 10


def tables(large: bool = False) -> list[Table]:
    """Returns the table beside the loop."""
    table = Table(f"{LINES:,} lines of {OUTCOMES} + {OUTCOMES} numbers, whole processes, median of {RUNS}")
    if not is_installed("scipy", table):
        return [table]
    with TemporaryDirectory() as folder:
        every, part, one = (_written(Path(folder) / f"{count}.jsonl", count) for count in (LINES, LINES // PART, 1))
        words = ("rows", str(every), "-f", "jsonl")
        commands = {"kl, core only": (*CORE_ONLY, *words)}
        commands |= {str(path): peer_script("scipy_lines", [path]) for path in (part, one)}
        has_orjson = is_installed("orjson", table)
        if has_orjson:
            commands["kl"] = (*KL, *words)
        took = {name: each.seconds for name, each in against(commands, RUNS).items()}
    loop = PART * (took[str(part)] - took[str(one)])
    table.add(times("core dependencies only", took["kl, core only"], loop, "json and scipy", 4))
    if has_orjson:
        table.add(times("with orjson", took["kl"], loop, "json and scipy", 12))
        table.add(times("with orjson", took["kl"], took["kl, core only"], "kl without it"))
    return [table]


def _written(path: Path, count: int) -> Path:
    random = np.random.default_rng(6)
    with path.open("w", encoding="utf-8") as stream:
        for p, q in random.dirichlet([1.0] * OUTCOMES, (count, 2)).tolist():
            stream.write(json.dumps({"p": p, "q": q}) + "\n")
    return path
