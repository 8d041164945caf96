"""Notes: data that can be compared and sent to another process, and words that are made from it."""

import pickle

import pytest

from klcli import notes
from klcli.notes import (
    Cause,
    Note,
    Use,
    columns_guessed,
    entries_infinite,
    header_read,
    masses_missing,
    measures_infinite,
    row_labels_missing,
    rows_without_label,
    together,
)
from klcli.support.sentence import options

NOTE = masses_missing("p.csv", "q.csv", 7, ("a", "b", "c", "d", "e"), 0.25)


def test_a_note_keeps_its_values_and_makes_its_words_from_them():
    assert NOTE.values == ("p.csv", "q.csv", 7, ("a", "b", "c", "d", "e"), 0.25)
    assert NOTE.code == "missing_outcomes"
    assert NOTE.text == "7 labels of p.csv not in q.csv: a, b, c, d, e and 2 more (0.25 of its mass)"


def test_values_may_be_given_by_name_and_left_out_where_they_have_a_default():
    note = row_labels_missing("p", other="q", count=1, labels=("a",))
    assert note.values == ("p", "q", 1, ("a",), 0, 0)
    assert note.text == "1 label of p not in q: a"


def test_equal_notes_are_equal_hashable_and_survive_a_process_boundary():
    again = pickle.loads(pickle.dumps(NOTE))
    assert again == NOTE
    assert len({NOTE, again}) == 1


def test_a_value_can_be_changed_by_name():
    note = row_labels_missing("p", "q", 1, ("a",)).with_values(rows_with_missing=2, rows=1_000)
    assert note.text == "1 label of p not in q: a, and the like in 2 of 1,000 rows"


def test_no_two_notes_have_one_name():
    assert len(set(notes.__all__)) == len(notes.__all__)


def test_a_note_of_a_kind_that_no_function_declares_has_no_words():
    with pytest.raises(KeyError):
        _ = Note("unheard_of", ()).text


@pytest.mark.parametrize(
    ("causes", "words"),
    [
        ((Cause.Q_LACKS_P,), "col has no mass on an outcome of row"),
        ((Cause.P_LACKS_Q,), "row has no mass on an outcome of col"),
        ((Cause.Q_LACKS_P, Cause.P_LACKS_Q), "row or col has no mass on an outcome of the other"),
        ((Cause.DISJOINT,), "row and col share no outcome"),
        ((Cause.OVERFLOW,), "above 1.8e308, the largest number of a double"),
    ],
)
def test_each_cause_of_infinity_has_its_words(causes, words):
    assert entries_infinite(1, causes, "row", "col", ("a‖b",)).text == f"1 entry is infinite: {words}: a‖b"


def test_an_infinite_measure_says_which_side_lacks_what():
    note = measures_infinite(("forward_kl", "jeffreys"), Cause.Q_LACKS_P, 1, ("cat",), 0.5)
    assert note.text == "forward_kl, jeffreys are infinite: Q has no mass on 1 outcome of P: cat (0.5 of P's mass)"


def test_one_note_is_about_p_and_q_where_they_differ_in_their_subjects_alone():
    p, q, other = (header_read((name,), line, ("word",), ("count",), 1, Use.MASSES) for name, line in NAMED)
    (both,) = together([p], [q])
    assert both.text == "p.csv and q.csv: line 1 was read as a header (labels in word, masses in count); see --header"
    assert together([p], [p]) == (p,)
    assert together([p], [other]) == (p, other)
    assert together([NOTE], [q]) == (NOTE, q)


NAMED = (("p.csv", 1), ("q.csv", 1), ("q.csv", 2))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (((), ("p", "q"), 2, Use.PAIR), "P in p, Q in q"),
        ((("word", "size"), ("p", "q"), 2, Use.PAIR), "labels in word, size, P in p, Q in q"),
        (((), ("a", "b", "c", "d", "e"), 7, Use.OUTCOMES), "outcomes a, b, c, d, e and 2 more"),
        ((("word",), (), 0, Use.OBSERVATIONS), "observations in word"),
    ],
)
def test_the_columns_of_a_table_are_named_by_their_use(columns, words):
    assert columns_guessed(("p.csv",), *columns).text == (f"p.csv: {words}; --label and --p say which column is which")


def test_a_note_may_stand_for_others_like_it():
    assert rows_without_label("p.csv", 1, 3)._replace(alike=1_200).text == (
        "p.csv: 1 row without a label was left out, of 3; and the like in 1,200 more"
    )


def test_every_public_name_of_the_module_exists():
    assert all(hasattr(notes, name) for name in notes.__all__)


def test_the_repr_of_a_note_has_its_words():
    assert repr(NOTE) == f"<note missing_outcomes: {NOTE.text}>"
    assert repr((NOTE,)) == f"({NOTE!r},)"


def test_a_note_in_python_names_arguments_and_leaves_the_data_as_they_are():
    name = "--as counts --header [red] kl rows P Q.csv"
    note = header_read((name,), 1, ("--p",), ("--q",), 1, Use.MASSES)
    read = f"{name}: line 1 was read as a header (labels in --p, masses in --q); see "
    assert note.text == read + "--header"
    python = note._replace(in_python=True)
    assert python.text == read + "header=True (an argument of klcli.read and klcli.estimate)"
    assert python._replace(alike=2).text == python.text + "; and the like in 2 more"
    assert [each.name for each in options(note.words)] == ["--header"]


@pytest.mark.parametrize(
    ("note", "subject"),
    [
        (header_read(("p.csv",), 1, ("a",), ("b",), 1, Use.MASSES), "p.csv"),
        (header_read(("p.csv", "q.csv"), 1, ("a",), ("b",), 1, Use.MASSES), "p.csv and q.csv"),
        (rows_without_label("p.csv", 1, 3), "p.csv"),
        (notes.bins_sketched("age", "duckdb"), "age"),
        (NOTE, ""),
        (notes.all_later("day"), ""),
        (notes.nothing_compared(), ""),
    ],
)
def test_the_subject_of_a_note_is_the_name_with_which_it_begins(note, subject):
    assert note.subject == subject
    assert note.text.startswith(subject)
    assert not note.text.startswith("p.csv") or subject
