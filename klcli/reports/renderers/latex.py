r"""LaTeX tables in the style of booktabs, with notation and formulas as mathematics. Text from the data is escaped.

The output is a fragment for \input; the document needs \usepackage{booktabs}.
"""

from collections.abc import Iterable, Sequence
from functools import partial

from klcli.reports.cell_texts import person_texts, rows_of_texts, texts_of
from klcli.reports.format import Format, Style, registered
from klcli.reports.layout.case_lines import measured
from klcli.reports.layout.row_lines import columns_of
from klcli.reports.layout.tex import escaped, mathematics, number
from klcli.reports.parts import Cell, Column, Commands, Facts, Prose, Table, Verdicts
from klcli.reports.report import Ending
from klcli.runs.batch_results import Case, verdict_text, verdict_word
from klcli.runs.rows.results import RowAnswer
from klcli.support.text.safe_text import visible

__all__ = ["Latex"]


@registered
class Latex(Format):
    """Tabulars and paragraphs separated by empty lines; facts are comments above them."""

    name = "latex"
    title = "LaTeX"
    summary = "a LaTeX table for booktabs, with the formulas"

    def __init__(self, style: Style) -> None:
        super().__init__(style)
        self._is_empty = True
        self._is_open = False

    def facts(self, facts: Facts) -> str:
        return self._block("".join(f"% {visible('  '.join(row))}\n" for row in facts.rows))

    def table(self, table: Table) -> Iterable[str]:
        shown = [index for index, column in enumerate(table.columns) if column.for_people or column.is_formula]
        columns = [table.columns[index] for index in shown]
        yield self._block(_opening(columns))
        for rule, part in (("", table.body), ("\\midrule\n", table.totals)):
            yield rule * bool(part)
            for rows in rows_of_texts(table, part, shown, partial(_texts, style=self.style)):
                yield "".join(map(_row, rows))
        yield _CLOSING

    def prose(self, prose: Prose) -> str:
        return "".join(self._block(f"{escaped(paragraph)}\n") for paragraph in prose.texts)

    def commands(self, commands: Commands) -> str:
        return self._block("".join(f"% {visible(line)}\n" for line in commands.lines))

    def verdicts(self, verdicts: Verdicts) -> str:
        words = ((verdict_word(each), verdict_text(each, self.style.digits)) for each in verdicts.verdicts)
        return self._closed() + self._block("".join(f"limit {word}: {escaped(text)}\\par\n" for word, text in words))

    def rows(self, answer: RowAnswer) -> str:
        head = self.head.rows
        assert head is not None
        titles = [Column("row", "row", is_number=not head.has_ids)]
        titles += [Column(column.name, column.notation, is_number=True, is_formula=True) for column in head.columns]
        names, *columns = columns_of(answer, self.style)
        texts = (map(escaped, names), *(map(number, column) for column in columns))
        return self._opened(titles) + "".join(map(_row, zip(*texts, strict=True)))

    def case(self, case: Case) -> str:
        texts = case.complaints(self.style.digits) or (measured(case, self.style),)
        titles = [Column(name, name) for name in ("status", "pair", "result")]
        return self._opened(titles) + _row([escaped(case.status_words), escaped(case.name), escaped("; ".join(texts))])

    def end(self, ending: Ending) -> Iterable[str]:
        yield self._closed()
        if ending.batch is not None:
            yield self._block(f"{escaped(ending.batch.sentence)}\n")

    def _opened(self, columns: Sequence[Column]) -> str:
        """Returns the opening of the table of rows or pairs, the first time."""
        if self._is_open:
            return ""
        self._is_open = True
        return self._block(_opening(columns))

    def _closed(self) -> str:
        was_open, self._is_open = self._is_open, False
        return _CLOSING if was_open else ""

    def _block(self, text: str) -> str:
        gap, self._is_empty = "" if self._is_empty else "\n", False
        return gap + text


_CLOSING = "\\bottomrule\n\\end{tabular}\n"


def _opening(columns: Sequence[Column]) -> str:
    alignment = "".join("r" if column.is_number or column.is_share else "l" for column in columns)
    heads = [mathematics(each.title) if _is_mathematics(each) else escaped(each.title) for each in columns]
    return f"\\begin{{tabular}}{{{alignment}}}\n\\toprule\n{_row(heads)}\\midrule\n"


def _is_mathematics(column: Column) -> bool:
    return column.is_formula and (len(column.title) == 1 or "(" in column.title)


def _texts(cells: Sequence[Cell], column: Column, style: Style) -> list[str]:
    texts = person_texts(cells, column, style)
    if all(isinstance(cell, str) for cell in cells):
        return texts_of(texts, mathematics if column.is_formula else escaped)
    return [
        mathematics(text)
        if column.is_formula and isinstance(cell, str)
        else number(text)
        if isinstance(cell, float) and not column.is_share
        else escaped(text)
        for cell, text in zip(cells, texts, strict=True)
    ]


def _row(cells: Sequence[str]) -> str:
    return f"{' & '.join(cells)} \\\\\n"
