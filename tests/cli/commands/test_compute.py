from math import inf, log, sqrt

import pytest

from klcli.core.measures.measure import DEFAULT_MEASURES

COIN = ("sample_data/coin_fair.csv", "sample_data/coin_biased.csv")

# by their names in CONTRACT.md
EVERY = {
    "forward_kl", "reverse_kl", "cross_entropy", "entropy_p", "entropy_q", "jensen_shannon", "reverse_cross_entropy",
    "jeffreys", "jensen_shannon_distance", "total_variation", "hellinger", "bhattacharyya", "chi_squared",
    "neyman_chi_squared", "renyi:0.5", "tsallis:0.5", "l_infinity", "perplexity_p", "perplexity_q", "cross_perplexity",
}  # fmt: skip


def test_the_fair_coin_against_the_biased_one_is_1_6144631_nats(document):
    assert document("compute", *COIN)["measures"]["forward_kl"] == pytest.approx(1.6144631, abs=5e-8)


def test_agrees_with_the_example_of_scipy_stats_entropy(document):
    measures = document("compute", "0.5,0.5", "0.9,0.1", "--bits", "-m", "forward_kl")["measures"]
    assert measures["forward_kl"] == pytest.approx(0.7369655941662062, rel=4e-15)


@pytest.mark.parametrize(("q", "bits"), [("dog=0.8,cat=0.2", 0.3219), ("dog=0.2,cat=0.8", 2.3219), ("dog=1,cat=0", 0)])
def test_a_classifier_costs_the_logarithm_of_what_it_gave_to_the_truth(document, q, bits):
    measures = document("compute", "dog=1,cat=0", q, "--bits", "-m", "forward_kl")["measures"]
    assert measures["forward_kl"] == pytest.approx(bits, abs=5e-5)


@pytest.mark.parametrize(
    ("p", "q", "nats"), [("0.05,0.16,0.9", "0.7,0.2,0.1", 0.1879), ("0.8,4.15,0.05", "0.15,0.9,0.05", 0.4534)]
)
def test_logits_are_compared_by_their_softmax(document, p, q, nats):
    measures = document("compute", p, q, "--as", "logits", "-m", "forward_kl")["measures"]
    assert measures["forward_kl"] == pytest.approx(nats, abs=5e-5)


def test_computes_six_measures_in_this_order_unless_asked(document):
    measures = document("compute", *COIN)["measures"]
    assert list(measures) == [
        "forward_kl", "reverse_kl", "cross_entropy", "entropy_p", "entropy_q", "jensen_shannon"
    ] == list(DEFAULT_MEASURES)  # fmt: skip


def test_measures_come_in_the_order_asked_for(document):
    asked = ["jeffreys", "forward_kl", "hellinger"]
    assert list(document("compute", *COIN, *(word for name in asked for word in ("-m", name)))["measures"]) == asked


def test_all_is_every_measure_of_the_contract(document):
    assert set(document("compute", *COIN, "-m", "all")["measures"]) == EVERY


def test_a_measure_asked_for_before_all_comes_first(document):
    measures = list(document("compute", *COIN, "-m", "l_infinity", "-m", "all")["measures"])
    assert measures[0] == "l_infinity"
    assert len(measures) == len(EVERY)


@pytest.mark.parametrize(
    ("alias", "name"),
    [("forward-kl", "forward_kl"), ("psi", "jeffreys"), ("Total-Variation", "total_variation"), ("renyi:2", "renyi:2")],
)
def test_a_measure_answers_to_its_aliases(document, alias, name):
    assert list(document("compute", *COIN, "-m", alias)["measures"]) == [name]


# of the fair coin and one of 0.9 and 0.1, by hand
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("total_variation", 0.4),
        ("l_infinity", 0.4),
        ("chi_squared", 0.16 / 0.9 + 0.16 / 0.1),
        ("neyman_chi_squared", 2 * 0.16 / 0.5),
        ("perplexity_p", 2),
        ("entropy_p", log(2)),
        ("bhattacharyya", -log(sqrt(0.45) + sqrt(0.05))),
        ("hellinger", sqrt(1 - sqrt(0.45) - sqrt(0.05))),
        ("renyi:0", 0),
        ("renyi:inf", log(5)),
    ],
)
def test_each_name_gives_its_own_measure(document, name, value):
    measures = document("compute", "0.5,0.5", "0.9,0.1", "-m", name)["measures"]
    assert measures[name] == pytest.approx(value, rel=1e-14, abs=0)


def test_forward_and_reverse_change_places_with_the_operands(document):
    there, back = (document("compute", *pair)["measures"] for pair in (COIN, COIN[::-1]))
    assert there["forward_kl"] == back["reverse_kl"]
    assert there["reverse_kl"] == back["forward_kl"]
    assert there["forward_kl"] != there["reverse_kl"]


