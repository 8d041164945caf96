"""Operands: the distribution a word on the command line stands for, and the meaning of its numbers."""

import gzip
import io
import os
import sys
from math import e, log

import numpy as np
import pytest

import klcli
from klcli.errors import InputError, NotADistribution, UnknownName, Unreadable, UsageError
from klcli.sources.operands.operand import is_family, load, load_pair

TABLE = "cat,0.25\ndog,0.75\n"
JSON = '{"cat": 0.25, "dog": 0.75}'
JSON_LINES = '{"x": "cat", "p": 0.25}\n{"x": "dog", "p": 0.75}\n'


@pytest.fixture(autouse=True)
def directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def stdin(monkeypatch):
    """Puts bytes on standard input."""

    def put(data):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    return put


def masses(distribution):
    return dict(zip(distribution.labels, distribution.mass.tolist(), strict=True))


@pytest.mark.parametrize(
    ("name", "text"),
    [("p.csv", TABLE), ("p.tsv", TABLE.replace(",", "\t")), ("p.txt", TABLE.replace(",", ";")), ("P.CSV", TABLE),
     ("p.json", JSON), ("p.jsonl", JSON_LINES), ("p.ndjson", JSON_LINES), ("p.v2.json", JSON), ("1,2.csv", TABLE),
     (".csv.json", JSON), ("[1].csv", TABLE), ("cat=1.csv", TABLE), (" p.csv", TABLE)],
)  # fmt: skip
def test_the_suffix_of_a_file_decides_its_format(name, text, directory):
    (directory / name).write_text(text)
    found = load(name)
    assert masses(found) == {"cat": 0.25, "dog": 0.75}
    assert found.name == name


@pytest.mark.parametrize(("name", "text"), [("p.csv.gz", TABLE), ("p.json.gz", JSON), ("p.jsonl.GZ", JSON_LINES)])
def test_a_compressed_file_has_the_format_of_the_suffix_before(name, text, directory):
    (directory / name).write_bytes(gzip.compress(text.encode()))
    assert masses(load(name)) == {"cat": 0.25, "dog": 0.75}


@pytest.mark.parametrize(
    ("name", "input_format", "text"),
    [("p.dat", "csv", TABLE), ("p", "json", JSON), ("p.csv", "json", JSON), ("p.json", "tsv", TABLE),
     ("p.json", "ndjson", JSON_LINES), ("p.json", "JSONL", JSON_LINES)],
)  # fmt: skip
def test_the_input_format_overrides_the_suffix(name, input_format, text, directory):
    (directory / name).write_text(text)
    assert masses(load(name, input_format=input_format)) == {"cat": 0.25, "dog": 0.75}


@pytest.mark.parametrize("name", ["p.npy", "p.npy.gz"])
def test_an_array_may_be_compressed(name, directory):
    stream = io.BytesIO()
    np.save(stream, [0.25, 0.75])
    (directory / name).write_bytes(gzip.compress(stream.getvalue()) if name.endswith("gz") else stream.getvalue())
    assert load(name).mass.tolist() == [0.25, 0.75]


@pytest.mark.parametrize(
    "data",
    [TABLE.encode(), JSON.encode(), b"\xef\xbb\xbf" + JSON.encode(), JSON.encode("utf-16"),
     b"\xfe\xff" + JSON.encode("utf-16-be"),
     b" \t\r\n" * 100 + JSON.encode(), b'[{"x": "cat", "p": 0.25}, {"x": "dog", "p": 0.75}]', TABLE.encode("utf-16")],
)  # fmt: skip
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_standard_input_is_json_where_it_begins_with_a_bracket(data, pack, stdin):
    stdin(pack(data))
    found = load("-")
    assert masses(found) == {"cat": 0.25, "dog": 0.75}
    assert found.name == "stdin"


def test_the_input_format_overrides_the_look_of_standard_input(stdin):
    stdin(JSON_LINES.encode())
    assert masses(load("-", input_format="jsonl")) == {"cat": 0.25, "dog": 0.75}


def test_a_label_in_brackets_on_standard_input_needs_the_input_format(stdin):
    stdin(b"[red],0.25\n[blue],0.75\n")
    assert masses(load("-", input_format="csv")) == {"[red]": 0.25, "[blue]": 0.75}


def test_a_pipe_is_read_as_standard_input_is(directory):
    reading, writing = os.pipe()
    with os.fdopen(reading), os.fdopen(writing, "wb") as stream:
        stream.write(JSON.encode())
        stream.close()
        assert masses(load(f"/dev/fd/{reading}")) == {"cat": 0.25, "dog": 0.75}


