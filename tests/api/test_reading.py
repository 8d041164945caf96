"""`klcli.read`: the options that `kl compute` has for a file, and notes and hints that name its arguments."""

import json

import numpy as np
import pytest

import klcli


@pytest.fixture
def offices(tmp_path):
    """Two files of one distribution, as an office and a program write it."""
    (tmp_path / "office.csv").write_text("Sorte|Anteil\nKatze|1.000,5\nHund|3.001,5\nEule|NA\n")
    (tmp_path / "plain.csv").write_text("label,n,m\nKatze,1,2001\nHund,1,6003\n")
    return tmp_path


def test_it_reads_what_the_options_describe(offices):
    office = klcli.read(offices / "office.csv", decimal=",", thousands=".", null="NA", as_="weights")
    plain = klcli.read(offices / "plain.csv", column="m")
    assert klcli.compare(office, plain).forward_kl == 0  # 1000.5 : 3001.5 is 2001 : 6003
    assert klcli.kl_divergence(office, klcli.read(offices / "plain.csv", column="n")) == pytest.approx(
        klcli.kl_divergence([2001, 6003], [1, 1], as_="counts"), rel=1e-15
    )


def test_a_header_is_as_it_is_said(tmp_path):
    (tmp_path / "p.csv").write_text("1,3\n2,5\n")
    assert klcli.read(tmp_path / "p.csv", header=True).labels == ("2",)
    assert tuple(klcli.read(tmp_path / "p.csv", header=False).labels) == ("1", "2")


def test_notes_and_hints_name_arguments(offices):
    (offices / "short.csv").write_text("label,n\na,1\nb,3\n")
    (note,) = klcli.read(offices / "short.csv").notes
    assert note.text.endswith("; see header=True (an argument of klcli.read and klcli.estimate)")
    with pytest.raises(klcli.InputError) as error:
        klcli.read(offices / "office.csv", null="NA")
    assert "decimal=" in str(error.value)
    assert "--" not in str(error.value)


def test_a_comparison_of_paths_says_so_in_terms_of_python(tmp_path):
    (tmp_path / "p.csv").write_text("label,n\na,1\nb,3\n")
    found = klcli.compare(tmp_path / "p.csv", "a=1,b=1")
    assert "--" not in repr(found)
    assert "header=True" in found.to_dict()["notes"][0]["text"]


@pytest.mark.parametrize("wrong", [{"delimiter": "::"}, {"decimal": "x"}, {"as_": "nonsense"}, {"input_format": "x"}])
def test_a_wrong_option_is_a_usage_error(offices, wrong):
    with pytest.raises(klcli.UsageError):
        klcli.read(offices / "plain.csv", column="n", **wrong)


def test_a_frame_is_a_table_of_distributions_and_a_column_of_it_is_one():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"city": ["Rome", "Oslo"], "p": [0.5, 0.5]})
    with pytest.raises(klcli.InputError, match="P: a table, not one distribution") as error:
        klcli.compare(frame, frame)
    assert "compare_rows takes a distribution in each row" in str(error.value)
    assert klcli.compare(frame["p"], [0.9, 0.1]).forward_kl == klcli.kl_divergence([0.5, 0.5], [0.9, 0.1])


def test_rows_of_files_are_compared_as_their_arrays_are(tmp_path):
    p, q = np.array([[1.0, 3], [2, 2]]), np.array([[2.0, 2], [1, 3]])
    for name, rows in (("p", p), ("q", q)):
        np.save(tmp_path / f"{name}.npy", rows)
        (tmp_path / f"{name}.csv").write_text("a,b\n" + "".join(f"{a},{b}\n" for a, b in rows))
    arrays = klcli.compare_rows(p, q).forward_kl
    for suffix in ("npy", "csv"):
        files = klcli.compare_rows(tmp_path / f"p.{suffix}", str(tmp_path / f"q.{suffix}"))
        assert files.forward_kl.tolist() == arrays.tolist()
    assert klcli.compare_rows(tmp_path / "p.npy", q).forward_kl.tolist() == arrays.tolist()


def test_a_file_beside_a_frame_is_joined_by_the_names_of_columns(tmp_path):
    frame = pytest.importorskip("pandas").DataFrame({"a": [1.0, 2], "b": [3.0, 2]})
    frame[::-1].to_csv(tmp_path / "q.csv", index=False)
    expected = klcli.compare_rows(frame.to_numpy(), frame.to_numpy()[::-1]).forward_kl.tolist()
    assert klcli.compare_rows(frame, tmp_path / "q.csv").forward_kl.tolist() == expected
    assert klcli.compare_rows(frame[["b", "a"]], tmp_path / "q.csv").forward_kl.tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (lambda: klcli.compare_rows(np.ones((2, 3, 4)), np.ones((2, 3, 4))),
         "flatten all axes but the last, as with .reshape(-1, 4)"),
        (lambda: klcli.compare_rows([1, 2], [1, 2]), "one distribution each is for compare"),
        (lambda: klcli.compare(np.ones((2, 3)), np.ones((2, 3))),
         "compare takes one distribution, such as p[0]; compare_rows takes one in each row"),
    ],
)  # fmt: skip
def test_an_array_of_other_dimensions_is_refused_with_what_takes_it(call, hint):
    with pytest.raises(klcli.InputError) as error:
        call()
    assert error.value.hint == hint


