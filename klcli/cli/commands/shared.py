"""What commands share: the options that they have in common, the reading of operands, and the way out."""

import os
import re
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import wraps
from math import isnan
from typing import Any, NamedTuple, TypeVar

import click
from click.shell_completion import CompletionItem

from klcli.core.comparison import Comparison
from klcli.core.distributions.distribution import KINDS
from klcli.core.distributions.note import Note
from klcli.core.limits import Verdict
from klcli.core.measures.measure import MEASURES
from klcli.errors import ExitCode
from klcli.reports.renderers import RENDERERS
from klcli.reports.renderers.renderer import Style
from klcli.reports.report import Report
from klcli.runs.operand_pair import compare_operands
from klcli.sources.bytes.expansion import MAX_EXPAND, parse_expansion
from klcli.sources.columns.missing_labels import MISSING_LABELS
from klcli.sources.formats.input_format import INPUT_FORMATS
from klcli.sources.operands.read_options import ReadOptions
from klcli.support.progress import under_way
from klcli.support.registry import Registry
from klcli.support.safe_text import exact
from klcli.support.stdio import say, write_stdout

__all__ = [
    "Command",
    "Operand",
    "Output",
    "ReadOptions",
    "compare_read",
    "completer",
    "conclude",
    "emit",
    "emit_text",
    "measure_option",
    "name_option",
    "one_of",
    "options_of_reading",
    "output_options",
    "reading_options",
    "reading_sign",
    "style_of",
    "wants_color",
    "with_options",
]

Function = TypeVar("Function", bound=Callable[..., Any])

_LONG = 10_000_000  # bytes, which take about half a second
_NEGATIVE = re.compile(r"-[0-9.]")


class Command(click.Command):
    """A command among whose operands may be numbers: -1.5,0.2 is an operand, not an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # a leading space keeps Click from reading a sign as an option; Operand takes it away again
        return super().parse_args(ctx, [f" {arg}" if _NEGATIVE.match(arg) else arg for arg in args])


class Operand(click.ParamType):  # type: ignore[type-arg]  # generic since Click 8.3
    """A word that names a distribution; its completion is that of a file."""

    name = "operand"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return value[1:] if _NEGATIVE.match(value[1:]) and value.startswith(" ") else value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(incomplete, type="file")]


class Output(NamedTuple):
    """Where and how the answer is written: the values of `output_options`."""

    format: str
    path: str | None
    digits: int
    color: str
    quiet: bool


def compare_read(reading: ReadOptions, p: str, q: str | None, measures: Iterable[str]) -> Comparison:
    """Returns the comparison of two operands; shows on a terminal that a long read is under way."""
    with reading_sign([word for word in (p, q) if word]):
        return compare_operands(reading, p, q, measures)


def reading_sign(words: Iterable[str]) -> AbstractContextManager[None]:
    """Returns the context in which a long read of operands is seen to go on, on a terminal."""
    words = list(words)
    size = sum(map(_size, words))
    return under_way(f"reading {' and '.join(words)}, {size / 1e6:.0f} MB", is_wanted=size >= _LONG)


def _size(word: str) -> int:
    try:
        return os.stat(word).st_size
    except (OSError, ValueError):
        return 0


def completer(names: Callable[[], Iterable[str]]) -> Callable[..., list[CompletionItem]]:
    """Returns the completion of a name, for Click; a hyphen counts as an underscore."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        start = incomplete.replace("-", "_")
        return [CompletionItem(name) for name in names() if name.replace("-", "_").startswith(start)]

    return complete


