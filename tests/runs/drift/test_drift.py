"""Drift between two tables: what is said of identical, moved, renamed, retyped and missing columns."""

from math import log

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.stats import chi2, chi2_contingency, ks_2samp, wasserstein_distance

import klcli
from klcli.engines.profile_table import ProfileTable, profile_of
from klcli.errors import NotComparable, UsageError
from klcli.runs.batch_results import Status
from klcli.runs.drift.judging.tested import groups_of
from klcli.runs.drift.matching import decisions_of
from klcli.runs.drift.run import drift
from klcli.sources.batch.glob_limits import GlobLimit
from klcli.sources.drift.settings import DriftSettings
from klcli.sources.tables.open_table import open_frame, open_table
from klcli.sources.tables.options import TableOptions
from klcli.tables.binning import BinRule
from klcli.tables.column import Kind

RNG = np.random.default_rng(20)


def run(p, q, **settings):
    result = drift(open_frame(p, "p"), open_frame(q, "q"), DriftSettings(**settings))
    return {each.name: each for each in result.columns}


def one(p, q, **settings):
    return run({"x": list(p)}, {"x": list(q)}, **settings)["x"]


def repeated(**counts):
    return [label for label, count in counts.items() for _ in range(count)]


def test_psi_is_the_sum_over_the_cells_with_half_a_row_added_to_each():
    found = one(repeated(a=60, b=40), repeated(a=50, b=45, c=5))
    p, q = [60.5 / 101.5, 40.5 / 101.5, 0.5 / 101.5], [50.5 / 101.5, 45.5 / 101.5, 5.5 / 101.5]
    psi = sum((a - b) * log(a / b) for a, b in zip(p, q, strict=True))
    assert found.measures["jeffreys"] == pytest.approx(psi, rel=1e-14)
    assert found.strict["reverse_kl"] == float("inf")
    assert found.unseen == 0.05


def test_two_samples_of_one_population_with_many_rare_labels_do_not_exceed():
    random = np.random.default_rng(12)
    masses = 1 / np.arange(1, 301)
    labels = [f"label {each}" for each in range(300)]
    statuses, masses_unseen = [], []
    for _ in range(20):
        found = one(*random.choice(labels, p=masses / masses.sum(), size=(2, 400)).tolist(), allows_disjoint=True)
        statuses.append(found.status)
        masses_unseen.append(found.unseen)
    assert min(masses_unseen) > 0.01  # the limit
    assert statuses.count(Status.EXCEEDED) <= 4  # at most Binomial(20, 0.05), which is above 4 once in 400


def test_a_new_label_exceeds_among_many_rare_ones():
    labels = [f"label {each}" for each in range(100)]
    found = one(labels * 5, labels[:60] * 8 + ["new"] * 20)
    verdict = next(each for each in found.verdicts if each.verdict.measure == "unseen")
    assert found.status is Status.EXCEEDED
    assert verdict.beyond_noise
    assert verdict.verdict.value == 0.04


def test_the_test_of_values_is_pearsons_on_the_bins():
    x, y = RNG.normal(size=400), RNG.normal(0.3, 1, 300)
    found = one(x, y)
    cells = found.counted.cells
    assert len(cells.p) == 10
    statistic, p_value, *_ = chi2_contingency([cells.p, cells.q], correction=False)
    assert found.test.statistic == pytest.approx(statistic, rel=1e-12)
    assert found.test.p_value == pytest.approx(p_value, rel=1e-9)
    assert found.p_adjusted == pytest.approx(min(1.0, 2 * p_value))  # with the test of missing cells


def test_distances_of_ordered_values_are_those_of_scipy():
    x, y = RNG.normal(size=400), RNG.normal(0.3, 2, 300)
    found = one(x, y, measures=("ks", "wasserstein_sd"))
    assert found.measures["ks"] == pytest.approx(ks_2samp(x, y).statistic, rel=1e-12)
    assert found.measures["wasserstein_sd"] == pytest.approx(wasserstein_distance(x, y) / x.std(), rel=1e-12)


