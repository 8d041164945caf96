"""Settings files and reports of commands that judge many cases, one after the other."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from klcli.cli.answer import Output, head_of_run, style_of
from klcli.cli.command import INPUT, OUTPUT, Function, option, with_options
from klcli.reports.messages import Messages
from klcli.reports.report import Head
from klcli.reports.report_writer import ReportWriter, Request

__all__ = ["report_writer", "requests_of", "with_config"]


def with_config(function: Function) -> Function:
    """Adds --config and --show-config."""
    options = [
        option("--config", group=INPUT, type=click.Path(path_type=Path), metavar="FILE",
               help="Settings file; by default the nearest kl.toml, or pyproject.toml with [tool.kl]."),
        option("--show-config", group=OUTPUT, is_flag=True,
               help="Print the settings and where each comes from, and stop."),
    ]  # fmt: skip
    return with_options(options, function)


def requests_of(output: Output) -> list[Request]:
    """Returns the answer and the reports beside it."""
    return [Request(output.format, "-" if output.path is None else output.path), *output.reports]


def report_writer(head: Head, requests: Sequence[Request], output: Output, before: Callable[[], None]) -> ReportWriter:
    """Returns the writer of all reports and of messages; `before` is called before each write to a stream."""
    is_seen = output.path is None and output.format == "table"
    messages = Messages(notes=not output.quiet, complaints=not is_seen, digits=output.digits)
    return ReportWriter(requests, head_of_run(head), style_of(output), messages, before)
