"""Bounds on the divergence of two mixtures of normals, from the closed forms of their components.

    upper   Σ wₐ·(-log Σ v_b·exp(-KL(a‖b)))                         by convexity, and Jensen's inequality
    lower   Σ wₐ·(-log Σ v_b·∫ a·b - H(a) + log wₐ)                 H(P) is at most Σ wₐ·(H(a) - log wₐ)

Source: Hershey & Olsen (2007), ICASSP 4, 317-320; Durrieu, Thiran & Kelly (2012), ICASSP, 4833-4836.
"""

from math import exp, hypot, inf, log, pi
from typing import Any

import numpy as np

from klcli.families.comparison.divergence import entropy, kl

__all__ = ["bounds_of_mixtures"]


def bounds_of_mixtures(p: Any, q: Any) -> tuple[float, float] | None:
    """Returns a lower and an upper bound on KL(P‖Q) in nats, for mixtures of normals or one and a normal; else None."""
    sides = [getattr(member, "parts", (member,)) for member in (p, q)]
    names = {part.name for side in sides for part in side}
    if len(names) > 1 or not names <= {"normal", "mvnormal"} or max(map(len, sides)) == 1:
        return None
    weights = [getattr(member, "weights", [1.0]) for member in (p, q)]
    to_q = [[kl(part, other).value for other in sides[1]] for part in sides[0]]
    # KL is convex in both arguments: each component of P against all of Q
    upper = sum(
        w * -_log_sum([log(v) - divergence for v, divergence in zip(weights[1], row, strict=True)])
        for w, row in zip(weights[0], to_q, strict=True)
    )
    lower = 0.0
    for a, w in zip(sides[0], weights[0], strict=True):
        cross = -_log_sum([log(v) + _log_overlap(a, other) for v, other in zip(weights[1], sides[1], strict=True)])
        # -E_a[log q] >= -log E_a[q]; the entropy of P is at most that of its components plus that of its weights
        lower += w * (cross - entropy(a).value + log(w))
    return max(lower, 0.0), float(upper)


def _log_overlap(a: Any, b: Any) -> float:
    """log ∫ a·b for normals a and b: the log density of N(mean of b, sum of covariances) at the mean of a."""
    if a.name == "normal":
        deviation = hypot(a.given["scale"], b.given["scale"])
        z = (a.given["loc"] - b.given["loc"]) / deviation
        return -0.5 * (log(2 * pi) + z * z) - log(deviation)
    cov = a.given["cov"] + b.given["cov"]
    offset = a.given["mean"] - b.given["mean"]
    _, log_det = np.linalg.slogdet(2 * np.pi * cov)
    return -0.5 * float(log_det + offset @ np.linalg.solve(cov, offset))


def _log_sum(logs: list[float]) -> float:
    top = max(logs)
    return top + log(sum(exp(each - top) for each in logs)) if top > -inf else -inf
