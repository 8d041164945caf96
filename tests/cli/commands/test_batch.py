"""`kl batch`: a status for each pair, exit codes, reports, settings, and the order of the manifest."""

import csv
import io
import json
import os

import numpy as np
import pytest

from klcli.core.measures.measure import MEASURES

GOOD, MOVED, BAD = "good,a.csv,a.csv", "moved,a.csv,b.csv", "bad,a.csv,c.csv"


@pytest.fixture
def folder(tmp_path):
    """Distributions a and b (0.51 nats apart) and c, which is none; KL of a from b is 0.51."""
    for name, text in (("a", "x,0.5\ny,0.5\n"), ("b", "x,0.9\ny,0.1\n"), ("c", "x,0.9\ny,0.3\n")):
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


@pytest.fixture
def batch(folder, kl, monkeypatch):
    """Writes a manifest of rows and runs `kl batch` on it, in its folder and in one process."""

    def run(rows, *words, header="name,p,q", jobs="1"):
        (folder / "pairs.csv").write_text("\n".join([header, *rows]) + "\n")
        monkeypatch.chdir(folder)
        return kl("batch", "pairs.csv", "-j", jobs, *words)

    return run


def statuses(out):
    return [(pair["name"], pair["status"]) for pair in json.loads(out)["pairs"]]


# where a limit stands, the limit, its message, in which {} is the limit, and its hint
MISWRITTEN = [
    ("manifest", "forward_kl<x", "'{}' is not a limit: [MEASURE<]NUMBER", "as in forward_kl<0.1"),
    ("manifest", "forward_kl>0.1", "'{}' is not a limit: [MEASURE<]NUMBER", "as in forward_kl<0.1"),
    ("manifest", "forward_kl<mid:1", "'{}' is not a limit: 'mid' is", "as in forward_kl<upper:0.1"),
    (
        "manifest",
        "forward_kl<upper:1",
        "limits {} is on an end",
        "write forward_kl<1, or add a column estimate that says true",
    ),
    ("manifest", "kl:0.01", "'{}' is not a limit: 'kl' is not one of value", "as in forward_kl<0.01"),
    ("command line", "forward_kl<1", "'{}' is not a limit: [MEASURE=]NUMBER", "as in forward_kl=0.1"),
    ("command line", "forward_kl=upper:1", "--fail-above {} is on an end", "pass --estimate"),
    (
        "file",
        'forward_kl = "x"',
        'limits: forward_kl = "x" is not a number',
        "as in forward_kl = 0.1, without quotes; inf removes a limit",
    ),
    (
        "file",
        '"x/*" = 0.1',
        "limits: 'x/*' is a pattern of names, without a measure",
        'as in [limits."x/*"], and below it forward_kl = 0.1',
    ),
    ("file", 'forward_kl = "mid:1"', "'forward_kl = mid:1' is not a limit: 'mid' is", "as in forward_kl = upper:0.1"),
    ("file", 'forward_kl = "upper:1"', "kl.toml: limits: {} is on an end", "set estimate = true"),
]


@pytest.mark.parametrize(("place", "limit", "message", "hint"), MISWRITTEN, ids=[each[1] for each in MISWRITTEN])
def test_a_limit_that_is_refused_is_quoted_as_it_is_written_where_it_stands(batch, folder, place, limit, message, hint):
    (folder / "kl.toml").write_text(f"[limits]\n{limit}\n" if place == "file" else "")
    found = batch(
        [f"good,a.csv,a.csv,{limit}" if place == "manifest" else "good,a.csv,a.csv,"],
        *(["--fail-above", limit] if place == "command line" else []), header="name,p,q,limits",
    )  # fmt: skip
    assert found.code in (2, 3)
    lines = (found.out + found.err).splitlines()
    assert any(message.format(limit) in line for line in lines), lines
    assert any(line.endswith(f"hint: {hint}") for line in lines), lines


