"""Reports of a batch, format by format: strict, bounded, in order, and with nothing in them that anything obeys."""

import csv
import io
import json
import re
from math import inf

import pytest
from batches import HOSTILE, INFINITE, error, exceeded, ok, rendered

from klcli.errors import Place
from klcli.notes import Cause, file_outside, measures_infinite
from klcli.reports.batch import batch_report_ending
from klcli.reports.format import Style
from klcli.reports.messages import Messages
from klcli.runs.batch_results import BatchSummary
from klcli.support.text.safe_text import visible

MIXED = [ok(), exceeded(), error(), ok("last")]


@pytest.mark.parametrize("name", ["table", "markdown", "junit", "github", "step_summary"])
def test_nothing_in_a_name_or_message_reaches_a_person_as_a_control_character(name):
    text = rendered(name, [ok(HOSTILE), exceeded(HOSTILE, outcome=HOSTILE), error(HOSTILE, HOSTILE)], title=HOSTILE)
    lines = text.split("\n")
    assert lines == [visible(line) for line in lines]
    assert len(lines) < 25


def test_json_is_one_strict_document_in_the_order_of_the_pairs():
    document = json.loads(rendered("json", [*MIXED, INFINITE]), parse_constant=pytest.fail)
    assert document["schema"] == 1
    assert document["batch"] == "pairs.csv"
    assert [pair["name"] for pair in document["pairs"]] == ["fine", "moved", "gone", "last", "infinite"]
    assert [pair["status"] for pair in document["pairs"]] == ["ok", "exceeded", "error", "ok", "exceeded"]
    assert document["pairs"][4]["measures"] == {"forward_kl": "Infinity"}
    assert document["summary"] == {"pairs": 5, "ok": 2, "exceeded": 2, "error": 1, "infinite": 0, "ending": "complete"}


def test_json_without_a_pair_is_a_document_too():
    document = json.loads(rendered("json", [], ending="interrupted"))
    assert (document["pairs"], document["summary"]["ending"]) == ([], "interrupted")


def test_json_lines_are_one_pair_each():
    lines = rendered("jsonl", MIXED).splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["fine", "moved", "gone", "last"]
    assert all(json.loads(line)["schema"] == 1 for line in lines)


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_json_gives_back_every_text_and_holds_no_character_that_a_terminal_obeys(name):
    text = rendered(name, [ok(HOSTILE)])
    document = json.loads(text)
    assert (document["pairs"][0] if name == "json" else document)["name"] == HOSTILE
    assert text.replace("\n", "") == visible(text.replace("\n", ""))


def test_values_are_bare_and_in_order_and_a_pair_without_any_is_an_empty_line():
    assert rendered("value", [*MIXED, INFINITE]).split("\n") == [
        "0.05",
        "0.5",
        "0.25",
        "",
        "0.05",
        "Infinity",
        "0.25",
        "",
    ]


