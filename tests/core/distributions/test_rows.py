"""Rows are read and compared as each of them is alone."""

import zlib
from math import log

import mpmath
import numpy as np
import pyarrow as pa
import pytest
from corpus import ABSOLUTE, CLOSENESS, LARGEST, RANGES, RELATIVE, drawn, tolerance
from oracle import exact_value, exact_value_of_logits

import klcli
from klcli.core.arithmetic import parallel
from klcli.core.arithmetic.real_numbers import BFLOAT16
from klcli.core.distributions import rows
from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.kinds import KINDS
from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.core.distributions.read_rows import read_rows
from klcli.core.measures.measure import MEASURES
from klcli.core.rows.comparison import compare_rows
from klcli.errors import NotADistribution, NotComparable, UsageError

NAMES = [
    name
    for each in MEASURES
    for name in ([f"{each.name}:{order}" for order in ("0.5", "2")] if each.orders else [each.name])
]
ROW_KINDS = ("auto", "probs", "counts", "weights", "logits", "logprobs")


def mixture(outcomes, rows_of_each=1):
    """Rows of every range and closeness of the corpus, in an order that keeps none beside its like."""
    drawn_rows = [
        drawn(outcomes, masses_are, closeness)
        for masses_are in RANGES
        for closeness in CLOSENESS
        for _ in range(rows_of_each)
    ]
    order = np.random.default_rng(outcomes).permutation(len(drawn_rows))
    return tuple(np.array([drawn_rows[row][side] for row in order]) for side in (0, 1))


def close(value, expected, name):
    """Whether two values that are each right to RELATIVE may be the same number."""
    times = 1 + np.log(np.maximum(expected, 1)) if "perplexity" in name else 1
    with np.errstate(invalid="ignore"):
        return (value == expected) | (np.abs(value - expected) <= np.maximum(1e-300, 2 * RELATIVE * times * expected))


@pytest.mark.parametrize("outcomes", [2, 3, 10, 100])
def test_every_row_gives_what_it_gives_alone(outcomes):
    p, q = mixture(outcomes)
    together = compare_rows(read_rows(p, "weights"), read_rows(q, "weights"), NAMES).values
    alone = [klcli.compare(*pair, as_="weights", measures=NAMES).values for pair in zip(p, q, strict=True)]
    for name in NAMES:
        assert close(together[name], np.array([values[name] for values in alone]), name).all()


@pytest.mark.parametrize("kind", ROW_KINDS)
def test_a_row_means_what_it_means_alone(kind):
    values = {"counts": [[1, 3], [2, 2]], "weights": [[0.1, 7], [2, 2]], "logits": [[-1e3, 1e3], [0, 1]]}.get(
        kind, np.log([[0.25, 0.75], [0.5, 0.5]]) if kind == "logprobs" else [[0.25, 0.75], [0.5, 0.5]]
    )
    rows = read_rows(values, kind)
    alone = Distribution.from_values(values[0], as_=kind)
    assert rows.kind == alone.kind
    assert rows.masses(slice(0, 1))[0].tolist() == alone.mass.tolist()


@pytest.mark.parametrize("kind", ROW_KINDS)
@pytest.mark.parametrize("wrong", [[0.5, np.nan], [0.5, np.inf], [-0.5, 1.5], [0.3, 0.3], [0, 0], [0.5, -np.inf]])
def test_a_row_is_refused_in_the_words_that_it_is_alone(kind, wrong):
    fine = {"counts": [1, 3], "logprobs": [log(0.25), log(0.75)]}.get(kind, [0.25, 0.75])
    rows = np.array([fine, fine, wrong])
    try:
        KINDS.lookup(kind).read(read_alone(wrong))
    except NotADistribution as error:
        alone = error
    else:
        assert len(read_rows(rows, kind)) == 3
        return
    with pytest.raises(NotADistribution) as refused:
        read_rows(rows, kind, name="p.npy")
    assert refused.value.message == alone.message
    assert refused.value.hint == alone.hint


