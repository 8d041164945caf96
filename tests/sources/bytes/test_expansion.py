"""A compressed file expands to what it may, and no further, whatever its format; what is allowed is read as it was."""

import bz2
import gzip
import io
import lzma
import os
import struct
import subprocess
import sys

import numpy as np
import pytest
from conftest import ENVIRONMENT

import klcli
from klcli.errors import KlError, Unreadable, UsageError
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.bytes.expansion import Expansion, parse_expansion
from klcli.sources.operands.operand import load
from klcli.sources.rows.open_rows import open_rows
from klcli.support.optional_package import installed

ZSTD = installed("compression.zstd") or installed("backports.zstd")
COMPRESS = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}
if ZSTD is not None:
    COMPRESS[".zst"] = ZSTD.compress
MB, GIB = 10**6, 2**30
LONG_ROWS = b"1." + b"0" * 120 + b"\n"
LONG_ROWS *= 6 * MB // len(LONG_ROWS)  # more than is allowed without asking, in few rows
every_compression = pytest.mark.parametrize("suffix", COMPRESS)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("100x", (100, np.inf)),
        ("100x,4GiB", (100, 4 * GIB)),
        ("4GiB,100x", (100, 4 * GIB)),
        ("4 GB", (np.inf, 4e9)),
        ("1.5×", (1.5, np.inf)),
        ("512k", (np.inf, 2**19)),
        ("7b", (np.inf, 7)),
        ("2TiB", (np.inf, 2**41)),
        ("none", (np.inf, np.inf)),
        (" None ", (np.inf, np.inf)),
    ],
)
def test_a_limit_is_a_ratio_a_size_or_both(text, limit):
    assert parse_expansion(text) == limit


@pytest.mark.parametrize("text", ["", "100", "x", "-1x", "0x", "0GiB", "1e9b", "nan", "infx", "4XB", "100x,", "1x 2x"])
def test_what_is_no_limit_is_refused(text):
    with pytest.raises(UsageError, match="is not a limit on what a file may expand to"):
        parse_expansion(text)


def test_small_output_is_allowed_whatever_the_ratio_and_the_size_always_holds():
    limit = Expansion(100, 10 * MB)
    assert limit.allowed(10) == 4 * 2**20
    assert limit.allowed(50_000) == 5 * MB
    assert limit.allowed(MB) == 10 * MB
    assert Expansion(100, 1000).allowed(MB) == 1000


@every_compression
@pytest.mark.parametrize("name", ["p.csv", "p.json"])
def test_a_bomb_is_refused_with_what_it_may_expand_to(tmp_path, suffix, name):
    text = (b"0," * 99 + b"0\n") * 30_000 if name == "p.csv" else b"[" + b"1," * (3 * MB) + b"1]"  # 6 MB
    path = tmp_path / f"{name}{suffix}"
    path.write_bytes(COMPRESS[suffix](text))
    allowed = max(4 * 2**20, 100 * path.stat().st_size)
    with pytest.raises(Unreadable) as error:
        load(str(path))
    assert error.value.message.startswith(f"{path}: expands to more than {allowed:,} bytes, ")
    assert "--max-expand 8GiB, or none" in error.value.hint
    with pytest.raises(Unreadable, match="expands to more than"):
        list(open_rows(str(path)).blocks(1000))


@every_compression
def test_a_file_at_its_limit_is_read_and_one_byte_more_is_refused(tmp_path, suffix):
    path = tmp_path / f"p.csv{suffix}"
    path.write_bytes(COMPRESS[suffix](b"1\n" * 5000))
    assert len(ByteSource(path, limit=parse_expansion("10000b")).data) == 10_000
    with pytest.raises(Unreadable, match="expands to more than 9,999 bytes, the most that --max-expand allows"):
        _ = ByteSource(path, limit=parse_expansion("9999b")).data
    assert len(load(str(path), as_="counts", max_expand="10kB")) == 5000
    assert sum(len(block.values) for block in open_rows(str(path), max_expand="10kB").blocks(100)) == 5000
    with pytest.raises(Unreadable, match="expands to more than 9,999 bytes"):
        list(open_rows(str(path), max_expand="9999b").blocks(100))


@every_compression
def test_streams_one_after_another_are_read_as_one_and_limited_as_one(tmp_path, suffix):
    path = tmp_path / f"p.csv{suffix}"
    path.write_bytes(COMPRESS[suffix](b"a,1\n" * 100) + COMPRESS[suffix](b"b,3\n" * 100))
    assert load(str(path), as_="counts").mass.tolist() == [100, 300]
    with pytest.raises(Unreadable, match="expands to more than 799 bytes"):
        load(str(path), as_="counts", max_expand="799b")


