"""How a pair is read and compared: every option of `kl compute` that affects the numbers, in one record."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple, Union

from klcli.core.arithmetic.parallel import processors, side_by_side
from klcli.core.distributions.both_sides import OF_ONE_SIDE, read_both
from klcli.core.distributions.distribution import Distribution
from klcli.engines.address import Access
from klcli.errors import InputError, NotADistribution, NotASample, NotComparable, NotNumbers, UsageError
from klcli.sources.bytes.expansion import MAX_EXPAND
from klcli.sources.bytes.files import is_stream, kept_stream, status_of
from klcli.sources.columns.missing_numbers import cure_of_texts
from klcli.sources.columns.totals import is_total_of_one
from klcli.sources.formats.input_format import read_against_suffix
from klcli.sources.formats.text_dialect import AUTO, PLAIN, TextDialect, parse_dialect
from klcli.sources.operands.operand import is_family, load, load_pair
from klcli.support.sentence import Option, Sentence, joined

if TYPE_CHECKING:
    from klcli.families.family.family import Family

__all__ = ["Operand", "ReadOptions", "Statuses", "hinted_at_observations"]

Operand = Union[Distribution, "Family"]
Statuses = tuple[os.stat_result | None, os.stat_result | None]

_LARGE = 1_000_000  # bytes, which take 10 ms or more to read


class ReadOptions(NamedTuple):
    """How two operands are read, and compared once they are.

    Attributes:
        kinds, columns: what the numbers are, and the columns that hold them, for P and for Q.
        label: the column of the labels, or several, each combination of which is an outcome.
        formats: the names of the formats of P and of Q; None where the suffix decides. missing: "zero" or "error".
        smooth: such as "add:1", or None. base: of the logarithm.
        samples, seed: of Monte Carlo, for families without a formula; None for as many draws as an outcome allows.
        header: True if the first row of a text names the columns; None where the row decides.
        dialect: how a text writes cells and numbers. column: the one that was named for both P and Q.
        access: how an engine is reached.
        missing_label: "error", "keep" or "drop", for rows without a label.
        max_expand: what a compressed file may expand to, such as "100x,4GiB".
        decimals: the decimal marks of P and of Q, where they differ from that of `dialect`.
        keeps_totals: True keeps masses that are the total of the others: the other side has their labels as outcomes.
    """

    kinds: tuple[str, str] = ("auto", "auto")
    columns: tuple[str | None, str | None] = (None, None)
    label: str | tuple[str, ...] | None = None
    formats: tuple[str | None, str | None] = (None, None)
    missing: str = "zero"
    smooth: str | None = None
    base: object = "e"
    samples: int | None = None
    seed: int = 0
    header: bool | None = None
    missing_label: str = "error"
    max_expand: str = MAX_EXPAND
    dialect: TextDialect = PLAIN
    column: str | None = None
    access: Access = Access()
    keeps_totals: bool = False
    decimals: tuple[str | None, str | None] = (None, None)

    def operand(self, side: int, word: str, status: os.stat_result | None = None) -> Operand:
        """Returns the family or the distribution that a word stands for; `side` is 0 for P and 1 for Q.

        Raises:
            InputError: the word cannot be read as either. UsageError: a family or a parameter has no such name.
        """
        if is_family(word, self.kinds[side]):
            from klcli.families.grammar import parse

            return parse(word)
        return self.load(side, word, status)

    def load(self, side: int, word: str, status: os.stat_result | None = None) -> Distribution:
        """Returns the distribution of an operand; `side` is 0 for P and 1 for Q. Errors as in `operand.load`."""
        with read_against_suffix(word, self.formats[side]), self._hinted_at_side(side):
            return load(
                word, as_=self.kinds[side], column=self.columns[side], label=self.label,
                input_format=self.formats[side], header=self.header, dialect=self._dialect(side),
                missing_label=self.missing_label, status=status, max_expand=self.max_expand, access=self.access,
                keeps_totals=self.keeps_totals,
            )  # fmt: skip

    def _dialect(self, side: int) -> TextDialect:
        """Returns how the text of a side writes cells and numbers.

        Raises:
            UsageError: its decimal mark is its delimiter, or separates thousands.
        """
        decimal = self.decimals[side]
        if decimal is None or decimal == self.dialect.decimal:
            return self.dialect
        parse_dialect(self.dialect.delimiter or AUTO, decimal, self.dialect.thousands[:1])
        return self.dialect._replace(decimal=decimal)

    @contextmanager
    def _hinted_at_side(self, side: int) -> Iterator[None]:
        """Gives an error on observations, or on masses read as such, the option for one side alone."""
        try:
            yield
        except NotNumbers as error:
            if self.kinds != ("auto", "auto"):
                raise
            hint = cure_of_texts(
                Sentence(Option(OF_ONE_SIDE[side], "samples"), ", or ", Option("--as", "samples"), " for both")
            )
            raise NotNumbers(error.finding, place=error.place, hint=hint) from None
        except NotASample as error:
            if self.kinds != ("samples", "samples"):
                raise
            other = 1 - side
            one = Sentence(
                "pass ", Option(OF_ONE_SIDE[other], "samples"), f" if {'PQ'[other]} alone holds observations"
            )
            raise NotASample(error.finding, place=error.place, hint=joined(", or ", one, error.hint)) from None

    def load_both(self, p: str | Operand, q: str | None, statuses: Statuses = (None, None)) -> tuple[Operand, Operand]:
        """Returns P and Q from two operands, or from one that holds both; P may have been loaded already.

        Args:
            statuses: of the files of two operands, if known.

        Raises:
            InputError: an operand cannot be read as a distribution. UsageError: an option is wrong.
        """
        if isinstance(p, str) and q is None:
            if is_family(p, self.kinds[0]):
                raise UsageError("one distribution, but two are compared", place=p, hint="give a second operand")
            if self.decimals[0] != self.decimals[1]:
                raise UsageError("--p-decimal and --q-decimal are of two operands, and one is given",
                                 hint="pass " + Option("--decimal") + ", which holds for both columns")  # fmt: skip
            return load_pair(
                p, as_=self.kinds, columns=self._columns_of_one(p), label=self.label, input_format=self.formats[0],
                header=self.header, dialect=self._dialect(0), missing_label=self.missing_label,
                max_expand=self.max_expand, access=self.access,
            )  # fmt: skip
        if p == q == "-":
            raise UsageError("standard input can be one operand, not both", hint="pass one as a file")
        if not isinstance(p, str):
            beside = p, self.operand(1, q or "", statuses[1])
            return (p, self._replace(keeps_totals=True).operand(1, q or "")) if _is_total_of_one(beside) else beside
        found = self._load_two(p, q or "", statuses)
        if self.keeps_totals or not _is_total_of_one(found):
            return found
        if any(map(_is_piped, (p, q or ""))):
            raise NotComparable(
                f"{p} and {q}: a total of the others in one is an outcome of the other",
                hint="save what is piped to a file: both are then read with it",
            )
        return self._replace(keeps_totals=True)._load_two(p, q or "", statuses)

    def _load_two(self, p: str, q: str, statuses: Statuses) -> tuple[Operand, Operand]:
        p_status, q_status = statuses
        families = is_family(p, self.kinds[0]), is_family(q, self.kinds[1])
        if families == (False, True):
            return self._beside_family(0, p, p_status), self.operand(1, q, q_status)
        if families == (True, False):
            return self.operand(0, p, p_status), self._beside_family(1, q, q_status)
        p_status = p_status or status_of(p)
        if _is_large(p_status) and _is_large(q_status or status_of(q)) and processors() > 1:
            return read_both(self.kinds, (lambda: self.operand(0, p), lambda: self.operand(1, q)), side_by_side)
        return read_both(self.kinds, (lambda: self.operand(0, p, p_status), lambda: self.operand(1, q, q_status)))

    def _beside_family(self, side: int, word: str, status: os.stat_result | None) -> Operand:
        kinds = ("samples", self.kinds[1]) if side == 0 else (self.kinds[0], "samples")
        as_samples = self._replace(kinds=kinds)
        with kept_stream(word), hinted_at_observations(self.kinds[side], lambda: as_samples.load(side, word)):
            return self.operand(side, word, status)

    def load_masses(self, p: str, q: str | None) -> tuple[Distribution, Distribution]:
        """Returns P and Q as `load_both` does; also raises UsageError if one is a family."""
        of_p, of_q = self.load_both(p, q)
        if isinstance(of_p, Distribution) and isinstance(of_q, Distribution):
            return of_p, of_q
        family = of_q if isinstance(of_p, Distribution) else of_p
        raise UsageError(
            "a family, where masses are wanted", place=str(family), hint="give its masses, or compare two families"
        )

    def _columns_of_one(self, word: str) -> tuple[str | None, str | None]:
        """Returns the columns of P and Q in one operand.

        Raises:
            UsageError: one column was named for both.
        """
        if self.column is not None:
            found = f"one operand, and one column, {self.column!r}, for P and for Q"
            raise UsageError(
                found,
                place="stdin" if word == "-" else word,
                hint=Sentence(
                    "give Q as a second operand, or name two columns with ", Option("--p"), " and ", Option("--q")
                ),
            )
        return self.columns


@contextmanager
def hinted_at_observations(kind: str, observed: Callable[[], Distribution]) -> Iterator[None]:
    """Gives an error on data beside a family a hint where their numbers can only be observations.

    Args:
        kind: of the numbers, as it was asked for. observed: reads them as samples.
    """
    try:
        yield
    except NotADistribution as error:
        if kind != "auto" or not _are_numbers(observed):
            raise
        hint = Sentence(
            "pass ", Option("--as", "samples"), ": numbers without labels are compared with a family as observations"
        )
        raise type(error)(error.finding, place=error.place, hint=hint) from None


def _are_numbers(observed: Callable[[], Distribution]) -> bool:
    try:
        return all(isfinite(float(label)) for label in observed().labels or ())
    except (InputError, UsageError, ValueError):
        return False


def _is_large(status: os.stat_result | None) -> bool:
    """Returns True if a file is so large that reading P and Q at the same time pays off."""
    return status is not None and status.st_size >= _LARGE


def _is_total_of_one(both: tuple[Operand, Operand]) -> bool:
    return is_total_of_one([each for each in both if isinstance(each, Distribution)])


def _is_piped(word: str) -> bool:
    status = status_of(word)
    return word == "-" or (status is not None and is_stream(word, status))
