"""What numbers mean under each kind: accepted, with what is said about it, or refused at the outcome that is wrong."""

from dataclasses import FrozenInstanceError
from decimal import Decimal
from math import e, inf, log, nan

import numpy as np
import pytest

from klcli.core.distributions.distribution import Distribution, read_values
from klcli.core.distributions.kinds import KINDS
from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.errors import ExitCode, NotADistribution, UnknownName

pytestmark = pytest.mark.oldest

COIN = ("heads", "tails")
VALID = {
    "auto": [0.5, 0.5],
    "probs": [0.25, 0.75],
    "counts": [1, 3],
    "weights": [0.1, 7],
    "logits": [-1000, 1000.5],
    "logprobs": [log(0.25), log(0.75)],
    "samples": [1, 2],
}
LOGARITHMS = ("logits", "logprobs")
every_kind = pytest.mark.parametrize("kind", KINDS.names())


def read(values, labels=None, *, kind="auto", name="p.csv"):
    return read_values(values, labels, as_=kind, name=name)


def refused(values, labels=None, **options):
    with pytest.raises(NotADistribution) as error:
        read(values, labels, **options)
    return error.value


def codes(distribution):
    return [note.code for note in distribution.notes]


def test_every_kind_has_an_example_here():
    assert VALID.keys() == set(KINDS.names())


@every_kind
def test_valid_numbers_become_a_distribution(kind):
    distribution = read(VALID[kind], COIN, kind=kind)
    assert len(distribution) == 2
    assert distribution.labels == COIN
    assert distribution.name == "p.csv"
    assert distribution.notes == ()
    assert (distribution.mass >= 0).all()
    assert 0 < distribution.total < inf


@every_kind
def test_masses_cannot_be_written_to(kind):
    distribution = read(VALID[kind], kind=kind)
    with pytest.raises(ValueError, match="read-only"):
        distribution.mass[0] = 1
    with pytest.raises(FrozenInstanceError):
        distribution.name = "other"


@every_kind
def test_masses_do_not_follow_the_array_that_they_came_from(kind):
    values = np.array(VALID[kind], float)
    distribution = read(values, COIN, kind=kind)
    before = distribution.mass.tolist()
    values[:] = 99
    assert distribution.mass.tolist() == before
    assert values.flags.writeable


@pytest.mark.parametrize("kind", ["logits", "logprobs"])
def test_logarithms_do_not_follow_the_array_that_they_came_from(kind):
    values = np.array(VALID[kind], float)
    distribution = read(values, kind=kind)
    values[:] = 99
    assert distribution.log_mass.tolist() == VALID[kind]


@every_kind
@pytest.mark.parametrize(("value", "word"), [(nan, "NaN"), (inf, "an infinite value")])
def test_a_value_that_is_no_number_is_refused_where_it_stands(kind, value, word):
    error = refused([1, value], COIN, kind=kind)
    assert error.message == f"p.csv: value 2: 'tails': {word} is not a valid mass"
    assert error.exit_code is ExitCode.BAD_DATA
    assert error.hint == ("a logarithm is a finite number, or -inf for mass 0" if kind in LOGARITHMS else None)


@pytest.mark.parametrize("kind", ["auto", "probs", "counts", "weights", "samples"])
def test_minus_infinity_is_no_mass_and_the_hint_names_the_kinds_where_it_is_one(kind):
    error = refused([1, -inf], COIN, kind=kind)
    assert error.message == "p.csv: value 2: 'tails': an infinite value is not a valid mass"
    assert error.hint == "if these are logarithms, where -inf is mass 0, pass --as logits or --as logprobs"


@pytest.mark.parametrize("kind", ["logits", "logprobs"])
def test_minus_infinity_is_the_logarithm_of_mass_0(kind):
    distribution = read([-inf, 0, -inf], kind=kind)
    assert distribution.mass.tolist() == [0, 1, 0]
    assert (distribution.least, distribution.total) == (0, 1)


