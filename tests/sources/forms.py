"""The forms in which people bring numbers: each with the counts it stands for, or the message and the cure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

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


SHELL = [
    Answered("uniq -c of GNU", "      3 cat\n      5 dog\n", note="uniq -c"),
    Answered("uniq -c of BSD", "   3 cat\n   5 dog\n", note="uniq -c"),
    Answered("uniq -c of labels with blanks", "      3 New York\n      5  Rome, IT \n",
             {"New York": 3, " Rome, IT ": 5}, note="uniq -c"),
    Answered("uniq -c of numbers", "      3 2019\n      5 2020\n", {"2019": 3, "2020": 5}, note="uniq -c"),
    Answered("uniq -c of labels with tabs", "      3 a\tb\n      5 c\td\n", {"a\tb": 3, "c\td": 5}, note="uniq -c"),
    Answered("uniq -c of a label total", "      3 cat\n      1 dog\n      4 total\n",
             {"cat": 3, "dog": 1, "total": 4}, note="uniq -c"),
    Answered("counts in front of labels", "3 New York\n5 Rome\n", {"New York": 3, "Rome": 5},
             note="counts in front of labels"),
    Answered("counts behind labels", "New York 3\nRome 5\n", {"New York": 3, "Rome": 5}, note="numbers behind labels"),
    Answered("wc -l of files", "  3 cat\n  5 dog\n  8 total\n", note="line 3, the total of those above, was left out"),
    Answered("wc of files", "  3   9  40 cat\n  5  10  60 dog\n  8  19 100 total\n", options=("--p", "1"),
             note="was left out"),
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
    Answered("box of duckdb", "┌─────────┬───────┐\n│  word   │   n   │\n│ varchar │ int64 │\n├─────────┼───────┤\n"
             "│ cat     │     3 │\n│ dog     │     5 │\n└─────────┴───────┘\n", note="drawn with lines"),
    Answered("psql", " word | n \n------+---\n cat  | 3\n dog  | 5\n(2 rows)\n\n", note="drawn with lines"),
    Answered("polars", "shape: (2, 2)\n┌──────┬─────┐\n│ word ┆ n   │\n│ ---  ┆ --- │\n│ str  ┆ i64 │\n╞══════╪═════╡\n"
             "│ cat  ┆ 3   │\n│ dog  ┆ 5   │\n└──────┴─────┘\n", note="drawn with lines"),
    Answered("data frame of pandas", "  word  n\n0  cat  3\n1  dog  5\n", options=("--label", "word", "--p", "n"),
             note="two blanks or more"),
    Refused("a box of duckdb that was shortened", "┌─────────┬───────┐\n│  word   │   n   │\n│ varchar │ int64 │\n"
            "├─────────┼───────┤\n│ cat     │     3 │\n│ ·       │     · │\n│ dog     │     5 │\n└─────────┴───────┘\n"
            "     100 rows    \n    (20 shown)    \n", "stdin: line 6: the table was shortened to fit a screen",
            "print CSV, as with sqlite3 -csv, duckdb -csv, or psql --csv"),
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
    Refused("a null where a number belongs", "label,n\ncat,NA\ndog,5\n", "stdin: line 2: 'cat': there is no number",
            "", ("--null", "NA")),
    Refused("one mark in two roles", "label,n\ncat,3\n", "',' cannot be the delimiter and the decimal mark",
            "pass --delimiter ';'", ("--delimiter", ",", "--decimal", ","), code=2),
    Refused("a delimiter of two characters", "label,n\ncat,3\n", "'::' is not a delimiter",
            "it is one character, or auto, comma, tab, semicolon, pipe, space", ("--delimiter", "::"), code=2),
]  # fmt: skip

COLUMNS = [
    Answered("one column of both sides", "label,n,m\ncat,9,3\ndog,9,5\n", options=("--column", "m")),
    Refused("one column of one operand", "label,n\ncat,3\n", "stdin: one operand, and one column, 'n', for P and for Q",
            "give Q as a second operand, or name two columns with --p and --q", ("--column", "n"), code=2),
]  # fmt: skip

FORMS = [*SHELL, *DRAWN, *NUMBERS, *COLUMNS]
ANSWERED = [form for form in FORMS if isinstance(form, Answered)]
REFUSED = [form for form in FORMS if isinstance(form, Refused)]
