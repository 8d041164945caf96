"""What `kl estimate` says of values below 0, of bins, and of samples that may have been meant otherwise."""

import numpy as np
import pytest

RANDOM = np.random.default_rng(20261130)
NORMAL, OTHER = RANDOM.normal(size=(2, 400))
COLOURS = [RANDOM.choice(["red", "green", "blue"], 400) for _ in range(2)]
PLANE = RANDOM.normal(size=(300, 2))
BOTH = ("--columns", "1,2")

BELOW_ZERO = {  # samples, further words, and what the note says is to be read instead of a value below 0
    "labels": (COLOURS[0], COLOURS[0], (), "read p and the upper end instead"),
    "sparse labels": (list("aab" * 20 + "cdefghij"), list("aab" * 20 + "klmnopqr"), (), "read p instead"),
    "too few for a test": (list("abc"), list("abd"), (), "these show less"),
    "another estimator": (
        COLOURS[0],
        COLOURS[0],
        ("--estimator", "z"),
        "the estimator z errs by chance and by bias; read p",
    ),
    "vectors": (PLANE, PLANE + 1e-3, (*BOTH, "-m", "jeffreys"), "neighbours and scores err by chance and by bias"),
    "a root": (COLOURS[0], COLOURS[0], ("-m", "jensen_shannon_distance"), "is 0, as the estimate under the root"),
}


@pytest.mark.parametrize("name", BELOW_ZERO)
def test_a_value_below_0_is_printed_as_it_is_with_a_note_on_what_to_read(name, document, written):
    x, y, words, said = BELOW_ZERO[name]
    if name == "vectors":
        pytest.importorskip("scipy")
    found = document("estimate", written("x.csv", x), written("y.csv", y), *words)
    values = [each["value"] for each in found["estimates"].values()]
    assert min(values) == 0 if name == "a root" else min(values) < 0
    assert [said in note["text"] for note in found["notes"] if note["code"] == "below_zero"] == [True]


def test_a_value_above_0_has_no_such_note(document, written):
    found = document("estimate", written("x.csv", COLOURS[0]), written("y.csv", ["red", "green"] * 200))
    assert min(found["measures"].values()) > 0
    assert "below_zero" not in {note["code"] for note in found["notes"]}


def test_bins_are_those_asked_for_and_the_cuts_in_the_outer_two(kl, document, written):
    """Of 600 numbers, 5 bins hold 120 each, and the outer two are cut at 60, 30 and 15 from the end: 5 + 2·3 = 11."""
    x, y = (written(f"{start}.txt", range(start, 600, 2)) for start in (0, 1))
    found = document("estimate", x, y, "--bins", "5")
    assert (found["estimator"]["equal_mass_bins"], found["estimator"]["bins"]) == (5, 11)
    assert found["cells"]["edges"] == [15, 30, 60, 120, 240, 360, 480, 540, 570, 585]
    shown = kl("estimate", x, y, "--bins", "5").out
    assert shown.splitlines()[2].split(maxsplit=2) == [
        "bins", "11", "5 of equal pooled mass, the outer two cut finer; the divergence itself is at least theirs",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "words", "said"),
    [
        (range(40), ("--bins", "8"), "of equal pooled mass; the divergence itself is at least theirs"),
        ([*range(100), *[7.5] * 100], ("--bins", "5"), "the outer two cut finer, equal numbers in one; the"),
        (range(40), ("--bins", "8", "--estimator", "knn:1"), "of equal pooled mass; for p alone"),
    ],
)
def test_the_heading_says_what_became_of_the_bins(kl, written, values, words, said):
    x, y = (written(f"{name}.txt", values) for name in "xy")
    assert said in kl("estimate", x, y, *words, "-q").out


@pytest.mark.parametrize(
    ("samples", "words", "lacking"),
    [
        (COLOURS, (), set()),
        ((NORMAL, OTHER), (), {"entropy_p", "entropy_q"}),
        (COLOURS, ("--estimator", "z"), {"jensen_shannon", "entropy_p", "total_variation"}),
    ],
)
def test_all_measures_are_those_that_the_samples_and_the_estimator_have(document, written, samples, words, lacking):
    found = document("estimate", *(written(f"{at}.txt", each) for at, each in enumerate(samples)), "-m", "all", *words)
    assert "jeffreys" in found["estimates"]
    assert not lacking & set(found["estimates"])


