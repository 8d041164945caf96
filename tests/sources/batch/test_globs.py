"""A pattern matches as git and ripgrep have it; each expected value is what `rg -g` or `git ls-files` does."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from klcli.sources.batch.batch_entry import BatchEntry
from klcli.sources.batch.glob_limits import GlobLimit
from klcli.sources.batch.globs import GlobIndex, glob_matcher
from klcli.sources.batch.settings import Layer, Settings


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("**/*.csv", ["a.csv", "x/a.csv", "x/y/a.csv"], ["a.csv.gz", "x/a.json"]),
        ("a/**/b.csv", ["a/b.csv", "a/x/b.csv", "a/x/y/b.csv"], ["ab.csv", "b.csv", "c/a/b.csv"]),
        ("**/a/*.csv", ["a/x.csv", "b/a/x.csv"], ["ba/x.csv"]),
        ("**/**/x", ["x", "a/x", "a/b/x"], ["ax"]),
        ("a/**", ["a/b", "a/b/c"], ["a", "b/a"]),
        ("**", ["a", "a/b"], []),
        ("[ab]?.csv", ["a1.csv"], ["c1.csv", "a.csv"]),
        ("*.CSV", ["a.CSV"], ["a.csv"]),
        ("a(1)|b.csv", ["a(1)|b.csv"], ["b.csv"]),
    ],
)
def test_a_pattern_matches_these_and_not_the_others(pattern, matching, others):
    matches = glob_matcher(pattern)
    assert [path for path in (*matching, *others) if matches(path)] == matching


@given(patterns=st.lists(st.text("ab/*?[]!", max_size=8), max_size=6), name=st.text("ab/*[]", max_size=8))
@example(["**/ab"], "ab")
@example(["a/**/b", "**/", "b"], "a/b")
@example(["a[b", "[b", "*[b"], "a[b")
@example(["x[b]a", "?*a]"], "xba]")
def test_an_index_of_patterns_finds_those_that_match(patterns, name):
    found = tuple(place for place, pattern in enumerate(patterns) if glob_matcher(pattern)(name))
    assert GlobIndex(patterns).matching(name) == found


def test_a_pattern_that_cannot_match_is_not_compiled():
    glob_matcher.cache_clear()
    limits = tuple(GlobLimit(f"{number}*{number}", "forward_kl", 1.0) for number in range(3_000))
    settings = Settings(Layer("command line"), Layer("kl.toml", limits=limits))
    assert settings.plan(BatchEntry("1234 1234", "p", "q")).limits == ("forward_kl=1.0",)
    assert glob_matcher.cache_info().misses == 4  # 1*1, 12*12, 123*123, 1234*1234
