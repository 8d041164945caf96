"""Tables where the encoding has no line, no bar and no Greek letter; JSON is UTF-8 whatever the encoding."""

import json

import pytest

from klcli.support.safe_text import plain


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        ("KL(P‖Q)   0.5", "ascii", "KL(P||Q)  0.5"),
        ("────", "ascii", "----"),
        ("█░", "ascii", "#:"),
        ("√JS(P, Q)       1", "ascii", "sqrtJS(P, Q)    1"),
        ("Rényi       1", "ascii", "R\\xe9nyi    1"),
        ("Rényi       1", "latin-1", "Rényi       1"),
        ("naïve ‖", "latin-1", "naïve ||"),
        ("plain", "ascii", "plain"),
    ],
)
def test_what_an_encoding_lacks_is_written_in_its_letters_and_stays_aligned(text, encoding, expected):
    assert plain(text, encoding) == expected


def test_a_table_is_ascii_where_the_encoding_is(kl_process):
    words = ("compute", "a=5,b=5", "a=9,b=1", "-m", "all")
    plain, full = (kl_process(*words, env={"PYTHONIOENCODING": each}).out for each in ("ascii", "utf-8"))
    assert plain.isascii()
    assert "\\u" not in plain
    columns = [[line.find("0.") for line in text.splitlines()[5:15]] for text in (plain, full)]
    assert columns[0] == columns[1]


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
