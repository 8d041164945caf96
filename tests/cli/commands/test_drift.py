"""`kl drift`: the table, exit codes, reports, settings and their order."""

import contextlib
import csv
import json
import os
import pickle
import re
import sqlite3
import statistics
import tomllib
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import ks_2samp, wasserstein_distance

from klcli.core.measures.measure import MEASURES
from klcli.sources.drift.layers import drift_layers


@pytest.fixture
def tables(tmp_path, monkeypatch):
    """Two tables: `plan` has a new label and `amount` is shifted in current.csv; `same` is not changed."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(7)
    for name, shift, plans in (("reference", 0.0, "abcd"), ("current", 0.5, "abce")):
        lines = ["id,amount,plan,same,when"]
        lines += [
            f"{i},{rng.normal(shift, 1):.6f},{rng.choice(list(plans))},{i % 7 if i % 9 else ''},2024-01-{i % 28 + 1:02}"
            for i in range(400)
        ]
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


def drift(kl, *words, at=("reference.csv", "current.csv")):
    return kl("drift", *map(str, at), *words)


def statuses(out):
    return {each["name"]: each["status"] for each in json.loads(out)["columns"]}


def test_every_column_has_a_status_and_the_worst_comes_first(kl, tables):
    result = drift(kl, "-f", "json")
    assert result.code == 1
    assert statuses(result.out) == {
        "plan": "exceeded", "amount": "exceeded", "same": "ok", "id": "skipped", "when": "skipped",
    }  # fmt: skip
    assert list(statuses(result.out))[:2] == ["plan", "amount"]


def test_the_table_fits_80_columns_and_names_what_the_change_comes_from(kl, tables):
    out = drift(kl).out
    assert max(map(len, out.splitlines())) <= 80
    assert "most from" in out
    assert "e (0 → 0." in out
    assert "5 columns: 1 ok, 2 exceeded, 2 skipped" in out


def test_the_document_has_all_counts_and_how_they_were_compared(kl, tables):
    found = json.loads(drift(kl, "-f", "json").out)
    assert found["schema"] == 1
    assert found["how"]["tests"] == 8  # of values and of missing cells, and of unseen labels in two columns
    plan = found["columns"][0]
    assert sum(plan["cells"]["p"]) == sum(plan["cells"]["q"]) == 400
    assert plan["strict"]["reverse_kl"] == "Infinity"
    assert plan["unseen"]["labels"] == ["e"]
    assert found["summary"]["exit_code"] == 1
    assert {each["column"] for each in found["verdicts"]} == {"plan", "amount", "same"}


def test_json_lines_have_a_column_on_each(kl, tables):
    lines = [json.loads(line) for line in drift(kl, "-f", "jsonl").out.splitlines()]
    assert [line["name"] for line in lines] == ["plan", "amount", "same", "id", "when"]


def test_the_joint_divergence_of_a_pair_is_that_of_joint_labels(kl, tables):
    lines = Path("reference.csv").read_text().splitlines()
    header, rows = lines[0], [line.split(",") for line in lines[1:]]
    at = header.split(",").index("plan")
    for name, draw in (("p", lambda row: row[at] in "ab"), ("q", lambda row: row[at] in "bc")):
        Path(f"{name}.csv").write_text("\n".join(["plan,even", *(f"{row[at]},{'yn'[draw(row)]}" for row in rows)]))
    (pair,) = json.loads(drift(kl, "--pairs", "plan,even", "-f", "json", at=("p.csv", "q.csv")).out)["pairs"]
    words = ("compute", "p.csv", "q.csv", "--as", "samples", "--smooth", "add:0.5", "-m", "forward_kl", "-f", "value")
    assert pair["joint"] == float(kl(*words, "--label", "plan,even").out)
    assert pair["joint"] == pytest.approx(pair["of_first"] + pair["of_second_given_first"], rel=1e-14)
    assert pair["of_first"] < 0.1 < pair["of_second_given_first"]


def test_csv_tells_changes_of_null_shares_and_unseen_labels(kl, tables):
    Path("q.csv").write_text(Path("reference.csv").read_text().replace(",a,", ",,", 40).replace(",b,", ",new,", 60))
    rows = list(csv.DictReader(drift(kl, "-f", "csv", at=("reference.csv", "q.csv")).out.splitlines()))
    found = {row["measure"]: (row["limit"], row["passed"]) for row in rows if row["name"] == "plan"}
    assert found["missing"] == ("0.05", "false")
    assert found["unseen"] == ("0.01", "false")


def test_csv_tells_the_limits_that_make_a_column_unclear(kl, tmp_path):
    paths = [tmp_path / name for name in ("p.csv", "q.csv")]
    for path, cells in zip(paths, ("abcdefgh" * 8, "abcdefgh" * 5 + "abcd" * 5 + "abcz"), strict=True):
        path.write_text("plan,even\n" + "".join(f"{cell},k\n" for cell in cells))
    (column, _) = json.loads(drift(kl, "-f", "json", at=paths).out)["columns"]
    assert (column["name"], column["status"]) == ("plan", "unclear")
    told = {each["measure"]: (str(each["limit"]), str(each["passed"]).lower()) for each in column["verdicts"]}
    assert (told["jeffreys"], told["unseen"]) == (("0.1", "false"), ("0.01", "false"))
    rows = [row for row in csv.DictReader(drift(kl, "-f", "csv", at=paths).out.splitlines()) if row["name"] == "plan"]
    assert {row["measure"]: (row["limit"], row["passed"]) for row in rows if row["limit"]} == told


def test_the_summary_in_markdown_is_no_part_of_the_list_above_it(kl, tables):
    lines = drift(kl, "-f", "markdown").out.splitlines()
    at = next(at for at, line in enumerate(lines) if line.startswith("**kl drift**"))
    assert lines[at - 1] == ""
    assert lines[at - 2].startswith("- **tests**: ")
    assert not lines[at - 2].rstrip().endswith(",")


def test_csv_has_a_row_for_each_column_and_measure(kl, tables):
    rows = drift(kl, "-f", "csv").out.splitlines()
    assert rows[0].startswith("name,status,measure,value")
    measures = [row.split(",")[2] for row in rows if row.startswith("plan,exceeded,")]
    assert measures == ["jeffreys", "jensen_shannon", "l_infinity", "missing", "unseen"]


def test_all_stands_for_every_measure(kl, tables):
    rows = list(csv.DictReader(drift(kl, "-m", "all", "-f", "csv").out.splitlines()))
    named = {row["measure"].partition(":")[0] for row in rows}
    assert set(MEASURES.names()) <= named


def test_junit_has_a_case_for_each_column(kl, tables):
    drift(kl, "--report", "junit=drift.xml")
    suite = ET.parse(tables / "drift.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("5", "2", "2")
    assert [case.get("name") for case in suite.iter("testcase")] == ["plan", "amount", "same", "id", "when"]


def test_github_annotates_failures_only(kl, tables):
    lines = drift(kl, "-f", "github").out.splitlines()
    assert [line.partition("::")[0] or line[:7] for line in lines] == ["::error"] * 2
    assert "file=current.csv" in lines[0]


def test_markdown_is_one_table_with_failures_first(kl, tables):
    out = drift(kl, "-f", "markdown").out
    assert "| status | column | result |" in out
    assert out.index("**exceeded** | plan") < out.index("| ok | same")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 1),
        (["--no-limits"], 0),
        (["--no-limits", "--fail-on", "changed"], 1),
        (["--limit", "jeffreys=5", "--limit", "unseen=inf"], 0),
        (["--limit", "plan:jeffreys=5", "--limit", "plan:unseen=1", "--columns", "plan"], 0),
        (["--columns", "same"], 0),
        (["--exclude", "plan,amount"], 0),
        (["--columns", "id"], 3),
        (["--min-rows", "1000"], 3),
        (["--min-rows", "1000", "--allow-insufficient"], 0),
        (["--missing", "fail"], 3),
        (["--bins", "deciles"], 2),
        (["--limit", "plan:ks=0.1"], 2),
        (["--limit", "same:missing=0.1", "--missing", "drop"], 2),
        (["--limit", "same:missing=0.1", "--missing", "bin"], 2),
        (["--limit", "jefreys=1"], 2),
        (["--columns", "amuont"], 2),
        (["--type", "plan=colour"], 2),
        (["--explain", "plann"], 2),
        (["--alpha", "2"], 2),
        (["--pairs", "plan"], 2),
        (["--pairs", "plan,id"], 2),
    ],
)
def test_options_decide_the_exit_code(kl, tables, words, code):
    assert drift(kl, *words).code == code


def test_settings_of_a_file_hold_unless_the_command_line_overrides_them(kl, tables):
    (tables / "kl.toml").write_text(
        '[drift]\nexclude = ["plan"]\n[drift.limits]\njeffreys = 9\n[drift.types]\nsame = "id"\n'
    )
    assert drift(kl).code == 0
    assert statuses(drift(kl, "-f", "json").out)["same"] == "skipped"
    assert drift(kl, "--limit", "jeffreys=0.1").code == 1
    shown = drift(kl, "--show-config", "--limit", "jeffreys=0.1", "-f", "json").out
    rows = {(each["setting"], each["value"], each["from"]) for each in json.loads(shown)["settings"]}
    assert {
        ("exclude", "plan", "kl.toml"),
        ("limit jeffreys", "0.1", "command line"),
        ("type same", "id", "kl.toml"),
    } <= rows


@pytest.mark.parametrize("limits", [("jeffreys=0.1", "jeffreys=9"), ("psi=9", "jeffreys=0.1")])
def test_of_two_limits_on_one_measure_the_lower_holds(limits):
    settings = drift_layers({}, {}, limits, Path(os.devnull)).settings
    assert settings.limits_of("x")["jeffreys"].limit == 0.1


@pytest.mark.parametrize(
    ("text", "hint"),
    [('[drift]\nalfa = 0.1\n', "did you mean alpha?"), ("[drift.limits]\njefreys = 1\n", "did you mean"),
     ('[drift]\nstrict = "true"\n', 'strict: "true" is neither true nor false\nkl: hint: as in true, without quotes\n'),
     ("[drift]\nexact = 1\n", "exact: 1 is neither true nor false\nkl: hint: as in true\n"),
     ('[drift]\nalpha = "0.05"\n',
      'alpha: "0.05" is not a number between 0 and 1\nkl: hint: as in 0.05, without quotes'),
     ('[drift]\nmin_rows = "50"\n',
      'min_rows: "50" is not a whole number from 1\nkl: hint: as in 50, without quotes\n'),
     ("[drift]\nmin_rows = 5.5\n", "as in 50\n"),
     ('[drift]\npreset = "gx"\nholdout = "0.1"\n',
      'holdout: "0.1" is not a number from 0 to 1\nkl: hint: as in 0.01, '),
     ("[drift]\nmin_rows = 9\nmin-rows = 8\n", "leave one of them out"),
     ("[drift]\nalpha = 5\n", "as in 0.05")],
)  # fmt: skip
def test_a_wrong_setting_names_the_file(kl, tables, text, hint):
    (tables / "kl.toml").write_text(text)
    result = drift(kl)
    assert result.code == 2
    assert "kl.toml: [drift]" in result.err
    assert hint in result.err


@pytest.mark.parametrize(
    ("text", "error", "hint"),
    [
        ('measuer = "x"\n', "kl.toml: no setting is called 'measuer'", "did you mean measure?"),
        ("alpha = 0.1\n", "kl.toml: no setting is called 'alpha'", "it is a setting of kl drift: put it below [drift]"),
        ("[drift.limits.amuont]\njeffreys = 1\n", "kl.toml: [drift.limits] amuont: reference.csv has no such column",
         "did you mean amount?"),
        ('[drift.types]\namuont = "id"\n', "kl.toml: [drift.types] amuont: reference.csv has no such column",
         "did you mean amount?"),
        ('[drift]\ncolumns = "amuont"\n', "kl.toml: columns amuont: reference.csv has no such column",
         "did you mean amount?"),
    ],
)  # fmt: skip
def test_a_name_in_the_settings_file_that_means_nothing_is_refused(kl, tables, text, error, hint):
    (tables / "kl.toml").write_text(text)
    found = drift(kl)
    assert (found.code, found.err) == (2, f"kl: error: {error}\nkl: hint: {hint}\n")


@pytest.mark.parametrize(
    "words", [("--columns", "x"), ("--type", "x=id"), ("--limit", "x:psi=1"), ("--pairs", "x,c1"), ("--exclude", "x"),
              ("--explain", "x")],
)  # fmt: skip
def test_a_hint_that_cannot_list_every_column_says_how_many_more_there_are(kl, tmp_path, words):
    names = [f"c{at}" for at in range(1, 15)]
    (tmp_path / "w.csv").write_text(f"{','.join(names)}\n{','.join('1' * 14)}\n")
    found = kl("drift", *[str(tmp_path / "w.csv")] * 2, *words)
    assert found.code == 2
    assert f"{', '.join(names[:12])} and 2 more\n" in found.err


@pytest.mark.parametrize("distinct", [1, 900, 12_000])
@pytest.mark.parametrize("form", ["word{}", "{}.5"])
def test_a_boolean_without_a_truth_value_in_p_is_an_error_however_many_labels_it_has(kl, tmp_path, distinct, form):
    path = tmp_path / "w.csv"
    path.write_text("\n".join(["w,k", *(f"{form.format(i % distinct)},{i % 2}" for i in range(2 * distinct + 60))]))
    for more in ((), ("--allow-disjoint",)):
        found = kl("drift", str(path), str(path), "--type", "w=boolean", *more)
        assert found.code == 3
        assert "no label of P is a truth value, as its type says" in found.out
        assert "hint: leave the type out, or pass --type w=category" in found.out
    assert kl("drift", str(path), str(path)).code == 0


def test_a_boolean_whose_current_labels_are_no_truth_values_is_an_error(kl, tmp_path):
    for name, texts in (("p", ["yes", "no"]), ("q", [f"word{i}" for i in range(12_000)])):
        rows = (f"{texts[i % len(texts)]},{i % 2}" for i in range(24_000))
        (tmp_path / f"{name}.csv").write_text("\n".join(["w,k", *rows]))
    sides = (str(tmp_path / "p.csv"), str(tmp_path / "q.csv"))
    found = kl("drift", *sides)
    assert found.code == 3
    assert "it is boolean in P, and no label of Q is a truth value" in found.out
    assert kl("drift", *sides, "--allow-disjoint").code == 1


def test_settings_that_match_no_column_are_noted_with_their_place(kl, tables):
    (tables / "kl.toml").write_text('[drift]\nexclude = ["x*", "plan"]\n[drift.limits."y*"]\nks = 1\n')
    found = drift(kl, "--type", "z*=id", "--allow-missing", "w", "--limit", "am*:jeffreys=9")
    assert (
        "kl: note: --type z*, kl.toml: [drift.limits] y*, kl.toml: exclude x*, --allow-missing w: "
        "no column of reference.csv has such a name\n" in found.err
    )


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (["--exclude", "*"], "see --columns and --exclude, in kl.toml, too"),
        (["--columns", "plan", "--exclude", "p*"], "see --columns and --exclude, in kl.toml, too"),
        (["--columns", "id"], "--type COLUMN=KIND compares one all the same"),
    ],
)
def test_what_is_said_where_nothing_is_compared_is_a_cure(kl, tables, words, cure):
    found = drift(kl, *words)
    assert (found.code, found.err.endswith(f"so nothing was compared; {cure}\n")) == (3, True)
    fixed = [*words, "--type", "id=numeric"] if "id" in words else words[:-2]  # without --exclude
    assert drift(kl, *fixed).code in (0, 1)


def test_a_settings_file_without_a_table_of_drift_is_noted(kl, tables):
    (tables / "kl.toml").write_text("[limits]\njeffreys = 9\n")
    assert "kl.toml has no table [drift], so none of its settings is for kl drift" in drift(kl).err


def test_a_table_of_drift_does_not_disturb_a_batch(kl, tables):
    (tables / "kl.toml").write_text("[drift]\nalpha = 0.1\n")
    (tables / "p.csv").write_text("a,1\nb,1\n")
    assert kl("batch", "p.csv", "p.csv").code == 0


def test_a_settings_file_made_from_the_reference_is_one(kl, tables):
    (tables / "kl.toml").write_text(kl("drift", "reference.csv", "--init").out)
    assert drift(kl).code == 1
    assert statuses(drift(kl, "-f", "json").out)["when"] == "skipped"


def test_a_settings_file_made_from_the_reference_changes_no_verdict(kl, tmp_path):
    """Names need escapes, and one is a pattern that matches another; hours are integers in P, and floats in Q."""
    names = ["bc", "b*", 'q"\\', "tab\t", "esc\x1b\x7f", "a=b", "né", "[x]", "hour"]
    for side in "pq":
        rows = [[i / 7, f"u{i % 3}", i % 6, i % 2, f"v{i % 4}", i % 6 / 10, "yn"[i % 2], i % 7,
                 i % 12 if side == "p" else float(i % 12)] for i in range(240)]  # fmt: skip
        with open(tmp_path / f"{side}.csv", "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([names, *rows])
    sides = (str(tmp_path / "p.csv"), str(tmp_path / "q.csv"))
    made = kl("drift", sides[0], "--init", "-o", str(tmp_path / "made.toml"))
    assert (made.code, made.out) == (0, "")
    pinned = tomllib.loads((tmp_path / "made.toml").read_text(encoding="utf-8"))["drift"]["types"]
    assert len(pinned) == len(names)
    free, held = (json.loads(kl("drift", *sides, *words, "-f", "json").out)["columns"]
                  for words in ([], ["--config", str(tmp_path / "made.toml")]))  # fmt: skip
    assert [each["name"] for each in free] == [each["name"] for each in held]
    assert free == held


@pytest.mark.parametrize(
    "words",
    [
        ("--limit", "amount:9", "--limit", "psi=0.7", "--limit", "renyi:2=0.3", "--limit", "pl*:ks=inf"),
        ("--alpha", "0.01", "--exclude", "plan,s*", "--fail-on", "changed", "--adjust", "bh", "--min-rows", "3"),
        ("--no-limits", "--limit", "plan:unseen=0.5", "-m", "js,renyi:2", "--bins", "edges:-1,0.5,1"),
        ("--columns", "plan,amount", "--pairs", "plan,amount", "--strict", "--missing", "bin", "--bins", "width:4"),
        ("--null", 'a"b\\', "--null", "", "--q-null", "c", "--p-header", "--na", "--allow-disjoint"),
        ("--preset", "evidently", "--columns", "plan,amount", "--limit", "amount:psi=9", "--limit", "0.2"),
        ("--preset", "gx", "--columns", "plan", "--no-limits", "--holdout", "0.01", "-m", "kl_divergence"),
    ],
)
def test_a_settings_file_holds_the_settings_that_are_given_beside_init(kl, tables, words):
    made = kl("drift", "reference.csv", "--init", *words, "-o", "made.toml")
    assert (made.code, made.out) == (0, "")
    run, repeated = (drift(kl, *more, "-f", "json") for more in (words, ("--config", "made.toml")))
    assert (repeated.code, repeated.out) == (run.code, run.out)


@pytest.mark.parametrize("at", [(), ("reference.csv", "current.csv")])
def test_a_settings_file_is_made_from_one_table(kl, tables, at):
    found = drift(kl, "--init", at=at)
    assert (found.code, found.out) == (2, "")
    assert "--init takes one table" in found.err


def test_a_settings_file_that_was_edited_is_kept_unless_forced(kl, tables):
    path = tables / "kl.toml"
    path.write_text("[drift]\nalpha = 0.01  # ours\n")
    refused = kl("drift", "reference.csv", "--init", "-o", "kl.toml")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        "kl: error: kl.toml is there already, and may have been edited\nkl: hint: --force writes over it\n"
    )
    assert path.read_text() == "[drift]\nalpha = 0.01  # ours\n"
    assert kl("drift", "reference.csv", "--init", "-o", "kl.toml", "--force").code == 0
    assert "[drift.types]" in path.read_text()
    assert "--force is for --init" in drift(kl, "--force").err


def test_settings_are_shown_without_tables(kl, tables):
    assert "alpha" in kl("drift", "--show-config").out
    assert kl("drift").err == "kl: error: kl drift needs two tables\nkl: hint: kl drift REF CUR\n"


@pytest.mark.parametrize(
    "words", [("--init", "--explain", "plan"), ("--explain", "plan", "--compare-presets"),
              ("--explain", "plan", "--update-baseline")]
)  # fmt: skip
def test_two_answers_at_once_are_refused(kl, tables, words):
    kl("profile", "reference.csv", "-o", "base.kl.json")
    found = drift(kl, *words, at=("base.kl.json", "current.csv"))
    assert (found.code, found.out) == (2, "")
    assert f"{words[0]} beside " in found.err


def test_one_column_is_explained_cell_by_cell(kl, tables):
    result = drift(kl, "--explain", "plan", "-f", "csv")
    assert result.code == 1
    assert result.out.splitlines()[0] == "cell,count_p,count_q,p,q,difference,psi,group,x_squared"
    cells = json.loads(drift(kl, "--explain", "plan", "-f", "json").out)["cells"]
    assert sorted(cells["labels"]) == list("abcde")


@pytest.mark.parametrize("name", ["plan", "amount"])
def test_what_the_groups_of_cells_add_to_the_test_sums_to_its_statistic(kl, tables, name):
    rows = list(csv.DictReader(drift(kl, "--explain", name, "-f", "csv").out.splitlines()))
    found = json.loads(drift(kl, "--explain", name, "-f", "json").out)
    statistic = found["tests"]["values"]["statistic"]
    assert sum(float(row["x_squared"]) for row in rows if row["x_squared"]) == pytest.approx(statistic, rel=1e-12)
    assert sum(found["group_statistics"]) == pytest.approx(statistic, rel=1e-12)
    assert [str(group) for group in found["groups"]] == [row["group"] for row in rows]


def test_a_column_of_numbers_is_explained_in_order(kl, tables):
    sides = {}
    for key, name in (("p", "reference"), ("q", "current")):
        with open(f"{name}.csv") as file:
            sides[key] = [float(row["amount"]) for row in csv.DictReader(file)]
    found = json.loads(drift(kl, "--explain", "amount", "-f", "json").out)["order"]
    for key, values in sides.items():
        assert found[key]["deciles"] == np.quantile(values, np.arange(11) / 10, method="inverted_cdf").tolist()
        assert found[key]["mean"] == pytest.approx(statistics.fmean(values), rel=1e-12)
        assert found[key]["deviation"] == pytest.approx(statistics.pstdev(values), rel=1e-12)
    assert found["ks"] == pytest.approx(ks_2samp(*sides.values()).statistic, rel=1e-12)
    distance = wasserstein_distance(*sides.values()) / statistics.pstdev(sides["p"])
    assert found["wasserstein_sd"] == pytest.approx(distance, rel=1e-12)
    shown = drift(kl, "--explain", "amount").out
    assert re.search(r"^50 % +\S+ +\S+ +\S+$", shown, re.MULTILINE)
    assert max(map(len, re.findall(r"^(?:least|most|mean|sd|\d+ %) .*$", shown, re.MULTILINE))) <= 80


def test_few_integers_are_explained_with_what_their_order_shows(kl, tmp_path):
    """A quarter of the values moves by 5, so W1 is 5/4; the variance of 1, 2, 3, 4 is 5/4, too."""
    for name, cells in (("p", "1234"), ("q", "1239")):
        (tmp_path / f"{name}.csv").write_text("x,y\n" + "".join(f"{cell},a\n" for cell in cells * 25))
    shown = drift(kl, "--explain", "x", "-v", at=(tmp_path / "p.csv", tmp_path / "q.csv")).out
    assert "In order of the values: KS = 0.25, W1/sd = 1.118." in shown


@pytest.fixture
def profiles(kl, tables):
    kl("profile", "reference.csv", "-o", "base.kl.json")
    kl("profile", "current.csv", "--like", "base.kl.json", "-o", "today.kl.json")
    return {"rows": ("reference.csv", "current.csv"), "reference": ("base.kl.json", "current.csv"),
            "current": ("reference.csv", "today.kl.json"), "both": ("base.kl.json", "today.kl.json")}  # fmt: skip


@pytest.mark.parametrize("which", ["reference", "current", "both"])
def test_a_profile_is_explained_in_order_as_its_rows_are(kl, profiles, which):
    wanted, found = (json.loads(drift(kl, "--explain", "amount", "-f", "json", at=profiles[each]).out)["order"]
                     for each in ("rows", which))  # fmt: skip
    for key in "pq":
        assert found[key]["mean"] == wanted[key]["mean"]
        assert found[key]["deviation"] == wanted[key]["deviation"]
        for low, value, high in zip(found[key]["at_least"], wanted[key]["deciles"], found[key]["deciles"], strict=True):
            assert low <= value <= high
    assert found["p"]["deciles"] == found["p"]["at_least"] == wanted["p"]["deciles"]  # its cuts are there
    for name in ("ks", "wasserstein_sd"):
        assert 0 < found["plus_minus"][name] < 0.1
        assert abs(found[name] - wanted[name]) <= found["plus_minus"][name]
    assert wanted["plus_minus"] == {}
    shown = drift(kl, "--explain", "amount", at=profiles[which]).out
    assert re.search(r"KS = \S+ ± \S+, W1/sd = \S+ ± \S+\.$", shown, re.MULTILINE)
    assert (" … " in shown) == (which != "reference")


def test_a_limit_within_the_error_of_a_profile_is_unclear(kl, profiles):
    words = ("-f", "json", "-m", "ks", "--limit", "jeffreys=inf", "--columns", "amount")

    def column(*more, which="reference"):
        found = drift(kl, *words, *more, at=profiles[which])
        return json.loads(found.out)["columns"][0], found.code

    exact = column(which="rows")[0]["measures"]["ks"]
    found = column()[0]
    value, error = found["measures"]["ks"], found["plus_minus"]["ks"]
    assert value <= exact <= value + error
    for limit, status, code in (
        (value - 2 * error, "exceeded", 1),
        (value - error / 2, "exceeded", 1),  # the distance at the cuts is there, whatever lies between them
        (value, "unclear", 0),
        (value + 2 * error, "changed", 0),
    ):
        at_limit, found_code = column("--limit", f"ks={limit}")
        assert (at_limit["status"], found_code) == (status, code)
    unsure, code = column("--limit", f"ks={value}", "--strict")
    assert code == 3
    assert "from a profile may be above or below" in unsure["reason"]
    assert [each["passed"] for each in unsure["verdicts"] if each["measure"] == "ks"] == [False]


@pytest.mark.parametrize("cells", [["inf", "-inf"], ["1e308", "-1e308"], ["5e-324", "0.5"]])
def test_numbers_of_any_size_are_explained_in_order(kl, tmp_path, cells):
    path = tmp_path / "x.csv"
    path.write_text("x,y\n" + "".join(f"{cells[at % 2]},a\n" for at in range(80)))
    words = ("--explain", "x", "--type", "x=numeric")
    found = drift(kl, *words, "-f", "json", at=(path, path))
    order = json.loads(found.out)["order"]
    assert order["p"] == order["q"]
    assert (order["ks"], order["wasserstein_sd"]) == (0, 0)
    assert (order["p"]["mean"] is None) == (cells[0] == "inf")
    assert "nan" not in drift(kl, *words, at=(path, path)).out


def test_times_are_explained_as_times(kl, tmp_path):
    for name, month in (("p", 1), ("q", 2)):
        days = [f"2024-{month:02}-{at % 28 + 1:02}" for at in range(112)]
        (tmp_path / f"{name}.csv").write_text("when,y\n" + "".join(f"{day},a\n" for day in days))
    at = (tmp_path / "p.csv", tmp_path / "q.csv")
    out = drift(kl, "--explain", "when", "--type", "when=numeric", at=at).out
    assert re.search(r"^least +2024-01-01 +2024-02-01 +31 days$", out, re.MULTILINE)
    assert re.search(r"^most +2024-01-28 +2024-02-28 +31 days$", out, re.MULTILINE)


def test_standard_input_is_one_of_the_tables(kl_process, tables):
    with open("current.csv") as text:
        result = kl_process("drift", str(tables / "reference.csv"), "-", "-f", "json", stdin=text)
    assert result.code == 1
    assert json.loads(result.out)["q"]["name"] == "stdin"


def test_standard_input_is_not_both_tables(kl):
    assert kl("drift", "-", "-").code == 2


def test_quiet_leaves_out_what_is_ok(kl, tables):
    out = drift(kl, "-q").out
    assert "EXCEEDED  plan" in out
    assert "ok  " not in out


def test_quiet_leaves_one_blank_line_where_every_column_is_ok(kl, tables):
    assert drift(kl, "-q", "--columns", "same").out.split("\n", 3)[3] == "\n5 columns: 1 ok, 4 skipped\n"


def test_a_text_among_numbers_is_noted_with_its_place(kl, tmp_path):
    rows = [f"{at / 7}" for at in range(2000)]
    for name, cells in (("p", rows), ("q", [*rows[:7], "oops", *rows[8:]])):
        (tmp_path / f"{name}.csv").write_text("\n".join(["x", *cells]) + "\n")
    sides = (str(tmp_path / "p.csv"), str(tmp_path / "q.csv"))
    said = "x is not a number in 1 cell of {0}, 'oops' first in row 8 of {0}; such texts together are one more cell"
    assert said.format("Q") in drift(kl, at=sides).err
    assert said.format("P") in drift(kl, at=sides[::-1]).err


def test_a_limit_within_noise_is_said_beside_those_that_are_exceeded(kl, tmp_path):
    for name, cells in (("p", "a" * 50 + "b" * 48 + "cc"), ("q", "a" * 30 + "b" * 68 + "nn")):
        (tmp_path / f"{name}.csv").write_text("x\n" + "\n".join(cells) + "\n")
    found = drift(kl, "--header", at=(tmp_path / "p.csv", tmp_path / "q.csv"))
    assert found.code == 1
    assert "jeffreys = " in found.out
    assert "unseen = 0.02 is above 0.01, but noise alone may do that, p = " in found.out
    assert "unseen = 0.02 >" not in found.out
    said = drift(
        kl, "--header", "-f", "json", "-o", str(tmp_path / "k.json"), at=(tmp_path / "p.csv", tmp_path / "q.csv")
    )
    assert "kl: limit exceeded: x: jeffreys = " in said.err
    assert "kl: unclear: x: unseen = 0.02 is above 0.01" in said.err


def test_a_note_names_its_column_once(kl, tmp_path):
    (tmp_path / "p.csv").write_text("plan\n" + "a\nb\n" * 30)
    (tmp_path / "q.csv").write_text("plan\n" + "a\na\nb\n" * 17)
    found = drift(kl, "--header", at=(tmp_path / "p.csv", tmp_path / "q.csv"))
    assert found.err.count("plan") == 1


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("1.5\n2.5\n", (), "the first row names the column 1.5; --no-header"),
        ("plan\na\nb\n", (), "the first row names the column plan; --no-header"),
        ("a,2.5\nb,3.5\n", (), "the first row names the columns a, 2.5; --no-header"),
        ("plan\na\nb\n", ("--header",), ""),
        ("1.5\n2.5\n", ("--no-header",), ""),
        ("plan,amount\na,1\nb,2\n", (), ""),
        ("amount;n\n1,5;2\n2,5;3\n", (), "amount holds texts such as '1,5'; if they are numbers, pass --decimal ,"),
        ("amount;n\n1,5;2\n2,5;3\n", ("--decimal", ","), ""),
    ],
)
def test_what_is_assumed_of_a_text_is_said(kl, tmp_path, text, words, said):
    path = tmp_path / "t.csv"
    path.write_text(text)
    found = drift(kl, *words, at=(path, path))
    assert (said in found.err) if said else ("first row" not in found.err and "holds texts" not in found.err)


def test_a_cure_that_one_table_needs_is_for_it_alone(kl, tmp_path):
    plain, commas = tmp_path / "plain.csv", tmp_path / "commas.csv"
    plain.write_text("amount;n\n1.5;2\n2.5;3\n")
    commas.write_text("amount;n\n1,5;2\n2,5;3\n")
    for side, at in (("q", (plain, commas)), ("p", (commas, plain))):
        assert f"if they are numbers, pass --{side}-decimal ,\n" in drift(kl, at=at).err
        assert "holds texts" not in drift(kl, f"--{side}-decimal", ",", at=at).err


def test_marks_of_a_text_are_read_as_the_options_say(kl, tmp_path):
    rows = [(f"{1000 + at},{at % 10}", "a" if at % 2 else "-") for at in range(100)]
    (tmp_path / "p.csv").write_text("x|y\n" + "".join(f"{x.replace('1', '1.', 1)}|{y}\n" for x, y in rows))
    words = ("--delimiter", "|", "--decimal", ",", "--thousands", ".", "--null", "-", "-f", "json")
    found = json.loads(drift(kl, *words, at=(tmp_path / "p.csv", tmp_path / "p.csv")).out)
    columns = {each["name"]: each for each in found["columns"]}
    assert columns["x"]["kind"] == "numeric"
    assert columns["x"]["cells"]["edges"][0]["value"] == 1019.9  # the 20th of 1000.0, 1001.1, …
    assert columns["y"]["null"] == [50, 50]


def _cells(*cells, name="x"):
    return "\n".join([f"{name};y", *(f"{cell};{at % 2}" for at, cell in enumerate(cells))]) + "\n"


AMOUNTS = [at / 7 for at in range(400)]
# each: CUR's cells where REF has AMOUNTS, the hint of the error, and the words that make the column one of numbers
WRITTEN_OTHERWISE = [
    ([f"{each:.2f}".replace(".", ",") for each in AMOUNTS], "pass --q-decimal ,", ["--q-decimal", ","]),
    ([f"{each * 1e5:,.1f}" for each in AMOUNTS], "pass --q-thousands ,", ["--q-thousands", ","]),
    ([f"{each} EUR" for each in AMOUNTS], "remove the currency sign, as with: sed 's/EUR//'", None),
    ([f"{each}%" for each in AMOUNTS], "remove the percent signs, as with: sed 's/%//g'", None),
    (["NA", *AMOUNTS[2:], "NA"], "if it stands for a missing value, pass --q-null NA", ["--q-null", "NA"]),
    ([".", *AMOUNTS[2:], "."], "if it stands for a missing value, pass --q-null .", ["--q-null", "."]),
    (["true", *AMOUNTS[2:], "false"], "clean it, or pass --type x=boolean", None),
    (["oops", *AMOUNTS[2:], "x"], "clean it, or pass --type x=category", None),
]


@pytest.mark.parametrize(("cells", "hint", "words"), WRITTEN_OTHERWISE, ids=[each[1] for each in WRITTEN_OTHERWISE])
def test_numbers_written_otherwise_in_one_table_are_read_as_its_options_say(kl, tmp_path, cells, hint, words):
    paths = [tmp_path / "p.csv", tmp_path / "q.csv"]
    for path, values in zip(paths, (AMOUNTS, cells), strict=True):
        path.write_text(_cells(*values))
    refused = drift(kl, "-f", "json", at=paths)
    assert refused.code == 3
    (column,) = (each for each in json.loads(refused.out)["columns"] if each["name"] == "x")
    assert column["error"]["hint"] == hint
    if words:
        found = drift(kl, *words, "-f", "json", at=paths)
        assert statuses(found.out)["x"] in ("ok", "exceeded")
        back = [word.replace("--q-", "--p-") for word in words]
        assert statuses(drift(kl, *back, "-f", "json", at=paths[::-1]).out)["x"] in ("ok", "exceeded")


def test_many_columns_that_are_skipped_for_one_reason_are_one_line(kl, tables):
    (line,) = (line for line in drift(kl, "--columns", "same").out.splitlines() if "excluded" in line)
    assert line.split() == ["skipped", "id,", "amount,", "plan,", "when", "excluded"]
    assert drift(kl, "--columns", "same,id,amount").out.count("excluded") == 2
    assert len(json.loads(drift(kl, "--columns", "same", "-f", "json").out)["columns"]) == 5


def test_numbers_with_texts_among_them_are_not_skipped_in_silence(kl, tmp_path):
    (tmp_path / "p.csv").write_text(_cells("NA", *AMOUNTS[2:], "NA"))
    (tmp_path / "q.csv").write_text(_cells(*AMOUNTS))
    said = "x is not compared, as 2 of 400 values in P are not numbers, 'NA' first in row 1; if it stands for a missing"
    assert said in drift(kl, at=(tmp_path / "p.csv", tmp_path / "q.csv")).err


@pytest.mark.parametrize(("label", "alike"), [("a ", "'a ' for 'a'"), ("A", "'A' for 'a'"), ("e", None)])
def test_labels_that_differ_in_case_or_blanks_are_named(kl, tmp_path, label, alike):
    for name, last in (("p", "a"), ("q", label)):
        (tmp_path / f"{name}.csv").write_text("".join(f"{each},1\n" for each in ["x", *[last, "b", "c"] * 40]))
    found = drift(kl, at=(tmp_path / "p.csv", tmp_path / "q.csv"))
    said = f"x in Q has labels as in P but for their spelling, such as {alike}"
    assert (said in found.err) if alike else ("but for their" not in found.err)


@pytest.mark.parametrize(
    ("file", "words", "decimals"),
    [
        ("", (), ".."),
        ("", ("--decimal", ","), ",,"),
        ("", ("--decimal", ",", "--q-decimal", "."), ",."),
        ("", ("--p-decimal", ","), ",."),
        ('p_decimal = ","', (), ",."),
        ('decimal = ","\nq-decimal = "."', (), ",."),
        ('p_decimal = ","', ("--decimal", "."), ".."),  # the command line is for both, and wins
        ('decimal = ","', ("--q-decimal", "."), ",."),
    ],
)
def test_a_setting_of_one_table_wins_over_that_of_both_in_its_layer(kl, tables, file, words, decimals):
    (tables / "kl.toml").write_text(f"[drift]\n{file}\n")
    shown = json.loads(kl("drift", "--show-config", *words, "-f", "json").out)["settings"]
    found = {each["setting"]: each["value"] for each in shown}
    assert tuple(decimals) == tuple(found.get(f"{side}_decimal", found.get("decimal")) for side in "pq")


def test_each_way_of_writing_holds_for_one_table(kl, tmp_path):
    rows = [f"{at % 3}|{'-' if at % 5 else 'none'}" for at in range(200)]
    (tmp_path / "p.txt").write_text("\n".join(rows))
    (tmp_path / "q.jsonl.txt").write_text("\n".join(json.dumps({"1": at % 3, "2": None}) for at in range(200)))
    words = ("--p-delimiter", "|", "--p-no-header", "--p-null", "-", "--p-na", "--q-format", "jsonl", "-f", "json")
    found = json.loads(drift(kl, *words, at=(tmp_path / "p.txt", tmp_path / "q.jsonl.txt")).out)["columns"]
    assert {each["name"]: (each["status"], each["null"]) for each in found} == {
        "1": ("ok", [0, 0]), "2": ("skipped", [200, 200]),
    }  # fmt: skip


MESSAGES = [
    (("reference.csv", "current.csv", "x.csv"), 2, "kl drift takes two tables, and there are 3",
     "write files of one table as a pattern in quotes: 'data/*.parquet'; kl profile merge joins baselines"),
    (("reference.csv", "https://x/y.csv"), 3, "https://x/y.csv: a URL, which kl does not fetch",
     "curl -s https://x/y.csv | kl drift REF - …"),
    (("reference.csv", "current.csv", "--limit", "amount=0.2"), 2, "no measure is called 'amount'",
     "it may be psi, missing, unseen, ks, wasserstein_sd, or one of kl list measures; "
     "a limit of one column is COLUMN:psi=0.2"),
    (("reference.csv", "current.csv", "--limit", "nulls=0.2"), 2, "no measure is called 'nulls'",
     "did you mean missing?"),
    (("reference.csv", "current.csv", "--fail-on", "error"), 2,
     "invalid value for '--fail-on': 'error' is not one of 'exceeded', 'changed'",
     "a column that could not be judged exits 3 in any case; --allow-… name exceptions"),
    (("reference.csv", "current.csv", "--threshold", "1"), 2, "no such option '--threshold'",
     "write --limit [COLUMN:]MEASURE=X, such as psi=0.2"),
    (("reference.csv", "base.kl.json"), 3, None,
     "as REF, name it first, without --bins of edges or widths; as CUR, make it with kl profile --like REF.kl.json; "
     "or pass the table itself"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "code", "error", "hint"), MESSAGES, ids=[" ".join(each[0][1:]) for each in MESSAGES])
def test_a_slip_is_answered_with_what_to_write(kl, tables, words, code, error, hint):
    kl("profile", "current.csv", "-o", "base.kl.json")
    found = kl("drift", *words)
    assert found.code == code
    assert error is None or f"kl: error: {error}\n" in found.err
    assert f"kl: hint: {hint}\n" in found.err


def test_a_limit_of_one_column_is_of_psi_where_it_names_no_measure(kl, tables):
    shown = json.loads(kl("drift", "--show-config", "--limit", "amount:0.2", "-f", "json").out)["settings"]
    assert ("limit jeffreys", "0.2", "amount") in {(each["setting"], each["value"], each["columns"]) for each in shown}


def test_a_column_that_was_renamed_is_named_with_what_it_may_be(kl, tables):
    Path("q.csv").write_text(Path("current.csv").read_text().replace("plan", "tariff", 1))
    found = drift(kl, "-f", "json", at=("reference.csv", "q.csv"))
    (column,) = (each for each in json.loads(found.out)["columns"] if each["status"] == "error")
    assert column["error"]["hint"] == "Q has tariff; was it renamed? --allow-missing plan passes over it"


def test_a_column_whose_name_is_in_capitals_is_no_other(kl, tmp_path):
    for name, head in (("p", "age,visits"), ("q", "VISITS,AGE")):
        (tmp_path / f"{name}.csv").write_text(head + "\n" + "".join(f"{at},{at % 7}.5\n" for at in range(60)))
    found = drift(kl, at=(tmp_path / "p.csv", tmp_path / "q.csv"))
    assert "Q has AGE; was it renamed?" in found.out
    assert "Q has VISITS; was it renamed?" in found.out


@pytest.mark.parametrize("first", [3, 25])  # among the cells that show how a column is written, and behind them
def test_separators_of_thousands_in_some_cells_are_noted(kl, tmp_path, first):
    amounts = [f"{at}.50" if at < first else f'"{at},210.50"' for at in range(90)]
    (tmp_path / "p.csv").write_text("amount,k\n" + "".join(f"{each},{at % 2}\n" for at, each in enumerate(amounts)))
    found = drift(kl, at=(tmp_path / "p.csv",) * 2)
    assert found.err.count("-thousands ,") >= 1
    read = drift(kl, "--thousands", ",", at=(tmp_path / "p.csv",) * 2)
    assert "skipped" not in read.out


@pytest.mark.parametrize("suffix", [".xls", ".dta", ".sav"])
def test_a_file_of_another_program_names_its_cure_as_kl_compute_does(kl, tmp_path, suffix):
    (tmp_path / f"t{suffix}").write_bytes(b"\xd0\xcf\x11\xe0\0\0\xff")
    found, computed = (kl(command, *(tmp_path / f"t{suffix}",) * 2) for command in ("drift", "compute"))
    assert found.code == 3
    assert found.err == computed.err
    (tmp_path / f"t{suffix}").write_text("x\n" + "a\nb\n" * 40)  # a text under such a name
    assert kl("drift", *(tmp_path / f"t{suffix}",) * 2).code == 0


@pytest.mark.parametrize(
    ("days", "zone", "said"),
    [(400, None, "every when of Q is later than those of P"),
     (-400, None, "every when of Q is earlier than those of P; is P the reference?"),
     (3, "Europe/Berlin", "in Q; it is not compared"),
     (3, None, "")],
)  # fmt: skip
def test_a_time_that_is_not_compared_says_where_it_lies(kl, tmp_path, days, zone, said):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    start = datetime(2024, 1, 1)
    for name, moved, zone_here in (("p", 0, None), ("q", days, zone)):
        times = [start + timedelta(days=moved, hours=at) for at in range(100)]
        columns = {"when": arrow.array(times, arrow.timestamp("us", tz=zone_here)), "x": [*range(10)] * 10}
        parquet.write_table(arrow.table(columns), tmp_path / f"{name}.parquet")
    found = drift(kl, at=(tmp_path / "p.parquet", tmp_path / "q.parquet"))
    assert found.code == 0
    assert (said in found.err) if said else found.err == ""


@pytest.mark.parametrize(
    ("year", "said"),
    [(2025, "every when of Q is later than those of P"), (2023, "every when of Q is earlier than those of P"),
     (2024, "")],
)  # fmt: skip
def test_texts_that_spell_times_say_where_they_lie(kl, tables, year, said):
    Path("q.csv").write_text(Path("current.csv").read_text().replace("2024-", f"{year}-"))
    for q in ("q.csv", "reference.csv"):
        err = drift(kl, at=("reference.csv", q)).err
        assert (said in err) if said and q == "q.csv" else "every when" not in err
    kl("profile", "reference.csv", "-o", "base.kl.json")
    assert drift(kl, "-q", at=("base.kl.json", "q.csv")).code == 1  # a profile holds no times of a text


def test_texts_of_parquet_that_spell_times_say_where_they_lie_too(kl, tmp_path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    for name, year in (("p", 2024), ("q", 2025)):
        texts = [f"{year}-01-{day:02}" for day in range(1, 29)] * 3
        parquet.write_table(arrow.table({"when": texts, "x": [*range(12)] * 7}), tmp_path / f"{name}.parquet")
    assert "every when of Q is later" in drift(kl, at=(tmp_path / "p.parquet", tmp_path / "q.parquet")).err


def test_a_table_without_rows_is_nothing_compared(kl, tables):
    Path("empty.csv").write_text("id,amount,plan,same,when\n")
    found = drift(kl, "--allow-insufficient", at=("reference.csv", "empty.csv"))
    assert found.code == 3
    assert "nothing was compared" in found.out
    assert found.err == "kl: note: Q, empty.csv, has no rows, so nothing can be compared\n"


def test_parquet_in_a_pipe_is_a_table(kl_process, kl, tmp_path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.table({"x": [*range(7)] * 30, "y": [*"abcde"] * 42}), tmp_path / "p.parquet")
    for words in ((), ("--q-format", "parquet")):
        with open(tmp_path / "p.parquet", "rb") as stream:
            found = kl_process("drift", str(tmp_path / "p.parquet"), "-", *words, "-f", "json", stdin=stream)
        assert found.code == 0, found.err
        assert statuses(found.out) == {"x": "ok", "y": "ok"}


def _written(path, rows):
    """Writes records with the fields x and y in the format of a suffix."""
    if path.suffix == ".xlsx":
        book = pytest.importorskip("openpyxl").Workbook()
        for cells in [("x", "y"), *((row["x"], row["y"]) for row in rows)]:
            book.active.append(cells)
        book.save(path)
    elif path.suffix == ".feather":
        arrow, feather = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.feather")
        feather.write_feather(arrow.Table.from_pylist(rows), path)
    elif path.suffix == ".duckdb":
        with pytest.importorskip("duckdb").connect(str(path)) as base:
            base.execute("CREATE TABLE t (x DOUBLE, y TEXT)")
            base.executemany("INSERT INTO t VALUES (?, ?)", [(row["x"], row["y"]) for row in rows])
    else:
        with contextlib.closing(sqlite3.connect(path)) as base:
            base.execute("CREATE TABLE t (x REAL, y TEXT)")
            base.executemany("INSERT INTO t VALUES (:x, :y)", rows)
            base.commit()


@pytest.mark.parametrize("name", ["q.xlsx", "q.feather", "q.db", "q.db#t", "other/q.duckdb#t", "q.bin"])
def test_a_table_of_another_program_counts_as_its_rows_do(kl, tmp_path, name):
    rows = [{"x": at % 50 / 8, "y": None if at % 9 == 0 else "abc"[at % 3]} for at in range(300)]
    path = tmp_path / name.partition("#")[0]
    path.parent.mkdir(exist_ok=True)
    _written(path.with_suffix(".db") if path.suffix == ".bin" else path, rows)
    if path.suffix == ".bin":
        path.with_suffix(".db").rename(path)  # told by its bytes
    (tmp_path / "p.jsonl").write_text("\n".join(map(json.dumps, rows)))
    found = drift(kl, "-f", "json", at=(tmp_path / "p.jsonl", tmp_path / name))
    assert found.code == 0, found.err
    for each in json.loads(found.out)["columns"]:
        assert each["cells"]["p"] == each["cells"]["q"]
        assert each["null"] == ([34, 34] if each["name"] == "y" else [0, 0])


@pytest.mark.parametrize("name", ["q.xlsx", "q.feather", "q.db"])
def test_a_damaged_table_of_another_program_is_refused_as_what_it_is(kl, tmp_path, name):
    path = tmp_path / name
    _written(path, [{"x": float(at), "y": "a"} for at in range(3000)])
    path.write_bytes(path.read_bytes()[:3000])
    found = drift(kl, at=(path, path))
    assert found.code == 3
    assert "not a whole " in found.err


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("x.pkl", pickle.dumps([1, 2]), "a pickle of Python, which is never loaded, and no table"),
        ("x.npy", b"\x93NUMPY\x01\x00", "a NumPy array, and no table"),
        ("x.zip", b"PK\x03\x04" + bytes(80), "a zip archive, and no table"),
        ("x.xlsx", b"PK\x03\x04" + bytes(80), "not a whole Excel workbook"),
    ],
)
def test_a_file_of_another_kind_is_refused_as_what_it_is(kl, tmp_path, name, data, what):
    (tmp_path / name).write_bytes(data)
    found = drift(kl, at=[tmp_path / name] * 2)
    assert found.code == 3
    assert f"{name}: {what}" in found.err


def test_columns_of_json_are_no_records(kl, tmp_path):
    (tmp_path / "x.json").write_text('{"x": {"0": 1, "1": 2}, "y": {"0": "a", "1": "b"}}')
    assert "x.json: an object of columns, and a table is records" in drift(kl, at=[tmp_path / "x.json"] * 2).err


def test_an_integer_beyond_the_doubles_is_infinite_as_its_exponent_form_is(kl, tmp_path):
    records = [f'{{"n": {each}.5}}' for each in range(60)]
    for name, huge in (("digits", "9" * 400), ("exponent", "1e400")):
        (tmp_path / f"{name}.jsonl").write_text("\n".join([*records, f'{{"n": {huge}}}']))
    found = kl("drift", tmp_path / "digits.jsonl", tmp_path / "exponent.jsonl", "-f", "json")
    assert found.code == 0
    assert [each["status"] for each in json.loads(found.out)["columns"]] == ["ok"]


def test_a_limit_is_kept_at_exact_equality(kl, tmp_path):
    """Shares are ratios of integers; in float64, 0.2 - 0.15 is above 0.05."""
    for name, nulls in (("p", 15), ("q", 20)):
        rows = [f"{'' if row % 100 < nulls else row * 7919 % 1000},1" for row in range(20_000)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["x,y", *rows]) + "\n")
    found = kl("drift", tmp_path / "p.csv", tmp_path / "q.csv", "--columns", "x", "--limit", "missing=0.05")
    assert (found.code, "EXCEEDED" in found.out) == (0, False)
    for name, first in (("a", 1), ("b", 31)):
        (tmp_path / f"{name}.csv").write_text("x\n" + "".join(f"{first + row}.5\n" for row in range(100)))
    kl("profile", tmp_path / "a.csv", "-o", tmp_path / "a.kl.json")
    for reference in ("a.csv", "a.kl.json"):
        words = ("drift", tmp_path / reference, tmp_path / "b.csv", "--no-limits", "--limit")
        assert kl(*words, "ks=0.3").code == 0
        assert kl(*words, "ks=0.2999").code == 1


LIMITS_OF_PLAN = ("--limit", "plan:psi=0.0001")
LIMITS_OF_ALL = ("--limit", "psi=9", "--limit", "missing=1", "--limit", "unseen=1")


@pytest.mark.parametrize("limits", [(*LIMITS_OF_PLAN, *LIMITS_OF_ALL), (*LIMITS_OF_ALL, *LIMITS_OF_PLAN),
                                    ("--limit", "pl*:psi=9", *LIMITS_OF_PLAN, "--limit", "pla?:psi=9")])  # fmt: skip
def test_the_limit_of_a_column_holds_over_those_of_patterns_in_any_order(kl, tables, limits):
    exceeded = "jeffreys" in drift(kl, "--no-limits", *limits, "--columns", "plan").out
    assert exceeded


@pytest.mark.parametrize("tables_of_limits", ["plan = {psi = 0.0001}\npsi = 9\n", "psi = 9\nplan = {psi = 0.0001}\n"])
def test_the_limit_of_a_column_in_settings_holds_over_that_of_all(kl, tables, tables_of_limits):
    (tables / "kl.toml").write_text(f"[drift.limits]\n{tables_of_limits}")
    assert "jeffreys = " in drift(kl, "--columns", "plan").out


@pytest.mark.parametrize("at", [1, -1])
def test_of_two_patterns_the_lower_limit_holds_in_any_order(kl, tables, at):
    limits = [("pl*", 9), ("*an", 0.0001)][::at]
    given = [word for pattern, limit in limits for word in ("--limit", f"{pattern}:psi={limit}")]
    assert "jeffreys = " in drift(kl, "--columns", "plan", *given).out
    (tables / "kl.toml").write_text(
        "".join(f'[drift.limits."{pattern}"]\npsi = {limit}\n' for pattern, limit in limits)
    )
    assert "jeffreys = " in drift(kl, "--columns", "plan").out


def test_no_limits_drops_all_but_those_of_the_command_line(kl, tables):
    (tables / "kl.toml").write_text("[drift.limits]\npsi = 0.0001\n")
    assert drift(kl, "--no-limits").code == 0
    assert drift(kl, "--no-limits", "--limit", "plan:psi=0.0001").code == 1


def test_an_explanation_of_one_column_says_what_makes_the_exit_code(kl, tables):
    found = drift(kl, "--explain", "same")
    said = "kl: 5 columns: 1 ok, 2 exceeded, 2 skipped; exit code 1 by plan, amount"
    assert (found.code, found.err.splitlines()[-1]) == (1, said)
    assert "columns: " not in drift(kl, "--explain", "same", "--no-limits").err


FEW = ("--columns", "plan", "--min-rows", "900")
CHANGED = ("--no-limits", "--fail-on", "changed")
CODES = [
    # options, exit code, failures and errors in JUnit, what standard error begins with
    (CHANGED, 1, (2, 0), "kl: changed: "),
    (("--columns", "amount", "--strict", "--alpha", "1e-200"), 3, (0, 1), "kl: unclear: amount: "),
    (FEW, 3, (0, 1), "kl: error: plan: "),
    ((*FEW, "--allow-insufficient"), 0, (0, 0), "kl: 5 columns: "),
    (("--no-limits", "--new-columns", "fail"), 3, (0, 1), "kl: 5 columns: "),
]


@pytest.mark.parametrize(("options", "code", "wanted", "said"), CODES, ids=lambda each: str(each))
def test_what_makes_the_exit_code_is_red_in_reports_and_is_said(kl, tables, options, code, wanted, said):
    if "--new-columns" in options:
        lines = (tables / "current.csv").read_text().splitlines()
        (tables / "current.csv").write_text("\n".join([f"{lines[0]},more", *(f"{each},1" for each in lines[1:])]))
    found = drift(kl, *options, "-q", "-f", "junit")
    suite = ET.fromstring(found.out)
    assert (found.code, (int(suite.get("failures")), int(suite.get("errors")))) == (code, wanted)
    assert (len(suite.findall(".//failure")), len(suite.findall(".//error"))) == wanted
    assert found.err.startswith(said)
    annotations = drift(kl, *options, "-q", "-f", "github").out
    assert annotations.count("::error") == sum(wanted)
    page = drift(kl, *options, "-q", "-f", "html").out
    assert f"Exit code {code}." in page
    assert ('class="verdict bad"' in page) == bool(code)


@pytest.mark.parametrize(
    ("options", "place"),
    [
        (("--columns", "same", "--missing", "drop", "--limit", "missing=0.01"), "--limit missing"),
        (("--columns", "plan", "--limit", "ks=0.1"), "--limit ks"),
        (("--columns", "plan", "--limit", "amount:psi=0.2"), "--limit amount:jeffreys"),
        (("--limit", "when:psi=0.2"), "--limit when:jeffreys"),
        (("--columns", "plan,amount", "--limit", "ks=0.9", "--limit", "plan:psi=9"), None),
        (("--columns", "plan", "--min-rows", "900", "--limit", "plan:psi=9"), None),  # an error as it is
    ],
)
def test_a_limit_that_holds_nothing_is_noted(kl, tables, options, place):
    noted = [line for line in drift(kl, *options, "-f", "csv").err.splitlines() if "was held against no column" in line]
    assert [line.removeprefix("kl: note: ").split(" was held")[0] for line in noted] == ([place] if place else [])
