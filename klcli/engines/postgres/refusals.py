"""Errors that say what PostgreSQL refuses, and what to do."""

from klcli.engines.refusals import cure_of
from klcli.errors import Unreadable, first_line

__all__ = ["no_connection", "refusal"]

_HINTS = {
    "42501": "the role needs GRANT SELECT on the table, and USAGE on its schema; or give a query of what it may read",
    "42P01": "name it as in schema.table; upper case and spaces are kept as they are written",
    "0A000": 'name it as in schema.table, a part with a dot as in "my.schema".table',
    "25006": "the transaction only reads",
}
_PASSWORD = "put the password into PGPASSWORD, ~/.pgpass or a service file"
_NO_SERVER = "psql with the same address shows whether it answers; PGHOST, PGPORT and service files are read"
_LOST = "the connection was lost; nothing was written, so run it again"


def no_connection(error: Exception) -> Unreadable:
    """Returns the error for a server that cannot be reached, or lets nobody in."""
    found = first_line(error)
    return Unreadable(f"no connection: {found}", hint=_PASSWORD if "password" in found else _NO_SERVER)


def refusal(error: Exception, *, is_lost: bool) -> Unreadable:
    """Returns the error for a query that failed, by its SQLSTATE."""
    state = getattr(error, "sqlstate", None) or ""
    is_lost = is_lost or state.startswith(("57P", "08"))
    return Unreadable(first_line(error), hint=_LOST if is_lost else _HINTS.get(state) or cure_of(error))
