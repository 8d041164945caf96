"""`kl profile`: deterministic bytes without raw rows, equal measures, exact merges."""

import gzip
import json
import re

import numpy as np
import pytest

import klcli

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


def test_notes_on_a_profile_can_be_silenced(kl, folder):
    (folder / "one.csv").write_text("1.5\n2.5\n")
    assert "the first row names the column 1.5" in kl("profile", "one.csv").err
    assert kl("profile", "one.csv", "-q").err == ""


def test_a_profile_without_rows_is_noted(kl, folder):
    (folder / "none.csv").write_text("amount,plan\n")
    found = kl("profile", "none.csv", "-o", "none.kl.json")
    assert (found.code, found.err) == (
        0, "kl: note: none.csv has no rows, so the profile holds no counts and nothing can be compared with it\n"
    )  # fmt: skip
    assert "has no rows" not in kl("profile", "a.csv").err


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


@pytest.mark.parametrize("sides", [("a.kl.json", "b.csv"), ("a.csv", "b.kl.json"), ("a.kl.json", "b.kl.json")])
def test_few_integers_of_a_profile_have_exact_distances(kl, folder, sides):
    kl("profile", "b.csv", "--like", "a.kl.json", "-o", "b.kl.json")
    words = ("--columns", "count", "-m", "ks", "-m", "wasserstein_sd", "-f", "json")
    every = [json.loads(kl("drift", *at, *words).out)["columns"] for at in (("a.csv", "b.csv"), sides)]
    raw, stored = (next(each for each in found if each["name"] == "count") for found in every)
    assert raw["measures"] == stored["measures"]
    assert {"ks", "wasserstein_sd"} < {*stored["measures"]}
    assert stored["plus_minus"] == {}


@pytest.mark.parametrize(("rule", "is_said"), [("quantile:10", False), ("quantile:20", False), ("quantile:13", True)])
def test_bins_that_a_profile_does_not_hold_are_cut_near_and_said(kl, folder, rule, is_said):
    found = kl("drift", "a.kl.json", "b.csv", "--columns", "amount", "--bins", rule)
    assert ("amount is cut at estimated quantiles, as the profile has no exact ones" in found.err) == is_said


def test_a_profile_of_texts_that_spell_times_has_ks_and_says_why_it_has_no_w1(kl, folder):
    for name, month in (("p", 1), ("q", 2)):
        days = [f"2024-{month:02}-{at % 28 + 1:02}" for at in range(112)]
        (folder / f"{name}.csv").write_text("when,y\n" + "".join(f"{day},a\n" for day in days))
    words = ("--type", "when=numeric")
    kl("profile", "p.csv", *words, "-o", "p.kl.json")
    out = kl("drift", "p.kl.json", "q.csv", *words, "-m", "ks", "-m", "wasserstein_sd", "-f", "json").out
    when = next(each for each in json.loads(out)["columns"] if each["name"] == "when")
    assert when["measures"]["ks"] == 1  # every day of February is later
    assert "wasserstein_sd" not in when["measures"]
    assert any("its least and its largest value are not stored" in each["text"] for each in when["notes"])


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
            for key in ("below", "at_most", "cuts", "labels", "values", "moments"):
                assert mine[key] == theirs[key], (mine["name"], key)


def test_hashed_labels_are_compared_and_not_shown(kl, folder):
    (folder / "a.csv").write_text((folder / "a.csv").read_text().replace(",a,", ",secret,"))
    (folder / "b.csv").write_text((folder / "b.csv").read_text().replace(",a,", ",secret,"))
    kl("profile", "a.csv", "--hash-labels", "-o", "h.kl.json")
    assert "secret" not in (folder / "h.kl.json").read_text()
    raw, stored = (json.loads(kl("drift", p, "b.csv", "-f", "json").out) for p in ("a.csv", "h.kl.json"))
    for one, other in zip(raw["columns"], stored["columns"], strict=True):
        assert one["measures"] == pytest.approx(other["measures"], rel=1e-12)


def as_of_version_1(path):
    stored = json.loads(path.read_text()) | {"kl_profile": 1}
    del stored["sha256_of_counts"]
    for each in stored["columns"]:
        del each["moments"]
    return json.dumps(stored)


