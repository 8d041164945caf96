"""How different are two distributions? Exact, explained divergences.

    >>> import klcli
    >>> klcli.kl_divergence([0.5, 0.5], [0.99, 0.01])
    1.6144631...

The names below are imported when they are first used, so `import klcli` costs nothing.
"""

from importlib import import_module
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

_HOMES = {
    "compare": "klcli.api",
    "compare_rows": "klcli.api",
    "family": "klcli.api",
    "kl_divergence": "klcli.api",
    "pairwise": "klcli.api",
    "Comparison": "klcli.core.comparison",
    "Distribution": "klcli.core.distributions.distribution",
    "RowComparison": "klcli.core.rows.comparison",
    "InputError": "klcli.errors",
    "KlError": "klcli.errors",
    "UsageError": "klcli.errors",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'klcli' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