@pytest.mark.parametrize(
    ("measure", "words", "limited"),
    [
        ("", (), "forward_kl"), ("jeffreys", (), "jeffreys"), ("jeffreys", ("-m", "reverse_kl"), "reverse_kl"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["file", "manifest"])
def test_an_unnamed_limit_is_on_the_measure_of_each_pair(batch, folder, measure, words, limited, place):
    if place == "file":
        (folder / "kl.toml").write_text(f'measure = "{measure}"\n' if measure else "")
    row = f"moved,a.csv,b.csv,{measure if place == 'manifest' else ''}"
    result = batch([row], "--fail-above", "0.0001", *words, "-f", "json", header="name,p,q,measure")
    (pair,) = json.loads(result.out)["pairs"]
    assert [each["measure"] for each in pair["verdicts"]] == [limited]
    shown = batch([row], "--fail-above", "0.0001", *words, "--show-config", header="name,p,q,measure").out
    in_force = limited if place == "file" or words else "forward_kl"
    assert f"limit {in_force} " in shown


def test_an_unnamed_limit_is_refused_for_a_pair_of_several_measures(batch):
    rows = ["one,a.csv,b.csv,jeffreys", "two,a.csv,b.csv,js kl"]
    result = batch(rows, "--fail-above", "0.0001", header="name,p,q,measure")
    assert result.code == 3
    assert "a limit without a name, but 2 measures are asked for" in result.out


def test_a_limit_of_the_file_that_no_pair_has_is_noted(batch, folder):
    (folder / "kl.toml").write_text('[limits."nope*"]\nforward_kl = 1\n[limits."go*"]\nforward_kl = 1\n')
    assert "kl.toml: [limits] nope*: no pair has such a name" in batch([GOOD]).err
    for row in ("nope,a.csv,a.csv", "nope,,a.csv"):  # the second is no pair
        assert "nope*" not in batch([GOOD, row]).err
    assert "nope" not in batch([MOVED, GOOD], "--fail-above", "0.1", "--fail-fast").err  # not all were looked at


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([GOOD], 0),
        ([MOVED, GOOD], 1),
        ([BAD, GOOD], 3),
        ([MOVED, BAD], 3),
        ([BAD, MOVED, GOOD], 3),
    ],
)
def test_the_exit_code_is_3_for_an_error_else_1_for_a_limit_else_0(batch, rows, code):
    result = batch(rows, "--fail-above", "0.1", "-f", "json")
    assert result.code == code
    expected = {"good": "ok", "moved": "exceeded", "bad": "error"}
    assert statuses(result.out) == [(name, expected[name]) for name in (row.split(",")[0] for row in rows)]


def test_a_value_at_the_limit_keeps_it_and_nothing_without_a_limit_fails(batch):
    value = json.loads(batch([MOVED], "-f", "json").out)["pairs"][0]["measures"]["forward_kl"]
    assert batch([MOVED], "--fail-above", repr(value)).code == 0
    assert batch([MOVED]).code == 0


@pytest.mark.parametrize("limits", [("0.1", "1"), ("1", "0.1"), ("0.1", "0.1")])
@pytest.mark.parametrize("names", [("forward_kl", "forward_kl"), ("kl", "forward_kl")])
def test_of_two_limits_on_one_measure_the_lower_holds_wherever_they_stand(kl, tmp_path, names, limits):
    both = [f"{name}={limit}" for name, limit in zip(names, limits, strict=True)]
    pair = "a=0.5,b=0.5", "a=0.9,b=0.1"  # 0.51 nats
    plain, own = tmp_path / "plain.jsonl", tmp_path / "own.jsonl"
    plain.write_text(json.dumps({"name": "x", "p": pair[0], "q": pair[1]}))
    own.write_text(json.dumps({"name": "x", "p": pair[0], "q": pair[1], "limits": both}))
    assert kl("batch", plain, "--fail-above", both[0], "--fail-above", both[1]).code == 1
    assert kl("batch", own).code == 1
    if names[0] != names[1]:
        (tmp_path / "kl.toml").write_text("[limits]\n" + "\n".join(both).replace("=", " = "))
        assert kl("batch", plain, "--config", tmp_path / "kl.toml").code == 1


def test_an_infinite_value_exceeds_every_limit(batch, folder):
    (folder / "zero.csv").write_text("x,1\ny,0\n")
    result = batch(["z,a.csv,zero.csv"], "--fail-above", "1e308", "-f", "json")
    assert result.code == 1
    assert json.loads(result.out)["pairs"][0]["measures"] == {"forward_kl": "Infinity"}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_order_is_that_of_the_manifest_and_the_answer_the_same_with_processes(batch, jobs):
    rows = [
        f"{kind.split(',')[0]}{number},{kind.split(',', 1)[1]}" for number in range(40) for kind in (GOOD, MOVED, BAD)
    ]
    result = batch(rows, "--fail-above", "0.1", "-f", "csv", jobs=jobs)
    assert [row["name"] for row in csv.DictReader(io.StringIO(result.out))] == [row.split(",")[0] for row in rows]
    assert result.code == 3
    assert result.out == batch(rows, "--fail-above", "0.1", "-f", "csv").out


