"""Every option of reading and comparing, at every kind of operand: used, refused, or named by a note.

The data are such that an option which has a use changes the answer: a table has two columns of masses, a row without a
label, a number with a comma, and so on. An option without a value here fails: say what it does to each kind of operand.
"""

import json
import sqlite3
from contextlib import closing
from itertools import product

import click
import numpy as np
import pytest

from klcli.cli.command import INPUT, NUMBERS
from klcli.cli.commands.compute import command

SEPARATE = ("--p", "m", "--label", "l")
ROWS = [("a", 3, 30, 2), ("b", 5, 9, 2)]
NAMES = ("l", "m", "k", "w")


def _text(path):
    path.write_text("l;m;k;w\na;3.0;30;2\nb;5;9;2\n")


def _records(path):
    path.write_text(json.dumps([dict(zip(NAMES, row, strict=True)) for row in ROWS]))


def _database(path):
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("create table t (l, m, k, w)")
        database.executemany("insert into t values (?, ?, ?, ?)", ROWS)


def _columns():
    return {name: [row[at] for row in ROWS] for at, name in enumerate(NAMES)}


def _parquet(path):
    arrow = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet").write_table(arrow.table(_columns()), path)


def _workbook(path):
    book = pytest.importorskip("openpyxl").Workbook()
    for row in (NAMES, *ROWS):
        book.active.append(row)
    book.save(path)


# what makes the file, or the word itself; and the options without which there is no answer
KINDS = {
    "two families": (("normal(0, 1)", "normal(1, 2)"), ()),
    "labels on the command line": (("a=3,b=5", "a=1,b=2"), ()),
    "numbers on the command line": (("3,5", "1,2"), ()),
    "text": ((_text, "p.csv"), SEPARATE),
    "records": ((_records, "p.json"), SEPARATE),
    "an object": ((lambda path: path.write_text('{"a": 3, "b": 5}'), "p.json"), ()),
    "an array": ((lambda path: path.write_text("[3, 5]"), "p.json"), ()),
    "npy": ((lambda path: np.save(path, np.array([3.0, 5.0])), "p.npy"), ()),
    "npz": ((lambda path: np.savez(path, m=np.array([3.0, 5.0]), k=np.array([30.0, 9.0])), "p.npz"), ("--p", "m")),
    "parquet": ((_parquet, "p.parquet"), SEPARATE),
    "sqlite": ((_database, "p.sqlite"), SEPARATE),
    "xlsx": ((_workbook, "p.xlsx"), SEPARATE),
}
VALUES = {
    "--as": "logits", "--p-as": "logits", "--q-as": "logits", "--label": "w", "--column": "m", "--p": "k", "--q": "k",
    "--input-format": "llama", "--p-format": "llama", "--q-format": "llama", "--no-header": None,
    "--missing-label": "drop", "--missing": "error", "--smooth": "add:1", "--base": "2", "--bits": None,
    "--samples": "77", "--seed": "5", "--p-decimal": ",", "--q-decimal": ",",
    "--delimiter": ",", "--decimal": ",", "--thousands": ",", "--null": "5", "--timeout": "5", "--engine": "local[2]",
}  # fmt: skip
# rules that the data here keep in any case: a limit on what is expanded, and labels that all rows and both sides have
LABELLED = set(KINDS) - {"two families", "numbers on the command line", "an array", "npy", "npz"}
HOLDS = {
    "--max-expand": set(KINDS),
    "--missing": LABELLED,
    "--missing-label": LABELLED,
    "--decimal": {"xlsx"},  # the sheet holds no texts, in which alone it counts
    "--p-decimal": {"xlsx"},
    "--thousands": {"text", "xlsx"},
}
OPTIONS = {
    option.opts[0]: option
    for option in command.params
    if isinstance(option, click.Option)
    and getattr(option, "group", "") in (INPUT, NUMBERS)
    and option.name != "measures"
}


@pytest.mark.parametrize(
    ("option", "kind"), [pair for pair in product(OPTIONS, KINDS) if pair[1] not in HOLDS.get(pair[0], ())]
)
def test_an_option_is_used_or_refused_or_a_note_says_that_it_has_no_effect(kl, tmp_path, monkeypatch, kind, option):
    words, needed = KINDS[kind]
    flag = "--no-header" if option == "--header" else option
    first, second = words
    if callable(first):
        first(tmp_path / second)
        p = str(tmp_path / second)
        q = "1,2" if kind in ("npy", "npz", "an array") else "a=1,b=2"
    else:
        p, q = words
    kept = [word for at in range(0, len(needed), 2) if needed[at] != flag for word in needed[at : at + 2]]
    given = [flag, *([VALUES[flag]] if VALUES[flag] is not None else [])]
    without = kl("compute", p, q, *needed, "-m", "forward_kl", "-f", "value")
    with_it = kl("compute", p, q, *kept, *given, "-m", "forward_kl", "-f", "value")
    assert without.code == 0, without.err
    is_noted = f"{option} has no effect on" in with_it.err
    is_refused = with_it.code in (2, 3)
    assert (with_it.out != without.out and with_it.code == 0) or is_refused or is_noted, with_it
    assert not (is_noted and with_it.out != without.out)


