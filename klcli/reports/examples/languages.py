"""The example `languages`: letter frequencies of five languages, all pairs, and the language nearest to a text.

The frequencies equal those of sample_data/letters.csv in the repository; the texts were written for this example and
are translations of each other.
"""

from collections import Counter

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.matrix.all_pairs import pairwise
from klcli.core.matrix.stack import Stack
from klcli.core.measures.divergences import jensen_shannon
from klcli.core.measures.kl import forward_kl
from klcli.document.lists import languages_example
from klcli.reports.examples.example import example_report
from klcli.reports.matrix.report import matrix_report
from klcli.reports.matrix.request import MatrixRequest
from klcli.reports.parts import Column, Table
from klcli.reports.report import Report, definition_of
from klcli.sources.rows.distribution_table import DistributionTable

__all__ = ["FREQUENCIES", "LANGUAGES", "TEXTS", "languages_report"]

LANGUAGES = ("english", "french", "german", "spanish", "italian")

# percentages; english: Lewand (2000), Cryptological Mathematics, p. 36; the others: Wikipedia, Letter frequency, which
# cites CorpusDeThomasTempé (french), Beutelspacher (2005), Kryptologie, p. 10 (german), Pratt (1942), Secret and
# Urgent, pp. 254-255 (spanish), Singh (1999), The Code Book (italian)
FREQUENCIES = {
    "a": (8.167, 7.636, 6.51, 12.53, 11.74),
    "b": (1.492, 0.901, 1.89, 1.42, 0.92),
    "c": (2.782, 3.260, 3.06, 4.68, 4.50),
    "d": (4.253, 3.669, 5.08, 5.86, 3.73),
    "e": (12.702, 14.715, 17.40, 13.68, 11.79),
    "f": (2.228, 1.066, 1.66, 0.69, 0.95),
    "g": (2.015, 0.866, 3.01, 1.01, 1.64),
    "h": (6.094, 0.737, 4.76, 0.70, 1.54),
    "i": (6.966, 7.529, 7.55, 6.25, 11.28),
    "j": (0.153, 0.545, 0.27, 0.44, 0.00),
    "k": (0.772, 0.049, 1.21, 0.01, 0.00),
    "l": (4.025, 5.456, 3.44, 4.97, 6.51),
    "m": (2.406, 2.968, 2.53, 3.15, 2.51),
    "n": (6.749, 7.095, 9.78, 6.71, 6.88),
    "o": (7.507, 5.378, 2.51, 8.68, 9.83),
    "p": (1.929, 3.021, 0.79, 2.51, 3.05),
    "q": (0.095, 1.362, 0.02, 0.88, 0.51),
    "r": (5.987, 6.553, 7.00, 6.87, 6.37),
    "s": (6.327, 7.948, 7.27, 7.98, 4.98),
    "t": (9.056, 7.244, 6.15, 4.63, 5.62),
    "u": (2.758, 6.311, 4.35, 3.93, 3.01),
    "v": (0.978, 1.628, 0.67, 0.90, 2.10),
    "w": (2.360, 0.114, 1.89, 0.02, 0.00),
    "x": (0.150, 0.387, 0.03, 0.22, 0.00),
    "y": (1.974, 0.308, 0.04, 0.90, 0.00),
    "z": (0.074, 0.136, 1.13, 0.52, 0.49),
}

