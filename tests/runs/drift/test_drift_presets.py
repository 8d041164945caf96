"""`kl drift --preset`: whole tables as other tools see them, from every engine, with their verdicts."""

import json

import numpy as np
import pytest
from conftest import ROOT

import klcli
from klcli.errors import UnknownName, UsageError

RNG = np.random.default_rng(3)
FLIGHTS = [str(ROOT / "sample_data" / f"flights_{month}.csv") for month in ("january", "july")]


def statuses(report):
    return {each.name: each.status.value for each in report.columns}


def test_evidently_calls_on_flights_what_it_called_itself():
    report = klcli.drift(*FLIGHTS, preset="evidently")
    drifted = {"carrier", "dest", "dep_delay", "arr_delay", "air_time"}
    assert {name for name, status in statuses(report).items() if status == "exceeded"} == drifted
    assert report.exit_code == 1
    assert report["air_time"].measures == {"ks": pytest.approx(0.004763146597240803, rel=1e-9)}
    assert "5 of 8" in report.result.notes[-1].text


def test_duckdb_and_numpy_give_the_same_numbers(tmp_path):
    pytest.importorskip("duckdb")
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    columns = {"x": RNG.normal(size=300), "n": RNG.integers(0, 6, 300), "s": RNG.choice(list("abc"), 300),
               "b": RNG.random(300) < 0.4, "d": RNG.integers(0, 9, 300).astype("datetime64[D]")}  # fmt: skip
    columns["x"][::7] = np.nan
    table = pyarrow.table({**columns, "m": pyarrow.array([None if i % 5 else i for i in range(300)])})
    parquet.write_table(table, tmp_path / "t.parquet")
    shuffled = table.take(RNG.permutation(300)[:200])
    parquet.write_table(shuffled, tmp_path / "u.parquet")
    for preset in ("nannyml", "evidently", "popmon", "psi-classic"):
        on_file = klcli.drift(tmp_path / "t.parquet", tmp_path / "u.parquet", preset=preset)
        assert on_file.result.p.engine == "duckdb"
        in_memory = klcli.drift(table, shuffled, preset=preset)
        assert {each.name: each.measures for each in on_file.columns} == {
            each.name: each.measures for each in in_memory.columns
        }
        assert statuses(on_file)["d"] == "skipped"


def test_a_limit_that_is_set_takes_the_place_of_the_tools():
    assert statuses(klcli.drift(*FLIGHTS, preset="psi-classic"))["dest"] == "exceeded"
    assert statuses(klcli.drift(*FLIGHTS, preset="psi-classic", limits=["0.5"]))["dest"] == "ok"
    assert statuses(klcli.drift(*FLIGHTS, preset="psi-classic", limits=["dest:psi=inf"]))["dest"] == "ok"
    report = klcli.drift(*FLIGHTS, preset="tfdv", limits=["0.02"])
    assert statuses(report)["dest"] == "exceeded"
    assert statuses(report)["hour"] == "skipped"


def test_a_limit_on_a_measure_that_was_not_asked_for_is_held():
    report = klcli.drift(*FLIGHTS, preset="evidently", limits=["carrier:psi=0.01", "origin:jensen_shannon_distance=1"])
    assert report["carrier"].measures.keys() == {"chisquare", "psi"}
    assert [one.verdict.measure for one in report["carrier"].exceeded] == ["chisquare", "psi"]
    assert report["origin"].status.value == "ok"
    with pytest.raises(UsageError, match="no such column"):
        klcli.drift(*FLIGHTS, preset="evidently", limits=["carier:psi=0.01"])


def test_a_tool_without_a_limit_fails_nothing_and_says_so():
    report = klcli.drift(*FLIGHTS, preset="popmon")
    assert report.exit_code == 0
    assert any("no limit of its own" in note.text for note in report.result.notes)


def test_a_forced_kind_is_that_of_the_tool():
    report = klcli.drift(*FLIGHTS, preset="tfdv", types={"hour": "category"})
    assert report["hour"].counted.decision.kind.value == "category"
    assert report["hour"].measures.keys() == {"jensen_shannon_divergence"}


