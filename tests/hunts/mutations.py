"""Hunts for damaged inputs that crash a reader, hang it, or give a number that nothing in the input says.

    python tests/hunts/mutations.py --seed 1 --count 300000

A case takes a good input of one kind, changes a few bytes or puts in what often breaks a reader, and reads it as `kl`
does: as a distribution, a pair, columns, rows, a matrix, a manifest, settings, or a family. It must be answered, or be
refused by a KlError whose message names the input. What is read is compared with what a reader of others gives, where
there is one: json, tomllib, numpy, and the standard library's decompression.
"""

import bz2
import gzip
import io
import json
import lzma
import os
import resource
import sqlite3
import sys
import tomllib
import warnings
from contextlib import redirect_stderr, redirect_stdout, suppress
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hunts.hunt import main
from row_files import llama_base, safetensors

from klcli.cli.main import main as kl
from klcli.core.comparison import compare
from klcli.core.distributions.read_rows import read_rows
from klcli.core.matrix.all_pairs import pairwise
from klcli.core.measures.measure import MEASURES
from klcli.core.measures.selection import select
from klcli.core.rows.comparison import compare_rows
from klcli.errors import ExitCode, InputError, KlError, NotComparable
from klcli.families.grammar import parse
from klcli.sources.batch.configuration import find_configuration
from klcli.sources.batch.manifest import Manifest
from klcli.sources.operands.operand import load, load_pair
from klcli.sources.rows.open_rows import open_rows
from klcli.sources.rows.pairs import open_pairs
from klcli.sources.rows.read_tables import read_columns, read_operands, read_table
from klcli.support.text.safe_text import visible

try:
    import openpyxl
except ImportError:
    openpyxl = None
try:
    import pyarrow
    import pyarrow.parquet
except ImportError:
    pyarrow = None
try:
    from compression import zstd
except ImportError:
    try:
        from backports import zstd
    except ImportError:
        zstd = None

MEMORY = 8 * 2**30  # bytes of addresses; a damaged head may claim more than there is
LONGEST_MESSAGE = 12_000
KINDS = ("auto", "auto", "weights", "counts", "probs", "logits", "logprobs", "samples")
MEASURED = [each.name for each in MEASURES if not each.orders]
VALUES = np.arange(1.0, 13).reshape(3, 4)
HALVES = np.array([0.5, 0.5])
PIECES = [
    b"", b"\0", b"\n", b"\r\n", b"\r", b'"', b'""', b"'", b",", b";", b"\t", b"#", b" ", b"-", b"--", b"+", b".", b"e",
    b"e999", b"1e999", b"-1", b"0", b"nan", b"inf", b"-inf", b"Infinity", b"NaN", b"null", b"true", b"NULL", b"NA",
    b"1,234", b"12.5%", b"1/0", b"1/3", b"1_0", b"0x1p3", b"9" * 400, b"\xef\xbb\xbf", b"\xff\xfe", b"\xc3\xa9",
    b"\xff", b"\xe2\x80\xae", b"\xed\xb3\xbf", b"{", b"}", b"[", b"]", b"[" * 3000, b":", b"=", b"(", b")", b"p", b"q",
    b"label", b"\\", b"\\u0000", b"\\ud800", b"\x1b[31m", b"1e-400", b"5e-324", b"1.8e308",
]  # fmt: skip


def saved(save, *values, **arrays):
    stream = io.BytesIO()
    save(stream, *values, **arrays)
    return stream.getvalue()


def sqlite(**columns):
    with sqlite3.connect(":memory:") as base:
        base.execute(f"CREATE TABLE t ({', '.join(columns)})")
        base.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(columns))})", zip(*columns.values(), strict=True))
        base.commit()
        return base.serialize()


def excel(*rows):
    stream, book = io.BytesIO(), openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def arrow(**columns):
    stream = io.BytesIO()
    with pyarrow.ipc.new_file(stream, (table := pyarrow.table(columns)).schema) as file:
        file.write_table(table)
    return stream.getvalue()


def parquet(**columns):
    stream = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), stream)
    return stream.getvalue()


