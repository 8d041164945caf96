"""Labels are nearly equal if only their spelling differs."""

from klcli.core.distributions.label_spelling import nearly_equal


def test_integers_that_floats_cannot_tell_apart_are_no_spellings_of_one_number():
    assert nearly_equal([str(2**53 + 1)], [str(2**53), str(2**53 + 2)]) is None
    assert nearly_equal([str(2**53 + 1)], [f"0{2**53 + 1}"]) == (str(2**53 + 1), f"0{2**53 + 1}")
    assert nearly_equal([f"{2**53}.0"], [str(2**53)]) == (f"{2**53}.0", str(2**53))
