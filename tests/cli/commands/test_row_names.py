"""Which columns of the rows of a table name the rows, and are no outcomes."""

import json

import pytest

TABLES = {"p": [[7, 0.5, 0.25, 0.25], [3, 0.125, 0.125, 0.75]], "q": [[7, 0.25, 0.25, 0.5], [3, 0.25, 0.5, 0.25]]}


def text(rows, *names):
    return "\n".join([",".join(names), *(",".join(map(str, row)) for row in rows)]) + "\n"


@pytest.mark.parametrize("name", [None, "id"])
@pytest.mark.parametrize("suffix", ["parquet", "feather"])
def test_the_index_that_pandas_wrote_names_the_rows_and_is_no_outcome(document, tmp_path, name, suffix):
    pd, arrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    write = {  # to_feather of older versions refuses an index
        "parquet": pytest.importorskip("pyarrow.parquet").write_table,
        "feather": pytest.importorskip("pyarrow.feather").write_feather,
    }[suffix]
    for side, rows in TABLES.items():
        frame = pd.DataFrame([row[1:] for row in rows], columns=["a", "b", "c"], index=[row[0] for row in rows])
        write(arrow.Table.from_pandas(frame.rename_axis(name)), str(tmp_path / f"{side}.{suffix}"))
        (tmp_path / f"{side}.csv").write_text(text([row[1:] for row in rows], "a", "b", "c"))
    found = document("rows", tmp_path / f"p.{suffix}", tmp_path / f"q.{suffix}")
    plain = document("rows", tmp_path / "p.csv", tmp_path / "q.csv")
    assert [row["forward_kl"] for row in found["rows"]] == [row["forward_kl"] for row in plain["rows"]]
    assert [row["id"] for row in found["rows"]] == ["7", "3"]
    assert "is the index of pandas" in found["notes"][0]["text"]


PLACES = [("id", "a", "b", "c"), ("a", "b", "c", "user_id"), ("a", "id", "b", "c"), ("class", "a", "b", "c")]


def table(path, names):
    """Writes the rows of P under these names, in which one column holds 7 and 3, as text or JSON lines."""
    at = next(at for at, name in enumerate(names) if name not in "abc")
    rows = [[*row[1 : at + 1], row[0], *row[at + 1 :]] for row in TABLES["p"]]
    lines = (json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in rows)
    path.write_text("".join(lines) if path.suffix == ".jsonl" else text(rows, *names))
    return names[at]


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
@pytest.mark.parametrize("names", PLACES)
def test_whole_numbers_under_a_name_of_rows_are_noted_where_they_are_read_as_an_outcome(kl, tmp_path, names, suffix):
    path = tmp_path / f"p.{suffix}"
    name = table(path, names)
    note = f"{name!r} was read as an outcome; if it names the rows, pass --id {name}"
    assert f"{path}: {note}" in kl("rows", path, path, "--as", "logits").err
    assert note in kl("matrix", path, "--as", "logits").err
    assert note not in kl("rows", path, path, "--id", name).err


