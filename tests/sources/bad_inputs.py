"""Inputs that are wrong, each with the exit code it deserves and the place that its message must name."""

import bz2
import gzip
import lzma
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

__all__ = ["BAD_INPUTS", "BadInput"]

WRONG_COMMAND_LINE = 2
BAD_DATA = 3

Maker = Callable[[Path], object]


@dataclass(frozen=True, slots=True)
class BadInput:
    """One wrong input.

    Attributes:
        name: what is wrong. arguments: what stands after `kl compute`; their paths are relative.
        says: what the message must contain: the place, and what was found there.
        files: name → the bytes, or a function that makes the file at its path.
        code: the exit code. stdin: what standard input holds. needs: a package that makes or reads the file.
        needs_user: whether root would be allowed what is refused here.
    """

    name: str
    arguments: tuple[str, ...]
    says: str
    files: Mapping[str, bytes | Maker] = field(default_factory=dict)
    code: int = BAD_DATA
    stdin: bytes = b""
    needs: str | None = None
    needs_user: bool = False


def file(name: str, path: str, content: bytes | Maker, says: str, *options: str, q: str = "0.5,0.5") -> BadInput:
    """A wrong file as P, beside a Q that is good."""
    return BadInput(name, (path, q, *options), f"{path}: {says}", {path: content})


def csv(name: str, text: str, says: str, *options: str) -> BadInput:
    return file(name, "p.csv", text.encode(), says, *options, q="a=0.5,b=0.5")


def json(name: str, text: str, says: str, *options: str) -> BadInput:
    return file(name, "p.json", text.encode(), says, *options)


def inline(name: str, word: str, says: str, *options: str) -> BadInput:
    return BadInput(name, (word, "0.5,0.5", *options), says)


def parquet(name: str, columns: Mapping[str, list[object]], says: str, *options: str) -> BadInput:
    def write(path: Path) -> None:
        import pyarrow
        import pyarrow.parquet

        pyarrow.parquet.write_table(pyarrow.table(columns), path)

    arguments = ("p.parquet", "a=0.5,b=0.5", *options)
    return BadInput(name, arguments, f"p.parquet: {says}", {"p.parquet": write}, needs="pyarrow")


def npy(array: object) -> Maker:
    return lambda path: np.save(path, np.asarray(array), allow_pickle=True)


def npz(**arrays: object) -> Maker:
    return lambda path: np.savez(path, **{name: np.asarray(array) for name, array in arrays.items()})


def cut(make: Maker, length: int) -> Maker:
    """The file without what comes after its first `length` bytes."""

    def write(path: Path) -> None:
        make(path)
        path.write_bytes(path.read_bytes()[:length])

    return write


def unreadable(path: Path) -> None:
    path.write_bytes(b"0.5\n0.5\n")
    path.chmod(0)


TABLE = b"a,0.5\nb,0.5\n"
MANY_ROWS = b"".join(b"%d,0.001\n" % number for number in range(1000))
OBJECTS = np.array([0.5, None], dtype=object)
RIGHT_TO_LEFT = "\u202e"

