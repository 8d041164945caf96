"""`kl rows`: row i of P against row i of Q, and what all rows come to."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import click

from klcli.cli.answer import Output, head_of_run, reading_progress, reports_beside, style_of
from klcli.cli.command import (
    INPUT,
    LIMITS,
    NUMBERS,
    OTHER,
    OUTPUT,
    Command,
    Operand,
    name_option,
    option,
    with_options,
)
from klcli.cli.destination import Destinations
from klcli.cli.given import given_options, noting_unused
from klcli.cli.options import input_options, measure_option, text_options
from klcli.cli.output_options import output_options
from klcli.cli.report_options import requests_of
from klcli.cli.row_answers import Begun, sum_up, write_rows
from klcli.core.distributions.units import Base, UnitKind, parse_base, unit_name
from klcli.core.measures.selection import names_of, select
from klcli.core.rows.limits import RowLimit, needed, parse_row_limit
from klcli.errors import ExitCode, UsageError
from klcli.notes import listing, options_without_effect
from klcli.reports.parts import Facts
from klcli.reports.rendering import begun
from klcli.reports.rows import RowContext, rows_report_head
from klcli.runs.rows.parts import MergedRun
from klcli.runs.rows.processes import compare_in_processes
from klcli.runs.rows.results import RowAnswer
from klcli.runs.rows.run import RowRun
from klcli.runs.rows.running_statistics import RowStatistics
from klcli.runs.rows.setup import RowSetup, compare_share
from klcli.sources.formats.input_format import INPUT_FORMATS
from klcli.sources.rows.many_files import Shard, parse_shard
from klcli.support.streams.output_files import ReplacedFile

__all__ = ["command"]


_NOT_COUNTED = "rows that are counted only as they are read, as those of one CSV or JSON file"
_OPTIONS = [
    *input_options("as_", "p_as", "q_as"),
    option("--temperature", group=NUMBERS, type=float, default=1.0, show_default=True, metavar="T",
           help="Divide logits by T."),
    option("--id", "id_column", group=INPUT, metavar="COLUMN", help="Column, or field, of the names of rows."),
    option("--target", group=INPUT, metavar="COLUMN|FILE",
           help="Outcome that occurred in each row: a label or, where no label is a number, a number from 0."),
    option("--cluster", group=INPUT, metavar="COLUMN|FILE",
           help="Cluster of each row, for the standard errors: rows of one cluster belong together."),
    option("--column", "array", group=INPUT, metavar="NAME", help="Array, tensor or field of both P and Q."),
    option("--p", "p_array", group=INPUT, metavar="NAME", help="Array, tensor or field of P."),
    option("--q", "q_array", group=INPUT, metavar="NAME", help="Array, tensor or field of Q."),
    name_option("--input-format", registry=INPUT_FORMATS, group=INPUT, default=None,
                help="Input format, in place of suffix and first bytes; see `kl list inputs`."),
    option("--tail-floor", group=NUMBERS, type=click.FloatRange(0, 1, min_open=True), metavar="E",
           help="Least probability that Q gives to an outcome missing from its list of the most probable."),
    *input_options("p_format", "q_format", "header", "missing", "smooth", "base", "bits", "max_expand"),
    option("-j", "--jobs", group=OTHER, type=click.IntRange(1, 1024), default=1, show_default=True, metavar="N",
           help="Number of processes, for many files or a large one."),
    option("--shard", group=OTHER, metavar="I/N", help="Compare share I of N alone, and write it to -o PART.arrow."),
    option("--merge", group=OTHER, metavar="FOLDER|GLOB",
           help="In place of P and Q: the parts that --shard wrote; each must be there once."),
]  # fmt: skip


@click.command("rows", cls=Command)
@click.argument("p", type=Operand(), required=False)
@click.argument("q", type=Operand(), required=False)
@measure_option
@option("--summary", group=OUTPUT, is_flag=True, help="Print statistics of all rows, in place of each row.")
@option("--top", group=OUTPUT, type=click.IntRange(1), metavar="N",
        help="Print the N rows with the largest value of the first measure, the largest first.")  # fmt: skip
@option("--fail-above", "above", group=LIMITS, multiple=True, metavar="[STATISTIC:]MEASURE=LIMIT",
        help="Exit with 1 if any row, or mean, median, p99, min, max, is above; repeatable.")  # fmt: skip
@option("--fail-below", "below", group=LIMITS, multiple=True, metavar="FIGURE=LIMIT",
        help="Exit with 1 if a figure, such as top1_agreement, is below; repeatable.")  # fmt: skip
@partial(with_options, _OPTIONS)
@text_options
@output_options
def command(
    p: str | None, q: str | None, measures: tuple[str, ...], summary: bool, above: tuple[str, ...],
    below: tuple[str, ...], top: int | None, output: Output, **options: Any,
) -> ExitCode:  # fmt: skip
    """Compare row i of P with row i of Q, such as the outputs of two models.

    An operand is a matrix (.npy, .npz, .safetensors; the last axis is the
    outcomes), a table with a distribution in each row (CSV, TSV, Parquet; the
    header names the outcomes), JSON lines, the file of logits that llama.cpp's
    perplexity tool writes, or - for standard input. One operand alone holds
    both: JSON lines {"p": ..., "q": ...}, or arrays called p and q. A folder or
    a pattern is all of its files: file i of P with file i of Q.

    \b
    kl rows p.npy q.npy --as logits --summary
    tail -f pairs.jsonl | kl rows - -f jsonl
    kl rows f16.bin q4.bin --fail-above mean:forward_kl=0.01
    kl rows 'p/*.safetensors' 'q/*.safetensors' --shard 3/16 -o parts/3.arrow
    kl rows --merge parts/ --summary
    """
    if summary and top is not None:
        raise UsageError("--top prints rows, and --summary statistics in their place", hint="leave one of them out")
    limits = [
        *(parse_row_limit(text, measures) for text in above),
        *(parse_row_limit(text, measures, is_least=True) for text in below),
    ]
    base = 2 if options["bits"] else parse_base(options["base"])
    Destinations(request.path for request in requests_of(output)).refuse_all_of((p, q, options["merge"]))
    if options["merge"] is not None:
        _refuse_beside_merge(p)
        run: RowRun | MergedRun
        run = merged = _merged(options["merge"], limits)
        base, smooth, temperature = (merged.settings[key] for key in ("base", "smooth", "temperature"))
    elif p is None:
        raise UsageError("kl rows needs P and Q", hint="kl rows P Q, or kl rows --merge FOLDER")
    else:
        smooth, temperature = options["smooth"], options["temperature"]
        setup = _setup(p, q, measures, limits, base, options)
        output = noting_unused(output, setup.words, setup.formats, map(select, setup.measures), are_rows=True)
        if options["shard"] is not None:
            return _share(setup, parse_shard(options["shard"]), output, is_judged=bool(limits))
        run = setup.run() if options["jobs"] == 1 else compare_in_processes(setup, options["jobs"])
        if options["jobs"] > 1 and isinstance(run, RowRun) and run.count is None:
            output = output._replace(notes=(*output.notes, options_without_effect(("-j",), (_NOT_COUNTED,))))
    tally = RowStatistics(limits, base, is_summary=summary)

    def subject_of(answer: RowAnswer) -> RowContext:
        unit = unit_name(UnitKind.INFORMATION, base)
        return RowContext(answer.sides, answer.columns, base, unit, smooth or "none", temperature)

    def begin(answer: RowAnswer) -> Begun:
        subject, has_ids = subject_of(answer), answer.ids is not None
        head = rows_report_head(
            subject, has_ids=has_ids, is_live=run.is_live or top is not None, is_judged=bool(limits)
        )
        head = head_of_run(head)
        beside = reports_beside(output, head) if output.reports else None
        made, text = begun(output.format, head, style_of(output))
        facts = Facts(subject.facts)
        if beside is not None:
            beside.add(facts)
        return Begun(made, text + made.part(facts), beside)

    if summary:
        with reading_progress(filter(None, (p, q))):
            return sum_up(run, tally, subject_of, output)
    return write_rows(run, tally, begin, output, is_judged=bool(limits), top=top)


def _setup(
    p: str, q: str | None, measures: tuple[str, ...], limits: Sequence[RowLimit], base: Base, options: Mapping[str, Any]
) -> RowSetup:
    shown = names_of(measures or ("forward_kl",))
    every = dict.fromkeys(select(name).name for name in (*shown, *needed(limits)))
    return RowSetup(
        (p,) if q is None else (p, q), tuple(every), len(dict.fromkeys(select(name).name for name in shown)),
        (options["p_as"] or options["as_"], options["q_as"] or options["as_"]),
        (options["p_array"] or options["array"], options["q_array"] or options["array"]),
        (options["p_format"] or options["input_format"], options["q_format"] or options["input_format"]),
        base, options["temperature"], options["smooth"], options["missing"], options["tail_floor"],
        options["id_column"], options["target"], options["cluster"], options["header"], options["max_expand"],
        options["dialect"],
    )  # fmt: skip


def _merged(word: str, limits: Sequence[RowLimit]) -> MergedRun:
    from klcli.runs.rows.part_files import read_parts

    run = MergedRun(read_parts(word))
    run.refuse_limits(needed(limits))
    return run


def _refuse_beside_merge(p: str | None) -> None:
    """Refuses what was decided when the parts were written."""
    if p is not None:
        raise UsageError("--merge stands in the place of P and Q", hint="kl rows --merge FOLDER")
    unused = sorted(given_options((INPUT, NUMBERS, OTHER)) - {"--merge"})
    if unused:
        raise UsageError(
            f"--merge takes no option on how rows are compared, as {listing(unused)}",
            hint="it was decided when the parts were written",
        )


def _share(setup: RowSetup, shard: Shard, output: Output, *, is_judged: bool) -> ExitCode:
    """Writes a share of the rows to a file, for --merge."""
    from klcli.runs.rows.part_files import part_bytes

    if output.path is None or not output.path.endswith(".arrow"):
        raise UsageError("--shard writes a part", hint=f"-o parts/{shard.at}.arrow")
    if is_judged or output.reports:
        raise UsageError("limits and reports are of all rows", hint="give them to kl rows --merge")
    draft = ReplacedFile(output.path)
    try:
        with reading_progress(setup.words):
            draft.write(part_bytes(compare_share(setup, shard)))
    except BaseException:
        draft.discard()
        raise
    draft.commit()
    return ExitCode.OK
