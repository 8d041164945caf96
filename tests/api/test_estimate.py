"""`klcli.estimate`: samples of Python, numpy and pandas."""

import numpy as np
import pandas as pd
import pytest

import klcli


@pytest.fixture
def random():
    return np.random.default_rng(4)


def test_texts_are_labels_and_numbers_are_numbers(random):
    letters = random.choice(list("abc"), (2, 200))
    found = klcli.estimate(*letters.tolist())
    assert (found.p.kind, found.p.observations, found.unit) == ("labels", 200, "nats")
    assert found.forward_kl.lower <= max(found.forward_kl.value, 0) <= found.forward_kl.upper
    assert klcli.estimate(random.normal(size=100), random.normal(size=100)).p.kind == "numbers"
    assert klcli.estimate([1, 2, 2, 3] * 10, [1, 2, 3, 3] * 10).p.kind == "labels"


def test_mappings_are_counts(random):
    counted = klcli.estimate({"a": 30, "b": 70}, {"a": 40, "b": 60})
    listed = klcli.estimate(["a"] * 30 + ["b"] * 70, ["a"] * 40 + ["b"] * 60)
    assert counted.forward_kl == listed.forward_kl
    assert counted.p.kind == "counts"


def test_arrays_of_two_dimensions_and_frames_are_vectors(random):
    pytest.importorskip("scipy")
    x, y = random.normal(size=(150, 2)), random.normal(size=(160, 2))
    found = klcli.estimate(x, y)
    assert (found.p.kind, found.p.dimension, found.forward_kl.upper) == ("vectors", 2, None)
    frames = [pd.DataFrame(each, columns=["u", "v"]) for each in (x, y)]
    assert klcli.estimate(*frames).forward_kl == found.forward_kl
    single = klcli.estimate(*frames, columns=["u"])
    assert single.forward_kl == klcli.estimate(x[:, 0], y[:, 0]).forward_kl
    assert klcli.estimate(frames[0]["u"], frames[1]["u"]).forward_kl == single.forward_kl


def test_a_frame_of_numbers_and_labels_is_scored(random):
    frames = [pd.DataFrame({"size": random.normal(size=200), "kind": random.choice(["r", "b"], 200)}) for _ in "xy"]
    assert {note.code for note in klcli.estimate(*frames).notes} >= {"mixed"}


def test_a_missing_value_is_refused_or_dropped(random):
    x = random.normal(size=50)
    x[3] = np.nan
    with pytest.raises(klcli.InputError, match="observation 4: there is no value"):
        klcli.estimate(x, random.normal(size=50))
    assert klcli.estimate(x, random.normal(size=50), missing="drop").p.observations == 49


def test_a_measure_that_was_not_estimated_is_named():
    found = klcli.estimate({"a": 30, "b": 70}, {"a": 40, "b": 60}, measures=["jeffreys"])
    assert found["jeffreys"].value == found.jeffreys.value
    assert found.to_dict()["measures"] == {"jeffreys": found.jeffreys.value}
    with pytest.raises(AttributeError, match="forward_kl"):
        _ = found.forward_kl


@pytest.mark.parametrize("samples", [(3, [1, 2]), ([[1], [1, 2]], [1, 2]), (np.zeros((2, 2, 2)), [1, 2]), ([], [1, 2])])
def test_what_is_no_sample_is_refused(samples):
    with pytest.raises(klcli.InputError):
        klcli.estimate(*samples)


@pytest.mark.parametrize("sides", [({"a": 30, "b": 70}, ["a", "b"]), (["a", "b"], {"a": 30, "b": 70})])
@pytest.mark.parametrize("as_", ["auto", "labels"])
def test_counts_beside_a_sample_are_refused_and_not_taken_for_their_labels(sides, as_):
    with pytest.raises(klcli.UsageError, match="counts, where a sample is wanted\nhint: count both samples"):
        klcli.estimate(*sides, as_=as_)


def test_counts_that_were_read_are_no_sample_unless_both_are():
    counts = klcli.Distribution([30, 70], ["a", "b"], as_="counts")
    with pytest.raises(klcli.UsageError, match="counts, where a sample is wanted"):
        klcli.estimate(counts, counts)
    assert klcli.estimate(counts, {"a": 40, "b": 60}, as_="counts").p.observations == 100