DELIMITED = [
    csv("a row with a field too many", "a,0.5\nb,0.5,9\n", "line 2: 3 fields, but line 1 has 2"),
    csv("a row with a field too few", "label,p\na,0.5\n\n# note\nb\n", "line 5: 1 field, but line 1 has 2"),
    csv("a quote left open", 'label,p\na,0.5\n"b,0.5\n', "line 3: "),
    csv("text after a closing quote", 'label,p\n"a"x,0.5\n', "line 2: "),
    csv("an empty table", "", "empty"),
    csv("a table of blank lines and comments", "\n# a,0.5\n  \n", "empty"),
    csv("a table with a header alone", "label,p\n", "there is a header, but no values"),
    csv("two columns of one name", "# note\nlabel,p,p\na,0.5,0.5\nb,0.5,0.5\n", "line 2: two columns", "--p", "p"),
    csv("no value", "label,p\na,0.5\nb,\n", "line 3: 'b': there is no number"),
    csv("a word for a value", "label,p\na,0.5\nb,half\n", "line 3: 'b': 'half' is not a number"),
    csv("a percentage beside a number", "label,p\na,50%\nb,0.5\n", "line 2: 'a': '50%' is not a number"),
    csv("decimal commas", "label;p\na;0,5\nb;0,5\n", "line 2: 'a': '0,5' is not a number"),
    csv("underscores in a number", "label,p\na,5_0\nb,50\n", "line 2: 'a': '5_0' is not a number"),
    csv("digits of another script", "label,p\na,0.5\nb,٠.٥\n", "line 3: 'b': '٠.٥' is not a number"),
    csv("a fraction over zero", "label,p\na,1/2\nb,1/0\n", "line 3: 'b': '1/0' is not a number"),
    csv("NaN in a table", "label,p\na,0.5\nb,nan\n", "line 3: 'b': NaN"),
    csv("infinity in a table", "label,p\na,inf\nb,0.5\n", "line 2: 'a': an infinite value"),
    csv("a number beyond any double", "label,p\na,1e999\nb,0.5\n", "line 2: 'a': an infinite value"),
    csv("a negative mass", "label,p\na,1.5\nb,-0.5\n", "line 3: 'b': a negative mass, -0.5"),
    csv("a negative weight", "label,p\na,3\nb,-1\n", "line 3: 'b': a negative mass, -1", "--p-as", "weights"),
    csv("masses that are all zero", "label,p\na,0\nb,0\n", "every mass is 0"),
    csv("masses that sum to 0.8", "label,p\na,0.3\nb,0.5\n", "the values sum to 0.8"),
    csv(
        "probabilities that sum to 3",
        "label,p\na,1\nb,2\n",
        "the masses sum to 3, not 1 within 0.01",
        "--p-as",
        "probs",
    ),
    csv("masses that sum to 1.011", "label,p\na,0.511\nb,0.5\n", "the values sum to 1.011"),
    csv(
        "a label that stands twice",
        "label,p\na,0.5\nb,0.25\na,0.25\n",
        "line 4: 'a': duplicate label, first seen at line 2",
    ),
    csv("fractional counts", "label,p\na,1\nb,2.5\n", "line 3: 'b': 2.5 is not a whole number", "--p-as", "counts"),
    csv(
        "log-probabilities that do not sum to 1",
        "a,-1\nb,-1\n",
        "the exponentials of the values sum to 0.73",
        "--p-as",
        "logprobs",
    ),
    csv("an infinite log-probability", "a,0\nb,inf\n", "line 2: 'b': an infinite value", "--p-as", "logprobs"),
    csv("NaN among logits", "a,0\nb,nan\n", "line 2: 'b': NaN is not a valid mass", "--p-as", "logits"),
    csv("logits of no mass at all", "a,-inf\nb,-inf\n", "every mass is 0", "--p-as", "logits"),
    csv("a mask among weights", "a,1\nb,-inf\n", "line 2: 'b': an infinite value", "--p-as", "weights"),
    csv(
        "a column that is missing",
        "label,mass\na,0.5\nb,0.5\n",
        "no column 'masses'; the columns are label, mass",
        "--p",
        "masses",
    ),
    csv("a column number beyond the last", "label,mass\na,0.5\nb,0.5\n", "no column '3'", "--p", "3"),
    csv("a label column that is missing", "label,mass\na,0.5\nb,0.5\n", "no column 'name'", "--label", "name"),
    csv(
        "four columns and none chosen",
        "a,b,c,d\n1,2,3,4\n",
        "which column holds the masses is not clear; the columns are a, b, c, d",
    ),
    csv("markup in a label", "label,p\n[red]x[/red],half\nb,0.5\n", "line 2: '[red]x[/red]': 'half' is not a number"),
    csv("a terminal escape in a label", "label,p\n\x1b[31mx,-1\nb,2\n", r"line 2: '\x1b[31mx': a negative mass"),
    csv("a terminal escape in a value", "label,p\na,\x1b[2J\nb,2\n", r"line 2: 'a': '\x1b[2J' is not a number"),
    csv(
        "a terminal escape in a heading",
        "\x1b[2J,p,q\n1,2,3\n",
        r"which column holds the masses is not clear; the columns are \x1b[2J, p, q",
    ),
    csv(
        "a right-to-left mark in a label that stands twice",
        f"{RIGHT_TO_LEFT}ab,0.5\n{RIGHT_TO_LEFT}ab,0.5\n",
        r"line 2: '\u202eab': duplicate label, first seen at line 1",
    ),
    csv("NUL bytes in a value", "label,p\na,0\x00.5\nb,0.5\n", r"line 2: 'a': '0\x00.5' is not a number"),
    csv("a line with a quote left open over many lines", 'label,p\n"a,0.5\n' + "b,0.5\n" * 50_000, "line 2: "),
]

