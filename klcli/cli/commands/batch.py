"""`kl batch`: many pairs, a verdict for each, and reports for pipelines."""

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from klcli.cli.answer import Output, emit
from klcli.cli.command import (
    INPUT,
    LIMITS,
    NUMBERS,
    OTHER,
    OUTPUT,
    Command,
    Operand,
    option,
)
from klcli.cli.destination import Destinations
from klcli.cli.given import given_options
from klcli.cli.options import limit_option, measure_option, reading_options
from klcli.cli.output_options import output_options
from klcli.cli.report_options import report_writer, requests_of, with_config
from klcli.cli.unused_options import OptionsUnused, options_of_batch
from klcli.errors import ExitCode, UsageError
from klcli.notes import patterns_unused
from klcli.reports.batch import batch_report_ending, batch_report_head, settings_report
from klcli.reports.report_writer import ReportWriter
from klcli.runs.batch import run
from klcli.runs.batch_results import BatchSummary, Status
from klcli.sources.batch.configuration import find_configuration, notes_beside, notes_on_origin
from klcli.sources.batch.folders import Folders
from klcli.sources.batch.manifest import Manifest
from klcli.sources.batch.pairs import Pairs, pairs_of
from klcli.sources.batch.settings import Layer, Settings, command_line
from klcli.support.process.sigint import DeferredInterrupt
from klcli.support.streams.progress import Progress
from klcli.support.streams.stdio import say, tell_escapes

__all__ = ["command"]

INTERRUPTED = "interrupted"

_PAIR_OPTIONS = (
    "as_", "p_as", "q_as", "column", "p_column", "q_column", "input_format", "p_format", "q_format", "header",
    "missing_label", "missing", "smooth", "base", "samples", "seed", "max_expand", "delimiter", "decimal",
    "p_decimal", "q_decimal", "thousands",
    "timeout", "engine", "estimate", "level", "estimator",
)  # fmt: skip
_RUN_OPTIONS = ("jobs", "globs", "allow_unpaired", "fail_fast")


@click.command("batch", cls=Command)
@click.argument("operands", nargs=-1, type=Operand(), metavar="MANIFEST | REF_DIR CAND_DIR | REF FILE...")
@measure_option
@limit_option("Limit for every pair; unnamed, on its measure, else forward_kl; repeatable; inf lifts one.")
@option("--glob", "globs", group=INPUT, multiple=True, metavar="PATTERN",
        help="Pair only files of two folders whose name or relative path matches; repeatable.")  # fmt: skip
@option("--allow-unpaired", group=INPUT, is_flag=True, help="Pass over files that are in one folder only.")
@option("--estimate", group=NUMBERS, is_flag=True,
        help="Take operands as samples or counts, and estimate as kl estimate does.")  # fmt: skip
@option("--level", group=NUMBERS, type=float, default=0.95, show_default=True, metavar="L",
        help="Probability that an interval of --estimate holds the truth.")  # fmt: skip
@option("--estimator", group=NUMBERS, default="default", show_default=True, metavar="NAME",
        help="Estimator of --estimate; see `kl list estimators`.")  # fmt: skip
@option("-j", "--jobs", group=OTHER, type=click.IntRange(1, 1024), metavar="N",
        help="Number of processes; by default as many as there are processors, where that pays.")  # fmt: skip
