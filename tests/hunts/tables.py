"""Hunts for damaged tables, profiles and samples that crash a reader, hang it, or differ from themselves.

    python tests/hunts/tables.py --seed 1 --count 20000

A case changes a few bytes of a good table and reads it as `kl drift`, `kl profile` or `kl estimate` does, or changes a
profile. It must be answered without a NaN, or be refused by a KlError whose message names the input. A table does not
drift from itself, nor from its own profile.
"""

import json
import resource
import sys
from functools import partial
from math import isnan
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hunts.hunt import main
from hunts.mutations import MEMORY, Wrong, ends_well, mutated, pick, said_of

import klcli
from klcli.runs.drift.results import Status

try:
    import pyarrow
    import pyarrow.parquet
except ImportError:
    pyarrow = None

ROWS = 40
RANDOM = np.random.default_rng(0)
NUMBERS, INTEGERS = RANDOM.normal(size=ROWS), RANDOM.integers(0, 9, ROWS)
WORDS = [("cat", "dog", "a b", "", "NA")[place] for place in RANDOM.integers(5, size=ROWS)]
DATES = [f"2024-01-{day + 1:02d}" for day in RANDOM.integers(28, size=ROWS)]
CELLS = list(zip(NUMBERS.tolist(), INTEGERS.tolist(), WORDS, DATES, strict=True))
NAMES = ("x", "n", "word", "day")
RECORDS = [dict(zip(NAMES, cells, strict=True)) for cells in CELLS]


def text(mark, end="\n"):
    lines = [NAMES, *(map(str, cells) for cells in CELLS)]
    return end.join(mark.join(line) for line in lines).encode() + end.encode()


TABLES = {
    "csv": [text(","), text(";", "\r\n"), text(",").decode().encode("utf-16"), text(",").split(b"\n", 1)[1]],
    "tsv": [text("\t")],
    "jsonl": ["".join(json.dumps(record) + "\n" for record in RECORDS).encode()],
    "json": [json.dumps(RECORDS).encode()],
}
if pyarrow is not None:
    stream = pyarrow.BufferOutputStream()
    columns = dict(zip(NAMES, zip(*CELLS, strict=True), strict=True))
    pyarrow.parquet.write_table(pyarrow.table(columns), stream, compression="none")
    TABLES["parquet"] = [stream.getvalue().to_pybytes()]
SAMPLES = {
    "csv": ["\n".join(map(str, NUMBERS)).encode(), b"x\n" + "\n".join(map(str, INTEGERS)).encode(), text(",")],
    "json": [json.dumps(NUMBERS.tolist()).encode(), json.dumps(WORDS).encode()],
    "jsonl": ["".join(f"{number}\n" for number in INTEGERS).encode()],
}


def refuse_nan(value, place):
    """Raises Wrong where a document holds a NaN."""
    if isinstance(value, dict):
        for name, each in value.items():
            refuse_nan(each, f"{place}.{name}")
    elif isinstance(value, (list, tuple)):
        for index, each in enumerate(value):
            refuse_nan(each, f"{place}[{index}]")
    elif isinstance(value, float) and isnan(value):
        raise Wrong(f"NaN at {place}")


def is_no_drift(report, of_profile=False):
    """Raises Wrong where a table drifts from itself."""
    refuse_nan(report.to_dict(), "drift")
    for each in report.result.columns:
        found = {"missing": each.missing_change, "unseen": each.unseen, "vanished": each.vanished, **each.measures}
        wrong = {name: value for name, value in found.items() if value > each.errors.get(name, 0.0)}
        if wrong or each.status is Status.EXCEEDED:
            raise Wrong(f"{each.counted.name} differs from itself{' as a profile' * of_profile}: {each.status} {wrong}")


def read_drift(path):
    is_no_drift(klcli.drift(path, path))


def read_profile(path):
    Path("base.kl.json").write_text(klcli.profile(path), encoding="utf-8")
    is_no_drift(klcli.drift("base.kl.json", path), of_profile=True)


def read_mutated_profile(random, path):
    Path("good.csv").write_bytes(TABLES["csv"][0])
    Path(path).write_bytes(mutated(random, klcli.profile("good.csv").encode()))
    refuse_nan(klcli.drift(path, "good.csv").to_dict(), "drift")


def read_samples(random, path):
    columns = pick(random, [(), (), ("x",), ("word",), ("x", "word"), ("x", "n"), ("1",)])
    options = {"columns": columns, "missing": pick(random, ["error", "drop", "label"])}
    refuse_nan(klcli.estimate(path, path, **options).to_dict(), "estimate")


def case(random):
    draw = random.random()
    if draw < 0.15:
        path = "t.kl.json"
        return said_of(partial(read_mutated_profile, random, path), path, "a mutated profile")
    of_samples = draw < 0.45
    table = SAMPLES if of_samples else TABLES
    suffix = pick(random, list(table))
    data = mutated(random, pick(random, table[suffix]))
    path = f"t.{suffix}"
    Path(path).unlink(missing_ok=True)  # a mapped file must not change
    Path(path).write_bytes(data)
    if of_samples:
        read = partial(read_samples, random, path)
    elif draw < 0.48:
        command = pick(
            random, [["drift", path, path, "-f", "json"], ["profile", path], ["estimate", path, path, "-f", "json"]]
        )
        read = partial(ends_well, command)
    else:
        read = partial(pick(random, [read_drift, read_drift, read_profile]), path)
    return said_of(read, path, f"{path}: {data[:600]!r}")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.exit(main(__file__, "mutated tables", case, 20_000))