JSON = [
    json("an empty document", "", "empty"),
    json("a document of white space", " \n ", "empty"),
    json("a comma that is missing", "[\n  0.5,\n  0.25 0.25\n]", "line 3, column 8: not JSON"),
    json("an array left open", "[0.5, 0.5", "line 1, column 10: not JSON"),
    json("text after the document", "[0.5, 0.5]\n]", "line 2, column 1: not JSON"),
    json("the literal NaN", "[NaN, 0.5]", "NaN"),
    json("the literal -Infinity", '{"a": -Infinity, "b": 1}', "key 1: 'a': an infinite value"),
    json("the literal Infinity", '{"a": Infinity, "b": 1}', "Infinity is not a mass"),
    json("the text -Infinity among masses", '["-Infinity", 1]', "item 1: an infinite value"),
    json("a key that occurs twice", '{"a": 0.5, "b": 0.25, "a": 0.25}', "the key 'a' occurs twice"),
    json("a key that occurs twice in q", '{"p": [1], "q": {"b": 1, "b": 2}}', "the key 'b' occurs twice"),
    json("arrays nested 100000 deep", "[" * 100_000 + "]" * 100_000, "nested too deeply"),
    json("objects nested 100000 deep", '{"a":' * 100_000 + "1" + "}" * 100_000, "nested too deeply"),
    json("a number alone", "0.5", "the number 0.5, not an array or an object"),
    json("a string alone", '"half"', "the text 'half', not an array or an object"),
    json("null alone", "null", "null, not an array or an object"),
    json("null for a number", "[0.5, null]", "item 2: null where a number belongs"),
    json("a boolean for a number", '{"a": 0.5, "b": true}', "key 2: 'b': true where a number belongs"),
    json("a string for a number", '{"a": 0.5, "b": "0.5"}', "key 2: 'b': the text '0.5' where a number belongs"),
    json("an array for a number", "[0.5, [0.5]]", "item 2: an array where a number belongs"),
    json("an empty array", "[]", "there are no values"),
    json("an empty object", "{}", "there are no values"),
    json("a record with another field", '[{"x": "a", "p": 0.5}, {"x": "b", "P": 0.5}]', "item 2: "),
    json("a record with a field less", '[{"x": "a", "p": 0.5}, {"x": "b"}]', "item 2: "),
    json("a number among records", '[{"x": "a", "p": 0.5}, 0.5]', "item 2: the number 0.5, not a record"),
    json("records without fields", "[{}, {}]", "there are no columns"),
    json("null in a record", '[{"x": "a", "p": 0.5}, {"x": "b", "p": null}]', "item 2: 'b': there is no number"),
    json("null for a label", '[{"x": null, "p": 0.5}, {"x": "b", "p": 0.5}]', "item 1: there is no label"),
    json("an object for a label", '[{"x": {}, "p": 1}, {"x": "b", "p": 1}]', "item 1: {} is not a label"),
    json("an integer of 5000 digits", "[1, 1" + "0" * 5000 + "]", "item 2: an infinite value"),
    json("a number of 1e400", "[1e400, 0.5]", "item 1: an infinite value"),
    json("a negative number", '{"a": 1.5, "b": -0.5}', "key 2: 'b': a negative mass"),
    json("a pair where one distribution is wanted", '{"p": [0.5, 0.5], "q": [0.5, 0.5]}', "holds a pair"),
    json(
        "a distribution that is missing", '{"p": [1], "q": [1]}', "no distribution 'r'; the keys are p, q", "--p", "r"
    ),
    json("a lone surrogate in a key", r'{"\ud800": 1.5, "b": -0.5, "c": 0, "\udfff": 0}', "key 2: 'b'"),
    json("a lone surrogate in a wrong key", r'{"\ud800": -1, "b": 2}', r"key 1: '\ud800': a negative mass"),
    json("samples in an object", '{"a": 1}', "samples", "--as", "samples"),
    file("a broken line", "p.jsonl", b"0.5\n0.5,\n", "line 2, column 4: not JSON"),
    file("NaN on a line", "p.jsonl", b"0.5\n\nNaN\n", "line 3: NaN"),
    file("text on a line", "p.jsonl", b'0.5\n"x"\n', "line 2: the text 'x' where a number belongs"),
    file("no lines", "p.jsonl", b"\n\n", "empty: there are no values"),
    file("a record unlike the first", "p.jsonl", b'{"x":"a","p":1}\n{"x":"b"}\n', "line 2: "),
]

