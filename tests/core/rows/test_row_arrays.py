"""Rows are taken from arrays as they are: of any real type, byte order and layout, and never copied as a whole."""

import subprocess
import sys
from functools import partial

import mpmath
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from corpus import RELATIVE
from oracle import exact_value, exact_value_of_logits

import klcli
from klcli.core.arithmetic.real_numbers import BFLOAT16

WIDTH = 5


def read_only(array):
    array.flags.writeable = False
    return array


def mapped(array, folder):
    np.save(folder / "rows.npy", array)
    return np.load(folder / "rows.npy", mmap_mode="r")


LAYOUTS = {
    "as it is": lambda array, folder: array,
    "big-endian": lambda array, folder: array.astype(array.dtype.newbyteorder(">")),
    "Fortran-ordered": lambda array, folder: np.asfortranarray(array),
    "every second column": lambda array, folder: np.repeat(array, 2, axis=1)[:, ::2],
    "every second row, backwards": lambda array, folder: np.repeat(array, 2, axis=0)[::-2][::-1],
    "read-only": lambda array, folder: read_only(array.copy()),
    "mapped to memory": mapped,
    "a list": lambda array, folder: array.tolist(),
    "a table of pandas": lambda array, folder: pd.DataFrame(array, columns=list("abcde")),
}


def pairs(kind):
    """Identical, near, far and disjoint rows."""
    random = np.random.default_rng(5)
    p = random.normal(size=(40, WIDTH)) * 2
    q = p + np.tile([0, 0.01, 0.3, 3], 10)[:, np.newaxis] * random.normal(size=p.shape)
    if kind == "weights":
        p, q = np.exp(p), np.exp(q)
        p[3::8, :2], q[3::8, 2:] = 0, 0
    return p, q


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "g"])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("kind", "exact"), [("weights", exact_value), ("logits", exact_value_of_logits)])
def test_rows_are_exact_whatever_the_array(kind, exact, layout, dtype, tmp_path):
    sides = [side.astype(dtype) for side in pairs(kind)]
    given = [LAYOUTS[layout](side, tmp_path / name) for side, name in zip(sides, made(tmp_path), strict=True)]
    names = ["forward_kl", "jensen_shannon", "cross_entropy", "total_variation"]
    found = klcli.compare_rows(*given, as_=kind, measures=names).values
    doubles = [side.astype(np.float64) for side in sides]
    for name in names:
        for row, pair in enumerate(zip(*doubles, strict=True)):
            expected = exact(name, *pair)
            if expected == mpmath.inf:
                assert found[name][row] == np.inf
            else:
                assert abs(found[name][row] - expected) <= RELATIVE * expected, (name, row)


def made(folder):
    for name in "pq":
        (folder / name).mkdir()
    return "pq"


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int64, bool])
def test_whole_numbers_are_counts(dtype):
    p, q = np.array([[1, 0, 1], [1, 1, 1]], dtype), np.array([[1, 1, 1], [1, 1, 0]], dtype)
    assert klcli.compare_rows(p, q).forward_kl == pytest.approx([np.log(3 / 2), np.inf], rel=1e-15)


