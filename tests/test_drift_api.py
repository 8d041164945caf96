"""`klcli.drift` and `klcli.profile`: the same answers as the command, from data frames."""

import json
import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import klcli
from klcli.support.python_terms import settings_hint
from klcli.support.sentence import Option

RNG = np.random.default_rng(5)
P = pd.DataFrame({"x": RNG.normal(size=300), "c": RNG.choice(list("ab"), 300)})
Q = pd.DataFrame({"x": RNG.normal(2, 1, 300), "c": RNG.choice(list("ab"), 300)})


@pytest.mark.parametrize("made", [lambda f: f, pa.Table.from_pandas, lambda f: {k: f[k].tolist() for k in f}])
def test_every_kind_of_table_gives_the_same_answer(made):
    found = klcli.drift(made(P), made(Q))
    expected = klcli.drift(P, Q)
    assert {each.name: each.status for each in found} == {each.name: each.status for each in expected}
    assert [each.measures for each in found] == [each.measures for each in expected]


def test_the_report_is_a_frame_a_document_and_a_table():
    found = klcli.drift(P, Q)
    assert found.exit_code == 1
    assert found["x"].status.value == "exceeded"
    assert found.to_pandas().set_index("column").status.to_dict() == {"x": "exceeded", "c": "ok"}
    assert found.to_dict()["summary"]["exceeded"] == 1
    assert "<td>exceeded</td>" in found._repr_html_()
    assert repr(found) == "<DriftReport 2 columns: 1 ok, 1 exceeded>"


def test_settings_are_those_of_the_file(tmp_path):
    assert klcli.drift(P, Q, limits={"jeffreys": 99}).exit_code == 0
    assert klcli.drift(P, Q, exclude=["x"]).exit_code == 0
    with pytest.raises(klcli.UsageError, match="alpha"):
        klcli.drift(P, Q, alpha=2)
    with pytest.raises(klcli.UsageError, match="not a table"):
        klcli.drift(P, 5)
    with pytest.raises(ValueError, match="alpa") as raised:
        klcli.drift(P, Q, alpa=0.1)
    assert raised.value.hint == "did you mean alpha?"
    with pytest.raises(ValueError, match="limits cannot be set here"):
        klcli.profile(P, limits={"jeffreys": 1})


def test_none_is_the_default_of_every_setting():
    found = klcli.drift(P, Q, limits=None, preset=None, alpha=None, columns=None)
    assert found.to_dict() == klcli.drift(P, Q).to_dict()
    assert json.loads(klcli.profile(P, exclude=None))["rows"] == 300
    with pytest.raises(ValueError, match=r"config: 3 is not a path\nhint: as in config=\"kl.toml\""):
        klcli.drift(P, Q, config=3)


def test_lists_arrays_and_bytes_are_skipped_and_the_others_compared():
    cells = {"list": [1], "array": np.array([1, 2]), "bytes": b"\xff", "dict": {"a": 1}}
    frame = P.assign(**{name: [cell] * 300 for name, cell in cells.items()})
    found = klcli.drift(frame, frame)
    assert {each.name: each.why for each in found if each.status.value == "skipped"} == {
        name: f"{type(cell).__name__} cannot be counted" for name, cell in cells.items()
    }
    assert {found["x"].status.value, found["c"].status.value} == {"ok"}


def test_a_profile_stands_in_the_place_of_a_table(tmp_path):
    path = tmp_path / "p.kl.json"
    path.write_text(klcli.profile(P))
    assert json.loads(path.read_text())["rows"] == 300
    assert [each.measures for each in klcli.drift(path, Q)] == [each.measures for each in klcli.drift(P, Q)]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"limits": ["y:psi=1"]}, "limits y: reference has no such column\nhint: it has x, c"),
        ({"types": {"y": "numeric"}}, "types y: reference has no such column\nhint: it has x, c"),
        ({"columns": "y"}, "columns y: reference has no such column\nhint: it has x, c"),
        ({"alpha": 2}, "alpha: 2 is not a number between 0 and 1\nhint: as in 0.05"),
    ],
)
def test_an_error_names_arguments_and_its_hint(settings, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        klcli.drift(P, Q, **settings)


def test_a_setting_that_matches_nothing_is_noted_by_its_name():
    notes = [each.text for each in klcli.drift(P, Q, exclude="z*").result.notes]
    assert notes == ["exclude z*: no column of reference has such a name"]


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        ("pass " + Option("--q-decimal", ","), 'pass q_decimal=","'),
        ("if it is missing, pass " + Option("--q-null", "-"), 'if it is missing, pass q_null="-"'),
        ("clean it, or pass " + Option("--type", "a=b=category"), 'clean it, or pass types={"a=b": "category"}'),
        (Option("--allow-missing", "plan") + " passes over it", 'allow_missing="plan" passes over it'),
        ("make the reference anew, or " + Option("--exclude") + " it", "make the reference anew, or exclude it"),
        ("did you mean alpha?", "did you mean alpha?"),
        (None, None),
    ],
)
def test_an_option_of_drift_is_a_setting(hint, expected):
    assert settings_hint(hint) == expected


def test_one_of_two_files_may_be_written_otherwise(tmp_path):
    (tmp_path / "p.csv").write_text("x;y\n" + "".join(f"{at / 8};a\n" for at in range(200)))
    (tmp_path / "q.csv").write_text("x|y\n" + "".join(f"{at / 8}|a\n".replace(".", ",") for at in range(200)))
    found = klcli.drift(tmp_path / "p.csv", tmp_path / "q.csv", q_decimal=",", q_delimiter="|")
    assert found["x"].measures["jensen_shannon"] == 0


def test_the_text_of_a_profile_stands_for_its_table():
    expected = [each.measures for each in klcli.drift(P, Q)]
    assert [each.measures for each in klcli.drift(klcli.profile(P), Q)] == expected


@pytest.mark.parametrize("text", ['{"a": [1, 2]}' * 999, "a,b\n1,2\n" * 999, '{"kl_profile": 2, "rows": 1}'])
def test_a_text_that_is_no_profile_is_refused_in_few_words(text):
    with pytest.raises(klcli.KlError, match=r"^reference: ") as raised:
        klcli.drift(text, Q)
    assert len(str(raised.value)) < 300


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (P.x, "Series is not a table"),
        (pa.chunked_array([[1.0, 2.0]]), "ChunkedArray is not a table"),
        ({"a": 3}, "a: int is not a column"),
        ({"a": "abc"}, "a: str is not a column"),
        ({"a": {"b": 1}}, "a: dict is not a column"),
        ({"a": np.ones((3, 3))}, "a: ndarray of 2 dimensions is not a column"),
        ({"a": np.array(1.0)}, "a: ndarray of 0 dimensions is not a column"),
    ],
)
def test_what_is_no_table_is_refused(table, says):
    with pytest.raises(klcli.UsageError, match=f"^table: {says}"):
        klcli.profile(table)
    with pytest.raises(klcli.UsageError, match=f"^reference: {says}"):
        klcli.drift(table, Q)


@pytest.mark.parametrize("limits", [99, "99", "jeffreys=99", [99], {"jeffreys": 99}])
def test_one_limit_needs_no_list(limits):
    assert klcli.drift(P, Q, limits=limits).exit_code == 0
