"""`kl sample`: draws from families and from masses."""

import io

import numpy as np
import pytest

import klcli


def test_draws_are_those_of_the_python_face_one_on_each_line(kl):
    pytest.importorskip("scipy")
    found = kl("sample", "normal(1, 2)", "-n", 5, "--seed", 3)
    assert [float(line) for line in found.out.splitlines()] == klcli.family("normal", 1, 2).sample(5, seed=3).tolist()
    assert found.err == ""


def test_a_new_seed_is_said_and_repeats_the_draws(kl):
    pytest.importorskip("scipy")
    found = kl("sample", "exponential(2)", "-n", 4)
    seed = found.err.split("--seed ")[1].split()[0]
    assert kl("sample", "exponential(2)", "-n", 4, "--seed", seed).out == found.out
    assert kl("sample", "exponential(2)", "-n", 4).out != found.out


def test_masses_give_their_labels_as_often_as_they_say(kl, tmp_path):
    table = tmp_path / "coin.csv"
    table.write_text('side,mass\n"edge, or rim",0.2\ntails,0.8\n')
    found = kl("sample", str(table), "-n", 10_000, "--seed", 1)
    share = found.out.splitlines().count("tails") / 10_000
    assert share == pytest.approx(0.8, abs=4 * (0.16 / 10_000) ** 0.5)
    assert '"edge, or rim"' in found.out


def test_how_masses_were_read_is_said(kl, tmp_path):
    table = tmp_path / "counts.csv"
    table.write_text("count,label\n3,1\n4,2\n")
    found = kl("sample", str(table), "-n", 2, "--seed", 1)
    assert "line 1 was read as a header (labels in label, masses in count)" in found.err


def test_whole_numbers_have_no_point_and_vectors_have_commas(kl):
    pytest.importorskip("scipy")
    assert all(line.isdigit() for line in kl("sample", "poisson(4)", "-n", 20, "--seed", 1).out.splitlines())
    found = kl("sample", "mvnormal(mean=[0,0], cov=[[1,0],[0,1]])", "-n", 3, "--seed", 1).out.splitlines()
    assert [line.count(",") for line in found] == [1, 1, 1]


def test_json_lines_and_arrays_hold_the_same_draws(kl, tmp_path):
    pytest.importorskip("scipy")
    words = ("sample", "normal(0, 1)", "-n", 6, "--seed", 2)
    path = tmp_path / "draws.npy"
    assert kl(*words, "-o", path).code == 0
    lines = kl(*words, "-f", "jsonl").out
    assert np.load(path).tolist() == np.loadtxt(io.StringIO(lines)).tolist()


@pytest.mark.parametrize("words", [("normal(0)",), ("normal(0, 1)", "-n", "0"), ("heads=0.5,tails=0.5", "-f", "npy")])
def test_what_cannot_be_drawn_is_refused(kl, words):
    pytest.importorskip("scipy")
    assert kl("sample", *words).code in (2, 3)


def test_draws_of_a_family_are_estimated_near_the_closed_form(kl, document, tmp_path):
    pytest.importorskip("scipy")
    for name, family, seed in (("x", "normal(0, 1)", 1), ("y", "normal(0.5, 1)", 2)):
        kl("sample", family, "-n", 2000, "--seed", seed, "-o", tmp_path / f"{name}.csv")
    found = document("estimate", tmp_path / "x.csv", tmp_path / "y.csv")["estimates"]["forward_kl"]
    assert found["lower"] < 0.125 < float(found["upper"])


TABLE = "x,y,n,m\na,u,1,5\nb,v,3,5\n"


@pytest.mark.parametrize(
    ("text", "wrong", "option", "expected"),
    [
        (TABLE, ("--column", "k"), ("--label", "x,y", "--column", "m"), {'"a,u"', '"b,v"'}),
        ("p,q\n0,1\n1,0\n", (), ("--column", "p"), {"2"}),
        ("a;1,5\nb;0,0\n", (), ("--decimal", ",", "--as", "weights"), {"a"}),
        ("x,n\na,NA\nb,3\n", (), ("--null", "NA"), {"b"}),
        ("x,n\na,2\n,3\n", (), ("--missing-label", "drop"), {"a"}),
    ],
)
def test_what_masses_are_refused_for_has_an_option_that_reads_them(kl, tmp_path, text, wrong, option, expected):
    table = tmp_path / "table.csv"
    table.write_text(text)
    refused = kl("sample", table, "-n", 50, *wrong)
    assert refused.code == 3
    assert wrong or option[0] in refused.err
    assert "--p " not in refused.err
    found = kl("sample", table, "-n", 50, "--seed", 1, *option)
    assert set(found.out.splitlines()) == expected


def test_options_of_masses_beside_a_family_are_noted(kl):
    pytest.importorskip("scipy")
    found = kl("sample", "normal(0, 1)", "-n", 2, "--as", "counts", "--column", "x", "--seed", 1)
    assert found.err == "kl: note: --as, --column have no effect on a family\n"
