"""A hunt for files that a fast reader reads as another distribution, or refuses in other words, than the careful one.

Run by hand: `python tests/hunts/readers.py --seed 1 --count 20000`; it exits with 1 where it finds something.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from klcli.errors import KlError
from klcli.sources.binary import parquet
from klcli.sources.json_text import document
from klcli.sources.operands.operand import load, load_columns, load_pair
from klcli.sources.text import delimited

NEVER = 10**12  # bytes that no file has

NAMES = ["label", "name", "category", "count", "n", "p", "q", "value", "x", "y", "a,b", "origin", "carrier", "", " p "]
LABELS = [
    *[
        "a",
        "b",
        "c",
        "001",
        "1",
        "2",
        "NA",
        "null",
        "None",
        "nan",
        " x ",
        " ",
        "",
        "é",
        "日本",
        "#c",
        "a_b",
        "TRUE",
        "-",
    ],
    *["a,b", "a;b", "a\tb", 'say "x"', '"', "one\ntwo", "one\r\ntwo", "one\rtwo", "\r\n", "\n# no comment", "x" * 70],
]
NUMBERS = ["1", "2", "3", "10", "0.5", "0.25", "0", "1e-3", ".5", "5.", "+1", "1/4", " 0.5", "0.5 ", "9007199254740993"]
ODD_NUMBERS = [
    *["", "NULL", "NA", "-", "1,234", "12.5%", "0,25", "half", "nan", "inf", "-inf", "-1", "1_0", "1e400", "0x10", "٣"],
    *["-0", "-0.0", "true", "1 2", "1\n", "1\r\n2"],
]
ODD_LINES = ["", "   ", "# note", "#", ",", ",,", '""', '"', 'a"b,1', '"a"b,1', "a,1,2,3", "a\r", "a\0,1", "\udcff,1"]
KINDS = [*["weights"] * 8, "samples", "samples", "counts", "auto", "logits"]
ENDS = ["\n", "\n", "\n", "\r\n", "\r\n", "\r"]


class Case(NamedTuple):
    """A file and how it is read."""

    suffix: str
    data: bytes
    read: Callable[..., Any]
    options: dict[str, Any]


def delimited_text(random: Random) -> bytes:
    """Returns a table in text; most are sound, some have an odd cell or line."""
    width, rows = random.choice([1, 2, 2, 2, 2, 2, 2, 3, 3]), random.randint(1, 9)
    delimiter = random.choice(",,,;\t")
    labels = random.choices(LABELS[:11] if random.random() < 0.5 else LABELS, k=rows)
    if random.random() < 0.8:
        labels = [f"{label}{row}" if row else label for row, label in enumerate(labels)]
    columns = [labels] if width > 1 or random.random() < 0.5 else []
    while len(columns) < width:
        columns.append(random.choices(NUMBERS, k=rows))
    if random.random() < 0.1:
        random.shuffle(columns)
    table = [list(row) for row in zip(*columns, strict=True)]
    if random.random() < 0.5:
        table.insert(0, random.sample(NAMES, width))
    if random.random() < 0.12:
        random.choice(table[: random.choice([1, len(table)])])[-1] = random.choice(ODD_NUMBERS)
    always = random.random() < 0.1
    lines = [delimiter.join(quoted(cell, delimiter, always) for cell in row) for row in table]
    lines[:0] = random.choice([[], [], [], ["# made by hand", '# "quoted"']])
    for _ in range(random.choice([*[0] * 9, 1, 2])):
        lines.insert(random.randint(0, len(lines)), random.choice(ODD_LINES))
    end = random.choice(ENDS)
    ends = [random.choice(ENDS[:4]) for _ in lines] if random.random() < 0.05 else [end] * len(lines)
    text = "".join(chain.from_iterable(zip(lines, ends, strict=True)))
    text = text if random.random() < 0.6 else text.removesuffix(ends[-1])
    return random.choice([b"", b"", b"", b"\xef\xbb\xbf"]) + text.encode(errors="surrogateescape")


def quoted(cell: str, delimiter: str, always: bool) -> str:
    """Returns a cell as it stands in a text."""
    if always or any(mark in cell for mark in (delimiter, '"', "\n", "\r")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def json_text(random: Random) -> bytes:
    """Returns a JSON document or JSON lines: an array, an object, or records; numbers as they come."""
    rows = random.randint(1, 6)
    labels = [json.dumps(random.choice(LABELS)) for _ in range(rows)]
    labels = [random.choice([*[label] * 20, "null", "1", "1.50", "true"]) for label in labels]
    numbers = random.choices([*NUMBERS[:8], "-0", "-1", "1e400", "null", "true", '"1"'], k=rows)
    if random.random() < 0.7:
        numbers = random.choices(NUMBERS[:8], k=rows)
    shape = random.choice(["array", "object", "records", "records", "lines", "lines", "pair"])
    if shape == "array":
        return f"[{', '.join(numbers)}]".encode()
    if shape == "object":
        items = ", ".join(f"{json.dumps(random.choice(LABELS))}: {number}" for number in numbers)
        return f"{{{items}}}".encode()
    names = json.dumps(random.sample(NAMES[:8], 2))[1:-1].split(", ")
    records = [f"{{{names[0]}: {a}, {names[1]}: {b}}}" for a, b in zip(labels, numbers, strict=True)]
    if shape == "pair":
        return f'{{"p": [{", ".join(records)}], "q": [{", ".join(numbers)}]}}'.encode()
    return ("\n".join(records) if shape == "lines" else f"[{', '.join(records)}]").encode()


def parquet_file(random: Random) -> bytes:
    """Returns a Parquet file of labels and one or two columns of numbers, some with a gap."""
    import io

    import pyarrow
    import pyarrow.parquet

    rows = random.randint(1, 6)
    labels: list[Any] = random.choices(LABELS, k=rows)
    if random.random() < 0.3:
        labels[random.randrange(rows)] = random.choice([None, ""])
    if random.random() < 0.15:
        labels = list(range(rows))
    names = random.sample([name for name in NAMES if name], 3)
    columns = [labels, *([random.choice([1, 2, 3, 0.5, 0.25]) * 1.0 for _ in range(rows)] for _ in range(2))]
    columns = columns[: random.choice([2, 2, 3])]
    if random.random() < 0.15:
        columns[-1][random.randrange(rows)] = random.choice([None, float("nan"), -1.0])
    stream = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(dict(zip(names, columns, strict=False))), stream, row_group_size=2)
    return stream.getvalue()


def cases(random: Random, count: int) -> Iterator[Case]:
    """Yields files, and options that most of them can be read with."""
    for _ in range(count):
        sort = random.random()
        suffix, make = (".csv", delimited_text) if sort < 0.8 else (".json", json_text) if sort < 0.95 else (
            ".parquet", parquet_file)  # fmt: skip
        data = make(random)
        if suffix == ".json" and b"\n{" in data:
            suffix = ".jsonl"
        options: dict[str, Any] = {
            "missing_label": random.choice(["error", "error", "keep", "drop"]),
            "header": random.choice([*[None] * 10, True, False]),
        }
        if random.random() < 0.1:
            options["label"] = random.choice(["1", "2", "label", "origin,carrier", "1,2", ("1", "3"), "a,b", "x"])
        read = random.choice([*[load] * 6, load_pair, load_columns])
        kind = random.choice(KINDS)
        if read is load_pair:
            options["as_"] = (kind, kind if random.random() < 0.7 else random.choice(KINDS))
            if random.random() < 0.2:
                options["columns"] = random.choice([("p", "q"), ("2", "3"), ("x", None), ("1", "2")])
        else:
            options["as_"] = kind
        if read is load and random.random() < 0.1:
            options["column"] = random.choice(["1", "2", "p", "count", "value"])
        yield Case(suffix, data, read, options)


@contextmanager
def reading(**limits: Any) -> Iterator[None]:
    """Sets, within, the sizes from which the fast readers are taken, and whether orjson is."""
    modules = {"delimited": delimited, "json": document, "parquet": parquet}
    before = {}
    for name, value in limits.items():
        module, _, attribute = name.partition("_")
        before[name] = getattr(modules[module], attribute)
        setattr(modules[module], attribute, value)
    try:
        yield
    finally:
        for name, value in before.items():
            module, _, attribute = name.partition("_")
            setattr(modules[module], attribute, value)


def careful() -> dict[str, Any]:
    """Returns the settings under which nothing but the careful readers is taken."""
    return {
        "delimited_HUGE": NEVER, "delimited_LARGE": NEVER, "delimited_small_table": lambda *_: None,
        "delimited_orjson_loads": lambda: None, "json_LARGE": NEVER, "parquet_HUGE": NEVER,
    }  # fmt: skip


def ways(suffix: str) -> dict[str, dict[str, Any]]:
    """Returns the fast ways to read a file of a suffix, by their names."""
    import orjson

    of_text = {"delimited_HUGE": NEVER, "delimited_LARGE": NEVER, "delimited_orjson_loads": lambda: None}
    if suffix == ".csv":
        return {
            "small": of_text,
            "as JSON": of_text | {"delimited_orjson_loads": lambda: orjson.loads},
            "large": of_text | {"delimited_LARGE": 0},
            "duckdb": of_text | {"delimited_LARGE": 0, "delimited_HUGE": 0},
        }
    return {"duckdb": {"parquet_HUGE": 0}} if suffix == ".parquet" else {"orjson": {"json_LARGE": 0}}


def outcome(path: Path, case: Case) -> str:
    """Returns what comes of a file: distributions and notes, or the words of the refusal."""
    try:
        found = case.read(str(path), **case.options)
    except KlError as error:
        return repr((type(error).__name__, error.message, error.hint))
    several = found if isinstance(found, tuple) else (found,)
    return repr([
        (each.name, each.labels and tuple(map(str, each.labels)), each.mass.tolist(), each.total, each.least, each.kind,
         each.notes, each.heading, each.log_mass is None or each.log_mass.tolist())
        for each in several
    ])  # fmt: skip


def hunt(seed: int, count: int) -> int:
    """Reads so many files in every way; returns how many were not read alike."""
    random, failures, seen = Random(seed), 0, Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(cases(random, count)):
            path = Path(folder) / f"t{case.suffix}"
            path.write_bytes(case.data)
            with reading(**careful()):
                expected = outcome(path, case)
            seen["refused" if expected.startswith("(") else "read"] += 1
            for name, limits in ways(case.suffix).items():
                with reading(**limits):
                    found = outcome(path, case)
                if found != expected:
                    failures += 1
                    said = f"file {number}, {name}: {case.data!r}\n  {case.read.__name__} {case.options}\n"
                    sys.stdout.write(f"{said}  careful: {expected}\n  {name}: {found}\n")
    sys.stdout.write(f"seed {seed}: {count:,} files, {dict(seen)}, {failures} not read alike\n")
    return failures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=20_000)
    arguments = parser.parse_args()
    sys.exit(hunt(arguments.seed, arguments.count) > 0)
