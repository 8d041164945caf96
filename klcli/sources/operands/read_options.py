"""How a pair is read and compared: every option of `kl compute` that bears on the numbers, in one record."""

import os
from collections.abc import Iterable
from typing import NamedTuple

from klcli.core.arithmetic.parallel import processors, side_by_side
from klcli.core.comparison import Comparison, compare
from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.units import parse_base
from klcli.core.measures.measure import MEASURES
from klcli.errors import UsageError
from klcli.sources.bytes.content import status_of
from klcli.sources.bytes.expansion import MAX_EXPAND
from klcli.sources.operands.operand import is_family, load, load_pair

__all__ = ["Reading", "Statuses", "expanded"]

Statuses = tuple[os.stat_result | None, os.stat_result | None]

_LARGE = 1_000_000  # bytes, which take 10 ms and more


class Reading(NamedTuple):
    """How operands are read and compared.

    Attributes:
        kinds, columns: what the numbers are, and where they stand, for P and for Q.
        label: the column of the labels, or several of which each combination is an outcome.
        input_format: instead of what the suffix says. missing: "zero" or "error".
        smooth: such as "add:1", or None. base: of the logarithm.
        samples, seed: of Monte Carlo, for families that have no other way.
        header: whether the first row of a text names the columns; None where the row tells.
        missing_label: what becomes of a row without a label: "error", "keep" or "drop".
        max_expand: what a compressed file may expand to, such as "100x,4GiB".
    """

    kinds: tuple[str, str] = ("auto", "auto")
    columns: tuple[str | None, str | None] = (None, None)
    label: str | tuple[str, ...] | None = None
    input_format: str | None = None
    missing: str = "zero"
    smooth: str | None = None
    base: object = "e"
    samples: int = 200_000
    seed: int = 0
    header: bool | None = None
    missing_label: str = "error"
    max_expand: str = MAX_EXPAND

    def are_families(self, p: str, q: str | None) -> bool:
        """Whether one of two operands is a family of distributions, such as normal(0, 1)."""
        if "(" not in p and (q is None or "(" not in q):  # most are files
            return False
        # an observation may look like a family; what is one by its name is one
        return any(
            word and is_family(word) and (kind != "samples" or _has_name_of_family(word))
            for word, kind in zip((p, q), self.kinds, strict=True)
        )

    def compare(
        self, p: str | Distribution, q: str | None, measures: Iterable[str], statuses: Statuses = (None, None)
    ) -> Comparison:
        """Returns the comparison of two operands, or of the pair that one holds; P may have been read before.

        Args:
            statuses: of the files of two operands, where they are known.

        Raises:
            InputError: they cannot be read as distributions. UsageError: an option is wrong.
        """
        base = parse_base(self.base)
        both = self._load(p, q, *statuses)
        return compare(*both, measures=tuple(measures), base=base, smoothing=self.smooth, missing=self.missing)

    def load(self, side: int, word: str, status: os.stat_result | None = None) -> Distribution:
        """Returns the distribution of an operand: of P where the side is 0, of Q where it is 1; errors as above."""
        return load(
            word, as_=self.kinds[side], column=self.columns[side], label=self.label, input_format=self.input_format,
            header=self.header, missing_label=self.missing_label, status=status, max_expand=self.max_expand,
        )  # fmt: skip

    def _load(
        self, p: str | Distribution, q: str | None, p_status: os.stat_result | None, q_status: os.stat_result | None
    ) -> tuple[Distribution, Distribution]:
        if isinstance(p, str) and q is None:
            return load_pair(
                p, as_=self.kinds, columns=self.columns, label=self.label, input_format=self.input_format,
                header=self.header, missing_label=self.missing_label, max_expand=self.max_expand,
            )  # fmt: skip
        if p == q == "-":
            raise UsageError("standard input can be one operand, not both", hint="pass one as a file")
        if isinstance(p, Distribution):
            return p, self.load(1, q or "", q_status)
        p_status = p_status or status_of(p)
        if q and _is_large(p_status) and _is_large(q_status or status_of(q)) and processors() > 1:
            return side_by_side(lambda: self.load(0, p), lambda: self.load(1, q))
        return self.load(0, p, p_status), self.load(1, q or "", q_status)


def _is_large(status: os.stat_result | None) -> bool:
    """Whether a file takes so long to read that two such are better read at the same time."""
    return status is not None and status.st_size >= _LARGE


def _has_name_of_family(word: str) -> bool:
    from klcli.families.catalogue import FAMILIES

    names = FAMILIES
    return word.partition("(")[0].strip() in names


def expanded(measures: Iterable[str]) -> list[str]:
    """Returns the names with `all` replaced by every measure, those with an order at 0.5."""
    every = [f"{name}:0.5" if MEASURES.lookup(name).orders else name for name in MEASURES.names()]
    return [name for asked in measures for name in (every if asked == "all" else [asked])]
