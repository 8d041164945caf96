"""Options that say how an answer is written: its format and files, reports beside it, and pictures."""

import os
import re
from functools import wraps
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from klcli.cli.answer import Output
from klcli.cli.command import OUTPUT, Decorator, Function, items, name_option, option, with_options
from klcli.cli.destination import Destinations, chosen_format, naming_what_stands, notes_on_format
from klcli.errors import UsageError
from klcli.notes import options_without_effect
from klcli.reports.renderers import FORMATS
from klcli.support.streams.stdio import answer_for_people

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from klcli.reports.report_writer import Request

__all__ = ["output_options", "output_options_with"]


_EXACT = ("json", "jsonl", "csv", "tsv", "value", "npy")  # formats that round no number


def output_options(function: Function) -> Function:
    """Adds all options that say how the answer is written; they arrive as one argument, `output`."""
    return output_options_with(digits=6)(function)


def output_options_with(*, digits: int) -> Decorator:
    """Returns `output_options` with another number of digits for people, unless they ask for others."""
    return lambda function: _with_output_options(function, digits)


def _with_output_options(function: Any, digits: int) -> Any:
    options = [
        name_option("-f", "--format", "format_", registry=FORMATS, group=OUTPUT, default=None,
                    help="Output format, by default that of the suffix of -o, else table: "
                         f"{', '.join(FORMATS.names())}."),
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
        answer_path = None if kwargs.get("shard") else path  # a share is no answer
        name, notes = chosen_format(format_, answer_path), notes_on_format(format_, answer_path)
        if name in _EXACT and click.get_current_context().get_parameter_source("digits") is ParameterSource.COMMANDLINE:
            notes = (*notes, options_without_effect(("--digits",), (f"{name}, which carries all digits",)))
        FORMATS.lookup(name).require()
        answer_for_people(name == "table")
        beside = _requests(reports, plots) if reports or plots else ()
        paths = [each for each in (path, *(request.path for request in beside)) if each]
        if paths:
            given = click.get_current_context().params
            taken = ("output", "reports", "plots")
            Destinations(paths).refuse(value for key, value in given.items() if key not in taken)
        answer = Output(name, path, digits, color, quiet, beside, plot_size, plot_theme == "dark", notes)
        with naming_what_stands(paths):
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


def _complete_report(ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Completes formats and, after the equals sign, files and folders."""
    name, equals, path = incomplete.partition("=")
    if not equals:
        return items(f"{each}=" for each in FORMATS.names() if each.startswith(name) and each != "npy")
    folder = os.path.dirname(path)
    try:
        with os.scandir(folder or ".") as entries:
            found = sorted(os.path.join(folder, each.name) + "/" * each.is_dir() for each in entries)
    except OSError:
        found = []
    return items(f"{name}={each}" for each in found if each.startswith(path))