UNMARKED = "UTF-16 without a byte order mark"
ENCODINGS = [
    file("Latin-1", "p.csv", "label,p\né,0.5\nb,0.5\n".encode("latin-1"), "line 2: byte 0xe9 is not UTF-8"),
    file("Latin-1 in JSON", "p.json", '{\n"é": 1}'.encode("latin-1"), "line 2: byte 0xe9 is not UTF-8"),
    file("UTF-16 cut within a character", "p.csv", "a,0.5\nb,0.5\n".encode("utf-16")[:-1], "not valid UTF-16"),
    file("UTF-16 without its mark", "p.csv", "a,0.5\nb,0.5\n".encode("utf-16-le"), UNMARKED),
    file("UTF-16BE without its mark", "p.csv", "猫,0.5\n犬,0.5\n".encode("utf-16-be"), UNMARKED),
    file("UTF-16 without its mark in JSON", "p.json", "[0.5, 0.5]".encode("utf-16-le"), UNMARKED),
    file("binary rubbish", "p.csv", bytes(range(256)), "line 2: byte 0x80 is not UTF-8"),
    file("UTF-8 cut within a character", "p.txt", "0.5\n0.5 é".encode()[:-1], "line 2: byte 0xc3 is not UTF-8"),
]

ARRAYS = [
    file("objects in an .npy", "p.npy", npy(OBJECTS), "holds Python objects, which are never unpickled"),
    file("a pickle named .npy", "p.npy", pickle.dumps([0.5, 0.5]), "holds Python objects, which are never unpickled"),
    file("text named .npy", "p.npy", TABLE, "not a whole .npy file"),
    file("an empty .npy", "p.npy", b"", "not a whole .npy file"),
    file("an .npy cut in its header", "p.npy", cut(npy([0.5, 0.5]), 40), "not a whole .npy file"),
    file(
        "an .npy cut in its values",
        "p.npy",
        cut(npy([0.5, 0.5]), 140),
        "truncated: it has 140 bytes, but an array of shape (2,) ends at byte 144",
    ),
    file("an .npz named .npy", "p.npy", b"PK\5\6" + bytes(18), "not an .npy file but an archive"),
    file("complex numbers", "p.npy", npy([0.5j, 0.5]), "an array of complex128, not of numbers"),
    file("dates", "p.npy", npy(np.array(["2020-01-01"], dtype="M8[D]")), "an array of datetime64[D], not of numbers"),
    file("words", "p.npy", npy(["a", "b"]), "an array of <U1, not of numbers"),
    file("fields", "p.npy", npy(np.zeros(2, dtype=[("a", "f8")])), "an array of [('a', '<f8')], not of numbers"),
    file("one number", "p.npy", npy(0.5), "an array of shape ()"),
    file("no numbers", "p.npy", npy(np.empty(0)), "there are no values"),
    file("an array of two dimensions", "p.npy", npy(np.full((2, 3), 0.5)), "an array of shape (2, 3)"),
    file("an array of three dimensions", "p.npy", npy(np.full((2, 1, 2), 0.5)), "an array of shape (2, 1, 2)"),
    file("NaN in an array", "p.npy", npy([1.0, np.nan]), "value 2: NaN"),
    file("infinity in an array", "p.npy", npy([np.inf, 1.0]), "value 1: an infinite value"),
    file("a negative number in an array", "p.npy", npy([1.0, 1.0, -1.0]), "value 3: a negative mass, -1"),
    BadInput(
        "three rows for a pair", ("p.npy",), "p.npy: an array of shape (3, 3)", {"p.npy": npy(np.full((3, 3), 1))}
    ),
    BadInput(
        "objects in an .npz",
        ("p.npz", "0.5,0.5"),
        "p.npz:p: holds Python objects, which are never unpickled",
        {"p.npz": npz(p=OBJECTS)},
    ),
    file("a pickle named .npz", "p.npz", pickle.dumps({"p": [1]}), "holds Python objects, which are never unpickled"),
    file("an .npz cut short", "p.npz", cut(npz(p=[0.5, 0.5]), 100), "not a whole .npz file"),
    file("an .npy named .npz", "p.npz", b"\x93NUMPY", "not a whole .npz file"),
    file("no arrays", "p.npz", npz(), "empty: there are no arrays"),
    file("an array that is missing", "p.npz", npz(a=[1], b=[2]), "no array 'c'; the arrays are a, b", "--p", "c"),
    BadInput(
        "labels of another length",
        ("p.npz", "1"),
        "p.npz:p: there are 1 labels for 2 values",
        {"p.npz": npz(p=[1, 1], labels=["a"])},
    ),
    BadInput(
        "labels that are not UTF-8",
        ("p.npz", "0.5,0.5"),
        "p.npz:labels: an array of labels that are not valid text",
        {"p.npz": npz(p=[1], labels=np.array([b"\xff"]))},
    ),
    BadInput(
        "a label that stands twice in an .npz",
        ("p.npz", "a=1"),
        "p.npz:p: value 2: 'a': duplicate label, first seen",
        {"p.npz": npz(p=[0.5, 0.5], labels=["a", "a"])},
    ),
]

