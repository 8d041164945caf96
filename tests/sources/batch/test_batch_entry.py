"""A name that stood before is an error of the later pair."""

from hypothesis import given
from hypothesis import strategies as st

from klcli.errors import InputError, Place
from klcli.sources.batch.batch_entry import BatchEntry, unique


@given(names=st.lists(st.text(max_size=2), max_size=60))
def test_the_first_of_each_name_is_kept_and_every_later_one_is_an_error(names):
    found = list(unique(BatchEntry(name, "p", "q") for name in names))
    assert [entry.name for entry in found] == names
    first = [names.index(name) == index for index, name in enumerate(names)]
    assert [entry.error is None for entry in found] == first


def test_many_names_are_told_apart_as_the_table_of_them_grows():
    names = [f"pair {number}" for number in range(20_000)]
    assert all(entry.error is None for entry in unique(BatchEntry(name, "p", "q") for name in names))
    twice = list(unique(BatchEntry(name, "p", "q") for name in [*names, *names]))
    assert all(entry.error for entry in twice[20_000:])


def test_an_error_that_is_known_already_stays():
    error = InputError("known")
    first, second = unique([BatchEntry("a", "p", "q"), BatchEntry("a", "p", "q", error=error)])
    assert (first.error, second.error) == (None, error)


def test_the_place_leads_the_error():
    *_, second = unique(BatchEntry("a", "p", "q", place=Place("m.csv", line)) for line in (2, 3))
    assert second.error.message == "m.csv: line 3: an earlier pair is called 'a'"
