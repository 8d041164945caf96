"""`kl batch`: a status for each pair, exit codes, reports, settings, and the order of the manifest."""

import csv
import io
import json
import os

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


def test_a_step_summary_is_added_to_the_file_of_the_step(batch, folder, monkeypatch):
    summary = folder / "summary.md"
    summary.write_text("# before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    batch([MOVED], "--report", "step-summary")
    assert summary.read_text().startswith("# before\n**kl batch**, pairs.csv: 1 pair: 1 ok\n")


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
        (["--fail-above", "x"], "'x' is no limit"),
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


def test_a_manifest_comes_from_standard_input(kl_process, folder):
    result = kl_process("batch", "-", "-f", "jsonl", cwd=folder, input=b"p,q\na.csv,b.csv\n")
    assert result.code == 0
    assert json.loads(result.out)["name"] == "a.csv vs b.csv"


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
