"""Hostile inputs of one megabyte: each is answered, or refused with its reason, in less than 300 MB.

How long each takes follows from counts that are bounded: entries of a list of errors, rows in a block, calls of Python
functions for the cells of a matrix. The counts are tested, as times are not those of another machine.
"""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest
from conftest import ENVIRONMENT

from klcli.sources.rows.pairs import open_pairs

MB = 10**6
FILES = {
    "ones.json": "[" + ",".join("1" for _ in range(MB // 2)) + "]",
    "objects.json": "[" + ",".join("{}" for _ in range(MB // 3)) + "]",
    "nothing.csv": "name,p,q\n" + "x,,\n" * (MB // 4),
    "equal.jsonl": '{"p":[1],"q":[1]}\n' * (MB // 18),
    "column.csv": "1\n" * (MB // 2),
    "line.csv": ",".join("1" for _ in range(MB // 2)),
    "labels.csv": "\n".join(f"{number},1" for number in range(110_000)),
    "names.csv": "\n".join(f"r{number},1" for number in range(83_000)),
    "object.json": "{" + ",".join(f'"{number}":1' for number in range(90_000)) + "}",
    "deep.json": "[" * MB,
    "quote.csv": 'a,"' + "\n" * MB,
    "fields.csv": ",".join(f"c{number}" for number in range(90_000)) + "\n" + ",".join("1" for _ in range(90_000)),
}
COMMANDS = {  # words, and the exit code
    ("batch", "ones.json"): 3,
    ("batch", "objects.json", "-f", "json"): 3,
    ("batch", "nothing.csv"): 3,
    ("batch", "equal.jsonl"): 3,
    ("compute", "ones.json", "ones.json"): 0,
    ("compute", "column.csv", "column.csv"): 0,
    ("compute", "line.csv"): 3,
    ("compute", "labels.csv", "labels.csv"): 0,
    ("compute", "object.json", "object.json"): 0,
    ("compute", "deep.json", "deep.json"): 3,
    ("compute", "quote.csv", "quote.csv"): 3,
    ("compute", "column.csv", "column.csv", "--as", "samples"): 0,
    ("rows", "column.csv", "column.csv", "--as", "weights", "-f", "csv"): 0,
    ("rows", "fields.csv", "fields.csv", "--as", "weights"): 0,
    ("matrix", "names.csv", "--as", "weights"): 3,
    ("matrix", "fields.csv", "--as", "weights"): 0,
}
RUN = """
import json, sys
from klcli.cli.main import main
codes = []
for words in json.load(sys.stdin):
    codes.append(int(main([*words, "-q"])))
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([codes, int(peak)]), file=sys.__stderr__)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("megabytes")
    for name, text in FILES.items():
        (path / name).write_text(text)
    return path


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="there is no /proc")
def test_a_hostile_megabyte_takes_less_than_300_megabytes(folder):
    done = subprocess.run(
        [sys.executable, "-c", RUN], input=json.dumps([list(words) for words in COMMANDS]), cwd=folder,
        env=ENVIRONMENT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    codes, peak = json.loads(done.stderr.splitlines()[-1])
    assert dict(zip(COMMANDS, codes, strict=True)) == COMMANDS
    assert peak < 300_000, "kB"


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="there is no /proc")
def test_a_matrix_of_5000_short_rows_takes_less_than_300_megabytes(tmp_path):
    (tmp_path / "short.csv").write_text("".join(f"{n + 1},{n * 7919 % 5000},{n * 3571 % 5000}\n" for n in range(5000)))
    formats = ["table", "npy", *(["html"] if find_spec("jinja2") else [])]
    words = [["matrix", "short.csv", "--as", "weights", "-f", name, "-o", os.devnull] for name in formats]
    done = subprocess.run(
        [sys.executable, "-c", RUN], input=json.dumps(words), cwd=tmp_path, env=ENVIRONMENT, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    codes, peak = json.loads(done.stderr.splitlines()[-1])
    assert codes == [0] * len(formats)
    assert peak < 300_000, "kB"


@pytest.mark.parametrize("name", ["ones.json", "objects.json", "nothing.csv", "equal.jsonl"])
def test_a_list_that_is_mostly_wrong_is_read_for_a_thousand_errors(kl, folder, name):
    done = kl("batch", folder / name, "-f", "json", "-j", "1")
    entries = json.loads(done.out)["pairs"]
    assert done.code == 3
    assert len(entries) <= 1_003
    assert "what follows was not read: 1,001 of the first 1,00" in entries[-1]["error"]["message"]


def test_good_pairs_are_read_among_a_thousand_errors(kl, tmp_path):
    good, wrong = 'g{0},"1,1","1,3"\n', "w{0},,\n"
    rows = [(wrong if number % 3 == 0 else good).format(number) for number in range(3_600)]
    (tmp_path / "pairs.csv").write_text("name,p,q\n" + "".join(rows))
    summary = json.loads(kl("batch", tmp_path / "pairs.csv", "-f", "json", "-j", "1").out)["summary"]
    assert (summary["pairs"], summary["ok"], summary["error"]) == (3_600, 2_400, 1_200)


def calls(kl, *words):
    """Returns how many functions of klcli a command calls."""
    count = 0

    def counted(frame, event, _):
        nonlocal count
        count += event == "call" and "klcli" in frame.f_code.co_filename

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        done = kl(*words, "-q")
    finally:
        sys.setprofile(before)
    assert done.code == 0
    return count


def numbers_file(folder, rows, columns):
    path = folder / f"{rows}.csv"
    path.write_text(
        "".join(",".join(f"{1 + row * column % 7}" for column in range(columns)) + "\n" for row in range(rows))
    )
    return path


@pytest.mark.parametrize("name", ["table", "csv", "json"])
def test_a_matrix_is_printed_without_a_call_for_each_number(kl, tmp_path, name):
    small, large = (calls(kl, "matrix", numbers_file(tmp_path, rows, 5), "-f", name) for rows in (200, 600))
    assert large - small < (600**2 - 200**2) / 10


@pytest.mark.parametrize("name", ["table", "csv", "json"])
def test_rows_are_read_and_printed_without_a_call_for_each(kl, tmp_path, name):
    few, many = (numbers_file(tmp_path, rows, 2) for rows in (100, 2_100))
    less, more = (calls(kl, "rows", path, path, "--as", "weights", "-f", name) for path in (few, many))
    assert more - less < 2 * 2_000 * 6  # for a row of a file: three generators that hand it on, and joined texts


def test_parameters_in_a_list_are_read_without_a_call_for_each(kl):
    pairs = [[f"dirichlet([{f'{number},' * count}1])" for number in (2, 3)] for count in (100, 5_100)]
    less, more = (calls(kl, "compute", *pair, "--samples", "2") for pair in pairs)
    assert more - less < 500


def test_a_block_of_rows_has_65536_rows_however_narrow(folder):
    path = str(folder / "column.csv")
    assert [len(block) for block in open_pairs([path, path]).blocks(2**20)] == [*[2**16] * 7, 500_000 - 7 * 2**16]
