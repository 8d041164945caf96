"""Options of commands that count tables: which rows, and what an engine may take."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple, TypeVar

from klcli.cli.command import INPUT, option, with_options
from klcli.cli.options import access_options
from klcli.engines.address import Access

__all__ = ["Counting", "engine_options"]

Function = TypeVar("Function", bound=Callable[..., Any])


class Counting(NamedTuple):
    """Which rows are counted, and how: the values of `engine_options`.

    Attributes:
        where: Conditions in SQL on the rows of the first and of the second table, empty for all.
        access: How an engine is reached.
    """

    where: tuple[str, str] = ("", "")
    access: Access = Access()


def engine_options(*, sides: bool) -> Callable[[Function], Function]:
    """Adds --where, --timeout and --engine, which arrive as `counting`; with `sides` also --p-where and --q-where."""
    options = [
        option("--where", group=INPUT, multiple=True, metavar="SQL",
               help="Condition on the rows that are counted; repeatable: rows meet all."),
        *(
            option(f"--{side}-where", group=INPUT, multiple=True, metavar="SQL",
                   help=f"Condition on the rows of {name}; repeatable.")
            for side, name in (("p", "REF"), ("q", "CUR"))
            if sides
        ),
    ]  # fmt: skip

    def decorate(function: Function) -> Function:
        @wraps(function)
        def with_counting(
            *args: Any, where: tuple[str, ...], access: Access, p_where: tuple[str, ...] = (),
            q_where: tuple[str, ...] = (), **kwargs: Any,
        ) -> Any:  # fmt: skip
            both = (_all(*where, *p_where), _all(*where, *q_where))
            return function(*args, counting=Counting(both, access), **kwargs)

        found: Function = with_options(options, access_options(with_counting))
        return found

    return decorate


def _all(*conditions: str) -> str:
    """Returns the condition that rows meet all of these; a comment in one ends with its line."""
    given = [condition for condition in conditions if condition]
    return given[0] if len(given) == 1 else " AND ".join(f"(\n{condition}\n)" for condition in given)
