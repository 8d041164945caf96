"""Where Spark may be, as far as it shows without Spark."""

import pytest

from klcli.engines.spark.sessions import session_of
from klcli.errors import UsageError


@pytest.mark.parametrize("where", ["nonsense", "http://host:15002", "sc://", "local[]", "local 4"])
def test_what_is_no_place_of_spark_is_a_wrong_option(where):
    with pytest.raises(UsageError, match="not where Spark may be"):
        session_of(where)
