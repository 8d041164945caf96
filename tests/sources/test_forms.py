"""Every form in which people bring numbers is read as what it stands for, or refused with its cure."""

import io
import json
import subprocess
import sys
from math import fsum, log

import pytest
from sources.forms import ANSWERED, REFUSED

from klcli.cli.main import main


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    """Runs `kl compute` on a form, as P on standard input or in a file, and returns exit code, stdout and stderr."""

    def run_form(form, q, *options):
        if form.needs:
            pytest.importorskip(form.needs)
        monkeypatch.chdir(tmp_path)
        data = b"" if callable(form.text) else form.text.encode() if isinstance(form.text, str) else form.text
        if callable(form.text):
            form.text(tmp_path / form.file)
        elif form.file:
            (tmp_path / form.file).write_bytes(data)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        p = f"{form.file}{form.table}" or "-"
        code = main(["compute", p, *([] if q is None else [q]), *form.options, *options])
        return code, *capfd.readouterr()

    return run_form


@pytest.mark.parametrize("form", ANSWERED, ids=lambda form: form.name)
def test_a_form_is_read_as_what_it_stands_for(form, run, tmp_path):
    weights = {label: at for at, label in enumerate(form.masses, 2)}  # a Q that no permutation of P has too
    (tmp_path / "q.json").write_text(
        json.dumps([{"label": label, "word": label, "m": n, "n": n} for label, n in weights.items()])
    )
    column = () if "--column" in form.options else ("--q", "n")
    options = [*column, "--q-as", "weights", "-m", "forward_kl", "-f", "json"]
    code, out, err = run(form, "q.json", *options)
    assert code == 0, err
    total, q_total = sum(form.masses.values()), sum(weights.values())
    kl = fsum(p / total * log(p / total / (weights[label] / q_total)) for label, p in form.masses.items())
    document = json.loads(out)
    assert document["measures"]["forward_kl"] == pytest.approx(kl, rel=1e-13)
    assert document["p"]["outcomes"] == len(form.masses)
    assert document["p"]["total"] == pytest.approx(total, rel=1e-15)
    notes = [note["text"] for note in document["notes"] if note["code"] != "header"]
    assert any(form.note in note for note in notes) if form.note else not notes


@pytest.mark.parametrize("form", REFUSED, ids=lambda form: form.name)
def test_a_form_that_is_refused_says_why_and_names_the_cure(form, run):
    is_one = "one operand" in form.error or "single operand" in form.error
    code, out, err = run(form, None if is_one else "cat=0.5,dog=0.5", "-q")
    assert err.splitlines() == [f"kl: error: {form.error}", *([f"kl: hint: {form.hint}"] if form.hint else [])]
    assert (code, out) == (form.code, "")


def test_a_pipe_of_the_shell_is_called_as_it_was_written(kl_process, tmp_path):
    (tmp_path / "q.csv").write_text("cat,1\ndog,1\n")
    script = f"{sys.executable} -m klcli compute <(echo cat,3) q.csv -m forward_kl"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.startswith("P  <(…)   counts in 3")
    assert "label of q.csv not in <(…): dog" in done.stderr
    assert "/dev/fd" not in done.stdout + done.stderr


@pytest.mark.parametrize(("package", "path", "extra"), [
    ("openpyxl", "p.xlsx", "excel"), ("pyarrow", "p.feather", "parquet"), ("duckdb", "p.duckdb", "fast"),
])  # fmt: skip
def test_a_missing_package_names_the_file_and_the_extra(package, path, extra, tmp_path, monkeypatch, capfd):
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / path).write_bytes(b"PK\x03\x04")
    assert main(["compute", path, "0.5,0.5"]) == 2
    err = capfd.readouterr().err
    assert err.startswith(f"kl: error: {path}: reading ")
    assert f"pip install 'klcli[{extra}]'" in err


@pytest.mark.parametrize(("text", "form"), [
    ("0.5 0.25 0.25\n0.2 0.3 0.5\n", "columns separated by blanks"),
    ("| a | b |\n|---|---|\n| 0.5 | 0.5 |\n", "a table drawn with lines"),
])  # fmt: skip
def test_rows_in_a_recognised_form_are_noted_unless_asked_for(text, form, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.txt").write_text(text)
    note = f"kl: note: p.txt was read as {form}; see --delimiter"
    for command in (["rows", "p.txt", "p.txt"], ["matrix", "p.txt"]):
        assert main([*command, "-f", "csv"]) == 0
        assert note in capfd.readouterr().err.splitlines()
    assert main(["rows", "p.txt", "p.txt", "-f", "csv", "--delimiter", "space" if "blanks" in form else "|"]) == 0
    assert note not in capfd.readouterr().err


def test_a_second_row_that_is_longer_than_the_first_is_refused_by_its_line(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.csv").write_text("7\n1,cat\n")
    assert main(["rows", "p.csv", "p.csv"]) == 3
    assert capfd.readouterr().err.startswith("kl: error: p.csv: line 2: 2 fields, but line 1 has 1\n")
