"""The forms in which people bring numbers: each with the counts it stands for, or the message and the cure."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np

__all__ = ["ANSWERED", "REFUSED", "Answered", "Refused"]

CATS = {"cat": 3, "dog": 5}


@dataclass(frozen=True, slots=True)
class Answered:
    """A form that is read.

    Attributes:
        name: of the form. text: of standard input, or of `file` if it is named, or a function that makes it.
        masses: what it stands for. options: of `kl compute`. needs: a package that makes or reads it.
        note: words that a note must hold; "" if there must be no note but on headers.
    """

    name: str
    text: str | bytes | Callable[[Path], object]
    masses: Mapping[str, float] = field(default_factory=lambda: CATS)
    options: tuple[str, ...] = ()
    file: str = ""
    table: str = ""
    needs: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that is refused: the error and the hint, whole. For the rest see Answered."""

    name: str
    text: str | bytes | Callable[[Path], object]
    error: str
    hint: str
    options: tuple[str, ...] = ()
    file: str = ""
    table: str = ""
    needs: str | None = None
    code: int = 3


_TOTAL = "line 4, the total of the others, was left out"

TOTALS = [
    Answered("a total below a table", "pet,n\ncat,3\ndog,5\nTotal,8\n", note="p.csv: " + _TOTAL, file="p.csv"),
    Answered(
        "a total of masses that binary doubles round",
        "pet,mass\na,0.1\nb,0.2\nsum:,0.3\n",
        {"a": 0.1, "b": 0.2},
        ("--as", "weights"),
        note=_TOTAL,
    ),
    Answered(
        "a total in a Markdown table",
        "| pet | n |\n|---|---|\n| cat | 3 |\n| dog | 5 |\n| Gesamt | 8 |\n",
        note="line 5, the total of the others",
    ),
    Answered(
        "a total of per cents",
        "food;50 %\ntoys;30 %\nbooks;20 %\nTotal;100 %\n",
        {"food": 0.5, "toys": 0.3, "books": 0.2},
        note=_TOTAL,
    ),
    Answered(
        "a total with a decimal comma",
        "a;0,5\nb;1,5\nSumme;2,0\n",
        {"a": 0.5, "b": 1.5},
        ("--decimal", ",", "--as", "weights"),
        note="line 3, the total of the others",
    ),
    Answered(
        "a total of per cents between blanks",
        "cat 37.5 %\ndog 62.5 %\nTotal 100 %\n",
        {"cat": 0.375, "dog": 0.625},
        note="line 3, the total of the others",
    ),
    Answered(
        "a total of per cents between two blanks",
        "cat  37 %\ndog  63 %\nTotal  100 %\n",
        {"cat": 0.37, "dog": 0.63},
        note="line 3, the total of the others",
    ),
    Answered("a total in an object", '{"cat": 3, "dog": 5, "total": 8}', note="key 3, the total of the others"),
    Answered(
        "a total in an array of records",
        '[{"pet":"cat","n":3},{"pet":"dog","n":5},{"pet":"Sum","n":8}]',
        note="item 3, the total of the others",
    ),
    Answered(
        "a total in a pair",
        '{"p": {"cat": 3, "dog": 5, "all": 8}, "q": {"cat": 1, "dog": 2, "all": 3}}',
        options=("--p", "p"),
        note="p.json:p: key 3, the total of the others",
        file="p.json",
    ),
    Answered(
        "a label total whose value is another",
        "cat,3\ndog,5\ntotal,9\n",
        {"cat": 3, "dog": 5, "total": 9},
        note="'total', 9 beside 8 of the others, is compared as an outcome",
    ),
    Answered("an outcome that holds half of all", "a,0.25\nb,0.25\nall,0.5\n", {"a": 0.25, "b": 0.25, "all": 0.5}),
    Answered(
        "a total of rounded per cents",
        "cat;33.3\ndog;33.3\nfox;33.3\nTotal;100\n",
        {"cat": 33.3, "dog": 33.3, "fox": 33.3},
        options=("--as", "weights"),
        note="line 4, the total of the others",
    ),
    Answered("a total above others", "total,8\ncat,3\ndog,5\n", note="line 1, the total of the others, was left out"),
    Answered(
        "a total above a mean",
        "pet,n\ncat,3\ndog,5\nTotal,8\nMean,4\n",
        note="line 4, line 5 (Total, Mean), totals of the others, were left out",
    ),
    Answered(
        "a mean above a total",
        "cat,3\ndog,5\naverage,4\nsum,8\n",
        note="line 3, line 4 (average, sum), totals of the others, were left out",
    ),
    Answered(
        "a total above a rounded mean",
        "cat,3\ndog,4\nfox,3\nTotal,10\nMean,3.33\n",
        {"cat": 3, "dog": 4, "fox": 3},
        ("--as", "weights"),
        note="line 4, line 5 (Total, Mean), totals of the others, were left out",
    ),
    Answered(
        "a mean that is an outcome of a total",
        "cat,3\nmean,5\nTotal,8\n",
        {"cat": 3, "mean": 5},
        note="line 3, the total of the others, was left out",
    ),
    Answered(
        "a mean of others that is no mean",
        "cat,3\ndog,5\nTotal,8\nMean,4.5\n",
        {"cat": 3, "dog": 5, "Total": 8, "Mean": 4.5},
        options=("--as", "weights"),
        note="'Total', 8 beside 8 of the others, is compared as an outcome",
    ),
    Answered(
        "subtotals and a total",
        "cat,3\nSubtotal,3\ndog,5\nSubtotal,5\nTotal,8\n",
        note="line 2, line 4, line 5 (Subtotal, Subtotal, Total), totals of the others, were left out",
    ),
    Answered(
        "subtotals that are not the total",
        "cat,2\nSubtotal,3\ndog,5\nTotal,10\n",
        {"cat": 2, "Subtotal": 3, "dog": 5, "Total": 10},
        note="'Total', 10 beside 10 of the others, is compared as an outcome",
    ),
]

