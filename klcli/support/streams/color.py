"""The choice of colour: what was asked for, then the environment, then whether a terminal shows it."""

import os

__all__ = ["wants_color"]


def wants_color(choice: str, is_terminal: bool) -> bool:
    """Returns True if output is coloured: by --color, then NO_COLOR, FORCE_COLOR and TERM.

    See no-color.org and force-color.org.
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal and os.environ.get("TERM") != "dumb"
