"""Results as a person meets them in Python: what they print, what they are in pandas, and that they stay."""

import re
import tracemalloc
from math import log

import numpy as np
import pytest

import klcli

FAIR, BIASED = [0.5, 0.5], [0.9, 0.1]


def test_a_comparison_prints_its_values_by_the_names_of_its_attributes():
    result = klcli.compare(FAIR, BIASED, base="bits", measures="forward_kl,jeffreys")
    assert (
        repr(result)
        == str(result)
        == (
            "P: probabilities, 2 outcomes; Q: probabilities, 2 outcomes\n"
            "measure                 value  unit\n"
            "forward_kl  KL(P‖Q)  0.736966  bits\n"
            "jeffreys    J(P, Q)   1.26797  bits"
        )
    )


def test_a_comparison_prints_its_notes():
    result = klcli.compare({"a": 1, "b": 1}, {"a": 1}, measures="forward_kl")
    assert repr(result).splitlines()[-2:] == [f"note: {note.text}" for note in result.notes]
    assert "forward_kl is infinite" in repr(result)


def test_a_comparison_names_its_files_and_its_smoothing():
    text = repr(klcli.compare("a=1,b=1", "a=1,b=3", smooth="add:1"))
    assert text.splitlines()[0] == "P: a=1,b=1, counts, 2 outcomes; Q: a=1,b=3, counts, 2 outcomes; smoothing add:1"


def test_rows_print_the_first_and_the_last():
    p = np.tile(FAIR, (100, 1))
    lines = repr(klcli.compare_rows(p, np.tile(BIASED, (100, 1)))).splitlines()
    assert lines[0] == "100 rows of 2 outcomes, in nats"
    assert [line.split()[0] for line in lines[1:]] == [
        "forward_kl", "0", "1", "2", "3", "4", "…", "95", "96", "97", "98", "99"
    ]  # fmt: skip


def test_a_distribution_prints_its_probabilities():
    assert repr(klcli.Distribution({"cat": 3, "dog": 1})) == (
        "counts, 2 outcomes\noutcome  probability\ncat             0.75\ndog             0.25"
    )
    assert repr(klcli.Distribution(np.ones(1000))).endswith("… 990 more")


def test_a_comparison_of_families_prints_method_and_error():
    text = repr(klcli.compare("normal(0, 1)", "normal(1, 1)", measures="forward_kl"))
    assert re.search(r"^forward_kl +KL\(P‖Q\) +0\.5 +nats +closed form +± \d", text, re.MULTILINE)


RESULTS = [
    klcli.compare({"<b>": 1, "c": 1}, {"<b>": 1, "c": 3}),
    klcli.compare_rows([FAIR], [BIASED]),
    klcli.compare("normal(0, 1)", "normal(1, 1)"),
    klcli.Distribution({"<b>": 1}),
    klcli.estimate({"<b>": 30, "c": 20}, {"<b>": 10, "c": 40}),
    klcli.drift({"<b>": list("aab" * 30)}, {"<b>": list("abb" * 30)}),
]


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: type(result).__name__)
def test_a_notebook_gets_a_table_without_markup_of_the_data(result):
    html = result._repr_html_()
    assert html.startswith("<table>")
    assert "<b>" not in html


def test_a_comparison_is_a_frame_by_measure():
    frame = klcli.compare(FAIR, BIASED, measures=["forward_kl", "total_variation"]).to_pandas()
    assert frame.index.tolist() == ["forward_kl", "total_variation"]
    assert frame.loc["forward_kl", "value"] == pytest.approx(log(5 / 3), rel=4e-15)
    assert frame["unit"].tolist() == ["nats", ""]


def test_rows_are_a_frame_by_row():
    frame = klcli.compare_rows([FAIR, FAIR], [BIASED, FAIR], measures="forward_kl,jeffreys").to_pandas()
    assert frame.columns.tolist() == ["forward_kl", "jeffreys"]
    assert frame["forward_kl"].tolist() == pytest.approx([log(5 / 3), 0], rel=4e-15)


def test_families_are_a_frame_with_method_and_error():
    frame = klcli.compare("normal(0, 1)", "normal(1, 1)", measures="forward_kl").to_pandas()
    assert frame.columns.tolist() == ["value", "unit", "method", "error"]
    assert frame.loc["forward_kl", ["value", "method"]].tolist() == [0.5, "closed form"]


@pytest.mark.parametrize("size", [2, 100_000])
def test_a_comparison_does_not_change_with_the_array(size):
    p, q = np.ones(size), np.arange(1.0, size + 1)
    expected = klcli.compare(list(p), list(q)).jeffreys
    result = klcli.compare(p, q, measures="forward_kl", as_="weights")
    p[0] = 7
    q[:] = p
    assert result.jeffreys == pytest.approx(expected, rel=4e-15)
    assert result.terms.p[0] == pytest.approx(1 / size)


