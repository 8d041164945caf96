"""The bytes of a source: from files, pipes and standard input, compressed or not."""

import bz2
import gzip
import io
import lzma
import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

import klcli
from klcli.errors import Unreadable
from klcli.sources.bytes import byte_source, files
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.bytes.files import is_stream

TABLE = b"cat,0.25\ndog,0.75\n"


def zstd(data):
    module = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    return pytest.importorskip(module).compress(data)


every_compression = pytest.mark.parametrize(
    ("suffix", "compress"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress), (".zst", zstd)]
)


@pytest.fixture
def stdin(monkeypatch):
    """Puts bytes on standard input."""

    def put(data):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    return put


@pytest.fixture
def fifo(tmp_path):
    """Makes a named pipe to which bytes are written once."""
    threads = []

    def make(name, data):
        path = tmp_path / name
        os.mkfifo(path)
        threads.append(Thread(target=path.write_bytes, args=(data,)))
        threads[-1].start()
        return path

    yield make
    for thread in threads:
        thread.join(timeout=10)


def test_a_file_is_its_bytes_and_keeps_its_path(tmp_path):
    path = tmp_path / "p.csv"
    path.write_bytes(TABLE)
    source = ByteSource(path)
    assert (source.name, source.data, source.path) == (str(path), TABLE, path)


@every_compression
@pytest.mark.parametrize("case", [str.lower, str.upper])
def test_a_file_is_decompressed_by_its_suffix(suffix, compress, case, tmp_path):
    path = tmp_path / f"p.csv{case(suffix)}"
    path.write_bytes(compress(TABLE))
    source = ByteSource(path)
    assert (source.data, source.path) == (TABLE, None)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_parts_that_follow_each_other_are_one(compress, tmp_path):
    path = tmp_path / {gzip: "p.gz", bz2: "p.bz2", lzma: "p.xz"}[sys.modules[compress.__module__]]
    path.write_bytes(compress(b"cat,0.25\n") + compress(b"dog,0.75\n"))
    assert ByteSource(path).data == TABLE


def test_a_file_is_not_decompressed_without_the_suffix(tmp_path):
    path = tmp_path / "p.csv"
    path.write_bytes(gzip.compress(TABLE))
    assert ByteSource(path).data == gzip.compress(TABLE)


@every_compression
def test_standard_input_is_decompressed_by_its_first_bytes(suffix, compress, stdin):
    stdin(compress(TABLE))
    assert ByteSource("-").data == TABLE


def test_standard_input_is_its_bytes(stdin):
    stdin(TABLE)
    source = ByteSource("-")
    assert (source.name, source.data, source.path) == ("stdin", TABLE, None)


@pytest.mark.parametrize("data", [TABLE, gzip.compress(TABLE)], ids=["plain", "gzip"])
def test_a_named_pipe_is_read_once_and_decompressed_by_its_first_bytes(data, fifo):
    source = ByteSource(fifo("p.csv", data))
    assert (source.data, source.path) == (TABLE, None)


@pytest.mark.parametrize("data", [TABLE, gzip.compress(TABLE)], ids=["plain", "gzip"])
def test_the_first_bytes_of_a_stream_are_not_consumed(data, stdin):
    stdin(data)
    source = ByteSource("-")
    assert source.head() == TABLE
    assert source.data == TABLE


def test_a_stream_can_be_opened_only_once(stdin):
    stdin(TABLE)
    source = ByteSource("-")
    with source.opened() as stream:
        assert stream.read() == TABLE
    with pytest.raises(Unreadable, match=r"^stdin: can be read only once$"):
        source.open()


def test_a_cached_stream_can_be_read_again(stdin, monkeypatch):
    monkeypatch.setattr(files, "STREAM_CACHE", {})
    monkeypatch.setattr(byte_source, "STREAM_CACHE", files.STREAM_CACHE)
    stdin(gzip.compress(TABLE))
    files.cache_stream("-")
    assert [ByteSource("-").data for _ in range(2)] == [TABLE, TABLE]


