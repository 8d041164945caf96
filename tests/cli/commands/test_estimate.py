"""`kl estimate`: every situation of samples has a value with an interval, a note, or a refusal."""

import io
import json
import os
from math import inf, log
from pathlib import Path

import numpy as np
import pytest

from klcli.core.estimation.significance.homogeneity import homogeneity_test


def lines(path, values):
    path.write_text("".join(f"{value}\n" for value in values), encoding="utf-8")
    return str(path)


@pytest.fixture
def stdin(monkeypatch):
    def of(text):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    return of


@pytest.fixture
def random():
    return np.random.default_rng(20261130)


@pytest.fixture
def letters(tmp_path, random):
    """Samples of 1,000 letters: of equal masses, of equal masses again, and of others."""
    masses = (np.full(10, 0.1), np.full(10, 0.1), np.arange(1, 11) / 55)
    return [lines(tmp_path / f"{at}.txt", random.choice(list("abcdefghij"), 1000, p=p)) for at, p in enumerate(masses)]


@pytest.fixture
def normals(tmp_path, random):
    """Samples of 500 numbers: standard normal, standard normal, and shifted by a half."""
    return [lines(tmp_path / f"n{at}.txt", random.normal(mean, 1, 500)) for at, mean in enumerate((0, 0, 0.5))]


def codes(document):
    return {note["code"] for note in document["notes"]}


def cells_of(document):
    """The counts of each label in both samples."""
    labels, *counts = (document["cells"][key] for key in ("labels", "p", "q"))
    return dict(zip(labels, zip(*counts, strict=True), strict=True))


def test_the_printed_p_is_that_of_the_one_test_of_the_house(document, letters):
    found = document("estimate", letters[0], letters[2])
    x, y = (np.array(found["cells"][side]) for side in "pq")
    assert (x.sum(), y.sum()) == (1000, 1000)
    expected = homogeneity_test(x, y, labels=found["cells"]["labels"])
    assert found["test"]["p_value"] == expected.p_value
    assert found["measures"] == {name: each["value"] for name, each in found["estimates"].items()}


def test_equal_samples_end_with_the_largest_divergence_that_the_data_allow(kl, letters):
    found = kl("estimate", *letters[:2])
    assert found.code == 0
    assert "no difference seen (p " in found.out
    assert "the largest KL(P‖Q) compatible with the data at 95 % is" in found.out.replace("\n", " ")


def test_different_samples_end_with_the_least_divergence(kl, document, letters):
    found = kl("estimate", letters[0], letters[2])
    lower = document("estimate", letters[0], letters[2])["estimates"]["forward_kl"]["lower"]
    assert "P and Q differ (p = " in found.out
    assert f"by at least {lower:.3g} nats at 95 %" in found.out.replace("\n", " ")


def test_an_unseen_outcome_opens_the_upper_end_of_the_kl_alone(document, letters, tmp_path):
    more = tmp_path / "more.txt"
    more.write_text("k\nk\nk\n" + "a\nb\n" * 100)
    found = document("estimate", str(more), letters[0])
    assert found["estimates"]["forward_kl"]["upper"] == "Infinity"
    assert found["estimates"]["jensen_shannon"]["upper"] < 1
    assert "unseen" in codes(found)
    assert any("1 outcome of P (1.48 % of it) was never seen in Q (k)" in note["text"] for note in found["notes"])


def test_sparse_samples_have_a_value_and_p_alone(document):
    found = document("estimate", "a,b,a,b,c", "a,a,b,d")
    assert codes(found) == {"sparse", "below_zero"}
    assert found["estimates"]["forward_kl"]["lower"] is None
    assert found["test"]["p_value"] == 1


def test_few_and_small_samples_are_said(document, tmp_path, random):
    few = [lines(tmp_path / f"f{at}.txt", random.integers(0, 30, 200)) for at in (0, 1)]
    small = [lines(tmp_path / f"s{at}.txt", random.choice(["a", "b"], 30)) for at in (0, 1)]
    assert "few" in codes(document("estimate", *few, "--as", "labels"))
    found = document("estimate", *small)
    assert "small" in codes(found)
    assert found["estimates"]["jensen_shannon"]["upper"] is not None


def test_one_outcome_alone_is_a_value_of_0_without_ends(document):
    found = document("estimate", "a,a,a", "a,a")
    assert codes(found) == {"constant"}
    assert found["estimates"]["forward_kl"]["value"] == 0
    assert found["estimates"]["forward_kl"]["upper"] is None


def test_counts_are_the_samples_that_they_count(document, tmp_path, letters):
    counted = []
    for name in (letters[0], letters[2]):
        labels, counts = np.unique(Path(name).read_text().split(), return_counts=True)
        table = tmp_path / f"counts{len(counted)}.csv"
        table.write_text("letter,count\n" + "".join(f"{a},{b}\n" for a, b in zip(labels, counts, strict=True)))
        counted.append(str(table))
    one = document("estimate", letters[0], letters[2])
    other = document("estimate", *counted, "--as", "counts")
    assert one["estimates"] == other["estimates"]
    assert one["test"] == other["test"]


_LONG = [
    ("1", "east", "food", 30), ("1", "west", "food", 20), ("1", "east", "toys", 90), ("1", "west", "books, new", 60),
    ("2", "east", "books, new", 80), ("2", "west", "food", 70), ("2", "west", "toys", 50),
]  # fmt: skip


@pytest.fixture
def long_table(tmp_path):
    """A table of counts by week, store and category."""
    rows = "".join(f'{week},{store},"{category}",{n}\n' for week, store, category, n in _LONG)
    (tmp_path / "long.csv").write_text(f"week,store,category,n\n{rows}")
    return str(tmp_path / "long.csv")