def test_a_hint_of_a_command_names_its_function(tmp_path):
    np.save(tmp_path / "p.npy", np.ones((2, 3)))
    with pytest.raises(klcli.InputError) as error:
        klcli.compare(tmp_path / "p.npy", tmp_path / "p.npy")
    assert error.value.hint == (
        "klcli.compare_rows(p, q) compares row i of P with row i of Q, klcli.pairwise(p) all rows of P"
    )


@pytest.mark.parametrize("pair", [([0.5, -0.3], "normal(0, 1)"), ("poisson(1)", [0.5, -0.3])])
def test_numbers_that_can_only_be_observations_beside_a_family_name_their_kind(pair):
    with pytest.raises(klcli.InputError) as error:
        klcli.compare(*pair)
    assert error.value.hint.startswith('pass as_="samples": numbers without labels are compared with a family')


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_names_of_rows_in_two_files_have_to_agree(tmp_path, suffix):
    for side, names in (("p", "ab"), ("q", "ba")):
        rows = [{"id": name, "x": at, "y": 2} for at, name in enumerate(names, 1)]
        lines = [json.dumps(row) for row in rows]
        table = ["id,x,y", *(",".join(map(str, row.values())) for row in rows)]
        (tmp_path / f"{side}.{suffix}").write_text("\n".join(table if suffix == "csv" else lines) + "\n")
    p, q = (tmp_path / f"{side}.{suffix}" for side in "pq")
    with pytest.raises(klcli.InputError, match=r"row 1: the row is called 'a' in .* and 'b' in"):
        klcli.compare_rows(p, q, id_column="id")
    assert klcli.compare_rows(p, p, id_column="id").forward_kl.tolist() == [0, 0]
    with pytest.raises(klcli.UsageError, match="neither p nor q is a file with the column 'name'"):
        klcli.compare_rows([[1, 2]], [[1, 2]], id_column="name")


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_names_of_rows_that_nobody_asked_for_may_not_be_in_another_order(tmp_path, suffix):
    def written(side, names):
        path = tmp_path / f"{side}.{suffix}"
        rows = [{"id": name, "probs": [0.5, 0.5]} for name in names]
        if suffix == "parquet":
            arrow, parquet = (pytest.importorskip(name) for name in ("pyarrow", "pyarrow.parquet"))
            parquet.write_table(arrow.table({key: [row[key] for row in rows] for key in rows[0]}), path)
        else:
            path.write_text("".join(f'{{"id": {name}, "x": 1, "y": 2}}\n' for name in names))
        return path

    p = written("p", [7, 8])
    with pytest.raises(klcli.InputError, match=r"row 1: 'id' is '7' in .* and '8' in"):
        klcli.compare_rows(p, written("q", [8, 7]))
    found = klcli.compare_rows(p, written("q", [9, 10]))  # which are other names, not another order
    assert 'row i is compared with row i, and id_column="id" refuses others' in str([note.text for note in found.notes])


def test_numbers_that_may_name_the_rows_of_a_file_are_noted_as_on_the_command_line(tmp_path):
    (tmp_path / "p.csv").write_text("id,x,y\n1,1,2\n2,2,2\n")
    notes = [note.text for note in klcli.compare_rows(tmp_path / "p.csv", tmp_path / "p.csv").notes]
    assert notes == [f"{tmp_path / 'p.csv'}: 'id' was read as an outcome; if it names the rows, pass id_column=\"id\""]
    (tmp_path / "p.csv").write_text("id,x,y\n7,0.5,0.5\n8,0.5,0.5\n")
    for call in (lambda path: klcli.compare_rows(path, path), klcli.pairwise):
        with pytest.raises(klcli.InputError) as error:
            call(tmp_path / "p.csv")
        assert error.value.hint.startswith("if 'id' names the rows, pass id_column=\"id\"; ")
    assert klcli.pairwise(tmp_path / "p.csv", id_column="id").tolist() == [[0, 0], [0, 0]]


