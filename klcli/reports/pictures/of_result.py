"""The pictures of a result of the Python face."""

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

__all__ = ["views_of"]


def views_of(result: object) -> tuple[View, ...]:
    """Returns the pictures of a result; none if it has none."""
    view: View | None = None
    if isinstance(result, Comparison):
        view = comparison_view(result.terms, result.forward_kl, result.unit)
    elif isinstance(result, FamilyComparison):
        return density_views(result)
    elif isinstance(result, Estimation):
        return estimation_views(result)
    elif isinstance(result, RowComparison):
        view = ecdf_view([quantiles_of("KL(P‖Q)", result.unit, result.forward_kl)], len(result.forward_kl))
    return () if view is None else (view,)
