"""`kl batch`: many pairs, a verdict for each, and reports that a pipeline can act on."""

import os
from functools import partial
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from klcli.cli.commands.shared import (
    Command,
    Operand,
    Output,
    emit,
    measure_option,
    output_options,
    reading_options,
    style_of,
)
from klcli.errors import ExitCode, UsageError
from klcli.reports.renderers.batch_messages import Messages
from klcli.reports.renderers.report_format import REPORT_FORMATS, Occasion
from klcli.reports.report import Column, Report, Table
from klcli.reports.report_writer import Publication, Request, parse_request
from klcli.runs.batch import run
from klcli.runs.batch_results import Status, Tally
from klcli.sources.batch.configuration import find_configuration
from klcli.sources.batch.folders import Folders
from klcli.sources.batch.pairs import Pairs, pairs_of
from klcli.sources.batch.settings import Layer, Settings, command_line
from klcli.support.progress import Progress
from klcli.support.sigint import Interruption
from klcli.support.stdio import say

__all__ = ["command"]

INTERRUPTED = "interrupted"

_PAIR_OPTIONS = (
    "as_", "p_as", "q_as", "p_column", "q_column", "input_format", "header", "missing_label", "missing", "smooth",
    "base", "samples", "seed", "max_expand",
)  # fmt: skip
_RUN_OPTIONS = ("jobs", "globs", "allow_unpaired", "fail_fast")


