"""The expectations that families know in closed form, and the error for one that is infinite."""

from typing import Any

import numpy as np

__all__ = ["EXPECTATIONS", "Diverges", "require"]

# the expectations that a family may know, and their notation
EXPECTATIONS = {
    "entropy": "H(P)",
    "mean_x": "E[x]",
    "variance": "Var[x]",
    "mean_log": "E[log x]",
    "variance_log": "Var[log x]",
    "power_mean": "E[x^{}]",
    "laplace_transform": "E[exp(-{}·(x - {}))]",
    "mean_distance": "E|x - {}|",
    "mean_log1m": "E[log(1 - x)]",
    "variance_logit": "Var[logit x]",
    "mean_log_factorial": "E[log x!]",
    "mean_log_quadratic": "E[log(1 + ((x - {})/{})²)]",
}


class Diverges(Exception):
    """An expectation is infinite; the message names it and says why."""


def require(condition: Any, reason: str) -> None:
    """Raises Diverges unless the condition holds for all elements."""
    if condition is not True and not np.all(condition):
        raise Diverges(reason)