def read_alone(values):
    return RawNumbers(np.array(values, float), None, "p.npy: row 3", lambda index: f"column {index + 1}")


def test_a_refusal_names_the_row_and_the_column_as_the_source_does():
    with pytest.raises(NotADistribution, match=r"^p\.csv: line 9: column 2: 'dog': a negative mass, -0\.5$"):
        read_rows([[0.5, 0.5], [1.5, -0.5]], name="p.csv", place=lambda row: f"line {8 + row}", labels=("cat", "dog"))


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ([0.5, 0.5], {}, r"p: the values have the shape \(2,\), not two dimensions"),
        ([[]], {}, "p: there are no values"),
        ([[0.5, 0.5]], {"labels": ["a"]}, "p: there are 1 labels for 2 values"),
        ([["x", "y"]], {}, "p: not all are numbers: row 1: column 1: 'x' where a number belongs"),
        ([[1j, 1]], {}, "p: not all are numbers: the type is complex128"),
        ([[0.5, 0.5], [1.0]], {}, "p: not all are numbers: row 2 has the length 1, and row 1 has 2"),
        (pa.array([[1.0, 2.0], [1.0]]), {}, "p: not all are numbers: row 2 has the length 1, and row 1 has 2"),
        ([[1, None]], {}, "p: row 1: column 2: NaN is not a valid mass"),
    ],
)
def test_what_are_no_rows_is_refused(values, options, message):
    with pytest.raises(NotADistribution, match=message):
        read_rows(values, name="p", **options)


def test_rows_are_no_samples():
    with pytest.raises(UsageError, match="a row cannot be read as samples"):
        read_rows([[1, 2]], "samples")


@pytest.mark.parametrize("temperature", [0, -1, np.nan, np.inf])
def test_a_temperature_is_above_0(temperature):
    with pytest.raises(UsageError, match="the temperature is"):
        read_rows([[1, 2]], "logits", temperature=temperature)


def test_a_temperature_is_for_logits():
    with pytest.raises(UsageError, match="a temperature is for logits, not for probabilities"):
        read_rows([[0.5, 0.5]], "probs", temperature=2.0)


def test_a_temperature_divides_the_scores_as_doubles():
    p, q = np.float32([[0.1, 0.7, -2]]), np.float32([[0.3, 0.3, 5]])
    hot = compare_rows(*(read_rows(side, "logits", temperature=3.0) for side in (p, q)), NAMES)
    divided = compare_rows(*(read_rows(side.astype(float) / 3.0, "logits") for side in (p, q)), NAMES)
    assert hot.values == divided.values


@pytest.mark.parametrize(
    ("sums", "text"),
    [
        ([1, 1 + 1e-12], None),
        ([1, 0.998], "1 row of p.npy does not sum to 1 but to 0.998; it was divided by its sum"),
        ([1.001, 0.998], "2 rows of p.npy do not sum to 1 (the furthest to 0.998); each was divided by its sum"),
    ],
)
def test_rows_that_do_not_quite_sum_to_1_are_counted(sums, text):
    rows = read_rows(np.outer(sums, [0.25, 0.75]), name="p.npy")
    assert [note.text for note in rows.notes] == ([text] if text else [])


def test_rows_may_be_probabilities_and_counts():
    assert read_rows([[0.5, 0.5], [1, 2]]).kind == "masses"
    assert read_rows([[3, 5], [1, 2]]).kind == "counts"


@pytest.mark.parametrize("dtype", [np.int8, np.uint64, np.float16, np.bool_, object, "U1", BFLOAT16])
def test_a_target_may_be_of_any_type_of_numbers(dtype):
    rows = read_rows([[0.5, 0.25, 0.25], [0.125, 0.75, 0.125]])
    bits = np.array([0, 0x3F80], np.uint16)  # of 0 and 1
    target = bits.view(BFLOAT16) if dtype is BFLOAT16 else np.array([0, 1]).astype(dtype)
    assert compare_rows(rows, rows, target=target).log_p_at_target == pytest.approx([log(0.5), log(0.75)], rel=1e-15)


