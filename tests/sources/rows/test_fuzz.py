"""Whatever the bytes, a source of rows gives rows or an InputError, and lines mean the same however they are parsed."""

import gzip
import io
import json
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from row_files import llama_base, safetensors

from klcli.errors import InputError
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.json_text import lines as lines_module
from klcli.sources.json_text import parser
from klcli.sources.json_text.lines import json_lines
from klcli.sources.rows.open_rows import open_rows
from klcli.sources.rows.pairs import open_pairs

VALUES = np.arange(1.0, 13).reshape(3, 4)


def saved(save, *values, **arrays):
    stream = io.BytesIO()
    save(stream, *values, **arrays)
    return stream.getvalue()


FILES = {
    "npy": saved(np.save, VALUES),
    "npz": saved(np.savez_compressed, p=VALUES, q=VALUES),
    "safetensors": safetensors({"p": VALUES, "q": VALUES}),
    "csv": b"id,a,b\nx,1,2\ny,0.5,1e-3\n",
    "jsonl": b'{"p": [1, 2], "q": {"top": {"a": -1}}}\n[1, 2]\n{"a": 1}\n',
    "bin": llama_base(VALUES.astype("f4"), np.arange(8) % 4, 8),
    "csv.gz": gzip.compress(b"a,b\n1,2\n"),
}
changes = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@settings(max_examples=150)
@pytest.mark.parametrize("suffix", FILES)
@given(changes=changes, kept=st.one_of(st.none(), st.integers(0, 400)))
def test_damage_is_an_input_error_and_nothing_else(folder, suffix, changes, kept):
    data = bytearray(FILES[suffix])
    for at, byte in changes:
        data[at % len(data)] = byte
    path = folder / f"damaged.{suffix}"
    path.write_bytes(data[:kept])
    for read in (lambda: open_rows(str(path), side="p", id_column="id"), lambda: open_pairs([str(path), str(path)])):
        found = refusal(read)
        assert found is None or str(path) in found


def refusal(read):
    """The words of the refusal; None where there are rows."""
    try:
        assert list(read().blocks(2))
    except InputError as error:
        return error.message
    return None


PIECES = ["{", "}", "[", "]", ",", '"', '"p": ', "1", "{}", '{"p": [1]}', '{"p": [1], "p": [2]}', '{"a}', "\n", "\n",
          " ", '{"x": "}', '{"x": "{"}', "}\n{", '"q":{', "}\r\n {", '{"p": {"a": 1}}', "[{", '":{"', "[[", "[1]",
          "]\n[", '"x": [']  # fmt: skip
WHOLE = ['{"p": [1]}\n', '{"p": {"a": 1}}\r\n', "[1, 2]\n"]
texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=14),
    st.tuples(st.sampled_from(WHOLE), st.lists(st.sampled_from(PIECES), max_size=2), st.integers(1, 3)).map(
        lambda made: [made[0] * made[2], *made[1], made[0] * made[2]]
    ),
).map("".join)


def outcome(path, *, together=True):
    try:
        return [
            (number, value)
            for lines in json_lines(ByteSource(str(path)), 2, together=together)
            for number, value in zip(lines.numbers, lines.values, strict=True)
        ]
    except InputError as error:
        return error.message


@settings(max_examples=400)
@given(text=texts)
def test_lines_parsed_together_have_the_values_of_lines_parsed_one_by_one(folder, text):
    path = folder / "t.jsonl"
    path.write_text(text, newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parser, "LARGE", 0)
        found = outcome(path)
        assert outcome(path, together=False) == found
        patch.setitem(sys.modules, "orjson", None)
        assert outcome(path, together=False) == found


@pytest.mark.parametrize(
    "line",
    ['{"p": [0.5, 0.5], "q": [0.9, 0.1]}', '{"p":[1,2],"q":[3,4],"id":"x"}', '{"p": {"a": 1}, "q": {"a": 2}}',
     '{"p":{"top":{"a":-1}},"q":{"top":{"a":-2}}}', '{"a": 1, "b": 2}', "[0.5, 0.5]"],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_as_programs_write_them_are_parsed_once(folder, monkeypatch, line, end):
    texts = []
    monkeypatch.setattr(lines_module, "json_parser", lambda size: lambda text: texts.append(text) or json.loads(text))
    path = folder / "t.jsonl"
    path.write_bytes((line + end).encode() * 100)
    assert outcome(path) == [(number, json.loads(line)) for number in range(1, 101)]
    assert len(texts) == 1