def test_fail_fast_stops_at_the_first_that_is_not_ok(batch):
    result = batch([GOOD, MOVED, BAD], "--fail-above", "0.1", "--fail-fast", "-f", "json")
    assert result.code == 1
    assert statuses(result.out) == [("good", "ok"), ("moved", "exceeded")]
    assert json.loads(result.out)["summary"]["ending"] == "stopped at the first failure"


def test_several_reports_come_from_one_run(batch, folder):
    files = {
        name: folder / f"out.{name}" for name in ("json", "jsonl", "csv", "tsv", "markdown", "junit", "github", "table")
    }
    words = [word for name, path in files.items() for word in ("--report", f"{name}={path}")]
    result = batch([GOOD, MOVED, BAD], "--fail-above", "0.1", *words)
    assert result.code == 3
    assert "1 ok, 1 exceeded, 1 error" in result.out
    for path in files.values():
        assert "moved" in path.read_text(encoding="utf-8")
    assert statuses(files["json"].read_text()) == [("good", "ok"), ("moved", "exceeded"), ("bad", "error")]
    assert sorted(os.listdir(folder)) == sorted(
        ["a.csv", "b.csv", "c.csv", "pairs.csv", *(path.name for path in files.values())]
    )


def test_the_answer_in_a_file_is_what_is_printed(batch, folder):
    for format_ in ("table", "json", "csv", "markdown"):
        printed = batch([GOOD, MOVED], "-f", format_)
        written = batch([GOOD, MOVED], "-f", format_, "-o", folder / "answer")
        assert written.out == ""
        assert (folder / "answer").read_text() == printed.out


def test_annotations_go_to_standard_error_unless_a_file_is_named(batch):
    result = batch([MOVED], "--fail-above", "0.1", "--report", "github")
    assert "::error file=b.csv,title=kl%3A exceeded%3A moved::forward_kl = 0.510826 > 0.1 nats" in result.err
    assert "::error" not in result.out


WRONG = [  # a file, its text, and the line that is wrong; None where it is all of them
    ("q.csv", "x,0.5\ny,half\nz,0.5\n", 2),
    ("q.csv", "x,0.5\n\ny,-0.5\n", 3),
    ("q.csv", "x,0.1\ny,0.2\nx,0.7\n", 3),
    ("q.csv", 'x,1\n"y,2\n', 2),
    ("q.csv", "x,1\ny,2,3\n", 2),
    ("q.csv", b"x,1\n\xff,2\n", 2),
    ("q.csv", "x,0.5\ny,0.1\n", None),
    ("q.csv", "", None),
    ("q.csv:m", "label,n,m\nx,1,1\ny,1,NA\n", 3),
    ("q.json", '{"x": 1,\n"y": }', 2),
    ("q.json", '{"x": 1, "y": "two"}', None),
    ("q.jsonl", '{"word": "x", "n": 1}\n{"word": "y", "n": "two"}\n', 2),
    ("q.jsonl", '{"word": "x", "n": 1}\n{"word": "y", "n": \n', 2),
    ("q.npz", "no archive", None),
]


@pytest.mark.parametrize("side", ["p", "q"])
@pytest.mark.parametrize(("word", "text", "line"), WRONG)
def test_an_annotation_stands_at_the_line_that_is_wrong(batch, folder, side, word, text, line):
    name, _, column = word.partition(":")
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    row = f"{name},a.csv,{column}," if side == "p" else f"a.csv,{name},,{column}"
    result = batch([row], "--report", "github", header="p,q,p_column,q_column")
    assert result.err.startswith(f"::error file={name}," + f"line={line}," * bool(line) + "title=")


def test_an_annotation_on_a_row_of_a_manifest_stands_at_its_line(batch, folder):
    for row in ("a.csv,-", "a.csv,b.csv,c.csv"):
        assert (
            "::error file=pairs.csv,line=3,title="
            in batch(["a.csv,a.csv", row], "--report", "github", header="p,q").err
        )
    assert "::error file=none.csv,title=" in batch(["none.csv,a.csv"], "--report", "github", header="p,q").err


