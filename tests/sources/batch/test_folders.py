"""Files of two folders are paired by their relative paths; none is passed over in silence."""

import os

import pytest

from klcli.errors import InputError, Unreadable
from klcli.sources.batch.folders import Folders, Reference
from klcli.sources.batch.manifest import Manifest
from klcli.sources.batch.pairs import pairs_of

BOTH = ("b.csv", "a/z.csv", "a.csv", "a/b/c.json", "B.csv.gz")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make(folder, **sides):
    for side, names in sides.items():
        (folder / side).mkdir(exist_ok=True)
        for name in names:
            path = folder / side / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("a,1\n")


def paired(globs=(), allow_unpaired=False):
    return list(Folders("ref", "new", globs, allow_unpaired=allow_unpaired))


def test_files_are_paired_by_relative_path_in_the_order_of_their_parts(folder):
    make(folder, ref=BOTH, new=reversed(BOTH))
    found = paired()
    assert [entry.name for entry in found] == ["B.csv.gz", "a/b/c.json", "a/z.csv", "a.csv", "b.csv"]
    assert [(entry.p, entry.q) for entry in found][1] == (
        os.path.join("ref", "a/b/c.json"),
        os.path.join("new", "a/b/c.json"),
    )
    assert Folders("ref", "new", (), allow_unpaired=False).count() == 5


@pytest.mark.parametrize(("here", "there"), [("ref", "new"), ("new", "ref")])
def test_a_file_on_one_side_only_is_an_error_in_its_place(folder, here, there):
    make(folder, **{here: ["a.csv", "b.csv", "c.csv"], there: ["a.csv", "c.csv"]})
    first, second, third = paired()
    assert (first.error, third.error) == (None, None)
    assert second.error.message == f"{here}/b.csv: there is no {there}/b.csv to compare it with"
    assert isinstance(second.error, InputError)


def test_files_on_one_side_only_are_counted_where_they_are_allowed(folder):
    make(folder, ref=["a.csv", "b.csv", "d/e.csv"], new=["a.csv", "c.csv"])
    pairs = Folders("ref", "new", (), allow_unpaired=True)
    assert [entry.name for entry in pairs] == ["a.csv"]
    assert [note.text for note in pairs.notes] == ["3 files were on one side only, and not compared"]
    assert pairs.count() == 1


def test_folders_that_have_no_file_in_common_are_refused_though_unpaired_ones_are_allowed(folder):
    make(folder, ref=["a.csv"], new=["b.csv"])
    with pytest.raises(Unreadable, match=r"^ref vs new: no file is in both$"):
        paired(allow_unpaired=True)


@pytest.mark.parametrize(
    ("globs", "names"),
    [
        ((), ["a.csv", "sub/b.json"]),
        (("*.csv",), [".hidden/d.csv", "a.csv"]),
        (("sub/*",), ["sub/b.json", "sub/c.md"]),
        (("*.md", "a.*"), ["a.csv", "sub/c.md"]),
        (("b.json",), ["sub/b.json"]),
        (("**/*.csv",), [".hidden/d.csv", "a.csv"]),
        (("**/sub/*.md",), ["sub/c.md"]),
        (("sub/**",), ["sub/b.json", "sub/c.md"]),
        (("sub/**/*.json",), ["sub/b.json"]),
    ],
)
def test_a_glob_chooses_files_by_their_name_or_path(folder, globs, names):
    every = ["a.csv", "sub/b.json", "sub/c.md", ".hidden/d.csv"]
    make(folder, ref=every, new=every)
    assert [entry.name for entry in paired(globs)] == names


def test_files_that_windows_and_excel_put_into_folders_do_not_count(folder):
    every = ["Thumbs.db", "~$book.xlsx", "a.csv", "thumbs.csv", "t.db"]
    make(folder, ref=every, new=every)
    assert [entry.name for entry in paired()] == ["a.csv", "t.db", "thumbs.csv"]
    assert [entry.name for entry in paired(["*.db"])] == ["Thumbs.db", "t.db"]


@pytest.mark.parametrize(
    ("ref", "new", "says"),
    [
        (
            ["a.csv", "drift.dat", "gone.dat"],
            ["a.csv", "drift.dat"],
            "2 files were not compared, for their suffixes name no format: drift.dat, ref/gone.dat; --glob '*' "
            "compares every file",
        ),
        (
            ["a.csv", "a.dat", "b.dat"],
            ["a.csv", "c.dat", "d.dat"],
            "4 files were not compared, for their suffixes name no format: ref/a.dat, ref/b.dat, new/c.dat and 1 more; "
            "--glob '*' compares every file",
        ),
        (
            ["a.csv", "s/run"],
            ["a.csv", "s/run", ".hidden.dat", "Thumbs.db"],
            "1 file was not compared, for its suffix names no format: s/run; --glob '*' compares every file",
        ),
    ],
)
def test_files_whose_suffix_names_no_format_are_noted_unless_a_glob_chooses(folder, ref, new, says):
    make(folder, ref=ref, new=new)
    pairs = Folders("ref", "new", (), allow_unpaired=False)
    for _ in range(2):
        assert [entry.name for entry in pairs] == ["a.csv"]
        assert [note.text for note in pairs.notes] == [says]
    chosen = Folders("ref", "new", ["*.csv"], allow_unpaired=False)
    assert [entry.name for entry in chosen] == ["a.csv"]
    assert chosen.notes == ()


