import pytest

from klcli.core.distributions.kinds import KINDS
from klcli.core.distributions.smoothing import SMOOTHINGS
from klcli.core.estimation.estimators import ESTIMATORS
from klcli.core.measures.measure import MEASURES
from klcli.families.catalogue import CLOSED_FORMS, FAMILIES
from klcli.reports.examples.catalogue import EXAMPLES
from klcli.reports.renderers import FORMATS
from klcli.sources.formats.input_format import INPUT_FORMATS
from klcli.tables.presets import PRESETS

CATALOGUES = {
    "measures": MEASURES,
    "formats": FORMATS,
    "inputs": INPUT_FORMATS,
    "kinds": KINDS,
    "smoothing": SMOOTHINGS,
    "estimators": ESTIMATORS,
    "presets": PRESETS,
    "examples": EXAMPLES,
    "families": FAMILIES,
}


@pytest.mark.parametrize("name", CATALOGUES)
def test_lists_every_name_of_a_registry(document, name):
    rows = document("list", name)[name]
    names = [row["name"].partition(":")[0] for row in rows if row["name"]]
    assert names == [each.name for each in CATALOGUES[name]]
    assert all(value for row in rows if row["name"] for key, value in row.items() if key != "or")


def test_lists_the_catalogues_without_a_name(document):
    assert [row["name"] for row in document("list")["catalogues"]] == [*CATALOGUES, "closed_forms"]


def test_lists_every_closed_form_with_its_formula_and_source(document):
    rows = document("list", "closed_forms")["closed_forms"]
    assert {(p, q) for p, q in CLOSED_FORMS} <= {(row["name"], row["to"]) for row in rows}
    assert all(row["formula"] and row["source"] for row in rows)
    assert {"name": "normal", "to": "gamma", "formula": "infinite"}.items() <= next(
        row for row in rows if (row["name"], row["to"]) == ("normal", "gamma")
    ).items()


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".json", ".jsonl", ".npy", ".npz", ".parquet", ".gz", ".zst"])
def test_lists_every_suffix_of_the_contract(kl, suffix):
    assert suffix in kl("list", "inputs").out


def test_a_measure_cites_its_source_in_json_and_not_in_the_table(kl, document):
    sources = [row["source"] for row in document("list", "measures")["measures"]]
    assert "Kullback" in sources[0]
    assert sources[0] not in kl("list", "measures").out


def test_suggests_the_catalogue_that_was_meant(kl):
    result = kl("list", "measure")
    assert (result.code, result.out) == (2, "")
    assert "kl: hint: did you mean measures?" in result.err


@pytest.mark.parametrize("words", [["list", "smoothing"], ["list", "measures"], ["profile", "show", "base.kl.json"]])
def test_the_formats_that_an_answer_without_numbers_is_said_to_have_print_it(kl, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("plan\na\nb\nb\n")
    kl("profile", "t.csv", "-o", "base.kl.json")
    found = kl(*words, "-f", "value")
    error, hint = found.err.splitlines()
    assert (found.code, found.out) == (2, "")
    assert error.endswith("have no bare value form")
    able = hint.removeprefix("kl: hint: the formats for them are ").split(", ")
    assert set(able) == {"table", "json", "jsonl", "csv", "tsv", "markdown", "latex", "html"}
    for form in able:
        assert kl(*words, "-f", form).code == 0
