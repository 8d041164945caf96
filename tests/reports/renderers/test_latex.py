r"""LaTeX: booktabs tables, formulas as mathematics, and labels that are never markup."""

import re

import pytest

from klcli.core.measures.measure import MEASURES
from klcli.families.listing import closed_form_rows
from klcli.reports.layout.tex import escaped, mathematics, number

COIN = ("0.5,0.5", "0.9,0.1")


def test_a_comparison_is_a_table_for_booktabs(kl):
    assert kl("compute", *COIN, "-m", "forward_kl", "-f", "latex").out == (
        "% P  0.5,0.5  probabilities, 2 outcomes\n"
        "% Q  0.9,0.1  probabilities, 2 outcomes\n"
        "\n"
        "\\begin{tabular}{lllrl}\n"
        "\\toprule\n"
        "measure &  & formula & value & unit \\\\\n"
        "\\midrule\n"
        "forward KL & $\\mathrm{KL}(P\\,\\|\\,Q)$ & $\\sum p\\,\\log (p/q)$ & $0.510826$ & nats \\\\\n"
        "\\bottomrule\n"
        "\\end{tabular}\n"
    )


@pytest.mark.parametrize(
    "words",
    [
        ("compute", *COIN, "-m", "all", "--fail-above", "forward_kl=9"),
        ("compute", "normal(0,1)", "normal(1,2)"),
        ("explain", *COIN),
        ("explain", "normal(0,1)", "normal(1,2)"),
        ("batch", "sample_data/pairs.csv"),
        ("rows", "sample_data/scores_float32.csv", "sample_data/scores_int8.csv", "--as", "logits", "--id", "picture",
         "--target", "truth"),
        ("matrix", "sample_data/letters.csv", "--columns", "--as", "weights"),
        ("list", "measures"),
        ("examples", "coin"),
    ],
)  # fmt: skip
def test_every_row_of_a_table_has_as_many_cells_as_the_table_has_columns(kl, words):
    tables = re.findall(r"\\begin\{tabular\}\{([lr]+)\}\n(.*?)\\end\{tabular\}", kl(*words, "-f", "latex").out, re.S)
    assert tables
    for columns, body in tables:
        rows = [line for line in body.splitlines() if not line.startswith("\\")]
        assert len(rows) >= 2
        assert {len(re.findall(r"(?<!\\)&", row)) for row in rows} == {len(columns) - 1}
        assert all(row.endswith(r" \\") for row in rows)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("50% & more", r"50\% \& more"),
        ("a_b{c}#$", r"a\_b\{c\}\#\$"),
        ("\\input{x}", r"\textbackslash{}input\{x\}"),
        ("~^", r"\textasciitilde{}\textasciicircum{}"),
        ("a--b", "a-{}-b"),
        ("``quoted''", "`{}`quoted'{}'"),
        ("line\nbreak", r"line\textbackslash{}nbreak"),
        ("naïve", "naïve"),
    ],
)
def test_text_is_never_markup(text, latex):
    assert escaped(text) == latex


def test_a_label_cannot_end_the_comment_that_names_it(kl, tmp_path):
    file = tmp_path / "a\n\\evil.csv"
    file.write_text("p,q\n0.5,0.9\n0.5,0.1\n")
    assert "\n\\evil" not in kl("compute", file, "-f", "latex").out


@pytest.mark.parametrize(
    ("formula", "latex"),
    [
        ("KL(P‖Q)", r"$\mathrm{KL}(P\,\|\,Q)$"),
        ("√JS(P, Q), a metric", r"$\sqrt{\mathrm{JS}(P, Q)}$, a metric"),
        ("√(½·Σ (√p - √q)²)", r"$\sqrt{\tfrac12 \,\sum (\sqrt{p} - \sqrt{q})^{2}}$"),
        ("log(Σ p^A·q^(1-A)) / (A - 1)", r"$\log (\sum p^A\,q^{1-A}) / (A - 1)$"),
        ("D_0.5(P‖Q)", r"$D_{0.5}(P\,\|\,Q)$"),
        ("max |p - q|", r"$\max \lvert p - q\rvert$"),
        ("L∞(P, Q)", r"$L_\infty(P, Q)$"),
        ("χ²(P‖Q)", r"$\chi ^{2}(P\,\|\,Q)$"),
        ("log(q.scale·√(2π))", r"$\log (\mathrm{q.scale}\,\sqrt{2\pi })$"),
        ("√(√(p·(1 - q)) + |x - (a|b|c)|)", r"$\sqrt{\sqrt{p\,(1 - q)} + \lvert x - (a\lvert b\rvert c)\rvert }$"),
        ("x^(a^(1/2))·Σᵢ y₁² + Λ", r"$x^{a^{1/2}}\,\sum _{i} y_{1}^{2} + \Lambda$"),
        ("exp(-Σ p·log p), the effective number", r"$\exp (-\sum p\,\log p)$, the effective number"),
        ("", ""),
    ],
)
def test_a_formula_is_mathematics(formula, latex):
    assert mathematics(formula) == latex


def test_every_formula_of_the_house_is_plain_ascii_with_balanced_braces():
    formulas = [text for each in MEASURES for text in (each.notation, each.formula)]
    formulas += [row[2] for row in closed_form_rows()]
    for formula in formulas:
        latex = mathematics(formula)
        assert latex.isascii(), formula
        assert latex.count("{") == latex.count("}"), formula
        assert latex.count("$") == 2, formula


@pytest.mark.parametrize(
    ("text", "latex"),
    [("1.5e-7", r"$1.5\times10^{-7}$"), ("1e+20", r"$1\times10^{20}$"), ("-0.5", "$-0.5$"), ("inf", r"$\infty$"),
     ("-inf", r"$-\infty$"), ("", "")],
)  # fmt: skip
def test_a_number_is_mathematics(text, latex):
    assert number(text) == latex
