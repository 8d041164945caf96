"""`kl completion`: the script that completes commands, options, names and files with the tab key."""

import click
from click.shell_completion import ShellComplete, get_completion_class

from klcli.cli.command import Command
from klcli.errors import ExitCode
from klcli.support.streams.stdio import write_stdout

__all__ = ["command"]

_SHELLS = ("bash", "zsh", "fish")


@click.command("completion", cls=Command)
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def command(ctx: click.Context, /, shell: str) -> ExitCode:
    """Print the script by which a shell completes kl's words with the tab key.

    \b
    eval "$(kl completion bash)"                      in ~/.bashrc
    eval "$(kl completion zsh)"                       in ~/.zshrc
    kl completion fish > ~/.config/fish/completions/kl.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None
    made = kind(ctx.find_root().command, {}, "kl", "_KL_COMPLETE")
    # the class of bash would start bash to ask for its version
    write_stdout(ShellComplete.source(made))
    return ExitCode.OK
