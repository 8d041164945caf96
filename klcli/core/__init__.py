"""The mathematics: numpy only, nats inside, the last axis is the outcomes."""

# isort: off
# The order of these imports is the order in which measures are listed, and that of `-m all`.
from klcli.core.measures import kl as kl
from klcli.core.measures import divergences as divergences
from klcli.core.measures import powers as powers
from klcli.core.measures import distances as distances
from klcli.core.measures import chi_squared as chi_squared
from klcli.core.measures import l_infinity as l_infinity
from klcli.core.measures import entropies as entropies
from klcli.core.measures import other_names as other_names
# isort: on