@pytest.mark.parametrize("outcomes", [3, 600, 100_000])
@pytest.mark.parametrize("kind", ["auto", "logits"])
def test_no_rows_give_no_values(kind, outcomes):
    rows = read_rows(np.empty((0, outcomes)), kind)
    comparison = compare_rows(rows, rows, target=[])
    assert comparison.forward_kl.shape == comparison.top_p.shape == comparison.log_p_at_target.shape == (0,)


@pytest.mark.parametrize(
    ("q", "target", "message"),
    [
        ([[0.5, 0.5]], None, "p has 2 rows and Q has 1"),
        ([[0.5, 0.25, 0.25]] * 2, None, "p has 2 outcomes a row and Q has 3"),
        ([[0.5, 0.5]] * 2, [0], r"the targets have the shape \(1,\), not one for each of 2 rows"),
        ([[0.5, 0.5]] * 2, [0, 2], "row 2: the target 2 is not one of the outcomes 0 to 1"),
        ([[0.5, 0.5]] * 2, [-1, 0], "row 1: the target -1 is not one"),
        ([[0.5, 0.5]] * 2, [0.5, 0], "row 1: the target 0.5 is not one"),
        ([[0.5, 0.5]] * 2, [1, None], "row 2: the target nan is not one"),
        ([[0.5, 0.5]] * 2, ["cat", "dog"], "the targets are not all numbers"),
        ([[0.5, 0.5]] * 2, [0, 1j], "the targets are not all numbers"),
        ([[0.5, 0.5]] * 2, [0, [1]], "the targets are not all numbers"),
    ],
)
def test_what_cannot_be_compared_is_refused(q, target, message):
    p = read_rows([[0.5, 0.5], [0.25, 0.75]], name="p")
    with pytest.raises(NotComparable, match=message):
        compare_rows(p, read_rows(q), target=target)


@pytest.mark.parametrize("kind", ["weights", "logits"])
def test_the_statistics_are_those_of_each_row(kind):
    random = np.random.default_rng(zlib.crc32(kind.encode()))
    p, q = random.normal(size=(2, 20, 7)) * 3
    if kind == "weights":
        p, q = np.exp(p), np.exp(q)
    p[0], q[0] = 1.0, 2.0  # the first of equals
    p[1, 4] += 60  # all the mass but 1e-26
    target = random.integers(0, 7, 20)
    target[1] = 4
    found = compare_rows(read_rows(p, kind), read_rows(q, kind), [], target=target)
    with mpmath.workdps(50):
        for row in range(20):
            logs = []
            for side in (p[row], q[row]):
                each = [mpmath.log(mass) if kind == "weights" else mpmath.mpf(mass) for mass in side.tolist()]
                total = mpmath.log(mpmath.fsum(map(mpmath.exp, each)))
                logs.append([value - total for value in each])
            top_p, top_q = (max(range(7), key=lambda at, log=log: (log[at], -at)) for log in logs)
            assert (found.top_p[row], found.top_q[row]) == (top_p, top_q)
            expected = {
                "mass_p_at_top_p": mpmath.exp(logs[0][top_p]),
                "mass_q_at_top_p": mpmath.exp(logs[1][top_p]),
                "log_p_at_target": logs[0][target[row]],
                "log_q_at_target": logs[1][target[row]],
            }
            for name, value in expected.items():
                assert abs(getattr(found, name)[row] - value) <= RELATIVE * abs(value)


def test_a_target_without_mass_has_no_logarithm():
    rows = read_rows([[0.0, 1.0]])
    assert compare_rows(rows, rows, [], target=[0]).log_p_at_target.tolist() == [-np.inf]


def test_a_target_is_needed_where_it_is_asked_for():
    rows = read_rows([[0.0, 1.0]])
    with pytest.raises(UsageError, match="there is no target"):
        compare_rows(rows, rows, []).log_p_at_target  # noqa: B018


