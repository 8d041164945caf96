"""Every option of reading, at every kind of operand of the commands for many: used, refused, or named by a note.

As in `test_unused_options`, the data are such that an option which has a use changes the answer, but where HOLDS says
that they keep its rule in any case.
"""

import importlib
import json

import click
import numpy as np
import pytest

from klcli.cli.command import INPUT, NUMBERS

P, Q = [[3.0, 5.0, 7.0], [1.0, 2.0, 9.0]], [[1.0, 2.0, 2.0], [3.0, 4.0, 4.0]]


def _text(path, rows):
    path.write_text("x;y;z\n" + "".join(";".join(map(str, row)) + "\n" for row in rows))


def _lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def _objects(path, rows):
    _lines(path, [dict(zip("xyz", row, strict=True)) for row in rows])


def _parquet(path, rows):
    arrow = pytest.importorskip("pyarrow")
    table = arrow.table(dict(zip("xyz", map(list, zip(*rows, strict=True)), strict=True)))
    pytest.importorskip("pyarrow.parquet").write_table(table, path)


def _both(path, _):
    _lines(path, [{"p": p, "q": q} for p, q in zip(P, Q, strict=True)])


def _arrays(path, _):
    np.savez(path, p=np.array(P), q=np.array(Q))


ROWS = {
    "text": ("csv", _text), "arrays of JSON": ("jsonl", _lines), "objects of JSON": ("jsonl", _objects),
    "npy": ("npy", np.save), "parquet": ("parquet", _parquet),
}  # fmt: skip
PAIRS = {"p and q of JSON": ("jsonl", _both), "npz": ("npz", _arrays)}
VALUES = {
    "--as": "logits", "--p-as": "logits", "--q-as": "logits", "--temperature": "2", "--id": "x", "--target": "x",
    "--cluster": "x", "--column": "p", "--p": "q", "--q": "p", "--input-format": "llama", "--p-format": "llama",
    "--q-format": "llama", "--tail-floor": "0.1", "--no-header": None, "--missing": "error", "--smooth": "add:1",
    "--base": "2", "--bits": None, "--delimiter": ",", "--decimal": ",", "--thousands": ",", "--null": "5.0",
    "--label": "x", "--missing-label": "drop", "--against": "1", "--against-as": "logits", "--array": "q",
    "--columns": None, "--timeout": "5", "--engine": "local[2]", "--samples": "77", "--seed": "5", "--level": "0.9",
    "--estimator": "plugin", "--estimate": None, "--glob": "*.csv", "--allow-unpaired": None,
    "--config": "absent.toml", "--show-config": None, "--p-decimal": ",", "--q-decimal": ",",
}  # fmt: skip
# the rule of the option holds for the data: labels are the same on both sides, no number has thousands
HOLDS = {
    "--max-expand": ("rows", "matrix", "batch"),
    "--missing": ("rows text", "rows objects of JSON", "rows parquet", "batch files", "matrix labels"),
    "--missing-label": ("batch files",),
    "--thousands": ("rows text", "matrix text", "columns of text", "batch files"),
    "--header": ("batch files",),
    "--null": ("batch files",),
}


def _cases():
    """Yields the command, the kind of operand, its words as suffixes and writers, and the options it needs."""
    for kind, made in ROWS.items():
        yield "rows", kind, [made, made], ()
        yield "matrix", kind, [made], ()
    for kind, made in PAIRS.items():
        yield "rows", kind, [made], ()
    for kind in ("text", "npy", "parquet"):
        yield "matrix", f"columns of {kind}", [ROWS[kind]], ("--columns", "--as", "counts")
    yield "matrix", "numbers", ["3,5", "1,2"], ()
    yield "matrix", "labels", ["a=3,b=5", "a=1,b=2"], ()
    yield "batch", "files", [("csv", lambda path, rows: path.write_text(f"a;{rows[0][0]}\nb;{rows[0][1]}\n"))] * 2, ()
    yield "batch", "families", [("csv", lambda path, _: path.write_text('p,q\n"normal(0,1)","normal(1,2)"\n'))], ()


CASES = {f"{command} {kind}": (command, words, needed) for command, kind, words, needed in _cases()}
OPTIONS = {
    command: [
        option
        for option in importlib.import_module(f"klcli.cli.commands.{command}").command.params
        if isinstance(option, click.Option)
        and getattr(option, "group", "") in (INPUT, NUMBERS)
        and option.name != "measures"
    ]
    for command in ("rows", "matrix", "batch")
}


def _holds(option, case):
    return any(case.startswith(each) or case == f"matrix {each}" for each in HOLDS.get(option, ()))


@pytest.mark.parametrize("case", CASES)
def test_an_option_is_used_or_refused_or_a_note_says_that_it_has_no_effect(kl, tmp_path, monkeypatch, case):
    monkeypatch.chdir(tmp_path)
    command, words, needed = CASES[case]
    operands = []
    for side, rows, word in zip("pq", (P, Q), words, strict=False):
        if isinstance(word, tuple):
            suffix, write = word
            write(tmp_path / f"{side}.{suffix}", rows)
            word = f"{side}.{suffix}"
        operands.append(word)
    without = kl(command, *operands, *needed, "-f", "csv")
    assert without.code == 0, without.err
    silent = []
    for option in OPTIONS[command]:
        name = option.opts[0]
        flag = "--no-header" if name == "--header" else name
        if _holds(name, case) or flag in needed:
            continue
        given = [flag] if VALUES[flag] is None else [flag, VALUES[flag]]
        found = kl(command, *operands, *needed, *given, "-f", "csv")
        assert found.code in (0, 2, 3), found
        is_noted = f"{name} has no effect on" in found.err
        if found.code == 0 and found.out == without.out and not is_noted:
            silent.append(name)
        assert not (is_noted and found.out != without.out), found
    assert silent == []


NOTED = [
    (("matrix", "3,5", "1,2", "--delimiter", ";"), "--delimiter has no effect on numbers on the command line"),
    (("matrix", "3,5", "1,2", "-m", "tv", "--bits"), "--bits has no effect on total_variation"),
    (("estimate", "a,b,b", "b,a,a", "--header"), "--header has no effect on numbers on the command line"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "note"), NOTED)
def test_the_note_names_the_option_and_what_has_no_use_for_it(kl, words, note):
    assert f"kl: note: {note}\n" in kl(*words).err
    assert note not in kl(*words, "-q").err


def test_an_option_that_one_pair_of_a_batch_uses_is_not_noted(kl, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pairs.csv").write_text('p,q\n"3,5","1,2"\n"dirichlet([1,2])","dirichlet([2,2])"\n')
    assert "no effect" not in kl("batch", "pairs.csv", "--seed", "3", "--as", "counts", "-m", "js").err
    assert "--timeout has no effect on numbers on the command line and a family" in (
        kl("batch", "pairs.csv", "--timeout", "3").err
    )