@pytest.mark.parametrize("columns", [("category",), ("store", "category")])
def test_counts_of_groups_are_the_samples_that_they_count(document, tmp_path, long_table, columns):
    at = {"store": 1, "category": 2}
    observed = "".join(
        f"{row[0]}," + ",".join(f'"{row[at[name]]}"' for name in columns) + "\n" for row in _LONG for _ in range(row[3])
    )
    (tmp_path / "raw.csv").write_text(f"week,{','.join(columns)}\n{observed}")
    words = ("--by", "week", "--p", "1", "--q", "2", "--columns")
    one = document("estimate", long_table, *words, ",".join((*columns, "n")), "--as", "counts")
    other = document("estimate", str(tmp_path / "raw.csv"), *words, ",".join(columns))
    assert (one["p"]["observations"], one["q"]["observations"]) == (200, 200)
    assert cells_of(one) == cells_of(other)
    assert one["measures"] == pytest.approx(other["measures"], rel=1e-12)  # the order of the labels differs
    assert not codes(one) & {"columns", "header"}


@pytest.mark.parametrize("relation", ["t", "SELECT * FROM t ORDER BY n"])
def test_the_rows_of_a_table_at_an_engine_stay_together(document, tmp_path, long_table, relation):
    """Its columns are read one by one, and a table has no order."""
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect(str(tmp_path / "x.duckdb")) as connection:
        connection.execute(f"CREATE TABLE t AS SELECT * FROM read_csv('{long_table}')")
    at = f"duckdb:{tmp_path / 'x.duckdb'}#{relation}"
    for words in (
        ("--columns", "category,n", "--as", "counts"),
        ("--columns", "category,store"),
        ("--columns", "2,n", "--as", "labels"),
    ):
        one, other = (document("estimate", each, "--by", "week", "--p", "1", "--q", "2", *words)
                      for each in (long_table, at))  # fmt: skip
        assert cells_of(one) == cells_of(other)


def test_counts_of_two_tables_are_in_the_last_column_that_is_named(document, long_table):
    found = document("estimate", long_table, long_table, "--as", "counts", "--columns", "category,n")
    counts = dict(zip(found["cells"]["labels"], found["cells"]["p"], strict=True))
    assert counts == {"food": 120, "toys": 140, "books, new": 140}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("--by week --columns category", 2, "--by and --as counts take columns of labels and one of their counts"),
        ("--by week", 2, "--by and --as counts take columns of labels and one of their counts"),
        ("--by week --columns n,category", 3, "line 2: 'food' is not a number"),
        ("{} --columns category", 3, "'food' is not a number"),
        ("{}", 3, "which column holds the masses is not clear"),
    ],
)
def test_counts_that_are_not_named_are_asked_for(kl, long_table, words, code, said):
    found = kl("estimate", long_table, *words.format(long_table).split(), "--as", "counts")
    assert (found.code, found.out) == (code, "")
    assert said in found.err
    assert (
        "hint: name the columns of the labels, and last that of their counts, as with --columns category,n" in found.err
    )


def test_counts_without_a_label_are_refused_dropped_or_an_outcome(kl, document, tmp_path):
    (tmp_path / "gap.csv").write_text("week,label,n\n" + "1,a,30\n1,,40\n2,a,50\n2,b,60\n")
    words = ("estimate", str(tmp_path / "gap.csv"), "--by", "week", "--columns", "label,n", "--as", "counts")
    found = kl(*words)
    assert (found.code, "line 3: there is no label" in found.err) == (3, True)
    assert "hint: --missing label counts such rows as an outcome of their own, drop leaves them out" in found.err
    assert document(*words, "--missing", "label")["p"]["observations"] == 70
    assert document(*words, "--missing", "drop")["p"]["observations"] == 30


@pytest.mark.parametrize(
    ("table", "columns", "said"),
    [
        ("label,n\na,3\nb,5\n", "label", "the column 'n' may hold their counts; --as counts reads counts"),
        ("Count,label\n3,a\n5,b\n", "label", "the column 'Count' may hold their counts"),
        ("face,p\n1,1/3\n2,2/3\n", "face", "the numbers in 'p' sum to 1, as probabilities do"),
        ("face,shares\n1,1/3\n2,2/3\n", "face", "the numbers in 'shares' sum to 1, as probabilities do"),
        ("label,n\na,3\na,5\n", "n", None),
        ("label,n\na,3\nb,5\n", "label,n", None),
        ("label,n\na,1\nb,1\n", "label", None),
        ("label,n\na,x\nb,5\n", "label", None),
        ("label,p\na,0.2\nb,0.3\n", "label", None),
        ("label,price\na,3\nb,5\n", "label", None),
    ],
)
def test_counts_that_are_left_aside_are_noted(document, tmp_path, table, columns, said):
    (tmp_path / "t.csv").write_text(table)
    path = str(tmp_path / "t.csv")
    found = [note["text"] for note in document("estimate", path, path, "--columns", columns, "--header")["notes"]]
    about = [text for text in found if "each row was counted as one observation" in text]
    assert len(about) == (said is not None)
    assert said is None or said in about[0]


@pytest.mark.parametrize("name", ["die.csv", "die.json"])
def test_masses_in_a_file_lead_to_the_command_that_takes_them(kl, tmp_path, random, name):
    throws = lines(tmp_path / "throws.txt", random.integers(1, 4, 60))
    die = tmp_path / name
    die.write_text("face,p\n1,1/3\n2,1/3\n3,1/3\n" if name == "die.csv" else '{"1": 0.5, "2": 0.25, "3": 0.25}')
    for words in ((), ("--as", "counts")):
        for pair in ((throws, str(die)), (str(die), throws)):
            found = kl("estimate", *pair, *words)
            assert (found.code, found.out) == (3, "")
            if str(die) in found.err:
                assert "kl compute takes such masses, and with --p-as samples or --q-as samples" in found.err
            assert "--as weights" not in found.err
    assert kl("compute", throws, die, "--p-as", "samples").code == 0


def test_counts_in_a_file_beside_a_sample_lead_to_counts_of_both(kl, tmp_path):
    sample = lines(tmp_path / "throws.txt", ["heads", "tails"] * 50)
    (tmp_path / "c.csv").write_text("heads,5\ntails,7\n")
    (tmp_path / "c.json").write_text('{"heads": 5, "tails": 7}')
    for name in ("c.csv", "c.json"):
        assert "--as counts takes labels and their counts" in kl("estimate", sample, tmp_path / name).err
        found = kl("estimate", sample, tmp_path / name, "--as", "counts")
        assert (found.code, "hint: count both sides, as sort | uniq -c does" in found.err) == (3, True)
    with (tmp_path / "both").open("w") as file:
        file.write("     50 heads\n     50 tails\n")
    assert kl("estimate", tmp_path / "both", tmp_path / "c.csv", "--as", "counts").code == 0


