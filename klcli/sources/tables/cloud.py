"""Parquet in object stores, s3:// gs:// az://, read by duckdb through fsspec; no extension is downloaded."""

import logging
import re
from collections.abc import Sequence
from typing import Any

from klcli.engines.countable import Countable
from klcli.errors import MissingPackage, Unreadable, first_line
from klcli.sources.tables.options import TableOptions
from klcli.support.optional_package import need

__all__ = ["cloud_table", "is_cloud"]

_STORE = re.compile(r"(s3|gs|gcs|az|abfs|memory)://")
_DRIVERS = ("adlfs", "azure", "gcsfs", "s3fs")
_PARQUET = (".parquet", ".pq")


def is_cloud(word: str) -> bool:
    """Returns True for the address of an object, or a pattern of objects, in a store."""
    return _STORE.match(word) is not None


def cloud_table(word: str, options: TableOptions) -> Countable:
    """Returns the table in the Parquet objects at an address.

    Raises:
        Unreadable: No object has the address, or it may not be read. MissingPackage: fsspec, the driver of the store or
            duckdb is not installed.
    """
    fsspec = need("fsspec", extra="cloud", purpose=f"{word}: reading from a store of objects")
    need("duckdb", extra="cloud", purpose=f"{word}: reading from a store of objects")
    scheme = word.partition("://")[0]
    for driver in _DRIVERS:  # which print the tracebacks of what is told here
        logging.getLogger(driver).addHandler(logging.NullHandler())
    try:
        store = fsspec.filesystem(scheme)
        paths = _objects(store, word)
    except ImportError as error:
        raise MissingPackage(str(error), place=word, hint="pip install 'klcli[cloud]'") from None
    except Exception as error:  # each store has its own
        raise Unreadable(f"{scheme} refuses: {first_line(error)}", place=word, hint=_CREDENTIALS) from None
    if not paths:
        raise Unreadable("no object there", place=word, hint=_CREDENTIALS)
    if not all(path.lower().endswith(_PARQUET) for path in paths):
        raise Unreadable(
            "only Parquet is read from a store", place=word, hint="fetch it, and pass it as - or as a file"
        )
    from klcli.engines.duckdb.parquet_files import parquet_table

    found = parquet_table(word, paths, options.where, threads=options.threads, store=store, missing=options.missing)
    if found is None:
        raise Unreadable("two columns differ in case alone, which duckdb does not tell apart", place=word)
    return found


def _objects(store: Any, word: str) -> Sequence[str]:
    scheme = word.partition("://")[0]
    found = store.glob(word) if any(mark in word for mark in "*?[") else [word] if store.exists(word) else []
    return [path if "://" in path else f"{scheme}://{path.lstrip('/')}" for path in sorted(found)]


_CREDENTIALS = "credentials are those of the driver of the store: its environment variables and files"