@option("--fail-fast", group=LIMITS, is_flag=True, help="Stop at the first pair that is not ok.")
@option("--no-progress", group=OUTPUT, is_flag=True, help="Show no bar, even on a terminal.")
@with_config
@reading_options
@output_options
@click.pass_context
def command(
    ctx: click.Context, /, operands: tuple[str, ...], config: Path | None, show_config: bool,
    no_progress: bool, output: Output, **_: Any,
) -> ExitCode:  # fmt: skip
    """Compare many pairs and check each against its limits.

    MANIFEST is a table (CSV, JSON, JSONL, - for standard input) with the columns
    p, q, name, limits (such as forward_kl<0.1), and any input or number option
    below. Two folders are paired by the relative paths of their files.
    One REF, - for standard input, is compared with each FILE. With -q, a table
    shows only pairs that are not ok.

    \b
    kl batch pairs.csv --report junit=kl.xml
    kl batch reference/ candidate/ --fail-above 0.1
    kl batch reference.csv runs/*.csv -f jsonl

    Exit codes: 0 every limit kept, 1 a limit exceeded, 3 a pair could not be
    evaluated (before 1).
    """
    layer = _command_line(ctx)
    found = find_configuration(config)
    settings = Settings(layer, found)
    if show_config:
        return emit(settings_report(settings), output)
    options = settings.run
    pairs = pairs_of(operands, options.glob, allow_unpaired=options.allow_unpaired)
    if not isinstance(pairs, Folders) and layer.run.keys() & {"glob", "allow_unpaired"}:
        raise UsageError("--glob and --allow-unpaired are for two folders", hint="kl batch REF_DIR CAND_DIR")
    if not isinstance(pairs, Manifest) or not pairs.is_stream:
        settings.refuse_no_estimate(pairs if isinstance(pairs, Manifest) else ())
    progress = Progress(pairs.count, is_wanted=not no_progress)
    requests = requests_of(output)
    destinations = Destinations(request.path for request in requests)
    destinations.refuse((*operands, found.file))
    writer = report_writer(batch_report_head(pairs.name), requests, output, progress.clear)
    tally = BatchSummary(pairs.name)
    unused = options_of_batch(given_options())
    try:
        _evaluate(pairs, settings, tally, writer, destinations, progress, unused)
        if tally.pairs or tally.ending:
            writer.finish(batch_report_ending(tally))
    finally:
        progress.clear()
        writer.discard()
    if not output.quiet:
        unmatched = settings.unmatched if not tally.ending else ()
        of_settings = [*unused.notes, *([patterns_unused(unmatched, "pair")] if unmatched else [])]
        of_settings += notes_on_origin(found.origin) if config is None else ()
        if config is None and isinstance(pairs, Manifest):
            of_settings += notes_beside(operands[0], found.origin)
        for note in (*output.notes, *(pairs.notes if isinstance(pairs, Folders) else ()), *of_settings):
            say(f"note: {note.text}")
        tell_escapes()
    return _exit_code(tally)


def _evaluate(
    pairs: Pairs, settings: Settings, tally: BatchSummary, writer: ReportWriter, destinations: Destinations,
    progress: Progress, unused: OptionsUnused,
) -> None:  # fmt: skip
    """Evaluates pairs and adds them to the reports, until the end, Ctrl-C, or with --fail-fast the first failure."""
    results = run(pairs, settings)
    fail_fast = settings.run.fail_fast
    with DeferredInterrupt() as interruption:
        try:
            for report in results:
                destinations.refuse((report.p, report.q))
                unused.see_case(report)
                interruption.hold()
                tally.add(report)
                writer.add(report)
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


def _exit_code(tally: BatchSummary) -> ExitCode:
    if tally.ending == INTERRUPTED:
        say("interrupted")
        return ExitCode.INTERRUPTED
    return ExitCode.BAD_DATA if tally.errors else ExitCode.LIMIT_EXCEEDED if tally.failures else ExitCode.OK


def _command_line(ctx: click.Context) -> Layer:
    """Returns the options given on the command line, without defaults, because a manifest overrides defaults."""
    given = {
        name: value
        for name, value in ctx.params.items()
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    options = {("as" if name == "as_" else name): str(given[name]) for name in _PAIR_OPTIONS if name in given}
    if "label" in given:
        options["label"] = ",".join(given["label"])
    if "nulls" in given:
        # an empty text would say that no null was given; a comma spells '' alone
        options["null"] = ",".join(given["nulls"]) or ","
    if "measures" in given:
        options["measure"] = " ".join(given["measures"])
    if "bits" in given:
        options["base"] = "2"
    run_options = {("glob" if name == "globs" else name): given[name] for name in _RUN_OPTIONS if name in given}
    return command_line(options, given.get("limits", ()), run_options)
