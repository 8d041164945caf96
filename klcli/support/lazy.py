"""A property that is computed on first access and then stored.

Before Python 3.12, functools.cached_property holds one lock for all objects while it computes, so threads that work on
different blocks would wait for each other.
"""

from collections.abc import Callable
from typing import Generic, TypeVar, overload

__all__ = ["lazy"]

Value = TypeVar("Value")


class lazy(Generic[Value]):  # noqa: N801, a decorator is written as a function
    """Decorates a method; its value replaces it in the object's __dict__ on first access."""

    def __init__(self, compute: Callable[..., Value]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, owner: None, kind: type) -> "lazy[Value]": ...

    @overload
    def __get__(self, owner: object, kind: type) -> Value: ...

    def __get__(self, owner: object | None, kind: type) -> "lazy[Value] | Value":
        if owner is None:
            return self
        value = owner.__dict__[self._name] = self._compute(owner)
        return value
