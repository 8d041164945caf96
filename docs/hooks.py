"""A hook of MkDocs: makes links to files outside docs/ lead to the repository on GitHub."""

import posixpath
import re
from typing import Any

_LINK = re.compile(r"\]\((?!\w+:)([^)#]+)")


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Any) -> str:
    """Returns the page with each link that leaves docs/ made absolute."""
    folder = posixpath.dirname(f"docs/{page.file.src_uri}")

    def absolute(found: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, found[1]))
        return found[0] if path.startswith("docs/") else f"]({config.extra['repository']}/blob/main/{path}"

    return _LINK.sub(absolute, markdown)
