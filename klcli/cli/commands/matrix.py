"""`kl matrix`: a measure between all pairs of many distributions."""

import io
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Any

import click
import numpy as np
from click.core import ParameterSource

from klcli.cli.commands.shared import (
    Command,
    Operand,
    Output,
    completer,
    emit,
    emit_text,
    one_of,
    options_of_reading,
    output_options,
    with_options,
)
from klcli.core.distributions.distribution import KINDS
from klcli.core.distributions.smoothing import Smoothing, parse_smoothing
from klcli.core.distributions.units import parse_base
from klcli.core.limits import Limit, parse_limit
from klcli.core.matrix.all_pairs import AllPairs, pairwise
from klcli.core.matrix.nearest import nearest
from klcli.core.measures.measure import MEASURES, Measure, select
from klcli.errors import ExitCode, UsageError
from klcli.reports.matrix import Question, matrix_report, nearest_report, reference_report
from klcli.reports.renderers import RENDERERS
from klcli.reports.report import Report
from klcli.sources.rows.distribution_table import (
    DistributionTable,
    joined,
    read_columns,
    read_operands,
    read_table,
    smoothed,
)
from klcli.support.progress import under_way
from klcli.support.registry import Registry
from klcli.support.safe_text import shorten

__all__ = ["command"]

NPY = "npy"
Options = Mapping[str, Any]

_LONG = 10**9  # terms, which take about half a second
_MANY = 200  # rows, whose table nobody reads on a terminal

_FORMATS: Registry[str] = Registry("format", "formats")
for _name in (*RENDERERS.names(), NPY):
    _FORMATS.add(_name, _name)


@click.command("matrix", cls=Command)
@click.argument("sources", nargs=-1, type=Operand(), required=True, metavar="SOURCE...")
@click.option("-m", "--measure", "measures", multiple=True, default=("forward_kl",), metavar="NAME",
              shell_complete=completer(MEASURES.names),
              help="The measure, forward_kl unless given; `kl list measures` shows them.")  # fmt: skip
@click.option("--columns", is_flag=True, help="The distributions are the columns of the table, not its rows.")
@click.option("--id", "id_column", metavar="COLUMN",
              help="The column that names the rows; by default the first that holds texts.")  # fmt: skip
@click.option("--array", metavar="NAME", help="The array, tensor or field of a file that holds the rows.")
@click.option("--against", metavar="REF",
              help="One column: each row against REF, a row's name or an operand; the closest first.")  # fmt: skip
@click.option("--against-as", callback=one_of(KINDS), shell_complete=completer(KINDS.names), metavar="KIND",
              help="What the numbers of REF are, where --as is not so for it.")  # fmt: skip
@click.option("--nearest", "count", type=click.IntRange(1), metavar="K",
              help="The K closest of each row, without holding the matrix; with --against, of REF.")  # fmt: skip
@click.option("--cluster", is_flag=True, help="Order the rows by average linkage, so that groups are seen.")
@click.option("--long", "is_long", is_flag=True, help="A line for each pair: row, column, value.")
@click.option("--fail-above", "limits", multiple=True, metavar="[MEASURE=]LIMIT",
              help="Exit with 1 if an entry is above; those of a row with itself do not count.")  # fmt: skip
@partial(
    with_options,
    options_of_reading(
        "as_", "label", "input_format", "header", "missing_label", "max_expand", "missing", "smooth", "base", "bits"
    ),
)
@partial(output_options, registry=_FORMATS)
@click.pass_context
def command(
    ctx: click.Context, /, sources: tuple[str, ...], measures: tuple[str, ...], columns: bool, id_column: str | None,
    array: str | None, against: str | None, against_as: str | None, count: int | None, cluster: bool, is_long: bool,
    limits: tuple[str, ...], base: str, bits: bool, smooth: str | None, missing: str, output: Output, **reading: Any,
) -> ExitCode:  # fmt: skip
    """A measure between all pairs: entry (i, j) is of row i as P, and row j as Q.

    One SOURCE is a table with a distribution in each row (CSV, JSON lines,
    Parquet, .npy, .npz, .safetensors, - for standard input), or in each column
    with --columns. Several are a distribution each, as in kl compute, joined by
    label. Rows that nearly agree keep their digits.

    \b
    kl matrix runs/*.csv -m jensen_shannon --cluster
    kl matrix letters.csv --columns --as weights --bits
    kl matrix topics.npy --nearest 5 -f csv
    kl matrix topics.npy -o kl.npy
    kl matrix letters.csv --columns --against text.csv
    """
    chosen = _one(measures)
    question = Question(chosen, parse_base(2 if bits else base), smooth or "none", _limit(limits, chosen))
    smoothing = parse_smoothing(smooth)
    output = _of_suffix(ctx, output)
    is_array = output.format == NPY
    if [*sources, against].count("-") > 1:
        raise UsageError("standard input can be one operand, not more", hint="pass the others as files")
    of_table = {"--columns": columns, "--id": id_column, "--array": array}
    of_all = {"--cluster": cluster, "--long": is_long, "-f npy": is_array}
    _refuse(sources, of_table, {"--nearest": count, "--against": against}, of_all)
    rows = _rows(sources, reading, columns=columns, id_column=id_column, array=array, missing=missing)
    if against is not None:
        reading |= {"as_": against_as or reading["as_"], "label": reading["label"] or None}
        return emit(_against(question, rows, against, count, reading, missing, smoothing), output)
    rows = rows if smoothing is None else smoothed(rows, smoothing)
    if count is not None:
        with _under_way(rows):
            found = nearest(AllPairs(chosen, rows.stack), count)
        return emit(nearest_report(question, rows, *found), output)
    if len(rows) > _MANY and not is_array:
        _refuse_a_wall(ctx, output, len(rows))
    with _under_way(rows):
        nats, order = pairwise(chosen, rows.stack), ""
    if cluster:
        from klcli.runs.clustering import clustered

        places = clustered(nats)
        nats, rows = nats[np.ix_(places, places)], rows.select(places)
        order = "average linkage" + ("" if chosen.symmetric else " of the mean of both directions")
    if is_array:
        stream = io.BytesIO()
        np.save(stream, question.scaled(nats))
        return emit_text(stream.getvalue(), matrix_report(question, rows, nats, order=order, is_bare=True), output)
    return emit(matrix_report(question, rows, nats, order=order, is_long=is_long), output)


