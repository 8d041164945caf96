"""The softmax of rows of logits, up to the total of each: one exponential of each logit, as it stands if it can be.

The largest logit is subtracted only if the exponentials would come near the ends of the range of float64. Otherwise a
pass over the logits and a rounding are saved.
"""

from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.double_double import two_sum
from klcli.core.arithmetic.parallel import Workspace, blocks
from klcli.core.arithmetic.summation import row_inner, row_sum
from klcli.core.arithmetic.types import Array, Mask
from klcli.support.lazy import lazy

__all__ = ["Extremes", "Logits", "Softmax"]

_LOWEST = -690.0  # of a logit below the largest: exp of it, and its product with one more, are normal doubles
_AS_THEY_STAND = 60.0  # logits between _LOWEST + this and this are as good without the largest taken off
_COLUMNS = 131_072  # outcomes taken at once, as many as of narrower rows (`row_values`)


class Extremes(NamedTuple):
    """Choices for the softmax of each row that follow from its extreme logits; all of shape (n, 1).

    Attributes:
        top: the largest logit. is_sound: whether none is too far below it.
        shift: Subtracted from each logit before it is exponentiated. stand: True for sound rows whose shift is 0.
    """

    top: Array
    is_sound: Mask
    shift: Array
    stand: Mask

    @classmethod
    def between(cls, least: Array, most: Array) -> "Extremes":
        is_small = (np.abs(most) <= _AS_THEY_STAND) & (least >= _LOWEST + _AS_THEY_STAND)
        return cls(most, np.asarray(least >= most + _LOWEST), np.where(is_small, 0.0, most), is_small)

    @classmethod
    def of(cls, logits: Array) -> "Extremes":
        ends = (extreme.reduce(logits, axis=-1, keepdims=True) for extreme in (np.minimum, np.maximum))
        return cls.between(*(end.astype(np.float64) for end in ends))


class Logits(NamedTuple):
    """Rows of logits.

    Attributes:
        values: float32 or doubles, shape (n, k). extremes: of these rows and perhaps others. part: where these are.
        are_float32: whether they, and those that they are compared with, are no longer than float32, so that their
            differences are exact.
    """

    values: Array
    extremes: Extremes
    part: slice
    are_float32: bool

    @property
    def stand(self) -> Mask:
        """True where the logits of a row can be exponentiated unshifted, shape (n, 1)."""
        return self.extremes.stand[self.part]


class Softmax:
    """The softmax of each row of logits.

    Attributes:
        logits: of shape (n, k). top, is_sound, shift: as in Extremes.
        are_float32: as in Scores. columns: the outcomes in parts that are gone through one by one.
    """

    def __init__(self, logits: Logits, name: str, workspace: Workspace) -> None:
        self.logits, self.are_float32, self._name, self._workspace = logits.values, logits.are_float32, name, workspace
        self.columns = blocks(self.logits.shape[-1], _COLUMNS)
        known, part = logits.extremes, logits.part
        self.top, self.is_sound, self.shift = known.top[part], known.is_sound[part], known.shift[part]

    @lazy
    def below(self) -> Array:
        """The logits less the largest."""
        return np.subtract(self.logits, self.top, out=self._workspace.like(f"below {self._name}", self.logits))

    @lazy
    def doubles(self) -> Array:
        """The logits as doubles: to copy them first takes half of the time in which a calculation casts them."""
        if self.logits.dtype == np.float64:
            return self.logits
        doubles = self._workspace.like(f"doubles {self._name}", self.logits)
        np.copyto(doubles, self.logits)
        return doubles

    @lazy
    def mass(self) -> Array:
        """exp(logit - shift): the masses up to their total."""
        mass = self._workspace.like(f"mass {self._name}", self.logits)
        if not np.count_nonzero(self.shift):
            return np.exp(self.doubles, out=mass)
        for where in self.columns:
            logits = self.doubles[:, where]
            np.exp(logits - self.shift, out=mass[:, where])
            if not self.are_float32:
                mass[:, where] *= 1 + two_sum(logits, -self.shift).low
        return mass

    @lazy
    def total(self) -> Array:
        return row_sum(self.mass)

    @lazy
    def log_total(self) -> Array:
        """log of Σ exp(below), with all digits also where one outcome has nearly all the mass."""
        at = self.logits.argmax(axis=-1)[:, np.newaxis]
        own = np.take_along_axis(self.mass, at, -1)
        np.put_along_axis(self.mass, at, 0.0, -1)
        rest = row_sum(self.mass)
        np.put_along_axis(self.mass, at, own, -1)
        return np.log1p(rest / own)

    def surprise(self, under: "Softmax") -> Array:
        """-Σ p·log q, for p of these logits and q of the others; shape (n,)."""
        value = under.log_total - row_inner(self.mass, under.below) / self.total
        return np.where(self.is_sound & under.is_sound, value, np.nan)[:, 0]
