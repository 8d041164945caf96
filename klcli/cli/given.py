"""Options of reading and comparing that stand on the command line: noted where unused, repeated in hints."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import click
from click.core import ParameterSource

from klcli.cli.answer import Output
from klcli.cli.command import INPUT, NUMBERS
from klcli.core.comparison import Comparison
from klcli.core.measures.measure import Measure
from klcli.errors import KlError
from klcli.notes import Note, options_without_effect
from klcli.sources.formats.text_dialect import TextDialect
from klcli.sources.operands.read_options import ReadOptions
from klcli.support.sentence import renamed

if TYPE_CHECKING:
    from klcli.families.comparison.comparison import FamilyComparison

__all__ = ["given_options", "hinted_at_column", "noting_nulls", "noting_unused", "repeated_options", "with_unused"]

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


def noting_unused(
    output: Output, words: Iterable[str], formats: Sequence[str | None], measures: Iterable[Measure] = (), *,
    are_rows: bool = False,
) -> Output:  # fmt: skip
    """Returns the output with notes on the options of files and units that had no effect on any operand."""
    given = given_options()
    if not given:
        return output
    from klcli.cli.unused_options import options_of_files_unused, options_of_units_unused

    words = tuple(words)
    notes = list(options_of_files_unused(given, words, formats, are_rows=are_rows))
    if len(words) == 1 and "--q-format" in given:
        notes.append(options_without_effect(("--q-format",), ("one operand, which has the format of P",)))
    units = options_of_units_unused(given, measures) if measures else ()
    return output._replace(notes=(*output.notes, *notes, *units))


def noting_nulls(output: Output, words: Iterable[str | None], notes: Iterable[Note], dialect: TextDialect) -> Output:
    """Returns the output with a note if no cell that was read is one of --null; `notes` are on what was read."""
    if not dialect.nulls:
        return output
    from klcli.cli.unused_options import notes_on_nulls

    return output._replace(
        notes=(*output.notes, *notes_on_nulls(given_options(), words, (*output.notes, *notes), dialect))
    )


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


@contextmanager
def hinted_at_column() -> Iterator[None]:
    """Names the option for the numbers of every operand in hints that name those of P and Q."""
    try:
        yield
    except KlError as error:
        error.hint = renamed(error.hint, {"--p": "--column", "--q": "--column"})
        raise
