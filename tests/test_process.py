"""What the shell sees: exit codes, the two streams, files, signals, and what is imported, in real processes."""

import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import terminals
from conftest import ENVIRONMENT, ROOT

from klcli import __version__
from klcli.cli.commands import COMMANDS
from klcli.core.measures.measure import MEASURES
from klcli.reports.renderers import FORMATS

KL = [sys.executable, "-m", "klcli"]
PAIR = ("compute", "0.5,0.5", "0.9,0.1")  # the forward KL is 0.51 nats
INFINITE = ("compute", "0.5,0.5", "1,0")
FULL = Path("/dev/full")

needs_full = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")


@contextmanager
def unread_pipe():
    """A pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        yield writer
    finally:
        os.close(writer)


buffered_or_not = pytest.mark.parametrize("env", [{}, {"PYTHONUNBUFFERED": "1"}], ids=["buffered", "unbuffered"])


def is_clean(err):
    return "Traceback" not in err and "Exception ignored" not in err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (PAIR, 0),
        ((*PAIR, "--fail-above", "0.52"), 0),
        ((*PAIR, "--fail-above", "0.51"), 1),
        ((*INFINITE, "--fail-above", "1e308"), 1),
        (("compute",), 2),
        ((*PAIR, "-m", "nope"), 2),
        ((*PAIR, "--fail-above", "x"), 2),
        (("compute", "nope.csv", "0.5,0.5"), 3),
        (("compute", "0.5,0.4", "0.5,0.5"), 3),
        (("--help",), 0),
        (("compute", "--help"), 0),
        (("--version",), 0),
    ],
)
def test_the_exit_code_is_that_of_the_contract(kl_process, words, code):
    result = kl_process(*words)
    assert result.code == code
    assert is_clean(result.err)
    if code in (2, 3):
        assert result.out == ""
        assert result.err.startswith("kl: error: ")


def test_the_command_kl_is_installed_and_returns_its_exit_code():
    kl = Path(sys.executable).with_name("kl")
    if not kl.exists():
        pytest.skip("klcli is not installed")
    assert subprocess.run([kl, *PAIR, "--fail-above", "0.1"], capture_output=True, check=False).returncode == 1


def test_without_arguments_the_help_is_on_standard_error_and_the_code_is_2(kl_process):
    result = kl_process()
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("Usage: kl ")


def test_the_version_is_printed(kl_process):
    assert kl_process("--version").out == f"kl {__version__}\n"


def test_the_verbose_version_says_what_computes(kl_process):
    ours, *others = kl_process("--version", "-v").out.splitlines()
    assert ours == f"kl {__version__}"
    assert [line.split()[0] for line in others] == ["kernel", "numpy", "python"]
    assert kl_process("-v").code == 2


def test_notes_are_on_standard_error_and_the_answer_alone_on_standard_output(kl_process):
    loud, quiet = kl_process(*INFINITE, "-f", "value"), kl_process(*INFINITE, "-f", "value", "-q")
    assert loud.err.startswith("kl: note: ")
    assert quiet.err == ""
    assert loud.out == quiet.out
    assert len(loud.out.splitlines()) == 6


# a reader that closes the pipe


@pytest.mark.parametrize("words", [PAIR, INFINITE, ("explain", "1,1", "1,2"), ("list",), ("--help",), ("--version",),
                                   ("compute", "--help"), (*PAIR, "-o", "/dev/stdout")])  # fmt: skip
@buffered_or_not
def test_a_reader_that_closes_the_pipe_is_no_failure(kl_process, words, env):
    with unread_pipe() as pipe:
        result = kl_process(*words, *([] if words[-1].startswith("--") else ["-q"]), env=env, capture_output=False,
                            stdout=pipe, stderr=subprocess.PIPE)  # fmt: skip
    assert (result.code, result.err) == (0, "")


@buffered_or_not
def test_a_limit_is_exceeded_also_where_nobody_reads_the_answer(kl_process, env):
    with unread_pipe() as pipe:
        result = kl_process(
            *PAIR, "--fail-above", "0.1", env=env, capture_output=False, stdout=pipe, stderr=subprocess.PIPE
        )
    assert result.code == 1
    assert result.err.startswith("kl: limit exceeded: forward_kl = 0.51")
    assert is_clean(result.err)


@pytest.mark.parametrize(
    ("words", "code"),
    [(INFINITE, 0), ((*PAIR, "--fail-above", "0.1"), 1), ((), 2), (("compute",), 2), (("compute", "nope", "1,1"), 3)],
)
@buffered_or_not
def test_the_code_stands_where_nobody_reads_either_stream(kl_process, words, code, env):
    with unread_pipe() as pipe:
        assert kl_process(*words, env=env, capture_output=False, stdout=pipe, stderr=pipe).code == code
        assert kl_process(*words, env=env, capture_output=False, stdout=subprocess.PIPE, stderr=pipe).code == code


def test_a_reader_of_the_first_line_of_a_long_answer_is_no_failure(tmp_path):
    table = tmp_path / "long.csv"
    table.write_text("".join(f"label {row},{row + 1}\n" for row in range(20_000)))
    with subprocess.Popen(
        [*KL, "explain", table, table, "--top", "0", "-f", "csv", "-q"],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline().startswith(b"outcome,p,q,")
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


# a disk that is full, and streams that are closed


@needs_full
@pytest.mark.parametrize("words", [PAIR, ("list", "measures"), ("--help",), ("--version",), (*PAIR, "-o", FULL)])
@buffered_or_not
def test_a_full_disk_exits_with_2_and_a_message(kl_process, words, env):
    with FULL.open("wb") as full:
        result = kl_process(*words, env=env, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert result.code == 2
    assert is_clean(result.err)
    assert os.strerror(errno.ENOSPC).lower() in result.err
    assert result.err.startswith("kl: error: ")


@needs_full
@pytest.mark.parametrize(
    ("words", "code"),
    [(INFINITE, 0), ((*PAIR, "--fail-above", "0.1"), 1), ((), 2), (("compute",), 2), (("compute", "nope", "1,1"), 3)],
)
@buffered_or_not
def test_the_code_stands_where_no_message_can_be_written(kl_process, words, code, env):
    with FULL.open("wb") as full:
        assert kl_process(*words, env=env, capture_output=False, stdout=subprocess.PIPE, stderr=full).code == code


@pytest.mark.parametrize(
    ("closed", "words", "code"),
    [
        ("<&-", PAIR, 0),
        ("<&-", ("compute", "-", "1,1"), 3),
        (">&-", PAIR, 2),
        ("2>&-", INFINITE, 0),
        ("2>&-", ("compute",), 2),
        ("2>&-", (*PAIR, "--fail-above", "0.1"), 1),
        ("<&- >&- 2>&-", PAIR, 2),
        ("<&- >&- 2>&-", ("compute", "nope", "1,1"), 3),
    ],
)
def test_a_closed_stream_is_no_bug(closed, words, code):
    done = subprocess.run(
        ["sh", "-c", f'"$@" {closed}', "sh", *KL, *words], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == code
    assert is_clean(done.stderr)
    assert "bug" not in done.stderr


def test_an_interrupt_exits_with_130_and_no_traceback():
    with subprocess.Popen(
        [*KL, "compute", "-", "0.5,0.5"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        # more than a pipe holds: when all is written, it is reading
        process.stdin.write(b"#\n" * 200_000)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err.strip()) == (130, b"", b"kl: interrupted")


# -o: whole or not at all


def test_a_file_is_written_whole_and_standard_output_stays_empty(kl_process, tmp_path):
    path = tmp_path / "answer.json"
    result = kl_process(*PAIR, "-f", "json", "-o", path)
    assert (result.code, result.out, result.err) == (0, "", "")
    assert path.read_text() == kl_process(*PAIR, "-f", "json").out


def test_a_missing_folder_exits_with_2(kl_process, tmp_path):
    result = kl_process(*PAIR, "-o", tmp_path / "nowhere" / "answer")
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines() == [
        f"kl: error: {tmp_path}/nowhere/answer: cannot be written: no such file or directory",
        f"kl: hint: make the folder first: mkdir -p {tmp_path}/nowhere",
    ]


def test_a_folder_as_output_exits_with_2(kl_process, tmp_path):
    result = kl_process(*PAIR, "-o", tmp_path)
    assert (result.code, result.out) == (2, "")
    assert os.listdir(tmp_path) == []


def test_an_old_file_survives_a_disk_that_fills_up(kl_process, tmp_path):
    path = tmp_path / "answer"
    path.write_text("old")
    script = 'ulimit -f 0; trap "" XFSZ; exec "$@"'  # no file may grow: a write fails as on a full disk
    done = subprocess.run(
        ["sh", "-c", script, "sh", *KL, *PAIR, "-o", path], cwd=ROOT, capture_output=True, text=True, check=False,
        env=ENVIRONMENT | {"PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert is_clean(done.stderr)
    assert "kl: hint: nothing was written" in done.stderr
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["answer"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_exits_with_2(kl_process, tmp_path):
    tmp_path.chmod(0o500)
    assert kl_process(*PAIR, "-o", tmp_path / "answer").code == 2


def test_a_file_keeps_its_mode_and_a_link_is_followed(kl_process, tmp_path):
    path, link = tmp_path / "answer", tmp_path / "link"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to("answer")
    assert kl_process(*PAIR, "-o", link).code == 0
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(os.listdir(tmp_path)) == ["answer", "link"]


def test_a_device_or_a_pipe_can_be_the_output(kl_process):
    assert kl_process(*PAIR, "-o", "/dev/null").code == 0
    assert kl_process(*PAIR, "-o", "/dev/stdout").out == kl_process(*PAIR).out


# bad data


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("where", ["the file", "its folder"])
def test_a_file_that_may_not_be_read_exits_with_3(kl_process, tmp_path, where):
    path = tmp_path / "p.csv"
    path.write_text("a,1\n")
    locked = path if where == "the file" else tmp_path
    locked.chmod(0)
    result = kl_process("compute", path, "a=1")
    locked.chmod(0o700)
    assert (result.code, result.out) == (3, "")
    assert result.err == f"kl: error: {path}: may not be read (permission denied)\n"


@pytest.mark.parametrize("source", ["nope.csv", "sample_data", "pyproject.toml", "LICENSE"])
def test_a_file_that_is_no_data_exits_with_3(kl_process, source):
    result = kl_process("compute", source, "0.5,0.5")
    assert (result.code, result.out) == (3, "")
    assert result.err.startswith(f"kl: error: {source}: ")


# a bug


@pytest.fixture
def broken(tmp_path):
    """Settings under which the align step of every comparison has a bug."""
    (tmp_path / "sitecustomize.py").write_text(
        "import klcli.core.comparison as comparison\n"
        "def align(p, q, *, missing):\n"
        "    raise RuntimeError('a wire is loose')\n"
        "comparison.align = align\n"
    )
    return {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "KL_TRACEBACK": ""}


def test_a_bug_exits_with_70_and_says_how_to_report_it(kl_process, broken):
    result = kl_process(*PAIR, env=broken)
    assert (result.code, result.out) == (70, "")
    error, hint = result.err.splitlines()
    assert error == f"kl: error: a bug in kl {__version__}: RuntimeError: a wire is loose"
    assert hint.startswith("kl: hint: run it again with --traceback and report what it prints at https://")


@pytest.mark.parametrize(
    ("words", "env"),
    [((*PAIR, "--traceback"), {}), (("--traceback", *PAIR), {}), (PAIR, {"KL_TRACEBACK": "1"})],
)
def test_a_bug_shows_its_traceback_when_asked(kl_process, broken, words, env):
    result = kl_process(*words, env=broken | env)
    assert (result.code, result.out) == (70, "")
    assert "Traceback (most recent call last):" in result.err
    assert "raise RuntimeError('a wire is loose')" in result.err


def test_a_mistake_of_the_user_shows_no_traceback(kl_process):
    result = kl_process("compute", "nope.csv", "0.5,0.5", "--traceback", env={"KL_TRACEBACK": "1"})
    assert result.code == 3
    assert is_clean(result.err)


# encodings


@pytest.mark.parametrize(
    "env",
    [
        {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "cp437", "PYTHONUTF8": "0"},
    ],
)
@pytest.mark.parametrize("words", [("explain", "猫=1,b=1", "猫=1,b=0"), ("list", "measures"), ("examples", "zeros"),
                                   ("explain", "--help"), ("compute", "猫.csv", "1,1")])  # fmt: skip
def test_a_locale_without_unicode_is_no_bug(words, env):
    done = subprocess.run([*KL, *words], cwd=ROOT, env=ENVIRONMENT | env, capture_output=True, check=False)
    assert done.returncode == (3 if "猫.csv" in words else 0)
    assert is_clean(done.stderr.decode("latin-1"))
    assert done.stdout or done.returncode


def test_an_operand_that_is_no_unicode_is_no_bug(kl_process):
    result = kl_process("compute", os.fsdecode(b"\xff=1,b=1"), "b=1")
    assert result.code == 0
    assert r"\udcff" in result.out


def test_standard_input_that_cannot_be_read_is_bad_data(kl_process, tmp_path):
    with (tmp_path / "written").open("wb") as stream:
        result = kl_process("compute", "-", "0.5,0.5", stdin=stream)
    assert (result.code, result.err) == (3, "kl: error: stdin: bad file descriptor\n")


# completion


def completed(kl_process, words, shell="bash"):
    env = {"_KL_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
    result = kl_process(env=env)
    assert (result.code, result.err) == (0, "")
    return [line.partition(",")[2] for line in result.out.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("kl ", list(COMMANDS)),
        ("kl ex", ["explain", "examples"]),
        ("kl compute -m ", MEASURES.names()),
        ("kl compute p.csv q.csv -m entropy", ["entropy_p", "entropy_q"]),
        ("kl compute -f ", FORMATS.names()),
        ("kl explain -f js", ["json", "jsonl"]),
        ("kl compute --as log", ["logits", "logprobs"]),
        ("kl compute --q-as co", ["counts"]),
        ("kl compute --missing ", ["zero", "error"]),
        ("kl compute --smo", ["--smooth"]),
        ("kl batch --report ju", ["junit="]),
        ("kl batch --report junit=tests/cor", ["junit=tests/core/", "junit=tests/corpus.py"]),
        ("kl batch --report junit=nowhere/", []),
        ("kl matrix -f np", ["npy"]),
        ("kl nope", []),
    ],
)
def test_a_word_is_completed(kl_process, words, expected):
    assert completed(kl_process, words) == expected


@pytest.mark.parametrize(("shell", "text"), [("bash", "complete -o nosort"), ("zsh", "#compdef kl"),
                                             ("fish", "complete --no-files --command kl")])  # fmt: skip
def test_prints_the_script_of_a_shell(kl_process, shell, text):
    if shell == "bash" and not shutil.which("bash"):
        pytest.skip("Click asks bash for its version")
    result = kl_process(env={"_KL_COMPLETE": f"{shell}_source"})
    assert result.code == 0
    assert text in result.out
    assert "_KL_COMPLETE" in result.out


def test_a_completion_that_does_not_exist_is_no_exceeded_limit(kl_process):
    assert kl_process(*PAIR, env={"_KL_COMPLETE": "nonsense"}).code == 2


# what is imported


def imported(*words, env=None):
    script = (
        "import sys\nfrom klcli.cli.main import main\ntry:\n    main(sys.argv[1:])\nfinally:\n"
        "    print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, words)], cwd=ROOT, env=ENVIRONMENT | (env or {}), capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    ("words", "env"),
    [
        (("--help",), {}),
        (("--version",), {}),
        ((), {}),
        ((), {"_KL_COMPLETE": "bash_complete", "COMP_WORDS": "kl ex", "COMP_CWORD": "1"}),
    ],
)
def test_what_needs_no_numbers_imports_no_numpy(words, env):
    assert imported(*words, env=env).isdisjoint({"numpy", "rich", "pandas", "scipy", "pyarrow"})


HEAVY = {"pandas", "scipy", "pyarrow", "duckdb"}


@pytest.mark.parametrize("format_", ["json", "jsonl", "csv", "tsv", "markdown", "value"])
def test_only_the_table_imports_rich(format_):
    found = imported(*PAIR, "-f", format_)
    assert found.isdisjoint(HEAVY | {"rich"})
    assert "numpy" in found


def test_the_table_imports_nothing_that_is_heavy():
    found = imported(*PAIR)
    assert found.isdisjoint(HEAVY)
    assert "rich" not in found


@pytest.mark.parametrize("pair", [("coin_fair.csv", "coin_biased.csv"), ("cats_and_dogs.json",)])
def test_small_files_import_no_pandas_and_nothing_that_only_many_numbers_repay(pair):
    found = imported("compute", *(f"sample_data/{name}" for name in pair), "-f", "json")
    assert found.isdisjoint(HEAVY | {"rich", "orjson", "array"})


def test_rows_import_nothing_heavy_and_their_table_needs_no_rich():
    files = ("sample_data/scores_float32.csv", "sample_data/scores_int8.csv")
    found = imported("rows", *files, "--as", "logits", "--id", "1", "--target", "6")
    assert found.isdisjoint(HEAVY | {"rich"})


@pytest.mark.parametrize("words", [("list", "measures", "-f", "json"), ("examples", "coin", "-f", "json")])
def test_the_catalogues_import_nothing_heavy(words):
    assert imported(*words).isdisjoint(HEAVY)


def test_a_long_read_is_seen_to_go_on_where_standard_error_is_a_terminal(tmp_path):
    (tmp_path / "p.csv").write_text("1\n" * 3_000_000)
    ours, its = terminals.opened()
    command = [sys.executable, "-m", "klcli", "compute", "p.csv", "p.csv", "-f", "value", "-m", "total_variation"]
    environment = ENVIRONMENT | {"TERM": "xterm", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=its) as process:
        os.close(its)
        shown = terminals.shown_on(ours)
        assert process.stdout.read() == b"0.0\n"
    assert process.returncode == 0
    assert b"reading p.csv and p.csv, 12 MB" in shown
