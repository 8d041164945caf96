"""Delimited text: what each row says is what is read, to the letter of every label."""

import codecs
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klcli.errors import KlError, Unreadable
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.formats.query import Query
from klcli.sources.text.delimited import read_delimited

PAIR = (None, None)
CAT_AND_DOG = [(("cat", "dog"), [0.25, 0.75])]


def read(text, columns=(None,), *, samples=None, label=None, header=None):
    """The labels and values of each distribution in a text or its bytes."""
    data = text if isinstance(text, bytes) else text.encode()
    query = Query(columns, samples or (False,) * len(columns), label, header=header)
    return [(each.labels, each.values.tolist()) for each in read_delimited(ByteSource.from_bytes("p.csv", data), query)]


def labels_of(text):
    ((labels, _),) = read(text)
    return labels


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("header", ["", "label{}p{}"], ids=["headless", "headed"])
@pytest.mark.parametrize("end", ["", "{}"], ids=["no-last-newline", "last-newline"])
def test_delimiters_and_line_ends_are_found_by_looking(delimiter, newline, header, end):
    rows = f"cat{delimiter}0.25{newline}dog{delimiter}0.75" + end.format(newline)
    assert read(header.format(delimiter, newline) + rows) == CAT_AND_DOG


@pytest.mark.parametrize(
    "data",
    [
        b"cat,0.25\ndog,0.75",
        codecs.BOM_UTF8 + b"cat,0.25\ndog,0.75",
        "cat,0.25\ndog,0.75".encode("utf-16"),
        codecs.BOM_UTF16_LE + "cat,0.25\r\ndog,0.75".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "cat,0.25\ndog,0.75".encode("utf-16-be"),
    ],
    ids=["UTF-8", "UTF-8 with BOM", "UTF-16", "UTF-16LE", "UTF-16BE"],
)
def test_utf_8_and_utf_16_with_a_byte_order_mark_are_read(data):
    assert read(data) == CAT_AND_DOG


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_a_byte_order_mark_is_not_part_of_the_first_heading(mark):
    assert read(mark + b"p,q\n1,2\n", ("p", "q")) == [(None, [1.0]), (None, [2.0])]


@pytest.mark.parametrize(
    "label",
    ["001", "NA", "null", "None", "nan", "TRUE", "1.50", "1e3", " padded ", "", "a b", "日本", "שלום", "é", "e\u0301",
     "🎲", "[red]x[/red]", "<b>", "\x1b[31m", "\u202e", "it's", "#tag", "a,b", "a;b", "a\tb", "one\ntwo",
     "one\r\ntwo", 'say "x"', "\n# no comment\n", "=1+1", "'", "\\n"],
)  # fmt: skip
def test_a_label_is_kept_to_the_letter(label):
    quoted = '"' + label.replace('"', '""') + '"'
    assert labels_of(f"label,p\n{quoted},0.5\nother,0.5\n") == (label, "other")


@given(st.lists(st.text(), min_size=2, max_size=5, unique=True))
def test_any_quoted_text_is_a_label(labels):
    labels = [label.encode(errors="replace").decode() for label in labels]
    rows = ('"' + label.replace('"', '""') + '",1' for label in labels)
    assert labels_of("label,n\n" + "\n".join(rows)) == tuple(labels)


def test_unquoted_labels_keep_their_spaces_and_zeros():
    assert labels_of("label,p\n 001 ,0.5\nNA,0.5\n") == (" 001 ", "NA")


def test_a_quote_within_an_unquoted_field_is_a_letter():
    assert labels_of('label,p\n5" pipe,0.5\n# note\nrod,0.5\n') == ('5" pipe', "rod")


def test_blank_lines_and_comments_are_skipped():
    assert read("# made by hand\n\nlabel,p\n# cats, too\ncat,0.25\n   \n,\ndog,0.75\n#") == CAT_AND_DOG


def test_a_number_sign_within_a_line_starts_no_comment():
    assert labels_of('label,p\nc#,0.5\n"#f",0.5\n') == ("c#", "#f")


@pytest.mark.parametrize("rows", ["0.25\n0.75\n", "p\n0.25\n0.75\n", "1/4\n3/4\n", '"0.25"\n"0.75"\n'])
def test_one_column_is_values(rows):
    assert read(rows) == [(None, [0.25, 0.75])]


def test_a_label_may_look_like_a_number():
    assert read("1,0.25\n2,0.75\n") == [(("1", "2"), [0.25, 0.75])]


def test_a_first_row_with_a_number_for_its_value_is_not_a_header():
    assert read("label,0.25\np,0.75\n") == [(("label", "p"), [0.25, 0.75])]