def test_a_device_is_not_kept_as_it_may_have_no_end():
    with files.kept_stream("/dev/zero"):
        assert "/dev/zero" not in files.STREAM_CACHE


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("p.csv", ".csv"), ("p.CSV.gz", ".csv"), ("p", ""), (".gz", ""), ("p.gz", ""), ("a.b.npy", ".npy")],
)
def test_the_suffix_is_that_before_a_compression(name, suffix, tmp_path):
    (tmp_path / name).write_bytes(b"")
    assert ByteSource(tmp_path / name).suffix == suffix


def test_a_pipe_is_a_stream_and_a_file_is_not(tmp_path):
    (tmp_path / "p.csv").write_bytes(TABLE)
    os.mkfifo(tmp_path / "pipe")
    assert is_stream(tmp_path / "pipe")
    assert not is_stream(tmp_path / "p.csv")
    assert not is_stream(tmp_path / "missing")


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no /dev/fd")
@pytest.mark.parametrize("data", [TABLE, gzip.compress(TABLE)], ids=["plain", "gzip"])
def test_a_redirection_is_a_stream_though_it_leads_to_a_file(data, tmp_path):
    path = tmp_path / "p.csv"
    path.write_bytes(data)
    with path.open("rb") as stream:
        descriptor = Path(f"/dev/fd/{stream.fileno()}")
        assert is_stream(descriptor)
        assert ByteSource(descriptor).data == TABLE


@pytest.mark.skipif(not Path("/dev/stdin").exists(), reason="no /dev/stdin")
@pytest.mark.parametrize("is_pipe", [True, False], ids=["pipe", "file"])
@pytest.mark.parametrize("data", [TABLE, b'{"cat": 0.25, "dog": 0.75}'], ids=["csv", "json"])
def test_dev_stdin_is_standard_input(is_pipe, data, tmp_path):
    program = "from klcli.sources.operands.operand import load; print(load('/dev/stdin').labels)"
    (tmp_path / "data").write_bytes(data)
    with (tmp_path / "data").open("rb") as stream:
        given = {"input": data} if is_pipe else {"stdin": stream}
        root = Path(klcli.__file__).parents[1]
        done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, check=True, **given)
    assert done.stdout.strip() == b"('cat', 'dog')"


def test_the_null_device_is_empty():
    assert ByteSource(Path(os.devnull)).data == b""


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no /dev/zero")
def test_a_device_without_an_end_is_refused():
    with pytest.raises(Unreadable, match=r"^/dev/zero: a device, not a file$"):
        ByteSource(Path("/dev/zero"))


@pytest.mark.parametrize(
    "data",
    ["é\n".encode(), b"\xef\xbb\xbf" + "é\n".encode(), "é\n".encode("utf-16"), b"\xfe\xff" + "é\n".encode("utf-16-be")],
    ids=["UTF-8", "UTF-8 with BOM", "UTF-16", "UTF-16BE"],
)
def test_text_is_utf_8_or_utf_16_with_its_mark(data):
    assert ByteSource.from_bytes("p", data).text() == "é\n"


def test_text_that_is_neither_is_refused_at_its_line_with_a_cure():
    with pytest.raises(Unreadable, match=r"^p: line 3: byte 0xe9 is not UTF-8$") as caught:
        ByteSource.from_bytes("p", "a\nb\né".encode("latin-1")).text()
    assert caught.value.hint == "convert it, as with iconv -f latin1 -t utf-8"


@pytest.mark.parametrize("encoding", ["utf-16le", "utf-16be"])
@pytest.mark.parametrize("text", ["label,p\ncat,0.25\n", "猫,0.25\n犬,0.75\n" * 999, "[1, 3]"])
def test_utf_16_without_its_mark_is_named_with_the_cure(text, encoding):
    with pytest.raises(Unreadable, match=r"^p: UTF-16 without a byte order mark$") as caught:
        ByteSource.from_bytes("p", text.encode(encoding)).text()
    assert caught.value.hint == f"convert it, as with iconv -f {encoding} -t utf-8"


@pytest.mark.parametrize("text", ["", "a,1\nb\0,1\n", "\0a,1\nb,1\n", "猫,1\n犬,1\n"])
def test_a_nul_here_and_there_does_not_make_utf_16(text):
    assert ByteSource.from_bytes("p", text.encode()).text() == text
