"""How different are two distributions? Exact, explained divergences.

    >>> import klcli
    >>> klcli.kl_divergence([0.5, 0.5], [0.99, 0.01])
    1.6144631...

The names below are imported on first use, so `import klcli` is fast.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from klcli.api import compare, compare_rows, family, kl_divergence, pairwise
    from klcli.core.comparison import Comparison
    from klcli.core.distributions.distribution import Distribution
    from klcli.core.rows.comparison import RowComparison
    from klcli.errors import InputError, KlError, UsageError

__version__ = "0.1.0"

__all__ = [
    "Comparison",
    "Distribution",
    "InputError",
    "KlError",
    "RowComparison",
    "UsageError",
    "compare",
    "compare_rows",
    "family",
    "kl_divergence",
    "pairwise",
]

_FROM_API = ("compare", "compare_rows", "family", "kl_divergence", "pairwise")
_FROM_ERRORS = ("InputError", "KlError", "UsageError")


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'klcli' has no attribute {name!r}")
    home: Any
    if name in _FROM_API:
        from klcli import api as home
    elif name in _FROM_ERRORS:
        from klcli import errors as home
    elif name == "Comparison":
        from klcli.core import comparison as home
    elif name == "RowComparison":
        from klcli.core.rows import comparison as home
    else:
        from klcli.core.distributions import distribution as home
    value = globals()[name] = getattr(home, name)
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