@pytest.mark.parametrize(
    "text",
    ["cat,0.5,0.1\ndog,0.5,0.9\n", "label,p,q\ncat,0.5,0.1\ndog,0.5,0.9\n", "x,truth,guess\ncat,0.5,0.1\ndog,0.5,0.9\n",
     "label,q,p\ncat,0.1,0.5\ndog,0.9,0.5\n", "label\tP\tQ\ncat\t0.5\t0.1\ndog\t0.5\t0.9\n"],
)  # fmt: skip
def test_three_columns_are_label_p_and_q(text):
    assert read(text, PAIR) == [(("cat", "dog"), [0.5, 0.5]), (("cat", "dog"), [0.1, 0.9])]


@pytest.mark.parametrize("text", ["p,q\n0.5,0.1\n0.5,0.9\n", "q,p\n0.1,0.5\n0.9,0.5\n", "P , Q\n0.5,0.1\n0.5,0.9\n"])
def test_two_columns_headed_p_and_q_are_a_pair(text):
    assert read(text, PAIR) == [(None, [0.5, 0.5]), (None, [0.1, 0.9])]


def test_a_pair_is_found_by_its_headings_among_other_columns():
    text = "name,note,p,extra,q\ncat,x,0.5,y,0.1\ndog,x,0.5,y,0.9\n"
    assert read(text, PAIR) == [(("cat", "dog"), [0.5, 0.5]), (("cat", "dog"), [0.1, 0.9])]


TABLE = "mass,name,other\n0.25,cat,0.5\n0.75,dog,0.5\n"


@pytest.mark.parametrize("column", ["mass", "1"])
@pytest.mark.parametrize("label", ["name", "2"])
def test_columns_are_chosen_by_name_or_number(column, label):
    assert read(TABLE, (column,), label=label) == CAT_AND_DOG


def test_a_pair_is_chosen_by_names():
    assert read(TABLE, ("other", "mass"), label="name") == [(("cat", "dog"), [0.5, 0.5]), CAT_AND_DOG[0]]


@pytest.mark.parametrize("options", [{"columns": ("1",), "label": "2"}, {"label": "2"}], ids=["both", "label"])
def test_without_a_header_the_first_row_is_kept_wherever_the_labels_are(options):
    assert read("0.25,cat\n0.75,dog\n", **options) == CAT_AND_DOG


def test_a_first_row_with_one_number_of_a_pair_is_not_a_header():
    with pytest.raises(ValueError, match="line 1: 'cat': 'x' is not a number"):
        read("cat,0.5,x\ndog,0.5,0.9\n", PAIR)


def test_a_chosen_column_has_the_first_column_for_labels():
    assert read("x,a,b,c\ncat,9,0.25,9\ndog,9,0.75,9\n", ("b",)) == CAT_AND_DOG


@pytest.mark.parametrize(("column", "values"), [("p", [0.5, 0.5]), ("q", [0.1, 0.9])])
def test_one_of_a_pair_without_labels_has_none(column, values):
    assert read("p,q\n0.5,0.1\n0.5,0.9\n", (column,)) == [(None, values)]


@pytest.mark.parametrize("text", ["cat\ncat\ndog\n", "cat\ndog\ndog\n", "cat\n", "cat\ncat\n1\n"])
def test_every_row_of_texts_is_an_observation_whatever_the_others_are(text):
    assert read(text, samples=(True,)) == [(tuple(text.split()), [1.0] * text.count("\n"))]


def test_observed_texts_have_a_header_only_if_asked():
    text = "animal\ncat\ndog\ncat\n"
    assert read(text, samples=(True,), header=True) == [(("cat", "dog", "cat"), [1.0, 1.0, 1.0])]
    assert read(text, ("animal",), samples=(True,)) == [(("cat", "dog", "cat"), [1.0, 1.0, 1.0])]


@pytest.mark.parametrize("below", ["1\n2\n1\n", "0.5\n0.5\n1/2\n"])
def test_observed_numbers_have_a_header_where_the_first_row_is_a_name(below):
    assert read(f"size\n{below}", samples=(True,)) == [(tuple(below.split()), [1.0] * 3)]
    assert read(below, samples=(True,)) == [(tuple(below.split()), [1.0] * 3)]
    assert read(f"size\n{below}", samples=(True,), header=False) == [(("size", *below.split()), [1.0] * 4)]


@pytest.mark.parametrize(
    ("text", "header", "heading"),
    [("cat\ndog\n", None, "no header"), ("cat\ndog\n", True, "header: cat"), ("size\n1\n", None, "header: size")],
)
def test_the_heading_of_samples_says_whether_there_is_a_header(text, header, heading):
    (found,) = read_delimited(ByteSource.from_bytes("p.csv", text.encode()), Query(samples=(True,), header=header))
    assert found.heading == heading