@pytest.mark.parametrize("kind", ["logits", "logprobs"])
def test_logarithms_that_are_all_minus_infinity_are_refused(kind):
    error = refused([-inf, -inf], COIN, kind=kind)
    assert error.message == "p.csv: every mass is 0"
    assert error.hint


@pytest.mark.parametrize("kind", ["auto", "probs", "counts", "weights", "samples"])
def test_a_negative_mass_is_refused_where_it_stands(kind):
    error = refused([1.5, -0.5], COIN, kind=kind)
    assert error.message == "p.csv: value 2: 'tails': a negative mass, -0.5"


def test_negative_numbers_that_may_be_logarithms_are_answered_with_their_kind():
    assert refused([log(0.5), log(0.5)]).hint == "if these are logarithms of probabilities, pass --as logprobs"
    assert refused([-3, 2.5]).hint == "if these are logits, pass --as logits"


@every_kind
def test_no_values_are_refused(kind):
    assert refused([], kind=kind).message.startswith("p.csv: there are no ")


@pytest.mark.parametrize("kind", ["counts", "weights", "auto", "samples"])
def test_masses_that_are_all_0_are_refused(kind):
    error = refused([0, 0], COIN, kind=kind)
    assert error.message == "p.csv: every mass is 0"
    assert error.hint


@pytest.mark.parametrize("kind", ["auto", "probs", "weights", "logits", "logprobs"])
def test_a_repeated_label_is_refused_with_both_places(kind):
    error = refused(VALID[kind], ("cat", "cat"), kind=kind)
    assert error.message == "p.csv: value 2: 'cat': duplicate label, first seen at value 1"
    assert error.hint == "give each label one value"


def test_repeated_labels_of_whole_numbers_may_add_up_as_counts():
    assert refused([1, 2], ("cat", "cat"), kind="weights").hint == "pass --as counts if repeated labels add up"
    read([1, 2, 3], ("cat", "cat", "dog"), kind="counts")


@pytest.mark.parametrize("kind", ["counts", "samples", "auto"])
def test_a_repeated_label_of_counts_is_summed(kind):
    distribution = read([1, 2, 4], ("cat", "dog", "cat"), kind=kind)
    assert distribution.labels == ("cat", "dog")
    assert distribution.mass.tolist() == [5, 2]


@every_kind
def test_the_place_of_the_source_is_named(kind):
    observed = RawNumbers(np.array([1, nan]), COIN, "p.csv", place=lambda index: f"line {index + 2}")
    with pytest.raises(NotADistribution, match=r"^p\.csv: line 3: 'tails': NaN is not a valid mass$"):
        KINDS.lookup(kind).read(observed)


def test_without_a_name_or_labels_the_number_of_the_value_is_the_place():
    assert refused([1, nan], name="").message == "value 2: NaN is not a valid mass"


@every_kind
def test_labels_that_are_more_or_fewer_than_the_values_are_refused(kind):
    for labels in (("a",), ("a", "b", "c")):
        assert refused([1, 0], labels, kind=kind).message == f"p.csv: there are {len(labels)} labels for 2 values"


@every_kind
@pytest.mark.parametrize("values", [[[0.5, 0.5]], 0.5])
def test_values_that_are_not_in_one_dimension_are_refused(kind, values):
    assert "not one dimension" in refused(values, kind=kind).message


@every_kind
def test_text_where_a_number_belongs_is_refused(kind):
    assert refused([1, "x"], kind=kind).message == "p.csv: not all are numbers: value 2: 'x' where a number belongs"


@pytest.mark.parametrize("kind", ["auto", "probs"])
@pytest.mark.parametrize(("last", "noted"), [(0.5, False), (0.5 + 9e-10, False), (0.5 - 2e-9, True), (0.509, True)])
def test_probabilities_may_miss_1_by_a_hundredth_with_a_note_beyond_a_billionth(kind, last, noted):
    distribution = read([0.5, last], kind=kind)
    assert distribution.kind == "probabilities"
    assert distribution.total == 0.5 + last
    assert codes(distribution) == ["normalised"] * noted
    if noted:
        assert f"{0.5 + last:.9g}" in distribution.notes[0].text