def test_a_step_summary_is_added_to_the_file_of_the_step(batch, folder, monkeypatch):
    summary = folder / "summary.md"
    summary.write_text("# before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    batch([MOVED], "--report", "step-summary")
    assert summary.read_text().startswith("# before\n**kl batch**, pairs.csv: 1 pair: 1 ok\n")


@pytest.mark.parametrize(
    "words",
    [
        ["--report", "step_summary=summary.md"],
        ["--report", "markdown=./summary.md"],
        ["-f", "step_summary", "-o", "summary.md"],
        ["-f", "markdown", "-o", "link.md"],
    ],
)
def test_the_file_of_the_step_is_added_to_by_whatever_path_it_is_named(batch, folder, monkeypatch, words):
    monkeypatch.chdir(folder)
    summary = folder / "summary.md"
    summary.write_text("# before\n")
    (folder / "link.md").symlink_to("summary.md")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    here = set(os.listdir(folder))
    for times in (1, 2):
        assert batch([MOVED], *words).code == 0
        text = summary.read_text()
        assert text.startswith("# before\n")
        assert text.count("1 pair: 1 ok") == times
    assert set(os.listdir(folder)) - here <= {"pairs.csv"}


def test_the_summary_of_a_command_is_added_to_the_file_of_the_step(kl, tmp_path, monkeypatch):
    summary = tmp_path / "summary.md"
    summary.write_text("# before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    kl("compute", "1,1", "1,3", "-f", "markdown", "-o", summary)
    assert summary.read_text().startswith("# before\n")
    assert "| entropy of Q |" in summary.read_text()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--report", "nope=x"], "no format is called 'nope'"),
        (["--report", "junit"], "--report junit: needs a file"),
        (["--report", "junit="], "--report junit=: needs a file"),
        (["--report", "json=-"], "--report json=-: needs a file"),
        (["--report", "step_summary"], "$GITHUB_STEP_SUMMARY is not set"),
        (["--report", "json=one", "--report", "csv=./one"], "one: two reports cannot be one file"),
        (["-o", "one", "--report", "csv=one"], "one: two reports cannot be one file"),
        (["--report", "json=no/such/folder"], "no/such/folder: cannot be written"),
        (["-o", "no/such/folder"], "no/such/folder: cannot be written"),
        (["-m", "nope"], "no measure is called 'nope'"),
        (["--fail-above", "x"], "'x' is not a limit"),
        (["--smooth", "add:0"], "smoothing 'add:0'"),
        (["--as", "nope"], "no kind is called 'nope'"),
        (["--base", "1"], "the base of the logarithm is 1"),
        (["-j", "0"], "0 is not in the range"),
        (["--glob", "*.csv"], "--glob and --allow-unpaired are for two folders"),
        (["--allow-unpaired"], "--glob and --allow-unpaired are for two folders"),
        (["--config", "no.toml"], "no.toml: no such file or directory"),
    ],
)
def test_a_wrong_command_line_exits_with_2_before_anything_is_evaluated(batch, folder, monkeypatch, words, says):
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    result = batch([GOOD], "--report", "json=before.json", *words)
    assert (result.code, result.out) == (2, "")
    assert says in result.err
    assert result.err.startswith("kl: error: ")
    assert not (folder / "before.json").exists()


def test_a_manifest_that_cannot_be_read_leaves_every_report_as_it_was(kl, folder):
    (folder / "old.xml").write_text("old")
    (folder / "empty.csv").write_text("name,p,q\n")
    result = kl("batch", folder / "empty.csv", "--report", f"junit={folder / 'old.xml'}", "-f", "json")
    assert (result.code, result.out) == (3, "")
    assert (folder / "old.xml").read_text() == "old"
    assert f"{folder / 'old.xml'} was not written, and is of an earlier run" in result.err


def test_a_manifest_comes_from_standard_input(kl_process, folder):
    result = kl_process("batch", "-", "-f", "jsonl", cwd=folder, input=b"p,q\na.csv,b.csv\n")
    assert result.code == 0
    assert json.loads(result.out)["name"] == "a.csv vs b.csv"


