"""Manifests: what is read from them, and an error, with its place, for everything that is wrong in one."""

import gzip
import io
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from klcli.errors import InputError, Unreadable
from klcli.sources.batch.batch_entry import unique
from klcli.sources.batch.manifest import Manifest
from klcli.sources.batch.manifest_root import look_at, manifest_root


@dataclass(frozen=True)
class Wrong:
    """A manifest that is wrong.

    Attributes:
        name: what is wrong. text: the manifest. says: what the message must contain.
        spares: the names of the pairs that are evaluated nevertheless; None where the manifest is refused whole.
        path: its name.
    """

    name: str
    text: str
    says: str
    spares: tuple[str, ...] | None = ()
    path: str = "pairs.csv"
    files: dict = field(default_factory=dict)


P, Q = '"a=0.5,b=0.5"', '"a=0.9,b=0.1"'
GOOD = f"good,{P},{Q}"

WRONG = [
    Wrong("a missing manifest", "", "nope.csv: no such file", None, "nope.csv"),
    Wrong("an empty manifest", "", "pairs.csv: empty: there are no pairs", None),
    Wrong("a manifest of blanks and comments", "\n# nothing\n\n", "pairs.csv: empty: there are no pairs", None),
    Wrong("a header alone", "name,p,q\n", "pairs.csv: empty: there are no pairs", None),
    Wrong("an empty array", "[]", "pairs.json: empty: there are no pairs", None, "pairs.json"),
    Wrong("no header", f"{P},{Q}\n", "pairs.csv: line 1: no header that names the column p", None),
    Wrong("no column p", f"name,q\na,{Q}\n", "pairs.csv: line 1: there is no column p", None),
    Wrong("an unknown column", f"p,q,limitz\n{P},{Q},\n", "line 1: a manifest has no column 'limitz'", None),
    Wrong("the same column twice", f"p,q,Q\n{P},{Q},{Q}\n", "line 1: two columns have the same name", None),
    Wrong("a field under two names", f'[{{"p": {P}, "P": {P}, "q": {Q}}}]', "item 1: 'p' and 'P' mean the same",
          (), "pairs.json"),
    Wrong("a missing file", f"name,p,q\ngone,gone.csv,{Q}\n{GOOD}\n", "gone.csv: no such file", ("good",)),
    Wrong("the same name twice", f"name,p,q\n{GOOD}\n{GOOD}\n", "line 3: an earlier pair is called 'good'", ("good",)),
    Wrong("no operand", f"name,p,q\nnone,,{Q}\n{GOOD}\n", "line 2: there is no operand p", ("good",)),
    Wrong("one operand that is no pair", f"name,p,q\none,{P},\n{GOOD}\n", "one distribution, but two", ("good",)),
    Wrong("standard input", f"name,p,q\nin,-,{Q}\n{GOOD}\n", "line 2: p is -, but standard input", ("good",)),
    Wrong("a short row", f"name,p,q\nshort,{P}\n{GOOD}\n", "line 2: 2 fields, but the header has 3", ("good",)),
    Wrong("a long row", f"name,p,q\nlong,{P},{Q},1\n{GOOD}\n", "line 2: 4 fields, but the header has 3", ("good",)),
    Wrong("an open quote", f'name,p,q\n{GOOD}\nopen,"a,{Q}\n', "line 3: ", ("good",)),
    Wrong("an unknown measure", f"name,p,q,measure\nm,{P},{Q},klx\n{GOOD},\n", "no measure is called 'klx'", ("good",)),
    Wrong("an unknown limit", f"name,p,q,limits\nm,{P},{Q},klx<1\n{GOOD},\n", "no measure is called 'klx'", ("good",)),
    Wrong("a limit with a text", f"name,p,q,limits\nm,{P},{Q},forward_kl<x\n{GOOD},\n", "is not a limit", ("good",)),
    Wrong("a limit without a number", f"name,p,q,limits\nm,{P},{Q},forward_kl\n{GOOD},\n", "is not a limit", ("good",)),
    Wrong("a limit below all", f"name,p,q,limits\nm,{P},{Q},forward_kl<-inf\n{GOOD},\n", "is not a limit", ("good",)),
    Wrong("a decimal comma in a limit", f"name;p;q;limits\nm;{P};{Q};forward_kl<7,5\ngood;{P};{Q};\n",
          "limits is 'forward_kl<7,5', where '5' has no measure", ("good",)),
    Wrong("a decimal comma", f'name,p,q,limits\nm,{P},{Q},"0,03"\n{GOOD},\n', "'03' has no measure", ("good",)),
    Wrong("two unnamed limits", f"name,p,q,limits\nm,{P},{Q},0.1 0.2\n{GOOD},\n", "has no measure", ("good",)),
    Wrong("an unknown kind", f"name,p,q,as\nk,{P},{Q},kind\n{GOOD},\n", "line 2: no kind is called 'kind'", ("good",)),
    Wrong("an unknown format", f"name,p,q,input_format\nk,{P},{Q},x\n{GOOD},\n", "no input format is", ("good",)),
    Wrong("an unknown smoothing", f"name,p,q,smooth\nk,{P},{Q},x:1\n{GOOD},\n", "no smoothing is called", ("good",)),
    Wrong("a smoothing of nothing", f"name,p,q,smooth\nk,{P},{Q},add:0\n{GOOD},\n", "must be above 0", ("good",)),
    Wrong("no treatment of labels", f"name,p,q,missing\nk,{P},{Q},x\n{GOOD},\n", "'x' is not a way", ("good",)),
    Wrong("a base of 1", f"name,p,q,base\nk,{P},{Q},1\n{GOOD},\n", "the base of the logarithm is 1", ("good",)),
    Wrong("no such column of a file", f"name,p,q,p_column\nk,t.csv,{Q},x\n{GOOD},\n", "no column 'x'", ("good",),
          files={"t.csv": "label,m,n\na,1,2\nb,1,2\n"}),
    Wrong("text that is not UTF-8", f"name,p,q\n{GOOD}\nx,\udcff,{Q}\n", "pairs.csv: neither UTF-8 nor UTF-16", ()),
    Wrong("an item that is no object", '[{"name": "good", "p": [1, 1], "q": [1, 1]}, 3]', "item 2: not an object",
          ("good",), "pairs.json"),
    Wrong("an unknown field", '[{"p": [1], "Q": [1], "r": 1}, {"name": "good", "p": [1, 1], "q": [1, 1]}]',
          "item 1: a manifest has no column 'r'", ("good",), "pairs.json"),
    Wrong("an array cut short", '[{"name": "good", "p": [1, 1], "q": [1, 1]}, {"p":', "item 2: not JSON", ("good",),
          "pairs.json"),
    Wrong("an array that is not closed", '[{"name": "good", "p": [1, 1], "q": [1, 1]}', "the array is not closed",
          ("good",), "pairs.json"),
    Wrong("no comma", '[{"name": "good", "p": [1, 1], "q": [1, 1]} {}]', "item 2: not JSON: a comma or ]", ("good",),
          "pairs.json"),
    Wrong("more after the array", '[{"name": "good", "p": [1, 1], "q": [1, 1]}] 1', "more after the array", ("good",),
          "pairs.json"),
    Wrong("a key twice", '{"p": [1], "p": [1]}\n{"name": "good", "p": [1, 1], "q": [1, 1]}',
          "line 1: not JSON: the key 'p' occurs twice", ("good",), "pairs.jsonl"),
    Wrong("a line that is nested too deeply", f'{{"name": "good", "p": [1], "q": [1]}}\n{{"p": {"[" * 3000}\n',
          "line 2: nested too deeply to be a pair", ("good",), "pairs.jsonl"),
    Wrong("an item that is nested too deeply", f'[{{"name": "good", "p": [1], "q": [1]}}, {{"p": {"[" * 3000}]',
          "item 2: nested too deeply to be a pair", ("good",), "pairs.json"),
    Wrong("a line that is not JSON", '{"name": "good", "p": [1, 1], "q": [1, 1]}\n{oops}\n', "line 2: not JSON",
          ("good",), "pairs.jsonl"),
    Wrong("a truth value for a text", '{"p": [1], "q": [1], "smooth": true}\n{"name": "good", "p": [1], "q": [1]}\n',
          "line 1: smooth is true, not a text", ("good",), "pairs.jsonl"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    manifest_root.cache_clear()  # as each run begins
    return tmp_path


def entries(folder, text, path="pairs.csv"):
    (folder / path).parent.mkdir(exist_ok=True)
    (folder / path).write_text(text, encoding="utf-8")
    return list(unique(Manifest(path)))


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_an_error_in_a_manifest_is_one_of_its_pair_or_of_the_whole(wrong, folder, capfd):
    from klcli.cli.main import main

    for name, text in wrong.files.items():
        (folder / name).write_text(text)
    if wrong.path != "nope.csv":
        (folder / wrong.path).write_bytes(wrong.text.encode("utf-8", "surrogateescape"))
    code = main(["batch", wrong.path, "-f", "json", "-j", "1"])
    out, err = capfd.readouterr()
    assert code == 3
    assert wrong.says in err
    if wrong.spares is None:
        assert (out, err[:11]) == ("", "kl: error: ")
    else:
        pairs = json.loads(out)["pairs"]
        failed = [pair for pair in pairs if pair["status"] == "error"]
        assert [pair["name"] for pair in pairs if pair["status"] == "ok"] == list(wrong.spares)
        assert len(failed) == 1
        assert wrong.says in failed[0]["error"]["message"]


def test_the_names_of_the_wrong_manifests_are_unique():
    assert len({wrong.name for wrong in WRONG}) == len(WRONG)


PAIRS = [("one", "p.csv", "q.csv"), ("two", "r,s", "[0.5, 0.5]"), ("three ü", "t", "u")]


@pytest.mark.parametrize(
    "text",
    [
        'name,p,q\none,p.csv,q.csv\ntwo,"r,s","[0.5, 0.5]"\nthree ü,t,u\n',
        'q;name;P\nq.csv;one;p.csv\n"[0.5, 0.5]";two;r,s\nu;three ü;t\n',
        "name\tp\tq\none\tp.csv\tq.csv\n\n# a comment, \"with a quote\ntwo\tr,s\t[0.5, 0.5]\nthree ü\tt\tu",
        '\n\n# pairs\n name , p , q \r\none , p.csv, q.csv\r\ntwo,"r,s","[0.5, 0.5]"\r\nthree ü,t,u\r\n',
        json.dumps([{"name": name, "p": p, "q": q} for name, p, q in PAIRS]),
        json.dumps([{"name": "one", "p": "p.csv", "q": "q.csv"}, {"name": "two", "p": "r,s", "q": [0.5, 0.5]},
                    {"name": "three ü", "p": "t", "q": "u"}], indent=3, ensure_ascii=False),
        "\n".join(json.dumps({"name": name, "p": p, "q": q}) for name, p, q in PAIRS) + "\n\n",
    ],
    ids=["csv", "semicolons", "tsv", "crlf", "json", "indented", "jsonl"],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_same_pairs_are_read_from_every_form(text, encoding, folder, monkeypatch):
    (folder / "pairs").write_bytes(text.encode(encoding))
    found = [(entry.name, entry.p, entry.q) for entry in Manifest("pairs")]
    assert found == PAIRS
    assert Manifest("pairs").count() == 3
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode(encoding))))
    assert [(entry.name, entry.p, entry.q) for entry in Manifest("-")] == PAIRS
    assert Manifest("-").count() is None


