"""The command `kl`: runs a command, imported on demand, and turns errors into exit codes."""

import os
import shlex
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import click

from klcli.cli.commands import COMMANDS
from klcli.errors import Exhausted, ExitCode, KlError
from klcli.support.registry import nearest
from klcli.support.streams.color import wants_color
from klcli.support.streams.stdio import prepare, say, stdout_encoding, write_stderr, write_stdout
from klcli.support.version import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = ["group", "main"]

_ISSUES = "https://github.com/klcli/klcli/issues"


class _LazyGroup(click.Group):
    """A group that knows its commands from COMMANDS, so that help and completion import none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return COMMANDS[cmd_name].load()

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from klcli.cli.guesses import hint_for_command  # needed only for an unknown command

            near = nearest(name.lower(), COMMANDS)
            is_operand = os.path.exists(name) or any(character in name for character in ",=[{") or name[:1].isdigit()
            error = click.UsageError(f"no command is called {name!r}", ctx)
            error.hint = hint_for_command(name) or (  # type: ignore[attr-defined]
                f"did you mean kl {near[0]}?"
                if near
                else f"kl compute {shlex.join(args)}"
                if is_operand
                else f"the commands are {', '.join(COMMANDS)}"
            )
            raise error
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        return stdout_encoding().own(super().get_help(ctx))  # click.echo would write UTF-8 for ASCII

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        from click.shell_completion import CompletionItem  # here, as only a shell asks for it

        names = [
            CompletionItem(name, help=entry.summary) for name, entry in COMMANDS.items() if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)


@click.group(
    cls=_LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog="Exit codes: 0 done, 1 a limit was exceeded, 2 wrong command line, 3 bad data, 70 a bug, 130 interrupted.",
)
@click.option("-V", "--version", "shows_version", is_flag=True, help="Show the version and exit.")
@click.option("-v", "--verbose", is_flag=True, help="With --version: also what computes, and with which packages.")
@click.option("--traceback", is_flag=True, expose_value=False, help="Show the traceback of a bug in kl.")
@click.pass_context
def group(ctx: click.Context, shows_version: bool, verbose: bool) -> int:
    """How different are two distributions?

    \b
    kl compute p.csv q.csv                    two files
    kl compute 0.5,0.5 0.9,0.1                two distributions, inline
    kl compute 'normal(1,1)' 'normal(2,0.5)'  two families
    cat p.csv | kl compute - q.csv            a pipe
    kl explain p.csv q.csv                    why the number is what it is
    kl batch pairs.csv                        many pairs, each with its limits
    kl rows p.npy q.npy --summary             a distribution in each row
    kl matrix topics.npy --nearest 5          all pairs, and which are closest
    """
    if shows_version:
        click.echo(f"kl {__version__}" + (_built_with() if verbose else ""))
        ctx.exit()
    if verbose:
        raise click.UsageError("-v stands beside --version", ctx)
    if ctx.invoked_subcommand is None:
        write_stderr(f"{ctx.get_help()}\n")
        return ExitCode.USAGE
    return ExitCode.OK


def _built_with() -> str:
    """The kernel, and the versions of what numbers depend on, a line each."""
    import platform

    import numpy as np

    from klcli.core.kernel.library import description

    return f"\nkernel {description()}\nnumpy {np.__version__}\npython {platform.python_version()}"


def main(argv: Sequence[str] | None = None) -> int:
    """Runs `kl` and returns its exit code. This is the only place where errors become exit codes."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    prepare(color=_colors_messages(arguments))
    try:
        return int(_run(arguments) or ExitCode.OK)
    except KlError as error:
        return _failed(error.exit_code, error.message, error.hint)
    except click.ClickException as error:
        hint = getattr(error, "hint", None) or _help_hint(error)
        return _failed(ExitCode.USAGE, _lower_first(error.format_message()), hint)
    except (KeyboardInterrupt, click.Abort):
        say("interrupted")
        return ExitCode.INTERRUPTED
    except MemoryError:
        return _failed(ExitCode.BAD_DATA, "the data does not fit into memory", None)
    except OSError as error:
        exhausted = Exhausted.of(error)
        if exhausted is None:
            return _bug(error, arguments)
        return _failed(exhausted.exit_code, exhausted.message, exhausted.hint)
    except Exception as error:
        return _bug(error, arguments)


def _colors_messages(arguments: Sequence[str]) -> bool:
    """Returns True if messages are coloured: as --color and the environment say, by default on a terminal."""
    choices = [after for word, after in pairwise(arguments) if word == "--color"]
    choices += [word.partition("=")[2] for word in arguments if word.startswith("--color=")]
    return wants_color(choices[-1] if choices else "auto", sys.stderr is not None and sys.stderr.isatty())


def _bug(error: Exception, arguments: Sequence[str]) -> ExitCode:
    if "--traceback" in arguments or os.environ.get("KL_TRACEBACK", "0") not in ("", "0"):
        sys.excepthook(type(error), error, error.__traceback__)
    return _failed(
        ExitCode.BUG,
        f"a bug in kl {__version__}: {type(error).__name__}: {error}",
        f"run it again with --traceback and report what it prints at {_ISSUES}",
    )


def _run(arguments: list[str]) -> int | None:
    """Runs Click, and handles the exits of its own output: help, the version, and completions."""
    try:
        code: int | None = group.main(arguments, prog_name="kl", standalone_mode=False)
    except SystemExit as stop:
        # Click exits with 1 for an unknown completion, and if the reader closed the pipe, which is not a failure
        return ExitCode.USAGE if stop.code and "_KL_COMPLETE" in os.environ else ExitCode.OK
    except OSError:
        write_stdout("")  # fails again, and says why, if the output of Click is still in the buffer
        raise
    return code


def _failed(code: ExitCode, message: str, hint: str | None) -> ExitCode:
    say(f"error: {message}")
    if hint:
        say(f"hint: {hint}")
    return code


def _help_hint(error: click.ClickException) -> str | None:
    context = getattr(error, "ctx", None)
    if isinstance(error, click.NoSuchOption) and context is not None and context.parent is None:
        return f"options follow the command, as in kl compute P Q {error.option_name}; see kl --help"
    return f"see {context.command_path} --help" if context else None


def _lower_first(message: str) -> str:
    message = " ".join(message.split())  # Click lists choices on lines of their own
    return message[:1].lower() + message[1:].removesuffix(".")
