"""The command line wins over the manifest, and that over the file; a wrong key is named."""

from itertools import permutations
from math import inf

import pytest

from klcli.errors import Place, UsageError
from klcli.sources.batch.batch_entry import BatchEntry
from klcli.sources.batch.configuration import find_configuration
from klcli.sources.batch.glob_limits import GlobLimit, lowest, strongest
from klcli.sources.batch.settings import Layer, Settings, command_line


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def configured(folder, text, name="kl.toml"):
    (folder / name).write_text(text)
    return find_configuration(None)


def plan(strong=None, weak=None, name="a", **entry):
    return Settings(strong or Layer("command line"), weak or Layer("kl.toml")).plan(BatchEntry(name, "p", "q", **entry))


def test_without_any_setting_the_forward_kl_of_auto_numbers_in_nats_is_computed():
    found = plan()
    assert (found.measures, found.limits) == (("forward_kl",), ())
    assert (found.reading.kinds, found.reading.base, found.reading.smooth) == (("auto", "auto"), "e", None)


def test_a_setting_of_the_command_line_wins_over_the_manifest_and_that_over_the_file(folder):
    weak = configured(folder, 'base = 2\nmissing = "error"\nsmooth = "add:1"\n')
    strong = command_line({"base": "10"}, (), {})
    found = plan(strong, weak, options=(("base", "3"), ("smooth", "add:2"))).reading
    assert (found.base, found.smooth, found.missing) == ("10", "add:2", "error")


def test_a_kind_for_both_sides_overrules_a_kind_of_one_side_that_is_weaker(folder):
    weak = configured(folder, 'p-as = "counts"\n')
    assert plan(None, weak).reading.kinds == ("counts", "auto")
    assert plan(None, weak, options=(("as", "weights"),)).reading.kinds == ("weights", "weights")
    assert plan(None, weak, options=(("as", "weights"), ("q_as", "logits"))).reading.kinds == ("weights", "logits")
    assert plan(command_line({"as": "probs"}, (), {}), weak, options=(("q_as", "logits"),)).reading.kinds == (
        "probs",
        "probs",
    )


def test_a_limit_of_each_measure_has_its_own_precedence(folder):
    weak = configured(folder, "[limits]\nforward_kl = 1\njeffreys = 1\ntv = 1\n")
    strong = command_line({}, ("kl=3",), {})
    found = plan(strong, weak, limits=("forward_kl=2", "psi=2"))
    assert dict(text.split("=") for text in found.limits) == {
        "forward_kl": "3.0",
        "jeffreys": "2.0",
        "total_variation": "1.0",
    }


LIMITS = """
[limits]
forward_kl = 0.5
[limits."letters/*"]
forward_kl = 0.1
jeffreys = 0.2
[limits."letters/old*"]
forward_kl = inf
"""


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("coin", ("forward_kl=0.5",)),
        ("letters/german", ("forward_kl=0.1", "jeffreys=0.2")),
        ("letters/a/b", ("forward_kl=0.1", "jeffreys=0.2")),
        ("letters/old.csv", ("jeffreys=0.2",)),
        ("Letters/german", ("forward_kl=0.5",)),
    ],
)
def test_a_glob_within_another_wins_and_inf_lifts_a_limit(folder, name, limits):
    assert plan(None, configured(folder, LIMITS), name=name).limits == limits


def test_a_measure_with_a_limit_is_computed_besides_those_asked_for(folder):
    weak = configured(folder, "[limits]\njeffreys = 1\n")
    assert plan(None, weak).measures == ("jeffreys",)
    assert plan(command_line({"measure": "tv kl"}, (), {}), weak).measures == (
        "total_variation",
        "forward_kl",
        "jeffreys",
    )


def test_all_stands_for_every_measure():
    assert len(plan(command_line({"measure": "all"}, (), {})).measures) == 20


def test_a_byte_order_mark_before_the_settings_is_no_part_of_them(folder):
    (folder / "kl.toml").write_text("base = 3\n", encoding="utf-8-sig")
    assert find_configuration(folder / "kl.toml").options == {"base": "3"}