def test_a_year_that_ascends_and_a_total_are_noted_where_they_are_read_as_outcomes(kl, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("year,a,b\n2021,5,10\n2022,15,5\n")
    assert f"{path}: 'year' was read as an outcome; if it names the rows, pass --id year" in kl("matrix", path).err
    path.write_text("day,night\n5,10\n3,5\n")
    assert "--id" not in kl("matrix", path).err
    path.write_text("id,a,b,Total\nx,5,10,15\ny,15,5,20\n")
    note = f"{path}: 'Total', the sum of the others, was read as an outcome; leave that column out\n"
    assert note in kl("matrix", path).err
    assert note in kl("rows", path, path, "--id", "id").err
    path.write_text("id,a,b,Total\nx,5,10,15\ny,15,5,21\n")
    assert "sum of the others" not in kl("matrix", path).err


@pytest.mark.parametrize("command", [("rows", 2), ("matrix", 1)])
def test_rows_that_their_names_spoil_are_refused_with_the_option_that_names_them(kl, tmp_path, command):
    table(tmp_path / "p.csv", ("a", "b", "c", "id"))
    found = kl(command[0], *[tmp_path / "p.csv"] * command[1])
    assert (found.code, found.err.splitlines()[-1]) == (
        3, "kl: hint: if 'id' names the rows, pass --id id; pass --as weights to normalise them"
    )  # fmt: skip


def test_an_outcome_called_id_whose_masses_are_no_whole_numbers_is_not_noted(kl, tmp_path):
    (tmp_path / "p.csv").write_text("the,id\n0.25,0.75\n0.5,0.5\n")
    assert "--id" not in kl("rows", tmp_path / "p.csv", tmp_path / "p.csv").err


def test_names_of_rows_that_one_file_calls_otherwise_are_refused(kl, tmp_path):
    (tmp_path / "p.csv").write_text(text(TABLES["p"], "id", "a", "b", "c"))
    (tmp_path / "q.csv").write_text(text(TABLES["q"], "position", "a", "b", "c"))
    for pair in ("pq", "qp"):
        found = kl("rows", *(tmp_path / f"{side}.csv" for side in pair), "--as", "logits", "--id", "id")
        assert found.code == 3
        assert "q.csv: no column 'id', which --id names, but 'position'" in found.err


@pytest.mark.parametrize("first", ["0,1,2", "1,2,3"])
def test_a_first_row_that_counts_is_noted_as_it_may_name_the_columns(kl, tmp_path, first):
    (tmp_path / "p.csv").write_text(f"{first}\n0.5,1.5,1\n2,0.5,1\n")
    found = kl("rows", tmp_path / "p.csv", tmp_path / "p.csv", "--as", "logits")
    assert f"line 1, {first}, was read as data; if it names the columns, pass --header" in found.err
    assert (
        "was read as data" not in kl("rows", tmp_path / "p.csv", tmp_path / "p.csv", "--as", "logits", "--header").err
    )


def fields(path, name, names):
    rows = [[1, 2], [2, 1], [3, 1]]
    path.write_text(
        "".join(json.dumps({name: each, "logits": row}) + "\n" for each, row in zip(names, rows, strict=True))
    )
    return path


@pytest.mark.parametrize("name", ["id", "custom_id"])
@pytest.mark.parametrize(
    ("names", "code", "said"),
    [
        ("abc", 0, ""),
        ("bac", 3, "line 1: {name!r} is 'a' in p.jsonl and 'b' in q.jsonl"),
        ("xyz", 0, "line 1: {name!r} is 'a' in p.jsonl and 'x' in q.jsonl; row i is compared with row i"),
        ("bab", 0, "line 1: {name!r} is 'a' in p.jsonl and 'b' in q.jsonl; row i is compared with row i"),
        ([1, 2, 3], 0, "line 1: {name!r} is 'a' in p.jsonl and '1' in q.jsonl"),
    ],
)
def test_a_field_that_names_the_rows_is_compared_unasked(kl, tmp_path, monkeypatch, name, names, code, said):
    monkeypatch.chdir(tmp_path)
    p, q = (fields(tmp_path / f"{side}.jsonl", name, each).name for side, each in (("p", "abc"), ("q", names)))
    found = kl("rows", p, q, "--as", "logits", "--column", "logits")
    assert found.code == code
    assert said.format(name=name) in found.err
    assert bool(said) == bool(found.err)


def test_names_of_lists_are_compared_where_they_are_asked_for(kl, tmp_path):
    for side, names in (("p", "ab"), ("q", "ba")):
        lines = (json.dumps({"id": each, "list": {"top": {"x": -0.5, "y": -1}}}) + "\n" for each in names)
        (tmp_path / f"{side}.jsonl").write_text("".join(lines))
    found = kl("rows", tmp_path / "p.jsonl", tmp_path / "q.jsonl", "--id", "id", "--column", "list")
    assert (found.code, "the row is called 'a' in" in found.err) == (3, True)


SPELT = "the columns are id, a, b"


@pytest.mark.parametrize("command", [("rows", 2), ("matrix", 1)])
@pytest.mark.parametrize(
    ("name", "text", "asked", "says"),
    [
        ("p.csv", "a,b\n1,2\n3,4\n", "nosuch", "no column 'nosuch', which --id names, the columns are a, b"),
        ("p.csv", "id,a,b\nx,1,2\ny,3,4\n", "nosuch", "--id names 'nosuch', and no column is called so: " + SPELT),
        ("p.csv", "id,a,b\nx,1,2\ny,3,4\n", "ID", "--id names 'ID', and no column is called so: did you mean id?"),
        ("p.jsonl", '{"id":"x","a":1,"b":2}\n' * 2, "nosuch", "no column is called so: " + SPELT),
    ],
)
def test_a_column_of_names_that_does_not_exist_is_answered_with_those_there_are(
    kl, tmp_path, command, name, text, asked, says
):
    (tmp_path / name).write_text(text)
    found = kl(command[0], *[tmp_path / name] * command[1], "--id", asked)
    assert found.code == 3
    assert says in found.err.replace(", here or in Q", "").replace("; the", ", the")


def test_a_field_of_names_that_no_line_has_is_answered_with_the_fields_there_are(kl, tmp_path):
    (tmp_path / "p.jsonl").write_text('{"id":"x","p":[1,2],"q":[2,1]}\n' * 2)
    found = kl("rows", tmp_path / "p.jsonl", "--id", "nosuch")
    assert "line 1: no column 'nosuch', which --id names; the columns are id, p, q" in found.err
    assert kl("rows", tmp_path / "p.jsonl", "--id", "id").code == 0


@pytest.mark.parametrize("options", [(), ("--summary",), ("-f", "json")])
@pytest.mark.parametrize("label", ["Yes", "yes ", "no\u2013go", "1.0", "2026-01-01T00:00:00"])
def test_outcomes_of_rows_that_differ_in_spelling_alone_are_noted(kl, tmp_path, label, options):
    like = {"Yes": "yes", "yes ": "yes", "no\u2013go": "no-go", "1.0": "1", "2026-01-01T00:00:00": "2026-01-01"}[label]
    for name, outcome in (("p", like), ("q", label)):
        (tmp_path / f"{name}.csv").write_text(f'"{outcome}",other\n4,6\n5,5\n', encoding="utf-8")
    found = kl("rows", tmp_path / "p.csv", tmp_path / "q.csv", "--header", *options)
    assert found.code == 0
    said = f"q.csv has labels as in {tmp_path / 'p.csv'} but for their spelling, such as {label!r} for {like!r}"
    assert said in (json.loads(found.out)["notes"][2]["text"] if "json" in options else found.err)
