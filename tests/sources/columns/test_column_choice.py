"""Which column is which: as headings say, or with a note where the labels might be the masses; joint labels."""

import pytest

from klcli.core.distributions.distribution import read_as
from klcli.core.distributions.kinds import KINDS
from klcli.errors import InputError, NotASample, Unreadable
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.columns.column_choice import found_labels
from klcli.sources.columns.joint_labels import joint_labels
from klcli.sources.formats.query import Query
from klcli.sources.json_text import document
from klcli.sources.json_text.document import read_json
from klcli.sources.text import delimited
from klcli.sources.text.delimited import read_delimited

BY_COUNT = {"1": 3.0, "2": 5.0}


def read(text, **query):
    query.setdefault("header", True)
    (found,) = read_delimited(ByteSource.from_bytes("p.csv", text.encode()), Query(**query))
    return dict(zip(found.labels, found.values.tolist(), strict=True)), [note.text for note in found.notes]


@pytest.mark.parametrize(
    "headings",
    [
        "label,value",
        "name,count",
        "category,n",
        "value,count",
        "x,count",
        "x,p",
        " Label , Count ",
        "year,n",
        "size,freq",
    ],
)
def test_headings_decide_which_column_has_the_labels(headings):
    assert read(f"{headings}\n1,3\n2,5\n") == (BY_COUNT, [])
    first, second = headings.split(",")
    if headings != "year,n":
        assert read(f"{second},{first}\n3,1\n5,2\n") == (BY_COUNT, [])


@pytest.mark.parametrize(
    "headings", ["x,y", "p,count", "label,name", "year,observed", "n,ways", "weight,frequency_2020"]
)
def test_without_telling_headings_the_first_column_has_the_labels_with_a_note(headings):
    first, second = headings.split(",")
    note = f"p.csv: labels in {first}, masses in {second}; --label and --p say which column is which"
    assert read(f"{headings}\n1,3\n2,5\n") == (BY_COUNT, [note])
    assert read(f"{headings}\na,3\n2,5\n") == ({"a": 3.0, "2": 5.0}, [])
    assert read(f"{headings}\n1,3\n2,5\n", label=(first,)) == (BY_COUNT, [])


@pytest.mark.parametrize("count", ["n", "weight", "total", "number"])
@pytest.mark.parametrize("label", ["year", "Day", "order_hour", "day of week", "store_id"])
def test_a_number_of_something_in_front_of_a_time_or_place_holds_the_masses(count, label):
    note = f"p.csv: labels in {label}, masses in {count}; --label and --p say which column is which"
    assert read(f"{count},{label}\n3,1\n5,2\n") == (BY_COUNT, [note])
    assert read(f"{label},{count}\n1,3\n2,5\n") == (BY_COUNT, [])


@pytest.mark.parametrize("heading", ["visits_per_day", "freq_year", "ways"])
def test_a_number_of_something_in_front_of_another_number_of_something_holds_the_labels(heading):
    assert read(f"n,{heading}\n1,3\n2,5\n")[0] == BY_COUNT


def test_numbers_without_headings_are_noted():
    note = "p.csv: labels in column 1, masses in column 2; --label and --p say which column is which"
    assert read("1,3\n2,5\n", header=None) == (BY_COUNT, [note])


def test_a_chosen_column_has_its_labels_under_a_heading_of_labels():
    assert read("count,label,x\n3,1,0\n5,2,0\n", columns=("count",)) == (BY_COUNT, [])
    assert read("count,label,x\n0,1,3\n0,2,5\n", columns=("x",)) == (BY_COUNT, [])
    year, note = read("year,label,x\n1,a,3\n2,b,5\n", columns=("x",))
    assert (year, note) == (BY_COUNT, ["p.csv: labels in year, masses in x; --label and --p say which column is which"])