PEAK = """
import resource, sys
import numpy as np
import klcli, klcli.core.rows.comparison
values = [np.load(path, mmap_mode="r") for path in sys.argv[1:3]]
def held():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(sys.argv[4]))
klcli.compare_rows(values[0][:2], values[1][:2], as_=sys.argv[3])
before = held()
found = klcli.compare_rows(*values, as_=sys.argv[3], measures=["forward_kl", "entropy_p"])
assert len(found.forward_kl) == len(found.mass_q_at_top_p) == len(values[0])
print((held() - before) / 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(("kind", "shape"), [("weights", (20_000, 1_000)), ("logits", (200, 100_000))])
def test_arrays_that_are_mapped_are_not_copied_to_memory(kind, shape, tmp_path):
    random = np.random.default_rng(0)
    for name in "pq":
        np.save(tmp_path / f"{name}.npy", random.random(shape, np.float32))
    command = [sys.executable, "-c", PEAK, tmp_path / "p.npy", tmp_path / "q.npy", kind, "RssAnon"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 40  # MiB; each of the arrays has 76


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"q": [[0.5, 0.5]] * 2}, "P has 1 rows and Q has 2"),
        ({"q": [[0.5, 0.25, 0.25]]}, "P has 2 outcomes a row and Q has 3"),
        ({"p": [[0.5, -0.5]]}, "P: row 1: column 2: a negative mass, -0.5"),
        ({"q": [[0.5, np.nan]]}, "Q: row 1: column 2: NaN is not a valid mass"),
        ({"p": [["half", "half"]]}, "P: not all are numbers"),
        ({"p": "p.npy"}, "p.npy: no such file"),
        (
            {side: pd.DataFrame([[0.5, last]], columns=["cat", "dog"]) for side, last in (("p", -1), ("q", 0.5))},
            "P: row 1: column 2: 'dog': a negative mass, -1",
        ),
        ({"as_": "samples"}, "a row cannot be read as samples"),
        ({"temperature": 2.0}, "a temperature is for logits"),
        ({"temperature": -1.0, "as_": "logits"}, "the temperature is -1"),
        ({"smooth": "x"}, "no smoothing is called 'x'"),
        ({"measures": ["x"]}, "no measure is called 'x'"),
        ({"base": 1}, "the base of the logarithm is 1"),
    ],
)
def test_what_is_wrong_raises_a_value_error_that_says_so(settings, message):
    with pytest.raises(ValueError, match=message):
        klcli.compare_rows(**{"p": [[0.5, 0.5]], "q": [[0.5, 0.5]]} | settings)


def test_the_columns_of_two_tables_must_agree():
    table = pd.DataFrame([[0.5, 0.5]], columns=["cat", "dog"])
    assert klcli.compare_rows(table, table).forward_kl.tolist() == [0.0]
    with pytest.raises(klcli.InputError, match="the columns of P and Q differ") as refused:
        klcli.compare_rows(table, table[["dog", "cat"]])
    assert refused.value.hint


@pytest.mark.parametrize("smooth", ["add:1", "floor:0.01", "mix:0.1"])
def test_rows_are_smoothed_as_each_is_alone(smooth):
    p, q = np.array([[5.0, 4, 1], [1, 0, 0]]), np.array([[6.0, 4, 0], [0, 2, 2]])
    together = klcli.compare_rows(p, q, smooth=smooth, as_="counts").forward_kl
    alone = [klcli.compare(*pair, smooth=smooth, as_="counts").forward_kl for pair in zip(p, q, strict=True)]
    assert together == pytest.approx(alone, rel=2 * RELATIVE)


def test_a_temperature_is_for_the_side_that_has_logits():
    logits, masses = np.array([[0.5, 1.5, -1.0]]), np.array([[0.5, 0.25, 0.25]])
    mixed = klcli.compare_rows(logits, masses, p_as="logits", q_as="probs", temperature=2.0)
    exact = partial(exact_value_of_logits, "forward_kl", p=(logits / 2)[0])
    assert mixed.forward_kl[0] == pytest.approx(float(exact(q=np.log(masses[0]))), rel=1e-14)


def test_the_notes_count_the_rows_that_were_normalised():
    rows = klcli.compare_rows([[0.5, 0.499], [0.5, 0.5]], [[0.5, 0.5]] * 2)
    assert [note.text for note in rows.notes] == [
        "1 row of P does not sum to 1 but to 0.999; it was divided by its sum"
    ]


@pytest.mark.parametrize(
    "options", [{"as_": "logits"}, {"as_": "logits", "temperature": 0.7}, {"as_": "weights"}], ids=str
)
@pytest.mark.parametrize("by", ["the best kernel", "numpy"])
def test_bfloat16_gives_what_the_same_numbers_give_in_float32(options, by, monkeypatch):
    if by == "numpy":
        monkeypatch.setenv("KL_KERNEL", "numpy")
    values = np.random.default_rng(7).random((2, 30, 40), np.float32) * 8
    bits = (values.view(np.uint32) >> 16).astype(np.uint16)
    wide = (bits.astype(np.uint32) << 16).view(np.float32)
    ours, theirs = (
        klcli.compare_rows(*each, measures="all", target=np.zeros(30, int), **options)
        for each in (bits.view(BFLOAT16), wide)
    )
    for name, expected in theirs.values.items():
        assert ours[name].tobytes() == expected.tobytes(), name
    assert ours.top_p.tolist() == theirs.top_p.tolist()
    assert ours.log_q_at_target.tolist() == theirs.log_q_at_target.tolist()


@pytest.mark.parametrize("wrong", [0x7FC0, 0x7F80])
def test_bfloat16_that_is_no_logit_is_refused_with_its_place(wrong):
    bits = np.array([[0x3F80, 0x3F80], [0x3F80, wrong]], np.uint16)
    with pytest.raises(klcli.InputError, match="Q: row 2: column 2"):
        klcli.compare_rows(bits[[0, 0]].view(BFLOAT16), bits.view(BFLOAT16), as_="logits")
