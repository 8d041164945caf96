import csv
from math import inf

import pytest
from conftest import ROOT
from oracle import exact_value

from klcli.reports.examples.languages import FREQUENCIES, LANGUAGES, TEXTS


def frequencies(language):
    return [column[LANGUAGES.index(language)] for column in FREQUENCIES.values()]


def test_the_frequencies_are_those_of_the_sample_file():
    with (ROOT / "sample_data" / "letters.csv").open() as stream:
        rows = list(csv.DictReader(line for line in stream if not line.startswith("#")))
    assert [row["letter"] for row in rows] == list(FREQUENCIES)
    assert tuple(rows[0])[1:] == LANGUAGES
    assert [tuple(float(row[language]) for language in LANGUAGES) for row in rows] == list(FREQUENCIES.values())


def test_every_text_is_beside_every_language(document):
    for found in document("examples", "languages")["texts"]:
        counts = [sum(character == letter for character in TEXTS[found["text"]].lower()) for letter in FREQUENCIES]
        assert found["letters"] == sum(counts)
        for language in LANGUAGES:
            exact = exact_value("forward_kl", counts, frequencies(language))
            value = inf if found[language] == "Infinity" else found[language]
            assert value == (pytest.approx(float(exact), rel=4e-15, abs=0) if exact < inf else inf)


def test_what_is_said_of_the_texts_is_so(document):
    found = {each["text"]: each for each in document("examples", "languages")["texts"]}
    assert all(found[language]["nearest"] == language for language in LANGUAGES)
    assert found["dutch"]["nearest"] in LANGUAGES
    chance = (26 - 1) / (2 * 160)
    assert round(chance, 2) == 0.08
    assert exact_value("forward_kl", frequencies("french"), frequencies("spanish")) < chance
    words = found["three words"]
    assert words["nearest"] == "english"
    assert words["german"] - words["english"] < (26 - 1) / (2 * words["letters"])
    assert found["dutch"]["italian"] == "Infinity"


def test_all_pairs_are_those_of_the_command(document):
    command = document("matrix", "sample_data/letters.csv", "--columns", "--as", "weights", "-m", "js", "--bits")
    assert document("examples", "languages")["values"] == command["values"]
