"""Options of `kl drift` on how columns are judged: limits, the test, bins."""

from collections.abc import Callable
from typing import Any

import click

from klcli.cli.command import LIMITS, NUMBERS, option, with_options

__all__ = ["judging_options"]

_OPTIONS = (
    option(
        "--limit",
        "limits",
        group=LIMITS,
        multiple=True,
        metavar="[COLUMN:][MEASURE=]X",
        help="Limit, repeatable; unnamed, of PSI. Defaults: jeffreys 0.1, missing 0.05, unseen 0.01; inf lifts one.",
    ),
    option("--no-limits", group=LIMITS, is_flag=True, help="Hold nothing against a limit."),
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


def judging_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options, in the order in which help shows them."""
    return with_options(_OPTIONS, function)