SHELL = [
    Answered(
        "psql with a null among labels",
        " pet | n \n-----+---\n cat | 3 \n dog | 5 \n     | 4 \n(3 rows)\n",
        options=("--missing-label", "drop"),
        note="1 row without a label was left out",
    ),
    Answered("the delimiter that Excel states", "sep=;\npet;n\ncat;3\ndog;5\n", file="p.csv"),
    Answered("the delimiter that Excel states, in quotes", '\ufeff"sep=|"\r\ncat|3\r\ndog|5\r\n', file="p.csv"),
    Answered("uniq -c of GNU", "      3 cat\n      5 dog\n", note="uniq -c"),
    Answered("uniq -c of BSD", "   3 cat\n   5 dog\n", note="uniq -c"),
    Answered("uniq -c of labels with blanks", "      3 New York\n      5  Rome, IT \n",
             {"New York": 3, " Rome, IT ": 5}, note="uniq -c"),
    Answered("uniq -c of numbers", "      3 2019\n      5 2020\n", {"2019": 3, "2020": 5}, note="uniq -c"),
    Answered("uniq -c of labels with tabs", "      3 a\tb\n      5 c\td\n", {"a\tb": 3, "c\td": 5}, note="uniq -c"),
    Answered("uniq -c of a label total", "      3 cat\n      1 dog\n      5 total\n",
             {"cat": 3, "dog": 1, "total": 5}, note="uniq -c"),
    Answered("wc -l of files, as wide as uniq -c", "      3 cat\n      5 dog\n      8 total\n",
             note="line 3, the total of the others, was left out"),
    Answered("wc of files, as wide as uniq -c", "   3    9   40 cat\n   5   10   60 dog\n   8   19  100 total\n",
             options=("--p", "1"), note="was left out"),
    Answered("uniq -c of CSV", "      3 cat,7\n      5 dog,9\n", {"cat,7": 3, "dog,9": 5}, note="uniq -c"),
    Answered("uniq -c of CSV with its header", "      1 word,n\n      5 dog,9\n", {"word,n": 1, "dog,9": 5},
             note="uniq -c"),
    Answered("uniq -c of TSV", "   3 cat\t7\n   5 dog\t9\n", {"cat\t7": 3, "dog\t9": 5}, note="uniq -c"),
    Answered("years of four digits and shares", "2019 0.25\n2020 0.75\n", {"2019": 0.25, "2020": 0.75},
             note="labels in column 1, masses in column 2"),
    Answered("numbers in three columns, as wide as uniq -c", "   7  3 1\n   8  5 1\n", {"7": 3, "8": 5},
             ("--label", "1", "--p", "2"), note="blanks"),
    Answered("labels in quotes before two blanks", '"New York"  3\n"Rome"      5\n', {"New York": 3, "Rome": 5},
             note="columns separated by blanks"),
    Answered("counts in front of labels", "3 New York\n5 Rome\n", {"New York": 3, "Rome": 5},
             note="counts in front of labels"),
    Answered("counts behind labels", "New York 3\nRome 5\n", {"New York": 3, "Rome": 5}, note="numbers behind labels"),
    Answered("wc -l of files", "  3 cat\n  5 dog\n  8 total\n", note="line 3, the total of the others, was left out"),
    Answered("wc of files", "  3   9  40 cat\n  5  10  60 dog\n  8  19 100 total\n", options=("--p", "1"),
             note="was left out"),
    Answered("labels of two words before per cents", "New York 37.5 %\nRome 62.5 %\n",
             {"New York": 0.375, "Rome": 0.625}, note="numbers behind labels"),
    Answered("per cents with one blank", "cat 37.5 %\ndog 62.5 %\n", {"cat": 0.375, "dog": 0.625},
             note="columns separated by blanks"),
    Answered("columns with one blank", "cat 3\ndog 5\n", note="columns separated by blanks"),
    Answered("columns with blanks and a header", "word count\ncat 3\ndog 5\n", note="blanks"),
    Answered("columns of column -t", "word      n\nNew York  3\nRome      5\n", {"New York": 3, "Rome": 5},
             note="two blanks or more"),
    Answered("columns with quotes", 'label n\n"New York" 3\n"Rome" 5\n', {"New York": 3, "Rome": 5}, note="blanks"),
    Answered("write.table of R", '"n"\n"cat" 3\n"dog" 5\n', note="blanks"),
    Answered("blanks that are asked for", "cat 3\ndog 5\n", options=("--delimiter", "space")),
    Answered("bars", "cat|3\ndog|5\n"),
    Answered("bars with a header", "word|n\ncat|3\ndog|5\n"),
    Answered("bars that are asked for", "cat|3,5\ndog|5,5\n", {"cat": 3.5, "dog": 5.5},
             ("--delimiter", "|", "--decimal", ",", "--as", "weights")),
    Answered("another delimiter", "cat:3\ndog:5\n", options=("--delimiter", ":")),
    Answered("counts in front of labels in CSV", "3,cat\n5,dog\n"),
    Answered("a bar inside labels", 'a|b,3\n"c|d",5\n', {"a|b": 3, "c|d": 5}),
    Answered("a date and a number", "1 May,3\n2 May,5\n", {"1 May": 3, "2 May": 5}),
    Refused("columns of sqlite3 without a label", "word  n \n----  --\ncat   3 \n      5 \n",
            "stdin: line 4: there is no label",
            "--missing-label keep counts such rows as an outcome of their own, drop leaves them out"),
    Refused("columns of sqlite3 with a row of one cell", "word  n \n----  --\ncat   3 \na longer line\n",
            "stdin: line 4: 1 field, but line 1 has 2",
            "it was read as columns separated by two blanks or more; pass --delimiter if it is not"),
    Refused("a count that is missing", "      3 cat\n" * 20 + "dog\n", "stdin: line 21: no count in front of a label",
            "pass --delimiter for columns of another kind"),
    Refused("rows of different widths between blanks", "cat 3\n" * 20 + "dog\n",
            "stdin: line 21: 1 field, but line 1 has 2",
            "it was read as columns separated by blanks; pass --delimiter if it is not"),
]  # fmt: skip

