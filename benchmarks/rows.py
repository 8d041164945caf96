"""Many rows through the Python face: probabilities and scores, beside scipy and torch, and the digits of near rows."""

from collections.abc import Callable
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

import klcli
from benchmarks.interleaved import AT_LEAST, AT_MOST, Row, Table, goal_of, is_installed, medians, share, times

Array = NDArray[np.float64]
Singles = NDArray[np.float32]

ROWS, OUTCOMES = 20_000, 1_000
TOKENS, VOCABULARY = 256, 128_256
THREADS = 2
CHECKED = 1  # near rows of which the digits are counted, against 50
CONTRACT = 4e-15


def tables(large: bool = False) -> list[Table]:
    """Returns the times of rows of probabilities and of scores, of other measures, and the digits of near scores."""
    return [_probabilities(), _near_rows(), _scores(), _measures(), _digits()]


def _probabilities() -> Table:
    random = np.random.default_rng(1)
    p, q = random.random((2, ROWS, OUTCOMES))
    p /= p.sum(axis=1, keepdims=True)
    q /= q.sum(axis=1, keepdims=True)
    table = Table(f"Forward KL by row, {ROWS:,} × {OUTCOMES:,} probabilities, float64, median of 7")
    works: dict[str, Callable[[], object]] = {"kl": lambda: klcli.compare_rows(p, q)}
    goals: dict[str, float] = {}
    if is_installed("scipy", table):
        from scipy.stats import entropy

        works["stats.entropy(p, q, axis=1)"] = lambda: entropy(p, q, axis=1)
        goals["stats.entropy(p, q, axis=1)"] = goal_of(10, 1)
    if is_installed("torch", table):
        import torch
        from torch.nn.functional import kl_div

        torch.set_num_threads(THREADS)
        ours, theirs = torch.from_numpy(p), torch.from_numpy(q)
        log_theirs = theirs.log()
        works["kl_div(q.log(), p).sum(1)"] = lambda: kl_div(theirs.log(), ours, reduction="none").sum(1)
        works["kl_div(log_q, p).sum(1), log q given"] = lambda: kl_div(log_theirs, ours, reduction="none").sum(1)
        goals |= {"kl_div(q.log(), p).sum(1)": goal_of(5, 0.5)}
    _add(table, works, goals)
    return table


def _near_rows() -> Table:
    """Rows of which the textbook's sums keep few digits; and rows with zeros."""
    random = np.random.default_rng(2)
    p, noise = random.random((2, ROWS, OUTCOMES))
    p /= p.sum(axis=1, keepdims=True)
    q = p * (1 + 1e-3 * noise)
    q /= q.sum(axis=1, keepdims=True)
    zeros = np.where(random.random(p.shape) < 0.1, 0, p)
    zeros /= zeros.sum(axis=1, keepdims=True)
    counts = [random.poisson(p * OUTCOMES * size) + 1.0 for size in (200, 247)]
    table = Table(f"The same of near rows, {ROWS:,} × {OUTCOMES:,}")
    has_scipy, has_torch = is_installed("scipy", table), is_installed("torch", table)
    for name, ours, theirs in (
        ("q = p·(1 + 0.001·noise)", p, q),
        ("10 % zeros in P", zeros, noise / noise.sum(axis=1, keepdims=True)),
        ("counts, 200 and 247 an outcome", *counts),
    ):
        works: dict[str, Callable[[], object]] = {"kl": lambda: klcli.compare_rows(ours, theirs)}  # noqa: B023
        goals: dict[str, float] = {}
        if has_scipy:
            from scipy.stats import entropy

            works[f"{name}: stats.entropy(p, q, axis=1)"] = lambda: entropy(ours, theirs, axis=1)  # noqa: B023
            goals[f"{name}: stats.entropy(p, q, axis=1)"] = goal_of(10, 1)
        if has_torch and "counts" not in name:
            works[f"{name}: torch kl_div"] = lambda: _torch_kl_div(ours, theirs)  # noqa: B023
            goals[f"{name}: torch kl_div"] = goal_of(5, 0.5)
        _add(table, works, goals)
    return table


def _torch_kl_div(p: Array, q: Array) -> object:
    import torch
    from torch.nn.functional import kl_div

    return kl_div(torch.from_numpy(q).log(), torch.from_numpy(p), reduction="none").sum(1)


def _scores() -> Table:
    table = Table(f"Forward KL by row, {TOKENS} × {VOCABULARY:,} logits, float32, median of 7")
    if is_installed("torch", table):
        import torch

        torch.set_num_threads(THREADS)
        for name, step in (("far", None), ("within 0.05", 0.05), ("within 1e-6", 1e-6)):
            p, q = scores(TOKENS, step)
            works: dict[str, Callable[[], object]] = {
                "kl": lambda: klcli.compare_rows(p, q, as_="logits"),  # noqa: B023
                f"{name}: kl_div of two log_softmax": lambda: _torch(p, q),  # noqa: B023
            }
            _add(table, works, dict.fromkeys(works, goal_of(3, 0.5)))
        _short_logits(table)
        p, q = (side.reshape(-1)[:1_000_000].reshape(1_000, 1_000) for side in scores(8, 0.05))
        works = {
            "kl": lambda: klcli.compare_rows(p, q, as_="logits").forward_kl,
            "1,000 × 1,000 float32, one call: kl_div of two log_softmax": lambda: _torch(p, q),
        }
        _add(table, works, dict.fromkeys(works, goal_of(2, 0.5)))
    return table