def test_frames_whose_rows_or_columns_are_in_another_order_are_refused():
    pd = pytest.importorskip("pandas")
    counted = pd.DataFrame([[0.9, 0.1], [0.2, 0.8]])
    named = pd.DataFrame({"x": [0.9, 0.2], "y": [0.1, 0.8]}, index=["a", "b"])
    for p, q in (
        (counted, counted.iloc[::-1]), (named, named.iloc[::-1]), (named, named.set_axis(["a", "c"])),
        (counted, counted.iloc[:, ::-1]), (named, named[["y", "x"]]),
    ):  # fmt: skip
        with pytest.raises(klcli.InputError, match="differ"):
            klcli.compare_rows(p, q)
    values = named.to_numpy()
    assert klcli.compare_rows(values, values[::-1]).forward_kl[0] > 1  # an array has its order alone
    assert klcli.compare_rows(counted[:1], counted[1:]).forward_kl[0] > 1  # both merely count
    assert np.diag(klcli.pairwise(named, named[["y", "x"]])).tolist() == [0, 0]  # joined by label
    with pytest.raises(klcli.InputError, match="labels"):
        klcli.pairwise(counted, counted.iloc[:, ::-1])


def test_a_series_that_is_reversed_is_not_matched_by_position():
    pd = pytest.importorskip("pandas")
    series = pd.Series([0.9, 0.1])
    assert klcli.compare(series, series[::-1]).forward_kl == 0  # log(9) * 0.8 by position
    for plain in (series.tolist(), series.to_numpy()):
        with pytest.raises(klcli.InputError, match="labels"):
            klcli.compare(plain, series[::-1])


def test_a_hint_does_not_send_a_caller_back_to_the_function_that_refused(tmp_path):
    (tmp_path / "t.jsonl").write_text('{"top": {"a": -0.5, "b": -2}}\n')
    with pytest.raises(klcli.InputError) as error:
        klcli.compare_rows(tmp_path / "t.jsonl", tmp_path / "t.jsonl")
    assert error.value.hint == "the command `kl rows` compares them"


def test_a_temperature_of_probabilities_is_refused_with_the_logarithms_as_the_cure():
    p, q = np.array([[0.5, 0.5]]), np.array([[0.9, 0.1]])
    with pytest.raises(klcli.UsageError) as error:
        klcli.compare_rows(p, q, temperature=2)
    assert "the logarithms of probabilities" in str(error.value)
    roots = np.sqrt(p) / np.sqrt(p).sum(), np.sqrt(q) / np.sqrt(q).sum()  # a temperature of 2
    found = klcli.compare_rows(np.log(p), np.log(q), as_="logits", temperature=2).forward_kl
    assert found == pytest.approx(klcli.compare_rows(*roots).forward_kl, rel=1e-12)


@pytest.mark.parametrize("wrong", ["2", None, float("nan"), 0, [1, 2], np.array([1.0, 2.0]), np.array([2.0])])
def test_a_temperature_that_is_no_number_above_0_is_a_usage_error(wrong):
    with pytest.raises(klcli.UsageError, match="not a number above 0"):
        klcli.compare_rows([[0.5, 0.5]], [[0.9, 0.1]], as_="logits", temperature=wrong)


def test_a_comparison_of_rows_has_measures_and_then_rows():
    with pytest.raises(klcli.UsageError, match="0 is not the name of a measure"):
        klcli.compare_rows([[0.5, 0.5]], [[0.9, 0.1]])[0]


@pytest.mark.parametrize("call", [lambda path: klcli.compare_rows(path, path), klcli.pairwise])
def test_a_hint_on_a_file_of_rows_names_no_option_that_the_function_lacks(tmp_path, call):
    np.savez(tmp_path / "pq.npz", first=np.ones((2, 3)), second=np.ones((2, 3)))
    (tmp_path / "p.csv").write_text("a,b\n1,2\n3,\n")
    for name in ("pq.npz", "p.csv"):
        with pytest.raises(klcli.InputError) as error:
            call(tmp_path / name)
        is_of_ids = "see id_column=" in error.value.hint  # which pairwise takes
        assert is_of_ids or error.value.hint == (
            "read the file, as with numpy or pandas, and pass the array or frame of its rows"
        )
        assert "--" not in error.value.hint


@pytest.mark.parametrize(("text", "error"), [
    ("", "empty: there are no"), ("[1, 2]\n[1, 2, 3]\n", "the rows have outcomes of their own"),
    ('{"a": 1}\n{"b": 1}\n', "the rows have outcomes of their own"),
])  # fmt: skip
def test_rows_of_a_file_that_are_no_table_are_refused(tmp_path, text, error):
    (tmp_path / "p.jsonl").write_text(text)
    with pytest.raises(klcli.InputError, match=error):
        klcli.compare_rows(tmp_path / "p.jsonl", tmp_path / "p.jsonl")