def test_a_pair_is_read_from_one_operand(directory):
    (directory / "pair.csv").write_text("label,p,q\ncat,0.5,1\ndog,0.5,3\n")
    p, q = load_pair("pair.csv")
    assert (masses(p), p.name, p.kind) == ({"cat": 0.5, "dog": 0.5}, "pair.csv:p", "probabilities")
    assert (masses(q), q.name, q.kind) == ({"cat": 1.0, "dog": 3.0}, "pair.csv:q", "counts")


def test_a_pair_on_standard_input_may_have_two_kinds(stdin):
    stdin(b'{"p": {"cat": 1, "dog": 3}, "q": ["dog", "cat", "dog"]}')
    p, q = load_pair("-", as_=("weights", "samples"))
    assert (masses(p), p.kind) == ({"cat": 1.0, "dog": 3.0}, "weights")
    assert (masses(q), q.kind) == ({"dog": 2.0, "cat": 1.0}, "samples")


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("0.25,0.75", "probabilities"),
        ("1/3,1/3,1/3", "probabilities"),
        ("0.1," * 9 + "0.1", "probabilities"),
        ("0,1", "probabilities"),
        ("0.5,0.5000000005", "probabilities"),
        ("1,3", "counts"),
        ("2,0,5", "counts"),
        ("100", "counts"),
    ],
)
def test_the_sum_decides_the_kind_of_numbers_without_a_note(word, kind):
    found = load(word)
    assert (found.kind, found.notes) == (kind, ())


@pytest.mark.parametrize(
    ("word", "total"), [("0.333,0.333,0.333", "0.999"), ("0.5,0.505", "1.005"), ("0.5,0.500001", "1.000001")]
)
def test_probabilities_that_nearly_sum_to_one_are_noted_with_their_sum(word, total):
    found = load(word)
    assert found.kind == "probabilities"
    assert [note.code for note in found.notes] == ["normalised"]
    assert f"sums to {total}, not 1" in found.notes[0].text


@pytest.mark.parametrize(
    ("word", "kind"),
    [("0.5,0.52", "weights"), ("0.2,0.3", "weights"), ("1.5,2.5", "weights"), ("3,-1", "logits"), ("-1,-1", "logits"),
     ("-0.6931471805599453,-0.6931471805599453", "logprobs")],
)  # fmt: skip
def test_anything_else_is_refused_with_the_kind_that_takes_it(word, kind):
    with pytest.raises(NotADistribution) as caught:
        load(word)
    assert f"--as {kind}" in caught.value.hint
    assert load(word, as_=kind).kind


@pytest.mark.parametrize(
    ("as_", "word", "expected"),
    [
        ("probs", "0.25,0.75", [0.25, 0.75]),
        ("counts", "0,1", [0.0, 1.0]),
        ("weights", "0.1,0.3", [0.1, 0.3]),
        ("logits", f"0,{log(3)}", [1 / 3, 1.0]),
        ("logprobs", f"{log(0.25)},{log(0.75)}", [0.25, 0.75]),
        ("logits", "5,6", [1 / e, 1.0]),
    ],
)
def test_a_kind_decides_the_meaning_of_numbers(as_, word, expected):
    assert load(word, as_=as_).mass.tolist() == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("as_", ["counts", "auto"])
def test_counts_of_a_repeated_label_are_summed(as_):
    assert masses(load("cat=1,dog=3,cat=4", as_=as_)) == {"cat": 5.0, "dog": 3.0}


@pytest.mark.parametrize("as_", ["auto", "probs", "weights"])
def test_a_repeated_label_is_refused_for_other_kinds(as_):
    with pytest.raises(NotADistribution, match="'a': duplicate label, first seen at value 1"):
        load("a=0.25,a=0.75", as_=as_)


@pytest.mark.parametrize(
    ("name", "text"),
    [("p.csv", "cat\ndog\ncat\n"), ("p.json", '["cat", "dog", "cat"]'),
     ("p.jsonl", '"cat"\n"dog"\n"cat"\n')],
)  # fmt: skip
def test_samples_are_counted(name, text, directory):
    (directory / name).write_text(text)
    found = load(name, as_="samples")
    assert (masses(found), found.kind) == ({"cat": 2.0, "dog": 1.0}, "samples")


@pytest.mark.parametrize("word", ["cat,dog,cat", "f(x),g(y),f(x)", "1,01,1"])
def test_samples_may_be_inline(word):
    first, second, _ = word.split(",")
    assert masses(load(word, as_="samples")) == {first: 2.0, second: 1.0}


def test_a_file_that_exists_takes_precedence_over_an_inline_distribution(directory):
    (directory / "1,3").write_text("0.25\n0.75\n")
    assert load("1,3", input_format="csv").mass.tolist() == [0.25, 0.75]