@pytest.mark.parametrize("estimator", ["plugin", "miller_madow"])
def test_an_infinite_value_has_a_note_that_names_what_was_never_seen(document, estimator):
    found = document(
        "estimate", "a,a,b,b,c", "a,a,b,b", "--estimator", estimator, "-m", "forward_kl,reverse_kl,jeffreys"
    )
    assert found["measures"]["forward_kl"] == found["measures"]["jeffreys"] == "Infinity"
    assert found["measures"]["reverse_kl"] < 1
    said = [note["text"] for note in found["notes"] if note["code"] == "unseen"]
    assert [text.split(" ", 1)[0] for text in said] == ["forward_kl", "jeffreys"]
    assert all("1 outcome of P was never seen in Q (c)" in text for text in said)


GUESSED = {  # what a person may give without the option that it needs: samples, further words, code and text of a note
    "one sample twice": (NORMAL, NORMAL, (), "overlap", "is one sample given twice?"),
    "labels given twice": (
        list("abcdefghij") * 60,
        list("abcdefghij") * 60,
        (),
        "overlap",
        "is one sample given twice?",
    ),
    "rows given twice": (PLANE, PLANE, BOTH, "overlap", "is one sample given twice?"),
    "probabilities": (
        ["0.5", "0.25", "0.25"],
        ["0.2", "0.2", "0.6"],
        (),
        "masses",
        "kl compute compares probabilities",
    ),
    "numbers and labels": (NORMAL, COLOURS[0], (), "kinds_differ", "y.csv does not (line 1: '"),
    "more bins than numbers": (range(30), range(30, 60), ("--bins", "99"), "bins", "each of the 60 different numbers"),
    "missing numbers beside bins": (
        [*NORMAL, "NA"],
        OTHER,
        ("--missing", "label"),
        "bins",
        "the missing ones beside them",
    ),
}


@pytest.mark.parametrize("name", GUESSED)
def test_a_note_says_what_samples_were_taken_for(name, document, written):
    x, y, words, code, said = GUESSED[name]
    if name == "rows given twice":
        pytest.importorskip("scipy")
    found = document("estimate", written("x.csv", x), written("y.csv", y), *words)
    assert [said in note["text"] for note in found["notes"] if note["code"] == code] == [True]
    assert not any(note["code"] == "unused" for note in found["notes"])


def test_small_samples_that_are_equal_by_chance_have_no_note(document):
    """Of 10 and 10 of 20 and 20 pooled, 5 and 5 come with a probability of C(10, 5)²/C(20, 10) = 0.34."""
    found = document("estimate", "a,a,a,a,a,b,b,b,b,b", "a,a,a,a,a,b,b,b,b,b")
    assert "overlap" not in {note["code"] for note in found["notes"]}


@pytest.mark.parametrize("counts", ["heads=10,tails=12", '{"heads": 10, "tails": 12}'])
def test_inline_labels_with_numbers_are_counts(document, counts):
    found = document("estimate", counts, "heads=3,tails=9")
    assert [found[side]["as"] for side in "pq"] == ["counts", "counts"]
    assert found["cells"] == {"labels": ["tails", "heads"], "p": [12, 10], "q": [9, 3]}


def test_columns_headed_p_and_q_are_the_samples(document, written):
    path = written("pq.csv", ["p,q,other", *(f"{p},{q},0" for p, q in zip(NORMAL, OTHER, strict=True))])
    named = document("estimate", path, "--p", "p", "--q", "q")
    assert document("estimate", path)["estimates"] == named["estimates"]


def test_a_column_that_is_not_there_is_refused_with_the_names_of_those_that_are(kl, written):
    path = written("groups.csv", ["group,height", *(f"{'ab'[at % 2]},{at}" for at in range(40))])
    refused = kl("estimate", path, "--by", "grp", "--columns", "height")
    assert refused.code == 3
    assert "no column 'grp'; the columns are group, height" in refused.err