def test_a_profile_of_the_first_version_is_read_and_has_no_deviation(kl, folder):
    old = folder / "old.kl.json"
    old.write_text(as_of_version_1(folder / "a.kl.json"))
    new, stored = (kl("drift", name, "b.csv", "-f", "json").out for name in ("a.kl.json", "old.kl.json"))
    assert columns(new) == columns(stored)
    amount = json.loads(kl("drift", "old.kl.json", "b.csv", "--explain", "amount", "-f", "json").out)
    assert amount["order"]["p"]["mean"] is None
    assert "ks" in amount["order"]
    assert "wasserstein_sd" not in amount["order"]
    assert any("no W1/sd" in each["text"] for each in amount["notes"])
    limited = kl("drift", "old.kl.json", "b.csv", "--limit", "wasserstein_sd=0.1")
    assert limited.code == 3
    assert "does not tell its wasserstein_sd" in limited.err
    merged = json.loads(kl("profile", "merge", "a.kl.json", "old.kl.json").out)
    assert all(each["moments"] is None for each in merged["columns"])


@pytest.mark.parametrize(
    "text", ["", "{}", '{"kl_profile": 99}', '{"kl_profile": 1, "columns": [{}], "rows": 1, "salt": ""}']
)
def test_what_is_no_profile_is_refused(kl, folder, text):
    (folder / "x.kl.json").write_text(text)
    assert kl("drift", "x.kl.json", "a.csv").code == 3


def test_a_profile_is_shown_in_every_format(kl, folder):
    shown = kl("profile", "show", "a.kl.json").out
    assert re.search(r"^plan +category +4 distinct texts +900 +0 +4$", shown, re.MULTILINE)
    (plan,) = (
        each
        for each in json.loads(kl("profile", "show", "a.kl.json", "-f", "json").out)["columns"]
        if each["column"] == "plan"
    )
    assert plan == {
        "column": "plan",
        "kind": "category",
        "why": "4 distinct texts",
        "values": 900,
        "missing": 0,
        "distinct": 4,
        "mean": None,
        "deviation": None,
    }
    assert "<table" in kl("profile", "show", "a.kl.json", "-f", "html").out
    result = kl("profile", "a.csv", "-f", "html")
    assert (result.code, result.out) == (2, "")
    assert "-f is for kl profile show" in result.err


def test_hashes_of_other_salts_are_not_compared_with_labels(kl, folder):
    (folder / "same.csv").write_text((folder / "a.csv").read_text())
    for name in ("a", "same"):
        kl("profile", f"{name}.csv", "--hash-labels", "-o", f"{name}.kl.json")
    for reference in ("a.kl.json", "a.csv"):  # even where no label in common is allowed
        result = kl("drift", reference, "same.kl.json", "--allow-disjoint", "-f", "json")
        plan = next(each for each in json.loads(result.out)["columns"] if each["name"] == "plan")
        assert (result.code, plan["status"], plan["measures"]) == (3, "error", {})
        assert "--like" in plan["error"]["hint"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--hash-labels",), "not hashed"),
        (("--columns", "plan"), "--like"),
        (("--exclude", "plan"), "--like"),
        (("--type", "plan=text"), "--like"),
    ],
)
def test_what_like_cannot_keep_is_refused(kl, folder, arguments, named):
    result = kl("profile", "b.csv", "--like", "a.kl.json", *arguments)
    assert (result.code, result.out) == (2, "")
    assert named in result.err


def test_several_profiles_are_not_read_as_one_table(kl, folder):
    kl("profile", "b.csv", "--like", "a.kl.json", "-o", "b.kl.json")
    result = kl("drift", "*.kl.json", "b.csv")
    assert result.code == 3
    assert "2 profiles" in result.err
    assert "merge" in result.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--type", "amount=category"),
        ("--type", "plan=numeric"),
        ("--type", "count=numeric"),
        ("--bins", "values"),
    ],
)
def test_a_profile_is_not_read_as_another_kind_than_it_counted(kl, folder, arguments):
    result = kl("drift", "a.kl.json", "b.csv", *arguments)
    assert result.code == 3
    assert "was counted as" in result.err
    assert "--type" in result.err


