"""`kl help`: the help of a command, as `kl COMMAND --help` prints it."""

from typing import TYPE_CHECKING

import click

from klcli.cli.command import Command, items
from klcli.errors import ExitCode
from klcli.support.streams.stdio import write_stdout

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = ["command"]


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    group = ctx.find_root().command
    assert isinstance(group, click.Group)
    return items(name for name in group.list_commands(ctx) if name.startswith(incomplete))


@click.command("help", cls=Command)
@click.argument("name", required=False, metavar="[COMMAND]", shell_complete=_complete)
@click.pass_context
def command(ctx: click.Context, /, name: str | None) -> ExitCode:
    """Show the help of a command; of kl itself without COMMAND.

    \b
    kl help compute
    """
    parent = ctx.parent
    assert parent is not None
    assert isinstance(parent.command, click.Group)
    text = parent.get_help()
    if name is not None:
        _, found, _ = parent.command.resolve_command(parent, [name])
        assert found is not None
        text = found.get_help(click.Context(found, info_name=name, parent=parent))
    write_stdout(f"{text}\n")
    return ExitCode.OK
