"""The decimal mark of one operand alone: --p-decimal and --q-decimal of compute, explain and batch."""

import json
from math import log

import pytest

POINTS, COMMAS = "name,n\na,4.5\nb,5.5\n", "name;n\na;2,5\nb;7,5\n"
EXPECTED = 0.45 * log(0.45 / 0.25) + 0.55 * log(0.55 / 0.75)
READ = ("--as", "weights", "-m", "forward_kl")


@pytest.fixture
def tables(tmp_path, kl, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in (("p.csv", POINTS), ("q.csv", COMMAS), ("both.csv", "name;p;q\na;1,5;2,5\nb;3,5;1,5\n")):
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_mark_of_one_side_holds_for_that_alone(kl, tables):
    assert float(kl("compute", "p.csv", "q.csv", *READ, "--q-decimal", ",", "-f", "value").out) == pytest.approx(
        EXPECTED, rel=1e-14
    )
    words = ("compute", "q.csv", "p.csv", "-m", "reverse_kl", "--as", "weights", "-f", "value")
    for marks in (["--p-decimal", ","], ["--decimal", ",", "--q-decimal", "."]):
        assert float(kl(*words, *marks).out) == pytest.approx(EXPECTED, rel=1e-14)
    assert kl("explain", "p.csv", "q.csv", "--as", "weights", "--q-decimal", ",").code == 0


@pytest.mark.parametrize(
    ("settings", "header", "cells", "words"),
    [
        ("", "p,q", "p.csv,q.csv", ["--q-decimal", ","]),
        ("", "p,q,q_decimal", 'p.csv,q.csv,","', []),
        ('q_decimal = ","\n', "p,q", "p.csv,q.csv", []),
        ('decimal = ","\np-decimal = "."\n', "p,q", "p.csv,q.csv", []),
        ('decimal = ","\n', "p,q,p_decimal", "p.csv,q.csv,.", []),
    ],
)
def test_a_batch_takes_the_mark_of_one_side_from_every_place(kl, tables, settings, header, cells, words):
    (tables / "kl.toml").write_text(settings)
    (tables / "pairs.csv").write_text(f"{header}\n{cells}\n")
    found = kl("batch", "pairs.csv", *READ, *words, "-f", "json")
    (pair,) = json.loads(found.out)["pairs"]
    assert pair["measures"]["forward_kl"] == pytest.approx(EXPECTED, rel=1e-14)


def test_a_mark_that_does_not_hold_for_both_names_the_options_of_one(kl, tables):
    found = kl("compute", "p.csv", "q.csv", *READ, "--decimal", ",")
    assert found.code == 3
    assert found.err.endswith("or pass --p-decimal , or --q-decimal , for one operand of kl compute\n")
    assert kl("compute", "p.csv", "q.csv", *READ, "--q-decimal", ",").code == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["both.csv", "--q-decimal", ","], 2, "hint: pass --decimal, which holds for both columns"),
        (
            ["p.csv", "p.csv", "--q-decimal", ",", "--delimiter", ","],
            2,
            "',' cannot be the delimiter and the decimal mark",
        ),
        (["a=1,b=2", "p.csv", "--p-decimal", ","], 0, "note: --p-decimal has no effect on numbers on the command line"),
    ],
)
def test_a_mark_that_means_nothing_is_refused_or_noted(kl, tables, words, code, said):
    found = kl("compute", *words, *READ)
    assert (found.code, said in found.err) == (code, True), found.err


def test_estimates_read_both_samples_alike(kl, tables):
    found = kl("batch", "p.csv", "q.csv", "--estimate", "--q-decimal", ",")
    assert (found.code, "hint: give both one decimal mark, by decimal" in found.out) == (3, True)