def test_settings_beside_a_manifest_are_noted_where_they_are_not_in_force(kl, folder, monkeypatch):
    (folder / "sub").mkdir()
    (folder / "sub" / "pairs.csv").write_text("p,q\n../a.csv,../b.csv\n")
    (folder / "sub" / "kl.toml").write_text("[limits]\nforward_kl = 0.1\n")
    monkeypatch.chdir(folder)
    note = "kl: note: sub/kl.toml is not in force, as the working folder is another; --config sub/kl.toml uses it"
    assert (result := kl("batch", "sub/pairs.csv")).code == 0
    assert note in result.err
    assert "not in force" not in kl("batch", "sub/pairs.csv", "-q").err
    (folder / "kl.toml").write_text("[limits]\nforward_kl = 1\n")
    assert note in kl("batch", "sub/pairs.csv").err
    for words in (["sub/pairs.csv", "--config", "sub/kl.toml"], ["sub/pairs.csv", "--config", "kl.toml"]):
        assert "not in force" not in kl("batch", *words).err
    monkeypatch.chdir(folder / "sub")
    assert (result := kl("batch", "pairs.csv")).code == 1
    assert "not in force" not in result.err
    (folder / "sub" / "pyproject.toml").write_text("[tool.kl]\nbase = 2\n")
    hidden = "kl: note: pyproject.toml is not in force, as kl.toml is; --config pyproject.toml uses it"
    for words in (("batch", "pairs.csv"), ("drift", "../a.csv", "../b.csv")):
        assert hidden in kl(*words).err
        assert "not in force" not in kl(*words, "--config", "kl.toml").err
    (folder / "sub" / "kl.toml").unlink()
    monkeypatch.chdir(folder)
    assert note.replace("kl.toml", "pyproject.toml") in kl("batch", "sub/pairs.csv").err
    (folder / "sub" / "pyproject.toml").write_text("[tool.ruff]\n")
    assert "not in force" not in kl("batch", "sub/pairs.csv").err


def test_two_folders_are_paired(kl, folder, monkeypatch):
    for side, names in (("ref", "abc"), ("new", "ab")):
        (folder / side).mkdir()
        for name in names:
            (folder / side / f"{name}.csv").write_bytes((folder / "a.csv").read_bytes())
    monkeypatch.chdir(folder)
    result = kl("batch", "ref", "new", "-f", "json")
    assert result.code == 3
    assert statuses(result.out) == [("a.csv", "ok"), ("b.csv", "ok"), ("c.csv", "error")]
    allowed = kl("batch", "ref", "new", "-f", "json", "--allow-unpaired")
    assert allowed.code == 0
    assert "kl: note: 1 file was on one side only, and not compared" in allowed.err
    assert statuses(kl("batch", "ref", "new", "-f", "json", "--glob", "a*").out) == [("a.csv", "ok")]


def test_one_reference_is_compared_with_many_files(kl, folder, monkeypatch):
    monkeypatch.chdir(folder)
    result = kl("batch", "x=1,y=1", "a.csv", "b.csv", "c.csv", "-f", "json", "--fail-above", "0.1")
    assert result.code == 3
    assert statuses(result.out) == [("a.csv", "ok"), ("b.csv", "exceeded"), ("c.csv", "error")]


def test_settings_come_from_the_file_the_manifest_and_the_command_line(batch, folder):
    (folder / "kl.toml").write_text('base = 2\n[limits]\nforward_kl = 0.6\n[limits."good"]\nforward_kl = 0.5\n')
    exceeded = batch([MOVED], "-f", "json")
    assert exceeded.code == 1  # 0.51 nats are 0.74 bits
    assert json.loads(exceeded.out)["pairs"][0]["unit"] == "bits"
    assert batch([MOVED], "--fail-above", "0.8").code == 0
    assert batch([f"{MOVED},forward_kl<0.8"], header="name,p,q,limits").code == 0
    assert batch([f"{MOVED},forward_kl<0.8"], "--fail-above", "0.7", header="name,p,q,limits").code == 1
    assert batch([f"{MOVED},forward_kl<inf"], header="name,p,q,limits").code == 0
    assert batch([f"{MOVED},forward_kl<inf"], "--fail-above", "0.7", header="name,p,q,limits").code == 1
    assert batch([f"{MOVED},10"], header="name,p,q,base").code == 0
    assert batch([MOVED], "--config", os.devnull).code == 0


def test_the_settings_are_shown_with_their_origins(kl, folder, monkeypatch):
    (folder / "kl.toml").write_text("base = 2\n")
    monkeypatch.chdir(folder)
    rows = json.loads(kl("batch", "--show-config", "--bits", "-m", "kl", "--as", "counts", "-f", "json").out)[
        "settings"
    ]
    found = {row["setting"]: (row["value"], row["from"]) for row in rows}
    assert found["base"] == ("2", "command line")
    assert found["measure"] == ("kl", "command line")
    assert found["p_as"] == found["q_as"] == ("counts", "command line")
    assert found["missing"] == ("zero", "default")
    shown = json.loads(kl("batch", "--show-config", "-f", "json").out)["settings"]
    assert {"setting": "base", "value": "2", "pairs": "*", "from": "kl.toml"} in shown


