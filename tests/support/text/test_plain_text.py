"""Tables where the encoding has no line, no bar and no Greek letter; JSON is UTF-8 whatever the encoding."""

import json
import re

import pytest

from klcli.support.text.plain_text import Encoding


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        ("KL(P‖Q)", "ascii", "KL(P||Q)"), ("────", "ascii", "----"), ("█░", "ascii", "#:"),
        ("√JS(P, Q)", "ascii", "sqrtJS(P, Q)"), ("Rényi", "ascii", "Renyi"), ("Rényi", "latin-1", "Rényi"),
        ("σ ~ Γ(d)", "ascii", "sigma ~ Gamma(d)"), ("χ²", "latin-1", "chi²"), ("plain", "ascii", "plain"),
    ],
)  # fmt: skip
def test_signs_of_ours_are_spelled_in_the_letters_that_an_encoding_has(text, encoding, expected):
    assert Encoding(encoding).own(text) == expected


@pytest.mark.parametrize("label", ["a–b", "c·d", "e‖f", "naïve", "猫", "½", "1 → 2", "x…", "Σ"])
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_a_label_is_never_spelled_but_escaped_so_that_it_can_be_read_back(label, encoding):
    writer = Encoding(encoding)
    shown = writer.data(label)
    assert shown.encode(encoding)
    lacking = {each for each in label if not _has(each, encoding)}
    assert re.sub(r"\\(?:x(..)|u(....))", lambda found: chr(int(found[1] or found[2], 16)), shown) == label
    assert all(ascii(each)[1:-1] in shown for each in lacking)
    assert writer.has_escaped == bool(lacking)


def _has(character, encoding):
    try:
        return bool(character.encode(encoding))
    except UnicodeEncodeError:
        return False


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("KL(P‖Q) is infinite by a–b (0.5 → 0.01)", r"KL(P||Q) is infinite by a\u2013b (0.5 -> 0.01)"),
        ("Σ p·log(p/q)", "sum p*log(p/q)"),
        ("Most of it comes from c·d", r"Most of it comes from c\xb7d"),
        ("1 → 2 is not in q", r"1 \u2192 2 is not in q"),
        ("(−∞, 3] and (12, ∞)", "(-inf, 3] and (12, inf)"),
    ],
)
def test_a_sentence_spells_what_is_ours_and_escapes_what_is_of_the_data(sentence, expected):
    assert Encoding("ascii").words(sentence) == expected


LABELS = ("a–b=1/2,c·d=1/2", "a–b=0.9,c·d=0.1")


def test_labels_are_escaped_in_a_table_without_unicode_and_a_note_says_so(kl_process):
    result = kl_process("explain", *LABELS, env={"PYTHONIOENCODING": "ascii"})
    assert r"a\u2013b   0.5" in result.out
    assert r"c\xb7d     0.5" in result.out
    assert r"most of all a\u2013b" in result.out.replace("\n", " ")
    assert "KL(P||Q)  sum p*log(p/q)" in result.out
    assert "kl: note: ascii, the encoding of standard output, lacks characters of the data" in result.err


def test_a_message_spells_what_is_ours_and_escapes_what_is_of_the_data(kl_process):
    result = kl_process("compute", "a–b=1,c=1", "c=1", "--as", "weights", env={"PYTHONIOENCODING": "ascii"})
    assert r"1 label of a\u2013b=1,c=1 not in c=1: a\u2013b (0.5 of its mass)" in result.err
    matrix = kl_process("matrix", "x=1,y=1", "x=1,y=0", "--as", "weights", env={"PYTHONIOENCODING": "ascii"})
    assert "KL(row||column)" in matrix.out
    assert "\\" not in matrix.out + matrix.err


@pytest.mark.parametrize("words", [("--help",), ("explain", "--help"), ("list", "families"), ("list", "closed_forms"),
                                   ("list", "measures"), ("examples", "gaussian")])  # fmt: skip
def test_what_is_ours_alone_has_no_escape(kl_process, words):
    out = kl_process(*words, env={"PYTHONIOENCODING": "ascii"}).out
    assert out.isascii()
    assert "\\" not in out


def test_a_table_is_ascii_where_the_encoding_is(kl_process):
    words = ("compute", "a=5,b=5", "a=9,b=1", "-m", "all")
    plain = kl_process(*words, env={"PYTHONIOENCODING": "ascii"}).out
    assert plain.isascii()
    assert "\\" not in plain
    values = [re.search(r"  (\d+)\.\d+", line) for line in plain.splitlines()[5:16]]
    assert len({value.end(1) for value in values}) == 1  # the decimal points stay aligned


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize("format_", ["json", "csv", "markdown"])
def test_a_format_for_machines_is_utf_8(kl_process, encoding, format_):
    words = ("explain", "é=5,b=5", "é=9,b=1", "-f", format_)
    assert "é" in kl_process(*words, env={"PYTHONIOENCODING": encoding}).out
    if format_ == "json":
        terms = json.loads(kl_process(*words, env={"PYTHONIOENCODING": encoding}).out)["terms"]
        assert {term["outcome"] for term in terms} == {"é", "b"}


@pytest.mark.parametrize(
    ("words", "env", "is_colored"),
    [((), {}, False), (("--color", "always"), {}, True), (("--color=always",), {}, True),
     ((), {"FORCE_COLOR": "1"}, True),
     (("--color", "never"), {"FORCE_COLOR": "1"}, False), ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)  # fmt: skip
def test_the_first_word_of_an_error_is_coloured_where_colour_is_wanted(kl_process, words, env, is_colored):
    err = kl_process("compute", "0.5", *words, env=env).err
    assert err.startswith("kl: \x1b[1;31merror:\x1b[0m " if is_colored else "kl: error: ")