@every_compression
@pytest.mark.parametrize("cut", [1, 10, 0.5])
def test_a_cut_file_is_still_called_that(tmp_path, suffix, cut):
    path = tmp_path / f"p.csv{suffix}"
    data = COMPRESS[suffix](os.urandom(5000).hex().encode())
    path.write_bytes(data[: -cut if cut >= 1 else int(len(data) * cut)])
    with pytest.raises(Unreadable, match=f"not a whole {suffix[1:]} file"):
        load(str(path))


@pytest.mark.parametrize("suffix", [".bz2", ".xz"])
def test_bytes_after_the_last_stream_are_passed_over_as_by_python(tmp_path, suffix):
    path = tmp_path / f"p.csv{suffix}"
    path.write_bytes(COMPRESS[suffix](b"1\n3\n") + b"no stream")
    assert load(str(path), as_="counts").mass.tolist() == [1, 3]


def test_members_of_an_archive_are_limited_each(tmp_path):
    path = tmp_path / "p.npz"
    np.savez_compressed(path, p=np.ones(5 * MB), q=np.random.default_rng(1).random(1000))
    for read in (lambda: load(str(path), column="p", as_="weights"), lambda: open_rows(str(path), array="p")):
        with pytest.raises(Unreadable, match=r"p\.npz:p: expands to more than"):
            read()
    assert len(load(str(path), column="q", as_="weights")) == 1000  # its neighbour is not read
    assert len(load(str(path), column="p", as_="weights", max_expand="none")) == 5 * MB


