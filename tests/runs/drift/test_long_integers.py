"""Integers above 2^53 in a text are told apart, or a note says that they are not, whoever counts the text."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import klcli
from klcli.runs.batch_results import Status
from klcli.tables.column import Kind

LARGE = 60_000  # rows of a text that duckdb counts
LONG = 2**53


def written(tmp_path, name, values):
    path = tmp_path / name
    if path.suffix == ".csv":
        path.write_text("".join(f"{each}\n" for each in ("v,w", *(f"{value},x" for value in values))))
    else:
        pq.write_table(pa.table({"v": pa.array(values, pa.int64()), "w": ["x"] * len(values)}), path)
    return str(path)


def drift(tmp_path, p, q, suffixes=(".csv", ".csv"), **settings):
    words = [written(tmp_path, f"{side}{end}", cells) for side, end, cells in zip("pq", suffixes, (p, q), strict=True)]
    result = klcli.drift(*words, columns=["v"], **settings)
    found = next(each for each in result.columns if each.name == "v")
    return found, [note.text for note in found.counted.notes if note.kind == "integers_beyond_doubles"]


@pytest.mark.parametrize("rows", [200, LARGE])
@pytest.mark.parametrize("suffixes", [(".csv", ".csv"), (".csv", ".parquet"), (".parquet", ".csv")])
def test_categories_that_doubles_do_not_tell_apart_have_no_label_in_common(tmp_path, rows, suffixes):
    cells = [[LONG + 1, LONG + 3] * (rows // 2), [LONG, LONG + 4] * (rows // 2)]
    found, notes = drift(tmp_path, *cells, suffixes)
    assert found.status is Status.ERROR
    assert "label in common" in found.reason
    assert len(notes) == 1
    assert "to the letter" in notes[0]


@pytest.mark.parametrize("rows", [1_200, LARGE])
def test_a_text_and_parquet_with_the_same_integers_are_equal(tmp_path, rows):
    cells = [LONG + 1 + 2 * (each % 12) for each in range(rows)]
    assert drift(tmp_path, cells, cells, (".csv", ".parquet"))[0].measures["jeffreys"] == 0


@pytest.mark.parametrize("rows", [1_200, LARGE])
def test_long_integers_that_are_compared_as_doubles_have_a_note_with_the_cure(tmp_path, rows):
    cells = np.random.default_rng(0).integers(10**18, 2 * 10**18, rows).tolist()
    found, notes = drift(tmp_path, cells, cells)
    assert found.counted.decision.kind is Kind.NUMERIC
    assert len(notes) == 1
    assert "--type v=category" in notes[0]


def test_large_numbers_among_fractions_have_no_note(tmp_path):
    cells = [each / 4 * 1e15 + 0.5 for each in range(200)]
    assert not drift(tmp_path, cells, cells)[1]
