"""Options of the commands that read raw tables: which columns, of which kinds, and how files write them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import click
from click.core import ParameterSource

from klcli.cli.command import INPUT, OTHER, option, with_options
from klcli.cli.options import text_options
from klcli.errors import UsageError
from klcli.sources.drift.setting_values import SIDES
from klcli.sources.drift.settings import listed

__all__ = ["SIDE_SETTINGS", "access_given", "given_settings", "kinds_by_column", "side_options", "table_options"]

Function = Callable[..., Any]

_READ_AS_IS = ("header", "na", "input_format", "delimiter", "decimal", "thousands")
SIDE_SETTINGS = tuple(SIDES)
_ACCESS = ("timeout", "engine")
_LISTS = ("columns", "exclude")


def table_options(function: Function) -> Function:
    """Adds the options that say which columns of a table are read, and how; `given_settings` gathers them."""
    options = [
        option("--columns", group=INPUT, multiple=True, metavar="GLOB", help="Read these columns only; comma lists."),
        option("--exclude", group=INPUT, multiple=True, metavar="GLOB", help="Leave these columns out; comma lists."),
        option("--type", "types", group=INPUT, multiple=True, metavar="COLUMN=KIND",
               help="Kind of a column: numeric, category, boolean, time, text or id; repeatable."),
        option("--na", group=INPUT, is_flag=True, help="Read NA, N/A, NaN, null and none in text as missing."),
        option("--header/--no-header", group=INPUT, default=None,
               help="The first row of a text names the columns, which is the default, or is data."),
        option("--input-format", group=INPUT, metavar="NAME", help="csv, jsonl or parquet, in place of the suffix."),
        option("-j", "--jobs", group=OTHER, type=click.IntRange(1, 1024), metavar="N",
               help="Number of threads that count; by default as many as there are processors."),
    ]  # fmt: skip
    return with_options(options, text_options(function))


def side_options(function: Function) -> Function:
    """Adds the forms with p- and q- of the options on how a text is written; help states the rule in place of each."""
    settings: dict[str, dict[str, Any]] = {
        "format": {}, "delimiter": {}, "decimal": {"type": click.Choice([".", ","])}, "thousands": {},
        "null": {"multiple": True}, "na": {"is_flag": True},
    }  # fmt: skip
    options = [option(f"--{side}-{name}", group=INPUT, hidden=True, **more)
               for name, more in settings.items() for side in "pq"]  # fmt: skip
    options += [option(f"--{side}-header/--{side}-no-header", group=INPUT, hidden=True, default=None) for side in "pq"]
    return with_options(options, function)


def given_settings(ctx: click.Context, names: Iterable[str] = (), lists: Iterable[str] = ()) -> dict[str, Any]:
    """Returns what the command line sets, by the names of settings of drift.

    Args:
        names, lists: Further options: of one value, and those that take comma lists and may be repeated.
    """
    given = {
        name: value for name, value in ctx.params.items()
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }  # fmt: skip
    found = {name: given[name] for name in (*_READ_AS_IS, *names) if name in given}
    found |= {name: listed(given[name]) for name in (*_LISTS, *lists) if name in given}
    renamed = {"nulls": "null", "measures": "measure"}
    return found | {renamed[name]: given[name] for name in renamed if name in given}


def access_given(ctx: click.Context) -> set[str]:
    """Returns the options on how an engine is reached that are on the command line."""
    return {name for name in _ACCESS if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE}


def kinds_by_column(types: Iterable[str]) -> Mapping[str, str]:
    """Returns the kinds that --type sets, by column or pattern.

    Raises:
        UsageError: one is not COLUMN=KIND.
    """
    kinds = {}
    for text in types:
        column, equals, kind = text.rpartition("=")
        if not equals or not column:
            raise UsageError(f"--type {text}: not COLUMN=KIND", hint="as in --type zip=category")
        kinds[column] = kind
    return kinds
