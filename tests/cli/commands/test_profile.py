"""`kl profile`: deterministic bytes without raw rows, equal measures, exact merges."""

import json

import numpy as np
import pytest

RNG = np.random.default_rng(3)


def write(path, rows, shift=0.0):
    lines = ["amount,plan,count"]
    lines += [f"{RNG.normal(shift):.5f},{RNG.choice(list('abcd'))},{RNG.poisson(3)}" for _ in range(rows)]
    path.write_text("\n".join(lines) + "\n")


@pytest.fixture
def folder(tmp_path, monkeypatch, kl):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.csv", 900)
    write(tmp_path / "b.csv", 700, 0.4)
    assert kl("profile", "a.csv", "-o", "a.kl.json").code == 0
    return tmp_path


def columns(out):
    return {each["name"]: (each["measures"], each["tests"], each["cells"]) for each in json.loads(out)["columns"]}


def test_measures_on_a_profile_equal_those_on_its_rows_to_the_last_digit(kl, folder):
    raw, stored = (kl("drift", p, "b.csv", "-f", "json").out for p in ("a.csv", "a.kl.json"))
    assert columns(raw) == columns(stored)
    assert json.loads(stored)["p"]["kind"] == "profile"


@pytest.mark.parametrize("rows", [60, 150])
def test_fewer_bins_are_unions_of_the_stored_cells(kl, folder, rows):
    write(folder / "few.csv", rows)
    kl("profile", "few.csv", "-o", "few.kl.json")
    raw, stored = (kl("drift", p, "b.csv", "-f", "json").out for p in ("few.csv", "few.kl.json"))
    assert columns(raw) == columns(stored)


def test_the_current_table_may_be_a_profile_like_the_reference(kl, folder):
    assert kl("profile", "b.csv", "--like", "a.kl.json", "-o", "b.kl.json").code == 0
    raw, stored = (kl("drift", *sides, "-f", "json").out for sides in (("a.csv", "b.csv"), ("a.kl.json", "b.kl.json")))
    assert columns(raw) == columns(stored)


def test_a_profile_with_cuts_of_its_own_is_refused(kl, folder):
    kl("profile", "b.csv", "-o", "own.kl.json")
    result = kl("drift", "a.kl.json", "own.kl.json")
    assert result.code == 3
    assert "--like" in result.err
    assert kl("profile", "merge", "a.kl.json", "own.kl.json").code == 3


def test_the_same_data_give_the_same_bytes(kl, folder):
    assert kl("profile", "a.csv").out == (folder / "a.kl.json").read_text()


def test_a_merge_in_any_order_is_the_profile_of_all_rows(kl, folder):
    text = (folder / "a.csv").read_text() + (folder / "b.csv").read_text().partition("\n")[2]
    (folder / "both.csv").write_text(text)
    kl("profile", "b.csv", "--like", "a.kl.json", "-o", "b.kl.json")
    kl("profile", "both.csv", "--like", "a.kl.json", "-o", "both.kl.json")
    found = [json.loads(kl("profile", "merge", *names).out)["columns"] for names in
             (("a.kl.json", "b.kl.json"), ("b.kl.json", "a.kl.json"))]  # fmt: skip
    whole = json.loads((folder / "both.kl.json").read_text())["columns"]
    for ours in found:
        for mine, theirs in zip(ours, whole, strict=True):
            for key in ("below", "at_most", "cuts", "labels", "values"):
                assert mine[key] == theirs[key], (mine["name"], key)


def test_hashed_labels_are_compared_and_not_shown(kl, folder):
    (folder / "a.csv").write_text((folder / "a.csv").read_text().replace(",a,", ",secret,"))
    (folder / "b.csv").write_text((folder / "b.csv").read_text().replace(",a,", ",secret,"))
    kl("profile", "a.csv", "--hash-labels", "-o", "h.kl.json")
    assert "secret" not in (folder / "h.kl.json").read_text()
    raw, stored = (json.loads(kl("drift", p, "b.csv", "-f", "json").out) for p in ("a.csv", "h.kl.json"))
    for one, other in zip(raw["columns"], stored["columns"], strict=True):
        assert one["measures"] == pytest.approx(other["measures"], rel=1e-12)


@pytest.mark.parametrize(
    "text", ["", "{}", '{"kl_profile": 99}', '{"kl_profile": 1, "columns": [{}], "rows": 1, "salt": ""}']
)
def test_what_is_no_profile_is_refused(kl, folder, text):
    (folder / "x.kl.json").write_text(text)
    assert kl("drift", "x.kl.json", "a.csv").code == 3


def test_a_profile_is_shown(kl, folder):
    assert (
        "plan  category (4 distinct texts), 900 values, 0 missing, 4 distinct" in kl("profile", "show", "a.kl.json").out
    )
