"""The version of klcli, from which the package and every report take it."""

__all__ = ["__version__"]

__version__ = "0.1.0"