@pytest.mark.parametrize("arguments", [("--type", "amount=numeric"), ("--type", "plan=text"), ("--type", "amount=id")])
def test_a_profile_takes_the_kinds_for_which_it_has_the_counts(kl, folder, arguments):
    assert kl("drift", "a.kl.json", "a.csv", *arguments).code == 0


def test_a_current_profile_of_another_kind_is_an_error_and_no_drift(kl, folder):
    few, many = ("count\n" + "".join(f"{i % k}\n" for i in range(300)) for k in (5, 25))
    (folder / "few.csv").write_text(few)
    (folder / "many.csv").write_text(many)
    for name in ("few", "many"):
        kl("profile", f"{name}.csv", "-o", f"{name}.kl.json")
    for reference in ("few.csv", "few.kl.json"):
        result = kl("drift", reference, "many.kl.json", "-f", "json")
        (found,) = json.loads(result.out)["columns"]
        assert (result.code, found["status"], found["measures"]) == (3, "error", {})
        assert found["error"]["message"] == "it is category in P, and the profile Q counted it as numeric"


def many_labels(path, rows, salt=0):
    """Writes more labels than a profile keeps: each row's label occurs 1 to 4 times."""
    labels = [f"l{(i * 9 + salt) % 1400:04}" for i in range(rows)]
    path.write_text("\n".join(["plan", *labels]) + "\n")
    return labels


@pytest.mark.parametrize("hashes", [(), ("--hash-labels",)])
def test_profiles_of_more_labels_than_they_keep_measure_as_one_does_beside_rows(kl, folder, hashes):
    many_labels(folder / "p.csv", 4000)
    many_labels(folder / "q.csv", 4300, 5)
    common = ("--type", "plan=category")
    kl("profile", "p.csv", *common, *hashes, "-o", "p.kl.json")
    kl("profile", "q.csv", "--like", "p.kl.json", "-o", "q.kl.json")
    of_rows, of_profile = (
        json.loads(kl("drift", "p.kl.json", current, *common, "-f", "json").out)["columns"][0]
        for current in ("q.csv", "q.kl.json")
    )
    assert sum(of_rows["cells"]["q"]) == 4300
    assert of_rows["vanished"]["labels"] == []  # every label of P is in Q
    assert of_profile["measures"] == of_rows["measures"]
    assert of_profile["cells"] == of_rows["cells"]


def test_a_profile_that_does_not_know_the_count_of_a_label_says_so(kl, folder):
    many_labels(folder / "p.csv", 1500, 0)
    many_labels(folder / "q.csv", 4300, 700)
    for name in ("p", "q"):
        kl("profile", f"{name}.csv", "--type", "plan=category", "-o", f"{name}.kl.json")
    result = kl("drift", "p.kl.json", "q.kl.json")
    assert result.code == 3
    assert "counted together" in result.err
    assert "--like" in result.err


def test_a_merge_keeps_no_label_whose_count_one_part_does_not_know(kl, folder):
    texts = [many_labels(folder / "x.csv", 1800), many_labels(folder / "y.csv", 3100, 700)]
    (folder / "both.csv").write_text("\n".join(["plan", *texts[0], *texts[1]]) + "\n")
    kl("profile", "x.csv", "--type", "plan=category", "-o", "x.kl.json")
    kl("profile", "y.csv", "--like", "x.kl.json", "-o", "y.kl.json")
    counts = {label: texts[0].count(label) + texts[1].count(label) for label in {*texts[0], *texts[1]}}
    for names in (("x.kl.json", "y.kl.json"), ("y.kl.json", "x.kl.json")):
        (merged,) = json.loads(kl("profile", "merge", *names).out)["columns"]
        assert all(counts[label] == count for label, count in merged["labels"])
        assert sum(count for _, count in merged["labels"]) + merged["other"] == 4900