def one_of(registry: Registry[Any]) -> Callable[..., str | None]:
    """Returns a callback, for Click, that refuses an unknown name with the nearest ones."""

    def check(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
        if value is not None:
            registry.lookup(value)
        return value

    return check


def name_option(*flags: str, registry: Registry[Any], **settings: Any) -> Callable[[Function], Function]:
    """Returns the option that takes a name of a registry."""
    return click.option(
        *flags, callback=one_of(registry), shell_complete=completer(registry.names), metavar="NAME", **settings
    )


def measure_option(function: Function) -> Function:
    """Adds -m."""
    return click.option(
        "-m", "--measure", "measures", multiple=True, metavar="NAME", shell_complete=completer(MEASURES.names),
        help="A measure to compute, repeatable; all computes every one. `kl list measures` shows them.",
    )(function)  # fmt: skip


def _expansion(ctx: click.Context, param: click.Parameter, value: str) -> str:
    parse_expansion(value)
    return value


_KINDS = ", ".join(KINDS.names())

_READING = {
    "as_": click.option("--as", "as_", default="auto", show_default=True, metavar="KIND", callback=one_of(KINDS),
                        shell_complete=completer(KINDS.names), help=f"What the numbers are: {_KINDS}."),
    "p_as": name_option("--p-as", registry=KINDS, default=None, help="The same for P alone."),
    "q_as": name_option("--q-as", registry=KINDS, default=None, help="The same for Q alone."),
    "label": click.option("--label", metavar="COLUMN", multiple=True,
                          help="The column of labels, by name or number; of several, as in --label a,b or --label a "
                               "--label b, each combination is an outcome."),
    "p_column": click.option("--p", "p_column", metavar="COLUMN", help="The column of P."),
    "q_column": click.option("--q", "q_column", metavar="COLUMN", help="The column of Q."),
    "input_format": name_option("--input-format", registry=INPUT_FORMATS, default=None,
                                help=f"Instead of what the suffix says: {', '.join(INPUT_FORMATS.names())}."),
    "header": click.option("--header/--no-header", default=None,
                           help="Whether the first row of delimited text names the columns; by default it does where "
                                "it holds names in place of numbers, with a note."),
    "missing_label": click.option("--missing-label", type=click.Choice(list(MISSING_LABELS)), default="error",
                                  show_default=True, help="A row without a label: refuse it, keep it as an outcome of "
                                                          "its own, or drop it."),
    "missing": click.option("--missing", type=click.Choice(["zero", "error"]), default="zero", show_default=True,
                            help="What a label on one side only is on the other."),
    "smooth": click.option("--smooth", metavar="HOW", help="Smooth P and Q: add:A, floor:E or mix:W."),
    "base": click.option("--base", default="e", show_default=True, metavar="B",
                         help="Of the logarithm: e for nats, 2 for bits, 10 for bans, any above 1."),
    "bits": click.option("--bits", is_flag=True, help="The same as --base 2."),
    "samples": click.option("--samples", type=click.IntRange(2), default=200_000, show_default=True, metavar="N",
                            help="Of Monte Carlo, for families of vectors without a formula."),
    "seed": click.option("--seed", type=click.IntRange(0), default=0, show_default=True, metavar="N",
                         help="Of Monte Carlo; one seed gives one answer."),
    "max_expand": click.option("--max-expand", default=MAX_EXPAND, show_default=True, metavar="LIMIT",
                               callback=_expansion, help="What a compressed file may expand to; none lifts it."),
}  # fmt: skip


def options_of_reading(*names: str) -> list[Callable[[Any], Any]]:
    """Returns those of the options that say how operands are read that are named."""
    return [_READING[name] for name in names]


def reading_options(function: Function) -> Function:
    """Adds the options that say how operands are read; they come as one argument, `reading`."""

    @wraps(function)
    def with_reading(
        *args: Any, as_: str, p_as: str | None, q_as: str | None, label: tuple[str, ...], p_column: str | None,
        q_column: str | None, input_format: str | None, header: bool | None, missing_label: str, missing: str,
        smooth: str | None, base: str, bits: bool, samples: int, seed: int, max_expand: str, **kwargs: Any,
    ) -> Any:  # fmt: skip
        reading = ReadOptions(
            (p_as or as_, q_as or as_), (p_column, q_column), label or None, input_format, missing, smooth,
            2 if bits else base, samples, seed, header, missing_label, max_expand,
        )  # fmt: skip
        return function(*args, reading=reading, **kwargs)

    return with_options(_READING.values(), with_reading)


def output_options(function: Function, registry: Registry[Any] = RENDERERS) -> Function:
    """Adds the options that say how the answer is written; they come as one argument, `output`."""
    formats = ", ".join(registry.names())
    options = [
        name_option("-f", "--format", "format_", registry=registry, default="table", show_default=True,
                     help=f"How to print it: {formats}."),
        click.option("-o", "--output", type=click.Path(), metavar="FILE",
                     help="Write to a file, whole or not at all; - is standard output."),
        click.option("--digits", type=click.IntRange(1, 17), default=6, show_default=True, metavar="N",
                     help="Significant digits in table and markdown; the other formats carry all."),
        click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True,
                     help="Colour in a table."),
        click.option("-q", "--quiet", is_flag=True, help="Print no notes."),
        click.option("--traceback", is_flag=True, expose_value=False, hidden=True),
    ]  # fmt: skip

    @wraps(function)
    def with_output(
        *args: Any, format_: str, output: str | None, digits: int, color: str, quiet: bool, **kwargs: Any
    ) -> Any:
        path = None if output == "-" else output
        return function(*args, output=Output(format_, path, digits, color, quiet), **kwargs)

    return with_options(options, with_output)


