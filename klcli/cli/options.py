"""Options and arguments that commands share, each with the group under which help lists it."""

import os
import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from klcli.cli.answer import WORDS, Output
from klcli.cli.destination import Destinations, chosen_format
from klcli.core.distributions.distribution import KINDS
from klcli.core.measures.measure import MEASURES
from klcli.errors import UsageError
from klcli.reports.renderers import FORMATS
from klcli.sources.bytes.expansion import MAX_EXPAND, parse_expansion
from klcli.sources.columns.missing_labels import MISSING_LABELS
from klcli.sources.formats.input_format import INPUT_FORMATS
from klcli.sources.formats.text_dialect import AUTO, TextDialect, parse_dialect
from klcli.sources.operands.read_options import ReadOptions
from klcli.support.registry import Registry
from klcli.support.stdio import answer_for_people, stdout_encoding

if TYPE_CHECKING:
    from klcli.reports.report_writer import Request

__all__ = [
    "INPUT",
    "LIMITS",
    "NUMBERS",
    "OTHER",
    "OUTPUT",
    "Command",
    "Operand",
    "completer",
    "input_options",
    "limit_option",
    "measure_option",
    "name_option",
    "option",
    "output_options",
    "output_options_with",
    "reading_options",
    "text_options",
    "with_options",
]

Function = TypeVar("Function", bound=Callable[..., Any])
Decorator = Callable[[Any], Any]

INPUT, NUMBERS, OUTPUT, LIMITS, OTHER = "Input", "Numbers", "Output", "Limits", "Other"
_GROUPS = (INPUT, NUMBERS, OUTPUT, LIMITS, OTHER)
_NEGATIVE = re.compile(r"-[0-9.]")


