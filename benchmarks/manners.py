"""Manners: each command of docs/reference/manners.md, run with every tool that is installed.

`python -m benchmarks.manners` runs them, says which do not end as they should, and writes the table. A cell is a
command of bash, after " #" the exit code if it is not 0, and after "~" a pattern that its output, both streams, must
hold. A command after "doc:" is from the tool's documentation, since it takes an account, a network or a newer version.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

__all__ = ["PAGE", "ROWS", "TOOLS", "command_of", "failure", "prepare", "table"]

PAGE = Path(__file__).parent.parent / "docs/reference/manners.md"
TOOLS = {
    "kl": "kl", "jq": "jq", "ripgrep": "rg", "sqlite-utils": "sqlite-utils", "hyperfine": "hyperfine",
    "duckdb": "duckdb", "csvkit": "csvcut", "gh": "gh",
}  # fmt: skip
_NONE = ""
ROWS: dict[str, tuple[str, ...]] = {
    "Messages go to standard error alone": (
        "kl compute no.csv p.csv 2>/dev/null #3 ~^$", "jq . no.json 2>/dev/null #2 ~^$",
        "rg a no.txt 2>/dev/null #2 ~^$",
        "sqlite-utils rows no.db t 2>/dev/null #1 ~^$", "hyperfine -N no-such 2>/dev/null #1",
        "duckdb -c 'from no' 2>/dev/null #1 ~^$", "csvcut no.csv 2>/dev/null #1", "gh no-such 2>/dev/null #1 ~^$",
    ),
    "Standard input as a file": (
        "cat p.csv | kl compute - q.csv", "cat d.json | jq .", "cat p.csv | rg a -",
        "cat p.csv | sqlite-utils memory - 'select * from stdin'", _NONE,
        "cat p.csv | duckdb -c \"from read_csv('/dev/stdin')\"", "cat p.csv | csvcut -c label", "doc:gh api --input -",
    ),
    "JSON": (
        "kl compute p.csv q.csv -f json ~\"schema\": 1", "jq . d.json ~\"a\"", "rg --json a p.csv ~\"type\"",
        "sqlite-utils t.db 'select 1 as n' ~\"n\"", "hyperfine -N -r 2 -w 0 true --export-json h.json",
        "duckdb -json -c 'select 1 as n' ~\"n\"", "csvjson p.csv ~\"label\"", "doc:gh pr list --json title",
    ),
    "JSON lines": (
        "kl batch p.csv q.csv -f jsonl ~\"status\"", "jq -c . d.json", "rg --json a p.csv",
        "sqlite-utils --nl t.db 'select 1 as n' ~^.\"n\"", _NONE, "duckdb -jsonlines -c 'select 1 as n' ~^.\"n\"",
        "csvjson --stream p.csv ~^.\"label\"", "doc:gh pr list --json title --jq '.[]'",
    ),
    "CSV": (
        "kl compute p.csv q.csv -f csv ~^measure,", "jq -r '[.a] \\| @csv' d.json", _NONE,
        "sqlite-utils --csv t.db 'select 1 as n' ~^n", "hyperfine -N -r 2 true --export-csv h.csv",
        "duckdb -csv -c 'select 1 as n' ~^n", "csvcut -c label p.csv ~^label", _NONE,
    ),
    "Markdown": (
        "kl compute p.csv q.csv -f md ~(?m)^\\|", _NONE, _NONE, "sqlite-utils --fmt github t.db 'select 1 as n' ~^\\|",
        "hyperfine -N -r 2 true --export-markdown h.md", "duckdb -markdown -c 'select 1 as n' ~^\\|",
        "csvlook p.csv ~^\\|", _NONE,
    ),
    "The bare value": (
        "kl compute p.csv q.csv -m forward_kl -f value ~^0.5108256", "jq -r .a d.json ~^1", "rg -o 0.5 p.csv ~^0.5",
        "sqlite-utils --raw t.db 'select 1' ~^1", _NONE, "duckdb -noheader -list -c 'select 1' ~^1", _NONE,
        "doc:gh pr view --json title --jq .title",
    ),
    "The suffix of a file chooses its format": (
        "kl compute p.csv q.csv -o x.json", _NONE, _NONE, _NONE, _NONE, "duckdb -c \"copy (select 1) to 'x.parquet'\"",
        _NONE, _NONE,
    ),
    "An exit code for a finding": (
        "kl compute p.csv q.csv --fail-above 0.1 #1", "jq -e .no d.json #1", "rg no-such p.csv #1", _NONE,
        "hyperfine -N -r 2 false #1", _NONE, "csvclean --length-mismatch ragged.csv #1", "doc:gh pr checks",
    ),
    "Other codes for wrong words and for bad data": (
        "kl compute --no-such #2", "jq --no-such . #2", "rg --no-such #2", "sqlite-utils --no-such #2",
        "hyperfine --no-such #2", "duckdb --no-such #1", "csvcut --no-such #2", "gh --no-such #1",
    ),
    "A closed pipe is no error": (
        "set -o pipefail; kl list families | head -1", _NONE,
        _NONE, _NONE, _NONE, _NONE, _NONE, _NONE,
    ),
    "Colour on demand, in a pipe too": (
        "kl compute p.csv q.csv --color always ~\x1b", "jq -C . d.json ~\x1b", "rg --color always a p.csv ~\x1b", _NONE,
        "hyperfine -N -r 2 true --style color ~\x1b", _NONE, _NONE, "doc:CLICOLOR_FORCE=1 gh pr list",
    ),
    "`NO_COLOR`": (
        "NO_COLOR=1 FORCE_COLOR=1 kl compute p.csv q.csv", "doc:NO_COLOR=1 jq . (1.7.1)", "NO_COLOR=1 rg a p.csv",
        "NO_COLOR=1 sqlite-utils --help", "NO_COLOR=1 hyperfine -N -r 2 true", _NONE, _NONE, "NO_COLOR=1 gh help",
    ),
    "Silence": (
        "kl compute p.csv q.csv -q", _NONE, "rg -q a p.csv ~^$", _NONE, "hyperfine -N -r 2 true --style none", _NONE,
        _NONE, _NONE,
    ),
    "Version": (
        "kl -V", "jq -V", "rg -V", "sqlite-utils --version", "hyperfine -V", "duckdb --version", "csvcut --version",
        "gh --version",
    ),
    "Help of a command": (
        "kl help compute", _NONE, _NONE, "sqlite-utils rows --help", _NONE, _NONE, _NONE, "gh help pr",
    ),
    "A misspelled word is answered with the right one": (
        "kl comptue #2 ~did you mean", _NONE, _NONE, _NONE, _NONE, _NONE, _NONE, "gh isue #1 ~Did you mean",
    ),
    "Completion": (
        "kl completion zsh", _NONE, "doc:rg --generate complete-zsh (14)",
        "_SQLITE_UTILS_COMPLETE=zsh_source sqlite-utils", _NONE, _NONE, _NONE, "gh completion -s zsh",
    ),
    "A manual page": (
        "doc:man kl-compute", "doc:man jq", "doc:man rg", _NONE, "doc:man hyperfine", _NONE, _NONE, "doc:man gh-pr",
    ),
    "A text without header": (
        "kl compute n.csv n.csv --no-header", _NONE, _NONE,
        "sqlite-utils memory n.csv --no-headers 'select * from n'", _NONE,
        "duckdb -c \"from read_csv('n.csv', header=false)\"", "csvcut -H -c 1 n.csv", _NONE,
    ),
    "Another delimiter": (
        "kl compute s.csv s.csv --delimiter ';'", _NONE, _NONE,
        "sqlite-utils insert s.db s s.csv --csv --delimiter ';'", _NONE,
        "duckdb -c \"from read_csv('s.csv', delim=';')\"", "csvcut -d ';' -c label s.csv", _NONE,
    ),
    "A text for missing values": (
        "kl compute na.csv p.csv --null NA", _NONE, _NONE, _NONE, _NONE,
        "duckdb -c \"from read_csv('na.csv', nullstr='NA')\"", "csvjson --null-value NA na.csv", _NONE,
    ),
    "Other forms than text": (
        "kl compute t.db#t q.csv", _NONE, "doc:rg -z", "sqlite-utils rows t.db t", _NONE,
        "doc:duckdb -c \"from sqlite_scan('t.db', 't')\"", "doc:in2csv book.xlsx", _NONE,
    ),
    "Settings in a file, the command line first": (
        "kl batch --show-config", "doc:~/.jq", "doc:RIPGREP_CONFIG_PATH", _NONE, _NONE, "doc:~/.duckdbrc", _NONE,
        "gh config list",
    ),
}  # fmt: skip


def command_of(cell: str) -> str:
    """Returns the command of a cell as a reader types it."""
    return re.sub(r" #\d+\b| ~.*$", "", cell.removeprefix("doc:")).replace("set -o pipefail; ", "").replace("\\|", "|")


def prepare(folder: Path) -> None:
    """Writes the files that the commands name."""
    texts = {
        "p.csv": "label,p\na,0.5\nb,0.5\n", "q.csv": "label,q\na,0.9\nb,0.1\n", "n.csv": "a,1\nb,3\n",
        "s.csv": "label;n\na;1\nb;3\n", "na.csv": "label,n\na,1\nb,3\nc,NA\n", "d.json": '{"a": 1}\n',
        "ragged.csv": "a,b\n1,2,3\n",
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).write_text(text)
    import sqlite3

    with sqlite3.connect(folder / "t.db") as base:
        base.execute("CREATE TABLE t (label TEXT, n REAL)")
        base.executemany("INSERT INTO t VALUES (?, ?)", [("a", 1), ("b", 3)])
    base.close()


def failure(cell: str, folder: Path) -> str:
    """Returns how a command did not end as its cell says; empty if it did."""
    if not cell or cell.startswith("doc:"):
        return ""
    code = re.search(r" #(\d+)\b", cell)
    pattern = re.search(r" ~(.*)$", cell)
    words = re.sub(r" #\d+\b| ~.*$", "", cell).replace("\\|", "|")
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-c", words], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    wanted = int(code[1]) if code else 0
    if done.returncode != wanted:
        return f"{words}: exit code {done.returncode}, not {wanted}: {done.stderr[-200:]}"
    if pattern and not re.search(pattern[1], done.stdout + done.stderr):
        return f"{words}: no {pattern[1]!r} in {(done.stdout + done.stderr)[:200]!r}"
    return ""


def table() -> str:
    """Returns the table in Markdown."""
    lines = [f"| manner | {' | '.join(TOOLS)} |", f"|{' --- |' * (len(TOOLS) + 1)}"]
    for manner, cells in ROWS.items():
        shown = [f"`{command_of(cell).replace('|', chr(92) + '|')}`" if cell else "–" for cell in cells]
        lines.append(f"| {manner} | {' | '.join(shown)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Runs every command whose tool is installed, and writes the table; returns the number of failures."""
    failures = 0
    versions = []
    for name, program in TOOLS.items():
        if shutil.which(program) is None and name != "kl":
            print(f"{name} is not installed, and was not run")
    with tempfile.TemporaryDirectory() as scratch:
        prepare(Path(scratch))
        for manner, cells in ROWS.items():
            for name, cell in zip(TOOLS, cells, strict=True):
                if name == "kl" or shutil.which(TOOLS[name]):
                    found = failure(cell, Path(scratch))
                    if found:
                        failures += 1
                        print(f"{manner}: {name}: {found}")
    for name, program in list(TOOLS.items())[1:]:
        if shutil.which(program):
            done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
            number = re.search(r"\d+(?:\.\d+)+", done.stdout)
            versions.append(f"{name} {number[0] if number else ''}")
    if not failures:
        text = PAGE.read_text(encoding="utf-8")
        head, _, rest = text.partition("<!-- manners")
        tail = rest.partition("<!-- end of manners -->")[2]
        mark = f"<!-- manners, run on {date.today()} with {', '.join(versions)} -->"
        PAGE.write_text(f"{head}{mark}\n\n{table()}\n<!-- end of manners -->{tail}", encoding="utf-8")
    return failures


if __name__ == "__main__":
    sys.exit(bool(main()))
