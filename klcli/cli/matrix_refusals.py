"""Checks of `kl matrix` before it computes: options that exclude each other, and matrices that are too large."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click
from click.core import ParameterSource

from klcli.cli.answer import Output, is_terminal
from klcli.errors import NotADistribution, NotComparable, Unreadable, UsageError
from klcli.notes import listing
from klcli.sources.bytes.expansion import Expansion
from klcli.sources.bytes.files import status_of
from klcli.sources.rows.distribution_table import DistributionTable
from klcli.sources.text.inline import is_inline
from klcli.support.process.memory import available_memory
from klcli.support.registry import nearest
from klcli.support.sentence import joined, renamed

__all__ = [
    "hinted_at_rows",
    "refuse_a_wall",
    "refuse_beyond_memory",
    "refuse_labels",
    "refuse_together",
]

Options = Mapping[str, Any]

_LISTED = 12  # rows that an error lists
_VALUE = 8  # bytes
_FREE = 1 << 28  # bytes that a matrix may take however small its rows: of 5,792 rows


def refuse_together(sources: Sequence[str], of_table: Options, of_some: Options, of_all: Options) -> None:
    """Refuses options that exclude each other."""
    if len(sources) > 1 and (flag := _given(of_table)):
        raise UsageError(f"{flag} is for one table, but there are {len(sources)} sources")
    if of_table["--columns"] and of_table["--id"]:
        raise UsageError("--id names rows, but the distributions are columns", hint="pass --label COLUMN for outcomes")
    some, every = _given(of_some), _given(of_all)
    if some and every:
        raise UsageError(f"{every} is for all pairs, not for those of {some}")


def refuse_labels(reading: Options) -> None:
    """Refuses options of labels for a table of rows, which has none but its header."""
    asked = {"--label": reading["label"], "--missing-label": reading["missing_label"] != "error"}
    if flag := _given(asked):
        raise UsageError(
            f"{flag} is for a column of labels, but each row is a distribution",
            hint="pass --id COLUMN for the names of the rows, or --columns if each column is a distribution",
        )


def refuse_beyond_memory(rows: DistributionTable, limit: Expansion) -> None:
    """Refuses a matrix that does not fit into memory, or is out of proportion to its rows, before it is computed."""
    size, given = _VALUE * len(rows) ** 2, _VALUE * len(rows) * rows.stack.outcomes
    if size > available_memory():
        found, cure = "more than is free", ""
    elif size > max(_FREE, limit.ratio * given):
        found, cure = (
            f"more than {limit.ratio:g} times the rows themselves",
            "; --max-expand none allows it all the same",
        )
    else:
        return
    raise NotComparable(
        f"{len(rows):,} × {len(rows):,} values take {size / 2**30:,.1f} GiB, {found}",
        place=rows.source,
        hint=f"pass --nearest 5, or --against REF, which hold no matrix{cure}",
    )


def refuse_a_wall(ctx: click.Context, output: Output, count: int) -> None:
    """Refuses to print a huge table on a terminal, unless -f is given."""
    if is_terminal(output) and ctx.get_parameter_source("format_") is not ParameterSource.COMMANDLINE:
        raise UsageError(
            f"{count:,} rows make a table of {count * count:,} numbers",
            hint="pass --nearest 5, or -o FILE.npy; -f table prints it all the same",
        )


def _given(options: Options) -> str | None:
    return next((flag for flag, value in options.items() if value), None)


@contextmanager
def hinted_at_rows(word: str, names: Sequence[str]) -> Iterator[None]:
    """Gives an error on a reference its own option, or a hint at the rows if it names neither a file nor masses."""
    try:
        yield
    except NotADistribution as error:
        error.hint = renamed(error.hint, {"--as": "--against-as"})
        raise
    except Unreadable as error:
        if is_inline(word) or status_of(word) is not None:
            raise
        near = nearest(word, names)
        rows = f"did you mean the row {near[0]}?" if near else f"the rows are {listing(names, most=_LISTED)}"
        raise type(error)(
            error.finding, place=error.place, hint=rows if near else joined("; ", rows, error.hint)
        ) from None
