import numpy as np
import pytest

from klcli.core.distributions.smoothing import parse_smoothing
from klcli.errors import InputError, NotComparable
from klcli.sources.rows.distribution_table import joined, smoothed
from klcli.sources.rows.read_tables import read_columns, read_operands, read_table


def test_labels_are_joined_over_the_union_of_all():
    found = read_operands(["a=1,b=3", "c=1,b=1", "b=2,a=2"])
    assert found.labels == ("a", "b", "c")
    assert found.stack.mass.tolist() == [[1, 3, 0], [0, 1, 1], [2, 2, 0]]
    assert [note.code for note in found.notes] == ["missing_outcomes"]


def test_equal_labels_in_another_order_get_no_note():
    found = read_operands(["a=1,b=3", "b=1,a=1"])
    assert (found.stack.mass.tolist(), found.notes) == ([[1, 3], [1, 1]], ())


def test_scores_that_lack_a_label_have_no_mass_there():
    found = read_operands(["a=1,b=3", "a=1,c=2"], as_="logits")
    assert found.stack.log_mass.tolist() == [[1, 3, -np.inf], [1, -np.inf, 2]]


@pytest.mark.parametrize("words", [["1,2", "a=1,b=2"], ["a=1,b=2", "1,2"], ["1,2", "1,2,3"], ["1,2", "1,2", "1"]])
def test_tables_whose_outcomes_cannot_be_matched_are_refused(words):
    with pytest.raises(NotComparable):
        read_operands(words)


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["x/a.csv", "x/b.csv"], ("a", "b")),
        (["x/a.csv", "y/a.csv"], ("x/a", "y/a")),
        (["x/a.csv", "x/b.tsv"], ("a.csv", "b.tsv")),
        (["x/a.csv", "x/a.tsv"], ("a.csv", "a.tsv")),
        (["a.csv", "b.csv"], ("a", "b")),
    ],
)
def test_operands_are_named_without_what_their_paths_share(tmp_path, monkeypatch, files, names):
    monkeypatch.chdir(tmp_path)
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1\n2\n")
    assert read_operands(files).names == names
    assert read_operands(["1,2", files[0]]).names == ("1,2", files[0])


def test_columns_are_distributions_over_the_labels(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("letter,x,y\nnull,1,2\nNA,3,4\n")
    found = read_columns(str(path))
    assert (found.names, found.labels) == (("x", "y"), ("null", "NA"))
    assert found.stack.mass.tolist() == [[1, 3], [2, 4]]
    path.write_text("thing,x,y\n001,1,2\nNA,3,4\n")  # which may be labels, or masses of which one is wrong
    with pytest.raises(InputError, match="'NA' is not a number"):
        read_columns(str(path))
    assert read_columns(str(path), label="thing").labels == ("001", "NA")
    path.write_text("letter,x,y\n001,1,2\nNA,3,4\n")  # the heading says it
    assert read_columns(str(path)).labels == ("001", "NA")
    path.write_text("1,2\n3,4\n")
    assert read_columns(str(path)).names == ("1", "2")
    path.write_text("x,letter,y\n1,a,2\n3,b,4\n")
    assert read_columns(str(path), label="letter").stack.mass.tolist() == [[1, 3], [2, 4]]


def test_a_table_of_json_records_has_columns_too(tmp_path):
    path = tmp_path / "t.json"
    path.write_text('[{"letter": "a", "x": 1, "y": 2}, {"letter": "b", "x": 3, "y": 4}]')
    assert read_columns(str(path)).stack.mass.tolist() == [[1, 3], [2, 4]]


def test_the_error_of_an_invalid_row_gives_its_place(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("name,a,b\nx,1,2\n\ny,1,-2\n")
    with pytest.raises(InputError, match=r"line 4: .*negative"):
        read_table(str(path))


def test_rows_of_half_precision_and_of_the_other_byte_order_are_read(tmp_path):
    x = np.array([[0.25, 0.75], [0.5, 0.5]])
    for dtype in ("<f2", ">f4", ">f8", "<f8"):
        np.save(tmp_path / "x.npy", np.asfortranarray(x.astype(dtype)))
        found = read_table(str(tmp_path / "x.npy"))
        assert (found.stack.mass.dtype, found.stack.mass.tolist()) == (np.float64, x.tolist())


def test_smoothing_is_over_the_outcomes_of_all():
    found = smoothed(read_operands(["a=1", "b=1"]), parse_smoothing("add:1"))
    assert found.stack.mass.tolist() == [[2, 1], [1, 2]]


def test_stacks_of_many_rows_are_joined_as_one_distribution_is():
    these, those = read_operands(["a=1,b=1", "b=1,a=1"]), read_operands(["c=1,a=2"])
    (ours, theirs), notes = joined([these, those])
    assert ours.stack.mass.tolist() == [[1, 1, 0], [1, 1, 0]]
    assert theirs.stack.mass.tolist() == [[2, 0, 1]]
    assert "2 of 2" in notes[0].text
