"""The mathematics: numpy only, nats inside, the last axis is the outcomes."""

from klcli.core import distances as distances
from klcli.core import divergences as divergences
from klcli.core import entropies as entropies
