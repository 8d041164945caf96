import unicodedata

import pytest

from klcli.support.text.safe_text import exact, shorten, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\x00\x7f\x9b", r"\x00\x7f\x9b"),
        ("a\u202eb\u2066c", r"a\u202eb\u2066c"),
        ("\u2028\u2029", r"\u2028\u2029"),
        ("\udcff", r"\udcff"),
    ],
)
def test_what_moves_the_cursor_or_turns_the_line_is_written_as_its_escape(text, shown):
    assert visible(text) == shown


def test_no_control_or_direction_character_of_unicode_is_left():
    every = map(chr, range(0x110000))
    left = [character for character in every if visible(character) == character]
    assert not {"Cc", "Cs", "Zl", "Zp"} & {unicodedata.category(character) for character in left}
    # UAX #9, table 4: the explicit formatting characters, and the three implicit marks
    directions = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    assert not directions & {unicodedata.bidirectional(character) for character in left}
    assert not {"\u200e", "\u200f", "\u061c"} & set(left)


@pytest.mark.parametrize(
    "text", ["", "plain", "猫", "é", "e\u0301", "🙂", "👩\u200d👧", "a b", "[red]", "שלום", "\\x1b"]
)
def test_every_other_text_is_left_as_it_is(text):
    assert visible(text) == text


def test_what_is_visible_stays_so():
    once = visible("a\x1b\u202e\n")
    assert visible(once) == once


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("", 3, ""), ("a" * 60, 60, "a" * 60), ("a" * 61, 60, "a" * 59 + "…")],
)
def test_a_long_text_is_cut_to_the_width_with_an_ellipsis(text, width, shown):
    assert shorten(text, width) == shown
    assert len(shown) <= width


@pytest.mark.parametrize(
    ("number", "text"),
    [(-1.0, "-1"), (0.1, "0.1"), (1e-7, "1e-7"), (1e300, "1e+300"), (0.1 + 0.2, "0.30000000000000004"), (2, "2"),
     (float("inf"), "inf"), (1.5e-310, "1.5e-310")],
)  # fmt: skip
def test_an_exact_number_is_given_back_by_its_text(number, text):
    assert exact(number) == text
    assert float(text) == number
