"""Every form in which people bring numbers is read as what it stands for, or refused with its cure."""

import io
import json
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
    is_one = "one operand" in form.error
    code, out, err = run(form, None if is_one else "cat=0.5,dog=0.5", "-q")
    assert err.splitlines() == [f"kl: error: {form.error}", *([f"kl: hint: {form.hint}"] if form.hint else [])]
    assert (code, out) == (form.code, "")