DRAWN = [
    Answered("Markdown", "| word | n |\n|------|--:|\n| cat | 3 |\n| dog | 5 |\n", note="drawn with lines"),
    Answered("Markdown without outer bars", "word | n\n--- | ---\ncat | 3\ndog | 5\n", note="drawn with lines"),
    Answered("Markdown with a bar in a label", "| word | n |\n|---|---|\n| a\\|b | 3 |\n| c | 5 |\n",
             {"a|b": 3, "c": 5}, note="drawn with lines"),
    Answered("table of sqlite3 and mysql", "+------+---+\n| word | n |\n+------+---+\n| cat  | 3 |\n| dog  | 5 |\n"
             "+------+---+\n", note="drawn with lines"),
    Answered("box of sqlite3", "┌──────┬───┐\n│ word │ n │\n├──────┼───┤\n│ cat  │ 3 │\n│ dog  │ 5 │\n└──────┴───┘\n",
             note="drawn with lines"),
    Answered("columns of sqlite3", "word      n\n--------  -\nNew York  3\nRome      5\n", {"New York": 3, "Rome": 5},
             note="two blanks or more"),
    Answered("columns of sqlite3 with NULL for a label", "word  n \n----  --\ncat   3 \n      5 \ndog   10\n",
             {"cat": 3, "": 5, "dog": 10}, ("--missing-label", "keep"), note="two blanks or more"),
    Answered("columns of sqlite3 with NULL for numbers, without names", "cat   3 \ndog     \n      \ncow   10\n",
             {"cat": 3, "cow": 10}, ("--null", ""), note="1 row without a number was left out, of 3"),
    Answered("box of duckdb", "┌─────────┬───────┐\n│  word   │   n   │\n│ varchar │ int64 │\n├─────────┼───────┤\n"
             "│ cat     │     3 │\n│ dog     │     5 │\n└─────────┴───────┘\n", note="drawn with lines"),
    Answered("psql", " word | n \n------+---\n cat  | 3\n dog  | 5\n(2 rows)\n\n", note="drawn with lines"),
    Answered("psql with \\timing", " word | n \n------+---\n cat  | 3\n dog  | 5\n(2 rows)\n\nTime: 1.234 ms\n",
             note="drawn with lines"),
    Answered("psql with a line feed in a cell",
             " word | n | note \n------+---+------\n cat  | 3 | x   +\n      |   | y\n"
             " do  +| 5 | \n g    |   | \n(2 rows)\n\nTime: 61012.345 ms (01:01.012)\n", {"cat": 3, "do\ng": 5},
             options=("--label", "word", "--p", "n"), note="drawn with lines"),
    Answered("psql with cells that are cut, as \\pset format wrapped does",
             " word  | n \n-------+---\n cater.| 3\n.pilla.|  \n"
             ".r     |  \n dog   | 5\n(2 rows)\n", {"caterpillar": 3, "dog": 5}, note="drawn with lines"),
    Answered("psql with labels that end in a sign", " word | n \n------+---\n A+   | 3\n AB1+ | 5\n(2 rows)\n",
             {"A+": 3, "AB1+": 5}, note="drawn with lines"),
    Answered("psql with labels that end in a sign at the end of a line", " n | word \n---+------\n 3 | A+\n 5 | AB1+\n",
             {"A+": 3, "AB1+": 5}, options=("--label", "word", "--p", "n"), note="drawn with lines"),
    Answered("psql with a label that begins with #", " word | n \n------+---\n #cat | 3\n dog  | 5\n",
             {"#cat": 3, "dog": 5}, note="drawn with lines"),
    Answered("polars", "shape: (2, 2)\n┌──────┬─────┐\n│ word ┆ n   │\n│ ---  ┆ --- │\n│ str  ┆ i64 │\n╞══════╪═════╡\n"
             "│ cat  ┆ 3   │\n│ dog  ┆ 5   │\n└──────┴─────┘\n", note="drawn with lines"),
    Answered("data frame of pandas", "  word  n\n0  cat  3\n1  dog  5\n", options=("--label", "word", "--p", "n"),
             note="two blanks or more"),
    Answered("data frame of pandas without options", "  word  n\n0  cat  3\n1  dog  5\n\n[2 rows x 2 columns]\n",
             note="two blanks or more"),
    Answered("value_counts of pandas", "cat    3\ndog    5\nName: count, dtype: int64\n", note="two blanks or more"),
    Answered("value_counts of pandas under a name", "word\ncat    3\ndog    5\nName: count, dtype: int64\n",
             note="two blanks or more"),
    Answered("a series of pandas without a name", "cat    3\ndog    5\nLength: 2, dtype: int64\n",
             note="two blanks or more"),
    Refused("a series of pandas that was shortened", "cat    3\n      ..\ndog    5\nLength: 90, dtype: int64\n",
            "stdin: line 2: the table was shortened to fit a screen",
            "print CSV, as with sqlite3 -csv, duckdb -csv, psql --csv, or to_csv() of pandas"),
    Refused("a box of duckdb that was shortened", "┌─────────┬───────┐\n│  word   │   n   │\n│ varchar │ int64 │\n"
            "├─────────┼───────┤\n│ cat     │     3 │\n│ ·       │     · │\n│ dog     │     5 │\n└─────────┴───────┘\n"
            "     100 rows    \n    (20 shown)    \n", "stdin: line 6: the table was shortened to fit a screen",
            "print CSV, as with sqlite3 -csv, duckdb -csv, psql --csv, or to_csv() of pandas"),
]  # fmt: skip

