"""Runs the benchmarks that are named, or all, and prints their tables; `--record` also keeps them in results.md."""

import argparse
import importlib
import os
import re
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.interleaved import machine
from benchmarks.record import with_before

NAMES = ("startup", "kernel", "files", "batch", "families", "rows", "lines", "matrix", "estimates", "drift", "accuracy")
RECORD = Path(__file__).with_name("results.md")


def main() -> None:
    """Reads the command line; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="name", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--large", action="store_true", help="also what takes minutes or gigabytes")
    parser.add_argument("--record", action="store_true", help=f"write the tables to {RECORD.name}, for this setting")
    arguments = parser.parse_args()
    print(machine(), flush=True)
    for name in arguments.names or NAMES:
        found = importlib.import_module(f"benchmarks.{name}").tables(arguments.large)
        text = "\n\n".join(map(str, found))
        print(f"\n{text}", flush=True)
        if arguments.record:
            _record(f"{name}{_setting()}", text)


def _setting() -> str:
    """What the environment changes of the machine, for a table of its own; nothing by default."""
    kernel, disabled = os.environ.get("KL_KERNEL"), os.environ.get("NPY_DISABLE_CPU_FEATURES")
    return f", {kernel} kernel" * bool(kernel) + ", numpy without AVX-512" * bool(disabled)


def _record(name: str, text: str) -> None:
    when = datetime.now(UTC).strftime("%Y-%m-%d")
    old = RECORD.read_text(encoding="utf-8")
    pattern = re.compile(f"<!-- {name} -->.*<!-- end of {name} -->", re.DOTALL)
    before = pattern.search(old)
    text = with_before(text, before.group()) if before else text
    block = f"<!-- {name} -->\n\n{text}\n\n{when}, {machine()}\n\n<!-- end of {name} -->"
    new, places = pattern.subn(lambda _: block, old)
    RECORD.write_text(new if places else f"{old}\n## {name.capitalize()}\n\n{block}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
