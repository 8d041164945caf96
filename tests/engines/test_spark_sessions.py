"""Where Spark may be, as far as it shows without Spark."""

import pytest

from klcli.engines.spark.sessions import session_of
from klcli.errors import UsageError


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
