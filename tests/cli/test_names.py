"""Names as people know them: of families, units, measures and formats; help and completion as elsewhere."""

import re
import shutil
import subprocess
from math import log

import pytest

import klcli
from klcli.cli.commands import COMMANDS

COIN = ("0.5,0.5", "0.9,0.1")


# KL of two normals of equal spread is the square of the difference in standard deviations, halved
@pytest.mark.parametrize(
    ("p", "q", "nats"),
    [
        ("N(0,1)", "N(2,1)", 2.0),
        ("N(0, 1)", "normal(1, 1)", 0.5),
        ("Normal(0,1)", "NORMAL(1,1)", 0.5),
        ("gaussian(0,1)", "Gaussian(1,1)", 0.5),
        ("gauss(0,1)", "norm(1,1)", 0.5),
        ("N(0,sd=2)", "N(2,sd=2)", 0.5),
        ("N(0,variance=4)", "N(2,variance=4)", 0.5),
    ],
)
def test_a_normal_has_the_names_that_people_give_it(kl, p, q, nats):
    result = kl("compute", p, q, "-m", "forward_kl", "-f", "value")
    assert float(result.out) == pytest.approx(nats, rel=1e-15)


def test_the_second_argument_of_n_must_say_whether_it_is_a_variance(kl):
    result = kl("compute", "N(0,4)", "N(0,1)")
    assert (result.code, result.out) == (3, "")
    assert "N: the second argument may be the standard deviation or the variance" in result.err
    assert "kl: hint: write normal(0, sd=4) or normal(0, variance=4)" in result.err
    with pytest.raises(klcli.InputError, match="the standard deviation or the variance"):
        klcli.family("N", 0, [1, 4])


@pytest.mark.parametrize(
    ("base", "unit", "log_of_base"), [("nats", "nats", 1), ("bits", "bits", log(2)), ("bans", "bans", log(10))]
)
def test_a_base_may_be_the_name_of_its_unit(document, base, unit, log_of_base):
    found = document("compute", *COIN, "-m", "forward_kl", "--base", base)
    assert found["unit"] == unit
    assert found["measures"]["forward_kl"] == pytest.approx(log(5 / 3) / log_of_base, rel=4e-15)


@pytest.mark.parametrize("words", [("-m", "jeffreys,hellinger"), ("-m", "jeffreys", "-m", "hellinger")])
@pytest.mark.parametrize("operands", [COIN, ("normal(0,1)", "normal(1,1)")])
def test_several_measures_may_be_one_word(document, operands, words):
    assert list(document("compute", *operands, *words)["measures"]) == ["jeffreys", "hellinger"]


def test_rows_and_batches_take_several_measures_in_one_word(kl, tmp_path):
    (tmp_path / "p.csv").write_text("a,b\n1,3\n2,2\n")
    rows = kl("rows", tmp_path / "p.csv", tmp_path / "p.csv", "-m", "jeffreys,hellinger", "-f", "csv")
    assert rows.out.startswith("row,jeffreys,hellinger,")
    (tmp_path / "pairs.csv").write_text("p,q\n'1,1','1,3'\n".replace("'", '"'))
    batch = kl("batch", tmp_path / "pairs.csv", "-m", "jeffreys,hellinger", "-f", "csv")
    assert re.findall(r",ok,(\w+),", batch.out) == ["jeffreys", "hellinger"]


# of the fair coin and one of 0.9 and 0.1: KL is 0.51 nats, Jeffreys 0.88, Hellinger 0.33
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("-m", "jeffreys", "--fail-above", "0.6"), 1),
        (("-m", "hellinger", "--fail-above", "0.4"), 0),
        (("--fail-above", "0.6"), 0),
        (("-m", "jeffreys", "--fail-above", "forward_kl=0.6"), 0),
        (("-m", "jeffreys,hellinger", "--fail-above", "0.6"), 2),
        (("-m", "jeffreys,hellinger", "--fail-above", "jeffreys=0.6"), 1),
    ],
)
def test_a_limit_without_a_name_is_on_the_measure_asked_for(kl, tmp_path, words, code):
    (tmp_path / "p.csv").write_text("a,b\n0.5,0.5\n")
    (tmp_path / "q.csv").write_text("a,b\n0.9,0.1\n")
    (tmp_path / "x.csv").write_text("p,q\n0.5,0.9\n0.5,0.1\n")
    (tmp_path / "pairs.csv").write_text("p\nx.csv\n")
    assert kl("compute", *COIN, *words).code == code
    assert kl("rows", tmp_path / "p.csv", tmp_path / "q.csv", *words).code == code
    assert kl("batch", tmp_path / "pairs.csv", *words).code == code


def test_a_limit_on_a_statistic_of_rows_is_on_the_measure_asked_for(kl, tmp_path):
    (tmp_path / "p.csv").write_text("a,b\n0.5,0.5\n")
    (tmp_path / "q.csv").write_text("a,b\n0.9,0.1\n")
    result = kl("rows", tmp_path / "p.csv", tmp_path / "q.csv", "-m", "jeffreys", "--fail-above", "mean=0.6", "-q")
    assert result.code == 1
    assert "mean:jeffreys" in result.err


@pytest.mark.parametrize(("alias", "name"), [("md", "markdown"), ("tex", "latex"), ("ndjson", "jsonl")])
def test_a_format_has_the_name_of_its_suffix(kl, alias, name):
    assert kl("compute", *COIN, "-f", alias).out == kl("compute", *COIN, "-f", name).out != ""


def test_the_version_has_a_short_option(kl):
    assert kl("-V").out == kl("--version").out == f"kl {klcli.__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_is_what_its_option_prints(kl, name):
    assert kl("help", name).out == kl(name, "--help").out != ""


def test_help_without_a_command_is_that_of_kl(kl):
    assert kl("help").out == kl("--help").out != ""


def test_help_of_an_unknown_command_suggests_one(kl):
    result = kl("help", "comptue")
    assert (result.code, result.out) == (2, "")
    assert "kl: hint: did you mean kl compute?" in result.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_of_a_shell_is_a_script_for_it(kl, shell):
    text = kl("completion", shell).out
    assert f"_KL_COMPLETE={shell}_complete" in text
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=text.encode(), check=True)


def test_an_unknown_shell_is_refused_with_those_known(kl):
    result = kl("completion", "tcsh")
    assert (result.code, result.out) == (2, "")
    assert all(shell in result.err for shell in ("bash", "zsh", "fish"))


@pytest.mark.parametrize(
    "words",
    [
        ("compute", "a=1,b=2", "a=2,b=2", "--smooth", "add:1", "--smooth", "mix:0.1"),
        ("compute", "t.csv", "t.csv", "--as", "samples", "--column", "a", "--column", "b"),
        ("explain", "a=1,b=2", "a=2,b=2", "-m", "kl", "-m", "js"),
        ("drift", "t.csv", "t.csv", "--alpha", "0.1", "--alpha=0.2"),
    ],
)
def test_an_option_of_what_is_compared_is_not_given_twice(kl, words):
    answer = kl(*words)
    assert answer.code == 2
    assert "is given twice, and takes one value" in answer.err


def test_the_last_option_of_output_counts_as_elsewhere(kl):
    assert kl("compute", "a=1,b=2", "a=2,b=2", "-f", "json", "-f", "value", "-m", "tv", "-q").out == (
        kl("compute", "a=1,b=2", "a=2,b=2", "-f", "value", "-m", "tv", "-q").out
    )
