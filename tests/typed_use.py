"""Calls of the Python face as a user would write them, which mypy and pyright accept in their strict modes."""

from pathlib import Path

import numpy as np

import klcli


def numbers() -> list[float]:
    """Returns numbers that need no cast."""
    p, q = np.array([0.5, 0.5]), np.array([0.9, 0.1])
    comparison = klcli.compare(p, q, base="bits", measures="forward_kl")
    by_label = klcli.compare({"cat": 3, "dog": 1}, {"cat": 2, "dog": 2}, smooth="add:1")
    samples = klcli.compare(["a", "b", "a"], ["a", "b", "b"], as_="samples")
    files = klcli.compare(Path("sample_data/coin_fair.csv"), "sample_data/coin_biased.csv")
    counted = klcli.Distribution({"cat": 3, "dog": 1})
    found: list[float] = [
        klcli.kl_divergence(p, [0.9, 0.1]),
        klcli.jensen_shannon(p, q, base=2),
        klcli.renyi((0.5, 0.5), q, 2),
        klcli.entropy(p),
        comparison.forward_kl,
        comparison["renyi:2"],
        by_label.values["forward_kl"],
        samples.terms.p.sum(),
        files.q.total,
        klcli.compare(counted, klcli.Distribution([1, 3], ["cat", "dog"])).jeffreys,
    ]
    return found


def arrays() -> list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """Returns arrays of shape (n,) and (n, n)."""
    x = np.array([[0.5, 0.5], [0.9, 0.1]], dtype=np.float32)
    rows = klcli.compare_rows(x, x.T, measures=["forward_kl", "jeffreys"], as_="weights", target=[0, 1])
    return [rows.forward_kl, rows["renyi:2"], klcli.pairwise(x, measure="jensen_shannon")]


def families() -> tuple[float, str, list[str]]:
    """Returns a value, how it was computed, and notes."""
    found = klcli.compare(klcli.family("normal", 0, 1), klcli.family("normal", mean=1, sd=2))
    return found.forward_kl, str(found.to_pandas()), [note.text for note in found.notes]


def message(values: list[float]) -> str:
    """Returns what is wrong with numbers."""
    try:
        return klcli.Distribution(values).name
    except klcli.InputError as error:
        return f"{error.message}: {error.hint or ''}"
