"""Tables in a store of objects, by fsspec: a store in memory stands for S3, which is not tested by us."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from klcli.errors import MissingPackage, Unreadable
from klcli.sources.tables.open_table import open_table

fsspec = pytest.importorskip("fsspec")


@pytest.fixture(autouse=True)
def store():
    store = fsspec.filesystem("memory")
    for at in (1, 2):
        with store.open(f"/bucket/part-{at}.parquet", "wb") as file:
            pq.write_table(pa.table({"x": [float("nan"), 1.0, None], "word": ["a", "b", f"c{at}"]}), file)
    with store.open("/bucket/t.csv", "wb") as file:
        file.write(b"a,b\n1,2\n")
    yield store
    store.rm("/bucket", recursive=True)


@pytest.mark.parametrize(("word", "rows"), [("memory://bucket/part-1.parquet", 3), ("memory://bucket/*.parquet", 6)])
def test_objects_are_counted(word, rows):
    table = open_table(word)
    facts = table.facts(table.columns)
    assert (table.rows, facts["x"].nan, facts["x"].null) == (rows, rows // 3, rows // 3)
    table.close()


@pytest.mark.parametrize(
    ("word", "found"), [("memory://bucket/none.parquet", "no object there"), ("memory://bucket/t.csv", "only Parquet")]
)
def test_what_is_no_table_is_refused(word, found):
    with pytest.raises(Unreadable, match=found):
        open_table(word)


def test_a_driver_that_is_missing_names_the_extra():
    try:
        import adlfs  # noqa: F401
    except ImportError:
        with pytest.raises(MissingPackage) as caught:
            open_table("az://bucket/x.parquet")
        assert "klcli[cloud]" in caught.value.hint


def test_a_driver_that_refuses_to_open_is_bad_data_and_no_bug(monkeypatch):
    def opened(scheme):
        raise ValueError("must provide an account")  # as adlfs does

    monkeypatch.setattr(fsspec, "filesystem", opened)
    with pytest.raises(Unreadable, match="az refuses: must provide an account") as caught:
        open_table("az://bucket/x.parquet")
    assert "credentials" in caught.value.hint
