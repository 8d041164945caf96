"""The documentation, executed: `python tests/docs.py` writes what its commands print now into every document.

A ```console block holds commands, each after `$ ` (a backslash continues the line), and what they print. A comment
<!-- kl … --> is followed by what that command prints as Markdown, and <!-- table of … --> by a table that is made here.

The last digits of a logarithm depend on the processor: a number that agrees to FULL_PRECISION stays as it is written.
"""

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from klcli.core.measures.measure import MEASURES, Finite, Measure
from klcli.errors import ExitCode

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCUMENTS = {
    path.relative_to(ROOT).as_posix(): path
    for pattern in ("*.md", "docs/**/*.md", "benchmarks/*.md", "sample_data/*.md", ".github/**/*.md")
    for path in sorted(ROOT.glob(pattern))
}

FULL_PRECISION = 1e-15  # relative; of numbers with more than SHORT significant digits
STATED_ERROR = 0.1  # relative; of what follows "± "
SHORT = 12  # significant digits; as many, or fewer, were rounded for people and are compared as words

_CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
_GENERATED = re.compile(r"<!-- ((?:kl|table of) [^>]*) -->\n(?:\n\|.*?\n)?(?=\n[^|]|\Z)", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w.])(\d+\.\d+(?:e[-+]\d+)?|\d+e[-+]\d+)(?![\w.]*\w)")


def executed(text: str) -> str:
    """Returns the text with every transcript and generated table as it comes out now."""
    text = _CONSOLE.sub(lambda block: f"```console\n{_transcript(block[1])}```", text)
    return _GENERATED.sub(lambda found: as_written(_table(found[1]), found[0]), text)


def as_written(printed: str, written: str) -> str:
    """Returns what is printed, with each number that agrees with the written one as it is written.

    So the result equals what is written only where the words are equal to the letter, and the numbers agree: those of
    full precision to FULL_PRECISION, stated errors to STATED_ERROR, all others to the last digit.
    """
    ours, theirs = printed.split("\n"), written.split("\n")
    if len(ours) != len(theirs):
        return printed
    return "\n".join(_line_as_written(*lines) for lines in zip(ours, theirs, strict=True))


def _line_as_written(printed: str, written: str) -> str:
    ours, theirs = _NUMBER.split(printed), _NUMBER.split(written)
    if ours[::2] != theirs[::2]:
        return printed
    for place in range(1, len(ours), 2):
        if _agree(ours[place], theirs[place], _allowed(ours[place], theirs[place], ours[place - 1])):
            ours[place] = theirs[place]
    return "".join(ours)


def _agree(ours: str, theirs: str, allowed: float) -> bool:
    return abs(float(ours) - float(theirs)) <= allowed * abs(float(theirs))


def _allowed(ours: str, theirs: str, before: str) -> float:
    """The relative difference that two numbers may have; -1 where none is allowed, not even in how they are written."""
    if before.endswith("± "):
        return STATED_ERROR
    return FULL_PRECISION if max(map(_significant_digits, (ours, theirs))) > SHORT else -1


def _significant_digits(number: str) -> int:
    return len(number.partition("e")[0].replace(".", "").lstrip("0"))


class Checker(doctest.OutputChecker):
    """Compares what a Python session prints as `as_written` does."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        return super().check_output(want, as_written(got, want), optionflags)


def _transcript(block: str) -> str:
    parts = re.split(r"^\$ ((?:.*\\\n)*.*)\n", block, flags=re.MULTILINE)
    commands = zip(parts[1::2], parts[2::2], strict=True)
    return "".join(f"$ {command}\n{as_written(_printed(command), written)}" for command, written in commands)


def _table(command: str) -> str:
    content = _TABLES[command]() if command in _TABLES else _printed(f"{command} -f markdown")
    return f"<!-- {command} -->\n\n{content}"


def _exit_codes() -> str:
    return "\n".join(
        ["| code | meaning |", "| ---: | --- |", *(f"| {code} | {code.meaning} |" for code in ExitCode), ""]
    )


def _support_laws() -> str:
    names = {
        law.value: [f"`{each.name}`" for each in MEASURES if not each.orders and each.support_law is law]
        for law in Finite
    } | {"depends on the order A": [f"`{each.name}:A`" for each in MEASURES if each.orders]}
    rows = (f"| {law} | {', '.join(measures)} |" for law, measures in names.items())
    return "\n".join(["| finite when | measures |", "| --- | --- |", *rows, ""])


def _fast_forms() -> str:
    """Which fast forms each measure declares; those with an order as they are at the order 2."""
    columns: dict[str, Callable[[Measure], object]] = {
        "kernel": lambda each: each.kernel_form if each.order else each.kernel,
        "kl_div_sum": lambda each: each.kl_div_sum,
        "logit_sum": lambda each: each.logit_sum,
        "gemm": lambda each: each.gemm(2.0) if callable(each.gemm) else each.gemm,
        "pair_sums": lambda each: each.pair_sums,
        "depends_on": lambda each: "" if each.depends_on == "both" else f"{each.depends_on.upper()} alone",
    }
    rows = [
        [f"`{each.name}:A`" if each.orders else f"`{each.name}`", *(_cell(find(each)) for find in columns.values())]
        for each in MEASURES
    ]
    lines = (["measure", *(f"`{name}`" for name in columns)], ["---", *[":---:"] * len(columns)], *rows)
    return "\n".join([*(f"| {' | '.join(line)} |" for line in lines), ""])


def _cell(found: object) -> str:
    return found if isinstance(found, str) else "yes" if found else ""


_TABLES = {
    "table of exit codes": _exit_codes,
    "table of support laws": _support_laws,
    "table of fast forms": _fast_forms,
}


# a run writes both streams when it has something to say: which is first depends on the load of the machine
_MESSAGES_LAST = """kl() {
  local messages code
  messages=$(mktemp) && { command kl "$@" 2>"$messages"; code=$?; cat "$messages" >&2; rm "$messages"; return $code; }
}
"""


def _printed(command: str) -> str:
    """What a command prints, in the folder of the project, without a terminal; of each `kl`, its messages last."""
    binaries = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}", "PYTHONUTF8": "1"}
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        environment.pop(name, None)
    done = subprocess.run(
        ["bash", "-c", _MESSAGES_LAST + command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout.decode()


def anchors(text: str) -> Iterator[str]:
    """Yields the anchors of a document's headings, as GitHub makes them."""
    outside = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    for heading in re.findall(r"^#+ (.+)$", outside, re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _rewrite(path: Path) -> None:
    path.write_text(executed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    with ThreadPoolExecutor() as pool:
        list(pool.map(_rewrite, map(Path, sys.argv[1:]) if sys.argv[1:] else DOCUMENTS.values()))
