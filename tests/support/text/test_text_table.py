"""Tables of results in plain text and HTML."""

from math import inf

from klcli.support.text.text_table import TextTable

TABLE = TextTable("P = x", ("name", "value"), [("forward_kl", 0.5), ("<b>\x1b", inf)], ("note: a & b",))


def test_texts_are_aligned_left_and_numbers_right():
    assert TABLE.text == "P = x\nname        value\nforward_kl    0.5\n<b>\\x1b       inf\nnote: a & b"


def test_html_holds_text_and_no_markup_of_the_data():
    assert TABLE.html == (
        "<table><caption>P = x</caption><thead><tr><th>name</th><th>value</th></tr></thead>"
        "<tbody><tr><td>forward_kl</td><td>0.5</td></tr><tr><td>&lt;b&gt;\\x1b</td><td>inf</td></tr></tbody></table>"
        "<p>note: a &amp; b</p>"
    )


def test_a_table_without_rows_has_its_titles():
    assert TextTable("none", ("a", "b"), []).text == "none\na  b"
