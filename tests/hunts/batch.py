"""A hunt through `kl batch`: many pairs, one in a hundred broken, none of which may hide another or itself.

    python tests/hunts/batch.py --count 100000 --seed 1

Every broken pair must be an error, and the exit code 3; every other must have the values that mpmath finds with 80
digits, and the status that its limit calls for. The counts must add up, and one process and two must write the same.
Without the broken pairs the exit code is 1, and without those that exceed their limits 0. Exits with 1 if anything
is wrong, after it has said what.
"""

import argparse
import bz2
import csv
import gzip
import json
import lzma
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import mpmath
import numpy as np

FIELDS = ("name", "p", "q", "as", "measure", "limits", "base", "missing")
MEASURES = ("forward_kl", "reverse_kl", "total_variation", "jensen_shannon")
TOLERANCE = 4e-15
SHOWN = 20

Masses = dict[str, float]


class Pair(NamedTuple):
    """A row of the manifest, and what must become of it: its values by measure, or None where it is broken."""

    row: dict[str, str]
    values: dict[str, mpmath.mpf] | None
    sort: str


def main() -> int:
    """Runs the hunt, and returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=100_000, help="pairs")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--broken", type=float, default=0.01, help="the share of pairs that are broken")
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.count:,} pairs", flush=True)
    mpmath.mp.dps = 80  # a value may be 1e-40 beside masses near 1
    with tempfile.TemporaryDirectory() as folder:
        maker = Maker(Path(folder), random.Random(options.seed))
        pairs = [maker.pair(index, is_broken=maker.random.random() < options.broken) for index in range(options.count)]
        wrong = list(found(Path(folder), pairs))
    for each in wrong[:SHOWN]:
        print(each)
    sorts = Counter(pair.sort for pair in pairs)
    print(", ".join(f"{count:,} {sort}" for sort, count in sorted(sorts.items())))
    print(f"{len(wrong):,} findings")
    return 1 if wrong else 0


def found(folder: Path, pairs: list[Pair]) -> Iterator[str]:
    """Yields what is wrong."""
    outs = []
    for jobs in (1, 2):
        code, out, summary = run(folder, pairs, jobs)
        outs.append(out)
        expected = 3 if any(pair.values is None for pair in pairs) else 1 if any(map(is_above, pairs)) else 0
        if code != expected:
            yield f"-j {jobs}: exit code {code}, not {expected}"
        yield from counted(summary, pairs, f"-j {jobs}")
    if outs[0] != outs[1]:
        yield "one process and two write different answers"
    lines = outs[0].splitlines()
    if len(lines) != len(pairs):
        yield f"{len(lines):,} answers to {len(pairs):,} pairs"
    for pair, line in zip(pairs, lines, strict=False):
        yield from (f"{pair.sort}: {pair.row}: {what}" for what in checked(pair, json.loads(line)))
    good = [pair for pair in pairs if pair.values is not None]
    for some, expected in ((good, 1 if any(map(is_above, good)) else 0), ([p for p in good if not is_above(p)], 0)):
        code, _, _ = run(folder, some[:5000], 1)
        if some[:5000] and code != (expected and int(any(map(is_above, some[:5000])))):
            yield f"{len(some):,} pairs that are not broken: exit code {code}"


def run(folder: Path, pairs: list[Pair], jobs: int) -> tuple[int, str, dict[str, object]]:
    """Returns the exit code, the answers in JSON lines, and the summary of the report in JSON."""
    with (folder / "pairs.csv").open("w", newline="", encoding="utf-8", errors="surrogateescape") as stream:
        writer = csv.DictWriter(stream, FIELDS, restval="")
        writer.writeheader()
        writer.writerows(pair.row for pair in pairs)
    command = [sys.executable, "-m", "klcli", "batch", "pairs.csv", "-j", str(jobs), "-f", "jsonl", "-q"]
    done = subprocess.run(
        [*command, "--report", "json=report.json"], cwd=folder, capture_output=True, check=False, text=True
    )
    summary = json.loads((folder / "report.json").read_text())["summary"] if (folder / "report.json").exists() else {}
    return done.returncode, done.stdout, summary


def counted(summary: dict[str, object], pairs: list[Pair], way: str) -> Iterator[str]:
    """Yields what is wrong with the counts of a report."""
    counts = Counter("error" if pair.values is None else "exceeded" if is_above(pair) else "ok" for pair in pairs)
    expected = {"pairs": len(pairs), **{name: counts[name] for name in ("ok", "exceeded", "error")}}
    shown = {name: summary.get(name) for name in expected}
    if shown != expected or summary.get("ending") != "complete":
        yield f"{way}: the report counts {summary}, not {expected}"


def checked(pair: Pair, answer: dict[str, object]) -> Iterator[str]:
    """Yields what is wrong with the answer to a pair."""
    if answer["name"] != pair.row["name"]:
        yield f"the answer is that of {answer['name']!r}"
    if pair.values is None:
        message = str(dict(answer.get("error") or {}).get("message", ""))
        if answer["status"] != "error" or not message or "a bug in kl" in message:
            yield f"broken, but the status is {answer['status']}: {message}"
        return
    expected = "exceeded" if is_above(pair) else "ok"
    if answer["status"] != expected:
        yield f"the status is {answer['status']}, not {expected}: {answer.get('error')}"
        return
    for name, exact in pair.values.items():
        value = float(answer["measures"][name])  # "Infinity" too
        if not is_right(value, exact):
            yield f"{name} is {value!r}, not {mpmath.nstr(exact, 20)}"


def is_right(value: float, exact: mpmath.mpf) -> bool:
    """Whether a value is the exact one, to 4e-15 of it."""
    if mpmath.isinf(exact) or exact == 0:
        return value == float(exact)
    return bool(abs(mpmath.mpf(value) - exact) <= TOLERANCE * exact + mpmath.mpf(2) ** -1074)


def is_above(pair: Pair) -> bool:
    """Whether a pair exceeds its limit; limits are never within 1e-9 of the value."""
    measure, _, limit = pair.row.get("limits", "").partition("<")
    return bool(limit and pair.values is not None and pair.values[measure] > mpmath.mpf(float(limit)))


class Maker:
    """Makes pairs, and the files that they name in a folder."""

    def __init__(self, folder: Path, source: random.Random) -> None:
        self.folder, self.random = folder, source
        self.files = 0
        self.broken = sorted(name for name in dir(self) if name.startswith("broken_"))
        os.symlink("loop2", folder / "loop1")
        os.symlink("loop1", folder / "loop2")
        os.symlink("gone.csv", folder / "dangling.csv")
        (folder / "folder.csv").mkdir()
        (folder / "bomb.csv.gz").write_bytes(gzip.compress(b"1\n" * 10_000_000))

    def pair(self, index: int, *, is_broken: bool) -> Pair:
        """Returns the pair of an index."""
        if is_broken:
            which = self.random.choice(self.broken)
            row: dict[str, str] = getattr(self, which)()
            return Pair({"name": f"pair {index}"} | row, None, which.replace("_", " "))
        return self.right(f"pair {index}")

    def right(self, name: str) -> Pair:
        """Returns a pair that is not broken."""
        kind = self.random.choice(["auto", "probs", "counts", "weights", "logits"])
        count = self.random.choice([1, 2, 3, 5, 8, 20])
        is_labelled = self.random.random() < 0.6
        labels = [
            f"{letter}{index}" for index, letter in enumerate(self.random.choices(["x", "é ", "00", "NA"], k=count))
        ]
        p, q = self.masses(kind, labels), self.masses(kind, labels)
        if self.random.random() < 0.1:
            q = dict(p)
        if is_labelled and kind in ("counts", "weights") and self.random.random() < 0.1:
            del q[self.random.choice(labels)]  # a label on one side only
            q["y"] = 2.0
        chosen = self.random.sample(MEASURES, self.random.choice([1, 1, 2]))
        base = self.random.choice(["", "", "2", "10"])
        values = {name: exact_value(name, *normalised(kind, p, q), base) for name in chosen}
        limits = ""
        if self.random.random() < 0.5:
            value = values[chosen[0]]
            near = float(value) if mpmath.isfinite(value) and value else 1.0
            limits = f"{chosen[0]}<{near * self.random.choice([0.5, 0.99, 1.01, 3])!r}"
        row = {
            "name": name, "p": self.operand(p, is_labelled), "q": self.operand(q, is_labelled), "as": kind,
            "measure": " ".join(chosen), "limits": limits, "base": base,
        }  # fmt: skip
        return Pair(row, values, "above" if limits and is_above(Pair(row, values, "")) else "kept")

    def masses(self, kind: str, labels: list[str]) -> Masses:
        """Returns numbers of a kind by their labels."""
        match kind:
            case "counts":
                numbers: list[float] = [float(self.random.choice([0, 1, 7, 10**9, 3])) for _ in labels]
            case "weights":
                numbers = [
                    self.random.choice([0.0, self.random.random(), self.random.expovariate(1e-3)]) for _ in labels
                ]
            case "logits":
                numbers = [self.random.gauss(0, self.random.choice([0.1, 3, 30])) for _ in labels]
            case _:
                numbers = [self.random.choice([0.0, self.random.random(), 1e-9 * self.random.random()]) for _ in labels]
        if kind != "logits" and not any(numbers):
            numbers[0] = 1.0
        if kind in ("auto", "probs"):
            total = sum(numbers)
            numbers = [number / total for number in numbers]
        return dict(zip(labels, numbers, strict=True))

    def operand(self, masses: Masses, is_labelled: bool) -> str:
        """Returns a word that stands for masses: inline, or a file of some format."""
        order = list(masses.items())
        if is_labelled:
            self.random.shuffle(order)
        if self.random.random() < 0.9:
            return json.dumps(dict(order) if is_labelled else [number for _, number in order], ensure_ascii=False)
        writers: list[Callable[[list[tuple[str, float]], bool], tuple[str, bytes]]] = [as_csv, as_json]
        if not is_labelled or len(order) > 1:  # one record alone is an object of labels and numbers
            writers.append(as_lines)
        if not is_labelled:
            writers.append(as_npy)
        suffix, data = self.random.choice(writers)(order, is_labelled)
        ending, compress = self.random.choice([
            ("", bytes), ("", bytes), (".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress),
        ])  # fmt: skip
        return self.write(suffix + ending, compress(data))

    def write(self, suffix: str, data: bytes) -> str:
        """Returns the name of a new file."""
        self.files += 1
        name = f"file {self.files}{suffix}"
        (self.folder / name).write_bytes(data)
        return name

    def beside(self, word: str, **options: str) -> dict[str, str]:
        """Returns a row of a broken operand beside a good one, in some order."""
        sides = [word, self.random.choice(["[0.5, 0.5]", "0.25,0.75", '{"a": 1, "b": 3}'])]
        self.random.shuffle(sides)
        return {"p": sides[0], "q": sides[1]} | options

    def broken_missing_file(self) -> dict[str, str]:
        return self.beside(
            self.random.choice(["gone.csv", "gone/p.json", "no suffix", "p.unknown", "*.csv", "x" * 300])
        )

    def broken_link(self) -> dict[str, str]:
        return self.beside(self.random.choice(["loop1", "loop1/p.csv", "dangling.csv"]))

    def broken_no_file(self) -> dict[str, str]:
        return self.beside(self.random.choice(["folder.csv", "/dev/zero", "/dev/full", "."]))

    def broken_mass(self) -> dict[str, str]:
        bad = self.random.choice(["-0.5", "nan", "inf", "-inf", "x", "", "0.5.5", "1e999", "1/0", "NULL", "50%", "0x1"])
        text = f"l,p\na,0.5\nb,{bad}\n"
        return self.beside(
            self.random.choice([f"0.5,{bad or '?'}", f"a=0.5,b={bad}", self.write(".csv", text.encode())])
        )

    def broken_json(self) -> dict[str, str]:
        text = self.random.choice([
            "[", "[1,", '{"a": 1', '{"a": 1, "a": 2}', '{"a": NaN}', "[1, null]", "[1] [2]", '"text"', "true", "[[1]]",
            "[" * 5000, '{"a": ' * 5000, "[1, -Infinity]", '["a", 1]', "[true, false]", "{}", "[]",
        ])  # fmt: skip
        is_inline = text.startswith(("[", "{")) and self.random.random() < 0.5
        return self.beside(text if is_inline else self.write(".json", text.encode()))

    def broken_text(self) -> dict[str, str]:
        data = self.random.choice([
            b"", b"\n\n", b"# nothing\n", b"label,p\n", b"a,1\nb\n", b"a,1\nb,2,3\n", b"a,\xff\nb,1\n", b"a,1\na,0.5\n",
            b'"a,1\nb,2\n', b"\xff\xfea", b"a\0b\0", b"a,b,c,d\n1,2,3,4\n5,6,7,8\n", b"a,0\nb,0\n", b"p,p\n1,2\n1,2\n",
        ])  # fmt: skip
        return self.beside(self.write(".csv", data), **{"as": "probs"})

    def broken_compression(self) -> dict[str, str]:
        ending, compress = self.random.choice([(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)])
        data = compress(os.urandom(100).hex().encode())
        cut = self.random.choice([data[: len(data) // 2], data[:-1], b"", b"0.5\n0.5\n", data[5:]])
        return self.beside("bomb.csv.gz" if self.random.random() < 0.2 else self.write(f".csv{ending}", cut))

    def broken_array(self) -> dict[str, str]:
        _, data = as_npy([("a", 0.5), ("b", 0.5)], False)
        found = self.random.choice([data[:-1], data[:20], b"", data[:8] + b"\xff\xff" + data[10:], b"\x80\x04N."])
        return self.beside(self.write(self.random.choice([".npy", ".npz"]), found))

    def broken_sum(self) -> dict[str, str]:
        return self.beside(self.random.choice(["0.5,0.4", "0.5,0.52", "0,0", "0", "a=0.1,b=0.2"]), **{"as": "probs"})

    def broken_lengths(self) -> dict[str, str]:
        return {"p": "0.5,0.5", "q": self.random.choice(["0.2,0.3,0.5", "1", "a=0.5,b=0.5"])}

    def broken_labels(self) -> dict[str, str]:
        return {"p": "a=0.5,b=0.5", "q": "b=0.5,c=0.5", "missing": "error"}

    def broken_setting(self) -> dict[str, str]:
        name, value = self.random.choice([
            ("as", "percent"), ("measure", "kl_forward"), ("measure", "renyi"), ("limits", "forward_kl<x"),
            ("limits", "foo<1"), ("base", "1"), ("base", "nits"), ("missing", "drop"), ("limits", "forward_kl<nan"),
        ])  # fmt: skip
        return {"p": "0.5,0.5", "q": "0.25,0.75", name: value}

    def broken_operand(self) -> dict[str, str]:
        return self.random.choice([
            {"p": "", "q": "0.5,0.5"}, {"p": "-", "q": "0.5,0.5"}, {"p": "0.5,0.5", "q": ""},
            {"p": "0.5,0.5", "q": "-"},
            {"p": "normal(0, -1)", "q": "normal(0, 1)"}, {"p": "normal(0, 1)", "q": "0.5,0.5"},
            {"p": "norml(0, 1)", "q": "normal(0, 1)"}, {"p": "normal(0, 1", "q": "normal(0, 1)"},
        ])  # fmt: skip


def as_csv(order: list[tuple[str, float]], is_labelled: bool) -> tuple[str, bytes]:
    """Returns masses as delimited text, headed."""
    lines = [f"{label},{number!r}" if is_labelled else repr(number) for label, number in order]
    return ".csv", "\n".join([*(["label,p"] if is_labelled else ["p"]), *lines, ""]).encode()


def as_json(order: list[tuple[str, float]], is_labelled: bool) -> tuple[str, bytes]:
    """Returns masses as JSON."""
    return ".json", json.dumps(dict(order) if is_labelled else [number for _, number in order]).encode()


def as_lines(order: list[tuple[str, float]], is_labelled: bool) -> tuple[str, bytes]:
    """Returns masses as JSON lines."""
    items = [{"x": label, "p": number} if is_labelled else number for label, number in order]
    return ".jsonl", "".join(json.dumps(item) + "\n" for item in items).encode()


def as_npy(order: list[tuple[str, float]], is_labelled: bool) -> tuple[str, bytes]:
    """Returns masses as a NumPy array."""
    values = np.array([number for _, number in order])
    with tempfile.TemporaryFile() as stream:
        np.save(stream, values)
        stream.seek(0)
        return ".npy", stream.read()


def normalised(kind: str, p: Masses, q: Masses) -> tuple[list[mpmath.mpf], list[mpmath.mpf]]:
    """Returns the exact masses of both over the union of their labels, or over their positions."""
    labels = list(dict.fromkeys([*p, *q]))
    sides = []
    for masses in (p, q):
        numbers = [masses.get(label) for label in labels]
        exact = [mpmath.mpf(0 if number is None else number) for number in numbers]
        if kind == "logits":
            exact = [mpmath.exp(number) for number in exact]
        total = mpmath.fsum(exact)
        sides.append([number / total for number in exact])
    return sides[0], sides[1]


def exact_value(measure: str, p: list[mpmath.mpf], q: list[mpmath.mpf], base: str) -> mpmath.mpf:
    """Returns a measure by its textbook sum, with 80 digits."""
    match measure:
        case "total_variation":
            return mpmath.fsum(abs(a - b) for a, b in zip(p, q, strict=True)) / 2
        case "forward_kl":
            value = kl(p, q)
        case "reverse_kl":
            value = kl(q, p)
        case _:
            middle = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
            value = (kl(p, middle) + kl(q, middle)) / 2
    return value / mpmath.log(int(base)) if base else value


def kl(p: list[mpmath.mpf], q: list[mpmath.mpf]) -> mpmath.mpf:
    """Returns Σ p·log(p/q)."""
    if any(a > 0 and b == 0 for a, b in zip(p, q, strict=True)):
        return mpmath.inf
    return max(mpmath.mpf(0), mpmath.fsum(a * mpmath.log(a / b) for a, b in zip(p, q, strict=True) if a > 0))


if __name__ == "__main__":
    sys.exit(main())
