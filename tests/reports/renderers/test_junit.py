"""JUnit XML obeys the schema of Jenkins, is read by a JUnit library, and shows every message in both places."""

from pathlib import Path

import pytest
from batches import HOSTILE, error, exceeded, ok, rendered
from hypothesis import given
from hypothesis import strategies as st

xmlschema = pytest.importorskip("xmlschema")
junitparser = pytest.importorskip("junitparser")

SCHEMA = xmlschema.XMLSchema(Path(__file__).with_name("junit_10.xsd"))


def parsed(text):
    SCHEMA.validate(text)
    (suite,) = junitparser.JUnitXml.fromstring(text.encode())
    return suite


def test_a_suite_counts_its_cases():
    suite = parsed(rendered("junit", [ok(), exceeded(), error(), ok("two")]))
    assert (suite.name, suite.tests, suite.failures, suite.errors, suite.skipped) == ("pairs.csv", 4, 1, 1, 0)
    assert suite.time == pytest.approx(1.0)
    assert [case.name for case in suite] == ["fine", "moved", "gone", "two"]
    assert {case.classname for case in suite} == {"pairs.csv"}


def test_exceeded_is_a_failure_and_unreadable_an_error_with_the_message_in_attribute_and_body():
    well, moved, gone = parsed(rendered("junit", [ok(), exceeded(), error()]))
    assert well.result == []
    (failure,), (fault,) = moved.result, gone.result
    assert isinstance(failure, junitparser.Failure)
    assert isinstance(fault, junitparser.Error)
    assert failure.message == failure.text
    assert failure.message == "forward_kl = 0.5 > 0.1 nats; most from cat (0.5 → 0.1), dog (0.25 → 0.2)"
    assert fault.message == fault.text == "q.csv: no such file; hint: did you mean p.csv?"


def test_an_empty_suite_is_valid():
    assert list(parsed(rendered("junit", []))) == []


def test_a_run_that_was_cut_short_says_so():
    parsed(rendered("junit", [ok()], ending="interrupted"))
    assert "<system-out>1 pair: 1 ok; interrupted</system-out>" in rendered("junit", [ok()], ending="interrupted")


@given(text=st.text(max_size=20) | st.just(HOSTILE))
def test_no_text_breaks_the_document(text):
    suite = parsed(rendered("junit", [ok(text), exceeded(text, outcome=text), error(text, text)], title=text))
    assert [len(case.result) for case in suite] == [0, 1, 1]