def test_an_error_in_the_file_exits_with_2(batch, folder):
    (folder / "kl.toml").write_text("smoth = 1\n")
    result = batch([GOOD])
    assert (result.code, result.out) == (2, "")
    assert result.err == "kl: error: kl.toml: no setting is called 'smoth'\nkl: hint: did you mean smooth?\n"


def test_every_measure_can_be_asked_for(batch):
    found = json.loads(batch([MOVED], "-m", "all", "-f", "json").out)["pairs"][0]["measures"]
    assert len(found) == len(MEASURES.names())


def test_options_may_differ_from_pair_to_pair(batch, folder):
    (folder / "t.csv").write_text("l,m,n\nx,1,9\ny,1,1\n")
    header = "name,p,q,p_column,q_column,as,smooth,measure"
    rows = ["one,t.csv,t.csv,m,n,weights,,", "two,a.csv,b.csv,,,,add:1,hellinger tv"]
    first, second = json.loads(batch(rows, "-f", "json", header=header).out)["pairs"]
    assert (first["p"]["kind"], first["q"]["name"], first["smoothing"]) == ("weights", "t.csv:n", "none")
    assert (second["smoothing"], list(second["measures"])) == ("add:1", ["hellinger", "total_variation"])


def test_failures_are_said_on_standard_error_where_no_table_shows_them(batch):
    words = [MOVED, BAD], "--fail-above", "0.1"
    assert batch(*words).err == ""
    err = batch(*words, "-f", "json").err
    assert "kl: limit exceeded: moved: forward_kl = 0.510826 > 0.1 nats" in err
    assert "kl: error: bad: c.csv: the values sum to 1.2" in err
    assert err.endswith("kl: 2 pairs: 1 exceeded, 1 error\n")


def test_notes_name_their_pair_and_quiet_silences_them(batch, folder):
    (folder / "zero.csv").write_text("x,1\ny,0\n")
    assert "kl: note: z: forward_kl is infinite" in batch(["z,a.csv,zero.csv"]).err
    assert batch(["z,a.csv,zero.csv"], "-q").err == ""


def test_an_infinite_pair_names_only_the_outcomes_that_make_it_infinite(batch, folder):
    (folder / "p.csv").write_text("x,0.9\ny,0.06\nz,0.04\n")
    (folder / "q.csv").write_text("x,1\ny,0\nz,0\n")
    judged = batch(["zero,p.csv,q.csv"], "--fail-above", "0.1", "-f", "json")
    assert judged.code == 1
    pair = json.loads(judged.out)["pairs"][0]
    assert [each["outcome"] for each in pair["causes"]["forward_kl"]] == ["y", "z"]
    assert "infinite by y (0.06 → 0), z (0.04 → 0)\n" in batch(["zero,p.csv,q.csv"], "--fail-above", "0.1").out


def test_an_infinite_pair_is_ok_only_with_a_word_where_no_limit_stands(batch, folder):
    (folder / "q.csv").write_text("x,1\ny,0\n")
    result = batch(["zero,a.csv,q.csv", GOOD])
    assert result.code == 0
    assert result.out.startswith("ok (infinite)  zero ")
    assert result.out.endswith("2 pairs: 2 ok (1 infinite)\n")
    assert result.err == (
        "kl: note: zero: forward_kl is infinite: Q has no mass on 1 outcome of P: y (0.5 of P's mass)\n"
    )
    other = batch(["zero,a.csv,q.csv"], "-m", "forward_kl", "--fail-above", "total_variation=0.9")
    assert (other.code, other.out[:15]) == (0, "ok (infinite)  ")


def test_a_batch_says_once_that_counts_are_samples(batch, folder):
    for name, text in (("m", "x,5\ny,6\n"), ("n", "x,9\ny,9\n")):
        (folder / f"{name}.csv").write_text(text)
    said = batch(["1,m.csv,n.csv", "2,n.csv,m.csv", "3,m.csv,m.csv"]).err
    assert said.count("these values describe the samples") == 1
    assert "29 observations over 2 outcomes" in said
    assert "; and the like 2 more times, which JSON has" in said


@pytest.fixture
def samples(folder):
    """Samples of 200 letters: equal shares twice, others, and one of two observations."""
    for name, text in (("e", "a\nb\n" * 100), ("f", "b\na\n" * 100), ("g", "a\nb\nb\nb\n" * 50), ("two", "a\nb\n")):
        (folder / f"{name}.txt").write_text(text)
    return folder


