"""The table of subcommands. Each is one file here, imported when it is called."""

from collections.abc import Callable
from typing import NamedTuple

import click

__all__ = ["COMMANDS", "Entry"]


class Entry(NamedTuple):
    """A subcommand: its line in `kl --help`, and a function that imports it."""

    summary: str
    load: Callable[[], click.Command]


COMMANDS: dict[str, Entry] = {}


def _command(name: str, summary: str) -> Callable[[Callable[[], click.Command]], Callable[[], click.Command]]:
    def register(load: Callable[[], click.Command]) -> Callable[[], click.Command]:
        COMMANDS[name] = Entry(summary, load)
        return load

    return register


@_command("compute", "How different are P and Q: KL, cross-entropy, and more.")
def _compute() -> click.Command:
    from klcli.cli.commands.compute import command

    return command


@_command("batch", "Many pairs, a verdict for each, and reports for CI.")
def _batch() -> click.Command:
    from klcli.cli.commands.batch import command

    return command


@_command("drift", "Two tables, a verdict for each column: what changed beyond noise.")
def _drift() -> click.Command:
    from klcli.cli.commands.drift import command

    return command


@_command("profile", "The counts of a table, to commit and to compare others with.")
def _profile() -> click.Command:
    from klcli.cli.commands.profile import command

    return command


@_command("rows", "Row i of P against row i of Q: model outputs, and their summary.")
def _rows() -> click.Command:
    from klcli.cli.commands.rows import command

    return command


@_command("estimate", "From samples: the divergence of what they were drawn from.")
def _estimate() -> click.Command:
    from klcli.cli.commands.estimate import command

    return command


@_command("sample", "Independent draws from a family or from masses.")
def _sample() -> click.Command:
    from klcli.cli.commands.sample import command

    return command


@_command("matrix", "All pairs of many distributions: tables, nearest, groups.")
def _matrix() -> click.Command:
    from klcli.cli.commands.matrix import command

    return command


@_command("explain", "The forward KL worked out term by term, and what makes it large.")
def _explain() -> click.Command:
    from klcli.cli.commands.explain import command

    return command


@_command("examples", "Worked examples: coin, cats-vs-dogs, zeros, gaussian, languages …")
def _examples() -> click.Command:
    from klcli.cli.commands.examples import command

    return command


@_command("list", "The catalogue of measures, formats, kinds, smoothing, families.")
def _list() -> click.Command:
    from klcli.cli.commands.list import command

    return command


@_command("help", "The help of a command.")
def _help() -> click.Command:
    from klcli.cli.commands.help import command

    return command


@_command("completion", "The script for the tab key: bash, zsh or fish.")
def _completion() -> click.Command:
    from klcli.cli.commands.completion import command

    return command