@pytest.mark.parametrize(("name", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_a_row_stands_for_each_measure_of_each_pair(name, delimiter):
    text = rendered(name, [*MIXED, INFINITE, ok("=1,\t\"\n")])  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
    assert [(row["name"], row["measure"], row["value"], row["limit"], row["passed"]) for row in rows] == [
        ("fine", "forward_kl", "0.05", "", ""),
        ("moved", "forward_kl", "0.5", "0.1", "false"),
        ("moved", "hellinger", "0.25", "0.5", "true"),
        ("gone", "", "", "", ""),
        ("last", "forward_kl", "0.05", "", ""),
        ("infinite", "forward_kl", "Infinity", "0.1", "false"),
        ("infinite", "hellinger", "0.25", "0.5", "true"),
        ('=1,\t"\n', "forward_kl", "0.05", "", ""),
    ]
    assert rows[3]["error"] == "q.csv: no such file"
    assert {row["p"] for row in rows} == {"p.csv"}


def test_a_table_has_a_line_for_each_pair_and_the_sum():
    assert rendered("table", MIXED) == (
        "ok        fine                  forward_kl = 0.05 nats\n"
        "EXCEEDED  moved                 forward_kl = 0.5 > 0.1 nats\n"
        "                                most from cat (0.5 → 0.1), dog (0.25 → 0.2)\n"
        "error     gone                  q.csv: no such file\n"
        "                                hint: did you mean p.csv?\n"
        "ok        last                  forward_kl = 0.05 nats\n"
        "\n"
        "4 pairs: 2 ok, 1 exceeded, 1 error\n"
    )


def test_a_quiet_table_has_only_what_is_not_ok():
    lines = rendered("table", MIXED, style=Style(quiet=True)).splitlines()
    assert [line.split()[0] for line in lines if line] == ["EXCEEDED", "most", "error", "hint:", "4"]
    assert rendered("table", [ok(), ok("b")], style=Style(quiet=True)) == "2 pairs: 2 ok\n"


def test_a_table_is_coloured_only_where_colour_is_wanted():
    colored = rendered("table", MIXED, style=Style(color=True))
    assert "\x1b[32mok      \x1b[0m" in colored
    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == rendered("table", MIXED)


def test_markdown_puts_first_what_is_wrong():
    text = rendered("markdown", MIXED)
    assert text.startswith("**kl batch**, pairs.csv: 4 pairs: 2 ok, 1 exceeded, 1 error\n\n| status |")
    assert re.findall(r"^\| \**(\w+)\** \| (\w+) \|", text, re.MULTILINE)[1:] == [
        ("exceeded", "moved"), ("error", "gone"), ("ok", "fine"), ("ok", "last"),
    ]  # fmt: skip
    assert "left out" not in text


def test_markdown_is_markup_only_where_kl_wrote_it():
    markdown = pytest.importorskip("markdown_it")
    html = markdown.MarkdownIt("gfm-like", {"linkify": False}).render(
        rendered("markdown", [error("<img src=x>|**b**", "[a](b) `c`")])
    )
    assert "<img" not in html
    assert "<a " not in html
    assert "<code>" not in html
    assert html.count("<strong>") == 2
    assert html.count("<td>") == 3


LIMITS = {"markdown": 64 * 1024, "step_summary": 1024 * 1024}


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("make", [ok, exceeded, error])
def test_markdown_stays_below_its_limit_and_says_what_was_left_out(name, make):
    count = 3000 if name == "markdown" else 30_000
    text = rendered(name, [make(f"pair {number} ü") for number in range(count)])
    shown = text.count("| pair ") - 1
    assert 0.9 * LIMITS[name] < len(text.encode()) < LIMITS[name]
    assert f"{count - shown:,} more are left out here: {count - shown:,} " in text


def test_markdown_leaves_out_what_is_well_before_what_is_wrong():
    reports = [ok(f"well {number}") for number in range(3000)] + [error(f"wrong {number}") for number in range(300)]
    text = rendered("markdown", reports)
    assert text.count("| wrong ") == 300
    assert len(text.encode()) < LIMITS["markdown"]
    assert "left out here: 2," in text
    assert text.rstrip().endswith(" ok.")


def test_markdown_cuts_a_single_message_that_has_no_room():
    assert len(rendered("markdown", [error("a" * 100_000, "b" * 100_000)])) < 3_000


@pytest.mark.parametrize("taken", [1 << 19, 1 << 20, 1 << 21])
def test_a_step_summary_leaves_room_for_what_stands_there(taken):
    text = rendered("step_summary", [ok(f"pair {number}") for number in range(30_000)], style=Style(bytes_before=taken))
    assert len(text.encode()) + taken < LIMITS["step_summary"] or len(text) < 500


def test_annotations_name_the_file_and_escape_what_github_reads():
    text = rendered("github", [exceeded("a:b,c%d"), error("e", "100 %\nx"), ok()])
    assert text.splitlines() == [
        "::error file=q.csv,title=kl%3A exceeded%3A a%3Ab%2Cc%25d::"
        "forward_kl = 0.5 > 0.1 nats; most from cat (0.5 → 0.1), dog (0.25 → 0.2)",
        r"::error file=q.csv,title=kl%3A error%3A e::100 %25\nx; hint: did you mean p.csv?",
    ]


@pytest.mark.parametrize(
    ("place", "title", "words"),
    [
        (Place("p.csv"), "pairs.csv", "file=p.csv,title="),
        (Place("q.csv", line=12, steps=("'b'",)), "pairs.csv", "file=q.csv,line=12,title="),
        (Place("p.csv:n", line=3, column=2), "pairs.csv", "file=p.csv,line=3,title="),
        (Place("pairs.csv", line=6), "pairs.csv", "file=pairs.csv,line=6,title="),
        (Place("stdin", line=6), "stdin", "title="),
        (Place("p.csv", steps=("row 3",)), "pairs.csv", "file=p.csv,title="),
        (None, "pairs.csv", "file=q.csv,title="),
        (Place("p.csv.gz"), "pairs.csv", "file=q.csv,title="),
    ],
)
def test_an_annotation_is_put_on_the_file_and_line_of_the_error(place, title, words):
    refused = error(message="p.csv: line 7: said, and no place", place=place)
    assert rendered("github", [refused], title=title).startswith(f"::error {words}")


def test_ten_errors_are_annotated_and_then_the_sum():
    lines = rendered("github", [error(f"pair {number}") for number in range(23)]).splitlines()
    assert [line.split()[0] for line in lines] == ["::error"] * 10 + ["::notice"]
    assert lines[-1] == "::notice title=kl batch::23 pairs: 23 errors; 13 are not shown here"
    assert len(rendered("github", [error(f"pair {number}") for number in range(10)]).splitlines()) == 10
    assert rendered("github", [ok()] * 20) == ""


def said(reports, *, notes=True, complaints=True):
    messages, tally = Messages(notes=notes, complaints=complaints), BatchSummary("m")
    texts = []
    for report in reports:
        tally.add(report)
        texts.append(messages.case(report))
    return "".join([*texts, *messages.end(batch_report_ending(tally))]).splitlines()


def test_the_first_notes_and_complaints_are_said_and_the_rest_is_counted():
    noted = [ok(f"n{number}", notes=[file_outside("q.csv")]) for number in range(12)]
    lines = said([*noted, *(error(f"e{number}") for number in range(13))])
    assert lines[0] == "kl: note: n0: q.csv is outside the folder of the manifest"
    assert sum(line.startswith("kl: note: n") for line in lines) == 10
    assert sum(line.startswith("kl: error: ") for line in lines) == 10
    assert lines[-3:] == [
        "kl: note: 15 more, which JSON has",
        "kl: 3 more pairs failed",
        "kl: 25 pairs: 12 ok, 13 errors",
    ]


def test_nothing_is_said_that_is_not_wanted():
    assert said(MIXED, notes=False, complaints=False) == []
    assert said(MIXED, notes=False)[0].startswith("kl: limit exceeded: moved: forward_kl = 0.5 > 0.1 nats")


WHY = "forward_kl is infinite: Q has no mass on 1 outcome of P: cat (0.5 of P's mass)"
UNJUDGED = ok("endless", inf, [measures_infinite(("forward_kl",), Cause.Q_LACKS_P, 1, ("cat",), 0.5)])


@pytest.mark.parametrize("name", ["table", "markdown", "step_summary"])
def test_an_infinite_pair_without_a_limit_is_not_plainly_ok(name):
    text = rendered(name, [ok(), UNJUDGED])
    (line,) = (line for line in text.splitlines() if "endless" in line)
    assert "ok (infinite)" in line
    assert "forward\\_kl = inf" in line or "forward_kl = inf" in line
    assert "2 pairs: 2 ok (1 infinite)" in text
    assert "ok (infinite)" not in rendered(name, [ok(), exceeded("endless", inf), error()])


def test_an_infinite_pair_comes_before_the_plain_ones_in_markdown():
    text = rendered("markdown", [ok("first"), UNJUDGED])
    assert text.index("endless") < text.index("first")


def test_a_quiet_table_keeps_an_infinite_pair():
    assert "ok (infinite)  endless" in rendered("table", [ok(), UNJUDGED], style=Style(quiet=True))


def test_the_columns_of_a_table_stay_below_each_other_beside_a_long_status():
    lines = rendered("table", [ok(), UNJUDGED]).splitlines()
    assert lines[0].index("forward_kl") == lines[1].index("forward_kl")


def test_the_status_for_machines_is_one_word_and_infinity_stands_beside_it():
    document = json.loads(rendered("json", [ok(), UNJUDGED]))
    assert [pair["status"] for pair in document["pairs"]] == ["ok", "ok"]
    assert document["pairs"][1]["measures"] == {"forward_kl": "Infinity"}
    assert document["summary"] == {"pairs": 2, "ok": 2, "exceeded": 0, "error": 0, "infinite": 1, "ending": "complete"}
    assert json.loads(rendered("jsonl", [UNJUDGED]))["status"] == "ok"
    (row,) = csv.DictReader(io.StringIO(rendered("csv", [UNJUDGED])))
    assert (row["status"], row["value"]) == ("ok", "Infinity")


def test_an_infinite_pair_passes_in_junit_and_says_why():
    text = rendered("junit", [ok(), UNJUDGED])
    assert 'failures="0" errors="0"' in text
    assert text.count("<system-out>") == 1
    assert "<system-out>ok (infinite); forward_kl is infinite: Q has no mass on 1 outcome of P: cat" in text


def test_an_infinite_pair_is_a_warning_of_github_the_first_ten_of_them():
    (line,) = rendered("github", [ok(), UNJUDGED]).splitlines()
    assert line == f"::warning file=q.csv,title=kl%3A ok (infinite)%3A endless::{WHY}"
    assert rendered("github", [UNJUDGED] * 12).count("::warning") == 10


def test_what_makes_a_limit_infinite_is_called_that():
    assert "infinite by cat (0.5 → 0.1)" in rendered("table", [INFINITE])
    assert "most from cat (0.5 → 0.1)" in rendered("table", [exceeded()])
