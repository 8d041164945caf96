"""The one way to import a package that is optional, or too heavy to import before it is needed."""

import sys
from importlib import import_module
from types import ModuleType

from klcli.errors import MissingPackage

__all__ = ["imported", "installed", "need"]


# what the packages are called whose name is not that of their first module
_PACKAGES = {module: module for module in ("backports.zstd", "compression.zstd")}


def need(module: str, *, purpose: str, extra: str = "") -> ModuleType:
    """Returns the module, imported now.

    Raises:
        MissingPackage: it is not installed; the hint gives the command that installs it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != module.partition(".")[0]:
            raise
        package = _PACKAGES.get(module, module.partition(".")[0])
        raise MissingPackage(
            f"{purpose} needs the package {package!r}, which is not installed",
            hint=f"pip install 'klcli[{extra}]'" if extra else f"pip install {package}",
        ) from None


def installed(module: str) -> ModuleType | None:
    """Returns the module, imported now; None where it is not installed, or cannot be imported."""
    try:
        return import_module(module)
    except ImportError:
        return None


def imported(module: str) -> ModuleType | None:
    """Returns the module where something has imported it already, else None."""
    return sys.modules.get(module)