@pytest.mark.parametrize(
    ("hidden", "says"),
    [
        ([".h.csv"], "1 hidden file was not compared: .h.csv; --glob '*' compares every file"),
        (
            [".d/h.csv", ".h.json"],
            "2 hidden files were not compared: .d/h.csv, .h.json; --glob '*' compares every file",
        ),
    ],
)
def test_hidden_files_whose_suffix_names_a_format_are_noted_unless_a_glob_chooses(folder, hidden, says):
    others = [".DS_Store", "._a.csv", "~$book.xlsx", "Thumbs.db", ".git/HEAD"]
    make(folder, ref=["a.csv", *hidden, *others], new=["a.csv", *hidden, *others])
    pairs = Folders("ref", "new", (), allow_unpaired=False)
    for _ in range(2):
        assert [entry.name for entry in pairs] == ["a.csv"]
        assert [note.text for note in pairs.notes] == [says]
    assert {*hidden, "a.csv"} <= {entry.name for entry in paired(["*"])}
    chosen = Folders("ref", "new", ["a.csv"], allow_unpaired=False)
    assert [entry.name for entry in chosen] == ["a.csv"]
    assert chosen.notes == ()


def test_a_glob_that_matches_nothing_is_told_what_there_is(folder):
    make(folder, ref=["a.csv", "b.csv"], new=["a.csv"])
    with pytest.raises(
        Unreadable, match=r"^ref vs new: no file matches \*\.CSV; the folders hold a\.csv, ref/b\.csv$"
    ) as raised:
        paired(["*.CSV"])
    assert "--glob" not in raised.value.hint
    assert "in the same case" in raised.value.hint
    make(folder, ref=["c.csv", "d.csv", "e.csv"], new=[])
    with pytest.raises(Unreadable, match=r"; the folders hold a\.csv, ref/b\.csv, ref/c\.csv and 2 more$"):
        paired(["*.CSV"])


@pytest.mark.parametrize("globs", [(), ("*.json",)])
def test_folders_without_a_file_are_not_told_to_choose_files(folder, globs):
    make(folder, ref=[".hidden.csv"], new=[])
    with pytest.raises(Unreadable, match=r"^ref vs new: no file matches ") as raised:
        paired(globs)
    assert raised.value.hint == "the folders hold no file, hidden ones aside"


def test_no_file_at_all_is_an_error(folder):
    make(folder, ref=["a.md"], new=["a.md"])
    with pytest.raises(InputError, match=r"ref vs new: no file matches a known suffix"):
        paired()
    with pytest.raises(InputError, match=r"no file matches \*.csv or \*.json"):
        paired(["*.csv", "*.json"])


def test_links_are_followed_but_not_around_in_a_circle(folder):
    make(folder, ref=["a.csv"], new=["a.csv"], other=["b.csv"])
    for side in ("ref", "new"):
        (folder / side / "linked").symlink_to(folder / "other")
        (folder / side / "circle").symlink_to(folder / side)
    assert [entry.name for entry in paired()] == ["a.csv", "linked/b.csv"]


def test_one_reference_is_paired_with_each_file():
    pairs = Reference("p.csv", ["a.csv", "b.csv"])
    assert [(entry.name, entry.p, entry.q) for entry in pairs] == [
        ("a.csv", "p.csv", "a.csv"),
        ("b.csv", "p.csv", "b.csv"),
    ]
    assert pairs.count() == 2


def test_the_words_decide_the_sort_of_pairs(folder):
    make(folder, ref=["a.csv"], new=["a.csv"])
    assert isinstance(pairs_of(["ref", "new"]), Folders)
    assert isinstance(pairs_of(["pairs.csv"]), Manifest)
    assert isinstance(pairs_of(["-"]), Manifest)
    assert isinstance(pairs_of(["a.csv", "b.csv"]), Reference)
    assert isinstance(pairs_of(["0.5,0.5", "a.csv", "b.csv"]), Reference)
    assert isinstance(pairs_of(["-", "a.csv"]), Reference)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "there is nothing to compare"),
        (["ref"], "ref: a folder"),
        (["ref", "a.csv"], "ref: a folder"),
        (["ref", "b.csv"], "b.csv: no such folder"),
        (["nope/", "ref"], "nope/: no such folder"),
        (["a.csv", "ref", "new"], "ref: a folder"),
        (["a.csv", "-"], "not a file to compare"),
        (["-", "a.csv", "-"], "not a file to compare"),
    ],
)
def test_words_that_name_no_pairs_are_refused(folder, words, says):
    make(folder, ref=[], new=[])
    (folder / "a.csv").write_text("a,1\n")
    with pytest.raises(ValueError, match=says):
        pairs_of(words)
