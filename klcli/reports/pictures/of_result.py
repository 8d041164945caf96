"""The first picture of a result of the Python face."""

from klcli.core.comparison import Comparison
from klcli.core.estimation.estimate import Estimation
from klcli.core.rows.comparison import RowComparison
from klcli.families.comparison.comparison import FamilyComparison
from klcli.reports.pictures.contributions import comparison_view
from klcli.reports.pictures.densities import density_views
from klcli.reports.pictures.ecdf import ecdf_view
from klcli.reports.pictures.estimation import estimation_views
from klcli.reports.pictures.model import View
from klcli.reports.pictures.row_values import quantiles_of

__all__ = ["view_of"]


def view_of(result: object) -> View | None:
    """Returns the picture of a comparison; None if it has none."""
    if isinstance(result, Comparison):
        return comparison_view(result.terms, result.forward_kl, result.unit)
    if isinstance(result, FamilyComparison):
        return next(iter(density_views(result)), None)
    if isinstance(result, Estimation):
        return next(iter(estimation_views(result)), None)
    if isinstance(result, RowComparison):
        return ecdf_view([quantiles_of("KL(P‖Q)", result.unit, result.forward_kl)], len(result.forward_kl))
    return None
