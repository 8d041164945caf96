"""Options of reading and comparing that stand on the command line: noted where unused, repeated in hints."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, TypeVar

import click
from click.core import ParameterSource

from klcli.cli.command import INPUT, NUMBERS
from klcli.core.comparison import Comparison
from klcli.sources.operands.read_options import ReadOptions

if TYPE_CHECKING:
    from klcli.families.comparison.comparison import FamilyComparison

__all__ = ["given_options", "repeated_options", "with_unused"]

Compared = TypeVar("Compared", "Comparison", "FamilyComparison", "Comparison | FamilyComparison")

_READING = (INPUT, NUMBERS)  # groups of the options that say how operands are read and compared
_NOT_REPEATED = ("measures", "name", "reverse")  # of the question, not of the operands


def with_unused(comparison: Compared, words: tuple[str, str | None], reading: ReadOptions) -> Compared:
    """Returns the comparison of two operands with notes on the options that had no effect on it."""
    given = given_options()
    if not given:
        return comparison
    from klcli.cli.unused_options import with_unused_options  # here, as most runs give no such option

    return with_unused_options(comparison, given, words, reading)


def given_options(groups: Collection[str] = _READING) -> frozenset[str]:
    """Returns the options that are on the command line, such as "--as"; by default those of reading and of numbers."""
    return frozenset(option.opts[0] for option, _ in _given(groups))


def repeated_options() -> list[str]:
    """Returns the options of reading and comparing, with their values, so that another command reads alike."""
    words: list[str] = []
    for option, value in _given():
        if option.name in _NOT_REPEATED:
            continue
        if option.is_flag:
            words.append(option.opts[0] if value else option.secondary_opts[0])
        else:
            for each in value if isinstance(value, tuple) else (value,):
                words += [option.opts[0], str(each)]
    return words


def _given(groups: Collection[str] = _READING) -> Iterator[tuple[click.Option, object]]:
    context = click.get_current_context()
    for parameter in context.command.params:
        name = str(parameter.name)
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE and (
            isinstance(parameter, click.Option) and getattr(parameter, "group", "") in groups
        ):
            yield parameter, context.params[name]