@pytest.mark.parametrize("limit", [0, 10**9])
def test_records_follow_the_same_headings(monkeypatch, limit):
    monkeypatch.setattr(document, "LARGE", limit)
    for text, notes in (
        ('[{"count": 3, "label": 1}, {"count": 5, "label": 2}]', 0),
        ('[{"x": 1, "y": 3}, {"x": 2, "y": 5}]', 1),
        ('[{"x": "1", "y": 3}, {"x": "2", "y": 5}]', 0),
    ):
        (found,) = read_json(ByteSource.from_bytes("p.json", text.encode()), Query())
        assert dict(zip(found.labels, found.values.tolist(), strict=True)) == BY_COUNT
        assert [note.code for note in found.notes] == ["columns"] * notes


FLIGHTS = 'origin,carrier,"a,b",n\nJFK,AA,u,3\nJFK,"U,A",v,4\n"J""F",AA,v,1\n'
PAIRS = {"JFK,AA": 3.0, 'JFK,"U,A"': 4.0, '"J""F",AA': 1.0}


@pytest.mark.parametrize("limit", [0, 10**9])
@pytest.mark.parametrize("label", ["origin,carrier", "origin, carrier", ("origin", "carrier"), "1,2", ("1", "carrier")])
def test_several_columns_of_labels_are_joint_labels(monkeypatch, label, limit):
    monkeypatch.setattr(delimited, "LARGE", limit)
    assert read(FLIGHTS, columns=("n",), label=label, header=None)[0] == PAIRS


def test_a_column_whose_name_holds_a_comma_is_reached_by_its_name():
    text = 'a,b,"a,b",n\n1,2,3,4\n'
    assert read(text, label="a,b", columns=("n",))[0] == {"3": 4.0}
    assert read(text, label=("a", "b"), columns=("n",))[0] == {"1,2": 4.0}
    assert read(text, label="a,b,b", columns=("n",))[0] == {"3,2": 4.0}
    assert read(text, label="a,a,b", columns=("n",))[0] == {"1,3": 4.0}


def test_different_combinations_of_labels_give_different_joint_labels():
    cells = ["a", "", ",", '"', '","', "a,", 'a"']
    pairs = [(one, other) for one in cells for other in cells]
    assert len(set(joint_labels(list(zip(*pairs, strict=True))))) == len(pairs)


def test_observations_of_several_columns_are_joint():
    (found,) = read_delimited(
        ByteSource.from_bytes("p.csv", b"origin,carrier,n\nJFK,AA,3\nJFK,AA,4\n"),
        Query(samples=(True,), label="origin,carrier"),
    )
    assert (tuple(found.labels), found.values.tolist()) == (("JFK,AA", "JFK,AA"), [1.0, 1.0])


def test_a_label_column_that_is_named_twice_is_refused():
    with pytest.raises(Unreadable, match="the column of labels 'a' is named twice"):
        found_labels("a,a", ["a", "b"])


@pytest.mark.parametrize("label", ["a,z", "z,a", ",", "a,", "a,,b", "x" + ",x" * 10_000, ",".join("a" * 5_000)])
def test_a_list_with_an_unknown_column_is_refused(label):
    with pytest.raises(InputError, match="no column '"):
        found_labels(label, ["a", "b"])


def test_a_refusal_lists_twelve_columns_and_how_many_more_there_are():
    names = [f"c{number}" for number in range(1, 20)]
    with pytest.raises(Unreadable, match=r"; the columns are c1, c2, .*, c12 and 7 more$"):
        found_labels("z", names)


def test_columns_beside_one_of_masses_may_be_joint_labels():
    with pytest.raises(Unreadable, match="which column holds the masses is not clear") as error:
        read("x,y,p\na,c,0.5\nb,c,0.5\n")
    hint = "if the others are labels together, pass --label x,y; "
    hint += "kl drift compares raw tables column by column, kl rows row by row"
    assert error.value.hint == hint
    assert read("x,y,p\na,c,0.5\nb,c,0.5\n", label="x,y")[0] == {"a,c": 0.5, "b,c": 0.5}
    with pytest.raises(Unreadable) as error:
        read("x,y,z\n1,3,0.5\n2,3,0.5\n")
    assert error.value.hint.startswith("name it with --p or --q;")


def test_a_table_of_several_columns_is_not_a_sample():
    with pytest.raises(NotASample, match="which column holds the observations is not clear; the columns are x, y"):
        read_delimited(ByteSource.from_bytes("p.csv", b"x,y\na,c\n"), Query((None,), (True,), header=True))


