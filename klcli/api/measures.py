"""A function for each measure, by its name after `-m`: `klcli.jensen_shannon(p, q)`."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from klcli.api.arguments import Base, Operand
from klcli.api.comparison import value_of
from klcli.core.measures.measure import MEASURES
from klcli.support.python_terms import in_python_terms

__all__ = [
    "bhattacharyya",
    "chi_squared",
    "cross_entropy",
    "cross_perplexity",
    "entropy",
    "forward_kl",
    "hellinger",
    "jeffreys",
    "jensen_shannon",
    "jensen_shannon_distance",
    "l_infinity",
    "neyman_chi_squared",
    "perplexity",
    "renyi",
    "reverse_cross_entropy",
    "reverse_kl",
    "total_variation",
    "tsallis",
]

Function = TypeVar("Function", bound=Callable[..., Any])


class _OfTwo(Protocol):
    """A measure of P and Q; arguments and errors as in `klcli.compare`."""

    def __call__(
        self, p: Operand, q: Operand, *, base: Base = "e", as_: str = "auto", smooth: str | None = None,
        missing: str = "zero",
    ) -> float: ...  # fmt: skip


class _OfTwoAndOrder(Protocol):
    """A measure of P and Q with an order; arguments and errors as in `klcli.compare`."""

    def __call__(
        self, p: Operand, q: Operand, order: float, *, base: Base = "e", as_: str = "auto", smooth: str | None = None,
        missing: str = "zero",
    ) -> float: ...  # fmt: skip


class _OfOne(Protocol):
    """A measure of one distribution; arguments and errors as in `klcli.compare`."""

    def __call__(self, p: Operand, *, base: Base = "e", as_: str = "auto") -> float: ...


def _of_two(name: str) -> _OfTwo:
    @in_python_terms
    def measure(
        p: Operand, q: Operand, *, base: Base = "e", as_: str = "auto", smooth: str | None = None,
        missing: str = "zero",
    ) -> float:  # fmt: skip
        return value_of(name, p, q, base=base, as_=as_, smooth=smooth, missing=missing)

    return _named(measure, name, name)


def _of_two_and_order(name: str) -> _OfTwoAndOrder:
    @in_python_terms
    def measure(
        p: Operand, q: Operand, order: float, *, base: Base = "e", as_: str = "auto", smooth: str | None = None,
        missing: str = "zero",
    ) -> float:  # fmt: skip
        return value_of(f"{name}:{order!r}", p, q, base=base, as_=as_, smooth=smooth, missing=missing)

    return _named(measure, name, name)


def _of_one(name: str, function_name: str) -> _OfOne:
    @in_python_terms
    def measure(p: Operand, *, base: Base = "e", as_: str = "auto") -> float:
        return value_of(name, p, p, base=base, as_=as_)

    return _named(measure, name, function_name)


def _named(function: Function, name: str, function_name: str) -> Function:
    function.__name__ = function.__qualname__ = function_name
    function.__doc__ = f"{MEASURES.lookup(name).__doc__}\nArguments and errors are those of `klcli.compare`."
    return function


forward_kl = _of_two("forward_kl")
reverse_kl = _of_two("reverse_kl")
jeffreys = _of_two("jeffreys")
jensen_shannon = _of_two("jensen_shannon")
jensen_shannon_distance = _of_two("jensen_shannon_distance")
total_variation = _of_two("total_variation")
hellinger = _of_two("hellinger")
bhattacharyya = _of_two("bhattacharyya")
chi_squared = _of_two("chi_squared")
neyman_chi_squared = _of_two("neyman_chi_squared")
l_infinity = _of_two("l_infinity")
cross_entropy = _of_two("cross_entropy")
reverse_cross_entropy = _of_two("reverse_cross_entropy")
cross_perplexity = _of_two("cross_perplexity")
renyi = _of_two_and_order("renyi")
tsallis = _of_two_and_order("tsallis")
entropy = _of_one("entropy_p", "entropy")
perplexity = _of_one("perplexity_p", "perplexity")