@pytest.mark.parametrize(
    "words", ["--p price --q size", "--by kind --columns price", "{} --columns price,size", "{} --columns size", ""]
)
def test_standard_input_is_read_as_a_file_is(document, tmp_path, stdin, random, words):
    names = "p,q" if not words else "price,size"
    rows = zip(random.normal(size=60), random.normal(size=60), "uv" * 30, strict=True)
    text = f"{names},kind\n" + "".join(f"{price:.6f},{size:.6f},{kind}\n" for price, size, kind in rows)
    file = tmp_path / "t.csv"
    file.write_text(text)
    words = words.format(file).split()
    named = document("estimate", str(file), *words)
    stdin(text)
    piped = document("estimate", "-", *words)
    assert piped["estimates"] == named["estimates"]
    assert piped["p"]["name"].startswith("stdin")


def test_a_stream_of_several_columns_is_refused_as_a_file_is(kl, letters, stdin):
    reader, writer = os.pipe()
    os.write(writer, b"side,n\nheads,5\ntails,7\n")
    os.close(writer)
    stdin("side,n\nheads,5\ntails,7\n")
    for word in (f"/dev/fd/{reader}", "-"):
        found = kl("estimate", letters[0], word)
        assert found.code == 3
        assert "which column holds the observations is not clear; the columns are side, n" in found.err
    os.close(reader)
    stdin("side,n\nheads,5\ntails,7\n")
    assert "stdin: one operand is given, and two samples are compared" in kl("estimate", "-").err
    stdin("side,n\nheads,5\ntails,7\n")
    assert "stdin: no column 'm'; the columns are side, n" in kl("estimate", "-", letters[0], "--columns", "m").err


@pytest.mark.parametrize("columns", ["", ",", " , "])
def test_a_word_that_names_no_column_is_refused(kl, letters, columns):
    found = kl("estimate", *letters[:2], "--columns", columns)
    assert (found.code, f"{columns!r} names no column" in found.err) == (2, True)


@pytest.mark.parametrize(
    ("text", "is_noted"),
    [
        ("heads 0.5\ntails 0.5\n", True),
        ("heads\t5\ntails\t7\n", False),  # two columns, which are refused
        ("room 12\nroom 13\n", False),
        ("heads\ntails\n", False),
        ("1 2\n3 4\n", False),
    ],
)
def test_lines_that_end_with_a_number_are_noted(kl, letters, tmp_path, text, is_noted):
    (tmp_path / "x.txt").write_text(text)
    said = "was counted as one observation, though it ends with a number"
    assert (said in kl("estimate", tmp_path / "x.txt", letters[0]).err) is is_noted


def test_the_group_of_rows_and_the_other_sample_are_no_counts_left_aside(document, tmp_path, long_table):
    by = ("--by", "week", "--columns")
    assert "columns" in codes(document("estimate", long_table, *by, "category"))
    assert "columns" not in codes(document("estimate", long_table, *by, "n"))
    (tmp_path / "two.csv").write_text("n,count\n" + "3,4\n5,6\n" * 9)
    assert "columns" not in codes(document("estimate", str(tmp_path / "two.csv"), "--p", "n", "--q", "count"))


def test_numbers_are_binned_and_labels_are_not(document, normals, letters):
    found = document("estimate", normals[0], normals[2])
    assert (found["p"]["as"], len(found["cells"]["p"])) == ("numbers", found["estimator"]["bins"])
    assert len(found["cells"]["edges"]) == found["estimator"]["bins"] - 1
    each = found["estimates"]["forward_kl"]
    assert each["lower"] <= 0.125 <= each["upper"]
    assert document("estimate", *letters[:2])["estimator"]["bins"] is None


def test_integers_of_few_values_are_labels(document, tmp_path, random):
    dice = [lines(tmp_path / f"d{at}.txt", random.integers(1, 7, 300)) for at in (0, 1)]
    one, other = (document("estimate", *dice, "--as", kind) for kind in ("auto", "labels"))
    assert one["estimates"] == other["estimates"]
    assert one["p"]["as"] == "labels"


@pytest.mark.parametrize("words", [(), ("--as", "numbers"), ("--missing", "label")])
def test_numbers_of_few_values_are_said_to_be_outcomes(document, tmp_path, random, words):
    """A missing one is none of them."""
    dice = [lines(tmp_path / f"d{at}.txt", [*random.integers(1, 7, 300), *(["NA"] if words[1:] == ("label",) else [])])
            for at in (0, 1)]  # fmt: skip
    notes = document("estimate", *dice, *words)["notes"]
    assert {note["code"] for note in notes} <= {"bins", "missing", "below_zero"}
    assert [note["text"] for note in notes if note["code"] == "bins"] == [
        "the samples hold 6 different numbers, fewer than there would be bins, so each is an outcome of its own, as a "
        "label is"
    ]


def test_numbers_in_bins_texts_and_numbers_read_as_labels_are_not_said_to_be_outcomes(document, tmp_path, random):
    dice = [lines(tmp_path / f"d{at}.txt", random.integers(1, 7, 300)) for at in (0, 1)]
    assert "bins" not in codes(document("estimate", *dice, "--as", "labels"))
    assert "bins" not in codes(document("estimate", "a,b,a,b", "a,b,b"))
    assert "bins" not in codes(document("estimate", "1,1,1", "1,1"))
    asked = [note["text"] for note in document("estimate", *dice, "--bins", "9")["notes"] if note["code"] == "bins"]
    assert asked == ["each of the 6 different numbers is an outcome of its own, as 9 bins would be more"]


def test_one_text_among_numbers_makes_labels_or_is_refused_by_place(document, kl, tmp_path, normals):
    odd = tmp_path / "odd.txt"
    odd.write_text("1.5\n2.5\nx17\n")
    assert document("estimate", str(odd), normals[0])["p"]["as"] == "labels"
    found = kl("estimate", str(odd), normals[0], "--as", "numbers")
    assert found.code == 3
    assert "line 3: 'x17' is not a number" in found.err