def test_a_pair_without_a_name_is_called_by_its_operands(folder):
    first, second = entries(folder, "p,q\np.csv,q.csv\npair.csv,\n")
    assert (first.name, second.name) == ("p.csv vs q.csv", "pair.csv")
    assert second.q is None


def test_a_place_is_the_line_where_a_row_begins(folder):
    found = entries(folder, '# heading\nname,p,q\n\n"a\nb",p,q\n# note\nc,p,q\n')
    assert [(entry.name, str(entry.place)) for entry in found] == [
        ("a\nb", "pairs.csv: line 4"),
        ("c", "pairs.csv: line 7"),
    ]


def test_paths_start_at_the_folder_of_the_manifest_and_inline_words_are_left(folder):
    (found,) = entries(folder, 'p,q\np.csv,"0.5,0.5"\n', "data/pairs.csv")
    assert (found.p, found.q) == ("data/p.csv", "0.5,0.5")
    assert found.name == "p.csv vs 0.5,0.5"


@pytest.mark.parametrize(
    ("word", "loaded"),
    [
        ("duckdb:x.duckdb#main.t", "duckdb:{}/sub/x.duckdb#main.t"),
        ("duckdb:x.duckdb#SELECT a, b FROM t", "duckdb:{}/sub/x.duckdb#SELECT a, b FROM t"),
        ("duckdb:/data/x.duckdb#t", "duckdb:/data/x.duckdb#t"),
        ("postgresql://host/db#s.t", "postgresql://host/db#s.t"),
        ("postgresql://host/db#SELECT a, b FROM t", "postgresql://host/db#SELECT a, b FROM t"),
        ("spark:lake.sales.orders", "spark:lake.sales.orders"),
    ],
)
def test_an_address_of_a_file_starts_at_the_folder_of_the_manifest_and_others_are_left(word, loaded, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "m.jsonl").write_text(json.dumps({"p": word, "q": "1,2"}) + "\n")
    (entry,) = Manifest(str(tmp_path / "sub" / "m.jsonl"))
    assert entry.p == loaded.format(tmp_path)