TEXTS = {
    "csv": [
        b'label,p,q\r\n"a ""b""",0.5,0.4\r\n# note\r\nb,1/2,0.6\r\n', "x;1\ny;2\n".encode("utf-16"), b"1\n2\n3\n",
        b"id,a,b\nx,1,2\ny,0.5,1e-3\n", b",1,5,6\na,1,2,3\nb,3,4,5\n", b"cat\ndog\ncat\nbird\n",
        b"p,q\n0.5,0.5\n0.5,.5\n",
    ],
    "tsv": [b"label\tp\tq\na\t1\t2\nb\t3\t4\n", b"a\t0.5\nb\t0.5\n"],
    "json": [
        b'{"p": {"a": 0.5, "b": 5e-1}, "q": [0.5, 0.5]}', b'[{"label": "a", "p": 1, "q": 2}]', b"[0.25, 0.75]",
        b'{"a": 1, "b": 3}',
    ],
    "jsonl": [
        b'{"label": "a", "p": 1, "q": 2}\n{"label": "b", "p": 3, "q": 4}\n', b"0.5\n0.5\n",
        b'{"p": [1, 2], "q": {"top": {"a": -1}}}\n[1, 2]\n{"a": 1}\n', b'{"p": [0.5, 0.5], "q": [0.9, 0.1]}\n' * 3,
        b'{"id": "x", "p": {"a": 1, "b": 2}, "q": {"b": 1}}\n',
    ],
}  # fmt: skip
BYTES = {
    "npy": [saved(np.save, HALVES), saved(np.save, VALUES), saved(np.save, np.array(["a", "b"])),
            saved(np.save, VALUES.astype("f2")), saved(np.save, np.asfortranarray(VALUES))],
    "npz": [saved(np.savez, p=HALVES, q=HALVES), saved(np.savez_compressed, p=VALUES, q=VALUES),
            saved(np.savez, p=HALVES, q=HALVES, labels=np.array(["a", "b"]))],
    "safetensors": [safetensors({"p": VALUES, "q": VALUES}),
                    safetensors({"p": VALUES.astype("f4")}, metadata={"a": "b"})],
    "bin": [llama_base(VALUES.astype("f4"), np.arange(8) % 4, 8)],
    "sqlite": [sqlite(label=["a", "b"], p=[0.5, 0.5], q=[1, 2]), sqlite(p=[1.0, 2.0])],
}  # fmt: skip
if openpyxl is not None:
    BYTES["xlsx"] = [excel(("label", "p", "q"), ("a", 0.5, 1), ("b", 0.5, 2)), excel((1,), (2,))]
if pyarrow is not None:
    BYTES["arrow"] = [arrow(label=["a", "b"], p=[0.5, 0.5], q=[1, 2]), arrow(p=[1.0, 2.0])]
    BYTES["parquet"] = [parquet(label=["a", "b"], p=[0.5, 0.5], q=[1, 2]), parquet(p=[1.0, 2.0])]
INLINE = [
    b"0.5,0.5", b"heads=1/2,tails=0.5", b"[0.5, 0.5]", b'{"a": 0.5, "b": 0.5}', b"a=1,b=2,c=3", b"1/3,2/3",
]  # fmt: skip
FAMILIES = [
    b"normal(1, 0.5)", b"gamma(shape=2, rate=3)", b"mvnormal(mean=[0,0], cov=[[1,0.2],[0.2,2]])", b"poisson(4)",
    b"mixture(0.3*normal(0,1)+0.7*laplace(4,1))", b"scipy.gompertz(2, loc=1)", b"binomial(10, 1/3)", b"beta(2, 3)",
    b"categorical([0.5, 0.5])", b"uniform(0, 1)", b"truncated_normal(0, 1, -1, 2)", b"dirichlet([1,2,3])",
]  # fmt: skip
SETTINGS = [
    b'measure = "forward_kl"\nbase = 2\n\n[limits]\nforward_kl = 0.5\n\n[limits."letters/*"]\nforward_kl = 0.1\n',
    b'as = "counts"\njobs = 2\nglob = "*.csv"\nfail_fast = true\nsmooth = "add:1"\nmissing = "error"\n',
]
MANIFESTS = [
    b'name,p,q,limits\na,"0.5,0.5","0.9,0.1",forward_kl<1\nb,"a=1","a=1",\n',
    b'[{"name": "a", "p": [1, 1], "q": [1, 3]}, {"p": {"a": 1}, "q": {"a": 2}, "limits": "kl<0.1"}]',
    b'{"name": "a", "p": [1, 1], "q": [1, 3]}\n{"p": [1], "q": [1], "as": "counts"}\n',
]
COMPRESSED = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}
PLAIN = {".gz": gzip.decompress, ".bz2": bz2.decompress, ".xz": lzma.decompress}
if zstd is not None:
    COMPRESSED[".zst"], PLAIN[".zst"] = zstd.compress, zstd.decompress


