"""Estimates by an estimator that is not the default one: values alone, without interval."""

from collections.abc import Sequence

from klcli.core.arithmetic.types import Array
from klcli.core.distributions.units import Base
from klcli.core.estimation.counts.forms import FORMS
from klcli.core.estimation.counts.moments import in_unit
from klcli.core.estimation.estimate import DivergenceEstimate
from klcli.core.estimation.estimators import Chosen

__all__ = ["point_estimates"]


def point_estimates(
    chosen: Chosen, measures: Sequence[str], x: Array, y: Array, count: int, base: Base
) -> dict[str, DivergenceEstimate]:
    """Returns the values in the unit of the base; `count` observations are in x and y, counts or rows."""
    found = {}
    for name in measures:
        form = FORMS[name]
        value = chosen(form, x, y)
        each = DivergenceEstimate(value, method=chosen.text, measure=name, kind=form.unit, count=count)
        found[name] = in_unit(each, base)
    return found
