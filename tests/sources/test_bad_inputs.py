"""Every bad input ends with its exit code, nothing on stdout, and a message that names the place."""

import io
import os
import re
import sys

import pytest
from sources.bad_inputs import BAD_INPUTS

from klcli.cli.main import main
from klcli.support.text.safe_text import visible


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    """Runs a row and returns its exit code, stdout and stderr."""

    def run_row(row):
        if row.needs:
            pytest.importorskip(row.needs)
        if row.needs_user and os.geteuid() == 0:
            pytest.skip("root may read every file")
        for name, content in row.files.items():
            path = tmp_path / name
            path.write_bytes(content) if isinstance(content, bytes) else content(path)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(row.stdin)))
        code = main(["compute", *row.arguments])
        return code, *capfd.readouterr()

    return run_row


@pytest.mark.parametrize("row", BAD_INPUTS, ids=lambda row: row.name)
def test_a_bad_input_is_refused_with_its_place_and_perhaps_a_hint_in_visible_characters(row, run):
    code, out, err = run(row)
    assert row.says in err.splitlines()[0]
    assert code == row.code
    assert out == ""
    lines = err.removesuffix("\n").split("\n")
    assert [re.match("kl: (error|hint): .", line).group(1) for line in lines] == ["error", "hint"][: len(lines)]
    assert lines == [visible(line) for line in lines]
    assert len(err) < 12_000


def test_names_are_unique():
    names = [row.name for row in BAD_INPUTS]
    assert len(names) == len(set(names))
    assert len(names) >= 70


@pytest.mark.parametrize(
    ("module", "path", "extra"), [("pyarrow", "p.parquet", "parquet"), ("backports.zstd", "p.csv.zst", "zstd")]
)
def test_a_missing_package_is_an_error_of_the_command_line(module, path, extra, tmp_path, monkeypatch, capfd):
    if extra == "zstd" and sys.version_info >= (3, 14):
        pytest.skip("zstd is in the standard library")
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / path).write_bytes(b"PAR1")
    assert main(["compute", path, "0.5,0.5"]) == 2
    assert f"pip install 'klcli[{extra}]'" in capfd.readouterr().err
