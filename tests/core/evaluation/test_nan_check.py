"""A value that is NaN is a bug, which every command says, before any limit is judged."""

import numpy as np
import pytest

from klcli.core.evaluation.nan_check import refuse_nan
from klcli.core.measures.measure import MEASURES, Finite, Measure, declare


@pytest.fixture
def broken():
    """A registered measure whose value is NaN."""
    declare(
        Measure(
            name="broken",
            title="broken",
            meaning="",
            template="X({p}, {q})",
            formula="",
            source="",
            finite_when=Finite.ALWAYS,
            terms=lambda pair: np.full_like(pair.p, np.nan),
        )
    )
    yield
    MEASURES.remove("broken")


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n3,4\n5,7\n")
    return path


@pytest.mark.parametrize("format_", ["table", "json", "jsonl", "csv", "tsv", "markdown", "value"])
@pytest.mark.parametrize("gate", [(), ("--fail-above", "broken=0.01")])
def test_compute_says_that_it_is_a_bug(kl, broken, format_, gate):
    result = kl("compute", "1,2", "3,4", "--as", "weights", "-m", "broken", "-f", format_, *gate)
    assert (result.code, result.out) == (70, "")
    assert "a bug in kl" in result.err
    assert "broken is NaN" in result.err
    assert "limit exceeded" not in result.err


@pytest.mark.parametrize("as_", ["weights", "logits"])
@pytest.mark.parametrize("more", [(), ("--summary",), ("--fail-above", "broken=0.01"), ("-f", "csv"), ("-f", "json")])
def test_rows_say_that_it_is_a_bug(kl, broken, table, as_, more):
    result = kl("rows", table, table, "--as", as_, "-m", "broken", *more)
    assert (result.code, result.out, "broken is NaN" in result.err) == (70, "", True)


@pytest.mark.parametrize("more", [(), ("--fail-above", "broken=0.01"), ("--nearest", "1"), ("--against", "1")])
def test_a_matrix_says_that_it_is_a_bug(kl, broken, table, more):
    result = kl("matrix", table, "--as", "weights", "-m", "broken", *more)
    assert (result.code, result.out, "broken is NaN" in result.err) == (70, "", True)


def test_a_batch_reports_the_pair_and_passes_and_exceeds_nothing(document, kl, broken, tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"name": "x", "p": "1,2", "q": "3,4", "as": "weights"}\n')
    words = ("batch", path, "-m", "broken", "--fail-above", "broken=0.01")
    (pair,) = document(*words)["pairs"]
    assert (pair["status"], pair["verdicts"]) == ("error", [])
    assert "a bug in kl: ArithmeticError: broken is NaN" in pair["error"]["message"]
    assert kl(*words).code not in (0, 1)


@pytest.mark.parametrize("value", [float("nan"), np.float64("nan"), np.array([1, np.nan])])
def test_a_number_or_an_array_that_is_nan_is_refused_by_its_name(value):
    with pytest.raises(ArithmeticError, match=r"^second is NaN$"):
        refuse_nan({"first": 1.0, "second": value})


@pytest.mark.parametrize("value", [0.0, float("inf"), np.array([np.inf, 0.0]), np.array(2.0)])
def test_all_else_is_returned_as_it_is(value):
    assert refuse_nan({"x": value})["x"] is value