def test_a_way_to_treat_missing_values_that_does_not_exist_is_refused():
    for samples in ((["a", "b"], ["a", "b"]), ({"a": 3, "b": 4}, {"a": 3, "b": 4})):
        with pytest.raises(klcli.UsageError, match="'omit'\nhint: it is error, drop, label"):
            klcli.estimate(*samples, missing="omit")


def test_columns_are_refused_where_there_are_none_of_that_name(random):
    x = random.normal(size=(50, 2))
    frame = pd.DataFrame(x, columns=["u", "v"])
    with pytest.raises(klcli.InputError, match="x: no column 'w'; the columns are u, v"):
        klcli.estimate(frame, frame, columns=["u", "w"])
    for bare in (x, pd.DataFrame(x), x.tolist()):
        with pytest.raises(klcli.InputError, match="x: no column 'u'; it has no columns with names"):
            klcli.estimate(bare, bare, columns=["u"])
    for counts in ({"a": 30, "b": 40}, [30, 40]):
        with pytest.raises(klcli.UsageError, match=r"x: \w+ has no columns by name"):
            klcli.estimate(counts, counts, as_="counts", columns=["category", "n"])
    with pytest.raises(klcli.InputError, match="x: no column 'n'; the columns are u, v"):
        klcli.estimate(frame, frame, as_="counts", columns="n")


def test_counts_are_taken_from_columns_of_frames_and_of_files_alike(tmp_path):
    pa = pytest.importorskip("pyarrow")
    table = {"day": [1, 1, 2], "pet": ["cat", "dog", "cat"], "n": [30, 50, 20], "other": [1, 2, 3]}
    frame = pd.DataFrame(table)
    frame.to_csv(tmp_path / "x.csv", index=False)
    for names, counts in (
        (["pet", "n"], {"cat": 50, "dog": 50}),
        (["day", "pet", "n"], {"1,cat": 30, "1,dog": 50, "2,cat": 20}),
        ("n", [30, 50, 20]),
    ):
        expected = klcli.estimate(counts, counts, as_="counts")
        files = [tmp_path / "x.csv"] * isinstance(names, list)  # where one column is named, its rules find the labels
        for source in (frame, pa.table(table), *files):
            found = klcli.estimate(source, source, as_="counts", columns=names)
            assert found.estimates == expected.estimates
    frame.loc[1, "pet"] = None
    with pytest.raises(klcli.InputError, match="x: row 2: there is no label"):
        klcli.estimate(frame, frame, as_="counts", columns=["pet", "n"])


DAYS = ["2020-01-01", "2020-01-02", "2020-01-03"]


@pytest.mark.parametrize(
    ("labels", "others", "texts"),
    [
        ([1, 2, 3], [1.0, 2.0, 3.0], ["1", "2", "3"]),
        (pd.to_datetime(DAYS), DAYS, DAYS),
    ],
    ids=["equal numbers", "days"],
)
def test_labels_of_counts_in_columns_are_those_of_labels_elsewhere(labels, others, texts):
    frames = [pd.DataFrame({"label": each, "n": [30, 50, 20]}) for each in (labels, others)]
    found = klcli.estimate(*frames, as_="counts", columns=["label", "n"])
    assert sorted(found.to_dict()["cells"]["labels"]) == texts


def test_columns_of_a_table_of_pyarrow_are_those_of_pandas(random):
    pa = pytest.importorskip("pyarrow")
    frames = [pd.DataFrame({"u": random.normal(size=50), "kind": ["r", "b"] * 25}) for _ in "xy"]
    for columns in (["u"], ["u", "kind"], ["kind"]):
        found = klcli.estimate(*map(pa.Table.from_pandas, frames), columns=columns)
        assert found.estimates == klcli.estimate(*frames, columns=columns).estimates


def test_tables_with_other_columns_are_not_compared_one_by_one(random):
    frame = pd.DataFrame(random.normal(size=(50, 2)), columns=["u", "v"])
    with pytest.raises(klcli.InputError, match="x has the columns u, v, and y has v, u"):
        klcli.estimate(frame, frame[["v", "u"]])
    named = klcli.estimate(frame, frame[["v", "u"]], columns=["u"])
    assert named.forward_kl == klcli.estimate(frame["u"], frame["u"]).forward_kl


