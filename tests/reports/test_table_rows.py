"""Long tables: written in blocks, to the same text in every format, in little memory."""

import json
import tracemalloc
from math import inf

import numpy as np
import pytest

from klcli.reports.format import Style
from klcli.reports.parts import Column, Table
from klcli.reports.renderers import FORMATS
from klcli.reports.rendering import render, rendered
from klcli.reports.report import Report, listing_report
from klcli.reports.table_rows import MadeRows, Records, in_blocks

COLUMNS = (
    Column("row", "row", is_label=True),
    Column("rank", "rank", is_number=True),
    Column("value", "KL [nats]", is_number=True, is_measure=True, is_heat=True),
    Column("unit", "unit", for_people=False),
)
NAMES = ["plain", "p*q|r", "100%d", "日本", "tab\tin it", '"quoted", <b>']
TEXTS = [each.name for each in FORMATS if "table" in each.shows]
LONG = 40_000  # rows


def made(count):
    values = np.random.default_rng(1).random(count) * 10.0 ** (np.arange(count) % 20 - 10)
    values[:: count // 5] = inf

    def columns(at):
        where = np.arange(at.start, at.stop)
        names = [NAMES[number % len(NAMES)] for number in at]
        return [names, where.tolist(), values[where].tolist(), ["nats"] * len(where)]

    return MadeRows(count, columns)


def reported(rows):
    return listing_report("answers", COLUMNS, rows, lambda items: {"items": items})


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("style", [Style(), Style(color=True), Style(width=30, is_terminal=True)])
def test_rows_that_are_made_are_written_as_rows_that_are_held(name, style):
    rows, table = made(40_000), Table(COLUMNS, made(40_000))
    lazy = Report("answers", (table,), lambda: {"items": table.records}, lambda: table.records)
    assert render(lazy, name, style) == render(reported(rows), name, style)


@pytest.mark.parametrize("name", TEXTS)
def test_a_long_table_takes_less_memory_than_its_rows_would(name):
    table = Table(COLUMNS, made(LONG))
    report = Report("answers", (table,), lambda: {"items": table.records}, lambda: table.records)
    all(rendered(Report("answers", (Table(COLUMNS, made(9)),), dict), name, Style()))  # what is imported and cached
    peaks = []
    for work in (lambda: sum(map(len, rendered(report, name, Style()))), lambda: sum(map(len, list(made(LONG))))):
        tracemalloc.start()
        try:
            work()
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    assert peaks[0] < peaks[1]


def test_records_are_json_as_the_json_module_writes_them():
    rows = tuple(made(20_000))
    report = reported(rows)
    records = [dict(zip(("row", "rank", "value", "unit"), row, strict=True)) for row in rows]
    for record in records:
        record["value"] = "Infinity" if record["value"] == inf else record["value"]
    assert render(report, "json", Style()) == json.dumps({"items": records}, indent=2, ensure_ascii=False) + "\n"
    lines = render(report, "jsonl", Style()).splitlines()
    assert lines == [json.dumps(record, ensure_ascii=False) for record in records]


@pytest.mark.parametrize("value", [-0.0, 0.0, -1.5, 3, None, True, -inf, "Infinity", 1e-300])
def test_a_cell_of_a_record_is_a_value_of_json(value):
    columns = (Column("50% of x", ""), Column("other", ""))
    text = render(listing_report("answers", columns, [(value, 1.0)], lambda items: {"items": items}), "jsonl", Style())
    expected = "-Infinity" if value == -inf else value
    assert text == json.dumps({"50% of x": expected, "other": 1.0}) + "\n"


def test_rows_that_are_made_are_a_sequence():
    rows, held = made(30), tuple(made(30))
    assert len(rows) == 30
    assert list(rows) == list(held)
    assert (rows[0], rows[-1], rows[3:5], rows[28:99]) == (held[0], held[-1], held[3:5], held[28:])
    with pytest.raises(IndexError):
        rows[30]


def test_blocks_hold_every_row_once():
    held = tuple(made(50_000))
    assert [row for block in in_blocks(held) for row in block] == list(held)
    assert list(in_blocks(())) == []


def test_records_are_a_sequence_of_mappings():
    records = Records(("a", "b"), ((1, 2), (3, 4)))
    assert list(records) == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]
    assert (records[1], list(records[:1]), len(records)) == ({"a": 3, "b": 4}, [{"a": 1, "b": 2}], 2)


@pytest.mark.parametrize("name", TEXTS)
def test_rows_are_made_a_few_times_however_many_columns_are_shaded(name):
    count, reads = 100, 0

    def columns(at):
        nonlocal reads
        reads += len(at)
        return [[float(number) for number in at]] * count

    heat = tuple(Column(f"c{at}", f"c{at}", is_number=True, is_measure=True, is_heat=True) for at in range(count))
    table = Table(heat, MadeRows(count, columns))
    render(
        Report("answers", (table,), lambda: {"items": table.records}, lambda: table.records), name, Style(color=True)
    )
    assert reads < 6 * count
