"""Rows of files, compared by a call as by `kl rows`: outcomes joined by label, axes that agree, and targets."""

import json
from math import log

import numpy as np
import pytest

import klcli


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_outcomes_of_two_files_are_joined_by_label(tmp_path, suffix):
    p, q = {"a": 0.7, "b": 0.3}, {"b": 0.4, "c": 0.1, "a": 0.5}
    for name, masses in (("p", p), ("q", q)):
        columns = (",".join(masses), ",".join(map(str, masses.values())))
        (tmp_path / f"{name}.{suffix}").write_text("\n".join(columns) if suffix == "csv" else json.dumps(masses) + "\n")
    found = klcli.compare_rows(tmp_path / f"p.{suffix}", tmp_path / f"q.{suffix}")
    assert found.forward_kl.tolist() == [pytest.approx(0.7 * log(0.7 / 0.5) + 0.3 * log(0.3 / 0.4), rel=4e-15)]
    assert [note.code for note in found.notes] == ["missing_outcomes"]
    p_smooth, q_smooth = (np.array([each.get(label, 0) + 1 for label in "abc"]) for each in (p, q))
    smoothed = klcli.compare_rows(tmp_path / f"p.{suffix}", tmp_path / f"q.{suffix}", smooth="add:1")
    assert smoothed.forward_kl[0] == pytest.approx(klcli.kl_divergence(p_smooth, q_smooth, as_="weights"), rel=4e-15)


def test_arrays_whose_axes_before_the_last_differ_are_refused(tmp_path, kl):
    values = np.random.default_rng(0).normal(size=(2, 3, 4))
    for name, array in (("p", values), ("q", values.transpose(1, 0, 2)), ("one", values[None])):
        np.save(tmp_path / f"{name}.npy", np.ascontiguousarray(array))
    p, q, one = (tmp_path / f"{name}.npy" for name in ("p", "q", "one"))
    with pytest.raises(klcli.InputError, match=r"the rows of .*p.npy have the shape \(2, 3\) and those of .* \(3, 2\)"):
        klcli.compare_rows(p, q, as_="logits")
    refused = kl("rows", p, q, "--as", "logits")
    assert (refused.code, "numpy.transpose" in refused.err) == (3, True)
    assert klcli.compare_rows(p, one, as_="logits").forward_kl.tolist() == [0] * 6


@pytest.mark.parametrize(
    ("header", "target", "index", "is_said"),
    [
        ("1,2,3", [1, 1], [0, 0], True),
        ("1,2,3", ["3", "2"], [2, 1], True),
        ("0,1,2", [0, 2], [0, 2], False),
        ("a,b,c", [0, 2], [0, 2], False),
        ("a,b,c", ["a", "c"], [0, 2], False),
        ("a,b,c", ["a", "2"], [0, 2], False),
    ],
)
def test_a_target_is_a_label_or_where_no_label_is_a_number_a_number_from_0(
    kl, tmp_path, header, target, index, is_said
):
    masses = np.array([[0.7, 0.2, 0.1], [0.1, 0.2, 0.7]])
    file = tmp_path / "p.csv"
    file.write_text(f"id,{header}\n" + "".join(f"r,{','.join(map(str, row))}\n" for row in masses.tolist()))
    (tmp_path / "t.txt").write_text("".join(f"{each}\n" for each in target))
    expected = np.log(masses[[0, 1], index])
    call = klcli.compare_rows(file, file, id_column="id", target=target)
    assert call.log_p_at_target == pytest.approx(expected, rel=1e-15)
    run = kl("rows", file, file, "--id", "id", "--target", tmp_path / "t.txt", "--summary", "-f", "json")
    found = json.loads(run.out)["figures"]["target_perplexity_p"]["value"]
    assert found == pytest.approx(np.exp(-expected.mean()), rel=1e-14)
    said = [note.text for note in call.notes if note.code == "targets"]
    assert [bool(said), "targets are labels" in run.err] == [is_said] * 2


@pytest.mark.parametrize(
    ("header", "target", "message", "hint"),
    [
        ("1,2,3", "0", "row 1: the target '0' is not a label of the outcomes", "labels of the outcomes are numbers"),
        ("a,b,c", "3", "row 1: the target '3' is not a label of the outcomes or a number from 0 to 2", ""),
        ("a,b,c", "x", "row 1: the target 'x' is not a label of the outcomes or a number from 0 to 2", ""),
        ("a,b,c", "-100", "row 1: the target '-100' is not a label", "leave out the rows without a target"),
    ],
)
def test_a_target_that_is_no_outcome_is_refused_by_both_faces(kl, tmp_path, header, target, message, hint):
    file = tmp_path / "p.csv"
    file.write_text(f"id,{header}\nr,0.7,0.2,0.1\n")
    (tmp_path / "t.txt").write_text(target)
    with pytest.raises(klcli.InputError) as refused:
        klcli.compare_rows(file, file, id_column="id", target=[target])
    assert message in str(refused.value)
    assert hint in str(refused.value)
    said = kl("rows", file, file, "--id", "id", "--target", tmp_path / "t.txt").err
    assert message in said
    assert hint in said


def test_a_note_on_a_file_is_kept_whatever_its_name_says(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a --header [b].parquet"
    parquet.write_table(
        pytest.importorskip("pyarrow").table({"size": [3, 4], "shares": [[0.5, 0.5], [0.2, 0.8]]}), path
    )
    notes = [note.text for note in klcli.compare_rows(path, path).notes]
    assert f"{path}: the lists in 'shares' were read as rows, and size was not used" in "\n".join(notes)
