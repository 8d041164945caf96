"""Options that commands share, each with the group under which help lists it: how input is read, what is computed."""

from functools import wraps
from typing import Any

import click

from klcli.cli.command import (
    INPUT,
    LIMITS,
    NUMBERS,
    Decorator,
    Function,
    completer,
    name_option,
    option,
    with_options,
)
from klcli.core.distributions.kinds import KINDS
from klcli.core.measures.measure import MEASURES
from klcli.engines.address import Access
from klcli.errors import UsageError
from klcli.sources.bytes.expansion import MAX_EXPAND, parse_expansion
from klcli.sources.columns.missing_labels import MISSING_LABELS
from klcli.sources.formats.input_format import INPUT_FORMATS
from klcli.sources.formats.text_dialect import AUTO, TextDialect, parse_dialect
from klcli.sources.operands.read_options import ReadOptions
from klcli.support.registry import Registry

__all__ = ["access_options", "input_options", "limit_option", "measure_option", "reading_options", "text_options"]


def measure_option(function: Function) -> Function:
    """Adds -m, repeatable."""
    return option(
        "-m", "--measure", "measures", group=NUMBERS, multiple=True, metavar="NAME",
        shell_complete=completer(MEASURES.names),
        help="Measure to compute, or several: a,b; repeatable; `all` for every one. See `kl list measures`.",
    )(function)  # fmt: skip


def limit_option(help_: str) -> Decorator:
    """Returns --fail-above, repeatable."""
    return option("--fail-above", "limits", group=LIMITS, multiple=True, metavar="[MEASURE=]LIMIT", help=help_)


def _names(registry: Registry[Any]) -> str:
    return ", ".join(registry.names())


def _expansion(ctx: click.Context, param: click.Parameter, value: str) -> str:
    parse_expansion(value)
    return value


_INPUT = {
    "as_": name_option("--as", "as_", registry=KINDS, group=INPUT, default="auto", show_default=True, metavar="KIND",
                       help=f"Meaning of the numbers: {_names(KINDS)}."),
    "p_as": name_option("--p-as", registry=KINDS, group=INPUT, default=None, help="Meaning of the numbers of P."),
    "q_as": name_option("--q-as", registry=KINDS, group=INPUT, default=None, help="Meaning of the numbers of Q."),
    "label": option("--label", group=INPUT, metavar="COLUMN", multiple=True,
                    help="Column of labels, by name or number; with several, as in a,b or repeated, each combination "
                         "is an outcome."),
    "column": option("--column", group=INPUT, metavar="COLUMN",
                     help="Column, by name or number, that holds the numbers of both P and Q."),
    "p_column": option("--p", "p_column", group=INPUT, metavar="COLUMN", help="Column of P."),
    "q_column": option("--q", "q_column", group=INPUT, metavar="COLUMN", help="Column of Q."),
    "input_format": name_option("--input-format", registry=INPUT_FORMATS, group=INPUT, default=None,
                                help="Input format, in place of the suffix; see `kl list inputs`."),
    "p_format": name_option("--p-format", registry=INPUT_FORMATS, group=INPUT, default=None,
                            help="Input format of P."),
    "q_format": name_option("--q-format", registry=INPUT_FORMATS, group=INPUT, default=None,
                            help="Input format of Q."),
    "p_decimal": option("--p-decimal", group=INPUT, type=click.Choice([".", ","]), help="Decimal mark of P."),
    "q_decimal": option("--q-decimal", group=INPUT, type=click.Choice([".", ","]), help="Decimal mark of Q."),
    "header": option("--header/--no-header", group=INPUT, default=None,
                     help="Read the first row of delimited text as names of columns, or as data; by default as names "
                          "where it holds names in place of numbers, with a note."),
    "missing_label": option("--missing-label", group=INPUT, type=click.Choice(list(MISSING_LABELS)), default="error",
                            show_default=True,
                            help="Refuse a row without a label, keep it as an outcome of its own, or drop it."),
    "missing": option("--missing", group=INPUT, type=click.Choice(["zero", "error"]), default="zero",
                      show_default=True, help="Treat a label that one side lacks as mass 0, or as an error."),
    "smooth": option("--smooth", group=NUMBERS, metavar="HOW", help="Smooth P and Q: add:A, floor:E or mix:W."),
    "base": option("--base", group=NUMBERS, default="e", show_default=True, metavar="B",
                   help="Base of the logarithm: e or nats, 2 or bits, 10 or bans, any above 1."),
    "bits": option("--bits", group=NUMBERS, is_flag=True, help="Short for --base 2."),
    "samples": option("--samples", group=NUMBERS, type=click.IntRange(2), metavar="N",
                      show_default="200000, fewer above 20 dimensions",
                      help="Number of Monte Carlo draws, for multivariate families without a formula."),
    "seed": option("--seed", group=NUMBERS, type=click.IntRange(0), default=0, show_default=True, metavar="N",
                   help="Seed of Monte Carlo; the same seed gives the same result."),
    "max_expand": option("--max-expand", group=INPUT, default=MAX_EXPAND, show_default=True, metavar="LIMIT",
                         callback=_expansion, help="Limit on the expansion of a compressed file; none lifts it."),
}  # fmt: skip