def test_the_nearest_file_counts_and_kl_toml_before_pyproject(folder, monkeypatch):
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "kl.toml").write_text("base = 3\n")
    (folder / "a" / "pyproject.toml").write_text("[tool.kl]\nbase = 4\n")
    (folder / "a" / "b" / "pyproject.toml").write_text("[tool.other]\nbase = 5\n")
    monkeypatch.chdir(folder / "a" / "b")
    assert find_configuration(None).options == {"base": "4"}
    assert find_configuration(None).origin == str(folder / "a" / "pyproject.toml")
    (folder / "a" / "b" / "kl.toml").write_text("base = 6\n")
    assert (find_configuration(None).options, find_configuration(None).origin) == ({"base": "6"}, "kl.toml")
    assert find_configuration(folder / "kl.toml").options == {"base": "3"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("smoth = 'add:1'", "kl.toml: no setting is called 'smoth'"),
        ("nonsense = 1", "kl.toml: no setting is called 'nonsense'"),
        ("base = 1", "kl.toml: the base of the logarithm is 1"),
        ("smooth = 3", "kl.toml: no smoothing is called '3'"),
        ("smooth = true", "kl.toml: smooth = true is not a text"),
        ("as = ['counts']", "kl.toml: as = counts is not a text"),
        ("measure = ['forward_kl', 'klx']", "kl.toml: no measure is called 'klx'"),
        ("jobs = '2'", 'kl.toml: jobs = "2" is not a whole number'),
        ("jobs = true", "kl.toml: jobs = true is not a whole number"),
        ("jobs = 0", "kl.toml: jobs = 0 is not above 0"),
        ("fail_fast = 1", "kl.toml: fail_fast = 1 is not true or false"),
        ("glob = [1]", "kl.toml: glob = 1 is not texts"),
        ("measure = 'kl'\nmeasures = 'jeffreys'", "kl.toml: 'measure' and 'measures' mean the same"),
        ("p-as = 'counts'\nP_AS = 'weights'", "kl.toml: 'p-as' and 'P_AS' mean the same"),
        ("limits = 1", "kl.toml: [limits] must be a table"),
        ("[limits]\nklx = 1", "kl.toml: no measure is called 'klx'"),
        ("[limits]\nforward_kl = '1'", 'kl.toml: limits: forward_kl = "1" is not a number'),
        ("[limits]\nforward_kl = nan", "kl.toml: limits: forward_kl = nan is not a number"),
        ("[limits]\nforward_kl = true", "kl.toml: limits: forward_kl = true is not a number"),
        ("[limits.'a*']\nklx = 1", "kl.toml: no measure is called 'klx'"),
        ("[limits]\nforward_kl = -inf", "kl.toml: limits: forward_kl = -inf is not a number"),
        ("base = ", "kl.toml: not TOML: invalid value"),
    ],
)
def test_an_error_in_the_file_is_named(folder, text, says):
    with pytest.raises(UsageError) as caught:
        configured(folder, text)
    assert caught.value.message.startswith(says)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('allow_unpaired = "true"', "as in allow_unpaired = true, without quotes"),
        ("allow_unpaired = 1", "as in allow_unpaired = true"),
        ('fail-fast = "yes"', "as in fail-fast = true, without quotes"),
        ('jobs = "2"', "as in jobs = 2, without quotes"),
        ("jobs = true", "as in jobs = 2"),
        ("jobs = 0", "as in jobs = 2"),
        ("glob = 3", 'as in glob = ["*.csv"]'),
        ('header = "yes"', "write true or false"),
        ("estimate = 1", "write true or false"),
        ("samples = 2.5", "as in samples = 2"),
        ('seed = "x"', "as in seed = 0"),
        ("level = true", 'as in level = "0.95"'),
        ("smooth = true", 'as in smooth = "none"'),
    ],
)
def test_a_value_of_another_type_is_refused_with_one_that_is_taken(folder, text, hint):
    with pytest.raises(UsageError) as caught:
        configured(folder, text)
    assert caught.value.hint == hint
    if hint.startswith("as in "):
        configured(folder, hint.removeprefix("as in ").removesuffix(", without quotes"))


@pytest.mark.parametrize("limit", ["psi=inf", "jeffreys=Infinity"])
def test_inf_lifts_a_limit_of_a_weaker_layer(folder, limit):
    weak = configured(folder, "[limits]\njeffreys = 1\nforward_kl = 1\n")
    assert plan(command_line({}, (limit,), {}), weak).limits == ("forward_kl=1.0",)
    assert plan(command_line({}, ("inf",), {}), weak).limits == ("jeffreys=1.0",)


@pytest.mark.parametrize(
    ("limits", "left"),
    [
        (("inf",), ()),
        (("forward_kl=inf",), ()),
        (("inf", "lower:0.2"), ("forward_kl=lower:0.2",)),
        (("upper:inf",), ("forward_kl=lower:0.1",)),
        (("jeffreys=inf",), ("forward_kl=upper:0.3", "forward_kl=lower:0.1")),
    ],
)
def test_inf_lifts_the_limits_of_a_weaker_layer_on_the_ends_too(folder, limits, left):
    weak = configured(folder, '[limits]\nforward_kl = "upper:0.3"\n[limits."*"]\nforward_kl = "lower:0.1"\n')
    assert set(plan(command_line({"estimate": "true"}, limits, {}), weak).limits) == set(left)


def test_a_near_name_is_suggested(folder):
    with pytest.raises(UsageError) as caught:
        configured(folder, "smoth = 1")
    assert caught.value.hint == "did you mean smooth?"


