"""`kl profile`: the counts of a table, to compare others with."""

from pathlib import Path
from typing import Any

import click

from klcli.cli.answer import Output, emit, write_answer
from klcli.cli.command import INPUT, OTHER, OUTPUT, Command, Operand, name_option, option
from klcli.cli.destination import Destinations, chosen_format, notes_on_format, refuse_suffix
from klcli.cli.engine_options import Counting, engine_options
from klcli.cli.given import given_options
from klcli.cli.table_options import access_given, given_settings, kinds_by_column, table_options
from klcli.engines.countable import Countable
from klcli.engines.profile_table import ProfileTable, profile_of
from klcli.errors import ExitCode, UsageError
from klcli.notes import listing, no_rows_counted
from klcli.reports.profile import profile_report
from klcli.reports.renderers import FORMATS
from klcli.runs.drift.matching import profiled
from klcli.runs.drift.patterns import unused_patterns
from klcli.sources.drift.layers import drift_layers
from klcli.sources.drift.unused_settings import unused_settings
from klcli.sources.tables.open_table import open_table
from klcli.support.streams.stdio import say
from klcli.support.version import __version__
from klcli.tables.table_profile import Profile, merged

__all__ = ["command"]


@click.command("profile", cls=Command)
@click.argument("operands", nargs=-1, type=Operand(), metavar="TABLE | merge PROFILE... | show PROFILE")
@option("-o", "--output", group=OUTPUT, type=click.Path(), metavar="FILE", help="Write to a file, as BASE.kl.json.")
@name_option(
    "-f",
    "--format",
    "format_",
    registry=FORMATS,
    group=OUTPUT,
    default=None,
    help="Format of kl profile show, by default that of the suffix of -o, else table.",
)
@option(
    "--like",
    group=INPUT,
    type=click.Path(),
    metavar="PROFILE",
    help="Keep the kinds, cuts and labels of a profile, so that both can be compared and merged.",
)
@option("--hash-labels", group=OUTPUT, is_flag=True, help="Write hashes in place of the labels of text columns.")
@option("-q", "--quiet", group=OUTPUT, is_flag=True, help="Print no notes.")
@table_options
@engine_options(sides=False)
@option(
    "--config", group=OTHER, type=click.Path(path_type=Path), metavar="FILE", help="Settings file; its table [drift]."
)
@click.option("--traceback", is_flag=True, expose_value=False, hidden=True)
@click.pass_context
def command(
    ctx: click.Context, /, operands: tuple[str, ...], output: str | None, like: str | None, hash_labels: bool,
    types: tuple[str, ...], config: Path | None, jobs: int | None, counting: Counting,
    format_: str | None, quiet: bool, **_: Any,
) -> ExitCode:  # fmt: skip
    """Write the counts of a table to a file that can be committed.

    A profile holds no row. It stands in the place of a table in kl drift, and
    measures on it equal those on its rows. The same data give the same bytes.

    \b
    kl profile january.parquet -o base.kl.json
    kl profile july.parquet --like base.kl.json -o july.kl.json
    kl profile merge june.kl.json july.kl.json -o summer.kl.json
    kl profile show base.kl.json
    kl drift base.kl.json today.parquet
    """
    if format_ is not None and operands[:1] != ("show",):
        raise UsageError("-f is for kl profile show: a profile itself is JSON", hint="leave it out")
    if not operands:
        raise UsageError("kl profile needs a table", hint="kl profile TABLE -o BASE.kl.json")
    destinations = Destinations([output] if output else [])
    destinations.refuse((*operands, *([like] if like else [])))
    destinations.refuse_all_of(operands)
    path = None if output == "-" else output
    if path is not None and operands[:1] != ("show",):
        refuse_suffix(path, "a profile is JSON: name it BASE.kl.json")
    match operands:
        case ("merge" | "show" as verb,):
            raise UsageError(f"kl profile {verb} needs a profile", hint=f"kl profile {verb} BASE.kl.json")
        case ("merge" | "show" as verb, *_) if without_use := _of_tables(hash_labels=hash_labels):
            raise UsageError(
                f"kl profile {verb} has no use for {listing(without_use)}",
                hint="columns and rows are chosen, and labels hashed, where a table is counted: kl profile TABLE",
            )
        case ("merge", *names):
            write_answer([merged([_profile(name) for name in names]).text(__version__)], path)
            return ExitCode.OK
        case ("show", name):
            notes = notes_on_format(format_, path)
            shown = Output(chosen_format(format_, path), path, 6, "auto", quiet, notes=notes)
            return emit(profile_report(_profile(name)), shown)
        case (name,):
            base = None if like is None else _profile(like)
            layers = drift_layers(given_settings(ctx), kinds_by_column(types), (), config)
            destinations.refuse((layers.file,))
            settings = layers.settings
            if base is not None:
                chosen_by_hand = [each for each in ("columns", "exclude", "types") if ctx.params[each]]
                _refuse_beside_like(base, hash_labels=hash_labels, is_chosen=bool(chosen_by_hand))
            written = settings.p if base is None else settings.q
            options = written.options._replace(where=counting.where[0], access=counting.access, threads=jobs)
            table = open_table(name, options)
            try:
                if base is None:
                    decisions = profiled(table, settings)
                else:
                    decisions = {each.column.name: each.decision for each in base.columns}
                    _refuse_lacking(table, base)
                found = profile_of(table, decisions, like=base, hashes=hash_labels)
                unused = [*unused_settings(settings.given | access_given(ctx), (table,))]
            finally:
                table.close()
            unused += [] if base is not None else unused_patterns(table, settings)
            empty = () if found.rows else (no_rows_counted(table.name),)
            for note in () if quiet else (*settings.notes, *unused, *table.notes, *empty):
                say(f"note: {note.text}")
            write_answer([found.text(__version__)], path)
            return ExitCode.OK
    raise UsageError("kl profile takes one table", hint="kl profile merge A.kl.json B.kl.json joins profiles")


def _of_tables(*, hash_labels: bool) -> list[str]:
    """Returns the options on how a table is counted that are given."""
    return sorted(given_options((INPUT,))) + ["--hash-labels"] * hash_labels


def _refuse_lacking(table: Countable, base: Profile) -> None:
    names = {column.name for column in table.columns}
    lacking = [each.column.name for each in base.columns if each.column.name not in names]
    if lacking:
        raise UsageError(f"{table.name} lacks {lacking[0]!r}, which {base.name} has")


def _refuse_beside_like(base: Profile, *, hash_labels: bool, is_chosen: bool) -> None:
    if is_chosen:
        raise UsageError(
            "--like keeps the columns and kinds of its profile", hint="leave out --columns, --exclude, --type"
        )
    if hash_labels and not base.salt:
        raise UsageError(
            f"--hash-labels: the labels of {base.name} are not hashed, and --like keeps them comparable",
            hint="make that profile with --hash-labels",
        )


def _profile(name: str) -> Profile:
    table = open_table(name)
    if not isinstance(table, ProfileTable):
        table.close()
        raise UsageError("not a profile", place=name, hint="make one with kl profile")
    return table.profile
