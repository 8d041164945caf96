"""Arguments of the Python face: what a distribution may be given as, and the Distribution that it stands for."""

import mmap
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from klcli.api.reading import loaded
from klcli.api.scipy_words import hint_for_scipy
from klcli.core.arithmetic.parallel import copied
from klcli.core.distributions.distribution import Distribution, read_values
from klcli.errors import NotADistribution, NotComparable
from klcli.sources.bytes.expansion import MAX_EXPAND
from klcli.sources.columns.totals import notes_on_total
from klcli.support.foreign_arrays import from_foreign, is_foreign
from klcli.support.named_axes import labels_of, last_dimension

if TYPE_CHECKING:
    from klcli.families.family.family import Family

__all__ = [
    "Base",
    "Data",
    "Measures",
    "Operand",
    "SupportsArrow",
    "SupportsDLPack",
    "column_array",
    "distribution_of",
    "kept",
    "refuse_other_dimensions",
    "table_array",
]

_LARGE = 1 << 30  # bytes of an array above which it is not copied


class SupportsArrow(Protocol):
    """An array that offers the C interface of Arrow."""

    def __arrow_c_array__(self, requested_schema: Any = None, /) -> tuple[object, object]: ...


class SupportsDLPack(Protocol):
    """An array that offers DLPack, such as a tensor on a device."""

    def __dlpack__(self) -> Any: ...
    def __dlpack_device__(self) -> tuple[Any, int]: ...


Base: TypeAlias = float | str
Measures: TypeAlias = str | Sequence[str]
# all but a family
Data: TypeAlias = (
    ArrayLike
    | Mapping[Any, float]
    | Iterable[object]
    | os.PathLike[str]
    | Distribution
    | SupportsArrow
    | SupportsDLPack
)
Operand: TypeAlias = Union[Data, "Family"]
AnyArray = TypeVar("AnyArray", bound=NDArray[Any])


def distribution_of(
    source: Any,
    as_: str,
    name: str,
    *,
    copy: bool,
    max_expand: str = MAX_EXPAND,
    keeps_totals: bool = False,
) -> Distribution:
    """Returns the distribution that an argument stands for; `copy` for one that must not change with the argument.

    A total of the others, which a file leaves out, is an outcome with `keeps_totals`.
    """
    if isinstance(source, Distribution):
        return source
    if isinstance(source, np.ndarray) and as_ != "samples":  # the usual case, before the questions that take long
        array = kept(source) if copy else source
        return read_values(array, as_=as_, name=name, copy=False)
    if isinstance(source, (str, os.PathLike)):
        return loaded(os.fspath(source), as_=as_, max_expand=max_expand, keeps_totals=keeps_totals)
    if isinstance(source, Mapping):
        return _noting_total(read_values(list(source.values()), source.keys(), as_=as_, name=name))
    if hasattr(source, "columns") and as_ != "samples":
        raise NotADistribution(
            "a table, not one distribution",
            place=name,
            hint="pass a column of it, or a mapping of labels to masses; compare_rows takes a distribution in each row",
        )
    if type(source).__module__.startswith("scipy.stats"):
        raise NotADistribution("an object of scipy.stats", place=name, hint=hint_for_scipy(source))
    labels = labels_of(source)
    source = column_array(source, name)
    if as_ == "samples":
        return Distribution.from_samples(_observations(source, name), name=name)
    if isinstance(source, np.ndarray) and copy:
        source = kept(source)
    return _noting_total(read_values(source, labels, as_=as_, name=name, copy=False))


def _noting_total(found: Distribution) -> Distribution:
    """Returns a distribution with a note on an outcome that may be the total of the others, which files leave out."""
    if found.labels is not None and found.log_mass is None:
        object.__setattr__(found, "notes", (*found.notes, *notes_on_total(found.name, found.labels, found.mass)))
    return found


def column_array(source: Any, name: str) -> Any:
    """Returns what `table_array` does; pandas and polars, which know best, convert what is theirs."""
    if hasattr(source, "to_numpy") and not hasattr(source, "to_pylist"):  # pyarrow refuses whatever needs a copy
        return source.to_numpy()
    return table_array(source, name)


def refuse_other_dimensions(p: Any, q: Any, names: tuple[str, str] = ("P", "Q"), *, least: int = 2) -> None:
    """Refuses arrays of xarray whose outcomes are along dimensions with other names.

    Args:
        least: number of dimensions of arrays that are looked at; a sample of one has no outcomes along it.

    Raises:
        NotComparable: they are.
    """
    dimensions = last_dimension(p, least), last_dimension(q, least)
    if None not in dimensions and dimensions[0] != dimensions[1]:
        of_p, of_q = (name.lower() for name in names)
        renamed = f"{of_q}.rename({{{dimensions[1]!r}: {dimensions[0]!r}}})"
        cure = f"give both in one order, as {of_q}.transpose(*{of_p}.dims)" if least > 1 else f"rename it, as {renamed}"
        raise NotComparable(
            f"the last dimension is {dimensions[0]!r} in {names[0]} and {dimensions[1]!r} in {names[1]}",
            hint=cure + ", or .to_numpy()",
        )


def table_array(source: Any, name: str) -> Any:
    """Returns a table, or an array of another package, as a numpy array; anything else as it is."""
    return _array_of(source, name) if is_foreign(source) else source


def kept(array: AnyArray) -> AnyArray:
    """Returns an array that does not change with the given one: a copy.

    One above 1 GiB, and one that is mapped from a file, is returned as it is.
    """
    return array if array.nbytes > _LARGE or _is_mapped(array) else copied(array)


def _is_mapped(array: Any) -> bool:
    while isinstance(array, np.ndarray):
        if isinstance(array, np.memmap):
            return True
        array = array.base
    return isinstance(array, mmap.mmap)


def _array_of(source: Any, name: str) -> Any:
    try:
        return from_foreign(source)
    except (TypeError, ValueError, RuntimeError, BufferError) as error:
        raise NotADistribution(f"{type(source).__name__} is not an array of numbers: {error}", place=name) from None


def _observations(source: Any, name: str) -> Iterable[object]:
    if not np.iterable(source):
        raise NotADistribution(f"{type(source).__name__} is not iterable, so it holds no observations", place=name)
    return source.tolist() if hasattr(source, "tolist") else source
