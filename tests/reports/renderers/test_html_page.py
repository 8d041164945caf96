"""The HTML page of a report: one file, text is text, bytes are bounded and repeatable."""

import re
from html.parser import HTMLParser
from math import inf

import numpy as np
import pytest
from conftest import ROOT

import klcli
from klcli.core.contribution import Contribution
from klcli.core.limits import Verdict
from klcli.notes import overflow
from klcli.reports.comparison import comparison_report
from klcli.reports.explanation import explanation_report
from klcli.reports.format import Style
from klcli.reports.parts import Grid, Picture
from klcli.reports.pictures.drift import DriftedColumn, drift_views
from klcli.reports.pictures.model import Card, Cards, View
from klcli.reports.renderers import FORMATS
from klcli.reports.rendering import begun, render
from klcli.reports.report import Ending, Head, Report
from klcli.runs.batch_results import BatchSummary, Case, Status

PAIR = ("sample_data/coin_fair.csv", "sample_data/coin_biased.csv")
TABLES = ("sample_data/flights_january.csv", "sample_data/flights_july.csv")
COUNTS = ("sample_data/carriers.csv", "--p", "january", "--q", "july", "--as", "counts")
LETTERS = ("sample_data/letters.csv", "--columns", "--as", "weights")
assert "html" in FORMATS
COMMANDS = [
    ("compute", *PAIR, "--fail-above", "0.1"), ("explain", *PAIR), ("explain", "normal(1,1)", "laplace(0,2)"),
    ("compute", "poisson(3)", "poisson(4)"), ("rows", "sample_data/next_token.jsonl"),
    ("rows", "sample_data/next_token.jsonl", "--summary"),
    ("matrix", *LETTERS), ("matrix", *LETTERS, "--nearest", "1"), ("batch", "sample_data/pairs.csv"),
    ("drift", *TABLES, "-q"), ("drift", *TABLES, "--explain", "dest", "-q"), ("estimate", *COUNTS, "-q"),
    ("estimate", "--plan", "0.01"),
    ("batch", "sample_data/pairs.csv", "--show-config"), ("examples", "gaussian"), ("examples", "estimate"),
    ("examples", "languages"), ("examples", "drift"), ("examples",), ("list", "measures"),
]  # fmt: skip
HOSTILE = (
    "<script>window.pwned=1</script>", "javascript:alert(1)", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}",
    "</title></style><svg onload=alert(1)>", "\x1b[31mred", "\u202egnp.exe", "[red]rich[/red]", "' onmouseover='x",
    "&lt;b&gt; & 漢字 עברית", "x" * 10_000,
)  # fmt: skip
FIXED = {"shape", "role", "style", "key", "kind"}  # fields whose words are the house's own
ELEMENTS = set(
    re.findall(
        r"\w+",
        "html head meta link title style body a header h1 h2 h3 p fieldset legend label input main strong section "
        "table thead tbody tr th td svg text rect circle line path defs g use bdi br small span dl dt dd ul li b ol "
        "figure figcaption div details summary article footer pre code",
    )
)