def test_several_columns_are_an_observation_where_the_manifest_names_them(batch, folder, document):
    random = np.random.default_rng(4)
    for name in ("v", "w"):
        rows = [f"{number},{a},{b}" for number, (a, b) in enumerate(random.normal(size=(60, 2)).tolist())]
        (folder / f"{name}.csv").write_text("\n".join(["id,a,b", *rows, ""]))
    unnamed = json.loads(batch(["all,v.csv,w.csv"], "--estimate", "-f", "json").out)["pairs"][0]["error"]
    assert unnamed["message"].endswith("which column holds the observations is not clear; the columns are id, a, b")
    assert unnamed["hint"] == (
        "name the columns that hold the observations in a field `column` of the manifest, as price,size; --as counts "
        "takes labels and their counts"
    )
    found = batch(['both,v.csv,w.csv,"a,b"'], "--estimate", "-f", "json", header="name,p,q,column")
    alone = document("estimate", "v.csv", "w.csv", "--columns", "a,b", "-m", "forward_kl")
    assert json.loads(found.out)["pairs"][0]["estimates"] == alone["estimates"]


def test_estimates_are_those_of_kl_estimate(batch, samples, document):
    found = batch(["same,e.txt,f.txt", "other,e.txt,g.txt"], "--estimate", "--level", "0.9", "-f", "json")
    pairs = json.loads(found.out)["pairs"]
    for pair, other in zip(pairs, "fg", strict=True):
        alone = document("estimate", "e.txt", f"{other}.txt", "--level", "0.9", "-m", "forward_kl")
        assert {key: pair[key] for key in alone.keys() - {"schema", "cells", "sizes"}} == {
            key: alone[key] for key in alone.keys() - {"schema", "cells", "sizes"}
        }
    assert (found.code, [pair["level"] for pair in pairs]) == (0, [0.9, 0.9])


@pytest.mark.parametrize(
    ("limit", "statuses_of_both"),
    [
        ("lower:0.05", ["ok", "exceeded"]),
        ("upper:0.05", ["ok", "exceeded"]),
        ("value:0.05", ["ok", "exceeded"]),
        ("upper:0.001", ["exceeded", "exceeded"]),
        ("lower:0.12", ["ok", "ok"]),
    ],
)
def test_a_limit_is_on_the_value_or_an_end_of_its_interval(batch, samples, limit, statuses_of_both):
    """The KL of a half from a quarter is 0.144 nats; the ends at 200 observations are 0.064 and 0.26."""
    rows = ["same,e.txt,f.txt", "other,e.txt,g.txt"]
    for where in ("option", "column", "kl.toml"):
        words, header = ["--estimate", "-f", "json"], "name,p,q"
        if where == "option":
            found = batch(rows, *words, "--fail-above", limit)
        elif where == "column":
            found = batch([f"{row},forward_kl<{limit}" for row in rows], *words, header=f"{header},limits")
        else:
            value = limit.removeprefix("value:")
            (samples / "kl.toml").write_text(
                f"estimate = true\n[limits]\nforward_kl = {value if value != limit else repr(limit)}\n"
            )
            found = batch(rows, "-f", "json")
        assert [status for _, status in statuses(found.out)] == statuses_of_both


def test_a_limit_on_an_end_that_there_is_not_is_an_error_of_its_pair(batch, samples):
    found = batch(["sparse,two.txt,e.txt", "good,e.txt,f.txt"], "--estimate", "--fail-above", "upper:1", "-f", "json")
    bad, good = json.loads(found.out)["pairs"]
    assert (found.code, bad["status"], good["status"]) == (3, "error", "ok")
    assert bad["error"]["message"] == "forward_kl has no upper end here, so a limit on it cannot be judged"
    assert "make up about 0 % of P" in bad["error"]["hint"]


def test_a_limit_on_a_value_that_there_is_not_is_an_error_of_its_pair(batch, samples):
    """With every label seen once, the coverage is 0, and Chao and Shen's estimate 0/0."""
    words = ["--estimate", "--estimator", "chao_shen", "-m", "entropy_p", "-f", "json"]
    for limit in ("1", "entropy_p=0.5"):
        found = batch(["once,two.txt,e.txt", "good,e.txt,f.txt"], *words, "--fail-above", limit)
        bad, good = json.loads(found.out)["pairs"]
        assert (found.code, bad["status"], good["status"]) == (3, "error", "ok" if limit == "1" else "exceeded")
        assert bad["error"]["message"] == "entropy_p has no value here, so a limit on it cannot be judged"