def test_a_baseline_is_updated_on_demand_and_says_what_changes(kl, tmp_path):
    for name, cells in (("old", "a" * 50 + "b" * 50), ("new", "a" * 90 + "b" * 10)):
        (tmp_path / f"{name}.csv").write_text("x,y\n" + "".join(f"{cell},k\n" for cell in cells))
    base, old, new = (str(tmp_path / name) for name in ("base.kl.json", "old.csv", "new.csv"))
    assert kl("profile", old, "-o", base).code == 0
    before = (tmp_path / "base.kl.json").read_bytes()
    assert kl("drift", base, new, "-q").code == 1
    assert (tmp_path / "base.kl.json").read_bytes() == before
    found = kl("drift", base, new, "--update-baseline")
    assert found.code == 0
    assert "base.kl.json was updated: 100 rows of" in found.err
    assert "changed: x" in found.err
    assert kl("drift", base, new, "-q").code == 0
    assert kl("drift", base, old, "-q").code == 1


def test_a_baseline_is_not_updated_where_a_column_cannot_be_judged(kl, tmp_path):
    (tmp_path / "old.csv").write_text("x,y\n" + "a,1\nb,2\n" * 50)
    (tmp_path / "new.csv").write_text("x\n" + "a\nb\n" * 50)
    base, old, new = (str(tmp_path / name) for name in ("base.kl.json", "old.csv", "new.csv"))
    assert kl("profile", old, "-o", base).code == 0
    before = (tmp_path / "base.kl.json").read_bytes()
    found = kl("drift", base, new, "--update-baseline")
    assert found.code == 3
    assert "was not updated" in found.err
    assert (tmp_path / "base.kl.json").read_bytes() == before
    refused = kl("drift", old, new, "--update-baseline")
    assert (refused.code, "is not the file of a profile" in refused.err) == (2, True)