def test_a_value_that_parquet_repeats_is_limited(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "p.parquet"
    parquet.write_table(arrow.table({"p": np.ones(4 * MB)}), path)
    assert path.stat().st_size < 200_000
    with pytest.raises(Unreadable, match=r"p\.parquet: expands to more than"):
        load(str(path), as_="counts")
    with pytest.raises(Unreadable, match=r"p\.parquet: expands to more than"):
        open_rows(str(path))
    assert len(load(str(path), as_="counts", max_expand="1GiB")) == 4 * MB
    parquet.write_table(arrow.table({"p": np.ones(2 * MB)}), path)
    assert len(load(str(path), as_="counts")) == 2 * MB


LONG = "x" * 100_000


def repeated(arrow, count, texts=(LONG, "y")):
    """A column of a few texts that repeat, which a file holds once."""
    return arrow.DictionaryArray.from_arrays(arrow.array(np.arange(count, dtype=np.int32) % len(texts)), list(texts))


@pytest.mark.parametrize("row_group_size", [100, 100_000])
@pytest.mark.parametrize("keeps_type", [True, False])
@pytest.mark.parametrize("texts", [(LONG, "y"), (LONG,)])
def test_a_text_that_parquet_repeats_is_limited(tmp_path, row_group_size, keeps_type, texts):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "p.parquet"
    table = arrow.table({"label": repeated(arrow, 10_000, texts), "p": np.arange(1.0, 10_001.0)})
    options = {} if keeps_type else {"store_schema": False}
    try:
        parquet.write_table(table, path, row_group_size=row_group_size, **options)
    except TypeError:
        pytest.skip("an older pyarrow writes the type in any case")
    with pytest.raises(Unreadable, match=r"p\.parquet: expands to more than"):
        load(str(path), as_="samples", label="label", max_expand="10MiB")
    if not keeps_type:
        with pytest.raises(Unreadable, match=r"p\.parquet: expands to more than"):
            open_rows(str(path), id_column="label", max_expand="10MiB")


@pytest.mark.parametrize("column", [{"use_dictionary": True}, {"use_dictionary": False}], ids=["once", "plain"])
def test_one_long_text_among_many_short_ones_is_read(tmp_path, column):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "p.parquet"
    labels = [LONG, *map(str, range(20_000))]
    parquet.write_table(arrow.table({"label": labels, "p": np.ones(20_001)}), path, **column)
    found = load(str(path), as_="counts")  # 20,001 times the longest text would be 2 GB
    assert found.labels is not None
    assert list(found.labels) == labels


def test_a_text_whose_beginning_parquet_repeats_is_limited(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "p.parquet"
    labels = [f"{LONG}{number}" for number in range(1000)]
    table = arrow.table({"label": labels, "p": np.ones(1000)})
    try:
        parquet.write_table(table, path, use_dictionary=False, column_encoding={"label": "DELTA_BYTE_ARRAY"})
    except OSError:
        pytest.skip("an older pyarrow does not write this encoding")
    assert path.stat().st_size < 400_000
    with pytest.raises(Unreadable, match=r"p\.parquet: expands to more than"):
        load(str(path), as_="counts")
    assert len(load(str(path), as_="counts", max_expand="1GiB")) == 1000


def test_lists_that_parquet_repeats_are_not_read(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "p.parquet"
    lists = arrow.ListArray.from_arrays(arrow.array([0, 8 * MB, 8 * MB]), arrow.array(np.zeros(8 * MB, np.int8)))
    parquet.write_table(arrow.table({"lists": lists, "label": ["a", "b"], "p": [1.0, 3.0]}), path)
    assert load(str(path), as_="counts", label="label", column="p").mass.tolist() == [1, 3]
    with pytest.raises(KlError, match=r"row 1: list<.*> is not a label"):
        load(str(path), as_="counts", label="lists", column="p")


def arrow_columns(arrow):
    views = getattr(arrow, "string_view", None)
    yield "a dictionary", repeated(arrow, 10_000)
    yield "nothing", arrow.nulls(20 * MB)
    if hasattr(arrow, "RunEndEncodedArray"):
        yield "runs", arrow.RunEndEncodedArray.from_arrays(arrow.array([20 * MB], arrow.int32()), ["x"])
    if views is not None:
        view = struct.pack("<i4sii", len(LONG), LONG[:4].encode(), 0, 0)
        buffers = [None, arrow.py_buffer(view * 10_000), arrow.py_buffer(LONG.encode())]
        yield "views", arrow.Array.from_buffers(views(), 10_000, buffers)


def test_what_arrow_repeats_is_limited(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    for name, column in arrow_columns(arrow):
        path = tmp_path / "p.arrow"
        with arrow.OSFile(str(path), "wb") as file, arrow.ipc.new_file(file, arrow.schema([("x", column.type)])) as to:
            to.write(arrow.record_batch([column], names=["x"]))
        assert path.stat().st_size < 400_000, name
        with pytest.raises(Unreadable, match=r"p\.arrow: expands to more than"):
            load(str(path), as_="samples")


def test_an_array_across_its_rows_is_read_from_a_compressed_file(tmp_path):
    values = np.asfortranarray(np.arange(1.0, 2001.0).reshape(200, 10))
    stream = io.BytesIO()
    np.save(stream, values)
    (tmp_path / "p.npy.gz").write_bytes(gzip.compress(stream.getvalue()))
    found = np.concatenate([block.values for block in open_rows(str(tmp_path / "p.npy.gz")).blocks(7)])
    assert np.array_equal(found, values)


# kl, and at the end its exit code and the most memory that it had, in kB
MEASURED = """
import sys
from klcli.cli.main import main
code = main(sys.argv[1:])
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(code), peak)
"""


@pytest.fixture(scope="module")
def bomb(tmp_path_factory):
    """A file of 150 MB of JSON, which takes a second to compress."""
    path = tmp_path_factory.mktemp("bomb") / "bomb.json.gz"
    path.write_bytes(gzip.compress(b"[" + b"1," * (75 * MB) + b"1]"))
    return path


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="there is no /proc")
@pytest.mark.parametrize("command", ["compute", "explain", "rows", "matrix", "batch"])
@pytest.mark.parametrize("way", ["file", "stdin"])
def test_every_command_refuses_a_bomb_in_bounded_memory(bomb, tmp_path, command, way):
    (tmp_path / "q.csv").write_text("1\n3\n")
    words = [str(bomb) if way == "file" else "-", str(tmp_path / "q.csv")]
    with bomb.open("rb") as stdin:
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, command, *words], stdin=stdin, capture_output=True, env=ENVIRONMENT,
            check=False,
        )  # fmt: skip
    code, peak = map(int, done.stdout.split()[-2:])
    assert code == 3
    assert b"expands to more than" in done.stdout + done.stderr
    assert peak < 300_000


def test_a_trusted_file_is_read_where_more_is_allowed(kl, tmp_path):
    path = tmp_path / "p.csv.gz"
    path.write_bytes(gzip.compress(LONG_ROWS))
    words = ("compute", path, path, "-m", "forward_kl", "-f", "value")
    assert kl(*words).code == 3
    for limit in ("none", "2000x", "1GiB", "2000x,1GiB"):
        assert kl(*words, "--max-expand", limit).out == "0.0\n"
    assert kl(*words, "--max-expand", "lots").code == 2


def test_a_manifest_and_its_settings_may_say_the_limit(kl, tmp_path, monkeypatch):
    (tmp_path / "p.csv.gz").write_bytes(gzip.compress(LONG_ROWS))
    (tmp_path / "pairs.csv").write_text("p,q,max_expand\np.csv.gz,p.csv.gz,none\np.csv.gz,p.csv.gz,\n")
    result = kl("batch", tmp_path / "pairs.csv", "-j", "1", "-f", "csv")
    assert result.code == 3
    assert [line.split(",")[1] for line in result.out.splitlines()[1:]] == ["ok", "error"]


def test_the_python_face_takes_the_limit(tmp_path):
    path = tmp_path / "p.csv.gz"
    path.write_bytes(gzip.compress(LONG_ROWS))
    with pytest.raises(Unreadable, match="expands to more than"):
        klcli.compare(path, path)
    assert klcli.compare(path, path, max_expand="none").forward_kl == 0