@pytest.mark.parametrize("type_q", [int, float, str])
@pytest.mark.parametrize("missing", ["apart", "bin"])
def test_few_integers_have_the_distances_of_scipy_too(type_q, missing):
    x, y = RNG.integers(0, 12, 400), RNG.integers(3, 16, 300)  # to 15, so that 9 and 10 stand in numeric order
    found = one(
        [*x.tolist(), None], [*map(type_q, y.tolist()), None], measures=("ks", "wasserstein_sd"), missing=missing
    )
    assert found.counted.decision.kind is Kind.CATEGORY
    assert found.measures["ks"] == pytest.approx(ks_2samp(x, y).statistic, rel=1e-12)
    assert found.measures["wasserstein_sd"] == pytest.approx(wasserstein_distance(x, y) / x.std(), rel=1e-12)
    assert found.errors == {}


def test_a_limit_on_order_holds_for_few_integers():
    x, y = [1, 2, 3, 4] * 50, [1, 2, 3, 9] * 50
    limits = (GlobLimit("*", "wasserstein_sd", 1.0),)  # W1 is 5/4, and the deviation √(5/4)
    found = one(x, y, limits=limits)
    assert found.status is Status.EXCEEDED
    assert [each.verdict.value for each in found.exceeded] == pytest.approx([(5 / 4) ** 0.5])
    assert one(x, x, limits=limits).status is Status.OK
    assert one([*map(str, x), "a"], [*map(str, x), "a"], limits=limits).verdicts == ()  # labels have no order


def test_values_that_are_counted_together_have_no_order_and_say_so():
    x = RNG.normal(size=12_000)
    found = one(x, x, bins=BinRule("values"), measures=("ks",))
    assert "ks" not in found.measures
    assert "order_unknown" in {each.code for each in found.counted.notes}
    with pytest.raises(NotComparable, match="its ks has a limit and is not known"):
        one(x, x, bins=BinRule("values"), limits=(GlobLimit("*", "ks", 0.1),))


@pytest.mark.parametrize("scale", [1.0, 1e300, 1e-300])
def test_infinite_values_on_both_sides_are_no_distance(scale):
    x = [*(RNG.normal(size=98) * scale), float("inf"), float("-inf")]
    same = one(x, x, measures=("ks", "wasserstein_sd"))
    assert same.measures["wasserstein_sd"] == same.measures["ks"] == 0
    moved = one(x, [*x[:97], *x[97:99], float("inf")], measures=("wasserstein_sd",))
    assert moved.measures["wasserstein_sd"] == float("inf")
    shifted = one(x, [each + scale for each in x], measures=("wasserstein_sd",))
    assert shifted.measures["wasserstein_sd"] == pytest.approx(0.98 / np.std(np.divide(x[:98], scale)), rel=1e-12)
    assert "infinite" in {each.code for each in shifted.counted.notes}


