"""Sessions of Spark: found, or started once and stopped when no table needs them; never one that others started."""

import logging
from typing import Any

from klcli.errors import MissingPackage, Unreadable, UsageError
from klcli.support.optional_package import installed, need

__all__ = ["Lease", "errors_of_spark", "session_of"]

_CLASSIC, _CONNECT = "pip install 'klcli[spark]'", "pip install 'klcli[spark-connect]'"
_started: dict[str, "Lease"] = {}  # by where Spark is


class Lease:
    """The use of a session by tables."""

    def __init__(self, session: Any, where: str, *, is_ours: bool) -> None:
        self.session, self._where, self._is_ours, self._tables = session, where, is_ours, 1

    def shared(self) -> "Lease":
        """Returns itself for one more table."""
        self._tables += 1
        return self

    def end(self) -> None:
        """Ends the use by one table; the last stops a session that was started here."""
        self._tables -= 1
        if not self._tables and self._is_ours:
            _started.pop(self._where, None)
            self.session.stop()


def session_of(where: str | None) -> Lease:
    """Returns the session at sc://host:15002, spark://host:7077 or local[4]; None where Spark's settings say so.

    Raises:
        UsageError: There is no such place. MissingPackage: pyspark is missing, or lacks what the place needs.
        Unreadable: Spark does not answer.
    """
    key = where or ""
    if key in _started:
        return _started[key].shared()
    sql = need("pyspark.sql", extra="spark", purpose="a table in Spark")
    running = sql.SparkSession.getActiveSession()
    if running is not None:
        return Lease(running, key, is_ours=False)
    builder = sql.SparkSession.builder
    if where and where.startswith("sc://"):
        builder = builder.remote(where)
    elif where:
        builder = builder.master(where)
    try:
        lease = Lease(builder.getOrCreate(), key, is_ours=True)
    except ImportError as error:
        is_client = installed("pyspark.core") is None
        raise MissingPackage(
            f"Spark: {_first_line(error)}", hint=_CLASSIC if is_client and not key.startswith("sc://") else _CONNECT
        ) from None
    except errors_of_spark() as error:
        found = _first_line(error)
        if "JAVA_GATEWAY" in found:
            raise UsageError(f"Spark: {found}", hint="install Java 17 and set JAVA_HOME, or use sc://HOST") from None
        raise Unreadable(f"Spark: {found}", hint="is --engine, or SPARK_REMOTE, where it listens?") from None
    _started[key] = lease
    logging.getLogger("SQLQueryContextLogger").disabled = True  # it prints every error, which is told here
    return lease


def errors_of_spark() -> tuple[type[Exception], ...]:
    """Returns the errors that sessions raise."""
    found: list[type[Exception]] = [need("pyspark.errors", extra="spark", purpose="Spark").PySparkException, OSError]
    protocol, grpc = installed("py4j.protocol"), installed("grpc")
    if protocol is not None:
        found += [protocol.Py4JError, protocol.Py4JNetworkError]
    if grpc is not None:
        found.append(grpc.RpcError)
    return tuple(found)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