@pytest.mark.parametrize("words", [("--columns", "x"), ("--exclude", "x"), ()])
def test_a_baseline_is_not_updated_with_columns_that_were_left_out(kl, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    for name, cells in (("old", "a" * 50 + "b" * 50), ("new", "a" * 90 + "b" * 10)):
        (tmp_path / f"{name}.csv").write_text("x,y\n" + "".join(f"k,{cell}\n" for cell in cells))
    assert kl("profile", "old.csv", "-o", "base.kl.json").code == 0
    before = (tmp_path / "base.kl.json").read_bytes()
    if not words:
        (tmp_path / "kl.toml").write_text('[drift]\nexclude = ["y"]\n')
    found = kl("drift", "base.kl.json", "new.csv", *words, "--update-baseline")
    assert (found.code, found.out) == (2, "")
    assert f"holds columns that are left out here: {'x' if '--exclude' in words else 'y'}" in found.err
    assert (tmp_path / "base.kl.json").read_bytes() == before


@pytest.mark.parametrize("name", ["base.kl.json.gz", "base.kl.json.zst", "base.parquet"])
def test_a_profile_is_not_written_under_a_suffix_that_says_something_else(kl, folder, name):
    found = kl("profile", "a.csv", "-o", name)
    assert (found.code, "a profile is JSON: name it BASE.kl.json" in found.err) == (2, True)
    assert not (folder / name).exists()


def test_a_compressed_baseline_or_a_pattern_is_not_updated(kl, folder):
    packed = gzip.compress((folder / "a.kl.json").read_bytes())
    (folder / "a.kl.json.gz").write_bytes(packed)
    found = kl("drift", "a.kl.json.gz", "b.csv", "--update-baseline")
    assert (found.code, "kl does not compress its output" in found.err) == (2, True)
    assert (folder / "a.kl.json.gz").read_bytes() == packed
    assert kl("drift", "[a].kl.json", "b.csv", "--update-baseline").code == 2
    assert not (folder / "[a].kl.json").exists()


@pytest.mark.parametrize("name", ["base", "base.txt", "base.csv", "base.json"])
def test_a_profile_is_known_by_what_it_holds(kl, folder, name):
    assert kl("profile", "a.csv", "-o", name).code == 0
    wanted = columns(kl("drift", "a.kl.json", "b.csv", "-f", "json").out)
    assert columns(kl("drift", name, "b.csv", "-f", "json").out) == wanted
    (folder / name).write_text(json.dumps(json.loads((folder / name).read_text()), indent=2), encoding="utf-8-sig")
    assert columns(kl("drift", name, "b.csv", "-f", "json").out) == wanted
    assert kl("profile", "show", name).code == 0


def test_a_profile_with_another_number_of_rows_is_refused(kl, folder):
    path = folder / "a.kl.json"
    path.write_text(path.read_text().replace('"rows": 900', '"rows": 1000'))
    found = kl("drift", "a.kl.json", "b.csv")
    assert (found.code, "its counts are not those that it was made with" in found.err) == (3, True)


@pytest.mark.parametrize("words", [("merge", "a.kl.json", "a.kl.json"), ("show", "a.kl.json")])
@pytest.mark.parametrize("option", [("--columns", "plan"), ("--hash-labels",), ("--where", "plan = 'a'"), ("--na",)])
def test_an_option_of_a_table_is_refused_where_profiles_are_merged_or_shown(kl, folder, words, option):
    answer = kl("profile", *words, *option)
    assert (answer.code, answer.out) == (2, "")
    assert f"kl profile {words[0]} has no use for {option[0]}" in answer.err


def test_conditions_on_rows_hold_together(kl, folder):
    repeated = ("--where", "plan = 'a'", "--where", "CAST(amount AS DOUBLE) > 0 OR amount = '' -- or none")
    joined = ("--where", "plan = 'a' AND (CAST(amount AS DOUBLE) > 0 OR amount = '')")
    assert kl("profile", "a.csv", *repeated).out == kl("profile", "a.csv", *joined).out


def test_a_baseline_that_is_renewed_from_chosen_rows_says_which(kl, folder):
    answer = kl("drift", "a.kl.json", "b.csv", "--q-where", "plan <> 'zz'", "--update-baseline")
    assert "700 rows of b.csv where plan <> 'zz', before 900" in answer.err


def test_a_reference_profile_says_that_edges_are_its_own(kl, folder):
    answer = kl("drift", "a.kl.json", "b.csv", "--columns", "amount", "--bins", "edges:-1,0,1.25")
    assert answer.code == 3
    assert "a profile knows its own cuts only" in answer.err
    assert "without --bins of edges" in answer.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--columns", "Amount"), "--columns Amount: t.csv has no such column"),
        (("--columns", "Z*"), "--columns Z*: t.csv has no such column"),
        (("--exclude", "idd"), "--exclude idd: t.csv has no such column"),
        (("--type", "amuont=category"), "--type amuont: t.csv has no such column"),
        (("--exclude", "*"), "t.csv: no column is left for the profile"),
    ],
)
def test_a_name_that_no_column_has_makes_no_profile(kl, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("id,amount\n1,2\n3,4\n")
    found = kl("profile", "t.csv", *words, "-o", "t.kl.json")
    assert (found.code, (tmp_path / "t.kl.json").exists()) == (2, False)
    assert f"kl: error: {said}\n" in found.err
    name, value = words[0].removeprefix("--"), words[1]
    setting = {"types": dict([value.split("=")])} if name == "type" else {name: value}
    with pytest.raises(klcli.UsageError, match=re.escape(said.replace("--type", "types").replace("--", ""))):
        klcli.profile("t.csv", **setting)


def test_a_pattern_without_columns_and_a_name_of_the_settings_file_are_noted(kl, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("id,amount\n1,2\n3,4\n")
    (tmp_path / "kl.toml").write_text('[drift]\nexclude = ["other"]\n[drift.limits.y]\njeffreys = 1\n')
    found = kl("profile", "t.csv", "--exclude", "z*", "-o", "t.kl.json")
    assert (found.code, "--exclude z*: no column of t.csv has such a name" in found.err) == (0, True)
    found = kl("profile", "t.csv", "-o", "t.kl.json")
    assert (found.code, "kl.toml: exclude other: no column of t.csv has such a name" in found.err) == (0, True)


def test_an_excluded_name_may_be_of_either_table_of_drift(kl, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.csv").write_text("id,amount\n1,2\n3,4\n")
    (tmp_path / "q.csv").write_text("id,amount,new\n1,2,3\n3,4,5\n")
    assert kl("drift", "p.csv", "q.csv", "--exclude", "new").code != 2
    assert kl("drift", "p.csv", "q.csv", "--exclude", "nwe", "-q").code == 2