TENTHS = [(each + 0.5) / 1000 for each in range(1000)]
PUSHED = [(each // 100 + 1) / 10 - 1e-3 + each * 1e-9 for each in range(1000)]  # to the top of each tenth, as bins are


@pytest.mark.parametrize(("measure", "limit"), [("ks", 0.05), ("wasserstein_sd", 0.1)])
@pytest.mark.parametrize("is_exact", [False, True])
@pytest.mark.parametrize("is_profile", [False, True])
@pytest.mark.parametrize(
    ("p", "q", "is_beyond"),
    [
        (TENTHS, PUSHED, {"ks", "wasserstein_sd"}),
        ([1.0] * 970 + [1.5, 2.5, 3.5] * 10, [1.0] * 970 + [1.5, 2.5, 300.5] * 10, {"wasserstein_sd"}),
        (TENTHS, [each + 0.1 for each in TENTHS], {"ks", "wasserstein_sd"}),
        ([1, 2, 3] * 100, [1, 2, 3] * 40 + [3] * 180, {"ks", "wasserstein_sd"}),
        (TENTHS[::20], [each + 0.06 for each in TENTHS[::20]], set()),
    ],
)
def test_a_limit_on_order_has_a_test_that_sees_the_order(p, q, is_beyond, is_profile, is_exact, measure, limit):
    table = open_frame({"x": p}, "p")
    if is_profile:
        settings = DriftSettings()
        kinds = decisions_of(table, table.columns, table.facts(table.columns), settings)
        table = ProfileTable(profile_of(table, kinds))
    limits = (GlobLimit("*", measure, limit),)
    settings = DriftSettings(limits=limits, is_exact=is_exact, adjust="none")
    (found,) = drift(table, open_frame({"x": q}, "q"), settings).columns
    (verdict,) = found.verdicts
    scipys = ks_2samp(p, q).pvalue
    if measure == "ks" and not verdict.is_unsure:
        assert found.order_p["ks"] >= 0.99 * scipys
        assert verdict.beyond_noise == (found.order_p["ks"] < 0.05)
    assert not verdict.beyond_noise or measure in is_beyond
    assert verdict.beyond_noise or is_profile or measure not in is_beyond
    assert verdict.beyond_noise or verdict.passed or verdict.is_unsure or "noise" in found.reason


def test_a_bound_of_p_is_not_said_to_show_that_noise_does_it():
    p, random = np.linspace(-2, 2, 400), np.random.default_rng(5)
    found = one(p, p + 0.15, limits=(GlobLimit("*", "wasserstein_sd", 0.05),))
    relabelled = [random.permutation(np.concatenate([p, p + 0.15])) for _ in range(500)]
    reached = np.mean([wasserstein_distance(each[:400], each[400:]) >= 0.15 - 1e-9 for each in relabelled])
    assert found.status is Status.UNCLEAR
    bound = found.order_p_adjusted["wasserstein_sd"]
    assert bound > reached + 4 * np.sqrt(0.25 / 500)
    assert found.reason.endswith(f"but not shown to be beyond noise, p at most {bound:.2g}")


@pytest.mark.parametrize("adjust", ["holm", "bh", "none"])
def test_the_test_of_unseen_labels_is_adjusted_as_all_others_are(adjust):
    p = {f"c{at}": repeated(a=60, b=40) for at in range(8)}
    q = p | {"c0": repeated(a=54, b=36, new=10)}
    found = run(p, q, adjust=adjust)
    every = [each for column in found.values() for each in (column.test.p_value, column.missing_p, column.unseen_p)]
    assert len(every) == 24
    least = found["c0"].unseen_p
    assert least == min(every) < 1
    assert found["c0"].unseen_p_adjusted == pytest.approx(least if adjust == "none" else 24 * least)


def test_a_limit_that_noise_exceeds_is_not_among_those_that_are_exceeded():
    p, q = repeated(a=500, b=480, c=20), repeated(a=300, b=680, new=20)
    found = one(p, q, limits=(GlobLimit("*", "jeffreys", 0.1), GlobLimit("*", "unseen", 0.001)), alpha=0.01)
    assert {each.verdict.measure for each in found.exceeded} == {"jeffreys", "unseen"}
    few = one(p[::10], q[::10], limits=(GlobLimit("*", "jeffreys", 0.1), GlobLimit("*", "unseen", 0.001)))
    assert few.status is Status.EXCEEDED
    assert [each.verdict.measure for each in few.exceeded] == ["jeffreys"]
    assert few.reason.startswith("unseen = 0.02 is above 0.001, but noise alone may do that, p = ")


@pytest.mark.parametrize(
    ("p", "q", "status"),
    [
        (repeated(a=500, b=500), repeated(a=510, b=490), Status.OK),
        (repeated(a=500, b=500), repeated(a=900, b=100), Status.EXCEEDED),
        (repeated(a=5000, b=5000), repeated(a=5500, b=4500), Status.CHANGED),
        (repeated(a=30, b=30), repeated(a=39, b=21), Status.OK),
        (repeated(a=26, b=25), repeated(a=36, b=15), Status.UNCLEAR),
        (repeated(a=20, b=20), repeated(a=40, b=1), Status.INSUFFICIENT),
        (repeated(a=100), repeated(a=100), Status.OK),
        (repeated(a=100), repeated(a=50, b=50), Status.EXCEEDED),
        (repeated(a=50, b=50), [*repeated(a=47, b=47), *[None] * 6], Status.UNCLEAR),
        (repeated(a=500, b=500), [*repeated(a=450, b=450), *[None] * 100], Status.EXCEEDED),
    ],
)
def test_a_column_has_the_status_that_its_counts_earn(p, q, status):
    found = one(p, q)
    assert found.status is status, (found.reason, found.measures, found.p_adjusted)


RANGE = [*range(20, 80)] * 2


@pytest.mark.parametrize(
    ("q", "said"),
    [
        ([*range(20, 80), *range(26, 80), *[-99] * 6],
         "6 of 120 values of Q lie outside the range of P, 20 to 79: 6 below it, down to -99"),
        ([*range(20, 80), *range(20, 74), *range(995, 1001)], "6 above it, up to 1000"),
        ([*range(20, 80), *range(20, 72), -1, *[500] * 7],
         "8 of 120 values of Q lie outside the range of P, 20 to 79: 1 below it, down to -1; 7 above"),
        ([*range(20, 80), *range(25, 80), *[-99] * 5], ""),  # chance: C(235, 120) / C(240, 120) is 0.028, of 6 0.014
        (RANGE, ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("convert", [int, float, str])
def test_values_outside_the_range_of_the_reference_are_noted_beyond_chance(q, said, convert):
    found = one([*map(convert, RANGE)], [*map(convert, q)], types=(("x", Kind.NUMERIC),))
    notes = [note.text for note in found.counted.notes if note.code == "outside"]
    assert notes == [] if not said else said in notes[0]


def test_an_unclear_column_says_how_many_rows_would_settle_it():
    found = one(repeated(a=26, b=25), repeated(a=36, b=15))
    (note,) = (each for each in found.counted.notes if each.code == "unclear")
    rows = note.values[2]
    # three tests, of values, missing and unseen; at n rows a side noise in PSI is χ²·2/n
    assert rows == pytest.approx(2 * chi2.isf(0.05 / 3, 1) / 0.1, abs=1)


def test_the_last_limit_that_matches_a_column_holds():
    p, q = repeated(a=500, b=500), repeated(a=700, b=300)
    limits = (GlobLimit("*", "jeffreys", 0.1), GlobLimit("x", "jeffreys", 0.5))
    assert one(p, q, limits=limits[:1]).status is Status.EXCEEDED
    assert one(p, q, limits=limits).status is Status.CHANGED
    assert one(p, q, limits=(*limits, GlobLimit("*", "jeffreys", float("inf")))).status is Status.CHANGED


def test_labels_of_a_table_are_all_told_apart_up_to_ten_thousand():
    p = [f"l{i}" for i in range(1500) for _ in range(3)]
    found = one(p, [*p[:4000], *["new"] * 500])
    assert len(found.counted.cells.labels) == 1501
    assert found.counted.cells.unseen == ("new",)
    assert found.counted.notes == []


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("labels", "n", "m"), [(1500, 2000, 2000), (3000, 20_000, 2000), (30_000, 24_000, 20_000)])
def test_labels_that_are_told_apart_because_p_has_many_do_not_exceed(tmp_path, seed, labels, n, m):
    random = np.random.default_rng(seed)
    p, q = (pa.table({"x": [f"l{each}" for each in random.integers(0, labels, size)]}) for size in (n, m))
    (tmp_path / "p.kl.json").write_text(klcli.profile(p, types={"x": "category"}))
    for reference in (p, tmp_path / "p.kl.json"):
        found = klcli.drift(reference, q, types={"x": "category"}).columns[0]
        assert found.status is not Status.EXCEEDED
        assert found.test.p_value > 1e-3  # all 18 are drawn from one population
        cells = found.counted.cells
        assert (sum(cells.p), sum(cells.q)) == (n, m)
        is_cut = labels > 10_000 or reference is not p
        assert ("labels_cut" in {each.code for each in found.counted.notes}) == is_cut


def test_exact_p_values_agree_with_those_of_the_test():
    x, y, c, d = (
        RNG.normal(size=400),
        RNG.normal(0.2, 1, 400),
        RNG.choice(list("abc"), 400),
        RNG.choice(list("abc"), 400),
    )
    tables = open_frame({"x": x, "c": c.tolist()}, "p"), open_frame({"x": y, "c": d.tolist()}, "q")
    plain, exact = (
        {each.name: each for each in drift(*tables, DriftSettings(is_exact=flag)).columns} for flag in (False, True)
    )
    for name, each in exact.items():
        assert each.test.statistic == plain[name].test.statistic
        assert each.test.p_value == pytest.approx(plain[name].test.p_value, rel=0.3)
        assert each.test.p_value != plain[name].test.p_value


@pytest.mark.parametrize(
    ("adjust", "alpha", "is_said"), [("holm", 1e-5, True), ("holm", 0.05, False), ("none", 1e-4, False)]
)
def test_p_values_by_relabelling_that_cannot_be_small_enough_are_said(adjust, alpha, is_said):
    """The least p of 99,999 relabellings is 1e-5; Holm holds the smallest of two against half of alpha."""
    table = open_frame({"x": [1.5, 2.5] * 50}, "p")
    found = drift(table, table, DriftSettings(is_exact=True, adjust=adjust, alpha=alpha))
    assert found.tests == 2
    assert ("relabelled" in {each.code for each in found.notes}) == is_said


def test_the_joint_divergence_is_that_of_the_first_column_and_of_the_second_given_it():
    rows = 2000
    a, b = RNG.integers(0, 2, rows), RNG.integers(0, 2, rows)
    p = {"a": a.tolist(), "b": b.tolist()}
    q = {"a": a.tolist(), "b": a.tolist()}  # margins as before, but b is now a
    result = drift(open_frame(p, "p"), open_frame(q, "q"), DriftSettings(pairs=(("a", "b"),)))
    (pair,) = result.pairs
    assert pair.joint == pytest.approx(pair.of_first + pair.of_second_given_first, rel=1e-12)
    assert pair.of_first < 0.001 < 1 < pair.of_second_given_first


ATOMS = [0.05] * 200 + [0.1] * 200 + [0.25] * 200


@pytest.mark.parametrize(
    ("rows", "old", "new"),
    [(200, 0.25, 0.9), (200, 0.05, 0.01), (200, 0.1, 0.07), (200, 0.1, 0.12), (200, 0.25, 0.2),
     (30, 0.25, 0.9)],
)  # fmt: skip
def test_values_that_leave_a_point_mass_are_seen_as_labels_are(rows, old, new):
    moved = list(ATOMS)
    first = moved.index(old)
    moved[first : first + rows] = [new] * rows
    found, labelled = one(ATOMS, moved), one(ATOMS, moved, types=(("x", Kind.CATEGORY),))
    assert found.status is labelled.status
    for name, value in labelled.measures.items():
        assert found.measures[name] == pytest.approx(value, rel=1e-12)
    assert found.unseen == labelled.unseen
    assert found.unseen_p == labelled.unseen_p
    assert found.test.p_value == pytest.approx(labelled.test.p_value, rel=1e-9)


def test_a_few_values_beside_a_point_mass_meet_many_as_chance_would_have_it():
    most, few = ATOMS * 20, ATOMS[::6]
    found = one(most, [*few[:-1], 0.9])
    assert found.status is not Status.EXCEEDED
    assert found.test.p_value > 0.5  # one value of 100 is no group of its own
    found = one(most, [0.9 if value == 0.25 else value for value in few])
    assert found.status is Status.EXCEEDED
    assert found.counted.cells.unseen == ("(0.25, ∞)",)


@pytest.mark.parametrize("current", [[5.0] * 95 + [6.5] * 5, [5.0] * 50 + [6.5] * 50, [4.5] * 50 + [6.5] * 50])
def test_the_groups_that_are_shown_are_those_of_the_test(current):
    for reference in ([5.0] * 100, ATOMS):
        found = one(reference, current)
        groups = groups_of(found.counted.cells)
        assert {each for each in groups if each} == set(range(1, found.test.groups + 1))
        assert len(found.test.shares) == found.test.groups


def test_few_values_make_few_bins_and_a_note():
    found = one(RNG.normal(size=60), RNG.normal(size=60))
    assert len(found.counted.cells.p) == 3
    assert "bins" in {each.code for each in found.counted.notes}


def test_missing_cells_make_fewer_bins_on_every_engine(tmp_path):
    values = np.random.default_rng(21).normal(size=(2, 400)).tolist()
    columns = {"p": values[0], "q": values[1][:30] + [None] * 370}
    for name, column in columns.items():
        pq.write_table(pa.table({"x": column}), tmp_path / f"{name}.parquet")
    tables = [open_table(str(tmp_path / f"{name}.parquet"), TableOptions()) for name in columns]
    (files,) = drift(*tables, DriftSettings()).columns
    assert files.counted.cells == one(*columns.values()).counted.cells
    assert len(files.counted.cells.p) == 6  # 30 values, 5 for each bin


def test_truth_values_are_looked_up_among_many_numbers_on_every_engine(tmp_path):
    columns = {"p": [True, False] * 60, "q": [1.0, 0.0] * 60 + [at + 0.5 for at in range(1_100)]}
    for name, column in columns.items():
        pq.write_table(pa.table({"x": column}), tmp_path / f"{name}.parquet")
    tables = [open_table(str(tmp_path / f"{name}.parquet"), TableOptions()) for name in columns]
    (files,) = drift(*tables, DriftSettings()).columns
    assert files.counted.cells == one(*columns.values()).counted.cells
    assert files.counted.cells.q[:2] == (60, 60)


def test_identical_populations_raise_few_alarms():
    alarms = 0
    for _ in range(40):
        p = {"x": RNG.normal(size=100), "c": RNG.choice(list("abcdefghij"), 100), "z": RNG.poisson(0.3, 100)}
        q = {"x": RNG.normal(size=100), "c": RNG.choice(list("abcdefghij"), 100), "z": RNG.poisson(0.3, 100)}
        found = run({k: v.tolist() for k, v in p.items()}, {k: v.tolist() for k, v in q.items()})
        alarms += any(each.status in (Status.EXCEEDED, Status.CHANGED) for each in found.values())
    assert alarms <= 7  # 5 % of 40 runs; 8 or more have a probability below 0.001


HEAVY = [*np.linspace(0, 1, 100), 1e15]  # extremes far from the quartiles
WIDE = [*np.linspace(0, 1, 100), 1e308, -1e308]  # a range that overflows


@pytest.mark.parametrize(
    ("values", "rule"),
    [(WIDE, "sturges"), (WIDE, "doane"), (HEAVY, "sturges"), (HEAVY, "doane"), ([1e-300, 2e-300, 4e-300] * 30, "fd")],
)
def test_rules_of_numpy_bin_numbers_of_any_size(values, rule):
    cells = one(values, values, bins=BinRule(rule)).counted.cells
    assert sum(cells.p) == len(values)
    # each rule has at least the bins of Sturges, log2(n) + 1, but fd, whose bins are 2·IQR/∛n wide
    iqr_bins = 3e-300 / (2 * 3e-300 / 90 ** (1 / 3))
    assert len(cells.p) >= (np.ceil(iqr_bins) if rule == "fd" else np.ceil(np.log2(len(values)) + 1))


@pytest.mark.parametrize("values", [HEAVY, WIDE])
def test_a_rule_that_makes_millions_of_bins_is_refused(values):
    with pytest.raises(UsageError, match="more than 10,000 bins"):
        one(values, values, bins=BinRule("fd"))


@pytest.mark.parametrize("rule", [BinRule("fd"), BinRule("edges", 2, (100.0,))])
def test_one_bin_that_holds_everything_is_no_verdict(rule):
    p, q = ([0.0 if i % 5 else shift + i / 400 for i in range(400)] for shift in (0, 9))
    found = one(p, q, bins=rule)  # the quartiles are equal, so fd has one bin
    assert found.status is Status.INSUFFICIENT
    assert "one bin" in found.reason


@pytest.mark.parametrize("setting", [{"types": (("y", Kind.CATEGORY),)}, {"limits": (GlobLimit("y", "ks", 0.1),)}])
def test_a_setting_for_a_column_that_does_not_exist_is_refused(setting):
    with pytest.raises(UsageError, match="y: p has no such column"):
        one([1.5, 2.5] * 50, [1.5, 2.5] * 50, **setting)


def test_a_pattern_may_match_no_column():
    assert one([1.5, 2.5] * 50, [1.5, 2.5] * 50, limits=(GlobLimit("y*", "ks", 0.1),)).status is Status.OK


@pytest.mark.parametrize(
    ("p", "q", "error"),
    [
        (["a", "b"] * 50, [1.5, 2.5] * 50, "it is text in P, and not a number as its type says"),
        (["a", "b"] * 50, ["a", "b"] * 50, "it is text in P, and not a number as its type says"),
        (["1", "2"] * 50, ["a", "b"] * 50, "it is a number in P and text in Q: 'a' first in row 1"),
        (["name", *"12345" * 20], ["name", *"12345" * 20], ""),
        (["name", *"12345" * 20], ["names", "units", *"12345" * 20], ""),
    ],
)
def test_numbers_that_are_asked_of_texts_are_those_among_them(p, q, error):
    found = one(p, q, types=(("x", Kind.NUMERIC),))
    assert found.counted.error == error
    assert (found.status is Status.ERROR) == bool(error)
    if not error:
        assert found.counted.cells.labels[-1] == "(not a number)"
        assert sum(found.counted.cells.p[:-1]) == sum(found.counted.cells.q[:-1]) == 100
