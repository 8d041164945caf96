"""Families of vectors and matrices: mvnormal, dirichlet, multinomial, wishart.

Source: Kullback (1959), Information Theory and Statistics, chapter 9 (normal and wishart); Penny (2001), KL-divergences
of Normal, Gamma, Dirichlet and Wishart densities.
"""

from typing import Any

import numpy as np

from klcli.errors import NotADistribution, NotComparable
from klcli.families.ball_arithmetic.ball import Ball, exact
from klcli.families.ball_arithmetic.functions import digamma, lgamma, log
from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.family.domain import CORRELATION, COUNT, POSITIVE, POSITIVES, PROBABILITIES, REALS, Parameter
from klcli.families.family.family import Family, family
from klcli.support.safe_text import shorten

__all__ = ["Dirichlet", "Multinomial", "MvNormal", "Wishart"]


class Multivariate(Family):
    """A family whose outcomes are vectors or matrices."""

    kind = "multivariate"

    @property
    def dimension(self) -> int:
        """How many components an outcome has, or how many rows."""
        raise NotImplementedError

    def sample(self, random: np.random.Generator, count: int) -> Any:
        """Returns so many outcomes, along the first axis."""
        raise NotImplementedError

    def log_densities(self, x: Any) -> Any:
        """log p of outcomes along the first axis, in doubles."""
        raise NotImplementedError

    def match(self, other: "Family") -> None:
        """Refuses another of other dimensions.

        Raises:
            NotComparable: with both.
        """
        if isinstance(other, Multivariate) and self.dimension != other.dimension:
            raise NotComparable(
                f"P has outcomes of {self.dimension} and Q of {other.dimension} dimensions: "
                f"{shorten(str(self))}, {shorten(str(other))}",
                hint="two distributions are compared on one space",
            )


@family("mvnormal", aliases=("multivariate_normal", "mvn"))
class MvNormal(Multivariate):
    title = "the normal of vectors"
    parameters = (
        Parameter("mean", REALS, ("loc", "mu")),
        Parameter("cov", CORRELATION, ("covariance", "sigma")),
    )
    support = "all vectors of the length of mean"
    mean: Ball
    cov: Ball

    def check(self) -> None:
        rows, length = len(self.given["cov"]), len(self.given["mean"])
        if rows != length:
            raise NotADistribution(f"mvnormal: cov has {rows} rows, but mean has {length} components")

    @property
    def dimension(self) -> int:
        return len(self.given["mean"])

    def entropy(self) -> Ball:
        return (log_determinant(self.cov) + self.dimension * (log(self.cov.pi * 2) + 1.0)) / 2

    def sample(self, random: np.random.Generator, count: int) -> Any:
        factor = np.linalg.cholesky(self.given["cov"])
        return self.given["mean"] + random.standard_normal((count, self.dimension)) @ factor.T

    def log_densities(self, x: Any) -> Any:
        factor = np.linalg.cholesky(self.given["cov"])
        z = np.linalg.solve(factor, (x - self.given["mean"]).T)
        constant = np.log(np.diag(factor)).sum() + self.dimension * np.log(2 * np.pi) / 2
        return -(z * z).sum(axis=0) / 2 - constant


@family("dirichlet")
class Dirichlet(Multivariate):
    title = "probabilities, after alpha_i observations of each outcome"
    parameters = (Parameter("alpha", POSITIVES, ("concentration",)),)
    support = "vectors above 0 that sum to 1"
    alpha: Ball

    @property
    def dimension(self) -> int:
        return len(self.given["alpha"])

    def entropy(self) -> Ball:
        total = self.alpha.sum()
        own = ((self.alpha - 1.0) * digamma(self.alpha)).sum()
        return lgamma(self.alpha).sum() - lgamma(total) + (total - float(self.dimension)) * digamma(total) - own

    def sample(self, random: np.random.Generator, count: int) -> Any:
        """The logarithms of probabilities, as these leave the range of a double where alpha is small."""
        alpha = self.given["alpha"]
        # Γ(a) is Γ(a + 1)·U^(1/a): Devroye (1986), Non-Uniform Random Variate Generation, IX.3
        powers = np.log1p(-random.random((count, len(alpha)))) / alpha
        logs = np.log(random.standard_gamma(alpha + 1, (count, len(alpha)))) + powers
        return logs - np.logaddexp.reduce(logs, axis=1, keepdims=True)

    def log_densities(self, x: Any) -> Any:
        alpha = self.alpha
        constant = float(lgamma(alpha.sum()).value - lgamma(alpha).sum().value)
        return x @ (self.given["alpha"] - 1) + constant


@family("multinomial")
class Multinomial(Multivariate):
    title = "how often each of k outcomes occurs in n trials"
    parameters = (Parameter("n", COUNT, ("trials",)), Parameter("probs", PROBABILITIES, ("p",)))
    support = "vectors of whole numbers that sum to n"
    n: Ball
    probs: Ball

    @property
    def dimension(self) -> int:
        return len(self.given["probs"])

    def sample(self, random: np.random.Generator, count: int) -> Any:
        probs = self.given["probs"]
        return random.multinomial(int(self.given["n"]), probs / probs.sum(), count)

    def log_densities(self, x: Any) -> Any:
        n, probs = self.given["n"], self.given["probs"]
        orders = lgamma(exact(np.append(n, x.ravel()) + 1.0, DOUBLES)).value
        surprise = x * np.log(np.where(x > 0, probs / probs.sum(), 1.0))
        found = orders[0] - orders[1:].reshape(x.shape).sum(axis=1) + surprise.sum(axis=1)
        return np.where(x.sum(axis=1) == n, found, -np.inf)


