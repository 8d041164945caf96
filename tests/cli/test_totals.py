"""Totals are left out where both sides say so; a sum of logarithms is not a total."""

import json
from math import exp, log

import pytest


@pytest.fixture
def tables(tmp_path):
    """P, whose last row is the sum of the others, and Q, where it is not."""
    (tmp_path / "p.csv").write_text("k,n\na,10\nb,20\nall,30\n")
    (tmp_path / "q.csv").write_text("k,n\na,12\nb,18\nall,25\n")
    return tmp_path / "p.csv", tmp_path / "q.csv"


def value(found):
    assert found.code == 0, found.err
    return next(iter(json.loads(found.out)["measures"].values()))


def test_a_total_that_is_an_outcome_of_the_other_side_is_kept(kl, tables):
    p, q = [10 / 60, 20 / 60, 30 / 60], [12 / 55, 18 / 55, 25 / 55]
    expected = sum(a * log(a / b) for a, b in zip(p, q, strict=True))
    assert value(kl("compute", *tables, "-m", "forward_kl", "-f", "json")) == pytest.approx(expected, rel=1e-14)
    backwards = sum(b * log(b / a) for a, b in zip(p, q, strict=True))
    assert value(kl("compute", *reversed(tables), "-m", "forward_kl", "-f", "json")) == pytest.approx(
        backwards, rel=1e-14
    )


def test_a_total_of_one_side_that_is_piped_is_refused(kl_process, tables):
    found = kl_process("compute", "-", tables[1], input=tables[0].read_bytes())
    assert (found.code, found.out) == (3, "")
    assert f"- and {tables[1]}: a total of the others in one is an outcome of the other" in found.err


def test_the_logarithm_of_an_outcome_that_is_called_total_is_no_total(kl, tmp_path):
    (tmp_path / "l.csv").write_text("tok,x\nthe,1\na,2\nall,3\n")
    pair = (tmp_path / "l.csv", tmp_path / "l.csv")
    found = kl("compute", *pair, "--as", "logits", "-m", "entropy_p", "-f", "json")
    masses = [exp(each - 3) for each in (1, 2, 3)]
    expected = -sum(each / sum(masses) * log(each / sum(masses)) for each in masses)
    assert value(found) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("command", ["compute", "batch", "matrix"])
@pytest.mark.parametrize("turn", [1, -1])
def test_every_command_keeps_a_total_that_is_an_outcome_of_the_other(kl, tables, command, turn):
    p, q = [10 / 60, 20 / 60, 30 / 60], [12 / 55, 18 / 55, 25 / 55]
    middle = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
    expected = sum(side * log(side / m) for both in (p, q) for side, m in zip(both, middle, strict=True)) / 2
    found = kl(command, *tables[::turn], "-m", "js", "-f", "value")
    assert max(map(float, found.out.split())) == pytest.approx(expected, rel=1e-13)
    assert "of the others, is compared as an outcome; take the row out if it is their total" in found.err


def test_a_total_beside_a_cell_that_is_left_out_is_noted(kl, tmp_path):
    for name, counts in (("a", (30, 20, "*", 55)), ("b", (10, 40, "*", 53))):
        rows = zip(("Agree", "Neutral", "Disagree", "Total"), counts, strict=True)
        (tmp_path / f"{name}.csv").write_text("answer,count\n" + "".join(f"{label},{n}\n" for label, n in rows))
    found = kl("compute", tmp_path / "a.csv", tmp_path / "b.csv", "--null", "*", "-m", "kl", "-f", "value")
    assert "a.csv: 'Total', 55 beside 50 of the others, is compared as an outcome" in found.err
    assert "b.csv: 'Total', 53 beside 50 of the others, is compared as an outcome" in found.err


@pytest.mark.parametrize("rows", ["the,50\nof,30\nall,2\n", "a,1\nb,1\nall,9\n", "a,1\nb,2\nc,3\n"])
def test_a_word_that_is_no_total_has_no_note(kl, tmp_path, rows):
    (tmp_path / "p.csv").write_text(f"word,n\n{rows}")
    assert "as an outcome" not in kl("compute", tmp_path / "p.csv", tmp_path / "p.csv").err


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a,4\nb,6\nc,5\nTotal,15\n", "row 4, 'Total'"),
        ("a,4\nb,6\nc,5\nTotal,15\nMean,5\n", "row 4, 'Total'"),
        ("a;0,1\nb;0,2\nsumme:;0,3\n", "row 3, 'summe:'"),
        ("a,4\nb,6\nc,5\nTotal,16\n", ""),
        ("a,4\nb,6\nc,5\nall,x\n", ""),
        ("a,inf\nb,6\nTotal,inf\n", ""),
        ("Total,15\na,4\nb,6\nc,5\n", ""),
        ("a,4\nTotal,4\n", ""),
    ],
)
def test_a_table_whose_last_row_is_the_sum_of_those_above_is_noted(kl, tmp_path, monkeypatch, rows, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(("item;amount\n" if ";" in rows else "item,amount\n") + rows)
    marks = ("--decimal", ",") if ";" in rows else ()
    for words in (("drift", "t.csv", "t.csv", "--min-rows", "1"), ("profile", "t.csv", "-o", "t.kl.json")):
        err = kl(*words, *marks).err
        assert ("is the sum of those above it" in err) is bool(said), err
        assert not said or f"kl: note: t.csv: {said}" in err


def test_a_sheet_whose_last_row_is_the_sum_of_those_above_is_noted(kl, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["item", "amount"], ["a", 4], ["b", 6], ["c", 5], ["Total", 15], ["Mean", 5]):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    path = tmp_path / "t.xlsx"
    assert "row 4, 'Total', is the sum of those above it" in kl("drift", path, path, "--min-rows", "1").err


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a,10,12\nb,20,30\nc,5,3\nTotal,35,45\n", "row 4, 'Total'"),
        ("a,10,12\nb,20,30\nTotal,30,42\nMean,15,21\n", "row 3, 'Total'"),
        ("a,10,0\nb,20,0\nsum,30,0\n", "row 3, 'sum'"),
        ("a,10,12\nb,20,30\nc,5,3\nTotal,35,44\n", ""),
        ("a,10,12\nTotal,10,12\n", ""),
        ("Total,35,45\na,10,12\nb,25,33\n", ""),
    ],
)
def test_a_row_of_several_that_is_the_sum_of_those_above_is_noted(kl, tmp_path, monkeypatch, rows, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("plan,jan,feb\n" + rows)
    for words in (("rows", "t.csv", "t.csv", "--id", "plan"), ("matrix", "t.csv", "--id", "plan")):
        found = kl(*words)
        assert found.code == 0, found.err
        assert ("is the sum of those above it" in found.err) is bool(said), found.err
        assert not said or f"kl: note: t.csv: {said}" in found.err
