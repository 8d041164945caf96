"""What a text may be where a number belongs: the cure that is named reads it."""

import pytest

from klcli.sources.columns.number_forms import Form, cure_of, suspect_in, suspect_of_column
from klcli.sources.columns.written_numbers import parse_written
from klcli.sources.formats.text_dialect import PLAIN

COMMAS = PLAIN._replace(decimal=",")
MARKED = ["1,234", "1,234,567", "0,123", "-1,234.5", "12,5", ",5", "1,5e-3", "1.234,5", "1.234.567", "1 234", "1'234,5"]


@pytest.mark.parametrize(
    ("text", "dialect"),
    [*((text, PLAIN) for text in MARKED), ("1.234,5", COMMAS), ("1,234", COMMAS._replace(decimal="."))],
)
def test_every_reading_that_is_named_reads_the_text(text, dialect):
    suspect = suspect_in(text, dialect)
    assert suspect.form is Form.OTHER_MARKS
    assert suspect.readings
    assert parse_written(text, dialect) is None
    for reading in suspect.readings:
        assert parse_written(text, dialect._replace(**dict(reading))) is not None


@pytest.mark.parametrize(
    ("text", "form", "mark"),
    [
        ("12.5 %", Form.PERCENTAGE, ""),
        ("n/a", Form.MISSING, "n/a"),
        ("$5", Form.MONEY, "$"),
        ("5 EUR", Form.MONEY, "EUR"),
    ],
)
def test_the_form_of_another_text_is_known(text, form, mark):
    assert suspect_in(text)[:2] == (form, mark)


def test_a_decimal_point_is_not_the_comma_that_is_stated():
    assert suspect_in("1.5", COMMAS)[:2] == (Form.NOT_AS_STATED, ",")


@pytest.mark.parametrize("text", ["", "cat", "1.2.3", "1.5", None])
def test_other_texts_look_like_no_number(text):
    assert suspect_in(text) is None


@pytest.mark.parametrize(("text", "is_row"), [("x,1", True), ("new york,1.5", True), ("x", False), ("1,2,3", False)])
def test_a_row_with_commas_is_told_that_a_decimal_comma_is_for_both(text, is_row):
    assert ("for P and Q" in (cure_of(text, COMMAS) or "")) == is_row
    assert cure_of(text) is None


@pytest.mark.parametrize("text", ["1,234", "na", "1.234,5"])
def test_a_cure_for_one_side_names_its_options_alone(text):
    for_both, for_p = (suspect_in(text).cure_in_table(prefix) for prefix in ("--", "--p-"))
    assert for_p == for_both.replace("--", "--p-")


@pytest.mark.parametrize(
    ("cells", "first", "cure"),
    [
        (["470.50", "1,210.50"], "1,210.50", "pass --thousands ,"),
        (["", "NA", "7", "1,5", "12,345"], "1,5", "pass --decimal ,"),
        (["1,234", "5"], "1,234", "pass --thousands , or --decimal ,"),
        (["3,5", "1.234,5"], "3,5", "pass --decimal , --thousands ."),
        (["$5", "$7.5", "8"], "$5", "remove the currency sign, as with: sed 's/\\$//'"),
        (["1,5", "two"], None, None),
        (["1 234", "1,5"], None, None),
        (["$5", "1,5"], None, None),
        (["1", "2.5", ""], None, None),
    ],
)
def test_a_column_is_in_the_form_that_reads_all_of_it(cells, first, cure):
    found = suspect_of_column(cells)
    assert (found and (found[0], found[1].cure_in_table())) == (first and (first, cure))
