"""A table is as its own export: a number is one value in each type that holds it, to the digits of that type."""

from decimal import Decimal
from itertools import permutations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import klcli
from klcli.errors import NotComparable

# prices of which some doubles are above, and some below, what they spell
PRICES = np.random.default_rng(1).choice(
    ["0.07", "0.10", "0.35", "1.10", "1.15", "2.20", "2.30", "3.30", "4.99", "9.99", "19.99", "29.95"], 600
)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("types")
    (folder / "text.csv").write_text("price\n" + "".join(f"{each}\n" for each in PRICES))
    doubles = PRICES.astype(float)
    pq.write_table(pa.table({"price": doubles}), folder / "double.parquet")
    decimals = pa.array(list(map(Decimal, PRICES.tolist())), pa.decimal128(9, 2))
    pq.write_table(pa.table({"price": decimals}), folder / "decimal.parquet")
    pq.write_table(pa.table({"price": doubles.astype("f4")}), folder / "single.parquet")
    found = {path.stem: str(path) for path in folder.iterdir()}
    for name in list(found):
        (folder / f"{name}.kl.json").write_text(klcli.profile(found[name]))
        found[f"{name} profile"] = str(folder / f"{name}.kl.json")
    return found


NAMES = ["text", "double", "decimal", "single"]
PAIRS = list(permutations([*NAMES, *(f"{name} profile" for name in NAMES)], 2))


@pytest.mark.parametrize(("p", "q"), PAIRS, ids=map(" against ".join, PAIRS))
def test_no_value_moves_to_another_bin(stored, p, q):
    if "single" in p and "single" not in q and "profile" in q:  # which would have to be asked between its cuts
        with pytest.raises(NotComparable, match="a profile knows its own cuts only"):
            klcli.drift(stored[p], stored[q])
        return
    column = klcli.drift(stored[p], stored[q], measures=["jeffreys", "ks"]).columns[0]
    assert column.measures["jeffreys"] == 0
    assert column.measures["ks"] == 0
    assert column.counted.cells.p == column.counted.cells.q
    assert not [note for note in column.counted.notes if note.kind == "values_outside"]
