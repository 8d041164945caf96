"""Options: each stands in a group of the help, and its words begin as those of other commands do."""

import re

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
    found = [re.findall(rf"^ +(?:-\w, )?{flag}(?![\w-])", out, re.MULTILINE) for flag in flags]
    assert [len(each) for each in found] == [1] * len(flags)


@pytest.mark.parametrize("words", [(), ("compute",), ("batch",), ("rows",), ("explain",), ("examples",), ("list",)])
def test_help_fits_into_80_columns_whatever_the_width(kl, monkeypatch, words):
    for columns in ("80", "200"):
        monkeypatch.setenv("COLUMNS", columns)
        result = kl(*words, "--help")
        assert result.out == kl(*words, "-h").out
        assert (result.code, result.err) == (0, "")
        assert max(map(len, result.out.splitlines())) <= 80