def input_options(*names: str) -> list[Decorator]:
    """Returns decorators for some of the options that say how operands are read and compared."""
    return [_INPUT[name] for name in names]


def text_options(function: Function) -> Function:
    """Adds the options that say how a text writes cells and numbers; they arrive as one argument, `dialect`."""
    options = [
        option("--delimiter", group=INPUT, default=AUTO, show_default=True, metavar="CHAR",
               help="Delimiter of columns in text: one character, or comma, tab, semicolon, pipe, space."),
        option("--decimal", group=INPUT, type=click.Choice([".", ","]), default=".", show_default=True,
               help="Decimal mark in text."),
        option("--thousands", group=INPUT, default="", metavar="CHAR", help="Separator of thousands in text."),
        option("--null", "nulls", group=INPUT, multiple=True, metavar="TEXT",
               help="Cell that stands for a missing value, such as NA, or '' for empty cells and NULL; "
                    "repeatable."),
    ]  # fmt: skip

    @wraps(function)
    def with_dialect(
        *args: Any, delimiter: str, decimal: str, thousands: str, nulls: tuple[str, ...], **kwargs: Any
    ) -> Any:
        return function(*args, dialect=parse_dialect(delimiter, decimal, thousands, nulls), **kwargs)

    return with_options(options, with_dialect)


def access_options(function: Function) -> Function:
    """Adds the options that say how an engine is reached; they arrive as one argument, `access`."""
    options = [
        option("--timeout", group=INPUT, type=click.FloatRange(0, min_open=True), metavar="SECONDS",
               help="Cancel a query of a database or Spark that takes longer."),
        option("--engine", group=INPUT, metavar="URL",
               help="Where Spark is: sc://HOST, spark://HOST:PORT or local[N]; by default SPARK_REMOTE."),
    ]  # fmt: skip

    @wraps(function)
    def with_access(*args: Any, timeout: float | None, engine: str | None, **kwargs: Any) -> Any:
        return function(*args, access=Access(timeout, engine), **kwargs)

    return with_options(options, with_access)


def reading_options(function: Function) -> Function:
    """Adds all options that say how operands are read and compared; they arrive as one argument, `reading`."""

    @wraps(function)
    def with_reading(
        *args: Any, as_: str, p_as: str | None, q_as: str | None, label: tuple[str, ...], column: str | None,
        p_column: str | None, q_column: str | None, input_format: str | None, p_format: str | None,
        q_format: str | None, header: bool | None, missing_label: str, missing: str, smooth: str | None, base: str,
        bits: bool, samples: int | None, seed: int, max_expand: str, dialect: TextDialect, access: Access,
        p_decimal: str | None, q_decimal: str | None,
        **kwargs: Any,
    ) -> Any:  # fmt: skip
        if bits and base not in ("e", "2", "bits"):
            raise UsageError(f"--bits is --base 2, and --base is {base}", hint="leave one of the two out")
        reading = ReadOptions(
            (p_as or as_, q_as or as_), (p_column or column, q_column or column), label or None,
            (p_format or input_format, q_format or input_format), missing, smooth, 2 if bits else base, samples, seed,
            header, missing_label, max_expand, dialect, None if p_column or q_column else column, access,
            decimals=(p_decimal, q_decimal),
        )  # fmt: skip
        return function(*args, reading=reading, **kwargs)

    return with_options(_INPUT.values(), text_options(access_options(with_reading)))