EXPENSES = {"cat": 1234.5, "dog": 0.25}
AS_WEIGHTS = ("--as", "weights")
NUMBERS = [
    Answered("decimal commas", "label;p\ncat;0,25\ndog;0,75\n", {"cat": 0.25, "dog": 0.75}, ("--decimal", ",")),
    Answered("decimal commas and points of thousands", "label;p\ncat;1.234,5\ndog;0,25\n", EXPENSES,
             ("--decimal", ",", "--thousands", ".", *AS_WEIGHTS)),
    Answered("commas of thousands", 'label,p\ncat,"1,234.5"\ndog,0.25\n', EXPENSES, ("--thousands", ",", *AS_WEIGHTS)),
    Answered("blanks of thousands", "label;p\ncat;1\u202f234,5\ndog;0,25\n", EXPENSES,
             ("--decimal", ",", "--thousands", " ", *AS_WEIGHTS)),
    Answered("apostrophes of thousands", "label;p\ncat;1’234.5\ndog;0.25\n", EXPENSES,
             ("--thousands", "'", *AS_WEIGHTS)),
    Answered("decimal commas between blanks", "cat 0,25\ndog 0,75\n", {"cat": 0.25, "dog": 0.75}, ("--decimal", ","),
             note="blanks"),
    Answered("percent signs", "label,p\ncat,12.5%\ndog,87.5 %\n", {"cat": 0.125, "dog": 0.875}),
    Answered("percent signs and decimal commas", "label;p\ncat;12,5 %\ndog;87,5 %\n", {"cat": 0.125, "dog": 0.875},
             ("--decimal", ",")),
    Answered("a null label that is kept", "label,n\ncat,3\n\\N,5\n", {"cat": 3, "": 5},
             ("--null", "\\N", "--missing-label", "keep")),
    Answered("null labels that are dropped", "label,n\ncat,3\nNA,7\n\\N,5\ndog,5\n", CATS,
             ("--null", "NA", "--null", "\\N", "--missing-label", "drop"), note="without a label"),
    Answered("NA is a label unless it is said to be null", "label,n\nNA,3\ndog,5\n", {"NA": 3, "dog": 5}),
    Answered("percent signs on the command line", "", {"cat": 0.375, "dog": 0.625}, table="cat=37.5%,dog=62.5%"),
    Refused("some percent signs on the command line", "", "cat=50%,dog=0.5: value 1: 'cat': '50%' is not a number",
            "percentages are read where every value has a percent sign; here some have none", table="cat=50%,dog=0.5"),
    Refused("some percent signs", "cat,50%\ndog,0.5\n", "stdin: line 1: 'cat': '50%' is not a number",
            "percentages are read where every value has a percent sign; here some have none"),
    Refused("decimal commas that nobody announced", "label;p\ncat;0,25\ndog;0,75\n",
            "stdin: line 2: 'cat': '0,25' is not a number", "pass --decimal ,"),
    Refused("thousands that nobody announced", 'label,p\ncat,"1,234.5"\ndog,0.25\n',
            "stdin: line 2: 'cat': '1,234.5' is not a number", "pass --thousands ,"),
    Refused("thousands or decimals", 'label,p\ncat,"1,234"\ndog,25\n', "stdin: line 2: 'cat': '1,234' is not a number",
            "pass --thousands , or --decimal ,"),
    Refused("both in the other way", "label;p\ncat;1.234,5\ndog;0,25\n",
            "stdin: line 2: 'cat': '1.234,5' is not a number", "pass --decimal , --thousands ."),
    Refused("a decimal point after --decimal ,", "label;p\ncat;0.25\ndog;0,75\n",
            "stdin: line 2: 'cat': '0.25' is not a number", "the decimal mark is , here, as --decimal says",
            ("--decimal", ",")),
    Refused("misplaced separators of thousands", "label;p\ncat;1.23\ndog;0,75\n",
            "stdin: line 2: 'cat': '1.23' is not a number", "the decimal mark is , here, as --decimal says",
            ("--decimal", ",", "--thousands", ".")),
    Refused("currency", "label,p\ncat,$3\ndog,$5\n", "stdin: line 2: 'cat': '$3' is not a number",
            "remove the currency sign, as with: sed 's/\\$//'"),
    Refused("currency that is not ASCII", "label,p\ncat,3 €\ndog,5 €\n", "stdin: line 2: 'cat': '3 €' is not a number",
            "remove the currency sign, as with: sed 's/€//'"),
    Refused("nulls that nobody announced", "label,n\ncat,3\ndog,\\N\n", "stdin: line 3: 'dog': '\\\\N' is not a number",
            r"if it stands for a missing number, pass --null '\N', which leaves such rows out"),
    Refused("an error that a spreadsheet wrote", "label,n\ncat,3\ndog,#DIV/0!\n",
            "stdin: line 3: 'dog': '#DIV/0!' is not a number",
            "if it stands for a missing number, pass --null '#DIV/0!', which leaves such rows out"),
    Refused("observations that nobody announced", "word\ncat\ndog\n", "stdin: line 2: 'cat' is not a number",
            "if its cells are observations, pass --p-as samples, or --as samples for both"),
    Refused("an object where observations belong", '{"cat":3}',
            "stdin: samples are an array of observations, not an object",
            "pass --q-as samples if Q alone holds observations", options=("--as", "samples")),
    Refused("one number", "", "0.5: one value, 0.5, is not a distribution, which gives a number to each outcome",
            "as in 0.5,0.5, or bernoulli(0.5)", table="0.5"),
    Answered("nulls where numbers belong", "label,n\nowl,NA\ncat,3\ndog,5\nfox,NA\n", CATS, ("--null", "NA"),
             note="2 rows without a number were left out, of 4"),
    Refused("a null where a number without a label belongs", "n\n3\nNA\n5\n", "stdin: line 3: there is no number",
            "", ("--null", "NA")),
    Refused("nulls alone", "label,n\ncat,NA\n", "stdin: line 2: 'cat': there is no number", "", ("--null", "NA")),
    Answered("bars and decimal commas", "cat|0,25\ndog|0,75\n", {"cat": 0.25, "dog": 0.75}, ("--decimal", ",")),
    Refused("bars and decimal commas that nobody announced", "cat|1,5\ndog|2,5\n",
            "stdin: line 1: 'cat': '1,5' is not a number", "pass --decimal ,"),
    Answered("bars, points of thousands and a null", "Sorte|n\nKatze|1.234,5\nHund|0,25\nEule|NA\n",
             {"Katze": 1234.5, "Hund": 0.25}, ("--decimal", ",", "--thousands", ".", "--null", "NA", *AS_WEIGHTS),
             note="1 row without a number was left out, of 3"),
    Answered("bars and percent signs", "cat|12.5%\ndog|87.5 %\n", {"cat": 0.125, "dog": 0.875}),
    Answered("bars within labels", "a|b,3\nc|d,5\n", {"a|b": 3, "c|d": 5}),
    Answered("bars within labels of numbers", "1|2,0.375\n3|4,0.625\n", {"1|2": 0.375, "3|4": 0.625}),
    Refused("one mark in two roles", "label,n\ncat,3\n", "',' cannot be the delimiter and the decimal mark",
            "pass --delimiter ';'", ("--delimiter", ",", "--decimal", ","), code=2),
    Refused("a delimiter of two characters", "label,n\ncat,3\n", "'::' is not a delimiter",
            "it is one character, or auto, comma, tab, semicolon, pipe, space", ("--delimiter", "::"), code=2),
]  # fmt: skip