def test_one_name_needs_no_list(random):
    frames = [pd.DataFrame(random.normal(size=(50, 2)), columns=["size", "price"]) for _ in "xy"]
    found = klcli.estimate(*frames, columns="price", measures="jeffreys")
    assert found.estimates == klcli.estimate(*frames, columns=["price"], measures=["jeffreys"]).estimates


def test_hints_are_those_of_python(tmp_path):
    with pytest.raises(klcli.InputError) as error:
        klcli.estimate({"a": 0.5, "b": 0.5}, {"a": 0.25, "b": 0.75})
    assert 'as_="weights"' not in str(error.value)
    assert "klcli.compare takes such masses" in str(error.value)
    (tmp_path / "t.csv").write_text("size,price\n1,2\n3,4\n")
    with pytest.raises(klcli.InputError, match=r'as in columns=\["price", "size"\]'):
        klcli.estimate(tmp_path / "t.csv", [1, 2])


def test_a_series_that_may_count_its_labels_is_refused_until_it_is_said_what_it_is():
    p, q = (pd.Series(list(text)).value_counts() for text in ("aabbbc" * 15, "abbccc" * 15))
    with pytest.raises(klcli.InputError, match="a whole number beside each label, such as 'a'") as refused:
        klcli.estimate(p, q)
    assert refused.value.hint == 'as_="counts" reads counts of labels, as_="numbers" reads each as one observation'
    counted = klcli.estimate(p, q, as_="counts").forward_kl
    assert counted == klcli.estimate(p.to_dict(), q.to_dict()).forward_kl
    assert counted.count == 180


def test_two_parts_of_one_series_are_observations(random):
    series = pd.Series(random.integers(0, 50, 200))
    part = series.sample(100, random_state=1)
    found = klcli.estimate(part, series.drop(part.index)).forward_kl
    assert found == klcli.estimate(part.to_numpy(), series.drop(part.index).to_numpy()).forward_kl


@pytest.mark.parametrize("empty", [[], np.zeros((0, 2)), pd.Series([], dtype=float)])
def test_a_sample_without_observations_is_refused(empty):
    with pytest.raises(klcli.InputError, match=r"^x: there are no observations"):
        klcli.estimate(empty, [1.0, 2.0])


def test_a_file_of_several_arrays_asks_for_one_by_name(tmp_path, random):
    np.savez(tmp_path / "xy.npz", p=random.normal(size=50), q=random.normal(size=50))
    with pytest.raises(klcli.InputError, match="several arrays, p, q") as refused:
        klcli.estimate(tmp_path / "xy.npz", tmp_path / "xy.npz")
    assert refused.value.hint == 'name one, as in columns=["p"]'
    assert klcli.estimate(tmp_path / "xy.npz", tmp_path / "xy.npz", columns=["p"]).p.observations == 50


def test_a_first_row_that_is_counted_is_noted_with_the_argument_that_makes_it_a_heading(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("id,plan\n1,free\n2,pro\n3,free\n")
    (note,) = [each for each in klcli.estimate(path, path, columns="2").notes if each.code == "header"]
    assert note.text.endswith("if it names the column, pass header=True (an argument of klcli.read and klcli.estimate)")
    found = klcli.estimate(path, path, columns="2", header=True)
    assert (found.p.observations, [each for each in found.notes if each.code == "header"]) == (3, [])
    counts = tmp_path / "n.csv"
    counts.write_text("7,4\n8,5\n")
    assert klcli.estimate(counts, counts, columns=("1", "2"), as_="counts", header=False).p.observations == 9


def test_notes_name_arguments(random):
    rows = random.normal(size=(40, 2))
    repeated = klcli.estimate(np.concatenate([rows, rows]), rows + 1)
    assert "allow_duplicates=True gives one" in repeated.notes[0].text
    assert "(seed=3)" in klcli.estimate(rows, rows + 1, jitter=True, seed=3).notes[0].text