def test_a_text_among_numbers_is_said_where_it_makes_labels_of_them(document, tmp_path, random):
    numbers, labels = [f"{value:.4f}" for value in random.normal(size=1200)], ["a1", "7", "b2", "c3"]
    for name, cells, said in (
        ("late", [*numbers, "x17", "y"], "line 1201: 'x17' is not a number, so all 1,202 observations are labels"),
        ("early", ["3.5", "n/a", "x17", *numbers], "line 3: 'x17' is not a number"),
        ("labels", labels * 9, None),
        ("percent", ["1", "2", "12.5%", *map(str, range(40))], "line 3: '12.5%' is not a number"),
        ("numbers", numbers, None),
    ):
        path, other = lines(tmp_path / f"{name}.txt", cells), lines(tmp_path / "other.txt", labels * 9)
        notes = document("estimate", path, other, "--no-header", "--missing", "drop")["notes"]
        found = [note["text"] for note in notes if note["code"] == "text_among_numbers"]
        assert len(found) == (said is not None)
        assert said is None or said in found[0]


def test_observations_beyond_the_other_sample_open_the_upper_end(document, tmp_path, random, normals):
    heavy = lines(tmp_path / "heavy.txt", np.concatenate([random.normal(size=480), random.normal(20, 1, 20)]))
    found = document("estimate", heavy, normals[0])
    assert found["estimates"]["forward_kl"]["upper"] == "Infinity"
    assert "outside" in codes(found)
    assert any("lie above every observation of Q" in note["text"] for note in found["notes"])


def test_repeated_records_have_no_interval_unless_allowed(document, tmp_path, random, normals):
    twice = lines(tmp_path / "twice.txt", np.repeat(random.normal(size=200), 2))
    found = document("estimate", twice, normals[0])
    assert "duplicates" in codes(found)
    assert found["estimates"]["forward_kl"]["lower"] is None
    allowed = document("estimate", twice, normals[0], "--allow-duplicates")
    assert allowed["estimates"]["forward_kl"]["lower"] is not None


def test_shared_records_are_said_and_rounded_numbers_are_not(document, tmp_path, random):
    values = random.normal(size=700)
    shared = [lines(tmp_path / f"o{at}.txt", part) for at, part in enumerate((values[:400], values[300:]))]
    assert "overlap" in codes(document("estimate", *shared))
    rounded = [lines(tmp_path / f"r{at}.txt", np.round(random.normal(size=400), 2)) for at in (0, 1)]
    assert not codes(document("estimate", *rounded)) & {"overlap", "duplicates", "ties"}
    zeros = [lines(tmp_path / f"z{at}.txt", random.normal(size=400) * (random.random(400) > p)) for at, p in
             enumerate((0.6, 0.01))]  # fmt: skip
    assert not codes(document("estimate", *zeros)) & {"overlap", "duplicates", "ties"}


def test_a_missing_value_is_refused_dropped_or_an_outcome(document, kl, tmp_path, normals):
    gaps = tmp_path / "gaps.csv"
    gaps.write_text("latency\n" + "1.5\n2.25\nNA\n" * 30)
    found = kl("estimate", str(gaps), normals[0])
    assert found.code == 3
    assert "line 4: there is no value; 30 of 90 rows have none" in found.err
    dropped = document("estimate", str(gaps), normals[0], "--missing", "drop")
    assert dropped["p"]["observations"] == 60
    assert "missing" in codes(dropped)
    kept = document("estimate", str(gaps), normals[0], "--missing", "label")
    assert kept["p"]["observations"] == 90
    assert "(missing)" in kept["cells"]["labels"]


def test_a_missing_label_of_several_columns_is_an_outcome_that_is_said(document, tmp_path):
    """A label that is written "(missing)" is counted with them, not in their place."""
    for name, cells in (("x", "r,u\n,u\nr,\n(missing),u\n" * 50), ("y", "r,u\nr,u\nr,v\n,u\n" * 50)):
        (tmp_path / f"{name}.csv").write_text(cells)
    words = (str(tmp_path / "x.csv"), str(tmp_path / "y.csv"), "--missing", "label", "--no-header", "--columns")
    joint = document("estimate", *words, "1,2")
    assert sorted(joint["cells"]["labels"]) == ["(missing),u", "r,(missing)", "r,u", "r,v"]
    assert [note["text"] for note in joint["notes"] if note["code"] == "missing"] == [
        f"{tmp_path / name}.csv: {count} of 200 rows have no value; this is an outcome of its own"
        for name, count in (("x", 100), ("y", 50))
    ]
    cells = document("estimate", *words, "1")["cells"]
    assert dict(zip(cells["labels"], cells["p"], strict=True)) == {"r": 100, "(missing)": 100}


def test_a_vector_without_a_value_is_refused_with_a_hint_that_helps(kl, tmp_path):
    for name in "xy":
        (tmp_path / f"{name}.csv").write_text("a,b\n1,2\n3,\n" + "4,5\n" * 30)
    words = ("estimate", str(tmp_path / "x.csv"), str(tmp_path / "y.csv"), "--columns", "a,b", "--missing", "label")
    found = kl(*words)
    assert (found.code, "--missing drop leaves" in found.err, "--missing label" in found.err) == (3, True, False)


@pytest.mark.parametrize("text", ["inf\n1\n2\n", "1\n2\n-inf\n"])
def test_an_infinite_value_is_refused(kl, tmp_path, normals, text):
    (tmp_path / "inf.txt").write_text(text)
    found = kl("estimate", str(tmp_path / "inf.txt"), normals[0])
    assert found.code == 3
    assert "an infinite value" in found.err


def test_fewer_than_2_observations_are_refused(kl, normals):
    found = kl("estimate", "a,", normals[0], "--as", "labels", "--missing", "drop")
    assert found.code == 3
    assert "needs at least 2" in found.err


def test_several_columns_must_be_named(kl, document, tmp_path, random):
    table = tmp_path / "t.csv"
    table.write_text("latency,host\n" + "".join(f"{random.normal():.6f},{'ab'[at % 2]}\n" for at in range(200)))
    found = kl("estimate", str(table), str(table))
    assert found.code == 3
    assert "the columns are latency, host" in found.err
    assert "--columns" in found.err
    groups = document("estimate", str(table), "--by", "host", "--columns", "latency")
    assert [groups[side]["name"].rpartition(":")[2] for side in "pq"] == ["a", "b"]
    assert groups["p"]["observations"] == 100


