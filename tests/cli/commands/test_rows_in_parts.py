"""Rows in many files, in shares and in processes come to what one run on one file comes to, to the last digit."""

import json
import tracemalloc

import numpy as np
import pytest

ROWS, WIDTH, FILES = 60, 7, 12
WORDS = ("--as", "logits", "-m", "forward_kl,js", "--target", "targets.txt", "--cluster", "clusters.txt", "--summary")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Sixty rows of P and of Q, also in twelve files each, one infinite and one that does not sum to 1."""
    folder = tmp_path_factory.mktemp("rows")
    rng = np.random.default_rng(3)
    p = rng.normal(0, 2, (ROWS, WIDTH))
    q = p + rng.normal(0, 0.2, p.shape)
    q[41, 2] = -np.inf
    np.save(folder / "p.npy", p)
    np.save(folder / "q.npy", q)
    for side, rows in (("p", p), ("q", q)):
        (folder / side).mkdir()
        for at, part in enumerate(np.split(rows, FILES)):
            np.save(folder / side / f"part-{at}.npy", part)
            with open(folder / side / f"part-{at}.jsonl", "w") as file:
                file.writelines(json.dumps(row) + "\n" for row in np.exp(part).tolist())
    (folder / "targets.txt").write_text("".join(f"{each}\n" for each in rng.integers(0, WIDTH, ROWS)))
    (folder / "clusters.txt").write_text("".join(f"c{each // 7}\n" for each in range(ROWS)))
    return folder


@pytest.fixture
def here(kl, folder, monkeypatch):
    """Runs kl in the folder."""
    monkeypatch.chdir(folder)
    return kl


def document(answer):
    found = json.loads(answer.out)
    for side in "pq":
        del found[side]["name"]
    return found


@pytest.fixture(scope="module")
def whole():
    return {}


@pytest.fixture
def one_run(here, whole):
    return whole.setdefault("one", document(here("rows", "p.npy", "q.npy", *WORDS, "-f", "json")))


def shares(here, tmp_path, words, count, options=WORDS[:-1]):
    for at in range(1, count + 1):
        answer = here("rows", *words, *options, "--shard", f"{at}/{count}", "-o", tmp_path / f"{at}.arrow")
        assert (answer.code, answer.out) == (0, ""), answer.err
    return tmp_path


def test_files_of_a_pattern_and_of_a_folder_are_one_table(here, one_run, folder):
    for words in (("p/*.npy", "q/*.npy"), (str(folder / "p" / "part-*.npy"), "q/part-*.npy")):
        assert document(here("rows", *words, *WORDS, "-f", "json")) == one_run


@pytest.mark.parametrize("words", [("p.npy", "q.npy"), ("p/*.npy", "q/*.npy")])
def test_processes_come_to_the_same(here, one_run, words):
    assert document(here("rows", *words, *WORDS, "-f", "json", "-j", "2")) == one_run


@pytest.mark.parametrize(
    ("words", "count"), [(("p/*.npy", "q/*.npy"), 5), (("p.npy", "q.npy"), 7), (("p/*.npy", "q/*.npy"), 16)]
)
def test_merged_shares_come_to_the_same(here, one_run, tmp_path, words, count):
    parts = shares(here, tmp_path, words, count)
    assert document(here("rows", "--merge", parts, "--summary", "-f", "json")) == one_run


def test_every_row_comes_out_of_the_shares(here, tmp_path):
    words = ("--as", "logits")
    parts = shares(here, tmp_path, ("p/*.npy", "q/*.npy"), 4, words)
    assert here("rows", "--merge", parts, "-f", "csv").out == here("rows", "p.npy", "q.npy", *words, "-f", "csv").out


def test_rows_of_unknown_number_are_numbered_by_the_merge(here, tmp_path):
    words = ("--as", "weights", "-m", "forward_kl")
    parts = shares(here, tmp_path, ("p/*.jsonl", "q/*.jsonl"), 3, words)
    merged = here("rows", "--merge", parts, "-f", "csv")
    assert merged.out == here("rows", "p/*.jsonl", "q/*.jsonl", *words, "-f", "csv").out
    assert "infinite in 1 row: 42" in merged.err


def test_a_limit_is_held_against_all_rows(here, tmp_path):
    parts = shares(here, tmp_path, ("p.npy", "q.npy"), 2)
    assert here("rows", "--merge", parts, "--fail-above", "p99:js=1e-9").code == 1
    assert here("rows", "--merge", parts, "--fail-below", "top1_agreement=0.01").code == 0
    answer = here("rows", "--merge", parts, "--fail-above", "mean:hellinger=1")
    assert answer.code == 2
    assert "not hellinger" in answer.err


def test_a_missing_a_double_and_a_foreign_share_are_refused(here, tmp_path):
    parts = shares(here, tmp_path, ("p.npy", "q.npy"), 4)
    (parts / "3.arrow").rename(parts / "spare")
    answer = here("rows", "--merge", parts / "*.arrow", "--summary")
    assert (answer.code, "1 of 4 shares missing: 3" in answer.err) == (3, True)
    (parts / "spare").rename(parts / "3.arrow")
    (parts / "again.arrow").write_bytes((parts / "2.arrow").read_bytes())
    answer = here("rows", "--merge", parts, "--summary")
    assert (answer.code, "share 2 of 4 is given twice" in answer.err) == (3, True)
    other = ("--as", "logits", "--temperature", "2")
    here("rows", "p.npy", "q.npy", *other, "--shard", "2/4", "-o", parts / "again.arrow")
    answer = here("rows", "--merge", parts, "--summary")
    assert (answer.code, "another comparison" in answer.err) == (3, True)


@pytest.mark.parametrize("content", [b"", b"ARROW1", b'{"a": 1}'])
def test_what_is_no_part_is_refused(here, tmp_path, content):
    (tmp_path / "x.arrow").write_bytes(content)
    answer = here("rows", "--merge", tmp_path, "--summary")
    assert (answer.code, "not a part" in answer.err) == (3, True)


@pytest.mark.parametrize(
    ("words", "code", "found"),
    [
        (("p/*.npy", "q/part-1*.npy"), 3, "p/*.npy has 12 and q/part-1*.npy has 3 files"),
        (("p/*.nothing", "q/*.npy"), 3, "no file matches"),
        (("p.npy", "q.npy", "--shard", "5/4", "-o", "x.arrow"), 2, "not a share"),
        (("p.npy", "q.npy", "--shard", "1/4"), 2, "-o parts/1.arrow"),
        (("p.npy", "q.npy", "--shard", f"1/{ROWS + 1}", "-o", "x.arrow"), 2, f"cut at most {ROWS}\n"),
        (("p.npy", "q.npy", "--shard", f"{ROWS + 1}/{ROWS + 1}", "-o", "x.arrow"), 2, f"cut at most {ROWS}\n"),
        (("p/part-1.jsonl", "q/part-1.jsonl", "--shard", "1/2", "-o", "x.arrow"), 2, "2 shares of 1 file"),
        (("-", "q.npy", "--shard", "1/2", "-o", "x.arrow"), 2, "standard input"),
        (("--merge", "p", "p.npy"), 2, "in the place of P and Q"),
        (("--merge", "p", "--as", "logits"), 2, "--as"),
        (("--merge", "p", "--measure", "psi"), 2, "as -m\n"),
        (("--merge", "p", "--column", "x"), 2, "as --column\n"),
        (("--merge", "p", "--delimiter", ";"), 2, "as --delimiter\n"),
        (("--merge", "p", "-j", "2"), 2, "as -j\n"),
        (("--merge", "p", "--smooth", "add:1", "-j", "2"), 2, "as --smooth, -j\n"),
        ((), 2, "kl rows needs P and Q"),
    ],
)
def test_what_cannot_be_cut_or_merged_is_said(here, words, code, found):
    answer = here("rows", *words)
    assert (answer.code, found in answer.err) == (code, True), answer.err


def test_names_of_rows_are_kept_as_they_are(kl, tmp_path):
    names = ["a", "", "ä é", "\ud800", "12"]
    masses = {"p": [0.5, 0.5], "q": [0.4, 0.6]}
    file = tmp_path / "pairs.jsonl"
    file.write_text("".join(json.dumps({"id": name} | masses) + "\n" for name in names))
    assert kl("rows", file, "--id", "id", "--shard", "1/1", "-o", tmp_path / "1.arrow").code == 0
    rows = kl("rows", "--merge", tmp_path / "1.arrow", "-f", "jsonl").out.splitlines()
    assert [json.loads(row)["id"] for row in rows] == names


def test_a_share_does_not_keep_its_rows_in_memory(kl, tmp_path):
    def peak(rows):
        np.save(tmp_path / "p.npy", np.zeros((rows, 512), np.float32))
        tracemalloc.start()
        try:
            answer = kl("rows", tmp_path / "p.npy", tmp_path / "p.npy", "--as", "logits", "--shard", "1/1",
                        "-o", tmp_path / "1.arrow")  # fmt: skip
            assert answer.code == 0
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(12_288) < 1.5 * peak(4_096)


@pytest.mark.parametrize(
    ("p", "q", "says"),
    [
        (["p-0", "p-1"], ["q-0", "q-1"], "paired in the order of their names, as p/p-0.csv with q/q-0.csv"),
        (["p-0", "p-2"], ["q-0", "q-3"], "paired in the order of their names, as p/p-2.csv with q/q-3.csv"),
        (["a", "b"], ["a", "c"], "p and q hold files of the same names and others: p/b.csv would be compared with q/c"),
        (
            ["1", "2", "3"],
            ["2", "3", "4"],
            "p and q hold files of the same names and others: p/1.csv would be compared",
        ),
    ],
)
def test_files_of_other_names_are_noted_and_displaced_ones_refused(kl, tmp_path, monkeypatch, p, q, says):
    monkeypatch.chdir(tmp_path)
    for side, names in (("p", p), ("q", q)):
        (tmp_path / side).mkdir()
        for name in names:
            (tmp_path / side / f"{name}.csv").write_text("x,y\n0.5,0.5\n")
    result = kl("rows", "p", "q")
    assert says in result.err
    assert (result.code, bool(result.out)) == ((3, False) if "hold files" in says else (0, True))


def test_files_of_the_same_names_need_no_note(kl, tmp_path):
    for side in ("p", "q"):
        (tmp_path / side).mkdir()
        for name in ("a", "b"):
            (tmp_path / side / f"{name}.csv").write_text("x,y\n0.5,0.5\n")
    assert (result := kl("rows", tmp_path / "p", tmp_path / "q")).code == 0
    assert "paired" not in result.err


def test_more_processes_than_rows_are_one_for_each(kl, tmp_path):
    np.save(tmp_path / "p.npy", np.array([[1, 3], [2, 2], [3, 1]]))
    np.save(tmp_path / "q.npy", np.array([[2, 2], [2, 2], [1, 3]]))
    found = kl("rows", tmp_path / "p.npy", tmp_path / "q.npy", "-f", "value", "-j", "8")
    expected = [0.25 * np.log(0.5) + 0.75 * np.log(1.5), 0, 0.5 * np.log(3)]
    assert [float(line) for line in found.out.split()] == pytest.approx(expected, rel=1e-14)


NOT_COUNTED = "-j has no effect on rows that are counted only as they are read"


@pytest.mark.parametrize("options", [(), ("--target", "targets.txt")])
def test_rows_that_cannot_be_divided_are_read_by_one_process_with_a_note(kl, tmp_path, monkeypatch, options):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.csv").write_text("x,y\n0.5,0.5\n0.25,0.75\n")
    (tmp_path / "targets.txt").write_text("x\ny\n")
    words = ("rows", "p.csv", "p.csv", *options, "-f", "value")
    alone, divided = kl(*words), kl(*words, "-j", 3)
    assert (divided.code, divided.out) == (0, alone.out)
    assert NOT_COUNTED in divided.err
    assert NOT_COUNTED not in alone.err


def test_more_processes_than_files_are_one_for_each(kl, tmp_path):
    for side in "pq":
        (tmp_path / side).mkdir()
        for name in "ab":
            (tmp_path / side / f"{name}.csv").write_text("x,y\n0.5,0.5\n")
    found = kl("rows", tmp_path / "p", tmp_path / "q", "-f", "value", "-j", 3)
    assert (found.code, [*map(float, found.out.split())]) == (0, [0, 0])