JSON_WORD = 'inline JSON is as in [0.5,0.5] or {"heads":0.5,"tails":0.5}'
LEAVE_OUT = "--null '' leaves out rows without a number, with a note"
SEMICOLONS = "numbers with semicolons between them, where commas were expected"
BY_SUFFIX = "--p-format and --q-format are for one side alone"
INLINE = [
    Answered("labels in square brackets", "", {"[a]": 0.375, "[b]": 0.625}, table="[a]=0.375,[b]=0.625"),
    Answered("labels in braces", "", {"{a}": 0.375, "b": 0.625}, table="{a}=37.5%,b=62.5%"),
    Answered("intervals as labels", "", {"[a": 3, "b)": 5}, table="[a=3,b)=5"),
    Answered("JSON of labels with equals signs", "", {"[a=1": 3, "b": 5}, table='{"[a=1":3,"b":5}'),
    Refused("JSON that is cut short", "", "[0.5,0.5: line 1, column 9: not JSON: expecting ',' delimiter", JSON_WORD,
            table="[0.5,0.5"),
    Refused("a mapping of Python", "", "{'a':0.5}: line 1, column 2: not JSON: expecting property name enclosed in "
            "double quotes", JSON_WORD, table="{'a':0.5}"),
    Refused("decimal commas and semicolons", "", f"0,5;0,5: {SEMICOLONS}", "write 0.5,0.5", table="0,5;0,5"),
    Refused("decimal commas and semicolons with labels", "", f"a=0,5;b=0,5: {SEMICOLONS}", "write a=0.5,b=0.5",
            table="a=0,5;b=0,5"),
    Refused("labels and semicolons that commas could cut", "", f"a=0,5;b=1: {SEMICOLONS}", "write a=0.5,b=1",
            table="a=0,5;b=1"),
    Answered("labels that hold semicolons", "", {"x;y": 3, "5;b": 5}, table="x;y=3,5;b=5"),
    Refused("semicolons in a list of words", "", "0.5,x;y: value 2: 'x;y' is not a number", "", table="0.5,x;y"),
    Refused("logits as a function", "", "softmax(1,2): character 1: no family is called 'softmax'",
            "write the logits alone, as in 1,2,3, with --as logits, or for one side --p-as or --q-as",
            table="softmax(1,2)"),
]  # fmt: skip

ONE_SIDE = [
    Answered("CSV in a pipe that looks like JSON", "[cat],3\n[dog],5\n", {"[cat]": 3, "[dog]": 5},
             ("--p-format", "csv")),
    Answered("JSON in a file for CSV", '{"cat": 3, "dog": 5}', file="p.csv", options=("--p-format", "json")),
    Answered("both sides, one format each", '{"cat": 3, "dog": 5}', file="p.csv",
             options=("--p-format", "json", "--q-format", "json")),
    Refused("CSV that an option for both sides reads as JSON", "cat,3\n", "p.csv: line 1, column 1: not JSON: "
            "expecting value", f"it was read as json, though its suffix says csv; {BY_SUFFIX}",
            ("--input-format", "json"), file="p.csv"),
    Refused("JSON that an option for both sides reads as CSV", '{"cat": 3}',
            "p.json: there is a header, but no values below it",
            f"it was read as csv, though its suffix says json; {BY_SUFFIX}", ("--input-format", "csv"), file="p.json"),
    Refused("a file whose suffix the option agrees with", "cat,x\ndog,5\n", "p.csv: line 1: 'cat': 'x' is not a number",
            "", ("--input-format", "csv", "--no-header"), file="p.csv"),
]  # fmt: skip

COLUMNS = [
    Answered("one column of both sides", "label,n,m\ncat,9,3\ndog,9,5\n", options=("--column", "m")),
    Refused("one column of one operand", "label,n\ncat,3\n", "stdin: one operand, and one column, 'n', for P and for Q",
            "give Q as a second operand, or name two columns with --p and --q", ("--column", "n"), code=2),
]  # fmt: skip


def xlsx(*sheets: tuple[str, list[list[object]]]) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        import openpyxl

        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets:
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        book.save(path)

    return write


def arrow(columns: Mapping[str, list[object]], *, is_stream: bool = False) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        import pyarrow
        import pyarrow.feather
        import pyarrow.ipc

        table = pyarrow.table(columns)
        if not is_stream:
            return pyarrow.feather.write_feather(table, path)
        with pyarrow.ipc.new_stream(path, table.schema) as writer:
            writer.write_table(table)
        return None

    return write


def sqlite(*statements: str) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    return write


def duckdb(*statements: str) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        import duckdb

        with duckdb.connect(path) as connection:
            for statement in statements:
                connection.execute(statement)

    return write


TABLE = [["word", "n"], ["cat", 3], ["dog", 5]]
SQL = ("CREATE TABLE words (word TEXT, n INTEGER)", "INSERT INTO words VALUES ('cat', 3), ('dog', 5)")
OTHER = (
    'CREATE TABLE "other words" (word TEXT, n INTEGER)',
    "INSERT INTO \"other words\" VALUES ('cat', 3), ('dog', 5)",
)
JQ = '{\n  "word": "cat",\n  "n": 3\n}\n{\n  "word": "dog",\n  "n": 5\n}\n'

