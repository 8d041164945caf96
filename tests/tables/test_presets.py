"""Presets: the numbers that other tools printed, for two small columns and for the flights of sample_data."""

import csv
import json
from math import inf
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from scipy import stats

from klcli.errors import UnknownName, UsageError
from klcli.tables.presets import PRESETS
from klcli.tables.presets.preset import Fails, Held, NotReplayed, Options, Use
from klcli.tables.presets.samples import Labels, Numbers

GOLDEN = json.loads(Path(__file__).with_name("presets_golden.json").read_text(encoding="utf-8"))
FLIGHTS = json.loads(Path(__file__).with_name("presets_on_flights.json").read_text(encoding="utf-8"))
TOOLS = {"great_expectations": "gx", "feature_engine": "feature-engine", "tensorflow_data_validation": "tfdv"}
METHODS = {
    "expect_column_kl_divergence_to_be_less_than": "kl_divergence", "DropHighPSIFeatures.psi_values_": "psi",
    "HellingerDistance": "hellinger",
}  # fmt: skip
RNG = np.random.default_rng(11)


def labels(p, q):
    names = tuple(sorted({each for each in (*p, *q) if each}))
    return Labels(names, *(np.array([names.index(each) if each else -1 for each in side]) for side in (p, q)))


def numbers(p, q, *, is_float=True):
    return Numbers(np.asarray(p, dtype=float), np.asarray(q, dtype=float), is_float)


def computed(preset, method, sample, holdout=0.0):
    found = PRESETS.lookup(preset).method(method)
    compute = found.numbers if isinstance(sample, Numbers) else found.labels
    return compute(sample, Options(holdout))


def value(*args, **how):
    found = computed(*args, **how)
    return found.value if isinstance(found, Held) else found


def golden_sample(name):
    if name == "alcohol":
        return numbers(GOLDEN["data"]["alcohol"]["reference"], GOLDEN["data"]["alcohol"]["current"])
    counts = GOLDEN["data"]["weather"]["counts"]["category: [reference, current]"]
    return labels(*([label for label, both in counts.items() for _ in range(both[side])] for side in (0, 1)))


def columns_of_flights():
    tables = []
    for month in ("january", "july"):
        with open(ROOT / "sample_data" / f"flights_{month}.csv", encoding="utf-8") as file:
            tables.append(list(csv.DictReader(file)))
    found = {}
    for name in tables[0][0]:
        p, q = ([row[name] for row in table] for table in tables)
        if name in ("carrier", "origin", "dest"):
            found[name] = labels(p, q)
        else:
            both = [[float(cell) if cell else np.nan for cell in side] for side in (p, q)]
            found[name] = numbers(*both, is_float="" in p)
    return found


COLUMNS = columns_of_flights()


@pytest.mark.parametrize("record", GOLDEN["records"], ids=lambda record: record["id"])
def test_the_number_is_the_one_that_the_tool_printed(record):
    method = METHODS.get(record["method"], record["method"].lower())
    if record["parameters"].get("strategy") == "equal_width" or record["id"].endswith("equal_width"):
        method = "psi_equal_width"
    holdout = record["parameters"].get("tail_weight_holdout", 0.0)
    found = value(TOOLS.get(record["tool"], record["tool"]), method, golden_sample(record["data"]), holdout=holdout)
    assert found == pytest.approx(record["value"], rel=1e-12)


@pytest.mark.parametrize(
    ("preset", "column", "method", "printed"),
    [
        (preset, column, method, printed)
        for preset in sorted(FLIGHTS.keys() - {"about"})
        for column, found in FLIGHTS[preset].items()
        for method, printed in found["values"].items()
    ],
)
def test_the_number_for_flights_is_the_one_that_the_tool_printed(preset, column, method, printed):
    method, _, holdout = method.partition(" holdout ")
    found = value(preset, method, COLUMNS[column], holdout=float(holdout or 0))
    assert found == pytest.approx(inf if printed is None else printed, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("preset", "column"),
    [(name, column) for name in sorted(FLIGHTS.keys() - {"about", "popmon"}) for column in FLIGHTS[name]],
)
def test_the_statistic_for_flights_is_the_one_that_the_tool_chose(preset, column):
    sample, default = COLUMNS[column], FLIGHTS[preset][column]["default"]
    if default is None:
        with pytest.raises(NotReplayed):
            PRESETS.lookup(preset).use(sample)
    else:
        assert PRESETS.lookup(preset).chosen(sample) == default


@pytest.mark.parametrize(
    ("column", "method"),
    [(column, method) for column, found in FLIGHTS["nannyml"].items() for method in found["chunks"]],
)
def test_nannymls_alerts_on_chunks_are_those_that_it_printed(column, method):
    printed, found = FLIGHTS["nannyml"][column]["chunks"][method], computed("nannyml", method, COLUMNS[column])
    assert found.detail == f"{printed['alerts']} of 10 chunks alert"
    if method != "chi2":
        assert found.held == pytest.approx(printed["largest"], rel=1e-9)
        assert found.limit == pytest.approx(printed["upper_threshold"], rel=1e-9)


