"""False alarms of `kl drift`, and of other tools, on pairs of samples of one population; writes docs/calibration.md.

`python -m benchmarks.drift_calibration [REPETITIONS]`, 2,000 unless given; some minutes. Labels are drawn as counts and
judged as a run judges them; numbers with ties are counted from tables. Of continuous numbers the counts are drawn by
their law, which is one for all: between order statistics of the reference lie shares with a Dirichlet distribution.
"""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import klcli
from klcli.core.estimation.numbers.ordered import distances_of_samples
from klcli.core.estimation.significance.homogeneity import homogeneity_test
from klcli.runs.batch_results import Status
from klcli.runs.drift.counted import Cells, CountedColumn
from klcli.runs.drift.judging.judge import judge
from klcli.sources.drift.settings import DriftSettings
from klcli.tables.binning import bin_count, quantile_ranks
from klcli.tables.column import Column, Kind, Reading, Storage
from klcli.tables.facts import Facts
from klcli.tables.kinds import Decision
from klcli.tables.presets import PRESETS
from klcli.tables.presets.preset import Held, NotReplayed, Options
from klcli.tables.presets.samples import Labels, Numbers, Sample

PAGE = Path(__file__).parent.parent / "docs" / "calibration.md"
LEVELS = (0.05, 0.01, 0.001)
TOOLS = ("evidently", "nannyml", "deepchecks", "psi-classic", "gx")
Draw = Callable[[np.random.Generator, int], Any]

ZIPF = 1 / np.arange(1, 501)
POPULATIONS = {
    "20 equal": np.ones(20), "zipf, 50": ZIPF[:50], "zipf, 500": ZIPF, "geometric, 20": 0.7 ** np.arange(20),
    "one of 90 %, 19 rare": np.r_[0.9, np.full(19, 0.1 / 19)],
    "one of 90 %, 199 rare": np.r_[0.9, np.full(199, 0.1 / 199)],
    "long tail, 1,000": np.r_[0.5, 0.3, 0.15, np.full(997, 0.05 / 997)],
}  # fmt: skip
SIZES = ((50, 50), (300, 300), (1_000, 1_000), (10_000, 10_000), (50, 10_000), (10_000, 50), (1_000_000, 300))
NORMAL: dict[str, Draw] = {"normal": lambda random, n: random.normal(size=n)}
WITH_TIES: dict[str, Draw] = {
    "Poisson, mean 3": lambda random, n: random.poisson(3, n),
    "Poisson, mean 0.3": lambda random, n: random.poisson(0.3, n),
    "60 % zeros, else lognormal": lambda random, n: random.lognormal(size=n) * (random.random(n) > 0.6),
    "40 % at one inner value": lambda random, n: np.where(random.random(n) < 0.4, 0.3, random.normal(size=n)),
    "normal, rounded to 0.5": lambda random, n: np.round(2 * random.normal(size=n)) / 2,
}
TIED_SIZES = ((50, 50), (300, 300), (1_000, 1_000), (10_000, 10_000), (100, 10_000), (10_000, 100))


