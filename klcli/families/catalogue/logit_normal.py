"""The logit-normal distribution, on (0, 1)."""

from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import log, log_root_2pi
from klcli.families.ball_arithmetic.scipy_functions import special
from klcli.families.catalogue.normal import LOC, SCALE, Normal
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.closed_forms.normal_kl import NORMAL_KL, normal_kl, normal_kl_in_float64
from klcli.families.closed_forms.sources import KULLBACK
from klcli.families.family.family import family
from klcli.families.family.formula import Formula
from klcli.families.family.tail import Growth
from klcli.families.family.unit_interval import UnitInterval

__all__ = ["LogitNormal"]


@family("logit_normal", aliases=("logitnormal",))
class LogitNormal(UnitInterval):
    title = "the logistic function of a normal"
    parameters = (LOC, SCALE)
    needs = ("mean_log", "mean_log1m", "variance_logit")
    cross_formula = Formula(
        "log({q.scale}·√(2π)) + {mean_log} + {mean_log1m} + "
        "({variance_logit} + ({mean_log} - {mean_log1m} - {q.loc})²)/(2·{q.scale}²)"
    )
    loc: Ball
    scale: Ball

    def images(self) -> dict[str, Any]:
        return {"logit x": self.member_of(Normal, loc=self.loc, scale=self.scale)}

    def cross_entropy(self, p: Any) -> Ball:
        low, high = p.mean_log(), p.mean_log1m()
        offset = low - high - self.loc
        square = 2 * self.scale * self.scale
        spread = (p.variance_logit() + offset * offset) / square
        return log(self.scale) + log_root_2pi(self.scale) + low + high + spread

    def _log_density(self, log_x: Ball, log_rest: Ball) -> Ball:
        z = (log_x - log_rest - self.loc) / self.scale
        return -(z * z) / 2 - log(self.scale) - log_root_2pi(z) - log_x - log_rest

    def quantile(self, u: Any) -> Any:
        with np.errstate(all="ignore"):
            return 1 / (1 + np.exp(-float(self.loc.value) - float(self.scale.value) * special().ndtri(u)))

    def growth(self, end: str) -> Growth:
        return Growth("log_squared", 1.0)


closed_form(
    LogitNormal, LogitNormal, formula=NORMAL_KL, source=KULLBACK, in_float64=normal_kl_in_float64, is_for_any_size=True
)(normal_kl)