def test_evidently_chooses_by_rows_and_distinct_values():
    evidently = PRESETS.lookup("evidently")
    few, many = RNG.integers(0, 4, 1000).astype(float), RNG.normal(size=1000)
    assert evidently.chosen(numbers(many, many)) == "ks"
    assert evidently.chosen(numbers(np.append(many, 0), many)) == "wasserstein"
    assert evidently.chosen(numbers(few, few)) == "chisquare"
    assert evidently.chosen(numbers(few > 1, few > 1)) == "z"
    assert evidently.chosen(numbers(np.append(few, 0), few)) == "jensenshannon"
    assert evidently.chosen(labels("ab" * 600, "ab")) == "jensenshannon"


def test_evidently_takes_integers_with_at_most_ten_values_as_labels():
    evidently = PRESETS.lookup("evidently")
    assert evidently.use(numbers(range(10), range(10), is_float=False)) is Use.LABELS
    assert evidently.use(numbers(range(11), range(11), is_float=False)) is Use.NUMBERS
    assert evidently.use(numbers(range(10), range(10), is_float=True)) is Use.NUMBERS
    with pytest.raises(NotReplayed, match="text"):
        evidently.use(labels(["a", "b", "c", "c"], ["a"]))


def test_evidentlys_z_is_the_test_of_two_shares():
    p, q = "a" * 60 + "b" * 40, "a" * 30 + "b" * 50
    statistic, *_ = stats.chi2_contingency([[60, 40], [30, 50]], correction=False)
    assert value("evidently", "z", labels(p, q)) == pytest.approx(stats.chi2.sf(statistic, 1), rel=1e-9)


def test_evidently_fills_zeros_by_the_least_share():
    some = labels("a" * 50 + "b" * 50, "a" * 50 + "b" * 45 + "c" * 5)
    assert value("evidently", "psi", some) == pytest.approx(
        0.05 * np.log(0.5 / 0.45) + (0.05 - 1e-4) * np.log(0.05 / 1e-4), rel=1e-12
    )
    rare = labels("a" * 99_999 + "b", "a" * 99_995 + "c" * 5)  # the least share, 1e-5, is at most 1e-4
    p, q = np.array([0.99999, 1e-5, 1e-11]), np.array([0.99995, 5e-5 / 1e6, 5e-5])
    assert value("evidently", "psi", rare) == pytest.approx(np.sum((p - q) * np.log(p / q)), rel=1e-9)


def test_evidently_drops_infinite_values_and_others_fail_on_them():
    x, y = RNG.normal(size=50), RNG.normal(size=60)
    assert value("evidently", "ks", numbers(np.append(x, inf), y)) == pytest.approx(stats.ks_2samp(x, y).pvalue)
    for preset, method in (("nannyml", "jensen_shannon"), ("gx", "kl_divergence"), ("frouros", "psi"),
                           ("popmon", "psi"), ("feature-engine", "psi")):  # fmt: skip
        with pytest.raises(Fails, match="infinite"):
            computed(preset, method, numbers(np.append(x, inf), y))


def test_nannymls_histogram_of_a_large_reference_is_near_the_exact_distances():
    x, y = RNG.normal(size=12_000), RNG.normal(0.2, 1.3, size=11_000)
    sample = numbers(x, y)
    assert value("nannyml", "kolmogorov_smirnov", sample) == pytest.approx(stats.ks_2samp(x, y).statistic, abs=2e-3)
    assert value("nannyml", "wasserstein", sample) == pytest.approx(stats.wasserstein_distance(x, y), abs=5e-3)


def test_missing_cells_are_no_values_and_count_as_rows_of_chunks():
    x = np.where(RNG.random(100) < 0.3, np.nan, RNG.normal(size=100))
    assert value("nannyml", "wasserstein", numbers(x, x)) == 0
    with pytest.raises(Fails, match="fewer than 10 rows"):
        computed("nannyml", "wasserstein", numbers(x, x[:9]))


def test_a_method_that_cannot_be_reproduced_is_refused_with_the_reason():
    with pytest.raises(UsageError, match="versions of numpy"):
        PRESETS.lookup("frouros").method("js")
    with pytest.raises(UsageError, match="random"):
        PRESETS.lookup("evidently").method("TVD")
    with pytest.raises(NotReplayed, match="sketches"):
        PRESETS.lookup("tfdv").use(numbers([1, 2], [1, 2]))


def test_a_method_is_found_by_the_tools_name_and_by_ours():
    assert PRESETS.lookup("evidently").method("forward-kl").name == "kl_div"
    assert PRESETS.lookup("nannyml").method("KS").name == "kolmogorov_smirnov"
    with pytest.raises(UnknownName) as error:
        PRESETS.lookup("evidently").method("psy")
    assert error.value.hint == "did you mean psi?"


@pytest.mark.parametrize("name", PRESETS.names())
def test_a_declared_preset_is_registered_and_measures_equal_columns_as_equal(name):
    preset = PRESETS.lookup(name)
    assert preset.name == name
    same = {"labels": labels("aabbbc" * 60, "aabbbc" * 60), "numbers": numbers(*[RNG.normal(size=360)] * 2)}
    for method in preset.methods:
        for kind, sample in same.items():
            compute = getattr(method, kind)
            if compute is None or (method.name in ("chisquare", "z")):
                continue
            found = compute(sample, Options())
            found = found.value if isinstance(found, Held) else found
            assert found == pytest.approx(1.0 if method.is_p_value and method.name == "ks" else 0.0, abs=1e-7)
