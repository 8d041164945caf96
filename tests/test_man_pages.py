"""Manual pages: one for each command, with every option and example, and nothing that roff reads as markup."""

import importlib.util
import re
import shutil
import subprocess
from inspect import cleandoc

import click
import pytest
from conftest import ROOT

from klcli.cli.commands import COMMANDS
from klcli.cli.main import group

_HOOK = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")


@pytest.fixture(scope="module")
def pages():
    pytest.importorskip("hatchling")
    hook = importlib.util.module_from_spec(_HOOK)
    _HOOK.loader.exec_module(hook)
    return hook.man_pages((ROOT / "docs/reference/commands.md").read_text(encoding="utf-8"), "9.8.7")


def plain(page):
    """The text of a page without macros and escapes, its words separated by one space."""
    text = re.sub(r"^\.[A-Z]+\b ?", "", page, flags=re.MULTILINE)
    text = text.replace("\\&", "").replace("\\fB", "").replace("\\fR", "").replace("\\-", "-").replace("\\e", "\\")
    return re.sub(r"\s+", " ", text)


def test_every_command_has_a_page(pages):
    assert set(pages) == {"kl.1", *(f"kl-{name}.1" for name in COMMANDS)}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_page_has_the_summary_the_version_and_every_option(pages, name):
    command = COMMANDS[name].load()
    context = click.Context(command, info_name=name, parent=click.Context(group, info_name="kl"))
    page = pages[f"kl-{name}.1"]
    text = plain(page)
    assert f"kl-{name} - {COMMANDS[name].summary}" in text
    assert "klcli 9.8.7" in page
    records = [each.get_help_record(context) for each in command.get_params(context) if isinstance(each, click.Option)]
    for flags, meaning in filter(None, records):
        assert " ".join([flags, *meaning.split()]) in text, flags


@pytest.mark.parametrize("name", COMMANDS)
def test_a_page_keeps_the_lines_of_examples(pages, name):
    examples = [
        line.strip()
        for paragraph in cleandoc(COMMANDS[name].load().help or "").split("\n\n")
        if paragraph.startswith("\b")
        for line in paragraph.split("\n")[1:]
    ]
    lines = pages[f"kl-{name}.1"].replace("\\-", "-").replace("\\&", "").replace("\\e", "\\").split("\n")
    assert examples
    assert [line for line in lines if line in examples] == examples


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_groff_has_nothing_to_complain_of(pages, tmp_path):
    files = []
    for name, page in pages.items():
        (tmp_path / name).write_text(page, encoding="utf-8")
        files.append(tmp_path / name)
    done = subprocess.run(["groff", "-man", "-Kutf8", "-Tutf8", "-ww", *files], capture_output=True, check=True)
    assert done.stderr == b""
    assert "--fail-above" in re.sub("\x1b\\[[0-9;]*m", "", done.stdout.decode())