def test_values_are_in_the_unit_of_the_base():
    p, q = read_rows([[0.5, 0.5]]), read_rows([[0.25, 0.75]])
    nats, bits = compare_rows(p, q), compare_rows(p, q, base=2)
    assert (nats.unit, bits.unit) == ("nats", "bits")
    assert bits.forward_kl == pytest.approx(nats.forward_kl / log(2), rel=1e-15)
    assert bits["total_variation"] == nats.total_variation
    with pytest.raises(AttributeError):
        nats.forward_lk  # noqa: B018


@pytest.mark.parametrize("outcomes", [2, 10, 1000])
def test_a_row_does_not_depend_on_the_rows_beside_it_nor_on_the_processors(outcomes, monkeypatch):
    p, q = mixture(outcomes, 1)
    copies = 6
    order = np.random.default_rng(outcomes).permutation(np.tile(np.arange(len(p)), copies))
    few = [name for name in NAMES if outcomes < 1000 or name in ("forward_kl", "entropy_q", "jensen_shannon")]
    each = [
        compare_rows(read_rows(p[row : row + 1], "weights"), read_rows(q[row : row + 1], "weights"), few).values
        for row in range(len(p))
    ]
    monkeypatch.setattr(rows, "BLOCK", 16 * outcomes)  # so that there are enough for several threads
    for processors in (1, 3):
        monkeypatch.setattr(parallel, "processors", lambda count=processors: count)
        together = compare_rows(read_rows(p[order], "weights"), read_rows(q[order], "weights"), few).values
        for name in few:
            alone = np.array([values[name][0] for values in each])
            assert (together[name] == alone[order]).all(), name


@pytest.mark.parametrize("outcomes", [40_000, 70_000])
def test_a_wide_row_gives_bit_by_bit_what_it_gives_alone(outcomes):
    p, q = (
        np.array(side) for side in zip(*(drawn(outcomes, "uniform", near) for near in ("far", "1e-06")), strict=True)
    )
    together = compare_rows(read_rows(p, "weights"), read_rows(q, "weights")).values
    for row in range(2):
        alone = klcli.compare(p[row], q[row], as_="weights").values
        assert {name: values[row] for name, values in together.items()} == alone


@pytest.mark.parametrize("counts", [[17, 251], [24, 761, 125, 4, 1], [1, 184], [64, 1950, 2, 16]], ids=str)
def test_roundings_of_outcomes_that_are_alike_do_not_add_up(counts):
    random = np.random.default_rng(sum(counts))
    masses = np.rint(2**20 * 10 ** random.uniform(-2, 0, (2, 40, len(counts))))
    masses[0, :20, 1:] = masses[0, :20, :1]
    p, q = (np.repeat(side, counts, axis=-1) for side in masses)
    names = [each.name for each in MEASURES if not each.orders and each.zero_when_equal and each.reduce is np.add]
    found = compare_rows(read_rows(p), read_rows(q), names).values
    for row in range(40):
        for name in names:
            exact = exact_value(name, *(masses[:, row] * counts))  # as of one outcome with the mass of all its like
            assert abs(found[name][row] - exact) <= RELATIVE * exact


LOGIT_STEPS = (0, 1e-13, 1e-9, 1e-6, 1e-4, 1e-2, 0.05, 0.1, 0.3, 1, 3, 10, 400)


@pytest.mark.parametrize("shift", [0.0, 5.0, 1e3])
@pytest.mark.parametrize("spread", [1, 5, 30, 300])
@pytest.mark.parametrize("dtype", [">f4", "f2", "f8"])
def test_rows_of_scores_that_are_identical_near_or_far_keep_their_digits(dtype, spread, shift):
    random = np.random.default_rng(spread)
    for outcomes in (2, 3, 30):
        p = (random.normal(size=(len(LOGIT_STEPS), outcomes)) * spread).astype(dtype)
        q = (p + np.array(LOGIT_STEPS)[:, np.newaxis] * random.normal(size=p.shape) + shift).astype(dtype)
        found = compare_rows(read_rows(p, "logits"), read_rows(q, "logits"), NAMES).values
        for row in range(len(p)):
            for name in NAMES:
                exact = exact_value_of_logits(name, p[row], q[row])
                if exact > LARGEST:
                    assert found[name][row] == np.inf
                    continue
                error = abs(mpmath.mpf(float(found[name][row])) - exact)
                assert error <= max(ABSOLUTE, tolerance(name, exact) * exact), (name, row)


