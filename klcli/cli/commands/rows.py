"""`kl rows`: row i of P against row i of Q, and what all rows come to."""

from collections.abc import Callable
from functools import partial
from typing import Any

import click

from klcli.cli.commands.shared import (
    Command,
    Operand,
    Output,
    conclude,
    emit,
    measure_option,
    name_option,
    options_of_reading,
    output_options,
    reading_sign,
    style_of,
    with_options,
)
from klcli.core.distributions.smoothing import parse_smoothing
from klcli.core.distributions.units import UnitKind, parse_base, unit_name
from klcli.core.measures.measure import select
from klcli.core.rows.limits import needed, parse_row_limit
from klcli.errors import ExitCode
from klcli.reports.renderers.row_json import head_document
from klcli.reports.renderers.row_lines import facts_of
from klcli.reports.renderers.row_stream import ROW_STREAMS, RowHead, RowStream
from klcli.reports.row_summary import summary_report
from klcli.runs.row_options import RowOptions
from klcli.runs.row_results import RowAnswer
from klcli.runs.row_tally import RowTally
from klcli.runs.rows import RowRun
from klcli.sources.formats.input_format import INPUT_FORMATS
from klcli.sources.operands.read_options import expanded
from klcli.sources.rows.pairs import open_pairs
from klcli.sources.rows.side_columns import SideColumn
from klcli.support.output_files import Draft
from klcli.support.sigint import Interruption
from klcli.support.stdio import say, write_stdout

__all__ = ["command"]


def _row_options(function: Any) -> Any:
    return with_options(
        [
            *options_of_reading("as_", "p_as", "q_as"),
            click.option("--temperature", type=float, default=1.0, show_default=True, metavar="T",
                         help="Divide logits by T."),
            click.option("--id", "id_column", metavar="COLUMN", help="The column, or field, of the names of rows."),
            click.option("--target", metavar="COLUMN|FILE",
                         help="The outcome that occurred in each row: a label, or a number from 0."),
            click.option("--cluster", metavar="COLUMN|FILE",
                         help="What rows belong to together, for the standard errors."),
            click.option("--p", "p_array", metavar="NAME", help="The array, tensor or field of P."),
            click.option("--q", "q_array", metavar="NAME", help="The array, tensor or field of Q."),
            name_option("--input-format", registry=INPUT_FORMATS, default=None,
                        help=f"Instead of what suffix and first bytes say: {', '.join(INPUT_FORMATS.names())}."),
            click.option("--tail-floor", type=click.FloatRange(0, 1, min_open=True), metavar="E",
                         help="Of lists of the most probable outcomes: what Q gives at least to any other."),
            *options_of_reading("header", "missing", "smooth", "base", "bits", "max_expand"),
        ],
        function,
    )  # fmt: skip


@click.command("rows", cls=Command)
@click.argument("p", type=Operand())
@click.argument("q", type=Operand(), required=False)
@measure_option
@click.option("--summary", is_flag=True, help="What all rows come to, instead of each.")
@click.option("--fail-above", "above", multiple=True, metavar="[STATISTIC:]MEASURE=LIMIT",
              help="Exit with 1 if any row, or mean, median, p99, min, max, is above; repeatable.")  # fmt: skip
@click.option("--fail-below", "below", multiple=True, metavar="FIGURE=LIMIT",
              help="The same below, as for top1_agreement; repeatable.")  # fmt: skip
