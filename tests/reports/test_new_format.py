"""A newcomer's output format: one file with one class, and every command has it."""

import subprocess
import sys

import pytest
from conftest import ROOT

FORMAT = '''
"""The kinds of parts that came, by name."""

from klcli.reports.format import Format, registered


@registered
class Kinds(Format):
    name = "kinds"
    title = "kinds"
    summary = "the kinds of parts"

    def part(self, part):
        return f"{type(part).__name__}\\n"

    def end(self, ending):
        yield f"end: {', '.join(ending.document())}\\n"
'''

RUN = """
import sys
sys.path.insert(0, sys.argv[1])
import kinds
from klcli.cli.main import main
sys.exit(main(sys.argv[2:]))
"""

PAIR = ("sample_data/coin_fair.csv", "sample_data/coin_biased.csv")
LETTERS = ("sample_data/letters.csv", "--columns", "--as", "weights")
COMPUTED = ["schema", "p", "q", "outcomes", "base", "unit", "smoothing", "measures", "notes", "verdicts"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("format")
    (folder / "kinds.py").write_text(FORMAT)
    return folder


def lines_of(folder, *words):
    done = subprocess.run(
        [sys.executable, "-c", RUN, folder, *words, "-f", "kinds"],
        cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        (("compute", *PAIR), ["Facts", "Table", "Picture"]),
        (("compute", *PAIR, "--fail-above", "1"), ["Facts", "Table", "Picture", "Verdicts"]),
        (("explain", *PAIR), ["Facts", "Table", "Picture", "Table", "Prose"]),
        (("examples", "coin"), ["Table", "Prose", "Commands"]),
        (("examples",), ["Table"]),
        (("list", "kinds"), ["Table"]),
        (("matrix", *LETTERS), ["Facts", "Grid", "Picture"]),
        (("matrix", *LETTERS, "--nearest", "1"), ["Facts", "Table"]),
        (("rows", "sample_data/next_token.jsonl", "--fail-above", "9"), ["Facts", "RowAnswer", "Verdicts"]),
        (("rows", "sample_data/next_token.jsonl", "--summary"), ["Facts", "Table", "Picture"]),
        (("batch", "sample_data/pairs.csv"), ["Case"] * 4),
        (("batch", "sample_data/pairs.csv", "--show-config"), ["Table"]),
    ],
    ids=lambda value: " ".join(value[:2]),
)
def test_a_new_format_is_given_the_parts_of_every_command(folder, words, kinds):
    *found, last = lines_of(folder, *words)
    assert found == kinds
    assert last.startswith("end: ")


def test_a_new_format_is_a_report_of_kl_batch_too(folder, tmp_path):
    lines_of(folder, "batch", "sample_data/pairs.csv", "--report", f"kinds={tmp_path / 'report'}")
    assert (tmp_path / "report").read_text() == "Case\n" * 4 + "end: summary\n"


def test_the_document_is_that_of_json(folder):
    assert lines_of(folder, "compute", *PAIR)[-1] == f"end: {', '.join(COMPUTED)}"


def test_a_new_format_is_listed(folder):
    done = subprocess.run(
        [sys.executable, "-c", RUN, folder, "list", "formats", "-f", "csv"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "kinds,,any answer,the kinds of parts"