COMPRESSED = [
    file("a gzip cut short", "p.csv.gz", gzip.compress(MANY_ROWS)[:-20], "not a whole gz file"),
    file("a bzip2 cut short", "p.csv.bz2", bz2.compress(MANY_ROWS)[:-20], "not a whole bz2 file"),
    file("an xz cut short", "p.csv.xz", lzma.compress(MANY_ROWS)[:-20], "not a whole xz file"),
    file("text named .gz", "p.csv.gz", TABLE, "not a whole gz file"),
    file("text named .bz2", "p.csv.bz2", TABLE, "not a whole bz2 file"),
    file("text named .xz", "p.csv.xz", TABLE, "not a whole xz file"),
    file("bzip2 named .gz", "p.csv.gz", bz2.compress(TABLE), "not a whole gz file"),
    file("a gzip with a wrong checksum", "p.csv.gz", gzip.compress(TABLE)[:-8] + bytes(8), "not a whole gz file"),
    file("a gzip of nothing", "p.csv.gz", gzip.compress(b""), "empty"),
    file(
        "a gzip of an unknown format",
        "p.foo.gz",
        gzip.compress(TABLE),
        "the suffix '.gz' is not that of a known format",
    ),
    BadInput(
        "text named .zst",
        ("p.csv.zst", "0.5,0.5"),
        "p.csv.zst: not a whole zst file",
        {"p.csv.zst": TABLE},
        needs="backports.zstd",
    ),
    BadInput(
        "a gzip cut short on standard input",
        ("-", "0.5,0.5"),
        "stdin: not a whole gz file",
        stdin=gzip.compress(MANY_ROWS)[:-20],
    ),
]

