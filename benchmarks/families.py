"""Families beside torch.distributions: one pair, a million normals, and a pair without a closed form.

Run it with a Python that has both klcli[families] and torch.
"""

import time
from collections.abc import Callable
from statistics import median

import numpy as np
import torch
from torch import distributions

import klcli

RUNS = 31
PAIRS = {
    "normal, normal": (("normal", (1.0, 1.0)), ("normal", (2.0, 0.5))),
    "exponential, exponential": (("exponential", (0.2,)), ("exponential", (0.4,))),
    "laplace, normal": (("laplace", (-2.0, 1.0)), ("normal", (2.0, 2.0))),
    "exponential, gamma": (("exponential", (1.0,)), ("gamma", (2.5, 1.5))),
    "gamma, gamma": (("gamma", (2.5, 1.5)), ("gamma", (1.5, 0.75))),
    "beta, beta": (("beta", (2.0, 10.0)), ("beta", (3.0, 5.0))),
    "poisson, poisson": (("poisson", (4.0,)), ("poisson", (3.0,))),
}


def main() -> None:
    """Prints median times, and their ratios to torch's."""
    torch.set_grad_enabled(False)
    torch.set_default_dtype(torch.float64)
    print(f"{'pair':28} {'kl us':>9} {'torch us':>9} {'ratio':>7}")
    for name, (p, q) in PAIRS.items():
        row(name, lambda p=p, q=q: ours(p, q), lambda p=p, q=q: theirs(p, q))
    random = np.random.default_rng(0)
    loc, scale = random.normal(size=(2, 10**6)), np.exp(random.normal(size=(2, 10**6)))
    tensors = [torch.from_numpy(each) for each in (*loc, *scale)]
    row(
        "a million normals",
        lambda: ours(("normal", (loc[0], scale[0])), ("normal", (loc[1], scale[1]))),
        lambda: theirs(("normal", (tensors[0], tensors[2])), ("normal", (tensors[1], tensors[3]))),
    )
    milliseconds = 1e3 * elapsed(lambda: ours(("student_t", (3.0,)), ("logistic", (0.0, 1.0))))
    print(f"quadrature, student_t to logistic: {milliseconds:.1f} ms (goal 20)")


def row(name: str, mine: Callable[[], object], peer: Callable[[], object]) -> None:
    """Prints the times of one, interleaved."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(RUNS):
        times[0].append(once(mine))
        times[1].append(once(peer))
    own, other = (1e6 * median(each) for each in times)
    print(f"{name:28} {own:9.1f} {other:9.1f} {own / other:7.2f}")


def ours(p: tuple, q: tuple) -> object:
    """KL by klcli, the distributions made anew."""
    return klcli.kl_divergence(*(klcli.family(name, *values) for name, values in (p, q)))


def theirs(p: tuple, q: tuple) -> object:
    """KL by torch, the distributions made anew, with the checks that it makes by default."""
    made = [getattr(distributions, name.capitalize())(*map(torch.as_tensor, values)) for name, values in (p, q)]
    return distributions.kl_divergence(*made)


def elapsed(run: Callable[[], object]) -> float:
    """The median of some runs, in seconds."""
    return median(once(run) for _ in range(RUNS))


def once(run: Callable[[], object]) -> float:
    """Seconds that one run takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
