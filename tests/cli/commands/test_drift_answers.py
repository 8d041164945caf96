"""What `kl drift` prints in each format: pairs of columns, digits, skipped columns, what makes the exit code."""

import csv
import json
from math import log

import pytest

P = {("a", "y"): 60, ("a", "n"): 20, ("b", "y"): 10, ("b", "n"): 30}
Q = {("a", "y"): 15, ("a", "n"): 25, ("b", "y"): 45, ("b", "n"): 35}


@pytest.fixture
def tables(tmp_path, kl, monkeypatch):
    """Two tables of two labels a row, and a column that is skipped as an identifier."""
    monkeypatch.chdir(tmp_path)
    for name, counts in (("p.csv", P), ("q.csv", Q)):
        rows = [cells for cells, count in counts.items() for _ in range(count)]
        lines = ["id,plan,paid,same", *(f"u{at},{one},{two},{'xy'[at % 2]}" for at, (one, two) in enumerate(rows))]
        (tmp_path / name).write_text("\n".join(lines) + "\n")
    return tmp_path


def smoothed(counts, place=None):
    """Returns shares of the cells with 0.5 added, or of the labels at a place."""
    found = {}
    for cells, count in counts.items():
        key = cells if place is None else cells[place]
        found[key] = found.get(key, 0) + count + 0.5
    return {key: value / sum(found.values()) for key, value in found.items()}


def kl_of(p, q):
    return sum(p[key] * log(p[key] / q[key]) for key in p)


JOINT = kl_of(smoothed(P), smoothed(Q))
FIRST = kl_of(smoothed(P, 0), smoothed(Q, 0))
NUMBERS = pytest.approx([JOINT, FIRST, JOINT - FIRST], rel=1e-12)


def of_csv(out, delimiter=","):
    rows = [row for row in csv.DictReader(out.splitlines(), delimiter=delimiter) if row["name"] == "plan, paid"]
    assert [row["measure"] for row in rows] == ["joint", "of_first", "of_second_given_first"]
    return [float(row["value"]) for row in rows]


def of_lines(out):
    pair = json.loads(out.splitlines()[-1])["pair"]
    assert (pair["first"], pair["second"]) == ("plan", "paid")
    return [pair["joint"], pair["of_first"], pair["of_second_given_first"]]


@pytest.mark.parametrize(
    ("form", "numbers"),
    [
        ("csv", of_csv),
        ("tsv", lambda out: of_csv(out, "\t")),
        ("jsonl", of_lines),
        ("value", lambda out: list(map(float, out.splitlines()[-3:]))),
    ],
)
def test_every_format_for_machines_has_the_pairs(kl, tables, form, numbers):
    assert numbers(kl("drift", "p.csv", "q.csv", "--pairs", "plan,paid", "-f", form).out) == NUMBERS


@pytest.mark.parametrize("form", ["github", "junit", "table", "markdown", "latex", "html"])
def test_every_other_format_says_the_pairs_in_words(kl, tables, form):
    out = kl("drift", "p.csv", "q.csv", "--pairs", "plan,paid", "-f", form).out
    assert f"{JOINT:.3g} = {FIRST:.3g} of plan + {JOINT - FIRST:.3g} of paid given it" in out


@pytest.mark.parametrize("words", [["--explain", "plan"], ["--compare-presets"]])
def test_an_answer_without_pairs_of_columns_refuses_them(kl, tables, words):
    found = kl("drift", "p.csv", "q.csv", "--pairs", "plan,paid", *words)
    assert (found.code, found.out) == (2, "")
    assert found.err == (
        f"kl: error: {words[0]} beside --pairs: it shows no pairs of columns\nkl: hint: leave one of them out\n"
    )


def test_digits_are_those_of_every_number(kl, tables):
    columns = json.loads(kl("drift", "p.csv", "q.csv", "-f", "json").out)["columns"]
    value = next(each["measures"]["jeffreys"] for each in columns if each["name"] == "plan")
    for form in ("table", "markdown", "latex"):
        for digits in (2, 9):
            words = ("drift", "p.csv", "q.csv", "--digits", digits, "--pairs", "plan,paid", "-f", form)
            out = kl(*words).out.replace("\\_", "_")
            assert f"jeffreys = {value:.{digits}g} " in out, (form, digits)
            assert f"{JOINT:.{digits}g} = " in out
            if form == "table":
                assert f"  {value:.{digits}g}  " in out


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["compute", "0.3,0.7", "0.1,0.9", "-f", "value"], "forward_kl"),
        (["compute", "0.3,0.7", "0.1,0.9"], "forward_kl"),
        (["batch", "pairs.csv", "-f", "csv"], "forward_kl"),
        (["batch", "pairs.csv"], "forward_kl"),
    ],
)
def test_digits_are_those_of_a_limit_that_is_exceeded(kl, tables, words, text):
    (tables / "pairs.csv").write_text('p,q\n"0.3,0.7","0.1,0.9"\n')
    value = 0.3 * log(3) + 0.7 * log(7 / 9)
    for digits in (2, 12):
        found = kl(*words, "--fail-above", "forward_kl=0.1", "--digits", digits)
        assert found.code == 1
        assert f"{text} = {value:.{digits}g} > 0.1 nats" in found.out + found.err


def test_a_value_never_looks_as_if_it_kept_the_limit_that_it_exceeds(kl):
    value = 0.3 * log(3) + 0.7 * log(7 / 9)  # 0.15366
    found = kl("compute", "0.3,0.7", "0.1,0.9", "--fail-above", "forward_kl=0.15", "--digits", "2")
    assert found.code == 1
    for text in (found.out, found.err):
        shown = float(text.split("forward_kl = ")[1].split()[0])
        assert shown == pytest.approx(value, rel=1e-15)


def test_bare_values_have_no_line_for_a_column_that_is_skipped(kl, tables):
    columns = json.loads(kl("drift", "p.csv", "q.csv", "-f", "json").out)["columns"]
    assert "skipped" in {each["status"] for each in columns}
    values = [value for each in columns for value in each["measures"].values()]
    assert list(map(float, kl("drift", "p.csv", "q.csv", "-f", "value").out.splitlines())) == values


def test_an_explanation_names_the_columns_that_make_the_exit_code(kl, tables):
    found = kl("drift", "p.csv", "q.csv", "--explain", "same")
    assert found.code == 1
    assert found.err.endswith("; exit code 1 by plan\n")
    (tables / "r.csv").write_text((tables / "q.csv").read_text().replace("plan", "tariff"))
    found = kl("drift", "p.csv", "r.csv", "--explain", "same")
    assert (found.code, found.err.endswith("; exit code 3 by plan\n")) == (3, True)


def test_quiet_silences_what_a_renewed_baseline_says(kl, tables):
    kl("profile", "p.csv", "-o", "base.kl.json")
    before = (tables / "base.kl.json").read_bytes()
    found = kl("drift", "base.kl.json", "q.csv", "--update-baseline", "-q")
    assert (found.code, "note" in found.err) == (0, False)
    assert (tables / "base.kl.json").read_bytes() != before