def test_samples_that_look_like_numbers_are_kept_to_the_letter():
    assert read("01\n1\n1.0\n", samples=(True,)) == [(("01", "1", "1.0"), [1.0, 1.0, 1.0])]


def test_samples_of_a_pair_are_two_columns():
    text = "p,q\ncat,dog\ndog,dog\n"
    assert read(text, PAIR, samples=(True, True)) == [(("cat", "dog"), [1.0, 1.0]), (("dog", "dog"), [1.0, 1.0])]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("label,p\n\n# x\ncat,half\n", "line 4: 'cat'"),
        ('label,p\n"one\ntwo",0.5\ncat,half\n', "line 4: 'cat'"),
        ('label,p\n"one\ntwo",half\n', r"line 2: 'one\\ntwo'"),
        ("label,p\r\n\r\ncat,half\r\n", "line 3: 'cat'"),
        ("label,p\rcat,half\r", "line 2: 'cat'"),
    ],
)
def test_an_error_names_the_line_as_an_editor_counts_it(text, place):
    with pytest.raises(ValueError, match=f"^p.csv: {place}: 'half' is not a number"):
        read(text)


def test_two_columns_of_one_name_are_refused_at_the_line_of_the_header():
    with pytest.raises(Unreadable, match="line 3: two columns have the same name"):
        read("# a\n# b\np,p\n\n1,2\n")


def test_a_name_that_is_nearly_a_column_is_suggested():
    with pytest.raises(Unreadable) as caught:
        read(TABLE, ("mas",))
    assert caught.value.hint == "did you mean mass?"


def test_a_comma_within_quotes_does_not_decide_the_delimiter():
    assert read('label;p\n"a,b";0.25\n"c,d";0.75\n') == [(("a,b", "c,d"), [0.25, 0.75])]


@pytest.mark.parametrize("header", ["", "label,p\n", "the;label,p\n"], ids=["headless", "headed", "semicolon in it"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_semicolon_or_a_tab_in_each_label_is_not_a_delimiter_beside_commas(header, quote):
    for mark in ";\t":
        rows = "".join(f"{quote}{a}{mark}{b}{quote},{p}\n" for a, b, p in [("a", "b", 0.25), ("c", "3", 0.75)])
        assert labels_of(header.replace(";", mark) + rows) == (f"a{mark}b", f"c{mark}3")


@pytest.mark.parametrize(
    "text", ["cat;0,25\ndog;0,75\n", "label;p\ncat;0,25\ndog;0,75\n", "label;p,in parts\ncat;0,25\n"]
)
def test_decimal_commas_stay_beside_a_semicolon_and_are_refused_with_the_cure(text):
    with pytest.raises(KlError, match=r"'(cat|dog)': '0,[27]5' is not a number") as caught:
        read(text)
    assert caught.value.hint == "pass --decimal ,"


def test_a_cached_header_does_not_answer_another_query():
    text = "cat,p\n0.25,0.75\n"
    assert read(text, ("cat",)) == [(None, [0.25])]
    assert read(text, ("p",)) == [(("0.25",), [0.75])]
    assert read(text) == [(("0.25",), [0.75])]
    assert read(text, samples=(True,), label="cat") == [(("0.25",), [1.0])]


@pytest.mark.parametrize("samples", [False, True])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("," * 400_000, "empty: there are no values"),
        ("1," * 400_000 + "1\n", "400,001 columns, above 100,000"),
        ("1;" * 150_000 + "1", "150,001 columns, above 100,000"),
        ('"a",' * 150_000 + '"a"\n', "150,001 columns, above 100,000"),
    ],
)
def test_more_columns_than_any_table_has_are_refused_at_once(text, found, samples):
    started = process_time()
    with pytest.raises(Unreadable, match=f"^p.csv: {found}$"):
        read(text, samples=(samples,))
    assert process_time() - started < 1


def test_a_label_may_hold_more_commas_than_a_table_has_columns():
    label = "," * 150_000
    ((labels, values),) = read(f'"{label}",0.25\n"dog",0.75\n')
    assert (list(labels) == [label, "dog"], values) == (True, [0.25, 0.75])


def test_a_blank_row_is_skipped_among_many_observations():
    text = "cat,1\n" * 20_000 + " ,\n" + "dog,1\n"
    (found,) = read(text, ("1",), samples=(True,))
    assert (found[0].count("cat"), found[0].count("dog"), len(found[0])) == (20_000, 1, 20_001)