@_row_options
@partial(output_options, registry=ROW_STREAMS)
def command(
    p: str, q: str | None, measures: tuple[str, ...], summary: bool, above: tuple[str, ...], below: tuple[str, ...],
    output: Output, **options: Any,
) -> ExitCode:  # fmt: skip
    """Row i of P against row i of Q: the outputs of two models, row by row.

    An operand is a matrix (.npy, .npz, .safetensors; the last axis is the
    outcomes), a table with a distribution in each row (CSV, TSV, Parquet; the
    header names the outcomes), JSON lines, the file of logits that llama.cpp's
    perplexity tool writes, or - for standard input. One operand alone holds
    both: JSON lines {"p": ..., "q": ...}, or arrays called p and q.

    \b
    kl rows p.npy q.npy --as logits --summary
    tail -f pairs.jsonl | kl rows - -f jsonl
    kl rows f16.bin q4.bin --fail-above mean:forward_kl=0.01
    """
    limits = [*map(parse_row_limit, above), *(parse_row_limit(text, is_least=True) for text in below)]
    base = 2 if options["bits"] else parse_base(options["base"])
    shown = {measure.name: measure for measure in map(select, expanded(measures or ("forward_kl",)))}
    limited = {name: select(name) for name in needed(limits)}
    pairs = open_pairs(
        [p] if q is None else [p, q], arrays=(options["p_array"], options["q_array"]), id_column=options["id_column"],
        others=[name for name in (options["target"], options["cluster"]) if name is not None],
        input_format=options["input_format"], header=options["header"], max_expand=options["max_expand"],
    )  # fmt: skip
    columns = (*pairs.p.columns, *pairs.q.columns)
    target, cluster = (
        None if options[name] is None else SideColumn(options[name], columns, f"--{name}")
        for name in ("target", "cluster")
    )
    run = RowRun(pairs, RowOptions(
        tuple((shown | limited).values()), len(shown),
        tuple(options[side] or options["as_"] for side in ("p_as", "q_as")),
        base, options["temperature"], parse_smoothing(options["smooth"]), options["missing"], options["tail_floor"],
        target, cluster, options["id_column"],
    ))  # fmt: skip
    tally = RowTally(limits, base, is_summary=summary)

    def head_of(answer: RowAnswer) -> RowHead:
        return RowHead(
            answer.subjects, answer.columns, answer.ids is not None, base, unit_name(UnitKind.INFORMATION, base),
            options["smooth"] or "none", options["temperature"], pairs.is_live, style_of(output),
        )  # fmt: skip

    if summary:
        with reading_sign(filter(None, (p, q))):
            return _summed_up(run, tally, head_of, output)
    return _row_by_row(run, tally, head_of, output, is_judged=bool(limits))


def _summed_up(run: RowRun, tally: RowTally, head_of: Callable[[RowAnswer], RowHead], output: Output) -> ExitCode:
    head: RowHead | None = None
    is_interrupted = False
    with Interruption() as interruption:
        try:
            for answer in run.answers():
                interruption.hold()
                head = head or head_of(answer)
                tally.add(answer)
                interruption.release()
        except KeyboardInterrupt:
            is_interrupted = True
        interruption.hold()
        code = ExitCode.OK
        if head is not None:
            verdicts = () if is_interrupted else tally.verdicts()
            document, facts = head_document(head), facts_of(head)
            code = emit(summary_report(tally.summary(), document, facts, head.base, run.notes, verdicts), output)
    return _interrupted() if is_interrupted else code


def _row_by_row(
    run: RowRun, tally: RowTally, head_of: Callable[[RowAnswer], RowHead], output: Output, *, is_judged: bool
) -> ExitCode:
    draft = None if output.path is None else Draft(output.path)
    write: Callable[[str], object] = write_stdout if draft is None else draft.write
    begin = ROW_STREAMS.lookup(output.format)
    stream: RowStream | None = None
    is_interrupted = False
    try:
        with Interruption() as interruption:
            try:
                for answer in run.answers():
                    interruption.hold()
                    tally.add(answer)
                    text = ""
                    if stream is None:
                        stream = begin(head_of(answer))
                        text = stream.begin()
                    is_read = write(text + stream.rows(answer))
                    interruption.release()
                    if is_read is False and not is_judged:  # nobody wants the rest, which may never end
                        return ExitCode.OK
            except KeyboardInterrupt:
                is_interrupted = True
            interruption.hold()
            verdicts = () if is_interrupted else tally.verdicts()
            if stream is not None:
                write(stream.end(run.notes, verdicts))
            if draft is not None:
                draft.commit()
    except BaseException:
        if draft is not None:
            draft.discard()
        raise
    code = conclude(run.notes, verdicts, output)
    return _interrupted() if is_interrupted else code


def _interrupted() -> ExitCode:
    say("interrupted")
    return ExitCode.INTERRUPTED