def test_a_file_with_a_comma_in_its_name_is_a_file(folder):
    (folder / "data").mkdir()
    (folder / "data" / "a,b.csv").write_text("a,1\n")
    (found,) = entries(folder, 'p,q\n"a,b.csv",q.csv\n', "data/pairs.csv")
    assert found.p == "data/a,b.csv"


@pytest.mark.parametrize("way", ["..", "the root", "a link", "a link of a folder"])
def test_a_path_that_leaves_the_tree_is_noted_and_read(way, folder):
    (folder / "data").mkdir()
    outside = folder / "p.csv"
    outside.write_text("a,1\n")
    (folder / "data" / "link.csv").symlink_to(outside)
    (folder / "data" / "folder").symlink_to(folder)
    word = {"..": "../p.csv", "the root": str(outside), "a link": "link.csv", "a link of a folder": "folder/p.csv"}[way]
    (found,) = entries(folder, f"p,q\n{word},{word}\n", "data/pairs.csv")
    assert found.error is None
    _, notes = look_at(found)
    assert [note.code for note in notes] == ["outside", "outside"]
    assert notes[0].text.endswith(" is outside the folder of the manifest")


@pytest.mark.parametrize("manifest", ["data/pairs.csv", "{}/data/pairs.csv"])
@pytest.mark.parametrize("word", ["p.csv", "../data/p.csv", "inside.csv", "sub/p.csv", "{}/data/sub/p.csv", "0.5,0.5"])
def test_a_path_that_stays_in_the_tree_is_not_noted(word, manifest, folder):
    (folder / "data" / "sub").mkdir(parents=True)
    for name in ("p.csv", "sub/p.csv"):
        (folder / "data" / name).write_text("a,1\n")
    (folder / "data" / "inside.csv").symlink_to(folder / "data" / "p.csv")
    word = word.format(folder)
    (found,) = entries(folder, f'p,q\n"{word}","{word}"\n', manifest.format(folder))
    assert look_at(found)[1] == ()


