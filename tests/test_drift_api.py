"""`klcli.drift` and `klcli.profile`: the same answers as the command, from data frames."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import klcli

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
