"""Hooks of MkDocs: links to files outside docs/ lead to the repository on GitHub; pictures are drawn by kl."""

import posixpath
import re
import shlex
import tempfile
from base64 import b64encode
from pathlib import Path
from typing import Any

_PICTURE = re.compile(r"<!-- picture: (.+?) -->")
_LINK = re.compile(r"\]\((?!\w+:)([^)#]+)")


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Any) -> str:
    """Returns the page with each picture drawn, and each link that leaves docs/ made absolute."""
    folder = posixpath.dirname(f"docs/{page.file.src_uri}")

    def absolute(found: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, found[1]))
        return found[0] if path.startswith("docs/") else f"]({config.extra['repository']}/blob/main/{path}"

    return _PICTURE.sub(_drawn, _LINK.sub(absolute, markdown))


def _drawn(found: re.Match[str]) -> str:
    """Returns the picture that a command line of kl draws, run in the folder of the project, as an image."""
    from klcli.cli.main import main

    with tempfile.TemporaryDirectory() as folder:
        path, answer = Path(folder) / "picture.svg", Path(folder) / "answer.json"
        code = main([*shlex.split(found[1]), "--plot", str(path), "-f", "json", "-o", str(answer), "-q"])
        if code not in (0, 1):
            raise RuntimeError(f"kl {found[1]}: exit code {code}")
        text = b64encode(path.read_bytes()).decode()
    return f"![kl {found[1]}](data:image/svg+xml;base64,{text})"