@pytest.mark.parametrize(
    "cell", ["forward_kl<0.1;jeffreys<0.2", "forward_kl < 0.1, jeffreys <= 0.2", "forward_kl=0.1  jeffreys = 0.2"]
)
def test_a_cell_may_hold_several_limits(cell, folder):
    (found,) = entries(folder, f'p,q,limits\np,q,"{cell}"\n')
    assert found.limits == ("forward_kl=0.1", "jeffreys=0.2")


@pytest.mark.parametrize(
    "limits", [{"forward_kl": 0.1, "jeffreys": 0.2}, ["forward_kl<0.1", "jeffreys<0.2"], "forward_kl<0.1 jeffreys<0.2"]
)
@pytest.mark.parametrize("key", ["limits", "limit", "fail_above", "Fail-Above"])
def test_a_record_may_hold_several_limits(limits, key, folder):
    (found,) = entries(folder, json.dumps([{"p": "p", "q": "q", key: limits}]))
    assert found.limits == ("forward_kl=0.1", "jeffreys=0.2")


@pytest.mark.parametrize(
    "measures", ["jeffreys renyi:2", "jeffreys, renyi:2", "jeffreys;renyi:2", ["jeffreys", "renyi:2"]]
)
def test_a_cell_may_hold_several_measures(measures, folder):
    (found,) = entries(folder, json.dumps([{"p": "p", "q": "q", "measure": measures}]))
    assert found.options == (("measure", "jeffreys renyi:2"),)


