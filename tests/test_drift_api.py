"""`klcli.drift` and `klcli.profile`: the same answers as the command, from data frames."""

import json
import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import klcli
from klcli.support.python_terms import settings_hint

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
        ({"alpha": 2}, "alpha: 2 is not between 0 and 1\nhint: as in 0.05"),
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
        ("pass --q-decimal ,", 'pass q_decimal=","'),
        ("if it stands for a missing value, pass --q-null '-'", 'if it stands for a missing value, pass q_null="-"'),
        ("clean it, or pass --type x=category", 'clean it, or pass types={"x": "category"}'),
        ("--allow-missing plan passes over it", "allow_missing plan passes over it"),
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
