"""One registry of formats serves every command; a new format is one module."""

import json
import subprocess
import sys

import numpy as np
import pytest
from row_files import llama_base, safetensors

from klcli.sources.formats.input_format import INPUT_FORMATS

# a module as one would write it in klcli/sources/binary: its arrays follow a header of 12 bytes
DMAT = '''
"""Matrices of doubles."""

import struct

import numpy as np

from klcli.sources.binary.array_file import ArrayFile, array_format
from klcli.sources.binary.stored_array import Layout, StoredArray


@array_format(
    "dmat", summary="a matrix of doubles", suffixes=(".dmat",), recognises=lambda head: head.startswith(b"DMAT"),
    is_named=False,
)
def open_dmat(source):
    rows, columns = struct.unpack("<ii", source.head()[4:12])
    layout = Layout(12, (rows, columns) if rows else (columns,), np.dtype("<f8"))
    stored = StoredArray(source.name, layout, source.opened, source.path)
    return ArrayFile(source.name, None, lambda _: stored)
'''
RUN = "import sys; import dmat; from klcli.cli.main import main; sys.exit(main(sys.argv[1:]))"

P, Q = np.array([0.5, 0.5]), np.array([0.9, 0.1])
FORWARD = float(np.sum(P * np.log(P / Q)))
REVERSE = float(np.sum(Q * np.log(Q / P)))


def dmat(values):
    rows = len(values) if values.ndim == 2 else 0
    return b"DMAT" + np.array([rows, values.shape[-1]], dtype="<i4").tobytes() + values.astype("<f8").tobytes()


@pytest.fixture
def kl_with_dmat(tmp_path):
    """Runs `kl` in a process that imports the new format; returns the document it prints."""
    (tmp_path / "dmat.py").write_text(DMAT)

    def run(*words):
        command = [sys.executable, "-c", RUN, *map(str, words), "-f", "json"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    return run


def test_a_format_in_one_module_is_read_by_compute_rows_and_matrix(kl_with_dmat, tmp_path):
    (tmp_path / "p.dmat").write_bytes(dmat(P))
    (tmp_path / "q.dmat").write_bytes(dmat(Q))
    (tmp_path / "both.dmat").write_bytes(dmat(np.stack([P, Q])))
    (tmp_path / "swapped").write_bytes(dmat(np.stack([Q, P])))  # recognised by its first bytes
    computed = kl_with_dmat("compute", "p.dmat", "q.dmat")["measures"]["forward_kl"]
    assert computed == pytest.approx(FORWARD, rel=1e-14)
    rows = kl_with_dmat("rows", "both.dmat", "swapped")["rows"]
    assert [row["forward_kl"] for row in rows] == pytest.approx([FORWARD, REVERSE], rel=1e-14)
    matrix = kl_with_dmat("matrix", "both.dmat")["values"]
    assert matrix[0][1] == pytest.approx(FORWARD, rel=1e-14)
    listed = {row["name"]: row["commands"] for row in kl_with_dmat("list", "inputs")["inputs"]}
    assert listed["dmat"] == "compute rows matrix"


def test_every_format_names_the_commands_that_read_it():
    commands = {each.name: each.commands for each in INPUT_FORMATS}
    assert commands == {
        "csv": ("compute", "rows", "matrix"),
        "json": ("compute", "rows", "matrix"),
        "jsonl": ("compute", "rows", "matrix"),
        "npy": ("compute", "rows", "matrix"),
        "npz": ("compute", "rows", "matrix"),
        "safetensors": ("compute", "rows", "matrix"),
        "parquet": ("compute", "rows", "matrix"),
        "arrow": ("compute", "rows", "matrix"),
        "xlsx": ("compute", "rows", "matrix"),
        "sqlite": ("compute", "rows", "matrix"),
        "duckdb": ("compute", "rows", "matrix"),
        "llama": ("rows", "matrix"),
    }


@pytest.fixture
def tensors(tmp_path):
    path = tmp_path / "pair.safetensors"
    matrix = np.stack([P, Q])
    path.write_bytes(safetensors({"p": P, "q": Q, "rows": matrix, "half": P.astype(np.float16)}))
    return path


def test_safetensors_are_read_by_compute_and_matrix(document, tensors):
    assert document("compute", tensors)["measures"]["forward_kl"] == pytest.approx(FORWARD, rel=1e-14)
    chosen = document("compute", tensors, "--p", "half", "--q", "q")
    assert chosen["measures"]["forward_kl"] == pytest.approx(FORWARD, rel=1e-14)
    matrix = document("matrix", tensors, "--array", "rows")["values"]
    assert matrix[0][1] == pytest.approx(FORWARD, rel=1e-14)


def test_a_file_of_labels_and_masses_has_joint_labels(document, tmp_path):
    labels = {"word": np.array(["a", "a", "b"]), "kind": np.array(["x", "y", "x"])}
    np.savez(tmp_path / "p.npz", masses=np.array([1.0, 2, 3]), **labels)
    (tmp_path / "q.csv").write_text("word,kind,n\na,x,1\na,y,1\nb,x,1\n")
    options = ("--label", "word", "--label", "kind", "--as", "weights", "--p", "masses", "--q", "n")
    assert document("compute", tmp_path / "p.npz", tmp_path / "q.csv", *options)["outcomes"] == 3


def test_a_format_that_a_command_does_not_read_is_an_error_of_the_command_line(kl, tmp_path):
    path = tmp_path / "base"
    path.write_bytes(llama_base(np.ones((3, 4), dtype="f4"), np.arange(8) % 4, 8))
    result = kl("compute", path, "0.5,0.5", "--input-format", "llama")
    assert (result.code, "kl: hint: kl rows compares rows" in result.err) == (2, True)
