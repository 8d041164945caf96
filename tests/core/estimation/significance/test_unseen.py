"""The p-value of labels that one sample lacks, against every way to deal the observations out."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from scipy.stats import fisher_exact

from klcli.core.estimation.significance.unseen import unseen_p_value


@pytest.mark.parametrize(
    ("p", "q"),
    [((5, 0), (3, 4)), ((4, 1, 0, 0), (3, 1, 1, 1)), ((3, 2, 0), (3, 0, 4)), ((1, 1, 1, 1, 0, 0), (1, 1, 1, 0, 2, 2)),
     ((6, 0, 0, 0), (1, 2, 2, 1)), ((2, 0), (0, 9)), ((9, 0), (1, 2)), ((0, 8), (1, 4))],
)  # fmt: skip
def test_is_at_most_x_for_at_most_the_part_x_of_all_ways_to_deal_the_observations_out(p, q):
    labels = range(len(p))
    pooled = [label for label, (a, b) in enumerate(zip(p, q, strict=True)) for _ in range(a + b)]
    found = Counter()
    for chosen in combinations(pooled, sum(p)):
        dealt = Counter(chosen)
        found[tuple(dealt[label] for label in labels)] += 1
    values = {dealt: unseen_p_value(dealt, [a + b - c for a, b, c in zip(p, q, dealt, strict=True)]) for dealt in found}
    for level in values.values():
        assert sum(found[dealt] for dealt in found if values[dealt] <= level) <= level * found.total() * (1 + 1e-9)


@pytest.mark.parametrize(("p", "q", "new"), [(500, 480, 20), (100, 90, 10), (1000, 50, 3), (130, 900, 100)])
def test_is_twice_fishers_p_value_of_one_new_label(p, q, new):
    expected = fisher_exact([[new, q], [0, p]], alternative="greater").pvalue
    assert unseen_p_value((p, 0), (q, new)) == pytest.approx(2 * expected, rel=1e-6)


def test_labels_that_are_not_told_apart_count_one_by_one():
    assert unseen_p_value((9, 1), (5, 2), 3) == pytest.approx(unseen_p_value((9, 1, 0, 0, 0), (5, 2, 1, 1, 1)))


@pytest.mark.parametrize(("p", "q"), [((3, 4), (5, 6)), ((0, 0), (0, 0)), ((0,), (5,))])
def test_is_1_where_nothing_is_unseen_or_nothing_was_seen(p, q):
    assert unseen_p_value(p, q) == 1


def test_two_samples_of_many_rare_labels_rarely_fall_below_a_level():
    random = np.random.default_rng(11)
    masses = 1 / np.arange(1, 401)
    draws = random.multinomial(400, masses / masses.sum(), size=(400, 2)).tolist()
    found = [unseen_p_value(p, q) for p, q in draws]
    # at most Binomial(400, 0.05), whose mean is 20 and whose standard deviation is 4.4
    assert sum(each <= 0.05 for each in found) <= 33


def test_a_new_label_is_seen_among_millions_of_observations():
    assert unseen_p_value((10_000_000, 0), (9_900_000, 100_000)) == 0
    assert 0.999 < unseen_p_value((10, 0), (10**9, 1)) <= 1
    assert 0 < unseen_p_value((10_000_000, 0), (10_000_000, 3)) <= 0.2501  # twice 1/2 to the third