FILES = [
    Answered("Excel", xlsx(("Data", TABLE)), file="p.xlsx", needs="openpyxl"),
    Answered("Excel of labels like numbers", xlsx(("Data", [["word", "n"], ["001", 3], [2.5, 5.5], ["#x", 1]])),
             {"001": 3, "2.5": 5.5, "#x": 1}, AS_WEIGHTS, file="p.xlsx", needs="openpyxl"),
    Answered("Excel of days", xlsx(("Data", [["day", "n"], [datetime(2024, 1, 1), 3], [datetime(2024, 1, 2), 5]])),
             {"2024-01-01": 3, "2024-01-02": 5}, file="p.xlsx", needs="openpyxl"),
    Answered("Excel of times", xlsx(("Data", [["at", "n"], [datetime(2024, 1, 1), 3], [datetime(2024, 1, 1, 12), 5]])),
             {"2024-01-01 00:00:00": 3, "2024-01-01 12:00:00": 5}, file="p.xlsx", needs="openpyxl"),
    Answered("Excel of several sheets", xlsx(("Data", TABLE), ("Notes", [["a"]])), file="p.xlsx", needs="openpyxl",
             note="the first of 2 sheets, 'Data', was read"),
    Answered("a sheet by its name", xlsx(("Notes", [["a"]]), ("Data 2", TABLE)), file="p.xlsx", table="#Data 2",
             needs="openpyxl"),
    Answered("Excel in German", xlsx(("Data", [["word", "n"], ["cat", "2,5"], ["dog", 1.5]])), {"cat": 2.5, "dog": 1.5},
             ("--decimal", ",", *AS_WEIGHTS), file="p.xlsx", needs="openpyxl"),
    Answered("Feather", arrow({"word": ["cat", "dog"], "n": [3, 5]}), file="p.feather", needs="pyarrow"),
    Answered("Arrow", arrow({"word": ["cat", "dog"], "n": [3, 5]}, is_stream=True), file="p.arrow", needs="pyarrow"),
    Answered("SQLite of one table", sqlite(*SQL), file="p.db"),
    Answered("SQLite with a total", sqlite(*SQL, "INSERT INTO words VALUES ('total', 8)"), file="p.db",
             note="row 3, the total of the others"),
    Answered("SQLite by the name of a table", sqlite(*SQL, *OTHER), file="p.sqlite", table="#other words"),
    Answered("SQLite by a name in quotes", sqlite(*SQL, *OTHER), file="p.sqlite", table='#"other words"'),
    Answered("SQLite by a query", sqlite(*SQL, *OTHER), {"cat": 6, "dog": 10}, file="p.db",
             table="#SELECT word, 2 * n FROM words WHERE word <> '#';"),
    Answered("duckdb by a name in quotes", duckdb(*SQL, *OTHER), file="p.duckdb", table='#main."other words"',
             needs="duckdb"),
    Answered("duckdb by a query", duckdb(*SQL, *OTHER), {"cat": 6, "dog": 10}, file="p.duckdb",
             table="#WITH w AS (FROM words) SELECT word, 2 * n FROM w", needs="duckdb"),
    Refused("a query that SQLite refuses", sqlite(*SQL),
            "p.db#SELECT word, m FROM words: SQLite refuses the query: no such column: m", "",
            file="p.db", table="#SELECT word, m FROM words"),
    Answered("a view of SQLite", sqlite(*SQL, "CREATE VIEW v AS SELECT * FROM words"), file="p.db", table="#v"),
    Answered("duckdb", duckdb(*SQL), file="p.duckdb", needs="duckdb"),
    Answered("duckdb called .db, by the name of a table", duckdb(*SQL, *OTHER), file="p.db", table="#words",
             needs="duckdb"),
    Answered("objects of jq", JQ),
    Answered("objects of jq -c", '{"word":"cat","n":3}\n{"word":"dog","n":5}\n'),
    Answered("labels that are words of services", '{"choices": 3, "prompt_logprobs": 5}',
             {"choices": 3, "prompt_logprobs": 5}),
    Refused("NaN in one of several objects", '{"word":"cat","n":3}\n{"word":"dog","n":NaN}\n',
            "stdin: line 2: NaN is not a mass (and not JSON)", ""),
    Refused("a repeated key in one of several objects", '{"word":"cat","n":3}\n{"word":"dog","n":5,"n":6}\n',
            "stdin: line 2: the key 'n' occurs twice in one object", ""),
    Refused("no such sheet", xlsx(("Data", TABLE), ("Notes", [["a"]])),
            "p.xlsx#Date: no sheet is called 'Date'; the sheets are Data, Notes", "", file="p.xlsx", table="#Date",
            needs="openpyxl"),
    Refused("a damaged workbook", b"PK\x03\x04 no", "p.xlsx: not a whole Excel workbook", "save it as .xlsx, or as CSV",
            file="p.xlsx", needs="openpyxl"),
    Refused("a text in a sheet", xlsx(("Data", [["word", "n"], ["cat", 3], ["dog", "five"]])),
            "p.xlsx: row 3: 'dog': 'five' is not a number", "", file="p.xlsx", needs="openpyxl"),
    Refused("a damaged Feather file", b"ARROW1 no", "p.feather: not a whole Feather or Arrow file", "",
            file="p.feather", needs="pyarrow"),
    Refused("SQLite of several tables", sqlite(*SQL, *OTHER),
            "p.db: several tables, and none is named; the tables are words, other words", "name one, as in p.db#words",
            file="p.db"),
    Refused("no such table", sqlite(*SQL), "p.db#word: no table is called 'word'; the tables are words", "",
            file="p.db", table="#word"),
    Refused("a response of a service", json.dumps({"id": "x", "choices": [{"logprobs": {"content": []}}]}),
            "stdin: a response with log-probabilities of many tokens, not one distribution",
            "kl rows P Q compares it token by token"),
    Refused("a member of .npz that is named as a table", lambda path: np.savez(path, p=[1, 2]),
            "p.npz#p: npz has no tables by name, so none is called 'p'",
            "arrays and columns are named by --column, --p and --q", file="p.npz", table="#p"),
    Refused("a missing number in SQLite", sqlite(*SQL, "INSERT INTO words VALUES ('owl', NULL)"),
            "p.db: row 3: 'owl': there is no number", LEAVE_OUT, file="p.db"),
    Refused("a damaged database", b"SQLite format 3\0 no", "p.db: not a whole SQLite database: file is not a database",
            "", file="p.db"),
    Refused("a table of CSV", "a,1\n", "p.csv#t: csv has no tables by name, so none is called 't'",
            "arrays and columns are named by --column, --p and --q", file="p.csv", table="#t"),
    Refused("a directory", Path.mkdir, "folder: a directory, not a file",
            "kl batch compares the files of two directories: kl batch REF_DIR CAND_DIR", file="folder"),
    Refused("rows of an array", lambda path: np.save(path, np.eye(3)),
            "p.npy: an array of shape (3, 3), but one distribution has one dimension",
            "kl rows P Q compares row i of P with row i of Q, kl matrix P all rows of P", file="p.npy"),
    Refused("a URL", "", "https://example.org/p.csv: a URL, which kl does not fetch",
            "curl -s https://example.org/p.csv | kl compute - …", table="https://example.org/p.csv"),
    Refused("an object of S3", "", "s3://bucket/p.csv: a URL, which kl does not fetch",
            "aws s3 cp s3://bucket/p.csv - | kl compute - …", table="s3://bucket/p.csv"),
]  # fmt: skip

