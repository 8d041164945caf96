"""Text in GitHub-flavoured Markdown."""

import re

from klcli.support.safe_text import visible

__all__ = ["escaped"]

# what GitHub would read as markup, a formula or an address; an underscore inside a word is none
_MARKUP = re.compile(r"[\\`*\[\]<|~#&$]|:(?=//)|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def escaped(text: str) -> str:
    """Returns the text with nothing in it that GitHub would read as markup."""
    return _MARKUP.sub(r"\\\g<0>", visible(text))
