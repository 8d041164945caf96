"""The values of a matrix as an array, in numpy's own format and with all their digits."""

import io

import numpy as np

from klcli.reports.format import Format, registered
from klcli.reports.parts import Grid

__all__ = ["Npy"]


@registered
class Npy(Format):
    """The bytes of a .npy file."""

    name = "npy"
    title = ".npy"
    summary = "the values of kl matrix as an array of numpy"
    shows = frozenset({"grid"})

    def grid(self, grid: Grid) -> bytes:
        stream = io.BytesIO()
        np.save(stream, grid.values)
        return stream.getvalue()