def test_a_wide_row_of_scores_keeps_its_digits():
    random = np.random.default_rng(0)
    p = random.normal(size=(4, 50_000)).astype(np.float32)
    q = (p + np.array([[0], [1e-4], [0.1], [2]]) * random.normal(size=p.shape)).astype(np.float32)
    found = compare_rows(read_rows(p, "logits"), read_rows(q, "logits"), ["forward_kl", "reverse_kl"]).values
    alone = [klcli.compare(*pair, as_="logits") for pair in zip(p, q, strict=True)]
    for name, values in found.items():
        assert close(values, np.array([each[name] for each in alone]), name).all()


@pytest.mark.parametrize("sides", [("logits", "probs"), ("weights", "logits"), ("logprobs", "counts")])
def test_masses_and_scores_are_compared(sides):
    p, q = np.array([[0.5, 0.25, 0.25]] * 2), np.array([[0.5, 0.5, 0.0], [0.125, 0.25, 0.625]])
    given = [
        {"logits": np.log(side) + 3, "logprobs": np.log(side), "counts": side * 8}.get(kind, side)
        for kind, side in zip(sides, (q[1:], p[1:]) if "log" in sides[0] else (p[1:], q[1:]), strict=True)
    ]
    together = compare_rows(*(read_rows(side, kind) for side, kind in zip(given, sides, strict=True)), NAMES).values
    alone = klcli.compare(given[0][0], given[1][0], p_as=sides[0], q_as=sides[1], measures=NAMES).values
    for name in NAMES:
        assert close(together[name], alone[name], name).all()


@pytest.mark.parametrize("kind", ["weights", "logits"])
def test_a_row_of_scores_does_not_depend_on_the_rows_beside_it(kind, monkeypatch):
    random = np.random.default_rng(1)
    steps = np.repeat(LOGIT_STEPS, 6)[:, np.newaxis]
    p = random.normal(size=(len(steps), 20)) * np.resize([1, 30, 300], len(steps))[:, np.newaxis]
    q = p + steps * random.normal(size=p.shape) + np.resize([0, 5, 1e3, 0.5], len(steps))[:, np.newaxis]
    q_given = np.exp(q - q.max(axis=-1, keepdims=True)) if kind == "weights" else q
    order = np.tile(random.permutation(len(p)), 20)
    monkeypatch.setattr(rows, "BLOCK", 1024)
    monkeypatch.setattr(parallel, "processors", lambda: 3)
    together = compare_rows(read_rows(p[order], "logits"), read_rows(q_given[order], kind), NAMES).values
    for row, at in enumerate(order[: len(p)]):
        alone = compare_rows(read_rows(p[[at]], "logits"), read_rows(q_given[[at]], kind), NAMES).values
        for name in NAMES:
            assert (together[name][row :: len(p)] == alone[name][0]).all(), name


@pytest.mark.parametrize("outcomes", [2, 40_000])
def test_rows_whose_total_overflows_are_compared(outcomes):
    p, q = np.full((2, outcomes), 1e308), np.full((2, outcomes), 1.0)
    q[:, 0] = 3
    masses = klcli.compare(p[0], q[0], as_="weights").forward_kl
    logits = klcli.compare(p[0], np.log(q[0]), p_as="weights", q_as="logits").forward_kl
    assert masses > 0
    found = compare_rows(read_rows(p, "weights"), read_rows(q, "weights")).forward_kl
    assert found == pytest.approx([masses] * 2, rel=2 * RELATIVE)
    found = compare_rows(read_rows(p, "weights"), read_rows(np.log(q), "logits")).forward_kl
    assert found == pytest.approx([logits] * 2, rel=2 * RELATIVE)