def _short_logits(table: Table) -> None:
    import torch

    sides = [torch.from_numpy(side) for side in scores(TOKENS, None)]
    for short in (torch.float16, torch.bfloat16):
        p, q = (side.to(short) for side in sides)
        name = f"{str(short).partition('.')[2]}, far: kl_div of two log_softmax"
        works: dict[str, Callable[[], object]] = {
            "kl": lambda: klcli.compare_rows(p, q, as_="logits"),  # noqa: B023
            name: lambda: _torch_of_tensors(p, q),  # noqa: B023
        }
        _add(table, works, {name: goal_of(3, 0.5)})


def _measures() -> Table:
    """Measures but the forward KL, as they would be written for torch."""
    table = Table(f"Other measures by row, {TOKENS} × {VOCABULARY:,} logits, float32, median of 7")
    if is_installed("torch", table):
        import torch

        torch.set_num_threads(THREADS)
        for name, step in (("far", None), ("within 0.05", 0.05)):
            p, q = scores(TOKENS, step)
            for measure, peer in (("jensen_shannon", _torch_jensen_shannon), ("total_variation", _torch_variation)):
                works: dict[str, Callable[[], object]] = {
                    "kl": lambda: klcli.compare_rows(p, q, as_="logits", measures=[measure]),  # noqa: B023
                    "forward_kl": lambda: klcli.compare_rows(p, q, as_="logits"),  # noqa: B023
                    "peer": lambda: peer(p, q),  # noqa: B023
                }
                took, work = medians(works), f"{measure}, {name}: two log_softmax"
                table.add(times(work, took["kl"], took["peer"], ""))
                floor = goal_of(1.5, 0) or None
                table.add(share(f"{measure}, {name}: forward_kl", took["kl"], took["forward_kl"], "", floor))
    return table


def _digits() -> Table:
    """The worst relative error of a few rows, against 50 digits."""
    table = Table(f"Its worst relative error, {CHECKED} row each")
    if is_installed("torch", table):
        for name, step in (("within 0.05", 0.05), ("within 1e-6", 1e-6)):
            p, q = scores(CHECKED, step)
            exact = [_exact(*pair) for pair in zip(p, q, strict=True)]
            ours, theirs = (
                max(abs(float(value) / true - 1) for value, true in zip(values, exact, strict=True))
                for values in (klcli.compare_rows(p, q, as_="logits").forward_kl, _torch(p, q))
            )
            assert isfinite(ours)
            peer = f"torch {theirs:.1e}"
            table.add(Row(f"{name}", f"{ours:.1e}", peer, ours, AT_MOST, CONTRACT))
            table.add(
                Row(
                    f"{name}: torch's, in times of kl's",
                    f"{ours:.1e}",
                    peer,
                    theirs / max(ours, 2.0**-53),
                    AT_LEAST,
                    1000,
                )
            )
    return table


def scores(rows: int, step: float | None) -> tuple[Singles, Singles]:
    """Logits of P, and those of Q: others, or those of P with noise of so much."""
    random = np.random.default_rng(3)
    p = 2 * random.standard_normal((rows, VOCABULARY), np.float32)
    noise = random.standard_normal(p.shape, np.float32)
    return p, 2 * noise if step is None else p + np.float32(step) * noise


def _torch(p: Singles, q: Singles) -> Array:
    import torch

    found: Array = _torch_of_tensors(*map(torch.from_numpy, (p, q))).numpy()
    return found


def _torch_of_tensors(p: Any, q: Any) -> Any:
    from torch.nn.functional import kl_div, log_softmax

    log_p, log_q = (log_softmax(side, -1) for side in (p, q))
    return kl_div(log_q, log_p, log_target=True, reduction="none").sum(1)


def _torch_jensen_shannon(p: Singles, q: Singles) -> Array:
    import torch
    from torch.nn.functional import kl_div, log_softmax

    log_p, log_q = (log_softmax(torch.from_numpy(side), -1) for side in (p, q))
    log_m = torch.logaddexp(log_p, log_q) - np.log(2)
    return sum(kl_div(log_m, each, log_target=True, reduction="none").sum(1) for each in (log_p, log_q)).numpy() / 2


def _torch_variation(p: Singles, q: Singles) -> Array:
    import torch
    from torch.nn.functional import log_softmax

    p_mass, q_mass = (log_softmax(torch.from_numpy(side), -1).exp() for side in (p, q))
    return (p_mass - q_mass).abs().sum(1).numpy() / 2


def _exact(p: Singles, q: Singles) -> float:
    """Forward KL of one row, by the textbook in 50 digits."""
    import mpmath

    with mpmath.workdps(50):
        logs = [[mpmath.mpf(score) for score in side.tolist()] for side in (p, q)]
        masses = [[mpmath.exp(log) for log in side] for side in logs]
        totals = [mpmath.fsum(side) for side in masses]
        mean = mpmath.fsum(mass * (a - b) for mass, a, b in zip(masses[0], *logs, strict=True)) / totals[0]
        return float(mean + mpmath.log(totals[1] / totals[0]))


def _add(table: Table, works: dict[str, Callable[[], object]], goals: dict[str, float]) -> None:
    took = medians(works)
    table.add(*(times(name, took["kl"], took[name], "", goals.get(name)) for name in works if name != "kl"))
