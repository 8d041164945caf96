"""Whatever the bytes, a reader gives distributions or an InputError: no crash, no warning, no other exception."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from row_files import safetensors

from klcli.core.distributions.kinds import KINDS
from klcli.errors import InputError, KlError
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.bytes.compression import COMPRESSIONS
from klcli.sources.formats.input_format import INPUT_FORMATS
from klcli.sources.formats.query import Query
from klcli.sources.operands.operand import load, load_pair

fuzz = settings(max_examples=150)
READERS = [each for each in INPUT_FORMATS if each.read is not None]
every_reader = pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)

columns = st.sampled_from([None, None, "p", "q", "1", "2", "label", "", "999"])
flags = st.booleans()
queries = st.one_of(
    st.builds(lambda p, s, label: Query((p,), (s,), label), columns, flags, columns),
    st.builds(lambda p, q, s, t, label: Query((p, q), (s, t), label), columns, columns, flags, flags, columns),
)


def npy(array):
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def npz(**arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def parquet(**columns):
    arrow = pytest.importorskip("pyarrow")
    stream = io.BytesIO()
    pytest.importorskip("pyarrow.parquet").write_table(arrow.table(columns), stream)
    return stream.getvalue()


def feather(**columns):
    arrow = pytest.importorskip("pyarrow")
    stream = io.BytesIO()
    pytest.importorskip("pyarrow.feather").write_feather(arrow.table(columns), stream)
    return stream.getvalue()


def workbook(rows):
    book = pytest.importorskip("openpyxl").Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


HALVES = np.array([0.5, 0.5])
VALID = {
    "csv": lambda: [b'label,p,q\r\n"a ""b""",0.5,0.4\r\n# note\r\nb,1/2,0.6\r\n', "x;1\ny;2\n".encode("utf-16")],
    "json": lambda: [b'{"p": {"a": 0.5, "b": 5e-1}, "q": [0.5, 0.5]}', b'[{"label": "a", "p": 1, "q": 2}]'],
    "jsonl": lambda: [b'{"label": "a", "p": 1, "q": 2}\n{"label": "b", "p": 3, "q": 4}\n', b"0.5\n0.5\n"],
    "npy": lambda: [npy(HALVES), npy(np.ones((2, 3))), npy(np.array(["a", "b"])), npy(np.array([b"a", b"b"]))],
    "npz": lambda: [npz(p=HALVES, q=HALVES, labels=np.array(["a", "b"])), npz(p=HALVES)],
    "safetensors": lambda: [safetensors({"p": HALVES, "q": HALVES}), safetensors({"x": np.ones((2, 3))})],
    "parquet": lambda: [parquet(label=["a", "b"], p=[0.5, 0.5], q=[1, 2]), parquet(p=[b"a", b"b"])],
    "arrow": lambda: [feather(label=["a", "b"], p=[0.5, 0.5], q=[1, 2]), feather(p=[b"a", b"b"])],
    "xlsx": lambda: [workbook([["label", "p", "q"], ["a", 0.5, 1], ["b", 0.5, 2]])],
    "sqlite": lambda: [b"SQLite format 3\0" + bytes(84)],
    "duckdb": lambda: [bytes(8) + b"DUCK" + bytes(84)],
}


@st.composite
def mutated(draw, valid):
    """One of the valid files with a few bytes replaced, removed or put in, or cut short."""
    data = bytearray(draw(st.sampled_from(valid)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        removed = draw(st.sampled_from([0, 1, 1, 2, 8, len(data)]))
        data[start : start + removed] = draw(st.binary(max_size=4))
    return bytes(data)


def refusal(call, *arguments, **options):
    """The error of klcli that a call ends with; None where it returns. Any other exception fails the test."""
    try:
        call(*arguments, **options)
    except KlError as error:
        return error
    return None


def check_reading(reader, source, query):
    """The source is read and understood as `kl` would, or refused as bad data with its name."""

    def read():
        found = reader.read(source, query)
        assert len(found) == len(query.columns)
        for observed, samples in zip(found, query.samples, strict=True):
            KINDS.lookup("samples" if samples else "auto").read(observed)

    error = refusal(read)
    assert error is None or (isinstance(error, InputError) and error.message.startswith("source"))


def test_every_reader_has_valid_files_to_mutate():
    assert set(VALID) == {each.name for each in READERS}


@every_reader
def test_random_bytes_are_refused_or_read(reader):
    @fuzz
    @given(data=st.binary(max_size=200), query=queries)
    def check(data, query):
        check_reading(reader, ByteSource.from_bytes("source", data), query)

    check()


@every_reader
def test_mutated_files_are_refused_or_read(reader):
    @fuzz
    @given(data=mutated(VALID[reader.name]()), query=queries)
    def check(data, query):
        check_reading(reader, ByteSource.from_bytes("source", data), query)

    check()


@pytest.mark.parametrize("name", ["csv", "json", "jsonl"])
def test_random_text_is_refused_or_read(name):
    pieces = st.sampled_from([*'{}[]":,;\t\n\r#=', '""', "0.5", "1", "p", "q", "label", "null", "é", "\x00", "1e999"])

    @fuzz
    @given(text=st.lists(pieces, max_size=30).map("".join), query=queries)
    def check(text, query):
        check_reading(INPUT_FORMATS.lookup(name), ByteSource.from_bytes("source", text.encode()), query)

    check()


@pytest.mark.parametrize("name", ["npy", "safetensors"])
def test_a_mutated_array_in_a_file_is_refused_or_mapped(name, tmp_path_factory, monkeypatch):
    monkeypatch.chdir(tmp_path_factory.mktemp("fuzz"))
    path = Path("source")

    @fuzz
    @given(data=mutated(VALID[name]()), query=queries)
    def check(data, query):
        path.unlink(missing_ok=True)
        path.write_bytes(data)
        check_reading(INPUT_FORMATS.lookup(name), ByteSource(path), query)

    check()


@pytest.mark.parametrize("suffix", COMPRESSIONS)
def test_a_mutated_compressed_file_is_refused_or_read(suffix, tmp_path_factory):
    path = tmp_path_factory.mktemp("fuzz") / f"p.csv{suffix}"

    @fuzz
    @given(data=st.binary(max_size=60) | st.binary(max_size=60).map(lambda rest: COMPRESSIONS[suffix] + rest))
    def check(data):
        path.write_bytes(data)
        error = refusal(lambda: ByteSource(path).data)
        assert error is None or (isinstance(error, InputError) and error.message.startswith(str(path)))

    check()


words = st.text(max_size=30) | st.text(alphabet="0123456789.,=/-+e[]{}\"':ab() \n\x00\ud800", max_size=30)


@settings(fuzz, max_examples=500)
@given(word=words.filter(lambda word: word.strip() != "-"), kind=st.sampled_from(KINDS.names()))
def test_any_word_is_a_distribution_or_an_error_of_klcli(word, kind):
    for error in (refusal(load, word, as_=kind), refusal(load_pair, word, as_=(kind, kind))):
        assert error is None or error.message
