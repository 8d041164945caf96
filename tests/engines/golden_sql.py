"""Every query that is asked of an engine, as text, so that a review sees what changes.

`python tests/engines/golden_sql.py` writes them anew. The edge table shows that they count right.
"""

import re
import sys
from pathlib import Path

from klcli.engines.postgres.dialect import PostgresDialect
from klcli.engines.spark.dialect import SparkDialect
from klcli.engines.sql.counting import SqlTable
from klcli.engines.sql.dialect import Dialect
from klcli.tables.column import Column, Read, Reading, Storage
from klcli.tables.cuts import Cut
from klcli.tables.joint import Axis

FOLDER = Path(__file__).parent / "sql"
DIALECTS = {"duckdb": Dialect(), "postgres": PostgresDialect(), "spark": SparkDialect()}
COLUMNS = [
    Column(0, 'Weird "na`me; é', Storage.FLOAT),
    Column(1, "whole", Storage.INTEGER),
    Column(2, "price", Storage.DECIMAL, scale=2),
    Column(3, "flag", Storage.BOOLEAN),
    Column(4, "at", Storage.INSTANT),
    Column(5, "word", Storage.TEXT),
    Column(6, "nested", Storage.UNSUPPORTED),
]


class Recorder:
    """An engine without data, which keeps what it is asked, and answers 3 to all."""

    name = "recorder"

    def __init__(self, dialect):
        self.dialect, self.asked = dialect, []
        self.has_exact_quantiles = not isinstance(dialect, SparkDialect)

    def rows(self, sql):
        self.asked.append(re.sub(r"\s+", " ", sql).strip())
        cells = len(re.findall(r" AS a[0-9]+\b", sql))
        if "quantile" in sql or "percentile" in sql:
            return [(3, *([[3, 3]] * cells))]
        if "(VALUES " in sql and "AS r(k, r)" in sql:
            return [(k, r, 3) for k in range(9) for r in (1, 2)]
        return [(3,) * (cells + ("AS n," in sql) or 1)] if sql.startswith("SELECT count(") else []

    def column(self, sql):
        self.asked.append(sql)
        return []


def queries(dialect):
    engine = Recorder(dialect)
    table = SqlTable(engine, "t", dialect.table(["schema", "t"]), COLUMNS)
    table.facts(COLUMNS)
    double, whole, price, flag, at, word, _ = COLUMNS
    numbers = [Read(each, Reading.NUMBER) for each in (double, whole, price, word)] + [Read(at, Reading.TIME)]
    table.value_counts([Read(word, Reading.TIME)])
    table.order_statistics(dict.fromkeys(numbers, (1, 2)))
    table.cumulative({read: (Cut(0.5), Cut(2**53 + 1, is_below=True)) for read in numbers})
    labelled = [Read(each, Reading.LABEL) for each in (whole, flag, word)]
    table.labels(labelled, 5)
    table.counts_of(labelled[2], ["it's", "a\\b"])
    table.counts_of(labelled[1], [True])
    table.joint(Axis(labelled[1], None), Axis(numbers[0], (Cut(0.5),)))
    table.values(numbers[0])
    table.first_row(word, Read(word, Reading.NUMBER))
    return engine.asked


def text(dialect):
    return ";\n\n".join(queries(dialect)) + ";\n"


if __name__ == "__main__":
    for name, dialect in DIALECTS.items():
        (FOLDER / f"{name}.sql").write_text(text(dialect), encoding="utf-8")
    sys.exit()
