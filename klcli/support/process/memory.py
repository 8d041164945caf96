"""The memory of this machine that is free."""

from contextlib import suppress
from math import inf
from pathlib import Path

__all__ = ["available_memory"]

_MEMINFO = Path("/proc/meminfo")  # of Linux


def available_memory() -> float:
    """Returns the bytes that a process can still take without swapping; inf where the system does not say."""
    with suppress(OSError, ValueError, IndexError):
        for line in _MEMINFO.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return 1024.0 * int(line.split()[1])
    return inf