TEXTS = {
    "english": (
        "The boats came home late because the wind had turned, and by the time the nets were dry the whole village was "
        "already asleep. Only the baker was awake, and he sold us warm bread through the window."
    ),
    "french": (
        "Les bateaux sont revenus tard parce que le vent avait tourné, et quand les filets furent secs tout le village "
        "dormait déjà. Seul le boulanger veillait encore, et il nous a vendu du pain chaud par la fenêtre."
    ),
    "german": (
        "Die Boote kamen spät nach Hause, weil der Wind gedreht hatte, und als die Netze trocken waren, schlief schon "
        "das ganze Dorf. Nur der Bäcker war noch wach und verkaufte uns warmes Brot durch das Fenster."
    ),
    "spanish": (
        "Los barcos volvieron tarde porque el viento había cambiado, y cuando las redes estuvieron secas todo el "
        "pueblo dormía ya. Solo el panadero seguía despierto y nos vendió pan caliente por la ventana."
    ),
    "italian": (
        "Le barche tornarono tardi perché il vento era cambiato, e quando le reti furono asciutte tutto il paese "
        "dormiva già. Solo il fornaio era ancora sveglio e ci vendette il pane caldo dalla finestra."
    ),
    "three words": "Warm bread, please",
    "dutch": (
        "De boten kwamen laat thuis omdat de wind gedraaid was, en toen de netten droog waren sliep het hele dorp al. "
        "Alleen de bakker was nog wakker en verkocht ons warm brood door het raam."
    ),
}


def letter_counts(text: str) -> list[float]:
    """Returns the count of each letter of FREQUENCIES in a text; accented letters are left out, as in FREQUENCIES."""
    counts = Counter(text.lower())
    return [float(counts[letter]) for letter in FREQUENCIES]


def languages_report() -> Report:
    """Returns the example: all pairs of languages, and each text against each language."""
    languages = np.array(list(FREQUENCIES.values())).T
    rows = DistributionTable(Stack(languages), LANGUAGES, tuple(FREQUENCIES), "five languages", "weights")
    report = matrix_report(MatrixRequest(jensen_shannon, 2), rows, pairwise(jensen_shannon, rows.stack))
    table = _texts(languages)
    prose = (
        "The frequencies are those of R. E. Lewand, Cryptological Mathematics (2000), for English, and for the others "
        "of Wikipedia, Letter frequency, which names its sources; letters with accents are left out.",
        "The first table is symmetric, and finite though Italian has no j, k, w, x, y. French, Spanish and Italian are "
        "near to each other, and so are English and German.",
        "In the second P is the text, so a letter that the text lacks costs nothing, and every long text is nearest to "
        "its own language. A text of n letters is about (26 - 1)/(2n) nats away from its own language by chance alone: "
        "0.08 for 160 letters, which is more than what parts French from Spanish. That chance is much the same for "
        "every language, which is why the nearest is found all the same.",
        "What this cannot show: three words are nearest to English by less than chance, and the Dutch text, whose "
        "language is not in the table, is nearest to one that is. One foreign name puts infinity beside Italian, for "
        "the k that it lacks; --smooth, or Jensen–Shannon, forgives it. The other direction, KL(language‖text), is "
        "infinite for every text that lacks a letter.",
    )
    letters = "kl matrix sample_data/letters.csv --columns --as weights"
    text = "tr A-Z a-z < text.txt | grep -o '[a-z]'"
    commands = (
        f"{letters} -m jensen_shannon --bits",
        f"{text} | {letters} --against - --against-as samples -m reverse_kl",
    )
    return example_report(
        "languages", (*report.parts[1:], table), table, prose, commands,
        lambda: languages_example(report.document(), table.records, prose), definition_of(jensen_shannon, forward_kl),
    )  # fmt: skip


def _texts(languages: Array) -> Table:
    counts = np.array([letter_counts(text) for text in TEXTS.values()])
    nats = pairwise(forward_kl, Stack(counts), Stack(languages))
    columns = (
        Column("text", "KL(text‖language) [nats]"),
        Column("letters", "letters", is_number=True),
        Column("nearest", "nearest"),
        *(Column(language, language, is_number=True, is_heat=True) for language in LANGUAGES),
    )
    rows = tuple(
        (name, int(count), LANGUAGES[nearest], *values)
        for name, count, nearest, values in zip(
            TEXTS, counts.sum(axis=1), nats.argmin(axis=1).tolist(), nats.tolist(), strict=True
        )
    )
    return Table(columns, rows)
