"""`kl drift`: two tables, a verdict for each column."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from klcli.cli.answer import Output, conclude, emit, reading_progress, write_answer
from klcli.cli.baseline import refuse_no_baseline, renew, renewed
from klcli.cli.command import NUMBERS, OTHER, OUTPUT, Command, Operand, completer, option
from klcli.cli.destination import Destinations, refuse_suffix
from klcli.cli.drift_options import comparing_options, judging_options
from klcli.cli.engine_options import Counting, engine_options
from klcli.cli.given import given_options
from klcli.cli.options import measure_option
from klcli.cli.output_options import output_options
from klcli.cli.report_options import report_writer, requests_of, with_config
from klcli.cli.table_options import (
    SIDE_SETTINGS,
    access_given,
    given_settings,
    kinds_by_column,
    side_options,
    table_options,
)
from klcli.engines.countable import Countable
from klcli.errors import ExitCode, OutputError, UsageError
from klcli.reports.batch import layers_report
from klcli.reports.drift.columns import drift_cases
from klcli.reports.drift.document import exit_code
from klcli.reports.drift.explanation import cells_report
from klcli.reports.drift.pictures import drift_picture
from klcli.reports.drift.presets import presets_report
from klcli.reports.drift.report import (
    drift_facts,
    drift_report_ending,
    drift_report_head,
    drift_summary,
    joint_parts,
    named_summary,
    preset_prose,
)
from klcli.reports.drift.settings_file import settings_file
from klcli.runs.drift.numbers.ordered import in_order
from klcli.runs.drift.presets import every_preset
from klcli.runs.drift.results import DriftResult
from klcli.runs.drift.run import drift
from klcli.sources.drift.layers import DriftLayers, drift_layers
from klcli.sources.drift.settings import ORDERED, DriftSettings
from klcli.sources.tables.open_table import open_table
from klcli.sources.tables.options import TableOptions
from klcli.support.streams.stdio import say
from klcli.tables.presets import PRESETS

__all__ = ["command"]

_SETTINGS = ("bins", "alpha", "adjust", "min_rows", "missing", "new_columns", "exact", "strict", "fail_on",
             "allow_insufficient", "allow_disjoint", "pairs", "preset", "holdout")  # fmt: skip


@click.command("drift", cls=Command)
@click.argument("reference", type=Operand(), metavar="REF", required=False)
@click.argument("current", type=Operand(), metavar="CUR", nargs=-1)
@measure_option
@judging_options
@engine_options(sides=True)
@comparing_options
@option(
    "--preset",
    group=NUMBERS,
    metavar="NAME",
    shell_complete=completer(PRESETS.names),
    help="Print what another tool prints, with its limits and verdicts; see kl list presets.",
)
@option("--holdout", group=NUMBERS, type=float, default=0.0, metavar="T", help="Weight of the tails, with --preset gx.")
@option(
    "--compare-presets",
    group=OUTPUT,
    is_flag=True,
    help="Show what every preset prints for these tables, beside the verdict of kl.",
)
@option("--explain", metavar="COLUMN", group=OUTPUT, help="Show one column cell by cell.")
@option("-v", "--verbose", group=OUTPUT, is_flag=True, help="Show more columns: JS, KS, W1/sd.")
@option("--init", group=OTHER, is_flag=True, help="Print a kl.toml with these settings and the types of REF, and stop.")
@option("--force", group=OTHER, is_flag=True, help="With --init, write over the file of -o.")
@option(
    "--update-baseline",
    group=OTHER,
    is_flag=True,
    help="Accept CUR: write its profile over REF, which is one, say what changes, and exit 0.",
)
@table_options
@side_options
@with_config
@output_options
@click.pass_context
def command(
    ctx: click.Context, /, reference: str | None, current: tuple[str, ...], limits: tuple[str, ...], no_limits: bool,
    types: tuple[str, ...], explain: str | None, verbose: bool, init: bool, compare_presets: bool, jobs: int | None,
    update_baseline: bool, force: bool,
    config: Path | None, show_config: bool, output: Output, counting: Counting, **_: Any,
) -> ExitCode:  # fmt: skip
    """Compare the columns of two tables: has the data changed, by more than noise?

    REF and CUR are tables (CSV, TSV, JSON lines, Parquet, Excel, Feather, SQLite,
    texts also compressed; a pattern such as 'data/*.parquet'; - for one),
    profiles of `kl profile`, or tables of a database or Spark, which are counted
    where they lie.
    Kinds of columns and bins are decided on REF. A column fails if a limit is
    exceeded *and* the difference is beyond noise. With p- or q- before its name,
    an option on how a text is written is of one table: --q-delimiter ';'.

    \b
    kl drift january.csv july.csv
    kl drift base.kl.json today.parquet --report junit=drift.xml
    kl drift january.csv july.csv --explain carrier
    kl drift base.kl.json 'postgresql://host/db#sales.orders' --where 'day > 9'

    Exit codes: 0 every limit kept, 1 a limit exceeded beyond noise, 3 a column
    could not be judged (before 1).
    """
    answers = {"--init": init, "--explain": explain is not None, "--compare-presets": compare_presets,
               "--update-baseline": update_baseline}  # fmt: skip
    asked = [name for name, is_asked in answers.items() if is_asked]
    _refuse_two(asked)
    layers = _layers(ctx, limits, types, config, no_limits=no_limits, verbose=verbose)
    if show_config:
        return emit(layers_report(layers.effective), output)
    settings = layers.settings
    options = [
        written.options._replace(where=where, access=counting.access, threads=jobs)
        for written, where in zip((settings.p, settings.q), counting.where, strict=True)
    ]
    if init and (reference is None or current):
        raise UsageError("--init takes one table", hint="name the table that the settings are for: kl drift REF --init")
    if reference is None:
        raise UsageError("kl drift needs two tables", hint="kl drift REF CUR")
    if force and not init:
        raise UsageError("--force is for --init, which keeps a file that exists", hint="leave it out")
    if init:
        return _init(reference, options[0], settings, output, is_forced=force)
    if settings.preset is not None and (explain is not None or compare_presets):
        raise UsageError(f"{asked[0]} beside --preset {settings.preset}: it needs the verdict of kl itself",
                         hint="leave one of them out")  # fmt: skip
    if "pairs" in settings.given and (explain is not None or compare_presets):
        raise UsageError(f"{asked[0]} beside --pairs: it shows no pairs of columns", hint="leave one of them out")
    other = _only(current)
    if reference == other == "-":
        raise UsageError("standard input can be one of the two tables only")
    requests = requests_of(output)
    destinations = Destinations(request.path for request in requests)
    destinations.refuse((reference, other, layers.file))
    destinations.refuse_all_of((reference, other))
    if update_baseline:
        refuse_suffix(reference, "keep the baseline as plain JSON, as BASE.kl.json")
    with reading_progress((reference, other)):
        tables = _open(reference, other, options)
        try:
            if update_baseline:
                refuse_no_baseline(tables[0], reference, settings)
            result = drift(*tables, settings)
            baseline = renewed(*tables, settings) if update_baseline else None
            others = every_preset(*tables, settings) if compare_presets else {}
            named = (each.counted for each in result.columns if each.name == explain)
            order = next((in_order(each, *tables) for each in named), None)
        finally:
            for table in tables:
                table.close()
    if compare_presets:
        emit(presets_report(result, others), output)
        return exit_code(result)
    if explain is not None:
        emit(cells_report(result, explain, order), output)
        if exit_code(result):  # which another column may have led to
            say(named_summary(result))
        return exit_code(result)
    _report(result, requests, output, is_verbose=verbose)
    if baseline is None:
        return exit_code(result)
    return renew(reference, baseline, result, exit_code(result), counting.where[1], quiet=output.quiet)


def _only(current: Sequence[str]) -> str:
    if not current:
        raise UsageError("kl drift needs two tables", hint="kl drift REF CUR")
    if len(current) > 1:
        raise UsageError(
            f"kl drift takes two tables, and there are {1 + len(current)}",
            hint="write files of one table as a pattern in quotes: 'data/*.parquet'; kl profile merge joins baselines",
        )
    return current[0]


def _refuse_two(answers: Sequence[str]) -> None:
    if len(answers) > 1:
        raise UsageError(f"{answers[0]} beside {answers[1]}: each is an answer of its own", hint="ask one at a time")


def _report(result: DriftResult, requests: Any, output: Output, *, is_verbose: bool) -> None:
    digits = output.digits if "--digits" in given_options([OUTPUT]) else None
    writer = report_writer(drift_report_head(result), requests, output, lambda: None)
    try:
        writer.add(drift_facts(result, digits or 3))
        if result.settings.preset is not None:
            writer.add(preset_prose(result.settings.preset))
        writer.add(drift_cases(result, is_verbose=is_verbose, digits=digits))
        for part in joint_parts(result, digits or 3):
            writer.add(part)
        if result.settings.preset is None:
            writer.add(drift_picture(result))
        writer.finish(drift_report_ending(result, drift_summary(result)))
    finally:
        writer.discard()
    conclude(result.notes, (), output)


def _open(reference: str, current: str, options: Sequence[TableOptions]) -> tuple[Countable, Countable]:
    first = open_table(reference, options[0])
    try:
        return first, open_table(current, options[1])
    except BaseException:
        first.close()
        raise


def _init(
    reference: str, options: TableOptions, settings: DriftSettings, output: Output, *, is_forced: bool
) -> ExitCode:
    Destinations([output.path] if output.path else []).refuse((reference,))
    if output.path is not None and not is_forced and os.path.isfile(output.path) and os.path.getsize(output.path):
        raise OutputError(f"{output.path} is there already, and may have been edited", hint="--force writes over it")
    table = open_table(reference, options)
    try:
        text = settings_file(table, settings)
    finally:
        table.close()
    write_answer([text], output.path)
    return conclude(table.notes, (), output._replace(notes=()))  # settings have a form of their own


def _layers(
    ctx: click.Context, limits: tuple[str, ...], types: tuple[str, ...], config: Path | None, *, no_limits: bool,
    verbose: bool,
) -> DriftLayers:  # fmt: skip
    """Returns the settings of the run; what the command line leaves out comes from kl.toml."""
    own = given_settings(ctx, (*_SETTINGS, *SIDE_SETTINGS), ["allow_missing"])
    layers = drift_layers(own, kinds_by_column(types), limits, config, no_limits=no_limits)
    settings = replace(layers.settings, given=layers.settings.given | access_given(ctx))
    if verbose and settings.preset is None:
        settings = replace(settings, measures=tuple(dict.fromkeys([*settings.measures, *ORDERED])))
    return layers._replace(settings=settings)
