"""Where Spark may be, as far as it shows without Spark."""

import sys
from types import SimpleNamespace

import pytest

from klcli.engines.spark.sessions import refusal, session_of
from klcli.errors import Unreadable, UsageError


@pytest.mark.parametrize("where", ["nonsense", "http://host:15002", "sc://", "local[]", "local 4"])
def test_what_is_no_place_of_spark_is_a_wrong_option(where):
    with pytest.raises(UsageError, match="not where Spark may be"):
        session_of(where)


@pytest.mark.parametrize("command", ["compute", "estimate", "drift", "profile"])
def test_every_command_says_where_spark_is(kl, command):
    words = ["spark:t"] if command == "profile" else ["spark:t", "spark:u"]
    answer = kl(command, *words, "--engine", "nonsense")
    assert (answer.code, answer.out) == (2, "")
    assert "--engine nonsense: not where Spark may be" in answer.err


def ended():
    raise OSError("the JVM has ended")


@pytest.mark.parametrize(
    ("where", "hint"),
    [(None, "on this machine"), ("local[2]", "on this machine"), ("spark://host:7077", "is --engine")],
)
def test_a_session_that_does_not_start_is_looked_into_where_it_runs(monkeypatch, where, hint):
    monkeypatch.delenv("SPARK_REMOTE", raising=False)
    started = SimpleNamespace(getOrCreate=ended)
    builder = SimpleNamespace(getOrCreate=ended, master=lambda _: started)
    session = SimpleNamespace(getActiveSession=lambda: None, builder=builder)
    modules = {
        "pyspark.sql": {"SparkSession": session},
        "pyspark.core": {},
        "pyspark.errors": {"PySparkException": OSError},
    }
    for name, contents in {"pyspark": {}, **modules}.items():
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(**contents))
    with pytest.raises(Unreadable, match="Spark: the JVM has ended") as refused:
        session_of(where)
    assert hint in refused.value.hint


class Failed(Exception):
    """An error as pyspark raises it."""

    def __init__(self, condition, message):
        super().__init__(message)
        self.getCondition = lambda: condition


@pytest.mark.parametrize(
    ("condition", "message", "found"),
    [
        ("RETRIES_EXCEEDED", '<_Rendezvous of RPC\n\tdetails = "Connection refused"\n>', "lost: Connection refused"),
        (None, "Answer from Java side is empty", "lost: Answer from Java side is empty"),
    ],
)
def test_a_session_that_is_lost_says_so_and_that_nothing_was_written(condition, message, found):
    error = refusal(Failed(condition, message))
    assert error.message == f"the session was {found}"
    assert "nothing was written; run it again" in error.hint


def test_a_query_that_spark_refuses_gives_its_first_line_and_the_cure():
    error = refusal(Failed("TABLE_OR_VIEW_NOT_FOUND", "[TABLE_OR_VIEW_NOT_FOUND] no `t`. SQLSTATE: 42P01\nmore"))
    assert (error.message, error.hint) == ("[TABLE_OR_VIEW_NOT_FOUND] no `t`.", "name it as in spark:catalog.db.table")
