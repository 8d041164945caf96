"""The mathematics: numpy only, nats inside, the last axis is the outcomes."""

from klcli.core.measures import distances as distances
from klcli.core.measures import divergences as divergences
from klcli.core.measures import entropies as entropies