def test_settings_of_a_pair_are_kept_and_empty_ones_dropped(folder):
    first, second = entries(folder, "p,q,P-As,base\np,q,counts,2\np,r,,\n")
    assert first.options == (("p_as", "counts"), ("base", "2"))
    assert second.options == ()


def test_rows_are_read_as_they_are_asked_for(folder, monkeypatch):
    def lines():
        yield b"p,q\n"
        yield b"a,b\n"
        raise AssertionError("read too far")

    class Slow(io.RawIOBase):
        def __init__(self):
            super().__init__()
            self._lines = lines()

        def readable(self):
            return True

        def readinto(self, buffer):
            line = next(self._lines)
            buffer[: len(line)] = line
            return len(line)

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Slow())))
    assert next(iter(Manifest("-"))).p == "a"


def test_paths_in_a_manifest_from_a_pipe_start_here(folder):
    os.mkfifo(folder / "pipe")
    with ThreadPoolExecutor() as writer:
        writer.submit((folder / "pipe").write_text, "p,q\np.csv,q.csv\n")
        manifest = Manifest(str(folder / "pipe"))
        assert manifest.count() is None
        assert [(entry.p, entry.q) for entry in manifest] == [("p.csv", "q.csv")]


def test_a_manifest_in_utf_16_without_its_mark_is_named(folder):
    (folder / "pairs.csv").write_bytes("p,q\na.csv,b.csv\n".encode("utf-16le"))
    with pytest.raises(Unreadable, match=r"^pairs\.csv: UTF-16 without a byte order mark$"):
        list(Manifest("pairs.csv"))


def test_a_compressed_manifest_is_named(folder):
    (folder / "pairs.csv.gz").write_bytes(gzip.compress(b"p,q\na.csv,b.csv\n"))
    with pytest.raises(Unreadable, match=r"^pairs\.csv\.gz: a compressed manifest$"):
        list(Manifest("pairs.csv.gz"))


def test_a_folder_is_not_a_manifest(folder):
    with pytest.raises(InputError, match="a directory"):
        list(Manifest("."))


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '[{"p": ' + "[" * 100_000, '{"p": ' + "[" * 100_000 + "]" * 100_000 + "}"]
)
def test_json_that_is_nested_too_deeply_is_an_error_in_its_place(kl, tmp_path, text):
    (tmp_path / "pairs.json").write_text(text)
    result = kl("batch", tmp_path / "pairs.json", "-j", "1")
    assert result.code == 3
    assert "nested too deeply to be a pair" in result.out


@pytest.mark.parametrize(
    "text", ["reference,candidate\na.csv,b.csv\n", '{"reference": "a.csv", "Candidate": "b.csv"}\n']
)
def test_the_operands_may_be_headed_reference_and_candidate(tmp_path, text):
    path = tmp_path / "pairs"
    path.write_text(text)
    (entry,) = Manifest(str(path))
    assert (entry.p, entry.q, entry.error) == (str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), None)


def test_a_hint_on_a_pair_of_a_manifest_names_the_columns_of_a_manifest(folder, capfd):
    from klcli.cli.main import main

    (folder / "t.csv").write_text("label,m,n,o\na,1,2,3\nb,1,2,3\n")
    (folder / "pairs.csv").write_text("p,q\nt.csv,t.csv\n")
    assert main(["batch", "pairs.csv", "-j", "1"]) == 3
    assert "hint: name it with p_column or q_column" in capfd.readouterr().out