def test_a_tool_is_handed_texts_of_a_file_as_pandas_reads_them(tmp_path):
    lines = ["code,size,plan", *(f"{i % 30:03},{i % 4},{'ab'[i % 2]}" for i in range(120))]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    kinds = {each.name: each.counted.decision.kind.value
             for each in klcli.drift(tmp_path / "t.csv", tmp_path / "t.csv", preset="evidently").columns}  # fmt: skip
    assert kinds == {"code": "numeric", "size": "category", "plan": "category"}


def test_a_column_that_differs_in_type_or_is_missing_is_an_error():
    report = klcli.drift({"a": [1.5, 2.5] * 30, "b": [1, 2] * 30}, {"a": ["x", "y"] * 30}, preset="evidently")
    assert statuses(report) == {"a": "error", "b": "error"}
    assert report.exit_code == 3


@pytest.mark.parametrize("values", [[], [float("inf")] * 60])
def test_a_column_on_which_the_tool_fails_is_an_error_with_the_reason(values):
    report = klcli.drift({"a": np.arange(60) + 0.5}, {"a": np.array(values, dtype=float)}, preset="gx")
    assert statuses(report) == {"a": "error"}
    assert report["a"].reason


def test_what_the_tool_decides_cannot_be_set_beside_it():
    for name, value in (("bins", "fd"), ("alpha", 0.1), ("missing", "bin")):
        with pytest.raises(UsageError, match="decides"):
            klcli.drift(*FLIGHTS, preset="evidently", **{name: value})
    with pytest.raises(UsageError, match="random samples"):
        klcli.drift(*FLIGHTS, preset="soda")
    with pytest.raises(UnknownName, match="evidentyl"):
        klcli.drift(*FLIGHTS, preset="evidentyl")
    with pytest.raises(UsageError, match="gx"):
        klcli.drift(*FLIGHTS, preset="nannyml", holdout=0.01)


def test_a_profile_is_refused(tmp_path):
    (tmp_path / "base.kl.json").write_text(klcli.profile(FLIGHTS[0]))
    with pytest.raises(UsageError, match="profile"):
        klcli.drift(tmp_path / "base.kl.json", FLIGHTS[1], preset="evidently")


def test_the_numbers_of_a_preset_have_no_picture():
    with pytest.raises(UsageError, match="picture"):
        klcli.drift(*FLIGHTS, preset="gx").views()


def test_the_document_names_the_tool_and_infinity():
    document = json.loads(json.dumps(klcli.drift(*FLIGHTS, preset="gx").to_dict(), default=str))
    assert document["how"]["tool"] == "Great Expectations"
    assert document["how"]["version"] == "1.24.1"
    with_tails = klcli.drift(*FLIGHTS, preset="gx", holdout=0.01)
    assert with_tails["carrier"].measures["kl_divergence"] == pytest.approx(0.021313196241995732, rel=1e-9)


def test_a_settings_file_can_name_the_preset(tmp_path):
    (tmp_path / "kl.toml").write_text('[drift]\npreset = "psi-classic"\n[drift.limits]\npsi = 0.4\n')
    report = klcli.drift(*FLIGHTS, config=tmp_path / "kl.toml")
    assert report["dest"].verdicts[0].verdict.limit == 0.4
    for limits, message in (("limits = 3", "limits must be a table"), ("limits.psi = -1", "not a number from 0")):
        (tmp_path / "kl.toml").write_text(f'[drift]\npreset = "psi-classic"\n{limits}\n')
        with pytest.raises(UsageError, match=rf"kl.toml: \[drift\]: .*{message}"):
            klcli.drift(*FLIGHTS, config=tmp_path / "kl.toml")
    (tmp_path / "kl.toml").write_text('[drift]\npreset = "psi-classic"\nbins = "fd"\n')
    with pytest.raises(UsageError, match=r"kl.toml: \[drift\]: bins beside preset = \"psi-classic\""):
        klcli.drift(*FLIGHTS, config=tmp_path / "kl.toml")
    with pytest.raises(UnknownName, match=r"^no preset"):
        klcli.drift(*FLIGHTS, config=tmp_path / "kl.toml", preset="evidentyl")
    (tmp_path / "kl.toml").write_text('[drift]\nbins = "fd"\n[drift.limits]\nunseen = 0.4\n')
    assert klcli.drift(*FLIGHTS, config=tmp_path / "kl.toml", preset="psi-classic").exit_code == 1


