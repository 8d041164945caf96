"""`kl matrix`: a measure between all pairs of many distributions."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Any

import click
import numpy as np

from klcli.cli.answer import Output, emit, refuse_bytes_on_a_terminal
from klcli.cli.command import (
    INPUT,
    NUMBERS,
    OUTPUT,
    Command,
    Operand,
    completer,
    name_option,
    option,
    with_options,
)
from klcli.cli.given import given_options, hinted_at_column, noting_nulls, noting_unused
from klcli.cli.matrix_refusals import (
    hinted_at_rows,
    refuse_a_wall,
    refuse_beyond_memory,
    refuse_labels,
    refuse_together,
)
from klcli.cli.options import access_options, input_options, limit_option, text_options
from klcli.cli.output_options import output_options
from klcli.core.distributions.kinds import KINDS
from klcli.core.distributions.smoothing import Smoothing, parse_smoothing
from klcli.core.distributions.units import parse_base
from klcli.core.limits import Limit, parse_limit
from klcli.core.matrix.all_pairs import AllPairs, pairwise
from klcli.core.matrix.nearest import nearest
from klcli.core.matrix.pair_values import PairValues
from klcli.core.measures.measure import MEASURES, Measure
from klcli.core.measures.selection import names_of, select
from klcli.errors import ExitCode, UsageError
from klcli.notes import one_outcome_each, options_without_effect
from klcli.reports.matrix.report import matrix_report, nearest_report, reference_report
from klcli.reports.matrix.request import MatrixRequest
from klcli.reports.report import Report
from klcli.sources.bytes.expansion import parse_expansion
from klcli.sources.rows.distribution_table import DistributionTable, joined, smoothed
from klcli.sources.rows.read_tables import read_columns, read_operands, read_table
from klcli.support.streams.progress import spinner
from klcli.support.text.safe_text import shorten

__all__ = ["command"]

NPY = "npy"

_WITHOUT_LINES = frozenset({"json", NPY, "svg", "png", "pdf"})
_MANY_TERMS = 10**9  # which take about half a second
_BESIDE_DISTANCES = 1 << 24  # bytes of values in memory, as --cluster holds the distances, which are half of them
_MANY_ROWS = 200  # more than anybody reads as a matrix on a terminal


@click.command("matrix", cls=Command)
@click.argument("sources", nargs=-1, type=Operand(), required=True, metavar="SOURCE...")
@option("-m", "--measure", "measures", group=NUMBERS, multiple=True, default=("forward_kl",), metavar="NAME",
        shell_complete=completer(MEASURES.names),
        help="Measure, forward_kl unless given; see `kl list measures`.")  # fmt: skip
@option("--columns", group=INPUT, is_flag=True, help="Read a distribution from each column, not from each row.")
@option("--id", "id_column", group=INPUT, metavar="COLUMN",
        help="Column that names the rows; by default the first that holds texts.")  # fmt: skip
@option("--array", group=INPUT, metavar="NAME", help="Array, tensor or field of a file that holds the rows.")
@option("--against", group=INPUT, metavar="REF",
        help="Compare each row with REF alone, a row's name or an operand; the closest first.")  # fmt: skip
@name_option("--against-as", registry=KINDS, group=INPUT, metavar="KIND",
             help="Meaning of the numbers of REF, if it is not that of --as.")  # fmt: skip
@option("--nearest", "count", group=OUTPUT, type=click.IntRange(1), metavar="K",
        help="Print the K closest of each row, without holding the matrix; with --against, of REF.")  # fmt: skip
@option("--cluster", group=OUTPUT, is_flag=True, help="Order the rows by average linkage, so that groups are seen.")
@option("--long", "is_long", group=OUTPUT, is_flag=True, help="Print a line for each pair: row, column, value.")
@limit_option("Exit with 1 if an entry is above; those of a row with itself do not count.")
@partial(
    with_options,
    input_options(
        "as_",
        "label",
        "column",
        "input_format",
        "header",
        "missing_label",
        "max_expand",
        "missing",
        "smooth",
        "base",
        "bits",
    ),
)
@text_options
@access_options
@output_options
@click.pass_context
def command(
    ctx: click.Context, /, sources: tuple[str, ...], measures: tuple[str, ...], columns: bool, id_column: str | None,
    array: str | None, against: str | None, against_as: str | None, count: int | None, cluster: bool, is_long: bool,
    limits: tuple[str, ...], base: str, bits: bool, smooth: str | None, missing: str, output: Output, **reading: Any,
) -> ExitCode:  # fmt: skip
    """Compute a measure between all pairs: entry (i, j) has row i as P, row j as Q.

    One SOURCE is a table with a distribution in each row (CSV, JSON lines,
    Parquet, .npy, .npz, .safetensors, - for standard input), or in each column
    with --columns. Several sources are one distribution each, as in kl compute,
    joined by label. Values are accurate also for rows that nearly agree.

    \b
    kl matrix runs/*.csv -m jensen_shannon --cluster
    kl matrix letters.csv --columns --as weights --bits
    kl matrix topics.npy --nearest 5 -f csv
    kl matrix topics.npy -o kl.npy
    kl matrix letters.csv --columns --against text.csv
    """
    chosen = _one(measures)
    request = MatrixRequest(chosen, parse_base(2 if bits else base), smooth or "none", _limit(limits, chosen))
    smoothing = parse_smoothing(smooth)
    is_array = output.format == NPY
    if is_array:
        refuse_bytes_on_a_terminal(output)
    if is_long and output.format in _WITHOUT_LINES and not output.reports:
        unused = options_without_effect(
            ("--long",), (f"the format {output.format}; -f jsonl has a line for each pair",)
        )
        output = output._replace(notes=(*output.notes, unused))
    if [*sources, against].count("-") > 1:
        raise UsageError("standard input can be one operand, not more", hint="pass the others as files")
    if against_as is not None and against is None:
        raise UsageError("--against-as is for --against, which is not given", hint="--as is for all rows")
    are_rows = len(sources) == 1 and not columns
    words = sources if against is None else (*sources, against)
    output = noting_unused(output, words, (reading["input_format"],), [chosen], are_rows=are_rows)
    of_table = {"--columns": columns, "--id": id_column, "--array": array}
    of_all = {"--cluster": cluster, "--long": is_long, "-f npy": is_array}
    refuse_together(sources, of_table, {"--nearest": count, "--against": against}, of_all)
    if are_rows and against is None:
        refuse_labels(reading)
    rows = _rows(sources, reading, columns=columns, id_column=id_column, array=array, missing=missing)
    if len(rows) > 1 and rows.stack.outcomes == 1:
        rows = replace(rows, notes=(*rows.notes, one_outcome_each(rows.source, "--columns" if are_rows else "")))
    output = _noting_labels(output, rows, columns=columns, is_alone=len(sources) == 1 and against is None)
    if against is None and not are_rows:
        output = noting_nulls(output, sources, rows.notes, reading["dialect"])
    if against is not None:
        reading |= {"as_": against_as or reading["as_"], "label": reading["label"] or None}
        return emit(_against(request, rows, against, count, reading, missing, smoothing), output)
    rows = rows if smoothing is None else smoothed(rows, smoothing)
    if count is not None and len(rows) == 1:
        raise UsageError("there is one row, and no other to be near it", hint="give a table of two or more rows")
    if count is not None:
        with _under_way(rows):
            found = nearest(AllPairs(chosen, rows.stack), count)
        return emit(nearest_report(request, rows, found), output)
    if len(rows) > _MANY_ROWS and not is_array:
        refuse_a_wall(ctx, output, len(rows))
    refuse_beyond_memory(rows, parse_expansion(reading["max_expand"]))
    with _under_way(rows):
        pairs, order = AllPairs(chosen, rows.stack), ""
        nats = PairValues.of(pairs, in_memory=_BESIDE_DISTANCES) if cluster else PairValues.of(pairs)
    if cluster:
        from klcli.runs.clustering import cluster_order

        places = cluster_order(nats)
        nats, rows = nats.ordered(places), rows.select(places)
        order = "average linkage" + ("" if chosen.symmetric else " of the mean of both directions")
    return emit(matrix_report(request, rows, nats, order=order, is_long=is_long), output)


def _rows(
    sources: Sequence[str], reading: Mapping[str, Any], *, columns: bool, id_column: str | None, array: str | None,
    missing: str,
) -> DistributionTable:  # fmt: skip
    reading = {**reading, "label": reading["label"] or None}
    if len(sources) > 1:
        with hinted_at_column():
            return read_operands(sources, **reading, missing=missing)
    column = reading.pop("column")
    if column is not None:
        raise UsageError("--column names the numbers of several sources, but there is one", hint="omit it")
    if columns:
        return read_columns(sources[0], **reading, array=array)
    reading = {name: value for name, value in reading.items() if name not in ("label", "missing_label", "access")}
    return read_table(sources[0], **reading, id_column=id_column, array=array)


def _noting_labels(output: Output, rows: DistributionTable, *, columns: bool, is_alone: bool) -> Output:
    """Returns the output with a note on the options of labels that had no effect, unless one says so already."""
    if rows.labels is None:
        asked, noun = ("--missing", *(("--missing-label", "--null") if columns else ())), "outcomes without labels"
    else:
        asked, noun = ("--missing",) if is_alone else (), "one table, of which all distributions have the same labels"
    said = {option for note in output.notes for value in note.values if isinstance(value, tuple) for option in value}
    unused = tuple(option for option in asked if option in given_options() - said)
    return output._replace(notes=(*output.notes, options_without_effect(unused, (noun,)))) if unused else output


def _under_way(rows: DistributionTable) -> AbstractContextManager[None]:
    """Returns a context that shows a spinner on a terminal if the matrix is large."""
    terms = len(rows) ** 2 * rows.stack.outcomes
    return spinner(f"{len(rows):,} × {len(rows):,} pairs", is_wanted=terms >= _MANY_TERMS)


def _against(
    request: MatrixRequest, rows: DistributionTable, word: str, count: int | None, reading: Mapping[str, Any],
    missing: str, smoothing: Smoothing | None,
) -> Report:  # fmt: skip
    """Returns the report of each row against one of the rows, or against an operand, closest first."""
    if rows.names.count(word) > 1:
        raise UsageError(f"{rows.names.count(word)} rows are called {word!r}", hint="give the reference as an operand")
    if word in rows.names:
        place = rows.names.index(word)
        reference = replace(rows.select([place]), source=word, notes=())
        rows = rows.select([row for row in range(len(rows)) if row != place])
        if not len(rows):
            raise UsageError(f"{word!r} is the only row: no other can be compared with it")
    else:
        with hinted_at_rows(word, rows.names):
            operand = read_operands([word], **reading)
        (rows, reference), notes = joined([rows, operand], missing)
        rows = replace(rows, notes=(*rows.notes, *notes))
    if smoothing is not None:
        rows, reference = smoothed(rows, smoothing), replace(smoothed(reference, smoothing), notes=reference.notes)
    nats = pairwise(request.measure, rows.stack, reference.stack)[:, 0]
    order = np.argsort(nats, kind="stable")[:count]
    return reference_report(replace(request, q=shorten(reference.source)), rows, reference, order, nats)


def _one(names: Sequence[str]) -> Measure:
    found = {measure.name: measure for measure in map(select, names_of(names))}
    if len(found) != 1:
        raise UsageError("a matrix is of one measure", hint="run kl matrix once for each")
    return found.popitem()[1]


def _limit(texts: Sequence[str], measure: Measure) -> Limit | None:
    """Returns the lowest of the limits, or None."""
    limits = [parse_limit(text if "=" in text else f"{measure.name}={text}") for text in texts]
    other = next((limit for limit in limits if limit.measure.name != measure.name), None)
    if other is not None:
        raise UsageError(
            f"a limit on {other.measure.name}, but the matrix is of {measure.name}",
            hint=f"pass -m {other.measure.name}",
        )
    return min(limits, key=lambda limit: limit.limit, default=None)