def main() -> None:
    """Writes the tables."""
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    for name, rows in (
        ("labels", labels(repetitions)), ("continuous numbers", continuous(repetitions)),
        ("numbers with ties", ties(repetitions // 2)), ("order", order(repetitions)),
        ("tools on labels", tools_on_labels(repetitions // 20)),
        ("tools on numbers", tools_on_numbers(repetitions // 20)), ("runs", runs(repetitions // 10)),
    ):  # fmt: skip
        table = _table(list(rows))
        text = PAGE.read_text(encoding="utf-8")
        text = re.sub(
            f"<!-- {name} -->.*?<!-- end -->", f"<!-- {name} -->\n\n{table}\n\n<!-- end -->", text, flags=re.DOTALL
        )
        PAGE.write_text(text, encoding="utf-8")
        print(f"{name}\n\n{table}\n", flush=True)


def labels(repetitions: int) -> Iterator[tuple[str, ...]]:
    """Yields how often the test of labels fires at three levels, and a column alone is exceeded."""
    yield ("labels", "n / m", *_percents(), "exceeded")
    for name, masses in POPULATIONS.items():
        for n, m in SIZES:
            random = np.random.default_rng(2026)
            pairs = list(_counts(random, masses, n, m, repetitions))
            p_values = [homogeneity_test(p, q).p_value for p, q in pairs]
            some = pairs[: repetitions // 4]
            exceeded = sum(judged(p, q).status is Status.EXCEEDED for p, q in some)
            yield name, f"{n:,} / {m:,}", *_fired(p_values), _percent(exceeded / len(some))


def _counts(random: np.random.Generator, masses: Any, n: int, m: int, repetitions: int) -> Iterator[tuple[Any, Any]]:
    shares = masses / masses.sum()
    for _ in range(repetitions):
        yield random.multinomial(n, shares), random.multinomial(m, shares)


def judged(p: Any, q: Any) -> Any:
    """Returns the verdict on a column of labels with these counts, alone in a run, with the default limits."""
    names = [f"label {at:04}" for at in range(len(p))]
    seen = np.flatnonzero(p + q)
    unseen, vanished = [at for at in seen if not p[at]], [at for at in seen if not q[at]]
    column = Column(0, "labels", Storage.TEXT, "text")
    counted = CountedColumn(
        "labels", column, column, Decision(Kind.CATEGORY, Reading.LABEL, ""),
        *(Facts(int(side.sum()), 0, distinct=int(np.count_nonzero(side))) for side in (p, q)),
        cells=Cells(tuple(names[at] for at in seen), tuple(p[seen].tolist()), tuple(q[seen].tolist()), None,
                    tuple(names[at] for at in unseen), tuple(names[at] for at in vanished),
                    int(q[unseen].sum()), int(p[vanished].sum())),
    )  # fmt: skip
    return judge([counted], DriftSettings(), {})[0][0]


def continuous(repetitions: int) -> Iterator[tuple[str, ...]]:
    """Yields how often the test of numbers without ties fires, whatever their law."""
    yield ("n / m", "bins", *_percents())
    for n, m in ((50, 50), (100, 100), *SIZES[1:4], (1_000_000, 1_000_000), *SIZES[4:6], (100, 1_000_000),
                 (1_000, 1_000_000), (1_000_000, 300)):  # fmt: skip
        random = np.random.default_rng(2026)
        bins = bin_count(n, m)
        p = np.diff([0, *quantile_ranks(n, bins)])
        gaps = p.astype(float)
        gaps[-1] += 1  # the values above the highest order statistic that is a cut, and the end
        p_values = [homogeneity_test(p, random.multinomial(m, random.dirichlet(gaps)), grouped=False).p_value
                    for _ in range(5 * repetitions)]  # fmt: skip
        yield f"{n:,} / {m:,}", f"{bins}", *_fired(p_values)


def ties(repetitions: int) -> Iterator[tuple[str, ...]]:
    """Yields how often the test of numbers with ties fires, from tables of 100 columns."""
    yield ("numbers", "n / m", *_percents())
    for name, draw in WITH_TIES.items():
        for n, m in TIED_SIZES:
            random = np.random.default_rng(2026)
            p_values: list[float] = []
            while len(p_values) < repetitions:
                frames = [_frame([draw(random, rows) for _ in range(100)]) for rows in (n, m)]
                report = klcli.drift(*frames, types={"*": "numeric"}, missing="drop")
                p_values += [each.test.p_value for each in report.columns if each.test is not None]
            yield name, f"{n:,} / {m:,}", *_fired(p_values)


def order(repetitions: int) -> Iterator[tuple[str, ...]]:
    """Yields how often the tests of KS and of W1 fire, which a limit on either makes."""
    yield ("numbers", "n / m", *(f"{name}, {level}" for name in ("KS", "W1") for level in _percents()))
    for name, draw in {**NORMAL, **WITH_TIES}.items():
        for n, m in TIED_SIZES:
            random = np.random.default_rng(2026)
            pairs = [distances_of_samples(draw(random, n), draw(random, m)) for _ in range(repetitions)]
            fired = [_fired([pair[at].p_value for pair in pairs]) for at in range(2)]
            yield name, f"{n:,} / {m:,}", *fired[0], *fired[1]


def tools_on_labels(repetitions: int) -> Iterator[tuple[str, ...]]:
    """Yields how often each tool calls drift on labels of one population."""
    yield ("labels", "n / m", "kl", *TOOLS)
    for name, masses in {"10, zipf": ZIPF[:10], **POPULATIONS}.items():
        for n, m in SIZES[:6]:
            random = np.random.default_rng(2026)
            shares = masses / masses.sum()
            pairs = [[random.choice(len(shares), size=rows, p=shares) for rows in (n, m)] for _ in range(repetitions)]
            own = sum(judged(*(np.bincount(side, minlength=len(shares)) for side in pair)).status is Status.EXCEEDED
                      for pair in pairs)  # fmt: skip
            names = tuple(f"label {at:04}" for at in range(len(shares)))
            samples = [_labels(names, *pair) for pair in pairs]
            yield name, f"{n:,} / {m:,}", _percent(own / repetitions), *(_fails(tool, samples) for tool in TOOLS)


def _labels(names: tuple[str, ...], p: Any, q: Any) -> Labels:
    seen, codes = np.unique(np.concatenate([p, q]), return_inverse=True)
    return Labels(tuple(names[at] for at in seen), codes[: len(p)], codes[len(p) :])


def tools_on_numbers(repetitions: int) -> Iterator[tuple[str, ...]]:
    """Yields how often each tool calls drift on numbers of one population."""
    yield ("numbers", "n / m", "kl", *TOOLS)
    for name, draw in {**NORMAL, **WITH_TIES}.items():
        for n, m in ((100, 100), *TIED_SIZES[1:]):
            random = np.random.default_rng(2026)
            columns = [[draw(random, rows).astype(float) for _ in range(repetitions)] for rows in (n, m)]
            own = klcli.drift(*map(_frame, columns), types={"*": "numeric"}, adjust="none", missing="drop")
            samples = [Numbers(p, q, is_float=not (p % 1 == 0).all()) for p, q in zip(*columns, strict=True)]
            exceeded = sum(each.status is Status.EXCEEDED for each in own.columns)
            yield name, f"{n:,} / {m:,}", _percent(exceeded / repetitions), *(_fails(tool, samples) for tool in TOOLS)


def _fails(tool: str, samples: list[Any]) -> str:
    verdicts = [found for sample in samples if (found := _verdict(tool, sample)) is not None]
    return _percent(np.mean(verdicts)) if verdicts else "–"


def _verdict(tool: str, sample: Sample) -> bool | None:
    """Returns True if a tool calls drift; None if it does not compare such a column."""
    preset = PRESETS.lookup(tool)
    try:
        if preset.use(sample).value == "category" and isinstance(sample, Numbers):
            sample = sample.as_labels()
        method = preset.method(preset.chosen(sample))
        compute: Any = method.numbers if isinstance(sample, Numbers) else method.labels
        found = compute(sample, Options())
    except NotReplayed:
        return None
    value, limit = (found.held, found.limit) if isinstance(found, Held) else (found, method.limit)
    return bool(value < limit if method.is_p_value else value >= limit if method.at_limit else value > limit)


def runs(repetitions: int) -> Iterator[tuple[str, ...]]:
    """Yields how often a run of 20 mixed columns has any column that is exceeded, or changed."""
    yield ("rows", "any exceeded", "any changed or exceeded")
    for n in (100, 300, 1_000, 10_000):
        random = np.random.default_rng(2026)
        exceeded = changed = 0
        for _ in range(repetitions):
            report = klcli.drift(*(_frame(list(_mixed(random, n))) for _ in range(2)))
            statuses = {each.status for each in report.columns}
            exceeded += Status.EXCEEDED in statuses
            changed += bool(statuses & {Status.EXCEEDED, Status.CHANGED})
        yield f"{n:,} / {n:,}", _percent(exceeded / repetitions), _percent(changed / repetitions)


def _mixed(random: np.random.Generator, n: int) -> Iterator[Any]:
    for _ in range(5):
        yield random.normal(size=n)
        yield np.where(random.random(n) < 0.1, np.nan, random.lognormal(size=n))
        yield random.choice([f"label {at}" for at in range(10)], size=n, p=ZIPF[:10] / ZIPF[:10].sum())
        yield random.choice([f"label {at}" for at in range(50)], size=n, p=ZIPF[:50] / ZIPF[:50].sum())


def _frame(columns: list[Any]) -> pd.DataFrame:
    return pd.DataFrame({f"column {at:03}": values for at, values in enumerate(columns)})


def _percents() -> tuple[str, ...]:
    return tuple(f"at {100 * level:g} %" for level in LEVELS)


def _fired(p_values: list[float]) -> tuple[str, ...]:
    return tuple(_percent(np.mean(np.array(p_values) < level), 2) for level in LEVELS)


def _percent(share: Any, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f}"


def _table(rows: list[tuple[str, ...]]) -> str:
    texts = 1 + ("/" in rows[1][1])
    lines = [rows[0], ("---",) * texts + ("---:",) * (len(rows[0]) - texts), *rows[1:]]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    main()
