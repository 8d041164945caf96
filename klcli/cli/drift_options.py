"""Options of `kl drift` on what of two tables is compared, and how it is judged: limits, the test, bins."""

from collections.abc import Callable
from typing import Any

import click

from klcli.cli.command import INPUT, LIMITS, NUMBERS, option, with_options

__all__ = ["comparing_options", "judging_options"]

_JUDGING = (
    option(
        "--limit",
        "limits",
        group=LIMITS,
        multiple=True,
        metavar="[COLUMN:][MEASURE=]X",
        help="Limit, repeatable; unnamed, of PSI. Defaults: jeffreys 0.1, missing 0.05, unseen 0.01; inf lifts one.",
    ),
    option(
        "--no-limits",
        group=LIMITS,
        is_flag=True,
        help="Drop the limits that are set by default and in kl.toml; those of --limit hold.",
    ),
    option("--strict", group=LIMITS, is_flag=True, help="Exit 3 if a column is unclear."),
    option(
        "--fail-on",
        group=LIMITS,
        type=click.Choice(["exceeded", "changed"]),
        default="exceeded",
        help="Exit 1 also for columns that changed within their limits.",
    ),
    option(
        "--alpha",
        group=NUMBERS,
        type=float,
        default=0.05,
        show_default=True,
        metavar="A",
        help="Chance of any false alarm in the run.",
    ),
    option(
        "--adjust",
        group=NUMBERS,
        type=click.Choice(["holm", "bh", "none"]),
        default="holm",
        show_default=True,
        help="Adjustment of p-values over the columns.",
    ),
    option(
        "--exact",
        group=NUMBERS,
        is_flag=True,
        help="p-values of the values by up to 99,999 random relabellings (seeded), instead of χ².",
    ),
    option(
        "--min-rows",
        group=NUMBERS,
        type=click.IntRange(1),
        default=50,
        show_default=True,
        metavar="N",
        help="Values that each side of a column needs.",
    ),
    option(
        "--bins",
        group=NUMBERS,
        default="quantile:10",
        show_default=True,
        metavar="RULE",
        help="Bins of numbers, cut on REF: quantile:B, width:B, sturges, doane, fd, edges:A,B or values.",
    ),
)
_COMPARING = (
    option(
        "--pairs",
        group=INPUT,
        multiple=True,
        metavar="A,B",
        help="Also compare two columns jointly: KL(a, b) = KL(a) + KL(b given a); repeatable.",
    ),
    option(
        "--missing",
        group=INPUT,
        type=click.Choice(["apart", "bin", "drop", "fail"]),
        default="apart",
        show_default=True,
        help="Compare null shares apart, count nulls as a cell, ignore them, or refuse them.",
    ),
    option(
        "--new-columns",
        group=INPUT,
        type=click.Choice(["note", "fail"]),
        default="note",
        show_default=True,
        help="Note columns that REF lacks, or exit 3.",
    ),
    option("--allow-missing", group=INPUT, multiple=True, metavar="GLOB", help="Columns that CUR may lack."),
    option("--allow-insufficient", group=INPUT, is_flag=True, help="Too few values are no error."),
    option("--allow-disjoint", group=INPUT, is_flag=True, help="Two columns without a common label are no error."),
)


def judging_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options on how columns are judged, in the order in which help shows them."""
    return with_options(_JUDGING, function)


def comparing_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options on which columns and cells are compared, in the order in which help shows them."""
    return with_options(_COMPARING, function)
