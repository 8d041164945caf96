"""A pattern matches as git and ripgrep have it; each expected value is what `rg -g` or `git ls-files` does."""

import pytest

from klcli.sources.batch.globs import glob_matcher


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
