import shlex

import pytest

from klcli.reports.examples.catalogue import EXAMPLES

CASES = [pytest.param(case, id=f"{example.name}: {case.title}: {case.measure}") for example in EXAMPLES
         for case in example.cases]  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_command_line_of_an_example_prints_its_number(kl, case):
    result = kl(*shlex.split(case.command)[1:], "-f", "value", "-q")
    assert result.code == 0
    assert float(result.out) == case.value


# of Bernoulli coins by hand; cats and dogs are -log2 of what dog was given
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("coin", [1.6144631, 0.6371456, 0]),
        ("cats-vs-dogs", [0.3219281, 2.3219281, 0]),
        ("logits", [0.1878725, 0.4533960]),
    ],
)
def test_an_example_prints_the_numbers_of_the_literature(kl, name, values):
    found = [float(line) for line in kl("examples", name, "-f", "value").out.splitlines()]
    assert found == pytest.approx(values, abs=2e-4 if name == "logits" else 5e-8)


def test_zeros_are_infinite_until_they_are_smoothed(document):
    cases = document("examples", "zeros")["cases"]
    assert cases[0]["value"] == "Infinity"
    assert all(0 < case["value"] < 10 for case in cases[1:])


def test_the_loss_is_the_divergence_and_an_entropy_that_the_model_cannot_change(document):
    early, early_loss, late, late_loss, entropy = [case["value"] for case in document("examples", "loss")["cases"]]
    assert early_loss - early == pytest.approx(entropy, rel=1e-14)
    assert late_loss - late == pytest.approx(entropy, rel=1e-14)
    assert late < early


def test_lists_the_examples_without_a_name(kl, document):
    assert [each["name"] for each in document("examples")["examples"]] == [example.name for example in EXAMPLES]
    out = kl("examples").out
    assert all(f"kl examples {name}" in out for name in ("coin", "cats-vs-dogs", "zeros", "loss", "logits"))


def test_the_list_of_examples_fits_80_columns(kl):
    assert max(map(len, kl("examples").out.splitlines())) <= 80


def test_a_table_shows_the_command_lines(kl):
    out = kl("examples", "coin").out
    assert all(case.command in out for case in EXAMPLES.lookup("coin").cases)


def test_suggests_the_example_that_was_meant(kl):
    result = kl("examples", "cats-and-dogs")
    assert (result.code, result.out) == (2, "")
    assert "cats-vs-dogs" in result.err or "cats_vs_dogs" in result.err


def test_a_list_has_no_bare_values(kl):
    result = kl("examples", "-f", "value")
    assert (result.code, result.out) == (2, "")
    assert "lists have no bare value form" in result.err