def test_a_file_that_is_named_must_exist(folder):
    with pytest.raises(UsageError, match=r"no\.toml: no such file or directory"):
        find_configuration(folder / "no.toml")


def test_settings_of_the_run_come_from_the_file_unless_the_command_line_has_them(folder):
    weak = configured(folder, "jobs = 3\nglob = '*.csv'\nfail-fast = true\n")
    found = Settings(command_line({}, (), {"jobs": 2}), weak).run
    assert (found.jobs, found.glob, found.fail_fast, found.allow_unpaired) == (2, ("*.csv",), True, False)


def test_the_effective_settings_name_their_origins(folder):
    weak = configured(folder, "base = 2\njobs = 3\n" + LIMITS)
    rows = list(Settings(command_line({"as": "counts"}, ("jeffreys=1",), {"fail_fast": True}), weak).effective())
    assert ("base", "2", "*", "kl.toml") in rows
    assert ("p_as", "counts", "*", "command line") in rows
    assert ("missing", "zero", "*", "default") in rows
    assert ("jobs", "3", "*", "kl.toml") in rows
    assert ("fail_fast", "true", "*", "command line") in rows
    assert [row for row in rows if row[0].startswith("limit ")] == [
        ("limit forward_kl", "0.5", "*", "kl.toml"),
        ("limit forward_kl", "0.1", "letters/*", "kl.toml"),
        ("limit forward_kl", "inf", "letters/old*", "kl.toml"),
        ("limit jeffreys", "1", "*", "command line"),
    ]


def test_a_wrong_setting_of_a_pair_names_its_place():
    with pytest.raises(UsageError, match=r"m.csv: line 2: no kind is called 'x'"):
        plan(options=(("as", "x"),), place=Place("m.csv", 2))


def test_pairs_alike_share_one_plan():
    settings = Settings(Layer("command line"), Layer("kl.toml"))
    first, second = (settings.plan(BatchEntry(name, "p", "q", limits=("kl=1",))) for name in "ab")
    assert first is second


@pytest.mark.parametrize(("name", "value"), [("samples", "1"), ("samples", "many"), ("seed", "-1"), ("seed", "0.5")])
def test_the_samples_and_seed_of_monte_carlo_are_whole_numbers(name, value):
    assert getattr(plan(command_line({name: "7"}, (), {})).reading, name) == 7
    with pytest.raises(UsageError, match="is not a whole number from"):
        command_line({name: value}, (), {})


def test_a_file_that_is_nested_too_deeply_is_refused_by_its_name(folder):
    with pytest.raises(UsageError, match=r"^kl\.toml: nested too deeply$"):
        configured(folder, f"jobs = {'[' * 3000}")


def test_a_limit_that_no_double_holds_is_refused(folder):
    with pytest.raises(UsageError, match=r"^kl\.toml: limits: forward_kl is beyond 1\.8e\+308$"):
        configured(folder, f"[limits]\nforward_kl = {'9' * 400}")


def test_the_more_particular_limit_comes_last_in_any_order():
    limits = [GlobLimit(pattern, "forward_kl", 0.1) for pattern in ("x/b.csv", "x/*", "*", "x/?.csv")]
    wanted = ["*", "x/*", "x/?.csv", "x/b.csv"]
    assert [each.pattern for each in lowest(limits)] == wanted
    assert [each.pattern for each in lowest([limits[2], limits[0], limits[1], limits[3]])] == wanted


@pytest.mark.parametrize(
    ("bounds", "holds"),
    [
        ({"x/*": 0.6, "*one": 0.4}, 0.4),
        ({"x/*": 0.6, "*one": 0.4, "*": 0.1}, 0.4),
        ({"x/*": 0.4, "x/o*": 0.6}, 0.6),
        ({"x/*": 0.4, "x/o*": inf}, inf),
        ({"x/*": 0.4, "x/o*": inf, "*one": 0.5}, 0.5),
        ({"x/*": 0.4, "*one": 0.5, "x/one": 9}, 9),
        ({"x/*": 0.4, "*": inf}, 0.4),
    ],
)
def test_of_limits_that_match_a_name_the_same_holds_in_any_order(bounds, holds):
    limits = [GlobLimit(pattern, "forward_kl", bound) for pattern, bound in bounds.items()]
    assert {strongest(each).limit for each in permutations(limits)} == {holds}


def test_of_two_limits_of_p_values_the_higher_holds_and_a_stronger_layer_holds_over_it():
    limits = [GlobLimit("a*", "ks", 0.1), GlobLimit("*b", "ks", 0.05), GlobLimit("?b", "ks", inf)]
    assert {strongest(each, is_least=True).limit for each in permutations(limits)} == {0.1}
    assert strongest([*limits, GlobLimit("*", "ks", 0.01, layer=1)], is_least=True).limit == 0.01
