"""A PostgreSQL server of the machine's own, for the tests: on a socket, with a role that only reads.

Where there is no server, the tests that need one are skipped; `.ci/run` installs one, and a workflow fails without.
"""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

__all__ = ["Server", "binaries", "running"]

_VERSIONS = Path("/usr/lib/postgresql")  # of Debian and Ubuntu


class Server(NamedTuple):
    """Where it listens: a folder. `owner` may write, `reader` may only read."""

    folder: str

    def address(self, table, role="reader"):
        return f"postgresql:///postgres?host={self.folder}&user={role}#{table}"

    def connect(self):
        import psycopg

        return psycopg.connect(f"host={self.folder} user=owner dbname=postgres", autocommit=True)


def binaries():
    """Returns the folder of initdb and pg_ctl; None if there is no server here."""
    found = shutil.which("initdb")
    candidates = [Path(found).parent] if found else sorted(_VERSIONS.glob("*/bin"), reverse=True)
    return next((each for each in candidates if (each / "pg_ctl").exists()), None)


@contextmanager
def running():
    folder = tempfile.mkdtemp(prefix="kl-pg-", dir="/tmp")  # the path of a socket is at most 107 bytes
    user = None
    if os.getuid() == 0:  # a server refuses to run as root
        user = "postgres"
        shutil.chown(folder, user)
    data, bin_ = f"{folder}/data", binaries()

    def run(*command):
        subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    run(bin_ / "initdb", "-D", data, "-U", "owner", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    run(bin_ / "pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start")
    try:
        server = Server(folder)
        with server.connect() as connection:
            connection.execute("CREATE ROLE reader LOGIN; GRANT pg_read_all_data TO reader")
        yield server
    finally:
        run(bin_ / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
