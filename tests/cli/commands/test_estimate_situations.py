"""Every situation that samples can be in has an interval, a note or a refusal: one row each."""

import json
from typing import NamedTuple

import numpy as np
import pytest


class Situation(NamedTuple):
    """Two files, further words, and what is expected: an exit code, a note, and which ends there are."""

    x: object
    y: object
    words: tuple[str, ...] = ()
    code: int = 0
    note: str = ""
    ends: str = "both"  # both, lower, open (an upper end of inf), none
    kind: str = "numbers"


RANDOM = np.random.default_rng(20261130)
NORMAL, OTHER = RANDOM.normal(size=(2, 400))
COLOURS = [RANDOM.choice(["red", "green", "blue"], 400) for _ in range(2)]
PLANE, OTHER_PLANE = RANDOM.normal(size=(2, 300, 2))
LABELLED = [np.column_stack([colours, values]) for colours, values in zip(COLOURS, (NORMAL, OTHER), strict=True)]
BOTH = ("--columns", "1,2")

SITUATIONS = {
    "rounded numbers": Situation(np.round(NORMAL, 1).clip(-2, 2), np.round(OTHER, 1).clip(-2, 2)),
    "many zeros": Situation(np.where(NORMAL > 0, NORMAL, 0.0), np.where(OTHER > 0, OTHER, 0.0)),
    "few distinct numbers": Situation(
        np.round(NORMAL).clip(-1, 1), np.round(OTHER).clip(-1, 1), note="bins", kind="labels"
    ),
    "tied vectors": Situation(np.round(PLANE), np.round(OTHER_PLANE), BOTH, note="ties", ends="lower", kind="vectors"),
    "repeated records": Situation(np.repeat(NORMAL[:200], 2), OTHER, note="duplicates", ends="none"),
    "shared records": Situation(NORMAL, np.r_[NORMAL[:200], OTHER[:200]], note="overlap"),
    "numbers beyond the other sample": Situation(np.r_[NORMAL, 50 + OTHER[:40]], OTHER, note="outside", ends="open"),
    "an outcome unseen in Q": Situation(["a", "b", "c"] * 60, ["a", "b"] * 90, note="unseen", ends="open",
                                        kind="labels"),
    "sparse samples": Situation(range(100), range(50, 150), ("--as", "labels"), note="sparse", ends="none",
                                kind="labels"),
    "few observations a label": Situation(list("abcdefghij") * 6, list("abcdefghij") * 6, note="few", kind="labels"),
    "small samples of labels": Situation(["a", "b"] * 15, ["a", "b"] * 15, note="small", kind="labels"),
    "small samples of numbers": Situation(NORMAL[:15], OTHER[:15], note="small", ends="none"),
    "numbers too few for an exact upper end": Situation(NORMAL[:99], OTHER, note="small"),
    "a label and few numbers": Situation(np.c_[["a", "b"] * 40, NORMAL[:80]], np.c_[["a", "b"] * 200, OTHER], BOTH,
                                         note="small", kind="labelled numbers"),
    "one observation": Situation(["a"], ["a", "b"], code=3),
    "one outcome": Situation(["a"] * 50, ["a"] * 50, note="constant", ends="none", kind="labels"),
    "columns of different scales": Situation(PLANE * [1, 1e9], OTHER_PLANE * [1, 1e9], BOTH, note="no_interval",
                                             ends="lower", kind="vectors"),
    "a constant column": Situation(np.c_[PLANE, np.ones(300)], np.c_[OTHER_PLANE, np.ones(300)],
                                   ("--columns", "1,2,3"), note="constant", ends="lower", kind="vectors"),
    "dependent columns": Situation(np.c_[PLANE, PLANE.sum(axis=1)], np.c_[OTHER_PLANE, OTHER_PLANE.sum(axis=1)],
                                   ("--columns", "1,2,3"), note="constant", ends="lower", kind="vectors"),
    "a label and a number": Situation(*LABELLED, BOTH, note="mixed", kind="labelled numbers"),
    "labels of few rows and a number": Situation(LABELLED[0][:60], LABELLED[1][:60], BOTH, note="mixed", ends="lower",
                                                 kind="vectors"),
    "a missing number": Situation(["1.5", "NA", "2.5"], OTHER, code=3),
    "a missing number, dropped": Situation(["1.5", *NORMAL, "NA"], OTHER, ("--missing", "drop"), note="missing"),
    "a missing label, an outcome": Situation([*COLOURS[0], "-", '""'], COLOURS[1], ("--missing", "label"),
                                             note="missing", ends="open", kind="labels"),
    "an infinite number": Situation([*NORMAL, "inf"], OTHER, code=3),
    "an observation of two numbers among those of one": Situation([*NORMAL, "1,2"], OTHER, code=3),
    "no column named of several": Situation(PLANE, OTHER_PLANE, code=3),
    "samples of different columns": Situation(NORMAL, OTHER_PLANE, code=3),
}  # fmt: skip


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_situation_has_an_interval_a_note_or_a_refusal(name, kl, document, written):
    each = SITUATIONS[name]
    if each.ends == "lower":
        pytest.importorskip("scipy")
    words = ("estimate", written("x.csv", each.x), written("y.csv", each.y), *each.words)
    if each.code:
        refused = kl(*words)
        assert (refused.code, refused.out) == (each.code, "")
        assert refused.err.startswith("kl: error: ")
        return
    found = document(*words)
    assert found["p"]["as"] == each.kind
    codes = {note["code"] for note in found["notes"]}
    assert each.note in codes if each.note else not codes - {"unseen", "header", "below_zero"}
    kl_estimate = found["estimates"]["forward_kl"]
    lower, upper = kl_estimate["lower"], kl_estimate["upper"]
    ends = {
        "both": lower is not None and upper not in (None, "Infinity"),
        "open": lower is not None and upper == "Infinity",
        "lower": lower is not None and upper is None,
        "none": lower is None and upper is None,
    }
    assert [name for name, is_so in ends.items() if is_so] == [each.ends]


def test_the_help_says_that_observations_must_be_independent(kl):
    assert "independent observations" in kl("estimate", "--help").out


def test_columns_as_sqlite3_prints_them_are_those_of_its_csv(kl, tmp_path):
    rows = [("abcd"[at % 4 * (at % 3 > 0)], "yes" if at % 5 else "no") for at in range(120)]
    found = []
    for name, text in {
        "t.txt": "plan  ok \n----  ---\n" + "".join(f"{plan:4}  {ok:3}\n" for plan, ok in rows),
        "t.csv": "plan,ok\n" + "".join(f"{plan},{ok}\n" for plan, ok in rows),
    }.items():
        (tmp_path / name).write_text(text)
        answer = kl(
            "estimate", tmp_path / name, "--by", "ok", "--p", "yes", "--q", "no", "--columns", "plan", "-f", "json"
        )
        assert answer.code == 0, answer.err
        found.append(json.loads(answer.out)["estimates"])
    assert found[0] == found[1]
