"""A draft appears whole or not at all; an addition keeps what stands; a standard stream has its texts in order."""

import os
import subprocess
import sys

import pytest
from conftest import ENVIRONMENT

from klcli.errors import OutputError
from klcli.support.streams.output_files import AppendedFile, ReplacedFile, StandardStream


def test_a_draft_is_nothing_until_it_is_committed(tmp_path):
    path = tmp_path / "report"
    path.write_text("old")
    draft = ReplacedFile(path)
    draft.write("new")
    draft.write(" text")
    assert path.read_text() == "old"
    draft.commit()
    assert path.read_text() == "new text"
    draft.discard()
    assert (path.read_text(), os.listdir(tmp_path)) == ("new text", ["report"])


def test_a_draft_that_is_discarded_leaves_nothing(tmp_path):
    draft = ReplacedFile(tmp_path / "report")
    draft.write("new")
    draft.discard()
    draft.discard()
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_a_full_disk_is_said(tmp_path):
    from pathlib import Path

    draft = ReplacedFile(Path("/dev/full"))
    with pytest.raises(OutputError, match="/dev/full: cannot be written: no space left on device"):
        draft.write("text")


@pytest.mark.skipif(not os.path.exists("/dev/fd"), reason="there is no /dev/fd")
@pytest.mark.parametrize("word", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_a_descriptor_that_stands_for_a_file_takes_text_after_what_stands_there(tmp_path, word):
    if not os.path.exists(word):
        pytest.skip(f"there is no {word}")
    command = f"echo before; {sys.executable} -m klcli compute 1,1 1,1 -m forward_kl -f value -o {word}; echo after"
    done = subprocess.run(["sh", "-c", f"({command}) > log"], cwd=tmp_path, env=ENVIRONMENT, check=False)
    assert done.returncode == 0
    assert (tmp_path / "log").read_text() == "before\n0.0\nafter\n"


def test_an_addition_stands_after_what_stood(tmp_path):
    path = tmp_path / "summary"
    path.write_text("before\n")
    addition = AppendedFile(path)
    addition.write("one\n")
    assert path.read_text() == "before\n"
    addition.write("two\n")
    addition.commit()
    assert path.read_text() == "before\none\ntwo\n"


def test_an_addition_that_cannot_be_made_is_said(tmp_path):
    addition = AppendedFile(tmp_path / "no" / "summary")
    addition.write("one")
    with pytest.raises(OutputError, match="summary: cannot be written: no such file or directory"):
        addition.commit()


def test_a_standard_stream_has_every_text_in_order_after_what_clears_the_line():
    happened = []
    stream = StandardStream(happened.append, lambda: happened.append("clear"))
    for text in ("a", "", "b" * 70_000, "c"):
        stream.write(text)
    stream.commit()
    assert happened == ["clear", "a" + "b" * 70_000, "clear", "c"]


def test_what_a_standard_stream_discards_is_not_written():
    happened = []
    stream = StandardStream(happened.append, lambda: None)
    stream.write("a")
    stream.discard()
    stream.commit()
    assert happened == []


@pytest.mark.parametrize("word", ["loop1", "loop1/report"])
def test_a_loop_of_links_is_said_and_left_as_it_is(kl, tmp_path, word):
    (tmp_path / "loop1").symlink_to("loop2")
    (tmp_path / "loop2").symlink_to("loop1")
    result = kl("compute", "1,1", "1,1", "-o", tmp_path / word)
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        f"kl: error: {tmp_path / word}: cannot be written: too many levels of symbolic links\n"
        "kl: hint: nothing was written\n"
    )
    assert sorted(os.listdir(tmp_path)) == ["loop1", "loop2"]
    assert os.path.islink(tmp_path / "loop1")


def test_a_link_to_nothing_is_filled_and_stays_a_link(tmp_path):
    (tmp_path / "link").symlink_to("report")
    draft = ReplacedFile(tmp_path / "link")
    draft.write("text")
    draft.commit()
    assert (os.path.islink(tmp_path / "link"), (tmp_path / "report").read_text()) == (True, "text")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
@pytest.mark.parametrize("order", [("csv", "junit", "json"), ("junit", "csv", "json"), ("csv", "json", "junit")])
def test_a_disk_that_is_full_leaves_every_report_as_it_was(kl, tmp_path, order):
    (tmp_path / "pairs.csv").write_text('p,q\n"1,1","1,1"\n')
    places = {"csv": tmp_path / "a.csv", "json": tmp_path / "b.json", "junit": "/dev/full"}
    reports = [word for name in order for word in ("--report", f"{name}={places[name]}")]
    result = kl("batch", tmp_path / "pairs.csv", "-o", tmp_path / "out.md", "-f", "markdown", *reports)
    assert result.code == 2
    assert result.err.endswith("/dev/full: cannot be written: no space left on device\nkl: hint: nothing was written\n")
    assert os.listdir(tmp_path) == ["pairs.csv"]


def test_what_was_written_before_a_report_failed_is_named(kl, tmp_path, monkeypatch):
    (tmp_path / "pairs.csv").write_text('p,q\n"1,1","1,1"\n')
    (tmp_path / "folder").mkdir()
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "folder"))
    csv, json = tmp_path / "a.csv", tmp_path / "b.json"
    words = ("--report", f"csv={csv}", "--report", "step_summary", "--report", f"json={json}")
    result = kl("batch", tmp_path / "pairs.csv", *words)
    assert result.code == 2
    assert "1 pair: 1 ok" in result.out
    assert result.err.endswith(
        f"folder: cannot be written: is a directory\nkl: hint: written already: standard output, {csv}; nothing else\n"
    )
    assert (csv.exists(), json.exists()) == (True, False)
