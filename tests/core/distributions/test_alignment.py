"""Two distributions come over one support by label or by position, and nothing is ever broadcast."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klcli.core.distributions.alignment import MISSING, align
from klcli.core.distributions.distribution import Distribution
from klcli.errors import ExitCode, NotComparable, UnknownName


def counts(name="", **mass):
    return Distribution.from_counts(list(mass.values()), mass.keys(), name=name)


def test_equal_labels_keep_their_order():
    aligned = align(counts(b=1, a=2), counts(b=3, a=4))
    assert aligned.labels == ("b", "a")
    assert (aligned.p.tolist(), aligned.q.tolist()) == ([1, 2], [3, 4])
    assert aligned.notes == ()


def test_labels_in_another_order_are_joined_by_name():
    aligned = align(counts(a=1, b=2, c=3), counts(c=30, a=10, b=20))
    assert aligned.labels == ("a", "b", "c")
    assert aligned.q.tolist() == [10, 20, 30]
    assert aligned.notes == ()


def test_a_label_on_one_side_only_has_mass_0_on_the_other():
    aligned = align(counts(a=1, b=3), counts(c=5, b=15))
    assert aligned.labels == ("a", "b", "c")
    assert aligned.p.tolist() == [1, 3, 0]
    assert aligned.q.tolist() == [0, 15, 5]


def test_missing_labels_are_noted_with_their_mass():
    notes = align(counts("p.csv", a=1, b=3), counts("q.csv", c=5, d=5, b=30)).notes
    assert [note.code for note in notes] == ["missing_outcomes"] * 2
    assert notes[0].text == "1 label of p.csv not in q.csv: a (0.25 of its mass)"
    assert notes[1].text == "2 labels of q.csv not in p.csv: c, d (0.25 of its mass)"


def test_five_missing_labels_are_named_and_the_others_counted():
    (note,) = align(counts(a=1), counts(**dict.fromkeys("abcdefgh", 1))).notes
    assert note.text == "7 labels of Q not in P: b, c, d, e, f and 2 more (0.875 of its mass)"


def test_the_mass_of_missing_labels_does_not_overflow():
    p = Distribution.from_weights([1e308, 1e308, 1e308, 1e308], "abcd")
    (note,) = align(p, counts(a=1, b=1)).notes[:1]
    assert "(0.5 of its mass)" in note.text


def test_missing_labels_are_refused_on_request():
    with pytest.raises(NotComparable, match=r"1 label of P not in Q: a") as error:
        align(counts(a=1, b=3), counts(b=1), missing="error")
    assert error.value.hint == "pass --missing zero to give them mass 0"
    assert error.value.exit_code is ExitCode.BAD_DATA


@pytest.mark.parametrize(
    ("like", "label"),
    [
        ("heads", "HEADS"),
        ("heads", "heads "),
        ("heads", " Heads"),
        ("1", "1.0"),
        ("001", "1"),
        ("1", "True"),
        *(
            (day, day + midnight)
            for day in ("2024-01-01", "1/2/2024")
            for midnight in (" 00:00:00", " 00:00", " 0:00", " 00:00:00.000")
        ),
        *(
            ("2024-01-01", "2024-01-01" + midnight)
            for midnight in ("T00:00:00", "T00:00", "T00", "T00:00:00Z", "T00Z", "T00:00:00.000+00:00", "T01:00+01:00")
        ),
        ("2024-01-01T09:30:00Z", "2024-01-01 09:30"),
        ("ab", "a\u200bb"),
        ("18-24", "18\u201324"),
        ("don't know", "Don\u2019t know"),
        ("08:00", "08:00:00"),
        ("\uff21", "A"),
    ],
)
def test_labels_that_differ_in_spelling_alone_are_noted(like, label):
    notes = align(counts("p.csv", **{like: 1, "b": 3}), counts("q.csv", **{label: 1, "c": 3})).notes
    words = f"q.csv has labels as in p.csv but for their spelling, such as {label!r} for {like!r}"
    assert [(note.code, note.text) for note in notes[2:]] == [("labels_alike", words)]


def test_labels_that_look_the_same_are_told_apart():
    composed, decomposed = {"caf\xe9": 1, "b": 3}, {"cafe\u0301": 1, "c": 3}
    notes = align(counts("p.csv", **composed), counts("q.csv", **decomposed)).notes
    assert notes[2].text.endswith(r"such as 'cafe\u0301' for 'caf\xe9'")


def test_labels_that_differ_otherwise_or_are_on_both_sides_have_no_such_note():
    assert len(align(counts(a=1, b=3), counts(b=1, c=2)).notes) == 2
    assert len(align(counts(a=1, b=3), counts(a=1, A=1, b=2)).notes) == 1
    assert len(align(counts(**{"18-24": 1, "b": 3}), counts(**{"18_24": 1, "b": 2})).notes) == 2
    assert len(align(counts(**{"2024-01-01": 1}), counts(**{"2024-01-01T00:00:01": 1, "2024-01-02": 1})).notes) == 2
    assert len(align(counts(**{"2024-01-01": 1}), counts(**{"2024-01-01T00:00+01:00": 1, "0001-01-01": 1})).notes) == 2


def test_no_missing_labels_are_no_error():
    assert align(counts(a=1, b=3), counts(b=1, a=2), missing="error").q.tolist() == [2, 1]


def test_an_unknown_treatment_is_refused():
    with pytest.raises(UnknownName, match="'drop'") as error:
        align(counts(a=1), counts(a=1), missing="drop")
    assert all(name in error.value.hint for name in MISSING)


def test_without_labels_outcomes_are_matched_by_position():
    aligned = align(Distribution.from_counts([1, 2]), Distribution.from_counts([3, 4]))
    assert aligned.labels is None
    assert (aligned.p.tolist(), aligned.q.tolist()) == ([1, 2], [3, 4])


@pytest.mark.parametrize("size", [1, 3])
def test_unequal_lengths_are_an_error_that_gives_both(size):
    p, q = Distribution.from_counts([1, 2], name="p.csv"), Distribution.from_counts([1] * size, name="q.csv")
    with pytest.raises(NotComparable, match=rf"p\.csv has 2 outcomes and q\.csv has {size}") as error:
        align(p, q)
    assert error.value.hint


def test_labels_on_one_side_only_are_an_error():
    bare = Distribution.from_counts([1, 2], name="p.csv")
    for p, q in ((bare, counts("q.csv", a=1, b=2)), (counts("q.csv", a=1, b=2), bare)):
        with pytest.raises(NotComparable, match=r"q\.csv has labels and p\.csv has none"):
            align(p, q)


def test_logarithms_are_joined_with_their_masses():
    p = Distribution.from_logits([1.0, 2.0], "ab")
    aligned = align(p, Distribution.from_logits([3.0, 4.0], "bc"))
    assert aligned.log_p.tolist() == [1, 2, -np.inf]
    assert aligned.log_q.tolist() == [-np.inf, 3, 4]
    assert align(p, counts(b=1, a=1)).log_q is None


def test_an_outcome_is_named_by_its_label_or_its_number():
    assert align(counts(a=1, b=2), counts(a=1, b=2)).outcome(1) == "b"
    assert align(Distribution.from_counts([1, 2]), Distribution.from_counts([3, 4])).outcome(1) == "[2]"


labelled = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 9), min_size=1)


@given(labelled, labelled)
def test_each_label_has_its_mass_on_either_side_whatever_the_order(p, q):
    aligned = align(counts(**p), counts(**q))
    assert list(aligned.labels) == [*p, *(label for label in q if label not in p)]
    assert aligned.p.tolist() == [p.get(label, 0) for label in aligned.labels]
    assert aligned.q.tolist() == [q.get(label, 0) for label in aligned.labels]
    assert aligned.known == ((min(aligned.p), sum(p.values())), (min(aligned.q), sum(q.values())))
    assert len(aligned.notes) == bool(p.keys() - q.keys()) + bool(q.keys() - p.keys())


def test_the_refusal_of_missing_labels_names_those_of_both_sides():
    with pytest.raises(NotComparable) as error:
        align(counts(a=1, b=3, c=1), counts(b=1, d=1, e=2), missing="error")
    assert error.value.message == (
        "2 labels of P not in Q: a, c (0.4 of its mass); 2 labels of Q not in P: d, e (0.75 of its mass)"
    )
