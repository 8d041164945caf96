"""The documents are true: every transcript, table, command line and Python session in them is executed."""

import doctest
import re

import pytest
from docs import README, ROOT, executed

pytestmark = pytest.mark.documentation


def test_every_transcript_and_table_in_the_readme_is_what_comes_out():
    text = README.read_text(encoding="utf-8")
    assert executed(text) == text, "run `python tests/docs.py` and look at what changed"


def test_every_python_session_in_the_readme_is_true():
    failures, tried = doctest.testfile(str(README), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert tried > 0
    assert failures == 0


@pytest.mark.parametrize("heading", ["Run it", "Test it"])
def test_the_command_under_a_heading_is_one_line(heading):
    section = README.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    (block,) = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    assert block.count("\n") == 1


def test_every_sample_file_is_used_in_a_transcript():
    transcripts = "".join(re.findall(r"```console\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL))
    samples = [path.name for path in (ROOT / "sample_data").iterdir() if path.name != "README.md"]
    assert samples
    assert [name for name in samples if name not in transcripts] == []


def test_every_relative_link_in_the_documents_leads_somewhere():
    for document in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "sample_data/README.md"):
        path = ROOT / document
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{document}: {target}"