PARQUET = [
    BadInput(
        "text named .parquet",
        ("p.parquet", "0.5,0.5"),
        "p.parquet: not a whole Parquet file",
        {"p.parquet": TABLE},
        needs="pyarrow",
    ),
    BadInput(
        "a Parquet file of rubbish",
        ("p.parquet", "0.5,0.5"),
        "p.parquet: not a whole Parquet file",
        {"p.parquet": b"PAR1" + bytes(40) + b"PAR1"},
        needs="pyarrow",
    ),
    parquet("null in a Parquet file", {"x": ["a", "b"], "p": [0.5, None]}, "row 2: 'b': there is no number"),
    parquet("null for a label in a Parquet file", {"x": ["a", None], "p": [0.5, 0.5]}, "row 2: there is no label"),
    parquet("text in a Parquet file", {"x": ["a", "b"], "p": ["0.5", "0.5"]}, "row 1: 'a': '0.5' is not a number"),
    parquet("booleans in a Parquet file", {"x": ["a", "b"], "p": [True, False]}, "row 1: 'a': 'True' is not a number"),
    parquet("NaN in a Parquet file", {"x": ["a", "b"], "p": [1.0, float("nan")]}, "row 2: 'b': NaN"),
    parquet("no rows", {"x": [], "p": []}, "empty"),
    parquet("no columns", {}, "empty"),
    parquet("a column missing from a Parquet file", {"x": ["a"], "p": [1.0]}, "no column 'r'", "--p", "r"),
]

INLINE = [
    inline("a word among numbers", "0.5,half", "value 2: 'half' is not a number"),
    inline("a number that is missing", "0.5,,0.5", "value 2: '' is not a number"),
    inline("a comma at the end", "0.5,0.5,", "value 3: '' is not a number"),
    inline("a label without a number", "heads=0.5,tails=", "value 2: 'tails': '' is not a number"),
    inline("a label on one side of the comma", "heads=0.5,0.5", "'0.5' has no label"),
    inline("a decimal comma", "heads=0,5", "'5' has no label"),
    inline("semicolons", "0.5;0.5", "0.5;0.5: no such file"),
    inline("a label that stands twice inline", "a=0.5,a=0.5", "value 2: 'a': duplicate label, first seen at value 1"),
    inline("masses that sum to 0.3", "0.1,0.2", "the values sum to 0.3"),
    inline("a single mass", "0.5", "one value, 0.5, is not a distribution"),
    inline("NaN inline", "nan,0.5", "value 1: NaN"),
    inline("infinity inline", "a=1,b=inf", "value 2: 'b': an infinite value"),
    inline("zeros inline", "0,0", "every mass is 0"),
    inline("a negative number first", "-0.5,1.5", "value 1: a negative mass, -0.5"),
    inline("broken JSON inline", "[0.5, 0.5", "line 1, column 10: not JSON"),
    inline("a key that occurs twice inline", '{"a": 1, "a": 2}', "the key 'a' occurs twice"),
    inline("lengths that differ", "0.5,0.25,0.25", "3 outcomes"),
    inline("labels on one side only", "a=0.5,b=0.5", "has labels"),
    inline("an escape in a word", "\x1b[2J", r"\x1b[2J: no such file"),
    BadInput("a missing label that is refused", ("a=0.5,b=0.5", "a=1", "--missing", "error"), "not in a=1: b"),
    BadInput("log-probabilities for scores", ("-1,-2", "0.5,0.5", "--p-as", "logprobs"), "-1,-2: the exponentials"),
]

