"""A terminal for processes: a pseudo-terminal of a given width, and all that is shown on it."""

import fcntl
import os
import pty
import struct
import termios
from contextlib import suppress


def opened(columns=80):
    """Returns the descriptors of a new terminal: ours, to read from, and that of the process."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    return ours, its


def shown_on(ours):
    """Returns all that is shown, once every process has closed the terminal, and closes it."""
    shown = b""
    with suppress(OSError):  # Linux says so that the other side was closed
        while chunk := os.read(ours, 65536):
            shown += chunk
    os.close(ours)
    return shown