def test_two_groups_of_more_are_named(kl, document, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("size,kind\n" + "".join(f"{at % 7},{'abc'[at % 3]}\n" for at in range(300)))
    found = kl("estimate", str(table), "--by", "kind", "--columns", "size")
    assert found.code == 2
    assert "has 3 groups, a, b, c, and two are compared" in found.err
    chosen = document("estimate", str(table), "--by", "kind", "--columns", "size", "--p", "c", "--q", "a")
    assert chosen["p"]["name"].endswith(":c")
    assert "no group 'd'" in kl("estimate", str(table), "--by", "kind", "--columns", "size", "--p", "d").err


def test_two_columns_of_one_file_are_two_samples(document, tmp_path, random):
    table = tmp_path / "t.csv"
    table.write_text("before,after\n" + "".join(f"{a:.6f},{b:.6f}\n" for a, b in random.normal(size=(100, 2))))
    found = document("estimate", str(table), "--p", "before", "--q", "after")
    assert (found["p"]["as"], found["q"]["observations"]) == ("numbers", 100)


def test_vectors_have_a_lower_end_alone(document, tmp_path, random):
    pytest.importorskip("scipy")
    for name, shift in (("u", 0.0), ("v", 0.6)):
        np.save(tmp_path / f"{name}.npy", random.normal(shift, 1, size=(400, 2)))
    found = document("estimate", str(tmp_path / "u.npy"), str(tmp_path / "v.npy"))
    each = found["estimates"]["forward_kl"]
    assert found["p"]["dimension"] == 2
    assert each["value"] == pytest.approx(0.36, abs=0.15)
    assert 0 < each["lower"] < 0.36
    assert each["upper"] is None
    assert "no_interval" in codes(found)
    assert found["estimator"] == {
        "name": "default", "bins": 8, "equal_mass_bins": None, "neighbours": 5, "seed": 0,
    }  # fmt: skip


def test_tied_vectors_have_no_value_by_neighbours_unless_jittered(document, kl, tmp_path, random):
    pytest.importorskip("scipy")
    for name in "uv":
        np.save(tmp_path / f"{name}.npy", np.round(random.normal(size=(300, 2))))
    words = ("estimate", str(tmp_path / "u.npy"), str(tmp_path / "v.npy"))
    found = document(*words)
    assert found["estimates"]["forward_kl"]["value"] is None
    assert found["estimates"]["forward_kl"]["lower"] == 0
    assert "ties" in codes(found)
    jittered = document(*words, "--jitter")
    assert abs(jittered["estimates"]["forward_kl"]["value"]) < 0.2
    assert "jitter" in codes(jittered)
    assert "–" in kl(*words).out


def test_labels_beside_numbers_are_scored(document, tmp_path, random):
    for name, tilt in (("u", 0.5), ("v", 0.8)):
        rows = zip(random.normal(size=300), random.choice(["red", "blue"], 300, p=[tilt, 1 - tilt]), strict=True)
        (tmp_path / f"{name}.csv").write_text("size,colour\n" + "".join(f"{a:.6f},{b}\n" for a, b in rows))
    words = (*(str(tmp_path / f"{name}.csv") for name in "uv"), "--columns", "size,colour", "--as", "vectors")
    found = document("estimate", *words)
    assert "mixed" in codes(found)
    assert found["estimates"]["forward_kl"]["method"] == "score, 8 bins"
    assert found["estimates"]["forward_kl"]["lower"] > 0.02


def test_a_label_and_a_number_are_counted_where_there_are_enough(document, tmp_path, random):
    for name, shift in (("u", 0.0), ("v", 0.6)):
        rows = "".join(f"{'ab'[at % 2]},{random.normal(shift):.6f}\n" for at in range(200))
        (tmp_path / f"{name}.csv").write_text(f"colour,size\n{rows}")
    words = (*(str(tmp_path / f"{name}.csv") for name in "uv"), "--columns", "colour,size")
    found = document("estimate", *words)
    each = found["estimates"]["forward_kl"]
    assert each["lower"] < 0.18 < each["upper"]  # 0.6²/2
    assert any("the 2 labels of colour are counted in bins" in note["text"] for note in found["notes"])
    assert found["cells"]["labels"][0].startswith(("a: [", "b: ["))


def test_constant_and_dependent_columns_of_vectors_are_said(document, tmp_path, random):
    pytest.importorskip("scipy")
    for name in "uv":
        two = random.normal(size=(200, 2))
        np.save(tmp_path / f"{name}.npy", np.column_stack([two, two.sum(axis=1), np.ones(200)]))
    found = document("estimate", str(tmp_path / "u.npy"), str(tmp_path / "v.npy"))
    texts = [note["text"] for note in found["notes"] if note["code"] == "constant"]
    assert len(texts) == 2
    assert "column 4" in texts[0]
    assert "2 dimensions" in texts[1]


@pytest.mark.parametrize(
    ("limit", "code"),
    [("0.3", 0), ("0.1", 1), ("lower:0.05", 1), ("lower:0.2", 0), ("upper:0.1", 1), ("upper:0.4", 0),
     ("jensen_shannon=upper:0.01", 1)],
)  # fmt: skip
def test_limits_on_a_value_or_an_end(kl, letters, limit, code):
    found = kl("estimate", letters[0], letters[2], "--fail-above", limit)
    assert found.code == code
    assert ("limit exceeded: " in found.err) == bool(code)


def test_a_limit_within_the_interval_is_noted(document, letters):
    found = document("estimate", letters[0], letters[2], "--fail-above", "0.15")
    assert "limit_inside_interval" in codes(found)
    assert found["verdicts"][0]["passed"] is True


def test_a_limit_on_an_end_that_there_is_not_cannot_be_judged(kl):
    found = kl("estimate", "a,b,a,b,c", "a,a,b,d", "--fail-above", "upper:0.1", "-f", "json")
    assert found.code == 3
    assert json.loads(found.out)["verdicts"][0] == {
        "measure": "forward_kl", "limit": 0.1, "value": None, "passed": False, "bound": "upper",
    }  # fmt: skip
    assert "no_bound" in codes(json.loads(found.out))


NOT_JUDGED = {  # what a report says of a limit that nobody can judge; none calls it exceeded
    "table": "limit NOT JUDGED  upper end of forward_kl = undefined",
    "junit": 'failures="0" errors="1"',
    "github": "title=kl%3A error%3A forward_kl::upper end of forward_kl is undefined",
    "markdown": "- **not judged**: upper end of forward_kl = undefined, limit 0.1 nats",
    "step_summary": "- **not judged**: upper end of forward_kl = undefined, limit 0.1 nats",
    "latex": "limit not judged: upper end of",
    "html": "<strong>No verdict</strong>: upper end of forward_kl is undefined for this data",
}


@pytest.mark.parametrize("form", NOT_JUDGED)
def test_a_limit_that_cannot_be_judged_is_never_called_exceeded(kl, form):
    if form == "html":
        pytest.importorskip("jinja2")
    found = kl("estimate", "a,b,a,b,c", "a,a,b,d", "--fail-above", "upper:0.1", "-f", form)
    said = found.out + found.err
    assert NOT_JUDGED[form] in said
    assert ("exceeded" in said.lower(), "nan " in said, found.code) == (False, False, 3)


def test_an_infinite_end_exceeds_every_limit(kl):
    x, y = ",".join("a" * 40 + "b" * 40 + "c" * 20), ",".join("a" * 50 + "b" * 50)
    assert kl("estimate", x, y, "--fail-above", "upper:1e300").code == 1


@pytest.mark.parametrize("limit", ["middle:0.1", "0.1x", "upper:inf", "upper:", "jeffreys=0.1"])
def test_a_limit_that_is_none_is_refused(kl, letters, limit):
    assert kl("estimate", *letters[:2], "--fail-above", limit).code == 2


def test_a_bound_before_the_measure_is_answered_with_the_form_of_a_limit(kl, letters):
    said = kl("estimate", *letters[:2], "--fail-above", "upper:js=0.05").err
    assert said.endswith("kl: hint: write js=upper:0.05\n")


@pytest.mark.parametrize(
    "words",
    [("-m", "hellinger"), ("--estimator", "zz"), ("--estimator", "knn:3"), ("--estimator", "dirichlet:0"),
     ("--level", "1"), ("--level", "0.2"), ("--by", "x"), ("--p", "1")],
)  # fmt: skip
def test_options_that_do_not_fit_are_usage_errors(kl, letters, words):
    found = kl("estimate", *letters[:2], *words)
    assert found.code == 2
    assert "hint:" in found.err or "--by" in found.err


def test_a_family_is_no_sample(kl, letters):
    found = kl("estimate", "normal(0, 1)", letters[0])
    assert found.code == 2
    assert "kl sample" in found.err


@pytest.mark.parametrize(
    ("word", "what", "cure"),
    [
        ("heads=1/2,tails=1/2", "masses", "kl compute takes such masses, and with --p-as samples or --q-as samples"),
        ("heads=50%,tails=50%", "masses", "kl compute takes such masses"),
        ("heads=0.5,tails=0.5", "masses", "kl compute takes such masses"),
        ('{"heads": 0.5, "tails": 0.5}', "masses", "kl compute takes such masses"),
        ("heads=10,tails=12", "counts", "count both sides, as sort | uniq -c does, and pass --as counts"),
        ('{"heads": 10, "tails": 12}', "counts", "count both sides"),
    ],
)
def test_masses_beside_a_sample_are_refused_with_the_command_that_takes_them(kl, tmp_path, word, what, cure):
    sample = lines(tmp_path / "throws.txt", ["heads", "tails"] * 50)
    for pair in ((sample, word), (word, sample)):
        found = kl("estimate", *pair)
        assert (found.code, found.out) == (2, "")
        assert f"{what}, where a sample is wanted" in found.err
        assert f"hint: {cure}" in found.err
    assert kl("compute", sample, word, "--p-as", "samples").code == 0


def test_observations_that_are_written_as_masses_are_labels_if_asked_to_be(kl, document):
    words = ("estimate", "a=1,a=2,b=1,b=1", "a,b,a")
    assert kl(*words).code == 2
    found = document(*words, "--as", "labels")
    assert (found["p"]["observations"], found["p"]["outcomes"]) == (4, 3)
    assert "columns" in codes(found)


def test_an_address_that_ends_as_masses_do_is_no_masses(kl, tmp_path):
    """It is read as a database, which does not exist."""
    found = kl("estimate", f"duckdb:{tmp_path}/none.duckdb#SELECT x FROM t WHERE day=1", "a,b,a")
    assert "where a sample is wanted" not in found.err
    assert "none.duckdb" in found.err


def test_masses_beside_counts_have_no_hint_that_leads_nowhere(kl):
    found = kl("estimate", "heads=1/2,tails=1/2", "heads=10,tails=12")
    assert (found.code, found.out) == (3, "")
    assert "0.5 is not a whole number, so not a count" in found.err
    assert "kl compute takes such masses" in found.err
    assert "--as weights" not in found.err


@pytest.mark.parametrize(
    ("word", "is_noted"), [("1/6,1/6,1/6,1/6,1/6,1/6", True), ("0,0,1,0,0", False), ("0.5,0.25,0.5", False)]
)
def test_probabilities_beside_numbers_are_noted(document, tmp_path, random, word, is_noted):
    throws = lines(tmp_path / "throws.txt", random.integers(1, 7, 300))
    for pair, side, kind in (((throws, word), "Q", "--p-as"), ((word, throws), "P", "--q-as")):
        found = [note["text"] for note in document("estimate", *pair)["notes"] if note["code"] == "masses"]
        assert found == is_noted * [
            f"the numbers of {side} sum to 1, and were read as observations; kl compute compares probabilities, and a "
            f"sample with them by {kind} samples"
        ]


def test_every_format_carries_the_estimates(kl, letters):
    words = ("estimate", letters[0], letters[2], "-f")
    assert kl(*words, "csv").out.splitlines()[0] == "measure,value,lower,upper,p_value,unit,method"
    value = float(kl(*words, "value").out.splitlines()[0])
    assert json.loads(kl(*words, "jsonl").out)["measures"]["forward_kl"] == value
    for form in ("tsv", "markdown", "table"):
        assert "KL" in kl(*words, form).out or "forward_kl" in kl(*words, form).out
    limited = (*words[:-1], "--fail-above", "upper:0.01", "-f")
    assert "upper end of forward_kl" in kl(*limited, "junit").out
    assert "upper end of forward_kl" in kl(*limited, "github").out


def test_a_base_of_2_gives_bits(document, letters):
    nats, bits = (document("estimate", letters[0], letters[2], *more) for more in ((), ("--bits",)))
    one, other = (each["estimates"]["forward_kl"] for each in (nats, bits))
    assert bits["unit"] == "bits"
    for part in ("value", "lower", "upper", "upper_one_sided"):
        assert other[part] == pytest.approx(one[part] / np.log(2), rel=1e-12)


def test_other_estimators_have_no_interval(document, letters, normals):
    pytest.importorskip("scipy")
    found = document("estimate", *letters[:2], "--estimator", "plugin")
    assert found["estimates"]["forward_kl"]["upper"] is None
    assert "no_interval" in codes(found)
    computed = document("compute", *letters[:2], "--as", "samples", "-m", "forward_kl")
    assert found["measures"]["forward_kl"] == pytest.approx(computed["measures"]["forward_kl"], rel=1e-12)
    shifted = document("estimate", normals[0], normals[2], "--estimator", "knn:5", "-m", "forward_kl")
    assert shifted["measures"]["forward_kl"] == pytest.approx(0.125, abs=0.12)


@pytest.mark.parametrize(("step", "estimator", "tied"), [(2.0, "knn:5", 300), (0.1, "knn:1", None), (0.1, "knn", None)])
def test_numbers_without_a_value_by_neighbours_have_the_reason(document, kl, tmp_path, random, step, estimator, tied):
    """A number has a neighbour at distance 0 if it occurs often enough in its own sample or in the other."""
    samples = [np.round(random.normal(size=300) / step) * step + 0.0 for _ in range(2)]
    files = []
    for name, values in zip("xy", samples, strict=True):
        (tmp_path / f"{name}.txt").write_text("".join(f"{value:.1f}\n" for value in values.tolist()))
        files.append(str(tmp_path / f"{name}.txt"))
    found = document("estimate", *files, "--estimator", estimator)
    assert found["estimates"]["forward_kl"]["value"] is None
    (said,) = (note["text"] for note in found["notes"] if note["code"] == "ties")
    k = int(estimator.partition(":")[2] or 5)
    own, other = (np.abs(samples[0][:, np.newaxis] - each).round(9) for each in samples)
    count = int((((own == 0).sum(axis=1) > k) | ((other == 0).sum(axis=1) >= k)).sum())
    assert tied in (None, count)
    assert f"{count} of 300 rows have a neighbour at distance 0; pass --as vectors --jitter" in said
    assert "lower end" not in said
    pytest.importorskip("scipy")
    jittered = document("estimate", *files, "--estimator", estimator, "--as", "vectors", "--jitter")
    assert jittered["estimates"]["forward_kl"]["value"] is not None
    other_note = document("estimate", *files, "--estimator", estimator, "--as", "vectors")["notes"]
    assert any(
        f"{count} of 300 rows have a neighbour at distance 0; pass --jitter" in note["text"] for note in other_note
    )


def test_an_estimator_without_interval_says_nothing_of_its_ends(document, tmp_path, random, normals):
    (tmp_path / "beyond.txt").write_text("".join(f"{value!r}\n" for value in (50 + random.random(40)).tolist()))
    words = ("estimate", str(tmp_path / "beyond.txt"), normals[0])
    assert "outside" in codes(document(*words))
    assert "outside" not in codes(document(*words, "--estimator", "knn"))


@pytest.mark.parametrize(
    ("kind", "used", "unused"),
    [
        ("labels", ("--relabel 9",), "--bins, --neighbours, --no-scale, --jitter have"),
        ("numbers", ("--relabel 9", "--bins 9"), "--neighbours, --no-scale, --jitter have"),
        ("vectors", ("--neighbours 3", "--no-scale", "--jitter"), "--bins, --relabel have"),
    ],
)
def test_options_without_effect_are_said(document, letters, normals, kind, used, unused):
    if kind == "vectors":
        pytest.importorskip("scipy")
    words = ["estimate", *(letters if kind == "labels" else normals)[:2], "--as", kind]
    every = ("--bins 9", "--relabel 9", "--neighbours 3", "--no-scale", "--jitter")
    assert "unused" not in codes(document(*words, *" ".join(used).split()))
    notes = document(*words, *" ".join(every).split())["notes"]
    assert [note["text"] for note in notes if note["code"] == "unused"] == [f"{unused} no effect on samples of {kind}"]


def test_the_plan_needs_no_samples(document, kl):
    found = document("estimate", "--plan", "0.01", "--labels", "10")
    assert found["labels"] == 10
    assert 1000 < found["observations"] < 1400
    bits = document("estimate", "--plan", "0.01", "--labels", "10", "--bits")
    assert bits["observations"] == pytest.approx(found["observations"] / np.log(2), rel=1e-3)
    assert kl("estimate", "--plan", "0").code == 2
    assert kl("estimate").code == 2


def test_random_relabelling_is_said_and_repeats_with_its_seed(document, letters):
    words = ("estimate", letters[0], letters[1], "--relabel", "999")
    one, other = document(*words), document(*words)
    assert one["test"] == other["test"]
    assert one["estimator"]["seed"] == 0
    assert one["test"]["p_value"] == pytest.approx(document(*words[:3])["test"]["p_value"], abs=0.08)


def test_infinity_in_json_is_a_text(document):
    x, y = ",".join("a" * 40 + "b" * 40 + "c" * 20), ",".join("a" * 50 + "b" * 50)
    each = document("estimate", x, y)["estimates"]["forward_kl"]
    assert each["upper"] == "Infinity"
    assert inf > each["lower"] > 0


def test_streams_are_called_as_their_writer_knows_them(document, stdin, letters):
    reader, writer = os.pipe()
    os.write(writer, Path(letters[0]).read_bytes())
    os.close(writer)
    stdin(Path(letters[1]).read_text())
    found = document("estimate", f"/dev/fd/{reader}", "-")
    assert (found["p"]["name"][:4], found["q"]["name"]) == ("<(…)", "stdin")
    os.close(reader)


def test_a_first_row_that_occurs_once_is_said_to_be_counted(document, tmp_path, letters):
    headed = tmp_path / "headed.txt"
    headed.write_text("letter\n" + "a\nb\nc\n" * 100)
    counted = document("estimate", str(headed), letters[0])
    assert counted["p"]["observations"] == 301
    assert [note["text"] for note in counted["notes"] if note["code"] == "header"] == [
        f"{headed}: the first row, letter, was counted as an observation; if it names the column, pass --header"
    ]
    named = document("estimate", str(headed), str(headed), "--header")
    assert (named["p"]["observations"], codes(named) & {"header"}) == (300, set())


def test_a_header_above_numbers_and_labels_is_one_row(document, tmp_path):
    table = tmp_path / "both.csv"
    table.write_text("kind,size\n" + "a,1.5\nb,2.5\na,3.25\n" * 20)
    found = document("estimate", str(table), str(table), "--columns", "1,2")
    assert (found["p"]["observations"], found["p"]["as"]) == (60, "vectors")
    assert "header" in codes(found)


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        ("a,b", "a,b", "no difference can be seen"),
        ("a,a,a,a,b,b,b,b,b,b,b,b", "a,a,a,a,a,a,b,b,b,b,b,b", "no difference seen (p = 0.41); the largest KL"),
    ],
)
def test_the_conclusion_says_what_the_test_can(kl, x, y, said):
    assert said in kl("estimate", x, y).out