@pytest.mark.parametrize("values", [[0.5, 0.511], [0.5, 0.489], [3, 1]])
def test_probabilities_that_miss_1_by_more_are_refused(values):
    error = refused(values, kind="probs")
    assert error.message == f"p.csv: the masses sum to {sum(values):.6g}, not 1 within 0.01"
    assert error.hint == "pass --as weights to normalise them"


def test_auto_takes_whole_numbers_for_counts():
    assert read([2, 0, 5]).kind == "counts"
    assert read([1, 0, 0]).kind == "probabilities"  # they sum to 1


@pytest.mark.parametrize("values", [[0.2, 0.2], [1.5, 2], [60, 40.5]])
def test_auto_refuses_what_may_be_either(values):
    error = refused(values)
    found = f"the values sum to {sum(values):.6g}: neither probabilities (1 within 0.01) nor counts (whole numbers)"
    assert error.message == f"p.csv: {found}"
    assert error.hint == "pass --as weights to normalise them"


def test_a_count_that_is_not_whole_is_refused_where_it_stands():
    error = refused([3, 2.5], COIN, kind="counts")
    assert error.message == "p.csv: value 2: 'tails': 2.5 is not a whole number, so not a count"
    assert "--as weights" in error.hint


def test_weights_keep_their_masses_and_their_total():
    distribution = read([0.1] * 10, kind="weights")
    assert distribution.mass.tolist() == [0.1] * 10
    assert distribution.total == 1  # correctly rounded; added one by one it is 0.9999999999999999
    assert distribution.log_mass is None


@pytest.mark.parametrize("size", [2, 2000])
def test_a_total_beyond_the_doubles_is_infinite_and_no_warning(size):
    assert read(np.full(size, 1e308), kind="weights").total == inf


def test_logits_are_kept_as_logarithms_and_shown_by_softmax():
    distribution = read([1000, 1000 + log(3)], kind="logits")
    assert distribution.kind == "logits"
    assert distribution.log_mass.tolist() == [1000, 1000 + log(3)]
    # the logarithm near 1001 was rounded to 2^-43
    assert distribution.mass / distribution.mass.sum() == pytest.approx([0.25, 0.75], rel=2e-13)


def test_log_probabilities_are_exponentiated():
    distribution = read([-1, log(1 - 1 / e)], kind="logprobs")
    assert distribution.kind == "log-probabilities"
    assert distribution.mass == pytest.approx([1 / e, 1 - 1 / e], rel=1e-15)
    assert distribution.log_mass.tolist() == [-1, log(1 - 1 / e)]


@pytest.mark.parametrize(("values", "total"), [([-1, -1], "0.735759"), ([800, 1], "inf")])
def test_log_probabilities_that_miss_1_are_refused(values, total):
    error = refused(values, kind="logprobs")
    assert error.message == f"p.csv: the exponentials of the values sum to {total}, not 1 within 0.01"
    assert error.hint == "pass --as logits to normalise them by softmax"


def test_log_probabilities_that_nearly_sum_to_1_are_noted():
    assert codes(read([log(0.5), log(0.505)], kind="logprobs")) == ["normalised"]


def test_samples_of_numbers_are_counted_by_value():
    distribution = read([1, 2, 1, 1, 0.5], kind="samples")
    assert dict(zip(distribution.labels, distribution.mass, strict=True)) == {"1": 3, "2": 1, "0.5": 1}


@pytest.mark.parametrize("value", [nan, inf])
def test_an_observation_that_is_no_number_is_refused_where_it_stands(value):
    assert refused([1, value, 2], kind="samples").message.startswith("p.csv: value 2: ")


def test_samples_of_labels_are_counted():
    distribution = Distribution.from_samples(["cat", "dog", "cat", 7], name="pets")
    assert distribution.labels == ("cat", "dog", "7")
    assert distribution.mass.tolist() == [2, 1, 1]
    assert (distribution.kind, distribution.name) == ("samples", "pets")