def _rows(
    sources: Sequence[str], reading: Mapping[str, Any], *, columns: bool, id_column: str | None, array: str | None,
    missing: str,
) -> DistributionTable:  # fmt: skip
    reading = {**reading, "label": reading["label"] or None}
    if len(sources) > 1:
        return read_operands(sources, **reading, missing=missing)
    if columns:
        return read_columns(sources[0], **reading, array=array)
    reading = {name: value for name, value in reading.items() if name not in ("label", "missing_label")}
    return read_table(sources[0], **reading, id_column=id_column, array=array)


def _under_way(rows: DistributionTable) -> AbstractContextManager[None]:
    """On a terminal, the sign of what takes long."""
    terms = len(rows) ** 2 * rows.stack.outcomes
    return under_way(f"{len(rows):,} × {len(rows):,} pairs", is_wanted=terms >= _LONG)


def _against(
    question: Question, rows: DistributionTable, word: str, count: int | None, reading: Mapping[str, Any], missing: str,
    smoothing: Smoothing | None,
) -> Report:  # fmt: skip
    """Each row against one of them, or against an operand, the closest first."""
    if rows.names.count(word) > 1:
        raise UsageError(f"{rows.names.count(word)} rows are called {word!r}", hint="give the reference as an operand")
    if word in rows.names:
        place = rows.names.index(word)
        reference = replace(rows.select([place]), source=word, notes=())
        rows = rows.select([row for row in range(len(rows)) if row != place])
        if not len(rows):
            raise UsageError(f"{word!r} is the only row: there is none to hold against it")
    else:
        (rows, reference), notes = joined([rows, read_operands([word], **reading)], missing)
        rows = replace(rows, notes=(*rows.notes, *notes))
    if smoothing is not None:
        rows, reference = smoothed(rows, smoothing), replace(smoothed(reference, smoothing), notes=reference.notes)
    nats = pairwise(question.measure, rows.stack, reference.stack)[:, 0]
    order = np.argsort(nats, kind="stable")[:count]
    return reference_report(replace(question, q=shorten(reference.source)), rows, reference, order, nats)


def _one(names: Sequence[str]) -> Measure:
    found = {select(name).name: select(name) for name in names if name != "all"}
    if len(found) != 1 or "all" in names:
        raise UsageError("a matrix is of one measure", hint="run kl matrix once for each")
    return found.popitem()[1]


def _limit(texts: Sequence[str], measure: Measure) -> Limit | None:
    """The limit on an entry; of several the lowest."""
    limits = [parse_limit(text if "=" in text else f"{measure.name}={text}") for text in texts]
    other = next((limit for limit in limits if limit.measure.name != measure.name), None)
    if other is not None:
        raise UsageError(
            f"a limit on {other.measure.name}, but the matrix is of {measure.name}",
            hint=f"pass -m {other.measure.name}",
        )
    return min(limits, key=lambda limit: limit.limit, default=None)


def _of_suffix(ctx: click.Context, output: Output) -> Output:
    """The output, as an array where FILE.npy is to be written and no format is asked for."""
    is_asked = ctx.get_parameter_source("format_") is ParameterSource.COMMANDLINE
    if output.path is not None and output.path.endswith(".npy") and not is_asked:
        output = output._replace(format=NPY)
    if output.format == NPY and output.path is None and sys.stdout is not None and sys.stdout.isatty():
        raise UsageError("an array is not written to a terminal", hint="pass -o FILE.npy")
    return output


def _refuse(sources: Sequence[str], of_table: Options, of_some: Options, of_all: Options) -> None:
    """Refuses what does not go together."""
    if len(sources) > 1 and (flag := _given(of_table)):
        raise UsageError(f"{flag} is for one table, but there are {len(sources)} sources")
    if of_table["--columns"] and of_table["--id"]:
        raise UsageError("--id names rows, but the distributions are columns", hint="pass --label COLUMN for outcomes")
    some, every = _given(of_some), _given(of_all)
    if some and every:
        raise UsageError(f"{every} is for all pairs, not for those of {some}")


def _given(options: Options) -> str | None:
    return next((flag for flag, value in options.items() if value), None)


def _refuse_a_wall(ctx: click.Context, output: Output, count: int) -> None:
    """Refuses to fill a terminal with numbers that nobody asked to see."""
    is_terminal = output.path is None and sys.stdout is not None and sys.stdout.isatty()
    if is_terminal and ctx.get_parameter_source("format_") is not ParameterSource.COMMANDLINE:
        raise UsageError(
            f"{count:,} rows make a table of {count * count:,} numbers",
            hint="pass --nearest 5, or -o FILE.npy; -f table prints it all the same",
        )