def test_a_plan_beside_samples_is_refused(kl):
    refused = kl("estimate", "a,b", "a,c", "--plan", "0.1")
    assert (refused.code, refused.out) == (2, "")
    assert "--plan needs no samples, and a,b is given" in refused.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--plan", "0.1", "--fail-above", "upper:0.1"), "--plan has no use for --fail-above"),
        (("--plan", "0.1", "--bins", "5", "-m", "jeffreys"), "--plan has no use for --bins, -m"),
        (("a,b,a", "a,b,b", "--labels", "5"), "--labels is for --plan, which is not given"),
    ],
)
def test_options_without_use_for_a_plan_or_for_samples_are_refused(kl, words, said):
    refused = kl("estimate", *words)
    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err


@pytest.mark.parametrize("words", [("--level", "0.99"), ("--bits",)])
def test_a_plan_heeds_the_level_and_the_base(document, words):
    """0.1 bits are 0.069 nats."""
    plain = document("estimate", "--plan", "0.1", "--labels", "5")
    assert document("estimate", "--plan", "0.1", "--labels", "5", *words)["observations"] > plain["observations"]


@pytest.mark.parametrize(
    ("texts", "words", "cure"),
    [
        (("price;k", "{},5;a"), ("--columns", "price"), "pass --decimal ,"),
        (("price;k", "{}.210,5;a"), ("--columns", "price"), "pass --decimal , --thousands ."),
        (("price", '"{},234.56"'), (), "pass --thousands ,"),
        (("price", "${}.30"), (), "remove the currency sign"),
        (("price", "{}.30"), (), None),
        (("size", "{} apples"), (), None),
    ],
)
def test_labels_that_may_be_numbers_name_the_option_that_reads_them(texts, words, cure, document, tmp_path):
    head, row = texts
    for name, first in (("x.csv", 0), ("y.csv", 3)):
        (tmp_path / name).write_text("\n".join([head, *(row.format(first + at % 9) for at in range(60))]) + "\n")
    found = document("estimate", tmp_path / "x.csv", tmp_path / "y.csv", *words)
    said = [note["text"] for note in found["notes"] if note["code"] == "decimal_marks"]
    assert len(said) == (0 if cure is None else 2)
    assert all(cure in each for each in said)


@pytest.mark.parametrize(("command", "count"), [("estimate", 1), ("matrix", 1), ("compute", 1)])
@pytest.mark.parametrize(("p", "q", "is_said"), [("Yes=30,No=70", "yes=30,no=70", True), ("a=3,b=7", "a=3,c=7", False)])
def test_labels_that_differ_in_spelling_are_named_by_every_command(command, count, p, q, is_said, document):
    found = document(command, p, q)
    alike = [note["text"] for note in found["notes"] if note["code"] == "labels_alike"]
    assert len(alike) == count * is_said
    assert all("such as 'yes' for 'Yes'" in each for each in alike)


COUNTED = "carrier,january,july\nAA,300,100\nUA,200,300\nDL,400,500\n"


@pytest.mark.parametrize(
    ("texts", "words", "is_refused"),
    [
        ((COUNTED,), ("--p", "january", "--q", "july"), True),
        ((COUNTED,), ("--p", "2", "--q", "3"), True),
        (("carrier,n\nAA,300\nUA,200\n", "carrier,n\nUA,30\nAA,25\n"), ("--columns", "n"), True),
        (("request,ms\na1,300\na2,200\n", "request,ms\nb1,30\nb2,25\n"), ("--columns", "ms"), False),
        ((COUNTED.replace("00", ".5"),), ("--p", "january", "--q", "july"), False),
        ((COUNTED.replace("UA", "AA"),), ("--p", "january", "--q", "july"), False),
        ((COUNTED,), ("--p", "january", "--q", "july", "--as", "numbers"), False),
        ((COUNTED,), ("--p", "january", "--q", "july", "--as", "counts"), False),
    ],
)
def test_numbers_beside_labels_that_occur_once_may_be_their_counts(texts, words, is_refused, kl, document, tmp_path):
    paths = [tmp_path / f"{at}.csv" for at in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    found = kl("estimate", *paths, *words)
    assert found.code == (3 if is_refused else 0)
    if is_refused:  # either cure reads them
        assert "the count of that label, or one observation?" in found.err
        for kind in ("counts", "numbers"):
            assert f"--as {kind}" in found.err
            read = document("estimate", *paths, *words, "--as", kind)
            assert read["p"]["observations"] == (900 if kind == "counts" else 3) or len(paths) > 1
