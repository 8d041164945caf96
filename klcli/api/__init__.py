"""The Python interface: `compare`, `compare_rows`, `estimate`, `kl_divergence`, `pairwise`, `family`, and measures.

It has what each of its modules lists in `__all__`; `klcli` lists the names that users import.
"""

from klcli.api.comparison import *
from klcli.api.estimation import *
from klcli.api.measures import *
from klcli.api.pictures import *
from klcli.api.reading import *
from klcli.api.rows import *
from klcli.api.tables import *
