"""Samples of integers above 2^53 are told apart if they are few, or a note says that they are not."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import klcli

LONG = 2**53
P, Q = ([LONG + 1, LONG + 3] * 100, [LONG, LONG + 4] * 100)


def integers(tmp_path, suffix):
    paths = [str(tmp_path / f"{side}{suffix}") for side in "pq"]
    for path, values in zip(paths, (P, Q), strict=True):
        if suffix == ".csv":
            with open(path, "w") as file:
                file.write("v,w\n" + "".join(f"{value},1\n" for value in values))
        else:
            pq.write_table(pa.table({"v": pa.array(values, pa.int64())}), path)
    return paths


def beyond(result):
    return [note.text for note in result.notes if note.kind == "samples_beyond_doubles"]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_few_integers_that_doubles_do_not_tell_apart_are_labels(tmp_path, document, suffix):
    found = document("estimate", *integers(tmp_path, suffix), "--column", "v")
    assert found["measures"]["jensen_shannon"] > 0.69
    assert ["to the letter" in note["text"] for note in found["notes"] if note["code"] == "precision"] == [True]


def test_an_array_of_few_such_integers_is_one_of_labels():
    result = klcli.estimate(np.array(P), np.array(Q))
    assert result.p_value < 1e-9
    assert "to the letter" in beyond(result)[0]


def test_many_such_integers_are_numbers_with_a_note():
    values = np.random.default_rng(0).integers(10**18, 2 * 10**18, 500)
    assert 'as_="labels" compares them' in beyond(klcli.estimate(values[:250], values[250:]))[0]


def test_shorter_integers_have_no_note():
    assert not beyond(klcli.estimate(np.array([1, 2, LONG - 1] * 50), np.array([1, 2, LONG - 1] * 50)))