ONE_LEFT_OUT = "1 row without a number was left out, of 3"
NULL = ("--null", "")
WITH_OWL = (*SQL, "INSERT INTO words VALUES ('owl', NULL)")
MISSING_NUMBERS = [
    Answered("empty cells that are said to be missing", "label,n\ncat,3\nowl,\ndog,5\n", CATS, NULL,
             note=ONE_LEFT_OUT),
    Refused("empty cells beside a text that is said to be missing", "label,n\ncat,3\nowl,\ndog,NA\n",
            "stdin: line 3: 'owl': there is no number", LEAVE_OUT, ("--null", "NA")),
    Answered("empty cells and a text that are said to be missing", "label,n\ncat,3\nowl,\nfox,NA\ndog,5\n", CATS,
             ("--null", "NA", "--null", ""), note="2 rows without a number were left out, of 4"),
    Refused("an empty cell that nobody announced", "label,n\ncat,3\nowl,\n",
            "stdin: line 3: 'owl': there is no number", LEAVE_OUT),
    Answered("NULL of SQLite", sqlite(*WITH_OWL), CATS, NULL, "p.db", note=ONE_LEFT_OUT),
    Refused("NULL of SQLite beside another null", sqlite(*WITH_OWL), "p.db: row 3: 'owl': there is no number",
             LEAVE_OUT,
            ("--null", "NA"), "p.db"),
    Answered("a text of SQLite that stands for a missing number",
             sqlite(*SQL, "INSERT INTO words VALUES ('owl', 'NA')"), CATS, ("--null", "NA"), "p.db", note=ONE_LEFT_OUT),
    Answered("a number of SQLite that stands for a missing one",
             sqlite(*SQL, "INSERT INTO words VALUES ('owl', -999)"), CATS, ("--null", "-999"), "p.db",
             note=ONE_LEFT_OUT),
    Answered("null in a JSON object", '{"cat": 3, "owl": null, "dog": 5}', CATS, NULL, note=ONE_LEFT_OUT),
    Answered("null in JSON records", '[{"l": "cat", "n": 3}, {"l": "owl", "n": null}, {"l": "dog", "n": 5}]', CATS,
             NULL,
             note=ONE_LEFT_OUT),
    Answered("null in JSON lines", '{"l": "cat", "n": 3}\n{"l": "owl", "n": null}\n{"l": "dog", "n": 5}\n', CATS, NULL,
             "p.jsonl", note=ONE_LEFT_OUT),
    Refused("null in a JSON object that nobody announced", '{"cat": 3, "owl": null}',
            "stdin: key 2: 'owl': null where a number belongs", LEAVE_OUT),
    Refused("a text in a JSON object", '{"cat": "3,5", "dog": 1}',
            "stdin: key 1: 'cat': the text '3,5' where a number belongs",
            "store it as a number: here it is a text"),
    Refused("null in a JSON array", "[3, null, 5]", "stdin: item 2: null where a number belongs", "", NULL),
    Answered("a null of Arrow",
             arrow({"word": ["cat", "owl", "dog"], "n": [3, None, 5]}), CATS, NULL, "p.feather", needs="pyarrow",
             note=ONE_LEFT_OUT),
]  # fmt: skip

UNIQ = "      3 cat\n      5 dog\n"
PICKLED = "a pickle, which can run code, so kl does not open it; convert one that you trust: "
WITH_TORCH = (
    "python -c \"import torch, numpy; numpy.save('p.npy', torch.load('{}', weights_only=True).double().numpy())\", "
    "or save safetensors"
)
DECIMAL = "commas part numbers here: write 12.5 %; in files --decimal , reads it"
BY_NUMBER = "is a file: a column or an array in it is named by --column, or --p and --q, as in --column n"
GUESSED = [
    Answered("Markdown in a file", "| word | n |\n|---|--:|\n| cat | 3 |\n| dog | 5 |\n", file="p.md",
             note="drawn with"),
    Answered("uniq -c in a file without a suffix", UNIQ, file="counts", note="uniq -c"),
    Answered("uniq -c in a log", UNIQ, file="p.log", note="uniq -c"),
    Answered("JSON in a file without a suffix", '{"cat": 3, "dog": 5}', file="p"),
    Refused("a tensor of torch", b"PK\x03\x04", "p.pt: the suffix '.pt' is not that of a known format",
            PICKLED + WITH_TORCH.format("p.pt"), file="p.pt"),
    Refused("a checkpoint of torch", b"PK\x03\x04", "p.pth: the suffix '.pth' is not that of a known format",
            PICKLED + WITH_TORCH.format("p.pth"), file="p.pth"),
    Refused("bare numbers", b"\0\0\0\0", "p.bin: the suffix '.bin' is not that of a known format",
            "if it holds bare numbers, name their type and save them: "
            "python -c \"import numpy; numpy.save('p.npy', numpy.fromfile('p.bin', 'float32'))\"", file="p.bin"),
    Refused("YAML", "cat: 3\n", "p.yaml: the suffix '.yaml' is not that of a known format",
            "make JSON of it, as with: yq -o json p.yaml | kl compute - …", file="p.yaml"),
    Refused("an old workbook", b"\xd0\xcf", "p.xls: the suffix '.xls' is not that of a known format",
            "save it as .xlsx or .csv", file="p.xls"),
    Refused("a table of a database behind a colon", sqlite(*SQL), "p.db:words: no such file", "write p.db#words",
            file="p.db", table=":words"),
    Refused("a table of a database behind a point", sqlite(*SQL), "p.db.words: no such file", "write p.db#words",
            file="p.db", table=".words"),
    Refused("a table that a shell would read behind a colon", sqlite(*SQL), "p.db:my $words: no such file",
            "write p.db#'my $words'", file="p.db", table=":my $words"),
    Refused("a sheet behind an exclamation mark", b"", "p.xlsx!s: no such file", "write p.xlsx#s", file="p.xlsx",
             table="!s"),
    Refused("a column of CSV behind a colon", "l,n\ncat,1\n", "p.csv:n: no such file", f"p.csv {BY_NUMBER}",
             file="p.csv",
            table=":n"),
    Refused("an array in brackets", b"", "p.npz[n]: no such file", f"p.npz {BY_NUMBER}", file="p.npz", table="[n]"),
    Answered("a fourth column beside p and q", "word,p,q,note\ncat,3,1,x\ndog,5,1,y\n", options=("--p", "p")),
    Refused("percentages with decimal commas in one word", "", "12,5 %: value 2: '5 %' is not a number", DECIMAL,
            table="12,5 %"),
    Refused("one line of numbers", "0.2,0.3,0.5\n",
            "stdin: which column holds the masses is not clear; the columns are 1, 2, 3",
            "name it with --p or --q; numbers of one distribution stand one a line, as after: tr , '\\n'; "
            "kl rows compares line by line"),
    Refused("labelled percentages with decimal commas in one word", "",
            "cat=12,5 %,dog=87,5 %: '5 %' has no label, but others have", DECIMAL, table="cat=12,5 %,dog=87,5 %"),
    Refused("percentages with decimal commas in a file", "cat;12,5 %\ndog;87,5 %\n",
            "stdin: line 1: 'cat': '12,5 %' is not a number", "pass --decimal ,"),
    Refused("percentages that were cut at their decimal commas", "cat 12,5 %\ndog 87,5 %\n",
            "stdin: the values sum to 0.1: neither probabilities (1 within 0.01) nor counts (whole numbers)",
            "if the commas are decimal marks, pass --decimal ,; pass --as weights to normalise them"),
]  # fmt: skip