PLACES = [
    BadInput("a missing file", ("p.csv", "q.csv"), "p.csv: no such file", {"q.csv": TABLE}),
    BadInput("a missing Q", ("q.csv", "p.csv"), "p.csv: no such file", {"q.csv": TABLE}),
    BadInput("an empty word", ("", "0.5,0.5"), "'': no such file, and no inline distribution"),
    BadInput("a word of 10000 letters", ("x" * 10_000, "0.5,0.5"), "no such file"),
    BadInput("a NUL in a path", ("p\0.csv", "0.5,0.5"), r"p\x00.csv: no such file"),
    file("a directory", "p.csv", Path.mkdir, "a directory, not a file"),
    file("a directory without a suffix", "p", Path.mkdir, "a directory, not a file"),
    BadInput("a device without an end", ("/dev/zero", "0.5,0.5"), "/dev/zero: a device, not a file"),
    BadInput("the null device", ("/dev/null", "0.5,0.5"), "/dev/null: empty"),
    BadInput(
        "a file that may not be read",
        ("p.csv", "0.5,0.5"),
        "p.csv: may not be read",
        {"p.csv": unreadable},
        needs_user=True,
    ),
    file("an unknown suffix", "p.docx", b"PK", "the suffix '.docx' is not that of a known format"),
    file("an unknown suffix of a text", "p.foo", TABLE, "the suffix '.foo' is not that of a known format"),
    file("a format that is not the file's", "p.json", TABLE, "line 1, column 1: not JSON"),
    file(
        "a format named that is not the file's", "p.csv", TABLE, "line 1, column 1: not JSON", "--input-format", "json"
    ),
    BadInput("empty standard input", ("-", "0.5,0.5"), "stdin: empty"),
    BadInput("bad standard input", ("0.5,0.5", "-"), "stdin: line 2: 'half' is not a number", stdin=b"0.5\nhalf\n"),
    BadInput(
        "one column for a pair", ("p.csv",), "p.csv: a pair needs a P and a Q column", {"p.csv": b"p\n0.5\n0.5\n"}
    ),
    BadInput("two columns for a pair", ("p.csv",), "p.csv: a pair needs a P and a Q column", {"p.csv": TABLE}),
    BadInput("an array for a pair", ("p.json",), "p.json: one distribution", {"p.json": b"[0.5, 0.5]"}),
    BadInput(
        "a pair whose q is wrong",
        ("p.csv",),
        "p.csv:q: line 3: 'b': a negative mass",
        {"p.csv": b"label,p,q\na,0.5,1.5\nb,0.5,-0.5\n"},
    ),
    BadInput(
        "a pair in JSON whose q is wrong",
        ("p.json",),
        "p.json:q: key 2: 'b': null",
        {"p.json": b'{"p": {"a": 1}, "q": {"a": 1, "b": null}}'},
    ),
]