def test_a_refusal_names_the_column_at_fault():
    with pytest.raises(InputError, match=r"^p.csv:dep: line 3: '2013': 'NA' is not a number$"):
        read("year,dep,arr\n2012,1,2\n2013,NA,3\n", columns=("dep",))
    with pytest.raises(InputError, match=r"^p.csv:q: line 2: 'a': 'x' is not a number$"):
        read_delimited(ByteSource.from_bytes("p.csv", b"label,p,q\na,1,x\n"), Query((None, None), (False, False)))


def test_a_heading_of_counts_beside_a_place_heads_the_masses():
    assert read("n,floor\n3,1\n5,2\n")[0] == {"1": 3, "2": 5}


JOINT = "x,y,n\na,u,0.3\na,v,0.4\nb,u,0.3\n"
PASS = "pass --label x,y if these columns are labels together"


@pytest.mark.parametrize(
    ("masses", "kind", "query", "hint"),
    [
        ("0.3,0.4,0.3", "auto", {"columns": ("n",)}, PASS),
        ("0.3,0.4,0.3", "counts", {"columns": ("n",)}, PASS),
        ("0.3,0.4,0.9", "probs", {"columns": ("n",)}, PASS),
        ("0.3,0.4,0.9", "auto", {"columns": ("n",)}, PASS),
        ("0.3,0.4,0.3", "weights", {"columns": ("n",), "label": "x"}, PASS),
        ("3,4,3", "weights", {"columns": ("n",)}, f"{PASS}, or --as counts if repeated labels add up"),
        ("-3,4.5,3", "logits", {"columns": ("n",)}, PASS),
    ],
)
def test_repeated_labels_beside_texts_have_the_cure_that_works(masses, kind, query, hint):
    rows = [f"{labels},{mass}" for labels, mass in zip(("a,u", "a,v", "b,u"), masses.split(","), strict=True)]
    text = "\n".join(["x,y,n", *rows])
    (found,) = read_delimited(ByteSource.from_bytes("p.csv", text.encode()), Query(header=True, **query))
    with pytest.raises(InputError) as error:
        read_as(KINDS.lookup(kind), found)
    assert error.value.hint == hint
    assert list(read(text, label="x,y")[0]) == ["a,u", "a,v", "b,u"]


@pytest.mark.parametrize("kind", ["auto", "probs", "counts", "weights"])
def test_repeated_labels_that_no_option_tells_apart_have_no_hint_in_a_circle(kind):
    (found,) = read_delimited(ByteSource.from_bytes("p.csv", b"x,n\na,0.5\na,0.5\n"), Query(header=True))
    with pytest.raises(InputError) as error:
        read_as(KINDS.lookup(kind), found)
    assert error.value.hint == "give each label one value"


def test_labels_that_add_up_beside_texts_are_noted():
    text = JOINT.replace("0.", "")
    note = "p.csv: labels in x repeat and add up, as y was not used; --label x,y makes joint labels"
    assert read(text, columns=("n",), label="x,y")[1] == read(text, columns=("n",), label="x")[1] == []
    (found,) = read_delimited(ByteSource.from_bytes("p.csv", text.encode()), Query(header=True, columns=("n",)))
    assert [each.text for each in found.notes] == [note]


@pytest.mark.parametrize("names", [("x", "y", "n"), ("n", "x", "y"), ("k", "l", "m")])
def test_texts_beside_one_column_of_numbers_may_be_joint_labels(names):
    number = names.index("n") if "n" in names else 1
    rows = [[*labels] for labels in ("au", "av", "bu")]
    for row, mass in zip(rows, "343", strict=True):
        row.insert(number, mass)
    text = "\n".join(map(",".join, [names, *rows]))
    with pytest.raises(Unreadable, match="which column holds the masses is not clear") as error:
        read(text)
    option = ",".join(name for at, name in enumerate(names) if at != number)
    assert error.value.hint.startswith(f"if the others are labels together, pass --label {option}; ")
    assert list(read(text, label=option)[0]) == ["a,u", "a,v", "b,u"]