def test_rows_do_not_change_with_the_array():
    p, q = np.array([FAIR, FAIR]), np.array([BIASED, FAIR], dtype=np.float32)
    result = klcli.compare_rows(p, q, measures=())
    p[:], q[:] = BIASED, FAIR
    assert result.forward_kl == pytest.approx([log(5 / 3), 0], abs=1e-7)
    assert result.mass_p_at_top_p.tolist() == [0.5, 0.5]


def test_a_file_that_is_mapped_into_memory_is_not_copied(tmp_path):
    np.save(tmp_path / "x.npy", np.array([FAIR, BIASED]))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert np.shares_memory(klcli.compare_rows(mapped, mapped).p.values, mapped)


def test_rows_say_in_which_of_them_a_value_is_infinite():
    notes = klcli.compare_rows([[1, 0], [1, 1], [1, 1]], [[1, 1], [1, 0], [0, 1]]).notes
    assert [(note.code, note.text) for note in notes] == [("infinite", "forward_kl is infinite in 2 rows: 2, 3")]


def test_rows_say_what_the_smoothing_did_and_which_rows_were_normalised():
    rows = klcli.compare_rows([[0.5, 0.501]], [[1, 0]], smooth="add:1", p_as="probs", q_as="counts")
    assert [note.code for note in rows.notes] == ["normalised", "smoothing"]


def test_rows_say_where_masks_make_a_value_large():
    rows = klcli.compare_rows([[0.0, 0.0]], [[0.0, -3.4e38]], as_="logits")
    assert [note.code for note in rows.notes] == ["mask"]


@pytest.mark.parametrize("measures", ["jeffreys", "jeffreys,hellinger", ["jeffreys", "hellinger"], ("jeffreys",)])
def test_measures_may_be_one_word(measures):
    names = measures.split(",") if isinstance(measures, str) else list(measures)
    assert list(klcli.compare(FAIR, BIASED, measures=measures).values) == names
    assert list(klcli.compare_rows([FAIR], [BIASED], measures=measures).values) == names
    assert list(klcli.compare("normal(0,1)", "normal(1,1)", measures=measures).values) == names


@pytest.mark.parametrize(
    ("values", "labels", "as_"),
    [([0.5, 0.5], None, "auto"), ((3, 1), ["a", "b"], "auto"), (np.array([0.1, 7]), None, "weights"),
     ({"a": 1, "b": 3}, None, "counts")],
)  # fmt: skip
def test_a_distribution_is_made_by_its_name(values, labels, as_):
    made = klcli.Distribution(values, labels, as_=as_)
    plain = list(values.values()) if isinstance(values, dict) else list(values)
    assert made.mass.tolist() == plain
    assert made.labels == (tuple(values) if isinstance(values, dict) else None if labels is None else tuple(labels))
    assert klcli.kl_divergence(made, made) == 0


def test_a_distribution_that_is_none_is_refused_in_terms_of_python():
    with pytest.raises(klcli.InputError, match=r'hint: pass as_="weights" to normalise them$'):
        klcli.Distribution([0.5, 0.7])


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (lambda: klcli.compare([0.5, 0.7], FAIR), 'pass as_="weights" to normalise them'),
        (lambda: klcli.kl_divergence([-1, -2], [-2, -1]), 'pass as_="logits"'),
        (lambda: klcli.jensen_shannon([0.5, 0.7], FAIR), 'pass as_="weights" to normalise them'),
        (lambda: klcli.compare_rows([[0.5, 0.7]], [FAIR]), 'as_="weights"'),
        (lambda: klcli.pairwise([[0.5, 0.7]]), 'as_="weights"'),
        (lambda: klcli.compare({"a": 1}, {"b": 1}, missing="error"), 'pass missing="zero" to give them mass 0'),
    ],
)
def test_a_hint_is_in_terms_of_python_and_part_of_the_text(call, hint):
    with pytest.raises(klcli.InputError) as error:
        call()
    assert hint in error.value.hint
    assert str(error.value) == f"{error.value.message}\nhint: {error.value.hint}"
    assert "--" not in str(error.value)


def test_dir_shows_the_public_names_only():
    assert dir(klcli) == sorted(klcli.__all__)


def test_a_result_keeps_one_copy_of_each_array():
    p, q = np.random.default_rng(0).random((2, 1_000_000))
    klcli.compare(p, q, as_="weights")
    tracemalloc.start()
    try:
        found = klcli.compare(p, q, as_="weights")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.forward_kl > 0
    assert peak < 2 * (p.nbytes + q.nbytes)
