"""JSON by the fastest parser: the values and the refusals are those of the json module, whichever is installed."""

import json
import sys
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klcli.errors import KlError
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.formats.query import Query
from klcli.sources.json_text import document, parser
from klcli.sources.json_text.document import read_json, read_json_lines

fast = parser.json_parser()
needs_orjson = pytest.mark.skipif(fast is parser.parse_carefully, reason="orjson is not installed")

scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text())
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner), max_leaves=9
)
NUMBERS = [
    "-0",
    "0",
    "-0.0",
    "1E5",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "1e400",
    "1" * 400,
]
PIECES = [*'[]{},:"', " ", "\n", '"a"', '"b:"', '"\\u0061"', '"\\ud800"', "NaN", "-Infinity", "true", "0.1", *NUMBERS]


def outcome(parse, text):
    """The value, or the refusal; by repr, as -0.0 is no 0, 1.0 no 1, and NaN not equal to itself."""
    try:
        return repr(parse(text.encode()))
    except ValueError as error:
        return type(error), str(error)


@needs_orjson
@settings(max_examples=500)
@given(st.one_of(values.map(json.dumps), st.lists(st.sampled_from(PIECES), max_size=12).map("".join)))
def test_orjson_reads_and_refuses_the_same_texts_as_json(text):
    assert outcome(fast, text) == outcome(parser.parse_carefully, text)


@needs_orjson
@pytest.mark.parametrize("text", [*NUMBERS, "[" * 1010 + "]" * 1010, '{"a":' * 200 + "1" + "}" * 200])
def test_numbers_and_depths_are_the_same_to_both(text):
    assert outcome(fast, f"[{text}]") == outcome(parser.parse_carefully, f"[{text}]")


@pytest.mark.parametrize("parse", [fast, parser.parse_carefully])
@pytest.mark.parametrize(
    ("text", "found"),
    [('{"p": [1, 0.5], "q": {"a": 2}}', {"p": [1, 0.5], "q": {"a": 2}}), ('"a:b"', "a:b"), ("[1e400]", [inf]),
     ('{"a:": 1, "b": {"a:": 2}}', {"a:": 1, "b": {"a:": 2}}), ("18446744073709551616", 2.0**64)],
)  # fmt: skip
def test_a_text_is_its_value(parse, text, found):
    assert repr(parse(text.encode())) == repr(found)


@pytest.mark.parametrize("parse", [fast, parser.parse_carefully])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'{"a": 1, "a": 2}', "the key 'a' occurs twice in one object"),
        (b'{"x:": [{"a": 1, "\\u0061": 2}]}', "the key 'a' occurs twice in one object"),
        (b"[NaN]", "NaN is not a mass"),
        (b"[0.5,]", "column 6"),
        (b"", "column 1"),
        (b"[" * 100_000, "nested too deeply"),
        (b'["\xff"]', "utf-8"),
    ],
)
def test_json_that_is_not_strict_is_refused_with_the_reason(parse, text, words):
    with pytest.raises(ValueError, match=words):
        parse(text)


def test_a_small_document_imports_no_parser():
    assert parser.json_parser(parser.LARGE - 1) is parser.parse_carefully


def test_without_orjson_json_parses(monkeypatch):
    monkeypatch.setitem(sys.modules, "orjson", None)
    assert parser.json_parser() is parser.parse_carefully


@pytest.mark.parametrize(
    ("values", "found"),
    [([1, 0.5, -0.0], [1.0, 0.5, -0.0]), ([], []), ([1, True], None), ([1, "2"], None), ([None], None), (None, None),
     ([[1]], None), ({"a": 1}, None), ("12", None), ([0.5, False], None), ([0, 1, 0.0, 1.0], [0, 1, 0, 1]),
     ([2**64 - 1, -(2**63)], [2.0**64, -(2.0**63)])],
)  # fmt: skip
def test_an_array_of_numbers_is_floats_and_no_other(values, found):
    floats = parser.floats(values)
    assert found == (None if floats is None else floats.tolist())


numbers = st.sampled_from([*NUMBERS, "-0", "-0.0", "0.5", "1.50", "-1"])
masses = st.one_of(numbers, numbers, numbers, st.sampled_from(["true", "null", '"x"', "[1]", '"a:b"']))
labels = st.sampled_from(['"a"', '"b"', '"c:"', '"\\ud800"', "1.50", "7", "true", "null"])
arrays = st.lists(masses, max_size=4).map(lambda each: f"[{', '.join(each)}]")
objects = st.lists(st.tuples(labels.filter(lambda each: each[0] == '"'), masses), max_size=4).map(
    lambda each: "{" + ", ".join(f"{key}: {value}" for key, value in each) + "}"
)
records = st.lists(st.tuples(labels, masses), min_size=1, max_size=4).map(
    lambda rows: [f'{{"x": {label}, "p": {mass}}}' for label, mass in rows]
)
forms = st.one_of(arrays, objects, records.map(lambda each: f"[{', '.join(each)}]"))
documents = st.one_of(forms, st.tuples(forms, forms).map(lambda pair: f'{{"p": {pair[0]}, "q": {pair[1]}}}'))
lines = st.one_of(records, st.lists(masses, max_size=4), forms.map(lambda each: [each]), st.just(["1, 2", "[3", "4]"]))


def distributions(read, text, query):
    """The result of reading a document: labels, masses and places, or the error."""
    try:
        return [
            (each.labels, each.values.tolist(), [each.where(index) for index in range(len(each.values))])
            for each in read(ByteSource.from_bytes("t.json", text.encode(errors="surrogatepass")), query)
        ]
    except KlError as error:
        return error.message, error.hint


@pytest.mark.parametrize("hidden", [[], ["orjson"]], ids=["installed", "missing"])
@settings(max_examples=500)
@given(
    case=st.one_of(
        st.tuples(st.just(read_json), documents),
        st.tuples(st.just(read_json_lines), lines.map(lambda each: "\n\n".join(each) + "\r\n")),
    ),
    query=st.sampled_from([Query(), Query((None, None), (False, False)), Query(samples=(True,)), Query(label="x")]),
)
def test_a_large_document_is_read_and_refused_as_a_small_one(hidden, case, query):
    careful = distributions(*case, query)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(document, "LARGE", 0)
        for module in hidden:
            patch.setitem(sys.modules, module, None)
        assert repr(distributions(*case, query)) == repr(careful)