def mutated(random, data):
    """The bytes with a few replaced, removed, put in, repeated or changed in one bit, or cut short."""
    data = bytearray(data)
    for _ in range(int(random.integers(1, 5))):
        start = int(random.integers(0, len(data) + 1))
        length = int(random.choice([0, 1, 1, 2, 8, 40]))
        match random.integers(6):
            case 0:
                data[start : start + length] = PIECES[random.integers(len(PIECES))]
            case 1:
                data[start:start] = PIECES[random.integers(len(PIECES))]
            case 2:
                data[start : start + length] = random.bytes(length)
            case 3:
                data[start:start] = bytes(data[start : start + length]) * int(random.choice([1, 2, 30]))
            case 4 if start < len(data):
                data[start] ^= 1 << int(random.integers(8))
            case _ if random.random() < 0.3:
                del data[start:]
    return bytes(data)


def pick(random, options):
    return options[int(random.integers(len(options)))]


class Wrong(Exception):
    """What was read is not what may be read."""


def is_sound(values):
    """Raises Wrong where a value of a measure is NaN or below 0."""
    values = np.asarray(values, dtype=float)
    if np.isnan(values).any() or (values < 0).any():
        raise Wrong(f"values {values.tolist()!r}")


def is_distribution(distribution):
    mass = np.asarray(distribution.mass, dtype=float)
    if not (np.isfinite(mass).all() and (mass >= 0).all() and mass.any()):
        raise Wrong(f"masses {mass.tolist()!r}")


def read_one(random, path, data):
    kind = pick(random, KINDS)
    column, label = pick(random, [None, None, None, "p", "2", "x"]), pick(random, [None, None, None, "label", "1"])
    found = load(path, as_=kind, column=column, label=label)
    is_distribution(found)
    if kind in ("weights", "counts") and column is label is None:
        is_what_others_read(path, data, found)
    is_sound(list(compare(found, found, measures=MEASURED).values.values()))


def read_pair(random, path, _):
    kind = pick(random, KINDS)
    p, q = load_pair(path, as_=(kind, kind), columns=pick(random, [(None, None), (None, None), ("p", "q"), ("2", "3")]))
    is_distribution(p)
    is_distribution(q)
    is_sound(list(compare(p, q, measures=MEASURED).values.values()))


def read_row_pairs(random, path, _):
    words = [path] if random.random() < 0.5 else [path, path]
    kind = pick(random, KINDS[:-1])
    for block in open_pairs(words, id_column=pick(random, [None, None, "id"])).blocks(2):
        sides = [read_rows(side.values, kind, name=path, place=side.place) for side in (block.p, block.q)]
        for values in compare_rows(*sides, ["forward_kl", "jensen_shannon", "hellinger"]).values.values():
            is_sound(values)


def read_matrix(random, path, _):
    kind = pick(random, KINDS[:-1])
    read = pick(random, [read_table, read_columns, lambda word, as_: read_operands([word, word], as_=as_)])
    is_sound(pairwise(select(pick(random, MEASURED)), read(path, as_=kind).stack))


def read_rows_only(random, path, _):
    for block in open_rows(path, side="p", id_column=pick(random, [None, "id"])).blocks(2):
        assert len(block.values)


def read_manifest(_, path, __):
    for entry in Manifest(path):
        if entry.error is not None and (not entry.error.message or path not in entry.error.message):
            raise Wrong(f"the error of an entry names no place: {entry.error.message!r}")


def read_settings(_, path, __):
    try:
        tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        is_valid = False
    else:
        is_valid = True
    find_configuration(Path(path))
    if not is_valid:
        raise Wrong("what is not TOML was read")


def is_no_json(constant):
    raise Wrong(f"{constant} in JSON")


def by_command(random, path, _):
    """Through the command line: the exit code, and what stands on both streams."""
    words = pick(random, [
        ["compute", path, path], ["compute", path], ["rows", path, path], ["rows", path], ["matrix", path],
        ["matrix", path, "--columns"], ["explain", path, path], ["batch", path, "-j", "1"],
    ])  # fmt: skip
    command = [*words, "--as", "weights"] if random.random() < 0.5 and words[0] != "batch" else words
    ends_well([*command, "-f", "json"] if words[0] != "explain" else command)


