"""Queries for one row of aggregates of a table, each of which shows whether the table is still what it was."""

from collections.abc import Sequence
from typing import Any

from klcli.engines.sql.engine import Engine
from klcli.errors import Unreadable
from klcli.support.sentence import Option, Sentence

__all__ = ["Aggregates"]


class Aggregates:
    """A table, of which one row of aggregates is asked at a time.

    Args:
        relation: What follows FROM. rows: Number of rows of the table; None where they are counted now.
    """

    def __init__(self, engine: Engine, name: str, relation: str, rows: int | None = None) -> None:
        self.engine, self.sql, self.name, self.relation = engine, engine.dialect, name, relation
        self.rows = int(engine.rows(f"SELECT count(*) FROM {relation}")[0][0]) if rows is None else rows

    def of(self, terms: Sequence[str], relation: str = "") -> tuple[Any, ...]:
        """Returns one row of aggregates of the table, or of a query for all of its rows.

        Raises:
            Unreadable: the table has another number of rows than before.
        """
        rows, *found = self.engine.rows(f"SELECT count(*) AS n, {listed(terms)} FROM {relation or self.relation}")[0]
        self.refuse_other_rows(rows)
        return tuple(found)

    def refuse_other_rows(self, rows: int) -> None:
        """Raises Unreadable for another number of rows than before."""
        if rows != self.rows:
            raise Unreadable(
                f"the table changed while it was counted: it had {self.rows:,} rows, and then {rows:,}",
                place=self.name,
                hint=Sentence("count a copy, a snapshot, or the rows before a time, as with ", Option("--where")),
            )


def listed(terms: Sequence[str]) -> str:
    """Returns terms of a SELECT, named a0, a1, …"""
    return ", ".join(f"{term} AS a{at}" for at, term in enumerate(terms))
