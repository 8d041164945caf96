"""Connections to duckdb print nothing where duckdb would draw a progress bar by itself."""

import subprocess
import sys
from pathlib import Path

import pytest

import klcli

pytest.importorskip("duckdb")

# a program without a file, as a notebook is, is where duckdb draws
PROGRAM = """
import duckdb
from klcli.support.duckdb_connection import connect_duckdb
for connection in (duckdb.connect(), connect_duckdb(duckdb)):
    print(connection.execute("SELECT current_setting('enable_progress_bar')").fetchone()[0])
"""


def test_duckdb_draws_no_progress_bar_into_a_report():
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["True", "False"]


def test_every_connection_is_opened_in_one_place():
    code = Path(klcli.__file__).parent.rglob("*.py")
    assert [each.name for each in code if "duckdb.connect(" in each.read_text("utf-8")] == ["duckdb_connection.py"]