def test_the_limit_that_cannot_be_judged_is_the_one_that_is_named(batch, samples):
    """The first limit lies within its interval, which has a note of its own."""
    found = batch(
        ["unseen,e.txt,g.txt"], "--estimate", "-m", "total_variation", "-m", "forward_kl", "-f", "json",
        "--fail-above", "forward_kl=0.2", "--fail-above", "total_variation=upper:1",
    )  # fmt: skip
    (pair,) = json.loads(found.out)["pairs"]
    assert pair["error"]["message"] == "total_variation has no upper end here, so a limit on it cannot be judged"


def test_every_report_shows_the_interval(batch, samples):
    out = batch(["other,e.txt,g.txt"], "--estimate", "-f", "csv").out
    rows = {row["measure"]: float(row["value"]) for row in csv.DictReader(io.StringIO(out))}
    assert set(rows) == {"forward_kl", "forward_kl:lower", "forward_kl:upper"}
    shown = f"({rows['forward_kl:lower']:.4g} to {rows['forward_kl:upper']:.4g})"
    for form in ("table", "md"):
        assert shown in batch(["other,e.txt,g.txt"], "--estimate", "-f", form).out


def test_some_pairs_of_a_manifest_are_estimates(batch, samples):
    found = batch(["1,e.txt,g.txt,true", "2,a.csv,b.csv,false", "3,a.csv,b.csv,"], "-f", "json",
                  header="name,p,q,estimate")  # fmt: skip
    assert [("estimates" in pair, pair["status"]) for pair in json.loads(found.out)["pairs"]] == [
        (True, "ok"), (False, "ok"), (False, "ok"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--estimate", "--smooth", "add:1"], "smooth = add:1 has no meaning for estimates from samples"),
        (["--estimate", "--as", "logits"], "as = logits: no kind of samples"),
        (["--estimate", "--p-as", "counts"], "estimates compare samples of one kind"),
        (["--estimate", "-m", "hellinger"], "no estimate of 'hellinger'"),
        (["--estimate", "--label", "x"], "label = x has no meaning"),
    ],
)
def test_settings_that_do_not_fit_estimates_are_refused(batch, samples, words, said):
    found = batch(["1,e.txt,g.txt"], *words)
    assert found.code == 3
    assert said in found.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--level", "0.9"], "--level is for estimates"),
        (["--estimator", "nsb"], "--estimator is for estimates"),
        (["--fail-above", "upper:0.1"], "--fail-above upper:0.1 is on an end of an interval"),
        (["--fail-above", "kl=upper:0.1"], "--fail-above forward_kl=upper:0.1 is on an end of an interval"),
    ],
)
def test_options_of_estimates_are_one_usage_error_where_nothing_is_estimated(batch, kl, samples, words, said):
    of_manifest = batch(["1,e.txt,g.txt", "2,e.txt,f.txt"], *words)
    for found in (of_manifest, kl("batch", "e.txt", "g.txt", "f.txt", *words)):
        assert (found.code, found.out) == (2, "")
        assert found.err == f"kl: error: {said}, and nothing is estimated\nkl: hint: pass --estimate\n"


def test_options_of_estimates_hold_for_the_pairs_of_a_manifest_that_are_estimated(batch, samples):
    found = batch(["1,e.txt,g.txt,true", "2,a.csv,b.csv,"], "--level", "0.9", "-f", "json",
                  header="name,p,q,estimate")  # fmt: skip
    assert found.code == 0
    assert [pair.get("level") for pair in json.loads(found.out)["pairs"]] == [0.9, None]


@pytest.mark.parametrize("words", [["--level", "1.5"], ["--fail-above", "middle:0.1"], ["--estimator", "nope"]])
def test_settings_of_estimates_that_are_wrong_are_usage_errors(batch, samples, words):
    assert batch(["1,e.txt,g.txt"], "--estimate", *words).code in (2, 3)


@pytest.mark.parametrize("at", [1, -1])
def test_of_two_patterns_in_settings_the_lower_limit_holds_in_any_order(folder, batch, at):
    tables = ['[limits."mo*"]\nforward_kl = 0.6\n', '[limits."*ed"]\nforward_kl = 0.4\n'][::at]
    (folder / "kl.toml").write_text("".join(tables))
    found = batch([MOVED])
    assert found.code == 1
    assert "> 0.4" in found.out
