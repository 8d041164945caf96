"""The documentation, executed: `python tests/docs.py` writes what its commands print now into README.md.

A ```console block holds commands, each after `$ `, and what they print. A comment <!-- kl … --> is followed by what
that command prints as Markdown.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"

_CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
_GENERATED = re.compile(r"<!-- (kl [^>]*) -->\n(?:\n\|.*?\n)?(?=\n[^|]|\Z)", re.DOTALL)


def executed(text: str) -> str:
    """Returns the text with every transcript and generated table as it comes out now."""
    text = _CONSOLE.sub(lambda block: f"```console\n{_transcript(block[1])}```", text)
    return _GENERATED.sub(lambda found: f"<!-- {found[1]} -->\n\n{_printed(f'{found[1]} -f markdown')}", text)


def _transcript(block: str) -> str:
    commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"$ {command}\n{_printed(command)}" for command in commands)


def _printed(command: str) -> str:
    """What a command prints on both streams, in the folder of the project, without a terminal."""
    binaries = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}", "PYTHONUTF8": "1"}
    for name in ("NO_COLOR", "FORCE_COLOR"):
        environment.pop(name, None)
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout.decode()


if __name__ == "__main__":
    README.write_text(executed(README.read_text(encoding="utf-8")), encoding="utf-8")
