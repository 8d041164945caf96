"""Bytes as they arrive: all that is there, and no waiting for what may not come."""

import gzip
import io
import os

import pytest

from klcli.sources.bytes.nonblocking_read import available_chunks


@pytest.fixture
def pipe():
    """Both ends of a pipe; what is read is buffered by 8 bytes, so that one read does not give all."""
    source, target = os.pipe()
    with open(source, "rb", buffering=8) as reader, open(target, "wb", buffering=0) as writer:
        yield reader, writer


@pytest.mark.parametrize(("size", "found"), [(100, [b"a" * 50, b""]), (20, [b"a" * 20, b"a" * 20, b"a" * 10, b""])])
def test_all_bytes_that_have_arrived_are_one_chunk_up_to_the_size(pipe, size, found):
    reader, writer = pipe
    writer.write(b"a" * 50)
    reader.peek(1)
    chunks = available_chunks(reader, size)
    assert [next(chunks) for _ in found[:-1]] == found[:-1]
    writer.close()
    assert list(chunks) == found[-1:]


def test_bytes_are_yielded_before_more_arrive(pipe):
    reader, writer = pipe
    chunks = available_chunks(reader, 100)
    for text in (b"a\n", b"b\n", b"c" * 60_000):
        writer.write(text)
        assert b"".join(next(chunks) for _ in range(-(-len(text) // 100))) == text


def test_the_end_is_not_asked_for_twice():
    class Terminal(io.BytesIO):
        """One that goes on behind its end, as a terminal does behind Ctrl-D."""

        texts = iter([b"a\n", b"", b"b\n"])

        def read1(self, size=-1):
            return next(self.texts)

    assert list(available_chunks(Terminal(), 100)) == [b"a\n", b""]


def test_decompressed_bytes_are_complete(pipe):
    reader, writer = pipe
    writer.write(gzip.compress(b"a\n" * 10_000))
    writer.close()
    chunks = list(available_chunks(io.BufferedReader(gzip.GzipFile(fileobj=reader)), 100))
    assert b"".join(chunks) == b"a\n" * 10_000
    assert max(map(len, chunks)) <= 100