def test_a_difference_that_only_the_test_sees_is_said_to_be_one(kl, document, tmp_path):
    """Pearson's X² is 200·(60·55 - 40·45)²/(100·100·105·95) = 4.51, and P(χ²₁ > 4.51) = 0.034 lies above 5 %/2."""
    words = [",".join(["a"] * a + ["b"] * b) for a, b in ((60, 40), (45, 55))]
    found = document("estimate", *words)
    assert 0.025 < found["test"]["p_value"] < 0.05
    assert found["estimates"]["forward_kl"]["lower"] == 0
    upper = found["estimates"]["forward_kl"]["upper"]
    assert (
        "The test of P = Q sees a difference (p = 0.034); the interval does not: KL(P‖Q) may be anything from 0 to "
        f"{upper:.3g} nats at 95 %."
    ) in kl("estimate", *words).out.replace("\n", " ")


def test_the_truth_of_known_families_stands_beside_the_estimate(kl, tmp_path):
    for name, family, seed in (("x", "normal(1, 1)", 1), ("y", "normal(2, 2)", 2)):
        kl("sample", family, "-n", "500", "--seed", seed, "-o", tmp_path / f"{name}.csv")
    words = ("estimate", tmp_path / "x.csv", tmp_path / "y.csv", "--truth", "normal(1, 1)", "normal(2, 2)")
    truth = log(2) + (1 + 1) / 8 - 0.5  # log(s2/s1) + (s1^2 + (m1 - m2)^2)/(2 s2^2) - 1/2
    document = json.loads(kl(*words, "-f", "json").out)
    assert document["truth"]["p"] == "normal(1, 1)"
    assert document["truth"]["measures"]["forward_kl"] == pytest.approx(truth, rel=1e-14)
    assert f"{truth:.4g}" in kl(*words).out
    assert f"{truth:.16g}"[:16] in kl(*words, "-f", "csv").out
    page = kl(*words, "-f", "html").out
    assert "Dashed: the densities of normal(1, 1) and normal(2, 2)." in page


