"""How a pair is read and compared: every option of `kl compute` that bears on the numbers, in one record."""

from collections.abc import Iterable
from dataclasses import dataclass

from klcli.core.comparison import Comparison, compare
from klcli.core.distribution import Distribution
from klcli.core.measure import MEASURES
from klcli.core.units import parse_base
from klcli.errors import UsageError
from klcli.sources.operand import load, load_pair

__all__ = ["Reading", "expanded"]


@dataclass(frozen=True, slots=True)
class Reading:
    """How operands are read and compared.

    Attributes:
        kinds, columns: what the numbers are, and where they stand, for P and for Q. label: the column of the labels.
        input_format: instead of what the suffix says. missing: "zero" or "error".
        smooth: such as "add:1", or None. base: of the logarithm.
    """

    kinds: tuple[str, str] = ("auto", "auto")
    columns: tuple[str | None, str | None] = (None, None)
    label: str | None = None
    input_format: str | None = None
    missing: str = "zero"
    smooth: str | None = None
    base: object = "e"

    def compare(self, p: str | Distribution, q: str | None, measures: Iterable[str]) -> Comparison:
        """Returns the comparison of two operands, or of the pair that one holds; P may have been read before.

        Raises:
            InputError: they cannot be read as distributions. UsageError: an option is wrong.
        """
        base = parse_base(self.base)
        return compare(
            *self._load(p, q), measures=tuple(measures), base=base, smoothing=self.smooth, missing=self.missing
        )

    def load(self, side: int, word: str) -> Distribution:
        """Returns the distribution of an operand: of P where the side is 0, of Q where it is 1; errors as above."""
        return load(
            word, as_=self.kinds[side], column=self.columns[side], label=self.label, input_format=self.input_format
        )

    def _load(self, p: str | Distribution, q: str | None) -> tuple[Distribution, Distribution]:
        if isinstance(p, str) and q is None:
            return load_pair(p, as_=self.kinds, columns=self.columns, label=self.label, input_format=self.input_format)
        if p == q == "-":
            raise UsageError("standard input can be one operand, not both", hint="pass one as a file")
        return p if isinstance(p, Distribution) else self.load(0, p), self.load(1, q or "")


def expanded(measures: Iterable[str]) -> list[str]:
    """Returns the names with `all` replaced by every measure, those with an order at 0.5."""
    every = [f"{name}:0.5" if MEASURES.lookup(name).orders else name for name in MEASURES.names()]
    return [name for asked in measures for name in (every if asked == "all" else [asked])]