def with_options(options: Iterable[Callable[[Any], Any]], function: Any) -> Any:
    """Returns the function with these options, in their order in the help."""
    for option in reversed(list(options)):
        function = option(function)
    return function


def emit(report: Report, output: Output) -> ExitCode:
    """Writes the answer, then the notes to stderr, and returns the exit code that the verdicts call for.

    Raises:
        OutputError: the answer cannot be written where it should go.
    """
    return emit_text(RENDERERS.lookup(output.format).render(report, style_of(output)), report, output)


def emit_text(text: str | bytes, report: Report, output: Output) -> ExitCode:
    """Writes an answer that is rendered, then the rest, as `emit` does."""
    if output.path is None:
        write_stdout(text)
    else:
        _write_file(output.path, text)
    return conclude(report.notes, report.verdicts, output)


def conclude(notes: Iterable[Note], verdicts: Iterable[Verdict], output: Output) -> ExitCode:
    """Writes the notes, where they are wanted, and the limits that were not kept; returns the exit code.

    A limit on what is undefined for the data is not exceeded, but it is not kept either.
    """
    if not output.quiet:
        for note in notes:
            say(f"note: {note.text}")
    judged = list(verdicts)
    undefined = [verdict for verdict in judged if isnan(verdict.value)]
    exceeded = [verdict for verdict in judged if not verdict.passed and not isnan(verdict.value)]
    for verdict in undefined:
        say(f"error: {verdict.measure} is undefined for this data, so the limit {verdict.limit!r} cannot be judged")
    for verdict in exceeded:
        say(f"limit exceeded: {_excess(verdict)}")
    if undefined:
        return ExitCode.BAD_DATA
    return ExitCode.LIMIT_EXCEEDED if exceeded else ExitCode.OK


def _excess(verdict: Verdict) -> str:
    return f"{verdict.measure} = {exact(verdict.value)} {verdict.sign} {exact(verdict.limit)}{verdict.ending}"


def style_of(output: Output) -> Style:
    """Returns how people's formats look where the answer goes."""
    is_terminal = output.path is None and sys.stdout is not None and sys.stdout.isatty()
    return Style(output.digits, wants_color(output.color, is_terminal), is_terminal)


def wants_color(choice: str, is_terminal: bool) -> bool:
    """Whether to colour, by --color, then NO_COLOR, FORCE_COLOR and TERM; see no-color.org and force-color.org."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal and os.environ.get("TERM") != "dumb"


def _write_file(path: str, text: str | bytes) -> None:
    from klcli.support.output_files import Draft

    draft = Draft(path)
    try:
        draft.write(text)
    except BaseException:
        draft.discard()
        raise
    draft.commit()