@pytest.mark.parametrize("word", ["normal(1, 1)", "normal(mean=1, sd=1)", "beta(1, 2, 3)", " poisson(3) "])
def test_a_family_is_refused_where_masses_are_wanted(word):
    assert is_family(word)
    with pytest.raises(UsageError, match="a family, where masses are wanted"):
        load(word)


def test_a_family_is_recognised_as_an_object_and_an_array_is_not():
    assert is_family(klcli.family("normal", 0, 1))
    assert not any(map(is_family, (np.ones(2), None, {"a": 1}, "0.5,0.5", "normal")))


def test_a_file_takes_precedence_over_a_family_of_its_name(directory):
    (directory / "normal(0, 1)").write_text(TABLE)
    assert not is_family("normal(0, 1)")


@pytest.mark.parametrize(("word", "expected"), [("normal(0, 1)", True), ("f(x),g(y)", False)])
def test_among_samples_only_a_known_name_makes_a_family(word, expected):
    assert is_family(word, "samples") == expected
    assert is_family(word)


def test_a_name_nearly_that_of_a_file_is_suggested(directory):
    (directory / "reference.csv").write_text(TABLE)
    with pytest.raises(Unreadable) as caught:
        load("refrence.csv")
    assert (caught.value.message, caught.value.hint) == ("refrence.csv: no such file", "did you mean reference.csv?")


def test_an_unknown_word_is_refused_with_the_forms_of_operands():
    with pytest.raises(InputError, match=r"^zebra: no such file, and no inline distribution$") as caught:
        load("zebra")
    assert all(form in caught.value.hint for form in ("file", "-", "0.5,0.5", "heads=0.5,tails=0.5"))


@pytest.mark.parametrize("word", ["normal 0 1", "normal,0,1", "normal:0,1", "normal 0,1"])
def test_a_family_in_other_marks_is_led_to_one_that_is_read(word):
    with pytest.raises(InputError) as caught:
        load(word)
    assert caught.value.hint == "write 'normal(0, 1)'"
    assert is_family("normal(0, 1)")


@pytest.mark.parametrize("word", ["(0.5 0.5)", "a:0.5;b:0.5"])
def test_numbers_in_other_marks_are_led_to_a_list_that_is_read(word):
    with pytest.raises(InputError) as caught:
        load(word)
    assert load(caught.value.hint.removeprefix("write ")).mass.tolist() == [0.5, 0.5]


@pytest.mark.parametrize("word", ["0.5 x", "gamma x"])
def test_words_that_no_marks_make_a_list_are_told_the_forms(word):
    with pytest.raises(InputError) as caught:
        load(word)
    assert "an operand is a file" in caught.value.hint


def test_an_unknown_suffix_is_refused_with_those_that_are_known(directory):
    (directory / "p.docx").write_bytes(b"PK")
    with pytest.raises(Unreadable) as caught:
        load("p.docx")
    assert all(word in caught.value.hint for word in (".csv", ".json", ".npy", ".parquet", "--input-format"))


@pytest.mark.parametrize("options", [{"as_": "percent"}, {"input_format": "docx"}])
def test_an_unknown_kind_or_format_is_refused_before_anything_is_read(options):
    with pytest.raises(UnknownName, match="is called"):
        load("missing.csv", **options)


def test_a_loop_of_links_is_called_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.symlink("loop2", "loop1")
    os.symlink("loop1", "loop2")
    for word in ("loop1", "loop1/p.csv"):
        with pytest.raises(Unreadable, match=f"^{word}: too many levels of symbolic links$") as error:
            load(word)
        assert error.value.hint is None


def test_a_link_to_nothing_is_not_answered_with_itself(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.symlink("gone.csv", "p.csv")
    with pytest.raises(Unreadable, match=r"^p\.csv: a link to gone\.csv, which does not exist$"):
        load("p.csv")


@pytest.mark.parametrize("word", ["*.csv", "p?.csv", "runs/[ab].csv", "**/*.json"])
def test_a_pattern_that_the_shell_did_not_expand_is_answered_with_that(tmp_path, monkeypatch, word):
    monkeypatch.chdir(tmp_path)
    for name in ("日本.csv", "x.csv", "p1.csv"):
        (tmp_path / name).write_text("1\n")
    with pytest.raises(Unreadable, match="no such file") as error:
        load(word)
    assert error.value.hint.startswith("only the shell expands a pattern: leave out the quotes")


def test_a_slip_is_still_answered_with_the_name_that_is_near(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "letters.csv").write_text("1\n")
    with pytest.raises(Unreadable) as error:
        load("leters.csv")
    assert error.value.hint == "did you mean letters.csv?"