def test_no_samples_are_refused():
    with pytest.raises(NotADistribution, match="there are no observations"):
        Distribution.from_samples([])


@pytest.mark.parametrize(
    ("constructor", "kind"),
    [
        ("from_probabilities", "probs"),
        ("from_counts", "counts"),
        ("from_weights", "weights"),
        ("from_logits", "logits"),
        ("from_logprobs", "logprobs"),
    ],
)
def test_a_constructor_reads_its_kind(constructor, kind):
    made = getattr(Distribution, constructor)(VALID[kind], COIN, name="coin")
    assert (made.kind, made.name, made.labels) == (KINDS.lookup(kind).noun, "coin", COIN)
    assert made.mass.tolist() == read(VALID[kind], kind=kind).mass.tolist()


def test_labels_are_text_to_the_letter():
    labels = ("001", "NA", " null ", "猫", "")
    assert read([1, 2, 3, 4, 5], labels).labels == labels
    assert Distribution.from_counts([1, 2], ["1", "1.0"]).labels == ("1", "1.0")
    assert Distribution.from_counts([1, 2], [1, 1.0]).labels == ("1",)  # equal numbers


def test_an_unknown_kind_is_answered_with_the_nearest():
    with pytest.raises(UnknownName, match="no kind is called 'prob'") as error:
        read([1], kind="prob")
    assert "probs" in error.value.hint


def test_two_distributions_are_compared_by_identity():
    assert read([1]) != read([1])


@pytest.mark.parametrize("kind", ["auto", "probs"])
@pytest.mark.parametrize(
    "decimals",
    [
        ("0.25", "0.25", "0.49"), ("0.25", "0.25", "0.51"), ("0.33",) * 3, ("0.99",), ("1.01",),
        ("0.1",) * 9 + ("0.09",), ("0.1",) * 9 + ("0.11",), ("0.0001",) * 9900, ("0.0001",) * 10_100,
    ],
)  # fmt: skip
def test_decimals_that_sum_to_exactly_99_or_101_percent_are_within_1_percent(decimals, kind):
    assert abs(sum(map(Decimal, decimals)) - 1) == Decimal("0.01")
    assert codes(read(list(map(float, decimals)), kind=kind)) == ["normalised"]


@pytest.mark.parametrize("decimals", [("0.5", "0.499999999"), ("0.5", "0.500000001"), ("0.25",) * 3 + ("0.250000001",)])
def test_decimals_that_miss_1_by_exactly_1e_9_are_taken_silently(decimals):
    assert abs(sum(map(Decimal, decimals)) - 1) == Decimal("1e-9")
    assert codes(read(list(map(float, decimals)))) == []


@pytest.mark.parametrize("last", ["0.5100001", "0.51000000001", "0.4899999", "0.48999999999999"])
def test_a_sum_beyond_1_percent_is_refused_in_digits_that_show_it(last):
    error = refused([0.25, 0.25, float(last)], kind="probs")
    shown = Decimal(error.message.partition("sum to ")[2].partition(",")[0])
    assert abs(shown - 1) > Decimal("0.01")
    assert error.message.endswith(", not 1 within 0.01")


@pytest.mark.parametrize("missing", [None, nan, np.float64(nan), np.datetime64("NaT")])
def test_a_missing_observation_is_refused_with_its_place(missing):
    with pytest.raises(NotADistribution, match=r"^pets: value 2: there is no label") as error:
        Distribution.from_samples(["cat", missing, "dog"], name="pets")
    assert "leave missing observations out" in error.value.hint
    assert Distribution.from_samples(["None", "nan"]).labels == ("None", "nan")


def test_the_real_part_is_advised_for_complex_numbers_and_not_for_a_text_that_says_so():
    with pytest.raises(NotADistribution) as caught:
        Distribution.from_values(np.array([0.5 + 0j, 0.5]))
    assert caught.value.hint == "pass .real if the imaginary parts are 0"
    with pytest.raises(NotADistribution, match="'complex' where a number belongs") as caught:
        Distribution.from_values(["complex", 1])
    assert caught.value.hint is None
