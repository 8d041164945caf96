"""A row without a label is refused with its place, kept, or dropped: by one rule for every format."""

import sys

import numpy as np
import pytest

from klcli.errors import NotADistribution, UnknownName
from klcli.sources.json_text import document
from klcli.sources.operands.operand import load
from klcli.sources.text import delimited

TABLES = {
    "p.csv": ('label,n\na,3\n"",4\nb,5\n', "line 3"),
    "p.tsv": ("label\tn\na\t3\n\t4\nb\t5\n", "line 3"),
    "records.json": ('[{"label": "a", "n": 3}, {"label": null, "n": 4}, {"label": "b", "n": 5}]', "item 2"),
    "empty.json": ('[{"label": "a", "n": 3}, {"label": "", "n": 4}, {"label": "b", "n": 5}]', "item 2"),
    "keys.json": ('{"a": 3, "": 4, "b": 5}', "key 2"),
    "p.jsonl": ('{"label": "a", "n": 3}\n{"label": null, "n": 4}\n{"label": "b", "n": 5}\n', "line 2"),
    "p.parquet": ({"label": ["a", None, "b"], "n": [3, 4, 5]}, "row 2"),
    "empty.parquet": ({"label": ["a", "", "b"], "n": [3, 4, 5]}, "row 2"),
}
SAMPLES = {
    "p.csv": ('a\n""\nb\na\n', "line 2"),
    "p.json": ('["a", "", "b", "a"]', "item 2"),
    "null.json": ('["a", null, "b", "a"]', "item 2"),
    "p.jsonl": ('"a"\nnull\n"b"\n"a"\n', "line 2"),
    "p.parquet": ({"x": ["a", None, "b", "a"]}, "row 2"),
    "p.npy": (np.array(["a", "", "b", "a"]), "value 2"),
}


def write(path, content):
    if isinstance(content, str):
        path.write_text(content)
    elif isinstance(content, dict):
        arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
        parquet.write_table(arrow.table(content), path)
    else:
        np.save(path, content)
    return str(path)


def masses(found):
    return dict(zip(found.labels, found.mass.tolist(), strict=True))


@pytest.mark.parametrize("limit", [0, 10**9])
@pytest.mark.parametrize(
    ("name", "content", "place", "as_", "counts"),
    [
        *((name, *table, "counts", {"a": 3.0, "": 4.0, "b": 5.0}) for name, table in TABLES.items()),
        *((name, *samples, "samples", {"a": 2.0, "": 1.0, "b": 1.0}) for name, samples in SAMPLES.items()),
    ],
)
def test_a_row_without_a_label_is_refused_kept_or_dropped(
    tmp_path, monkeypatch, name, content, place, as_, counts, limit
):
    monkeypatch.setattr(delimited, "LARGE", limit)
    monkeypatch.setattr(document, "LARGE", limit)
    path = write(tmp_path / name, content)
    with pytest.raises(NotADistribution) as caught:
        load(path, as_=as_)
    assert caught.value.message == f"{path}: {place}: there is no label"
    assert "--missing-label keep" in caught.value.hint
    assert masses(load(path, as_=as_, missing_label="keep")) == counts
    dropped = load(path, as_=as_, missing_label="drop")
    assert masses(dropped) == {label: count for label, count in counts.items() if label}
    rows = 4 if as_ == "samples" else 3
    assert dropped.notes[-1].text == f"{path}: 1 row without a label was left out, of {rows}"


def test_inline_words_follow_the_rule():
    with pytest.raises(NotADistribution, match="value 2: there is no label"):
        load("a,,b", as_="samples")
    with pytest.raises(NotADistribution, match="value 1: there is no label"):
        load("=1,b=2")
    assert masses(load("=1,b=2", missing_label="keep")) == {"": 1.0, "b": 2.0}
    assert masses(load("a,,b", as_="samples", missing_label="drop")) == {"a": 1.0, "b": 1.0}


@pytest.mark.parametrize(
    ("how", "expected"), [("keep", {"JFK,": 3.0, "JFK,AA": 4.0, ",": 5.0}), ("drop", {"JFK,AA": 4.0})]
)
@pytest.mark.parametrize("limit", [0, 10**9])
def test_a_part_of_joint_labels_may_be_missing(tmp_path, monkeypatch, how, expected, limit):
    monkeypatch.setattr(delimited, "LARGE", limit)
    path = write(tmp_path / "p.csv", "origin,carrier,n\nJFK,,3\nJFK,AA,4\n,,5\n")
    with pytest.raises(NotADistribution, match="line 2: 'JFK,': a part of the label is missing"):
        load(path, label="origin,carrier")
    assert masses(load(path, label="origin,carrier", missing_label=how)) == expected


def test_places_after_a_dropped_row_are_those_of_the_file(tmp_path):
    path = write(tmp_path / "p.csv", "label,n\n,1\na,1\n,1\nb,1\na,1\n")
    with pytest.raises(NotADistribution, match="line 6: 'a': duplicate label, first seen at line 3"):
        load(path, as_="weights", missing_label="drop")


def test_nothing_is_left_where_every_label_is_dropped(tmp_path):
    with pytest.raises(NotADistribution, match="there are no "):
        load(write(tmp_path / "p.csv", "label,n\n,1\n"), missing_label="drop")


def test_blank_lines_are_skipped_and_spaces_are_a_label(tmp_path):
    path = write(tmp_path / "p.csv", 'a\n\n   \n" "\nb\n')
    assert masses(load(path, as_="samples")) == {"a": 1.0, " ": 1.0, "b": 1.0}


def test_nan_among_labels_of_numbers_is_a_missing_label(tmp_path):
    path = write(tmp_path / "p.parquet", {"label": [1.5, float("nan")], "n": [1, 2]})
    with pytest.raises(NotADistribution, match="row 2: there is no label"):
        load(path)
    with pytest.raises(NotADistribution, match="value 2: there is no label"):
        load(write(tmp_path / "p.npy", np.array([1.5, np.nan])), as_="samples")


def test_a_huge_text_with_an_empty_label_is_left_to_the_csv_module(tmp_path, monkeypatch):
    pytest.importorskip("duckdb")
    monkeypatch.setattr(delimited, "HUGE", 0)
    path = write(tmp_path / "p.csv", "label,n\na,3\n,4\n")
    with pytest.raises(NotADistribution, match="line 3: there is no label"):
        load(path)
    assert masses(load(path, missing_label="keep")) == {"a": 3.0, "": 4.0}
    monkeypatch.setitem(sys.modules, "duckdb", None)
    assert masses(load(path, missing_label="drop")) == {"a": 3.0}


def test_an_unknown_treatment_of_missing_labels_is_refused():
    with pytest.raises(UnknownName, match="'zero' is not a way to treat a row without a label"):
        load("a=1,b=2", missing_label="zero")