def _complete_report(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The formats, and after the equals sign the files and folders that are there."""
    name, equals, path = incomplete.partition("=")
    if not equals:
        return [CompletionItem(f"{each}=") for each in REPORT_FORMATS.names() if each.startswith(name)]
    folder = os.path.dirname(path)
    try:
        with os.scandir(folder or ".") as entries:
            found = sorted(os.path.join(folder, each.name) + "/" * each.is_dir() for each in entries)
    except OSError:
        found = []
    return [CompletionItem(f"{name}={each}") for each in found if each.startswith(path)]


@click.command("batch", cls=Command)
@click.argument("operands", nargs=-1, type=Operand(), metavar="MANIFEST | REF_DIR CAND_DIR | REF FILE...")
@measure_option
@click.option("--fail-above", "limits", multiple=True, metavar="[MEASURE=]LIMIT",
              help="A limit for every pair (on forward_kl if unnamed); repeatable.")  # fmt: skip
@click.option("--report", "reports", multiple=True, metavar="FORMAT=FILE", shell_complete=_complete_report,
              help=f"Write a report besides, repeatable: {', '.join(REPORT_FORMATS.names())}.")  # fmt: skip
@click.option("--glob", "globs", multiple=True, metavar="PATTERN",
              help="Of two folders, the files whose name or relative path matches; repeatable.")  # fmt: skip
@click.option("--allow-unpaired", is_flag=True, help="Pass over files that are in one folder only.")
@click.option("-j", "--jobs", type=click.IntRange(1, 1024), metavar="N",
              help="Processes; by default as many as there are processors, where that pays.")  # fmt: skip
@click.option("--fail-fast", is_flag=True, help="Stop at the first pair that is not ok.")
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE",
              help="Settings; by default the nearest kl.toml, or pyproject.toml with [tool.kl].")  # fmt: skip
@click.option("--show-config", is_flag=True, help="Print the settings and where each comes from, and stop.")
@click.option("--no-progress", is_flag=True, help="Show no bar, even on a terminal.")
@reading_options
@partial(output_options, registry=REPORT_FORMATS)
@click.pass_context
def command(
    ctx: click.Context, /, operands: tuple[str, ...], reports: tuple[str, ...], config: Path | None, show_config: bool,
    no_progress: bool, output: Output, **_: Any,
) -> ExitCode:  # fmt: skip
    """Compare many pairs, and hold each to its limits.

    MANIFEST is a table (CSV, JSON, JSONL, - for standard input) with the columns
    p, q, name, limits (as forward_kl<0.1), and any option below that says how a
    pair is read. Two folders are paired by the relative paths of their files.
    One REF, - for standard input, is compared with each FILE. With -q, a table
    has only the pairs that are not ok.

    \b
    kl batch pairs.csv --report junit=kl.xml
    kl batch reference/ candidate/ --fail-above 0.1
    kl batch reference.csv runs/*.csv -f jsonl

    Exit codes: 0 every limit kept, 1 a limit exceeded, 3 a pair could not be
    evaluated (before 1).
    """
    layer = _command_line(ctx)
    settings = Settings(layer, find_configuration(config))
    if show_config:
        return emit(_settings_report(settings), output)
    options = settings.run
    pairs = pairs_of(operands, options.glob, allow_unpaired=options.allow_unpaired)
    if not isinstance(pairs, Folders) and layer.run.keys() & {"glob", "allow_unpaired"}:
        raise UsageError("--glob and --allow-unpaired are for two folders", hint="kl batch REF_DIR CAND_DIR")
    progress = Progress(pairs.count, is_wanted=not no_progress)
    publication = _publication(pairs.name, reports, output, progress)
    tally = Tally(pairs.name)
    try:
        _evaluate(pairs, settings, tally, publication, progress)
        if tally.pairs or tally.ending:
            publication.finish(tally)
    finally:
        progress.clear()
        publication.discard()
    if isinstance(pairs, Folders) and not output.quiet:
        for note in pairs.notes:
            say(f"note: {note.text}")
    return _exit_code(tally)


def _evaluate(pairs: Pairs, settings: Settings, tally: Tally, publication: Publication, progress: Progress) -> None:
    """Gives every pair to the reports, until the end, the first failure where that is asked for, or Ctrl-C."""
    results = run(pairs, settings)
    fail_fast = settings.run.fail_fast
    with Interruption() as interruption:
        try:
            for report in results:
                interruption.hold()
                tally.add(report)
                publication.add(report)
                progress.advance()
                interruption.release()
                if fail_fast and report.status is not Status.OK:
                    tally.ending = "stopped at the first failure"
                    break
        except KeyboardInterrupt:
            tally.ending = INTERRUPTED
        finally:
            interruption.hold()
            results.close()


def _publication(title: str, reports: tuple[str, ...], output: Output, progress: Progress) -> Publication:
    style = style_of(output)
    answer = Request(output.format, "-" if output.path is None else output.path)
    is_seen = output.path is None and output.format == "table"
    messages = Messages(notes=not output.quiet, complaints=not is_seen)
    requests = [answer, *map(parse_request, reports)]
    return Publication(requests, Occasion(title, style, output.quiet), messages, progress.clear)


def _exit_code(tally: Tally) -> ExitCode:
    if tally.ending == INTERRUPTED:
        say("interrupted")
        return ExitCode.INTERRUPTED
    if tally.counts[Status.ERROR]:
        return ExitCode.BAD_DATA
    return ExitCode.LIMIT_EXCEEDED if tally.counts[Status.EXCEEDED] else ExitCode.OK


def _command_line(ctx: click.Context) -> Layer:
    """What was given, and only that: a default is weaker than a manifest."""
    given = {
        name: value
        for name, value in ctx.params.items()
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    options = {("as" if name == "as_" else name): str(given[name]) for name in _PAIR_OPTIONS if name in given}
    if "label" in given:
        options["label"] = ",".join(given["label"])
    if "measures" in given:
        options["measure"] = " ".join(given["measures"])
    if "bits" in given:
        options["base"] = "2"
    run_options = {("glob" if name == "globs" else name): given[name] for name in _RUN_OPTIONS if name in given}
    return command_line(options, given.get("limits", ()), run_options)


def _settings_report(settings: Settings) -> Report:
    columns = (Column("setting", "setting"), Column("value", "value"), Column("pairs", "pairs"), Column("from", "from"))
    rows = tuple(settings.effective())
    items = tuple(dict(zip(("setting", "value", "pairs", "from"), row, strict=True)) for row in rows)
    return Report((Table(columns, rows),), {"schema": 1, "settings": items}, lines=items)
