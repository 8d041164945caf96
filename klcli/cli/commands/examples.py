"""`kl examples`: worked examples, computed as they are printed."""

import click

from klcli.cli.answer import PAGE_WIDTH, Output, emit
from klcli.cli.command import Command, completer
from klcli.cli.output_options import output_options
from klcli.document.lists import listed
from klcli.errors import ExitCode
from klcli.reports.examples.catalogue import EXAMPLES
from klcli.reports.parts import Column, Table
from klcli.reports.report import Report

__all__ = ["command"]


@click.command("examples", cls=Command)
@click.argument("name", required=False, shell_complete=completer(EXAMPLES.names))
@output_options
def command(name: str | None, output: Output) -> ExitCode:
    """Worked examples: coin, cats-vs-dogs, zeros, loss, logits, gaussian, drift, …

    Each computes its numbers, explains them in a few sentences, and gives the
    command line of each. Without NAME, list the examples.

    \b
    kl examples coin
    """
    if name is not None:
        return emit(EXAMPLES.lookup(name).report(), output)
    rows = tuple((f"kl examples {each.name}", each.summary) for each in EXAMPLES)
    columns = (Column("command", "command"), Column("summary", "what it shows"))
    items = tuple({"name": each.name, "summary": each.summary} for each in EXAMPLES)
    return emit(
        Report("lists", (Table(columns, rows),), lambda: listed("examples", items), lambda: items),
        output,
        width=PAGE_WIDTH,
    )
