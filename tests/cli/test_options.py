"""Options: each stands in a group of the help, and its words begin as those of other commands do."""

import re
from math import inf, log

import click
import pytest

from klcli.cli.command import INPUT, LIMITS, NUMBERS, OTHER, OUTPUT
from klcli.cli.commands import COMMANDS

OPTIONS = [
    pytest.param(parameter, id=f"{name} {parameter.opts[0]}")
    for name, entry in COMMANDS.items()
    for parameter in entry.load().params
    if isinstance(parameter, click.Option) and not parameter.hidden
]


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_has_a_group(option):
    assert option.group in (INPUT, NUMBERS, OUTPUT, LIMITS, OTHER)


TAKING_TEXT = [
    pytest.param(entry.load(), parameter, id=f"{name} {parameter.opts[0]}")
    for name, entry in COMMANDS.items()
    for parameter in entry.load().params
    if isinstance(parameter, click.Option) and parameter.type is click.STRING
]


@pytest.mark.parametrize("word", ["-99", "-.5", "-inf", " -99", "-x"])
@pytest.mark.parametrize(("command", "option"), TAKING_TEXT)
def test_a_word_after_an_option_is_its_value_to_the_letter(monkeypatch, command, option, word):
    monkeypatch.setattr(option, "callback", None)  # which checks what the value means
    words = [option.opts[0], *[word] * option.nargs]
    context = command.make_context("kl", words, resilient_parsing=True, help_option_names=["-h", "--help"])
    is_alone = option.nargs == 1 and not option.multiple
    assert context.params[option.name] == (word if is_alone else (word,) * option.nargs)


def test_a_negative_operand_too_many_is_quoted_to_the_letter(kl):
    assert "(-4)" in kl("compute", "0.5,0.5", "0.9,0.1", "-4").err


@pytest.mark.parametrize("option", OPTIONS)
def test_help_begins_with_a_noun_or_a_verb_and_ends_in_a_full_stop(option):
    assert not re.match(r"(Of|As|What|Whether|The same|How)\b", option.help)
    assert option.help.endswith(".")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_lists_every_option_once_under_the_headings_of_the_groups(kl, name):
    out = kl(name, "--help").out
    headings = re.findall(r"^(\w+):$", out, re.MULTILINE)
    assert headings == [each for each in (INPUT, NUMBERS, OUTPUT, LIMITS, OTHER) if each in headings]
    flags = [
        each.opts[-1] for each in COMMANDS[name].load().params if isinstance(each, click.Option) and not each.hidden
    ]
    found = [re.findall(rf"^ +(?:--?\w+, )*{flag}(?![\w-])", out, re.MULTILINE) for flag in flags]
    assert [len(each) for each in found] == [1] * len(flags)


@pytest.mark.parametrize("words", [(), *((name,) for name in COMMANDS)])
def test_help_fits_into_80_columns_whatever_the_width(kl, monkeypatch, words):
    for columns in ("80", "200"):
        monkeypatch.setenv("COLUMNS", columns)
        result = kl(*words, "--help")
        assert result.out == kl(*words, "-h").out
        assert (result.code, result.err) == (0, "")
        assert max(map(len, result.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("compute", "0.5,0.5", "0.9,0.1", "--reverse"), "both directions are printed; -m reverse_kl is KL(Q‖P) alone"),
        (("drift", "a.csv", "b.csv", "--fail-above", "0.1"), "limits are set by --limit, as in --limit psi=0.2"),
        (("compute", "0.5,0.5", "0.9,0.1", "-o", "no/x.json"), "make the folder first: mkdir -p no"),
        (("batch", "settings.toml"), "kl batch MANIFEST --config settings.toml"),
        (("compute", "N(0,1)", "N(1,2)"), "write normal(1, sd=2) or normal(1, variance=2)"),
        (
            ("compute", "softmax(1,2)", "0.5,0.5"),
            "write the logits alone, as in 1,2,3, with --as logits, or for one side --p-as or --q-as",
        ),
        (("rows", "p.csv", "q.csv", "--worst", "3"), "write --top N"),
        (("drift", "--init"), "name the table that the settings are for: kl drift REF --init"),
        (("drift",), "kl drift REF CUR"),
    ],
)
def test_a_word_of_another_command_or_file_is_answered_with_the_right_one(kl, tmp_path, monkeypatch, words, hint):
    monkeypatch.chdir(tmp_path)
    assert kl(*words).err.splitlines()[-1] == f"kl: hint: {hint}"


def test_a_column_of_samples_has_the_name_of_its_option_in_other_commands(kl, tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n" + "".join(f"{i % 7},{i % 3}\n" for i in range(60)))
    files = (tmp_path / "x.csv", tmp_path / "x.csv")
    assert kl("estimate", *files, "--column", "a").out == kl("estimate", *files, "--columns", "a").out != ""


@pytest.mark.parametrize(
    ("pair", "smoothing"),
    [(("a=0.5,b=0.5", "a=1,b=0"), "mix:0.01"), (("a=500,b=500", "a=1000,b=0"), "add:0.5"),
     (("a=0.5,b=0.5", "a=1000,b=0"), "mix:0.01")],
)  # fmt: skip
def test_an_infinite_divergence_ends_with_the_cure_of_its_kind(kl, pair, smoothing):
    cure = f"--smooth {smoothing} makes it finite; jensen_shannon is always finite"
    note = next(line for line in kl("compute", *pair).err.splitlines() if "infinite" in line)
    assert note.endswith(f"; kl explain {' '.join(pair)} shows the terms; {cure}")
    for words, bound in ((("-m", "forward_kl", "--smooth", smoothing), inf), (("-m", "jensen_shannon"), log(2))):
        assert 0 < float(kl("compute", *pair, *words, "-f", "value").out) < bound


def test_an_infinite_divergence_of_families_ends_with_the_cure(kl):
    err = kl("compute", "normal(0,1)", "uniform(0,1)").err
    assert err.splitlines() == [
        "kl: note: forward_kl, cross_entropy are infinite: P has mass everywhere, Q only from 0 to 1; "
        "kl explain 'normal(0,1)' 'uniform(0,1)' shows the formula; jensen_shannon is always finite"
    ]