@pytest.mark.parametrize(
    ("options", "base", "unit", "divisor"),
    [
        ((), "e", "nats", 1),
        (("--bits",), 2, "bits", log(2)),
        (("--base", "2"), 2, "bits", log(2)),
        (("--base", "10"), 10, "bans", log(10)),
        (("--base", "3"), 3, "log3 units", log(3)),
    ],
)
def test_the_base_scales_information_and_nothing_else(document, options, base, unit, divisor):
    found = document("compute", "1,0", "0.25,0.75", "-m", "forward_kl", "-m", "total_variation", *options)
    assert (found["base"], found["unit"]) == (base, unit)
    assert found["measures"]["forward_kl"] == pytest.approx(log(4) / divisor, rel=1e-15)
    assert found["measures"]["total_variation"] == 0.75


@pytest.mark.parametrize("base", ["1", "0", "-2", "nan", "inf", "x"])
def test_refuses_a_base_that_is_not_above_1(kl, base):
    result = kl("compute", *COIN, "--base", base)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("kl: error: the base of the logarithm is ")


@pytest.mark.parametrize(
    ("limit", "code"), [("0.5", 0), ("0.4999999", 1), ("0", 1), ("-1", 1), ("1e300", 0)]
)  # TV(½,½; 1,0) is ½
def test_a_limit_may_be_reached_but_not_passed(kl, limit, code):
    assert kl("compute", "0.5,0.5", "1,0", "--fail-above", f"total_variation={limit}").code == code


def test_a_limit_without_a_name_is_on_the_forward_kl(document):
    assert document("compute", "0.5,0.5", "1,0", "--fail-above", "5")["verdicts"] == [
        {"measure": "forward_kl", "limit": 5.0, "value": "Infinity", "passed": False}
    ]


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--bits",), 1)])  # log 4 is 1.39 nats and 2 bits
def test_a_limit_is_in_the_unit_of_the_base(kl, options, code):
    assert kl("compute", "1,0", "0.25,0.75", "--fail-above", "1.5", *options).code == code


def test_one_exceeded_limit_among_kept_ones_exits_with_1_and_is_named(kl):
    result = kl("compute", *COIN, "--fail-above", "9", "--fail-above", "jeffreys=0.1", "--fail-above", "hellinger=1")
    assert result.code == 1
    assert result.err.count("limit exceeded") == 1
    assert "kl: limit exceeded: jeffreys = 2.25" in result.err


def test_a_limit_holds_a_measure_that_is_not_printed(document):
    found = document("compute", *COIN, "-m", "entropy_p", "--fail-above", "jeffreys=0.1")
    assert list(found["measures"]) == ["entropy_p"]
    assert found["verdicts"][0]["measure"] == "jeffreys"


@pytest.mark.parametrize("limit", ["x", "nan", "inf", "=1", "forward_kl=", "", "nope=1", "renyi=1"])
def test_a_limit_that_could_not_be_judged_exits_with_2(kl, limit):
    result = kl("compute", *COIN, "--fail-above", limit)
    assert (result.code, result.out) == (2, "")


@pytest.mark.parametrize("measure", ["renyi", "renyi:-1", "renyi:x", "forward_kl:2", "nope", ""])
def test_refuses_a_measure_that_does_not_exist(kl, measure):
    result = kl("compute", *COIN, "-m", measure)
    assert (result.code, result.out) == (2, "")


def test_an_infinite_value_names_the_outcomes_that_make_it_so(kl):
    result = kl("compute", "cat=0.5,dog=0.3,eel=0.2", "cat=1,dog=0,eel=0", "-m", "forward_kl")
    assert result.code == 0
    assert (
        "kl: note: forward_kl is infinite: Q has no mass on 2 outcomes of P: dog, eel (0.5 of P's mass)" in result.err
    )


def test_a_label_on_one_side_only_has_mass_0_on_the_other_and_a_note(kl):
    result = kl("compute", "cat=0.5,dog=0.5", "cat=1", "-m", "reverse_kl", "-f", "value")
    assert float(result.out) == pytest.approx(log(2), rel=1e-15)
    assert "dog (0.5 of its mass)" in result.err


def test_missing_error_refuses_a_label_on_one_side_only(kl):
    result = kl("compute", "cat=0.5,dog=0.5", "cat=1", "--missing", "error")
    assert (result.code, result.out) == (3, "")
    assert "dog" in result.err
    assert "kl: hint: pass --missing zero" in result.err


def test_labels_are_joined_whatever_their_order(document):
    found = document("compute", "a=0.2,b=0.8", "b=0.8,a=0.2", "-m", "forward_kl")
    assert found["measures"]["forward_kl"] == 0


def test_adding_1_smooths_counts_as_laplace_did(document):
    # (5, 4, 1) + 1 over 13 against (6, 4, 0) + 1 over 13
    expected = (6 * log(6 / 7) + 2 * log(2)) / 13
    found = document("compute", "a=5,b=4,c=1", "a=6,b=4,c=0", "--smooth", "add:1", "-m", "forward_kl")
    assert found["measures"]["forward_kl"] == pytest.approx(expected, rel=4e-15)
    assert found["smoothing"] == "add:1"