class Page(HTMLParser):
    """The elements, attributes and text of a page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.attributes, self.texts, self.ids = set(), [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return "".join(self.texts)


def is_record(thing):
    return hasattr(thing, "_fields") and isinstance(thing, tuple)


def filled(thing, poison, name=""):
    """A copy of a record with every string in every field replaced by a hostile one."""
    if isinstance(thing, str):
        return thing if name in FIXED else poison
    if isinstance(thing, Picture):
        return Picture(lambda: filled(thing.views(), poison), thing.is_table)
    if isinstance(thing, Grid):
        return Grid(thing.values, lambda: filled(thing.table(), poison))
    if is_record(thing):
        return type(thing)(*(filled(each, poison, field) for field, each in zip(thing._fields, thing, strict=True)))
    if isinstance(thing, (tuple, list)):
        return type(thing)(filled(each, poison, name) for each in thing)
    return thing


def reports():
    """A report of every kind of part and of view."""
    from klcli.reports.estimation import estimation_report
    from klcli.reports.families.report import explanation_report as explained_families
    from klcli.reports.pictures.ecdf import ecdf_view
    from klcli.reports.pictures.heat import heat_view
    from klcli.reports.pictures.row_values import quantiles_of

    comparison = klcli.compare({"a": 3, "b": 1}, {"a": 1, "c": 2}, as_="counts")
    yield comparison_report(comparison, (Verdict("forward_kl", 0.1, inf, "nats", place="row 3"),))
    yield explanation_report(comparison, 20)
    truth = klcli.compare("normal(0,1)", "normal(1,1)", measures=["forward_kl", "jensen_shannon"])
    random = np.random.default_rng(0)
    numbers = klcli.estimate(random.normal(size=300), random.normal(1, 1, size=300))
    yield estimation_report(numbers, truth=truth)
    drifted = klcli.drift({"x": list("aab" * 40), "n": [*range(120)]}, {"x": list("abd" * 40), "n": [*range(50, 170)]})
    yield Report("drift reports", (Picture(drifted.views, is_table=True),), dict, title="drift")
    families = klcli.compare("normal(0,1)", "laplace(0,1)", measures=["forward_kl"])
    yield explained_families(families)
    ecdf = ecdf_view([quantiles_of("KL", "nats", np.linspace(1e-3, 1, 50))], 50)
    panel = ecdf.body.panels[0]
    named = panel._replace(rules=(panel.rules[0]._replace(text="all rows"),))
    card = Card("column", "exceeded", ecdf.body._replace(panels=(named,)), ("one", "two"))
    views = (ecdf, heat_view(["a", "b"], np.eye(2), "KL", "nats"), View("cards", "small", Cards((card, card))))
    yield Report("answers", (Picture(lambda: views),), dict, title="views", notes=(overflow(("forward_kl",)),))


def page_of(report, poison):
    """The page of a report whose every string is hostile."""
    parts = tuple(filled(part, poison) for part in report.parts)
    notes = filled(report.notes, poison)
    hostile = report._replace(parts=parts, notes=notes, title=poison, noun=poison)
    return render(hostile, "html", Style(), hostile.head(poison)._replace(line=poison))


def assert_harmless(text):
    found = Page(text)
    assert found.elements <= ELEMENTS
    assert text.count("<script") == text.count("<img") == 0
    assert not [each for each in found.attributes if each[1] == "style" or each[1].startswith("on")]
    assert len(found.ids) == len(set(found.ids))
    links = [value for _, name, value in found.attributes if name in ("href", "src", "xlink:href", "action")]
    assert all(re.fullmatch(r"#[a-z0-9-]+|data:,", link) for link in links)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert not re.search(r"https?:", text)
    return found


@pytest.mark.parametrize("poison", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("report", [*reports()], ids=lambda each: each.title or each.noun)
def test_every_string_of_a_report_is_text(report, poison):
    found = assert_harmless(page_of(report, poison))
    if len(poison) < 1000:
        assert poison.replace("\x1b", "\\x1b").replace("\u202e", "\\u202e") in found.text
    else:
        assert "(10,000 characters)" in found.text
        assert "x" * 2000 not in found.text.replace("x" * 9_990, "")


@pytest.mark.parametrize("poison", HOSTILE, ids=range(len(HOSTILE)))
def test_every_string_of_a_pair_is_text(poison):
    made, _ = begun("html", Head(poison, frozenset({"case"}), "kl batch", poison, line=poison), Style())
    summary = BatchSummary(poison)
    for status in Status:
        verdicts = (
            () if status is Status.ERROR else (Verdict(poison, 1.0, 0.5 + 9 * (status is Status.EXCEEDED), poison),)
        )
        case = Case(
            poison, poison, poison, status, {}, ((poison, 0.5, poison),), verdicts,
            ((),) * (status is Status.EXCEEDED), (overflow((poison,)),), poison, poison,
        )  # fmt: skip
        summary.add(case)
        made.part(case)
    assert_harmless("".join(made.end(Ending(dict, batch=summary))))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_a_page_and_it_is_the_same_every_time(kl, words):
    first, second = kl(*words, "-f", "html"), kl(*words, "-f", "html")
    assert first.code == kl(*words).code
    assert first.out == second.out
    assert first.err == kl(*words, "-f", "csv").err or words[0] == "batch"
    found = assert_harmless(first.out)
    assert f"kl {words[0]}" in found.text
    is_drawn = bool({"figure", "circle", "rect"} & found.elements)
    assert (
        is_drawn or words[0] == "list" or words == ("examples",) or {"--show-config", "--plan", "--nearest"} & {*words}
    )
    assert all(
        name == "aria-hidden" or name != "role" or value
        for tag, name, value in found.attributes if tag == "svg"
    )  # fmt: skip


def test_a_report_is_written_beside_the_answer(kl, tmp_path):
    plain = kl("compute", *PAIR)
    result = kl(
        "compute", *PAIR, "--report", f"html={tmp_path / 'kl.html'}", "--report", f"json={tmp_path / 'kl.json'}"
    )
    assert (result.code, result.out) == (plain.code, plain.out)
    page = Page((tmp_path / "kl.html").read_text(encoding="utf-8"))
    assert "1.61446" in page.text
    assert f"--report html={tmp_path / 'kl.html'}" in page.text
    assert (tmp_path / "kl.json").read_text().startswith('{\n  "schema": 1')


@pytest.mark.parametrize("words", [("compute", *PAIR), ("rows", "sample_data/next_token.jsonl"),
                                   ("batch", "sample_data/pairs.csv")])  # fmt: skip
def test_a_report_that_cannot_be_written_leaves_nothing(kl, tmp_path, words):
    result = kl(*words, "--report", f"html={tmp_path / 'none' / 'kl.html'}")
    assert (result.code, result.out) == (2, "")
    assert "cannot be written" in result.err


def test_an_answer_and_a_report_are_not_one_file(kl, tmp_path):
    result = kl("compute", *PAIR, "-o", tmp_path / "x", "--report", f"html={tmp_path / 'x'}")
    assert result.code == 2
    assert "two reports cannot be one file" in result.err
    assert list(tmp_path.iterdir()) == []


def test_a_verdict_is_the_first_sentence(kl):
    text = Page(kl("compute", *PAIR, "--fail-above", "0.1", "-f", "html").out).text
    assert "The limit is exceeded: forward_kl = 1.61446 > 0.1 nats. Exit code 1." in text
    assert text.index("Exit code 1") < text.index("Where P and Q differ")
    assert "The limit is kept" in kl("compute", *PAIR, "--fail-above", "9", "-f", "html").out


def test_a_long_table_stands_after_the_picture_and_a_short_one_before(kl):
    many = Page(kl("compute", *PAIR, "-m", "all", "-f", "html").out).text
    few = Page(kl("compute", *PAIR, "-f", "html").out).text
    assert many.index("Where P and Q differ") < many.index("total variation")
    assert few.index("cross-entropy") < few.index("Where P and Q differ")


def test_notes_are_on_the_page(kl):
    page = kl("compute", "a=0.5,b=0.5", "a=1", "-f", "html").out
    assert "Q has no mass on 1 outcome of P" in page
    assert "1 label of a=0.5,b=0.5 not in a=1" in page


def pairs_page(count, status):
    made, _ = begun("html", Head("batches", frozenset({"case"}), "kl batch", "pairs.csv"), Style())
    summary = BatchSummary("pairs.csv")
    for index in range(count):
        value = 0.5 + 1e-3 * index + 9 * (status is Status.EXCEEDED)
        causes = (tuple(Contribution(f"outcome {each}", 0.1234, 0.0567) for each in range(3)),)
        case = Case(
            f"reference/carrier-{index:04}.csv", "p", "q", status, {}, (("forward_kl", value, "nats"),),
            (Verdict("forward_kl", 0.05, value, "nats"),), causes, (), "no such file" * (status is Status.ERROR),
        )  # fmt: skip
        summary.add(case)
        made.part(case)
    return "".join(made.end(Ending(dict, batch=summary)))


@pytest.mark.parametrize("status", [Status.EXCEEDED, Status.ERROR])
@pytest.mark.parametrize("count", [500, 3000])
def test_a_page_of_many_pairs_is_below_200_kilobytes(count, status):
    text = pairs_page(count, status)
    assert len(text.encode()) < 200_000
    assert f"{count:,} of {count:,} pairs" in Page(text).text


@pytest.mark.parametrize(
    "words",
    [("matrix", "TABLE", "--as", "weights"), ("compute", "P", "Q", "--as", "weights"), ("explain", "P", "Q"),
     ("rows", "TABLE", "TABLE", "--as", "weights", "-m", "all")],
    ids=" ".join,
)  # fmt: skip
def test_a_page_of_much_data_is_below_200_kilobytes(kl, tmp_path, words):
    table = np.random.default_rng(0).random((60, 400)) + 0.01
    np.save(tmp_path / "TABLE.npy", table)
    for name, row in zip("PQ", table, strict=False):
        (tmp_path / f"{name}.csv").write_text(
            "".join(f"{'x' * 90}{at},{each}\n" for at, each in enumerate(row / row.sum()))
        )
    files = [tmp_path / f"{word}.{'npy' if word == 'TABLE' else 'csv'}" if word.isupper() else word for word in words]
    result = kl(*files, "-f", "html")
    assert result.code == 0, result.err
    assert 5_000 < len(result.out.encode()) < 200_000


def test_the_style_sheet_is_below_8_kilobytes_and_the_policy_names_its_hash():
    from base64 import b64encode
    from hashlib import sha256

    style = (ROOT / "klcli/reports/renderers/html_page/style.css").read_text(encoding="utf-8").rstrip("\n")
    assert len(style) < 8_192
    page = render(comparison_report(klcli.compare([0.5, 0.5], [0.4, 0.6])), "html", Style())
    assert f"<style>{style}</style>" in page
    assert f"style-src 'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in page


def test_a_missing_package_is_found_before_any_work(kl, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "jinja2", None)
    result = kl("compute", "no such file", "neither", "-f", "html")
    assert (result.code, result.out) == (2, "")
    assert "-f html needs the package 'jinja2', which is not installed" in result.err
    assert "kl: hint: pip install 'klcli[html]'" in result.err
    assert kl("compute", "no such file", "neither", "--report", "html=x.html").err == result.err


def test_a_page_of_a_hundred_columns_is_below_200_kilobytes():
    random = np.random.default_rng(0)
    columns = [
        DriftedColumn(
            f"a_column_with_a_name_{place}", "exceeded", 0.1 + place, 0.01, "nats", random.integers(1, 999, 25),
            random.integers(1, 999, 25), edges=np.sort(random.normal(size=24)) * 1e3,
            sentences=("0.158 nats, 144 × the noise; 26,398 rows.", "Most from " + "above 349 (5 → 1), " * 5),
        )
        for place in range(100)
    ]  # fmt: skip
    views = drift_views(columns, "KL(P‖Q)")
    text = render(Report("drift reports", (Picture(lambda: views),), dict, title="drift"), "html", Style())
    assert len(text.encode()) < 200_000
    assert Page(text).text.count("▲ EXCEEDED") == 140
    assert "60 more are not drawn." in text


def test_drift_of_a_hundred_columns_of_each_kind_is_below_200_kilobytes(kl, tmp_path):
    random = np.random.default_rng(0)
    for name in ("a", "b"):
        numbers = random.normal(size=(200, 50)).round(6)
        labels = random.integers(0, 60, size=(200, 50))
        head = ",".join(
            [*(f"a_column_of_numbers_{at}" for at in range(50)), *(f"a_column_of_labels_{at}" for at in range(50))]
        )
        rows = [
            ",".join([*map(str, own), *(f"a long label {each} {name if each < 5 else ''}" for each in other)])
            for own, other in zip(numbers.tolist(), labels.tolist(), strict=True)
        ]
        (tmp_path / f"{name}.csv").write_text("\n".join([head, *rows]))
    result = kl("drift", tmp_path / "a.csv", tmp_path / "b.csv", "-f", "html", "-q")
    assert len(result.out.encode()) < 200_000
    assert "60 more are not drawn." in Page(result.out).text


def test_drift_has_a_page_with_a_verdict_and_its_columns(kl, tmp_path):
    for name, shift in (("a", 0), ("b", 30)):
        lines = [f"{index % 50 + shift},{'xyz'[index % (3 - (shift > 0))]}" for index in range(300)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["size,kind", *lines]))
    result = kl("drift", tmp_path / "a.csv", tmp_path / "b.csv", "-f", "html", "-q")
    found = assert_harmless(result.out)
    assert f"Exit code {result.code}." in found.text
    assert "Which columns changed" in found.text
    assert "150 and 150 values" not in found.text
    assert "300 and 300 values." in found.text
    assert "PSI = Σ (p − q)·log(p/q)" in found.text
    assert {"article", "figure"} <= found.elements


def numbers_of(path):
    """The points of path data, in a box 1000 wide and 100 high, as fractions."""
    found = np.array([[float(each) for each in pair.split()] for pair in re.findall(r"[ML]([-\d.]+ [-\d.]+)", path)])
    return found[:, 0] / 1000, 1 - found[:, 1] / 100


def test_numbers_of_a_page_have_true_minus_signs_and_labels_keep_theirs(kl):
    label = "x - 1 (-5 nats)"
    found = Page(
        kl("explain", f'{{"{label}": 1, "b": 3}}', f'{{"{label}": 2, "b": 2}}', "--as", "weights", "-f", "html").out
    ).text
    assert f"most of all {label} (−0.173287 nats)." in found
    found = Page(kl("explain", "normal(1,1)", "laplace(0,2)", "-f", "html").out).text
    assert "KL(P‖Q) = H(P, Q) − H(P)" in found
    assert re.search(r"± [\d.]+e−1\d nats", found)
    assert "H(P) = −Σ p·log p" in found


def test_a_verdict_on_a_pair_of_rows_keeps_the_hyphens_of_their_names(kl, tmp_path):
    table = tmp_path / "m.csv"
    table.write_text("name,x,y\nmodel-1,1,0\nmodel-2,0.5,0.5\n")
    found = Page(kl("matrix", table, "-m", "tv", "--fail-above", "-0.5", "-f", "html", "-q").out).text
    assert "total_variation = 0.5 > −0.5 (model-1 vs model-2)" in found


@pytest.mark.parametrize(
    ("words", "formula"),
    [(("compute", *PAIR, "-m", "tv"), "TV(P, Q) = ½·Σ |p − q|, of the exact distributions"),
     (("compute", *PAIR), "KL(Q‖P) = Σ q·log(q/p); "),
     (("compute", "normal(0,1)", "normal(1,1)", "-m", "kl"), "; of densities, Σ is an integral."),
     (("compute", "poisson(1)", "poisson(2)", "-m", "kl"), "KL(P‖Q) = Σ p·log(p/q), of the exact distributions"),
     (("explain", *PAIR, "-m", "reverse_kl"), "KL(Q‖P) = Σ q·log(q/p), of the exact distributions"),
     (("examples", "zeros"), "JS(P, Q) = ")],
)  # fmt: skip
def test_a_page_ends_with_the_formulas_of_its_own_measures(kl, words, formula):
    assert formula in Page(kl(*words, "-f", "html", "-q").out).text


def test_a_page_without_values_defines_none(kl):
    assert "of the exact distributions" not in kl("list", "measures", "-f", "html").out


def test_p_and_q_of_a_page_are_those_of_the_view_model():
    from klcli.reports.families.report import explanation_report as explained_families
    from klcli.reports.pictures.densities import density_views

    comparison = klcli.compare("normal(0,1)", "laplace(0,2)", measures=["forward_kl"])
    p, q = density_views(comparison)[0].body.panels[0].curves
    page = render(explained_families(comparison), "html", Style())
    paths = {role: path for path, role in re.findall(r'<path d="([^"]+)" fill="none"[^>]*class="l([pq])"', page)}
    for curve in (p, q):
        x, y = numbers_of(paths[curve.role])
        assert x == pytest.approx(curve.x, abs=1e-4)
        assert y == pytest.approx(curve.y, abs=1e-3)


def test_the_bars_of_a_page_are_those_of_the_view_model():
    from klcli.reports.pictures.contributions import comparison_view

    comparison = klcli.compare([0.5, 0.3, 0.2], [0.2, 0.3, 0.5])
    view = comparison_view(comparison.terms, comparison.forward_kl, "nats")
    expected = sorted(
        (round(100 * mark.start, 2), round(100 * (mark.end - mark.start), 2))
        for row in view.body.rows for cell in row.cells if isinstance(cell, tuple)
        for mark in cell if mark.shape in ("bar", "line")
    )  # fmt: skip
    page = render(comparison_report(comparison), "html", Style())
    found = re.findall(r'<rect x="([\d.]+)%" width="([\d.]+)%" y="[36]" height="(?:10|4)"', page)
    assert sorted((float(x), float(width)) for x, width in found) == expected
