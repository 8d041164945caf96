"""A pair ends in a status, whatever happens; its numbers are those of `kl compute`."""

import pickle
from math import log

import pytest

from klcli.core.comparison import compare
from klcli.errors import InputError
from klcli.runs.batch_results import Status
from klcli.runs.pair import Task, clear_caches, evaluate
from klcli.sources.batch.batch_entry import BatchEntry
from klcli.sources.batch.settings import Plan
from klcli.sources.operands.operand import load
from klcli.sources.operands.read_options import ReadOptions


def task(p="a=1,b=1", q="a=1,b=3", *limits, measures=("forward_kl",), **entry):
    return Task(BatchEntry("pair", p, q, **entry), Plan(ReadOptions(), measures, limits))


def test_the_document_is_that_of_a_comparison():
    report = evaluate(task("a=1,b=1", "a=1,b=3", "forward_kl=1", measures=("forward_kl", "hellinger")))
    expected = compare(load("a=1,b=1"), load("a=1,b=3"), measures=("forward_kl", "hellinger")).to_dict()
    for key in expected.keys() - {"schema"}:
        assert report.document[key] == expected[key]
    assert report.values == (
        ("forward_kl", expected["measures"]["forward_kl"], "nats"),
        ("hellinger", expected["measures"]["hellinger"], ""),
    )
    assert report.status is Status.OK


@pytest.mark.parametrize(("limit", "status"), [("0.15", Status.OK), ("0.14", Status.EXCEEDED)])  # KL is log(4/3)/2
def test_a_limit_decides(limit, status):
    report = evaluate(task("a=1,b=1", "a=1,b=3", f"forward_kl={limit}"))
    assert report.status is status
    assert report.document["verdicts"] == [
        {"measure": "forward_kl", "limit": float(limit), "value": report.values[0][1], "passed": status is Status.OK}
    ]


def test_an_exceeded_limit_says_value_limit_and_the_outcomes_that_contribute_most():
    report = evaluate(task("a=5,b=3,c=2,d=1,e=9", "a=1,b=1,c=1,d=1,e=16", "forward_kl=0.1", "total_variation=0.3"))
    kl, distance = report.complaints()
    value = 0.25 * log(5) + 0.15 * log(3) + 0.1 * log(2) + 0.45 * log(0.45 / 0.8)
    assert kl == f"forward_kl = {value:.6g} > 0.1 nats; most from a (0.25 → 0.05), b (0.15 → 0.05), c (0.1 → 0.05)"
    assert distance == "total_variation = 0.35 > 0.3; most from e (0.45 → 0.8), a (0.25 → 0.05), b (0.15 → 0.05)"
    assert [each["outcome"] for each in report.document["causes"]["total_variation"]] == ["e", "a", "b"]


def test_two_families_are_a_pair():
    report = evaluate(task("normal(0, 1)", "normal(3, 1)", "forward_kl=4"))
    assert report.values == (("forward_kl", 4.5, "nats"),)  # (3 - 0)²/2
    assert report.status is Status.EXCEEDED
    assert report.complaints() == ("forward_kl = 4.5 > 4 nats",)
    assert report.document["method"] == "closed form"


@pytest.mark.parametrize(
    ("p", "q", "says"),
    [
        ("nope.csv", "1,1", "nope.csv: no such file"),
        ("0.5,0.4", "1,1", "0.5,0.4: the values sum to 0.9"),
        ("1,1", "1,1,1", "1,1 has 2 outcomes and 1,1,1 has 3"),
        ("a=1", "1", "a=1 has labels and 1 has none"),
    ],
)
def test_what_cannot_be_evaluated_is_an_error_with_the_message_of_compute(p, q, says, kl):
    report = evaluate(task(p, q))
    assert report.status is Status.ERROR
    assert report.error.startswith(says)
    assert report.document["error"] == {"message": report.error, "hint": report.hint}
    assert f"kl: error: {report.error}\n" in kl("compute", p, q).err


def test_an_error_that_is_known_already_is_the_pairs():
    report = evaluate(Task(BatchEntry("pair", "", None, error=InputError("known", hint="cure")), None))
    assert (report.status, report.error, report.hint) == (Status.ERROR, "known", "cure")


@pytest.mark.parametrize(
    ("raised", "says"),
    [
        (MemoryError(), "the data does not fit into memory"),
        (ZeroDivisionError("x"), "a bug in kl: ZeroDivisionError: x"),
    ],
)
def test_a_bug_or_too_little_memory_is_an_error_of_its_pair(raised, says, monkeypatch):
    def fail(*_):
        raise raised

    monkeypatch.setattr(ReadOptions, "load_both", fail)
    report = evaluate(task())
    assert (report.status, report.error) == (Status.ERROR, says)


@pytest.fixture
def outside(tmp_path):
    """A file, and a folder that it is not in."""
    (tmp_path / "p.csv").write_text("a,1\nb,1\n")
    (tmp_path / "root").mkdir()
    clear_caches()
    return {"p": str(tmp_path / "p.csv"), "root": str(tmp_path / "root")}


def test_notes_of_the_entry_come_before_those_of_the_comparison(outside):
    report = evaluate(task(q="a=1", **outside))
    assert [note.code for note in report.notes] == ["outside", "missing_outcomes", "infinite"]
    assert [note["code"] for note in report.document["notes"]] == ["outside", "missing_outcomes", "infinite"]


def test_a_report_and_a_task_can_be_sent_to_another_process(outside):
    work = task(outside["p"], "a=1", "forward_kl=1", root=outside["root"])
    assert pickle.loads(pickle.dumps(work)) == work
    report = evaluate(work)
    assert pickle.loads(pickle.dumps(report)) == report