MARKS = [
    Refused(
        "points between thousands",
        "food;1.234\ntoys;2.345\nbooks;500\n",
        "stdin: the values sum to 503.579: neither probabilities (1 within 0.01) nor counts (whole numbers)",
        "if the points separate thousands, pass --decimal , --thousands .; pass --as weights to normalise them",
    ),
    Refused(
        "three decimals below 1",
        "food;0.234\ntoys;2.345\nbooks;500\n",
        "stdin: the values sum to 502.579: neither probabilities (1 within 0.01) nor counts (whole numbers)",
        "pass --as weights to normalise them",
    ),
    Refused(
        "two numbers on one line",
        "0.9,0.1\n",
        "stdin: one value, 0.1, with the label '0.9', is not a distribution",
        "a line holds one outcome; write numbers without labels one a line, as after: tr , '\\n'",
    ),
]

_RECORDS = "pandas writes records with to_json(orient='records')"
_TRANSPOSED = "make records of it: jq '[.labels, .counts] | transpose | map({label: .[0], n: .[1]})'"

SHAPES = [
    Refused(
        "two arrays of JSON",
        '{"labels": ["cat", "dog"], "counts": [3, 5]}',
        "stdin: key 1: 'labels': an array where a number belongs",
        _TRANSPOSED,
    ),
    Refused(
        "two arrays of JSON and the number of rows",
        '{"labels": ["cat", "dog"], "at": [0, 1], "counts": [3, 5]}',
        "stdin: key 1: 'labels': an array where a number belongs",
        _TRANSPOSED,
    ),
    Refused(
        "orient=split of pandas",
        '{"columns": ["pet", "n"], "index": [0, 1], "data": [["cat", 3], ["dog", 5]]}',
        "stdin: key 1: 'columns': an array where a number belongs",
        _RECORDS,
    ),
    Refused(
        "columns of pandas",
        '{"pet": {"0": "cat", "1": "dog"}, "n": {"0": 3, "1": 5}}',
        "stdin: key 1: 'pet': an object where a number belongs",
        _RECORDS,
    ),
    Refused(
        "arrays of two",
        '[["cat", 3], ["dog", 5]]',
        "stdin: item 1: an array where a number belongs",
        "make records of it: jq 'map({label: .[0], n: .[1]})'",
    ),
    Refused(
        "a response that wraps the distribution",
        '{"status": "ok", "data": [{"pet": "cat", "n": 3}]}',
        "stdin: key 1: 'status': the text 'ok' where a number belongs",
        "if 'data' holds it: jq .data",
    ),
    Refused(
        "a key that jq quotes",
        '{"ok": true, "my data": {"cat": 3}}',
        "stdin: key 1: 'ok': true where a number belongs",
        "if 'my data' holds it: jq '.[\"my data\"]'",
    ),
    Refused(
        "numbers of JSON in quotes",
        '[{"pet": "cat", "n": "3"}, {"pet": "dog", "n": "5"}]',
        "stdin: item 1: 'cat': '3' is not a number",
        "store it as a number: here it is a text",
    ),
    Refused(
        "an object of distributions",
        '{"north": {"cat": 3}, "south": {"cat": 5}}',
        "stdin: key 1: 'north': an object where a number belongs",
        "name the distribution with --p or --q, as in --p north",
    ),
    Refused(
        "an object of distributions in place of a pair",
        '{"far north": {"cat": 3}, "south": {"cat": 5}}',
        "d.json: one distribution, but a single operand must hold two",
        "name two of its keys, as in --p 'far north' --q south",
        file="d.json",
    ),
    Refused(
        "arrays without numbers", '{"a": ["x"], "b": []}', "stdin: key 1: 'a': an array where a number belongs", ""
    ),
]

FORMS = [
    *MARKS,
    *SHAPES,
    *TOTALS,
    *GUESSED,
    *MISSING_NUMBERS,
    *SHELL,
    *DRAWN,
    *NUMBERS,
    *INLINE,
    *ONE_SIDE,
    *COLUMNS,
    *FILES,
]
ANSWERED = [form for form in FORMS if isinstance(form, Answered)]
REFUSED = [form for form in FORMS if isinstance(form, Refused)]
