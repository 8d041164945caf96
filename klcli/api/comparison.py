"""Comparisons of one pair: `compare`, `kl_divergence`, and `family` for distributions given by parameters."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, overload

from numpy.typing import ArrayLike

from klcli.api.arguments import Base, Data, Measures, Operand, distribution_of, refuse_other_dimensions
from klcli.core.arithmetic.types import Array
from klcli.core.comparison import Comparison
from klcli.core.comparison import compare as compare_distributions
from klcli.core.distributions.both_sides import OF_ONE_SIDE, read_both
from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.kinds import KINDS
from klcli.core.distributions.units import parse_base, scale
from klcli.core.evaluation.one_pass import value_in_one_pass
from klcli.core.measures.kl import forward_kl
from klcli.core.measures.measure import DEFAULT_MEASURES
from klcli.core.measures.selection import select
from klcli.errors import NotADistribution
from klcli.notes import ranges_differ
from klcli.sources.bytes.expansion import MAX_EXPAND
from klcli.sources.columns.totals import is_total_of_one
from klcli.sources.operands.operand import is_family
from klcli.sources.operands.read_options import hinted_at_observations
from klcli.support.named_axes import in_one_index, starts_of_ranges
from klcli.support.python_terms import in_python_terms
from klcli.support.sentence import Option, Sentence, Term

if TYPE_CHECKING:
    from klcli.families.comparison.comparison import FamilyComparison
    from klcli.families.family.family import Family

__all__ = ["compare", "family", "kl_divergence", "value_of"]


@in_python_terms
def family(name: str, *values: "ArrayLike | Family", **parameters: "ArrayLike | Family") -> "Family":
    """Returns a member of a family of distributions, or an array of members if a parameter is an array.

        >>> klcli.kl_divergence(klcli.family("normal", [0, 1, 2], 1), klcli.family("normal", 0, 1))
        array([0. , 0.5, 2. ])

    Args:
        name: Name, as in `kl list families`, or a whole member: "mixture(0.5*normal(0, 1) + 0.5*normal(4, 1))".
        values, parameters: Parameters by position and by name: numbers, or arrays, which broadcast.

    Raises:
        InputError: There is no such family, or a parameter is outside its domain.
    """
    from klcli.families import by_name, grammar

    if is_family(name) and not (values or parameters):
        return grammar.parse(name)
    return by_name.member_named(name, values, parameters)


@overload
def compare(
    p: "Family", q: Operand, *, base: Base = ..., as_: str = ..., p_as: str | None = ..., q_as: str | None = ...,
    measures: Measures | None = ..., smooth: str | None = ..., missing: str = ..., max_expand: str = ...,
) -> "FamilyComparison": ...  # fmt: skip
@overload
def compare(
    p: Operand, q: "Family", *, base: Base = ..., as_: str = ..., p_as: str | None = ..., q_as: str | None = ...,
    measures: Measures | None = ..., smooth: str | None = ..., missing: str = ..., max_expand: str = ...,
) -> "FamilyComparison": ...  # fmt: skip
@overload
def compare(
    p: Data, q: Data, *, base: Base = ..., as_: str = ..., p_as: str | None = ..., q_as: str | None = ...,
    measures: Measures | None = ..., smooth: str | None = ..., missing: str = ..., max_expand: str = ...,
) -> Comparison: ...  # fmt: skip
@in_python_terms
def compare(
    p: Any,
    q: Any,
    *,
    base: Base = "e",
    as_: str = "auto",
    p_as: str | None = None,
    q_as: str | None = None,
    measures: Measures | None = None,
    smooth: str | None = None,
    missing: str = "zero",
    max_expand: str = MAX_EXPAND,
) -> "Comparison | FamilyComparison":
    """Returns the comparison of p and q, with every measure by its name.

    Args:
        p, q: The reference and the approximation: one-dimensional arrays or sequences of numbers, also of torch,
            polars, pyarrow and others that offer `__array__`, DLPack or `__arrow_c_array__`; mappings from label to
            number; pandas Series (labelled unless the index is a range, and that of the other has no other whole
            numbers); paths, or words as on the command line; or Distributions; or families, such as "normal(0, 1)" or
            `klcli.family("normal", 0, 1)`. Labelled distributions are joined by label. Arrays are copied, but for those
            above 1 GiB or mapped from a file, of which measures computed later see later changes.
        base: Base of the logarithm: "e" or "nats", 2 or "bits", 10 or "bans", any number above 1.
        as_, p_as, q_as: Meaning of the numbers: auto, probs, counts, weights, logits, logprobs, samples.
        measures: Measures to compute now: a name, "a,b", "all", or a sequence; any other is computed on access.
        smooth: "add:1", "floor:1e-9", "mix:0.01", … missing: "zero" or "error", for labels that one side lacks.
        max_expand: Limit on the expansion of a compressed file: "100x", "4GiB", both with a comma between, or "none".

    Returns:
        A Comparison: `.forward_kl`, `["renyi:2"]`, `.terms`, `.notes`, `.to_dict()`, `.to_pandas()`. Of families a
        FamilyComparison, also where they are given as words, which a type checker cannot see.

    Raises:
        InputError (a ValueError): An argument is not a distribution, or the two cannot be matched.
        UsageError (a ValueError): A name or the base is wrong.
    """
    return _compared(
        p, q, (p_as or as_, q_as or as_), base=base, measures=measures, smooth=smooth, missing=missing,
        max_expand=max_expand, copy=True,
    )  # fmt: skip


@overload
def kl_divergence(p: "Family", q: "Family", *, base: Base = ..., as_: str = ...) -> float | Array: ...
@overload
def kl_divergence(p: Data, q: Data, *, base: Base = ..., as_: str = ...) -> float: ...
@in_python_terms
def kl_divergence(p: Any, q: Any, *, base: Base = "e", as_: str = "auto") -> Any:
    """Returns the forward divergence KL(p‖q) in the unit of `base`; arguments and errors as in `compare`.

    For families with array parameters the result is an array of the shape to which all parameters broadcast.
    """
    return value_of("forward_kl", p, q, base=base, as_=as_)


def value_of(
    measure: str, p: Any, q: Any, *, base: Base, as_: str, smooth: str | None = None, missing: str = "zero"
) -> Any:
    """Returns one measure of p and q, whose arrays are not copied; KL of families with array parameters is an array."""
    chosen = select(measure)
    if smooth is None and chosen.name in _KL and is_family(p) and is_family(q):
        from klcli.runs.family_pair import kl_of

        nats = kl_of(p, q) if chosen is forward_kl else kl_of(q, p)
        return nats if base == "e" else nats * scale(1.0, chosen.unit, parse_base(base))
    kind = KINDS.lookup(as_).name
    if smooth is None and missing == "zero" and kind in _MASSES:
        nats = value_in_one_pass(chosen, kind, p, q)
        if nats is not None:
            return float(scale(nats, chosen.unit, parse_base(base)))
    with _without_kind_of_one_side():
        found = _compared(
            p, q, (as_, as_), base=base, measures=(measure,), smooth=smooth, missing=missing, max_expand=MAX_EXPAND,
            copy=False,
        )  # fmt: skip
    return found.value(chosen)


@contextmanager
def _without_kind_of_one_side() -> Iterator[None]:
    """Gives errors the cure that a function with one kind for both sides has: a Distribution."""
    try:
        yield
    except NotADistribution as error:
        if isinstance(error.hint, Sentence):
            error.hint = error.hint.spelt(_distribution)
        raise


def _distribution(term: Term) -> str:
    if not isinstance(term, Option) or term.name not in OF_ONE_SIDE:
        return term
    return f'klcli.Distribution({term.name.strip("-")[0]}, as_="{term.values[0]}")'


def _compared(
    p: Any, q: Any, kinds: tuple[str, str], *, base: Base, measures: Measures | None, smooth: str | None, missing: str,
    max_expand: str, copy: bool,
) -> "Comparison | FamilyComparison":  # fmt: skip
    if is_family(p) or is_family(q):
        return _compared_families(p, q, kinds, base=base, measures=measures, smooth=smooth, max_expand=max_expand)
    are_masses = "samples" not in kinds  # whose order may mean something
    if are_masses:
        refuse_other_dimensions(p, q, least=1)
    starts = starts_of_ranges(getattr(p, "index", None), getattr(q, "index", None)) if are_masses else None
    given = in_one_index(p, q)

    def read(side: int, *, keeps_totals: bool = False) -> Distribution:
        found = distribution_of(
            given[side], kinds[side], "PQ"[side], copy=copy, max_expand=max_expand, keeps_totals=keeps_totals
        )
        if starts is not None and not side:
            object.__setattr__(found, "notes", (*found.notes, ranges_differ("outcomes", starts)))
        return found

    sides = read_both(kinds, (partial(read, 0), partial(read, 1)))
    if is_total_of_one(sides):
        sides = read_both(kinds, (partial(read, 0, keeps_totals=True), partial(read, 1, keeps_totals=True)))
    return compare_distributions(
        *sides,
        measures=DEFAULT_MEASURES if measures is None else measures,
        base=base,
        smoothing=smooth,
        missing=missing,
    )


def _compared_families(
    p: Any, q: Any, kinds: tuple[str, str], *, base: Base, measures: Measures | None, smooth: str | None,
    max_expand: str,
) -> "FamilyComparison":  # fmt: skip
    from klcli.runs import family_pair as operands

    def member(side: Any, kind: str, name: str) -> "Family":
        def read(kind: str) -> Distribution:
            return distribution_of(side, kind, name, copy=True, max_expand=max_expand)

        with hinted_at_observations(kind, lambda: read("samples")):
            return operands.one_of(side) or operands.member_of(read(kind))

    operands.refuse("smooth", smooth)
    members = (member(p, kinds[0], "P"), member(q, kinds[1], "Q"))
    return operands.compare_members(*members, measures=measures, base=base)


_KL = frozenset({"forward_kl", "reverse_kl"})
_MASSES = frozenset({"auto", "probs", "counts", "weights"})  # the kinds of numbers that stand for themselves