@family("wishart")
class Wishart(Multivariate):
    title = "the sum of df outer products of normal vectors"
    parameters = (Parameter("df", POSITIVE, ("nu",)), Parameter("scale", CORRELATION, ("cov", "v")))
    support = "positive definite matrices"
    df: Ball
    scale: Ball

    def check(self) -> None:
        if not self.given["df"] > self.dimension - 1:
            raise NotADistribution(
                f"wishart: df = {self.given['df']:.6g} is not above the number of rows of scale less 1, "
                f"{self.dimension - 1}"
            )

    @property
    def dimension(self) -> int:
        return len(self.given["scale"])

    def sample(self, random: np.random.Generator, count: int) -> Any:
        # the decomposition of Bartlett (1933), Proc. R. Soc. Edinb. 53, 260-283
        k = self.dimension
        triangle = np.tril(random.standard_normal((count, k, k)), -1)
        triangle[:, range(k), range(k)] = np.sqrt(random.chisquare(self.given["df"] - np.arange(k), (count, k)))
        factor = np.linalg.cholesky(self.given["scale"]) @ triangle
        return factor @ np.swapaxes(factor, 1, 2)

    def log_densities(self, x: Any) -> Any:
        df, scale, k = self.given["df"], self.given["scale"], self.dimension
        _, log_det = np.linalg.slogdet(x)
        trace = np.einsum("ij,nji->n", np.linalg.inv(scale), x)
        constant = df / 2 * (k * np.log(2) + np.linalg.slogdet(scale)[1]) + float(log_gamma(self.df / 2, k).value)
        return (df - k - 1) / 2 * log_det - trace / 2 - constant

    def entropy(self) -> Ball:
        k, half = float(self.dimension), self.df / 2
        two = log(self.df.constant(2.0))
        return (
            (k + 1) / 2 * log_determinant(self.scale)
            + k * (k + 1) / 2 * two
            + log_gamma(half, self.dimension)
            - (self.df - k - 1.0) / 2 * mean_digamma(half, self.dimension)
            + self.df * k / 2
        )


def log_gamma(x: Ball, k: int) -> Ball:
    """The logarithm of the multivariate gamma function."""
    total = k * (k - 1) / 4 * log(x.pi)
    for j in range(k):
        total = total + lgamma(x - j / 2)
    return total


def mean_digamma(x: Ball, k: int) -> Ball:
    """The derivative of `log_gamma`."""
    total = digamma(x)
    for j in range(1, k):
        total = total + digamma(x - j / 2)
    return total


def log_determinant(matrix: Ball) -> Ball:
    """log det of a positive definite matrix."""
    factor, bound = cholesky(matrix)
    diagonal = np.diagonal(factor)
    total = 2 * log(Ball(diagonal, abs(diagonal) * 0, matrix.arithmetic)).sum()
    return Ball(total.value, total.error + bound, matrix.arithmetic)


def cholesky(matrix: Ball) -> tuple[Any, Any]:
    """The lower factor of a positive definite matrix, and a bound on what rounding does to a quadratic form of it.

    Source of the bound: Higham (2002), 10.1: relative to the condition number.
    """
    values, unit = matrix.value, matrix.arithmetic.unit
    size = len(values)
    if isinstance(unit, float):
        return np.linalg.cholesky(values), 4 * size * size * unit * float(np.linalg.cond(values))
    sqrt = matrix.arithmetic.function("sqrt")
    factor = np.zeros_like(values) * values[0, 0] * 0
    for row in range(size):
        for column in range(row + 1):
            rest = values[row, column] - (factor[row, :column] * factor[column, :column]).sum()
            factor[row, column] = sqrt(rest) if row == column else rest / factor[column, column]
    condition = np.linalg.cond(values.astype(float))
    return factor, 4 * size * size * unit * (condition if np.isfinite(condition) else 1e20)


def inverse_factor(values: Any) -> tuple[Any, float]:
    """The inverse of the lower factor of an array of doubles, and a bound on what rounding does to a quadratic form.

    Source of the bound: Higham (2002), 10.1 and 14.2: (k + 1) units, for the factor and for each time it is used, times
    the squares of the norms of Frobenius.
    """
    factor = np.linalg.cholesky(values)
    inverse = np.linalg.inv(factor)
    norms = float((factor * factor).sum() * (inverse * inverse).sum())
    return inverse, 3 * (len(values) + 1) * DOUBLES.unit * norms


def solve_lower(factor: Any, right: Any) -> Any:
    """factor⁻¹·right, by forward substitution; right is a matrix."""
    if factor.dtype != object:
        return np.linalg.solve(factor, right)
    found = right * 0
    for row in range(len(factor)):
        found[row] = (
            (right[row] - factor[row, :row] @ found[:row]) / factor[row, row]
            if row
            else (right[row] / factor[row, row])
        )
    return found