NO_EFFECT = [
    (("normal(0,1)", "normal(1,2)", "--as", "logits"), "--as has no effect on a family"),
    (("normal(0,1)", "normal(1,2)", "--as", "logits", "--label", "x"), "--as, --label have no effect on a family"),
    (("normal(0,1)", "normal(1,2)", "--seed", "1"),
     "--seed has no effect on families with a formula, a sum or an integral"),
    (("0.5,0.5", "0.9,0.1", "--samples", "9", "--seed", "1"), "--samples, --seed have no effect on masses"),
    (("a=0.5,b=0.5", "a=0.9,b=0.1", "--null", "NA"), "--null has no effect on numbers on the command line"),
    (("0.5,0.5", "0.9,0.1", "--missing", "error"), "--missing has no effect on outcomes without labels"),
    (("0.5,0.5", "0.9,0.1", "-m", "tv", "--bits"), "--bits has no effect on total_variation"),
]  # fmt: skip


@pytest.mark.parametrize("command_", ["compute", "explain"])
@pytest.mark.parametrize(("words", "note"), NO_EFFECT)
def test_the_note_names_the_option_and_what_has_no_use_for_it(kl, document, command_, words, note):
    if command_ == "explain" and "-m" in words:
        words = (*words[:2], "-m", "chi_squared", "--bits")
        note = "--bits has no effect on chi_squared"
    assert f"kl: note: {note}\n" in kl(command_, *words).err
    notes = document(command_, *words)["notes"]
    assert {"code": "unused", "text": note} in notes


def test_an_option_that_one_operand_uses_is_not_noted(kl):
    result = kl("compute", "0=0.25,1=0.75", "bernoulli(0.5)", "--as", "weights", "-m", "forward_kl")
    assert "no effect" not in result.err


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize(
    ("row", "options", "left_out"), [(",2", ("--missing-label", "drop"), "label"), ("1,NA", ("--null", "NA"), "number")]
)
def test_options_on_rows_of_masses_beside_a_family_are_used(kl, tmp_path, side, row, options, left_out):
    (tmp_path / "die.csv").write_text(f"k,n\n0,3\n1,5\n{row}\n")
    pair = ["bernoulli(0.5)"] * 2
    pair[side] = str(tmp_path / "die.csv")
    err = kl("compute", *pair, *options).err
    assert f"1 row without a {left_out} was left out, of 3" in err
    assert "no effect" not in err
    assert "--missing has no effect on families" in kl("compute", *pair, *options, "--missing", "error").err


def test_the_draws_of_monte_carlo_use_their_seed(kl):
    pair = ("dirichlet([1, 2, 3])", "dirichlet([2, 2, 2])")
    assert "no effect" in kl("compute", *pair, "--seed", "2", "-m", "forward_kl").err
    result = kl("compute", *pair, "--seed", "2", "--samples", "50", "-m", "jensen_shannon")
    assert (result.code, "no effect" in result.err) == (0, False)


REPEATED = [
    ("x,x,y", "x,x,x", ("--as", "samples")),
    ("a=0.5,b=0.5", "a=1,b=0", ("--bits",)),
    ("a=0.5,b=0.5", "a=1,b=0", ("--base", "10")),
    ("a=3,b=1", "a=1", ("--p-as", "counts", "--q-as", "probs")),
]


@pytest.mark.parametrize(("p", "q", "options"), REPEATED)
def test_the_command_in_a_hint_repeats_the_options_of_reading_and_unit(kl, p, q, options):
    err = kl("compute", p, q, *options, "-m", "forward_kl", "-f", "json", "-q", "--fail-above", "9").err
    assert "shows the terms" not in err  # -q silences it
    note = kl("compute", p, q, *options, "-m", "forward_kl", "-f", "csv").err
    assert f"; kl explain {p} {q} {' '.join(options)} shows the terms; " in note


def test_two_units_at_once_are_refused(kl):
    result = kl("compute", "0.5,0.5", "0.9,0.1", "--bits", "--base", "10")
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines() == [
        "kl: error: --bits is --base 2, and --base is 10", "kl: hint: leave one of the two out",
    ]  # fmt: skip