class Option(click.Option):
    """An option with the group under which help lists it."""

    def __init__(self, *args: Any, group: str = OTHER, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.group = group


class Command(click.Command):
    """A command whose help groups its options, and whose operands may start with a minus sign: -1.5,0.2."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[WORDS] = tuple(args)
        # a leading space keeps Click from parsing a minus sign as an option; Operand removes it again
        return super().parse_args(ctx, [f" {arg}" if _NEGATIVE.match(arg) else arg for arg in args])

    def get_help(self, ctx: click.Context) -> str:
        return stdout_encoding().own(super().get_help(ctx))  # click.echo would write UTF-8 for ASCII

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx) if isinstance(parameter, click.Option) else None
            if record is not None:
                groups.setdefault(getattr(parameter, "group", OTHER), []).append(record)
        for group in _GROUPS:
            if group in groups:
                with formatter.section(group):
                    formatter.write_dl(groups[group])


class Operand(click.ParamType):  # type: ignore[type-arg]  # generic since Click 8.3
    """A word that stands for a distribution; shell completion completes file names."""

    name = "operand"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return value[1:] if _NEGATIVE.match(value[1:]) and value.startswith(" ") else value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(incomplete, type="file")]


def option(*flags: str, group: str, **settings: Any) -> Decorator:
    """Returns a decorator that adds an option, which help lists in a group."""
    return click.option(*flags, cls=Option, group=group, **settings)


def completer(names: Callable[[], Iterable[str]]) -> Callable[..., list[CompletionItem]]:
    """Returns a completion function for Click; a hyphen equals an underscore."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        start = incomplete.replace("-", "_")
        return [CompletionItem(name) for name in names() if name.replace("-", "_").startswith(start)]

    return complete


def name_option(*flags: str, registry: Registry[Any], **settings: Any) -> Decorator:
    """Returns an option that accepts the names of a registry, and suggests similar ones for an unknown name."""

    def check(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
        if value is not None:
            registry.lookup(value)
        return value

    return option(*flags, callback=check, shell_complete=completer(registry.names), **{"metavar": "NAME", **settings})


def measure_option(function: Function) -> Function:
    """Adds -m, repeatable."""
    return option(
        "-m", "--measure", "measures", group=NUMBERS, multiple=True, metavar="NAME",
        shell_complete=completer(MEASURES.names),
        help="Measure to compute, or several: a,b; repeatable; `all` for every one. See `kl list measures`.",
    )(function)  # fmt: skip


def limit_option(help_: str) -> Decorator:
    """Returns --fail-above, repeatable."""
    return option("--fail-above", "limits", group=LIMITS, multiple=True, metavar="[MEASURE=]LIMIT", help=help_)


def _names(registry: Registry[Any]) -> str:
    return ", ".join(registry.names())


def _expansion(ctx: click.Context, param: click.Parameter, value: str) -> str:
    parse_expansion(value)
    return value


_INPUT = {
    "as_": name_option("--as", "as_", registry=KINDS, group=INPUT, default="auto", show_default=True, metavar="KIND",
                       help=f"Meaning of the numbers: {_names(KINDS)}."),
    "p_as": name_option("--p-as", registry=KINDS, group=INPUT, default=None, help="Meaning of the numbers of P."),
    "q_as": name_option("--q-as", registry=KINDS, group=INPUT, default=None, help="Meaning of the numbers of Q."),
    "label": option("--label", group=INPUT, metavar="COLUMN", multiple=True,
                    help="Column of labels, by name or number; with several, as in a,b or repeated, each combination "
                         "is an outcome."),
    "column": option("--column", group=INPUT, metavar="COLUMN",
                     help="Column, by name or number, that holds the numbers of both P and Q."),
    "p_column": option("--p", "p_column", group=INPUT, metavar="COLUMN", help="Column of P."),
    "q_column": option("--q", "q_column", group=INPUT, metavar="COLUMN", help="Column of Q."),
    "input_format": name_option("--input-format", registry=INPUT_FORMATS, group=INPUT, default=None,
                                help="Input format, in place of the suffix; see `kl list inputs`."),
    "p_format": name_option("--p-format", registry=INPUT_FORMATS, group=INPUT, default=None,
                            help="Input format of P."),
    "q_format": name_option("--q-format", registry=INPUT_FORMATS, group=INPUT, default=None,
                            help="Input format of Q."),
    "header": option("--header/--no-header", group=INPUT, default=None,
                     help="Read the first row of delimited text as names of columns, or as data; by default as names "
                          "where it holds names in place of numbers, with a note."),
    "missing_label": option("--missing-label", group=INPUT, type=click.Choice(list(MISSING_LABELS)), default="error",
                            show_default=True,
                            help="Refuse a row without a label, keep it as an outcome of its own, or drop it."),
    "missing": option("--missing", group=INPUT, type=click.Choice(["zero", "error"]), default="zero",
                      show_default=True, help="Treat a label that one side lacks as mass 0, or as an error."),
    "smooth": option("--smooth", group=NUMBERS, metavar="HOW", help="Smooth P and Q: add:A, floor:E or mix:W."),
    "base": option("--base", group=NUMBERS, default="e", show_default=True, metavar="B",
                   help="Base of the logarithm: e or nats, 2 or bits, 10 or bans, any above 1."),
    "bits": option("--bits", group=NUMBERS, is_flag=True, help="Short for --base 2."),
    "samples": option("--samples", group=NUMBERS, type=click.IntRange(2), metavar="N",
                      show_default="200000, fewer above 20 dimensions",
                      help="Number of Monte Carlo draws, for multivariate families without a formula."),
    "seed": option("--seed", group=NUMBERS, type=click.IntRange(0), default=0, show_default=True, metavar="N",
                   help="Seed of Monte Carlo; the same seed gives the same result."),
    "max_expand": option("--max-expand", group=INPUT, default=MAX_EXPAND, show_default=True, metavar="LIMIT",
                         callback=_expansion, help="Limit on the expansion of a compressed file; none lifts it."),
}  # fmt: skip


def input_options(*names: str) -> list[Decorator]:
    """Returns decorators for some of the options that say how operands are read and compared."""
    return [_INPUT[name] for name in names]


def text_options(function: Function) -> Function:
    """Adds the options that say how a text writes cells and numbers; they arrive as one argument, `dialect`."""
    options = [
        option("--delimiter", group=INPUT, default=AUTO, show_default=True, metavar="CHAR",
               help="Delimiter of columns in text: one character, or comma, tab, semicolon, pipe, space."),
        option("--decimal", group=INPUT, type=click.Choice([".", ","]), default=".", show_default=True,
               help="Decimal mark in text."),
        option("--thousands", group=INPUT, default="", metavar="CHAR", help="Separator of thousands in text."),
        option("--null", "nulls", group=INPUT, multiple=True, metavar="TEXT",
               help="Cell of a text that stands for a missing value, such as NA; repeatable."),
    ]  # fmt: skip

    @wraps(function)
    def with_dialect(
        *args: Any, delimiter: str, decimal: str, thousands: str, nulls: tuple[str, ...], **kwargs: Any
    ) -> Any:
        return function(*args, dialect=parse_dialect(delimiter, decimal, thousands, nulls), **kwargs)

    return with_options(options, with_dialect)


def reading_options(function: Function) -> Function:
    """Adds all options that say how operands are read and compared; they arrive as one argument, `reading`."""

    @wraps(function)
    def with_reading(
        *args: Any, as_: str, p_as: str | None, q_as: str | None, label: tuple[str, ...], column: str | None,
        p_column: str | None, q_column: str | None, input_format: str | None, p_format: str | None,
        q_format: str | None, header: bool | None, missing_label: str, missing: str, smooth: str | None, base: str,
        bits: bool, samples: int | None, seed: int, max_expand: str, dialect: TextDialect, **kwargs: Any,
    ) -> Any:  # fmt: skip
        reading = ReadOptions(
            (p_as or as_, q_as or as_), (p_column or column, q_column or column), label or None,
            (p_format or input_format, q_format or input_format), missing, smooth, 2 if bits else base, samples, seed,
            header, missing_label, max_expand, dialect, None if p_column or q_column else column,
        )  # fmt: skip
        return function(*args, reading=reading, **kwargs)

    return with_options(_INPUT.values(), text_options(with_reading))


def output_options(function: Function) -> Function:
    """Adds all options that say how the answer is written; they arrive as one argument, `output`."""
    return output_options_with(digits=6)(function)


def output_options_with(*, digits: int) -> Decorator:
    """Returns `output_options` with another number of digits for people, unless they ask for others."""
    return lambda function: _with_output_options(function, digits)


def _with_output_options(function: Any, digits: int) -> Any:
    options = [
        name_option("-f", "--format", "format_", registry=FORMATS, group=OUTPUT, default=None,
                    help=f"Output format, by default that of the suffix of -o, else table: {_names(FORMATS)}."),
        option("-o", "--output", group=OUTPUT, type=click.Path(), metavar="FILE",
               help="Write to a file, whole or not at all; its suffix chooses the format; - is standard output."),
        option("--digits", group=OUTPUT, type=click.IntRange(1, 17), default=digits, show_default=True, metavar="N",
               help="Significant digits in table, markdown and latex; the other formats carry all."),
        option("--color", group=OUTPUT, type=click.Choice(["auto", "always", "never"]), default="auto",
               show_default=True, help="Colour in a table."),
        option("-q", "--quiet", group=OUTPUT, is_flag=True, help="Print no notes."),
        option("--report", "reports", group=OUTPUT, multiple=True, metavar="FORMAT=FILE",
               shell_complete=_complete_report,
               help="Also write a report, repeatable, such as html=FILE (one page with pictures) or junit=FILE; any of "
                    "the formats above."),
        option("--plot", "plots", group=OUTPUT, multiple=True, type=click.Path(), metavar="FILE.svg|png|pdf",
               help="Also draw the picture of the answer, repeatable."),
        option("--plot-size", group=OUTPUT, metavar="WxH", callback=_size, help="Size of a picture in inches."),
        option("--plot-theme", group=OUTPUT, type=click.Choice(["light", "dark"]), default="light", show_default=True,
               help="Ground of a picture."),
        click.option("--traceback", is_flag=True, expose_value=False, hidden=True),
    ]  # fmt: skip

    @wraps(function)
    def with_output(
        *args: Any, format_: str | None, output: str | None, digits: int, color: str, quiet: bool,
        reports: tuple[str, ...], plots: tuple[str, ...], plot_size: tuple[float, float] | None, plot_theme: str,
        **kwargs: Any,
    ) -> Any:  # fmt: skip
        path = None if output == "-" else output
        name = chosen_format(format_, None if kwargs.get("shard") else path)  # a share is no answer
        FORMATS.lookup(name).require()
        answer_for_people(name == "table")
        beside = _requests(reports, plots) if reports or plots else ()
        paths = [each for each in (path, *(request.path for request in beside)) if each]
        if paths:
            given = click.get_current_context().params
            taken = ("output", "reports", "plots")
            Destinations(paths).refuse(value for key, value in given.items() if key not in taken)
        answer = Output(name, path, digits, color, quiet, beside, plot_size, plot_theme == "dark")
        return function(*args, output=answer, **kwargs)

    return with_options(options, with_output)


def _requests(reports: tuple[str, ...], plots: tuple[str, ...]) -> "tuple[Request, ...]":
    from klcli.reports.report_writer import parse_plot, parse_request

    return (*map(parse_request, reports), *map(parse_plot, plots))


def _size(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[float, float] | None:
    """Returns the width and the height of "6x4"."""
    if value is None:
        return None
    found = re.fullmatch(r"([0-9.]+)[x×]([0-9.]+)", value)
    try:
        width, height = map(float, found.groups() if found else ())
    except ValueError:
        width = height = 0.0
    if not (1 <= width <= 100 and 1 <= height <= 100):
        raise UsageError(f"--plot-size {value}: not a width and a height from 1 to 100 inches", hint="as in 6x4")
    return width, height


def _complete_report(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Completes formats and, after the equals sign, files and folders."""
    name, equals, path = incomplete.partition("=")
    if not equals:
        return [CompletionItem(f"{each}=") for each in FORMATS.names() if each.startswith(name) and each != "npy"]
    folder = os.path.dirname(path)
    try:
        with os.scandir(folder or ".") as entries:
            found = sorted(os.path.join(folder, each.name) + "/" * each.is_dir() for each in entries)
    except OSError:
        found = []
    return [CompletionItem(f"{name}={each}") for each in found if each.startswith(path)]


def with_options(options: Iterable[Callable[[Any], Any]], function: Any) -> Any:
    """Returns the function with these options, listed by help in this order."""
    for option in reversed(list(options)):
        function = option(function)
    return function