def test_limits_of_a_settings_file_hold_beside_its_own_preset_and_no_other(tmp_path):
    (tmp_path / "kl.toml").write_text('[drift]\npreset = "psi-classic"\n[drift.limits]\npsi = 0.5\n')
    statuses_of_dest = [
        statuses(klcli.drift(*FLIGHTS, config=tmp_path / "kl.toml", **given))["dest"]
        for given in ({}, {"preset": "psi-classic"}, {"preset": "evidently"})
    ]
    assert statuses_of_dest == ["ok", "ok", "exceeded"]  # without limits of their own, both exceed


def test_types_beside_a_preset_are_shown_with_their_origin(kl, tmp_path):
    (tmp_path / "kl.toml").write_text('[drift]\npreset = "gx"\n[drift.types]\nhour = "category"\n')
    words = ("--show-config", "--config", tmp_path / "kl.toml", "--type", "dest=text", "-f", "json")
    shown = json.loads(kl("drift", *words).out)["settings"]
    types = {each["setting"]: (each["value"], each["from"]) for each in shown if each["setting"].startswith("type ")}
    assert types == {"type hour": ("category", str(tmp_path / "kl.toml")), "type dest": ("text", "command line")}


@pytest.mark.parametrize("given", [{}, {"preset": "evidently"}])
def test_marks_of_a_settings_file_that_contradict_each_other_name_it(tmp_path, given):
    (tmp_path / "kl.toml").write_text('[drift]\ndecimal = ","\nthousands = ","\n')
    with pytest.raises(UsageError, match=r"kl.toml: \[drift\]: ',' cannot be"):
        klcli.drift(*FLIGHTS, config=tmp_path / "kl.toml", **given)


def test_the_table_names_tool_version_statistic_and_limit_within_80_columns(kl):
    found = kl("drift", *FLIGHTS, "--preset", "deepchecks")
    assert found.code == 0
    assert "deepchecks 0.19.1" in found.out
    assert "Cramér's V" in found.out
    assert max(map(len, found.out.splitlines()[3:])) <= 80
    assert kl("drift", *FLIGHTS, "--preset", "deepchecks", "--explain", "dest").code == 2
    assert kl("drift", *FLIGHTS, "--preset", "evidently", "--no-limits").code == 0
    listed = kl("list", "presets", "-f", "json")
    assert [each["name"] for each in json.loads(listed.out)["presets"]] == [
        "evidently", "gx", "nannyml", "tfdv", "deepchecks", "popmon", "psi-classic", "frouros", "feature-engine",
    ]  # fmt: skip


def test_every_preset_stands_beside_the_verdict_of_kl(kl):
    found = kl("drift", *FLIGHTS, "--compare-presets", "-f", "json")
    document = json.loads(found.out)
    assert found.code == 1
    names = [each["name"] for each in document["presets"]]
    assert names == ["kl", "evidently", "gx", "nannyml", "tfdv", "deepchecks", "popmon", "psi-classic", "frouros",
                     "feature-engine"]  # fmt: skip
    columns = {each["name"]: {one["preset"]: one for one in each["presets"]} for each in document["columns"]}
    assert all(list(found) == names for found in columns.values())
    own = klcli.drift(*FLIGHTS)
    for column, of_column in columns.items():
        assert of_column["kl"]["status"] == own[column].status.value
    for name in names[1:]:
        alone = klcli.drift(*FLIGHTS, preset=name)
        for column, of_column in columns.items():
            assert of_column[name]["status"] == alone[column].status.value
            held = [each.verdict.value for each in alone[column].verdicts] or [*alone[column].measures.values()]
            assert of_column[name]["value"] in (None, "Infinity", *held)
    table = kl("drift", *FLIGHTS, "--compare-presets")
    assert max(map(len, table.out.splitlines()[3:])) <= 80
    assert kl("drift", *FLIGHTS, "--compare-presets", "--preset", "gx").code == 2


def test_what_was_assumed_of_a_table_is_said(kl, tmp_path):
    (tmp_path / "p.csv").write_text("1,a\n" * 60)
    (tmp_path / "q.csv").write_text("1,a,b\n" * 60)
    for words in (["--preset", "nannyml"], ["--compare-presets"]):
        found = kl("drift", str(tmp_path / "p.csv"), str(tmp_path / "q.csv"), *words)
        assert "that P lacks" in found.err
        assert "header" in found.err