@pytest.mark.parametrize("how", ["floor:0.01", "mix:0.1", "add:0.5"])
def test_every_smoothing_makes_the_infinite_finite(document, how):
    found = document("compute", "0.5,0.5", "1,0", "--smooth", how)
    assert inf not in [float(value) for value in found["measures"].values()]
    assert "smoothing" in [note["code"] for note in found["notes"]]


@pytest.mark.parametrize("how", ["add", "add:0", "add:-1", "floor:2", "mix:nan", "laplace", "mix:x"])
def test_refuses_a_smoothing_that_is_none(kl, how):
    result = kl("compute", *COIN, "--smooth", how)
    assert (result.code, result.out) == (2, "")


def test_one_operand_may_hold_both(document):
    apart = document("compute", "dog=1,cat=0", "dog=0.8,cat=0.2", "--bits")["measures"]
    assert document("compute", "sample_data/cats_and_dogs.json", "--bits")["measures"] == apart
    assert document("compute", '{"p":{"dog":1,"cat":0},"q":{"dog":0.8,"cat":0.2}}', "--bits")["measures"] == apart


def test_one_distribution_alone_is_no_pair(kl):
    assert kl("compute", "0.5,0.5").code == 2
    assert kl("compute", "sample_data/coin_fair.csv").code == 3


def test_columns_are_chosen_by_name_or_by_number(document, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("kind,before,after,noise\ncat,0.5,0.9,7\ndog,0.5,0.1,7\n")
    expected = document("compute", "0.5,0.5", "0.9,0.1", "-m", "forward_kl")["measures"]
    for p, q, label in (("before", "after", "kind"), ("2", "3", "1")):
        found = document("compute", path, "--p", p, "--q", q, "--label", label, "-m", "forward_kl")
        assert found["measures"] == expected
        assert (found["p"]["name"], found["q"]["name"]) == (f"{path}:before", f"{path}:after")


def test_a_kind_may_hold_for_one_side(document):
    found = document("compute", "3,1", "0.5,0.5", "--p-as", "weights", "--q-as", "probs")
    assert (found["p"]["kind"], found["q"]["kind"]) == ("weights", "probabilities")


@pytest.mark.parametrize(("p", "q"), [("-1,2", "0,3"), ("-1.5,-.5", "-2,-1"), ("-1e0,0", "-0.5,0.5")])
def test_an_operand_may_begin_with_a_minus(document, p, q):
    # softmax knows only differences: of each pair 3, 1 or 1
    found = document("compute", p, q, "--as", "logits", "-m", "forward_kl")
    assert found["measures"]["forward_kl"] == pytest.approx(0, abs=1e-15)
    assert (found["p"]["name"], found["q"]["name"]) == (p, q)


def test_standard_input_is_an_operand(kl_process):
    for data in (b"outcome,p\nheads,0.5\ntails,0.5\n", b'{"heads": 0.5, "tails": 0.5}'):
        result = kl_process("compute", "-", COIN[1], "--header", "-m", "forward_kl", "-f", "value", input=data)
        assert (result.code, result.err) == (0, "")
        assert float(result.out) == pytest.approx(1.6144631, abs=5e-8)


def test_standard_input_alone_may_hold_both(kl_process):
    result = kl_process("compute", "-", "-m", "forward_kl", "-f", "value", input=b"p,q\n0.5,0.99\n0.5,0.01\n")
    assert float(result.out) == pytest.approx(1.6144631, abs=5e-8)


def test_standard_input_is_one_operand_at_most(kl):
    result = kl("compute", "-", "-")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("kl: error: standard input can be one operand, not both")


def test_an_unknown_measure_is_refused_before_the_data_are_read(kl, tmp_path):
    found = kl("compute", tmp_path / "absent.csv", "-m", "mutual_information")
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith("kl: error: no measure is called 'mutual_information'\n")


@pytest.mark.parametrize("side", ["p", "q"])
def test_a_sample_beside_counts_is_refused_with_the_option_that_counts_it(kl, document, tmp_path, side):
    (tmp_path / "counts.csv").write_text("pet,n\ncat,3\ndog,1\n")
    (tmp_path / "sample.txt").write_text("cat\ndog\ncat\ncat\n")
    words = [tmp_path / "sample.txt", tmp_path / "counts.csv"][:: 1 if side == "p" else -1]
    refused = kl("compute", *words)
    assert refused.code == 3
    assert f"pass --{side}-as samples, or --as samples for both" in refused.err
    assert f"pass --{side}-as samples if {side.upper()} alone holds obs" in kl("compute", *words, "--as", "samples").err
    assert document("compute", *words, f"--{side}-as", "samples", "-m", "forward_kl")["measures"]["forward_kl"] == 0