def ends_well(command, codes=(ExitCode.OK, ExitCode.USAGE, ExitCode.BAD_DATA)):
    """Raises Wrong where a command ends with another code, without a message, or with what is no JSON."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    with redirect_stdout(out), redirect_stderr(err):
        code = kl(command)
    out.flush()
    err.flush()
    printed, said = out.buffer.getvalue().decode(), err.buffer.getvalue().decode()
    if code not in codes:
        raise Wrong(f"kl {command}: exit code {code}: {said}")
    if command[0] != "explain" and printed:
        json.loads(printed, parse_constant=is_no_json)
    if code > ExitCode.LIMIT_EXCEEDED and "kl: error: " not in said and command[0] not in ("batch", "drift"):
        raise Wrong(f"kl {command}: exit code {code} without a message: {said!r}")
    if [visible(line) for line in said.split("\n")] != said.split("\n"):
        raise Wrong(f"kl {command}: not visible: {said!r}")


def json_values(text):
    """What a JSON document holds; of several values one after another, their list."""
    found, end, decoder = [], 0, json.JSONDecoder()
    while end < len(text.rstrip()):
        value, end = decoder.raw_decode(text, end + len(text[end:]) - len(text[end:].lstrip()))
        found.append(value)
    return found[0] if len(found) == 1 else found


def is_what_others_read(path, data, found):
    """Raises Wrong where the file is damaged by what others say, or its numbers are others."""
    stem, suffix = os.path.splitext(path)
    if suffix in PLAIN:
        textbook = PLAIN[suffix](data)  # an exception here is a finding: it was read
        inner = Path("textbook" + os.path.splitext(stem)[1])
        inner.write_bytes(textbook)
        same = load(str(inner), as_="weights")
        if same.mass.tolist() != found.mass.tolist():
            raise Wrong(f"compressed {found.mass.tolist()}, plain {same.mass.tolist()}")
        return
    if suffix == ".npy":
        numbers = np.load(io.BytesIO(data), allow_pickle=False)
    elif suffix == ".json":
        numbers = json_values(data.decode())
        if isinstance(numbers, dict) and set(numbers) != {"p", "q"}:
            numbers = list(numbers.values())
    else:
        return
    with suppress(TypeError, ValueError, OverflowError):
        numbers = np.asarray(numbers, dtype=float)
        expected = numbers / numbers.sum()
        if numbers.ndim == 1 and 0 < numbers.sum() < np.inf and numbers.max() > 1e-290:
            mass = np.asarray(found.mass, dtype=float)
            if len(mass) != len(expected) or not np.allclose(mass / mass.sum(), expected, rtol=1e-12, atol=1e-300):
                raise Wrong(f"read {mass.tolist()}, but it says {numbers.tolist()}")


ONE, ROWS = (read_one, read_one, read_pair), (read_row_pairs, read_rows_only, read_matrix)


def case(random):
    draw = random.random()
    if draw < 0.08:
        return word_case(random, INLINE)
    if draw < 0.14:
        return family_case(random)
    if draw < 0.19:
        found = file_case(random, "kl.toml", mutated(random, pick(random, SETTINGS)), read_settings)
        Path("kl.toml").unlink()  # its limits would hold for a later case
        return found
    if draw < 0.25:
        way = by_command if random.random() < 0.1 else read_manifest
        return file_case(random, pick(random, ["m.csv", "m.json"]), mutated(random, pick(random, MANIFESTS)), way)
    table = TEXTS if draw < 0.7 else BYTES
    name = pick(random, list(table))
    data = pick(random, table[name])
    data = data if draw > 0.97 else mutated(random, data)
    path = f"t.{name if random.random() < 0.95 else pick(random, [*TEXTS, *BYTES])}"
    if random.random() < 0.15:
        suffix = pick(random, list(COMPRESSED))
        data, path = COMPRESSED[suffix](data), path + suffix
        data = mutated(random, data) if random.random() < 0.7 else data
    way = by_command if random.random() < 0.04 else pick(random, (*ONE, *ROWS))
    return file_case(random, path, data, way)


def file_case(random, path, data, way):
    Path(path).unlink(missing_ok=True)  # a mapped file must not change
    Path(path).write_bytes(data)
    return said_of(partial(way, random, path, data), path, f"{way.__name__} of {path}: {data[:600]!r}")


def word_case(random, words):
    word = mutated(random, pick(random, words)).decode("utf-8", "surrogateescape")
    if word.strip() == "-" or "\0" in word:
        return []
    kind = pick(random, KINDS)

    def read():
        found = load(word, as_=kind)
        is_distribution(found)
        is_sound(list(compare(found, found, measures=MEASURED).values.values()))

    return said_of(read, "", f"{word!r} as {kind}")


def family_case(random):
    word = mutated(random, pick(random, FAMILIES)).decode("utf-8", "surrogateescape")

    def read():
        found = parse(word)
        if parse(str(found)).name != found.name:
            raise Wrong(f"{word!r} is printed as {found}, which is another")

    return said_of(read, "", f"family {word!r}")


def said_of(read, name, what):
    """What is wrong with a reading: an exception that is none of klcli's, a message that names no place."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            read()
    except KlError as error:
        message = error.message
        if not message or len(message) > LONGEST_MESSAGE:
            return [f"a message of {len(message)} characters", what]
        if isinstance(error, InputError) and not isinstance(error, NotComparable) and name not in message:
            return [f"the message names no place: {message[:300]!r}", what]
    except Exception as error:
        error.add_note(what)
        raise
    return []


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.exit(main(__file__, "mutated inputs", case, 300_000))
