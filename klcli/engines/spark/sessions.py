"""Sessions of Spark: found, or started once and stopped when no table needs them; never one that others started."""

import logging
import os
import re
import socket
import warnings
from typing import Any
from urllib.parse import urlsplit

from klcli.errors import MissingPackage, Unreadable, UsageError, first_line
from klcli.support.optional_package import installed, need
from klcli.support.sentence import Option, Sentence

__all__ = ["Lease", "errors_of_spark", "is_lost", "limit_retries", "refusal", "session_of"]

_CLASSIC, _CONNECT = "pip install 'klcli[spark]'", "pip install 'klcli[spark-connect]'"
_PLACE = re.compile(r"(sc|spark|k8s)://.+|local(\[.+\])?|yarn")
_PLACES = "as in sc://HOST:15002, spark://HOST:7077 or local[4]"
_PORT, _SECONDS = 15002, 10.0  # of a Connect server, by default; and in which it must answer
_PROXIES = ("grpc_proxy", "https_proxy", "http_proxy")
_WHERE = "is " + Option("--engine") + ", or SPARK_REMOTE, where it listens?"
_HERE = "Spark was started on this machine: what it printed says why it ended"
_HINTS = {
    "TABLE_OR_VIEW_NOT_FOUND": "name it as in spark:catalog.db.table",
    "PATH_NOT_FOUND": "a path is one that the driver and the executors see, which may not be this machine",
    "PARQUET_TYPE_ILLEGAL": "write its times in microseconds, as with coerce_timestamps='us'",
}
_LOST = ("", "RETRIES_EXCEEDED")  # conditions of a session that is lost
_RETRIES = 5  # of a server that does not answer any more: 17 s, where the client would try for 10 minutes
_started: dict[str, "Lease"] = {}  # by where Spark is


class Lease:
    """The use of a session by tables."""

    def __init__(self, session: Any, where: str, *, is_ours: bool) -> None:
        self.session, self._where, self._is_ours, self._tables = session, where, is_ours, 1

    def shared(self) -> "Lease":
        """Returns itself for one more table."""
        self._tables += 1
        return self

    def lose(self) -> None:
        """Tries no more what a session that was started here is asked, as it is lost."""
        if self._is_ours:
            limit_retries(self.session, 0)

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
    if where and not _PLACE.fullmatch(where):
        raise UsageError(f"--engine {where}: not where Spark may be", hint=_PLACES)
    if key in _started:
        return _started[key].shared()
    with warnings.catch_warnings(action="ignore", category=FutureWarning):  # of versions of pandas
        is_client = (where or os.environ.get("SPARK_REMOTE", "")).startswith("sc://")
        sql = need("pyspark.sql", extra="spark-connect" if is_client else "spark", purpose="a table in Spark")
        running = sql.SparkSession.getActiveSession()
        if running is not None:
            return Lease(running, key, is_ours=False)
        lease = Lease(_new_session(sql.SparkSession.builder, key), key, is_ours=True)
    limit_retries(lease.session, _RETRIES)
    _started[key] = lease
    logging.getLogger("SQLQueryContextLogger").disabled = True  # it prints every error, which is told here
    return lease


def _new_session(builder: Any, where: str) -> Any:
    is_remote = where.startswith("sc://")
    is_client = installed("pyspark.core") is None
    if where and not is_remote and is_client:
        raise MissingPackage(f"Spark: {where} needs more of pyspark than the client that is installed", hint=_CLASSIC)
    place = where or os.environ.get("SPARK_REMOTE", "")
    _refuse_silent(place)
    if where:
        builder = builder.remote(where) if is_remote else builder.master(where)
    try:
        return builder.getOrCreate()
    except ImportError as error:
        raise MissingPackage(
            f"Spark: {first_line(error)}", hint=_CLASSIC if is_client and not is_remote else _CONNECT
        ) from None
    except errors_of_spark() as error:
        found = first_line(error)
        if "JAVA_GATEWAY" in found:
            raise UsageError(f"Spark: {found}", hint="install Java 17 and set JAVA_HOME, or use sc://HOST") from None
        if "CONNECT_URL_NOT_SET" in found:
            raise UsageError(
                "Spark: its client is installed, and nothing says where its server is",
                hint=Sentence(
                    Option("--engine", f"sc://HOST:{_PORT}"),
                    f", or SPARK_REMOTE; or {_CLASSIC}, which starts Spark here",
                ),
            ) from None
        raise Unreadable(f"Spark: {found}", hint=_WHERE if "://" in place else _HERE) from None


def limit_retries(session: Any, most: int) -> None:
    """Sets how often a Connect session retries a server that does not answer."""
    if type(session).__module__.startswith("pyspark.sql.connect"):
        warnings.filterwarnings("ignore", message=r"\[RETRIES_EXCEEDED\]")  # which is told as an error
        retries = need("pyspark.sql.connect.client.retries", extra="spark-connect", purpose="Spark Connect")
        session.client.set_retry_policies([retries.DefaultPolicy(max_retries=most)])


def _refuse_silent(url: str) -> None:
    """Refuses a Connect server that cannot be reached: its client would try again for 10 minutes."""
    if not url.startswith("sc://") or any(os.environ.get(each) for each in _PROXIES):
        return
    place = urlsplit(url)
    try:
        socket.create_connection((place.hostname or "", place.port or _PORT), _SECONDS).close()
    except (OSError, ValueError) as error:  # ValueError: the port is not a number
        raise Unreadable(f"Spark: {place.netloc} does not answer: {error}", hint=_WHERE) from None


def errors_of_spark() -> tuple[type[Exception], ...]:
    """Returns the errors that sessions raise."""
    found: list[type[Exception]] = [need("pyspark.errors", extra="spark", purpose="Spark").PySparkException, OSError]
    protocol, grpc = installed("py4j.protocol"), installed("grpc")
    if protocol is not None:
        found += [protocol.Py4JError, protocol.Py4JNetworkError]
    if grpc is not None:
        found.append(grpc.RpcError)
    return tuple(found)


def is_lost(error: Exception) -> bool:
    """Returns True if the session is lost: its driver has ended, or does not answer."""
    return _condition(error) in _LOST


def refusal(error: Exception) -> Unreadable:
    """Returns the error for a query that failed, by its condition."""
    message = first_line(error).partition(" SQLSTATE:")[0]
    if is_lost(error):
        details = re.search(r'details = "([^"]*)"', str(error))  # of an error of gRPC
        found = details[1] if details else message
        return Unreadable(f"the session was lost: {found}", hint="nothing was written; run it again when Spark answers")
    return Unreadable(message, hint=_HINTS.get(_condition(error).partition(".")[0]))


def _condition(error: Exception) -> str:
    return getattr(error, "getCondition", lambda: None)() or ""