FAMILIES = [
    BadInput(name, arguments, says, {"p.csv": TABLE})
    for name, arguments, says in [
        ("a character that is none", ("normal(1; 2)", "normal(0, 1)"), "normal(1; 2): character 9: ';' where"),
        ("a bracket that stays open", ("normal(1", "normal(0, 1)"), "normal(1: character 9: the end where"),
        ("a word for a number", ("normal(abc, 1)", "normal(0, 1)"), "character 8: 'a' where a number was expected"),
        ("more after the end", ("normal(1, 2) x", "normal(0, 1)"), "character 14: 'x' where the end was expected"),
        ("a fraction of nothing", ("normal(1, 2/0)", "normal(0, 1)"), "character 11: '2' where a fraction"),
        ("a number beyond doubles", ("normal(1e999, 1)", "normal(0, 1)"), "where a number up to 1.8e308 was expected"),
        ("an unknown family", ("nromal(1, 2)", "normal(0, 1)"), "character 1: no family is called 'nromal'"),
        ("an unknown scipy family", ("scipy.nope(1)", "normal(0, 1)"), "no univariate distribution 'nope'"),
        ("an unknown parameter", ("normal(1, width=2)", "normal(0, 1)"), "there is no parameter 'width'"),
        ("a parameter twice", ("gamma(2, shape=3)", "normal(0, 1)"), "gamma: shape is given twice"),
        ("a parameter twice by name", ("gamma(rate=2, rate=3)", "normal(0, 1)"), "rate is given twice"),
        ("a missing parameter", ("normal(loc=1)", "normal(0, 1)"), "normal: missing scale"),
        ("too many parameters", ("beta(1, 2, 3)", "normal(0, 1)"), "beta: 3 values for 2 parameters"),
        ("a negative scale", ("normal(1, -2)", "normal(0, 1)"), "scale = -2 is not a finite number above 0"),
        ("a probability above 1", ("bernoulli(1.5)", "bernoulli(0.5)"), "prob = 1.5 is not a number from 0 to 1"),
        ("a fraction of a trial", ("binomial(1.5, 0.5)", "bernoulli(0.5)"), "n = 1.5 is not a whole number"),
        ("an infinite location", ("normal(inf, 1)", "normal(0, 1)"), "loc = inf is not a finite number"),
        ("ends that are exchanged", ("uniform(2, 1)", "normal(0, 1)"), "low is not below high"),
        ("a matrix that is no covariance", ("mvnormal([0, 0], [[1, 2], [2, 1]])", "mvnormal([0, 0], [[1, 0], [0, 1]])"),
         "is not a symmetric positive definite matrix"),
        ("a matrix of another size", ("mvnormal([0], [[1, 0], [0, 1]])", "mvnormal([0], [[1]])"), "cov has 2 rows"),
        ("vectors of two lengths", ("mvnormal([0], [[1]])", "mvnormal([0, 0], [[1, 0], [0, 1]])"), "Q of 2 dimensions"),
        ("a vector against a number", ("dirichlet([1, 1])", "normal(0, 1)"), "outcomes of dirichlet are vectors"),
        ("rows of two lengths", ("mvnormal([0, 0], [[1, 0], [0]])", "mvnormal([0, 0], [[1, 0], [0, 1]])"),
         "character 18: mvnormal: cov = [[1.0, 0.0], [0.0]] is not a symmetric positive definite matrix"),
        ("a list for one number", ("normal(1, [1, 2])", "normal(0, 1)"), "character 11: normal: a list, where one"),
        ("a list for the number of a family of matrices", ("wishart([3, 4], [[1]])", "wishart(3, [[1]])"),
         "character 9: wishart: df is a list, where one number was expected"),
        ("two lists that do not fit", ("normal([1, 2, 3], [1, 2])", "normal(0, 1)"), "normal: the parameters"),
        ("weights that miss 1", ("mixture(0.5*normal(0, 1))", "normal(0, 1)"), "the weights sum to 0.5, not 1"),
        ("a weight below 0", ("mixture(-0.5*normal(0, 1) + 1.5*normal(1, 1))", "normal(0, 1)"),
         "the weight -0.5 is not above 0"),
        ("masses that are on no numbers", ("0.5,0.5", "poisson(1)"), "the masses have no labels"),
        ("masses on words", ("cat=0.5,dog=0.5", "poisson(1)"), "the label 'cat' is not a number"),
        ("masses between whole numbers", ("0.5=0.5,1=0.5", "poisson(1)"), "the label '0.5' is not a whole number"),
    ]
]  # fmt: skip

COMMAND_LINES = [
    BadInput(name, arguments, says, {"p.csv": TABLE}, WRONG_COMMAND_LINE)
    for name, arguments, says in [
        ("standard input twice", ("-", "-"), "standard input"),
        ("an unknown kind", ("p.csv", "p.csv", "--as", "percent"), "no kind is called 'percent'"),
        ("an unknown kind for Q", ("p.csv", "p.csv", "--q-as", "percent"), "no kind is called 'percent'"),
        ("an unknown input format", ("p.csv", "p.csv", "--input-format", "docx"), "no input format is called 'docx'"),
        ("one operand that holds one distribution", ("0.5,0.5",), "one distribution, but two are compared"),
        ("one family alone", ("normal(1, 1)",), "normal(1, 1): one distribution, but two are compared"),
        ("smoothing of a family", ("normal(1, 1)", "normal(2, 1)", "--smooth", "add:1"), "--smooth is for masses"),
        ("a measure that families lack", ("normal(1, 1)", "normal(2, 1)", "-m", "renyi:2"), "renyi:2 is not computed"),
        ("no operand", (), "missing argument"),
    ]
]

BAD_INPUTS = [
    *DELIMITED,
    *JSON,
    *ENCODINGS,
    *ARRAYS,
    *COMPRESSED,
    *PARQUET,
    *INLINE,
    *PLACES,
    *COMMAND_LINES,
    *FAMILIES,
]