def test_a_truth_that_is_no_pair_of_families_is_refused(kl):
    result = kl("estimate", "1,2,3,4", "2,3,4,5", "--truth", "normal(0, 1)", "norml(0, 1)")
    assert (result.code, result.out) == (3, "")
    assert "no family is called 'norml'" in result.err


def test_entropies_are_estimated_without_interval(document):
    """Z of 6 and 4 of 10 is 0.6(ψ(10) - ψ(6)) + 0.4(ψ(10) - ψ(4)), sums of 1/k from 6, and from 4, to 9."""
    found = document("estimate", "a,a,a,a,a,a,b,b,b,b", "a,a,a,a,b,b,b,b", "-m", "entropy_p,entropy_q")
    each = found["estimates"]["entropy_p"]
    expected = 0.6 * sum(1 / k for k in range(6, 10)) + 0.4 * sum(1 / k for k in range(4, 10))
    assert each["value"] == pytest.approx(expected, rel=1e-14)
    assert (each["lower"], each["upper"], each["count"]) == (None, None, 18)
    assert "no interval of entropy_p, entropy_q" in " ".join(note["text"] for note in found["notes"])
    assert list(found["estimates"]) == ["entropy_p", "entropy_q"]


def test_an_estimator_of_entropies_alone_has_them_by_default(document):
    found = document("estimate", "a,a,b", "a,b,b", "--estimator", "chao_shen")
    assert list(found["estimates"]) == ["entropy_p", "entropy_q"]


def test_the_entropy_of_numbers_is_refused(kl, normals):
    found = kl("estimate", *normals[:2], "-m", "entropy_p")
    assert (found.code, "it would be that of their bins" in found.err) == (2, True)


def test_measures_are_named_as_everywhere(document, letters):
    found = document("estimate", *letters[:2], "-m", "kl,js", "--fail-above", "js=upper:1")
    assert (list(found["estimates"]), found["verdicts"][0]["bound"]) == (["forward_kl", "jensen_shannon"], "upper")
    assert len(document("estimate", *letters[:2], "-m", "all")["estimates"]) == 8


def test_columns_beside_a_pair_of_columns_are_refused(kl, tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("a,b,c\n1,2,3\n2,3,4\n3,5,5\n")
    answer = kl("estimate", file, "--p", "a", "--q", "b", "--columns", "c")
    assert (answer.code, answer.out) == (2, "")
    assert "--columns beside --p and --q" in answer.err
