"""Pictures by matplotlib: the numbers of the view-model, repeatable bytes, both themes, no needless import."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from conftest import ENVIRONMENT, ROOT

import klcli
from klcli.reports.drawing.figure import figure_of, saved
from klcli.reports.pictures.contributions import comparison_view
from klcli.reports.pictures.densities import density_views
from klcli.reports.pictures.of_result import views_of

pytest.importorskip("matplotlib")

PAIR = ("sample_data/coin_fair.csv", "sample_data/coin_biased.csv")
WORDS = [
    ("compute", *PAIR), ("explain", *PAIR), ("compute", "normal(0,1)", "laplace(0,1)"),
    ("matrix", "sample_data/letters.csv", "--columns", "--as", "weights"), ("batch", "sample_data/pairs.csv"),
    ("rows", "sample_data/next_token.jsonl"), ("rows", "sample_data/next_token.jsonl", "--summary"),
    ("examples", "gaussian"),
    ("drift", "sample_data/flights_january.csv", "sample_data/flights_july.csv"),
    ("estimate", "sample_data/carriers.csv", "--p", "january", "--q", "july", "--as", "counts"),
]  # fmt: skip
MAGIC = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_every_picture_is_drawn_beside_the_answer_and_the_same_every_time(kl, tmp_path, words):
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"
    result = kl(*words, "--plot", first, "--plot", second)
    assert (result.code, result.out) == (kl(*words).code, kl(*words).out)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().startswith(MAGIC["svg"])


@pytest.mark.parametrize("kind", MAGIC)
def test_a_picture_has_the_kind_of_its_suffix(kl, tmp_path, kind):
    files = [tmp_path / f"{name}.{kind}" for name in ("a", "b", "c", "d")]
    kl("compute", *PAIR, "--plot", files[0])
    kl("compute", *PAIR, "--plot", files[1])
    kl("compute", *PAIR, "--plot", files[2], "--plot-theme", "dark", "--plot-size", "5x3")
    kl("compute", *PAIR, "-o", files[3])
    texts = [each.read_bytes() for each in files]
    assert texts[0].startswith(MAGIC[kind])
    assert texts[0] == texts[1] == texts[3] != texts[2]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--plot", "kl.jpg"), "--plot kl.jpg: the suffix is .jpg"), (("--plot", "kl"), "there is no suffix"),
        (("--plot", "kl.svg", "--plot-size", "big"), "not a width and a height from 1 to 100 inches"),
        (("--plot", "kl.svg", "--plot-size", "0x4"), "not a width and a height from 1 to 100 inches"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(kl, words, message):
    result = kl("compute", *PAIR, *words)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert "kl: hint: " in result.err


def test_vectors_have_no_picture(kl, tmp_path):
    words = ("mvnormal([0,0],[[1,0],[0,1]])", "mvnormal([1,0],[[1,0],[0,1]])", "--plot", tmp_path / "x.svg")
    result = kl("compute", *words)
    assert result.code == 2
    assert "there is no picture of" in result.err
    assert list(tmp_path.iterdir()) == []


def shapes_of(svg, group):
    """The points of the paths in the groups whose id begins with a word."""
    tree = ElementTree.fromstring(svg)
    for each in tree.iter("{http://www.w3.org/2000/svg}g"):
        if each.get("id", "").startswith(group):
            for path in each.findall("{http://www.w3.org/2000/svg}path"):
                yield np.array(re.findall(r"-?[\d.]+", path.get("d")), dtype=float).reshape(-1, 2)


def test_the_curves_of_p_and_q_in_the_svg_are_those_of_the_view_model():
    (view,) = density_views(klcli.compare("normal(0,1)", "laplace(0,1)", measures=["forward_kl"]))
    curves = {curve.role: curve for curve in view.body.panels[0].curves}
    drawn = [path for path in shapes_of(saved(figure_of([view]), "svg"), "line2d") if len(path) > 20]
    for role in ("p", "q"):
        expected = np.column_stack([curves[role].x, 1 - curves[role].y])

        def distance(path, expected=expected):
            if len(path) < 20:
                return 1.0
            scaled = (path - path.min(0)) / np.ptp(path, axis=0)
            own = (expected - expected.min(0)) / np.ptp(expected, axis=0)
            at = np.interp(scaled[:, 0], own[:, 0], own[:, 1])
            return np.abs(at - scaled[:, 1]).max()

        assert min(map(distance, drawn)) < 0.02


def test_the_bars_of_a_figure_are_those_of_the_view_model():
    comparison = klcli.compare([0.5, 0.3, 0.2], [0.2, 0.3, 0.5])
    view = comparison_view(comparison.terms, comparison.forward_kl, "nats")
    axes = comparison.plot().axes[1]
    drawn = sorted((bar.get_x(), bar.get_width()) for bar in axes.patches)
    expected = sorted(
        (mark.start, mark.end - mark.start) for row in view.body.rows for mark in row.cells[3] if mark.shape == "bar"
    )
    assert np.array(drawn) == pytest.approx(np.array(expected))


def test_a_label_is_text_in_a_figure():
    hostile = {"$x^2$": 1, "</svg><script>": 2, "\x1b[31m": 1, "漢字": 2}
    comparison = klcli.compare(hostile, {**hostile, "$x^2$": 5}, as_="counts")
    svg = saved(comparison.plot(), "svg").decode()
    assert ">$x^2$<" in svg
    assert "&lt;/svg&gt;&lt;script&gt;" in svg
    assert "\\x1b[31m" in svg


@pytest.mark.parametrize("result", [("normal(0,1)", "laplace(0,1)"), ([1, 2], [2, 1])], ids=["families", "masses"])
def test_a_notebook_shows_the_table_and_the_picture(result):
    comparison = klcli.compare(*result, as_="auto" if isinstance(result[0], str) else "counts")
    shown = comparison._repr_html_()
    assert shown.startswith("<table>")
    assert "<svg" in shown
    assert type(comparison.plot(size=(4, 3), theme="dark")).__name__ == "Figure"


def test_the_noise_of_a_ranking_is_shaded_through_all_rows():
    column = {"x": list("aab" * 40)}, {"x": list("abb" * 40)}
    axes = next(each for each in klcli.drift(*column).plot().axes if each.patches)
    lane = next(each for each in klcli.drift(*column).views()[0].body.columns if hasattr(each, "ground"))
    (shade,) = (patch for patch in axes.patches if patch.get_x() == 0 and patch.get_height() == 1)
    assert shade.get_width() == pytest.approx(lane.ground[0].end)


def test_estimates_and_drift_have_a_figure_and_show_it_in_a_notebook():
    labels = list("aab" * 40), list("abb" * 40)
    for result in (klcli.estimate(*labels), klcli.drift({"x": labels[0]}, {"x": labels[1]})):
        assert type(result.plot(theme="dark")).__name__ == "Figure"
        assert "<svg" in result._repr_html_()


def test_a_matrix_has_the_colours_of_its_values_whatever_the_order_of_its_tree():
    matrix = klcli.pairwise([[0.5, 0.5], [0.9, 0.1], [0.52, 0.48], [0.88, 0.12]])
    axes = klcli.plot_matrix(matrix, ["a", "b", "c", "d"]).axes[-1]
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert sorted(names) == ["a", "b", "c", "d"]
    assert abs(names.index("a") - names.index("c")) == abs(names.index("b") - names.index("d")) == 1
    order = ["abcd".index(name) for name in names]
    steps = axes.images[0].get_array()
    expected = matrix[np.ix_(order, order)]
    by_value = np.argsort(expected, axis=None, kind="stable")
    assert (np.diff(steps.ravel()[by_value]) >= 0).all()


@pytest.mark.parametrize(
    ("matrix", "labels", "message"),
    [([[0, 1]], None, "as many rows as columns"), ([[0, -1], [1, 0]], None, "at least 0"),
     ([[0, float("nan")], [1, 0]], None, "NaN"), ([[0, 1], [1, 0]], ["a"], "1 label of 2 rows")],
)  # fmt: skip
def test_what_is_no_matrix_of_divergences_is_refused(matrix, labels, message):
    with pytest.raises(klcli.UsageError, match=message):
        klcli.plot_matrix(matrix, labels)


@pytest.mark.parametrize(
    "plot", [klcli.compare([1, 2], [2, 1], as_="counts").plot, lambda theme: klcli.plot_matrix([[0]], theme=theme)]
)
def test_a_theme_is_light_or_dark(plot):
    with pytest.raises(klcli.UsageError, match="no theme is called 'Dark'\nhint: the themes are light and dark"):
        plot(theme="Dark")


def test_a_result_without_a_picture_says_what_has_one():
    numbers = klcli.drift({"x": [1.5, 2] * 60}, {"x": [1, 2.5] * 60}, preset="gx")
    with pytest.raises(klcli.UsageError, match="have no picture\nhint: leave out preset"):
        numbers.plot()


def test_the_figure_of_drift_has_the_ranking_and_the_first_twelve_columns():
    columns = {f"x{place}": list("aab" * 40) for place in range(14)}
    report = klcli.drift(columns, {**columns, "x7": list("abb" * 40)})
    titles = [axes.get_title(loc="left") for axes in report.plot().axes]
    cards = report.views()[1].body.cards
    assert [title for title in titles if title] == [
        f"▲ {card.title}" if card.status == "exceeded" else card.title for card in cards[:12]
    ]
    assert titles.count("▲ x7") == 1
    assert "2 more are not drawn" in saved(report.plot(), "svg").decode()


def test_a_size_that_is_given_holds_the_first_pictures_that_keep_half_of_their_height():
    numbers = np.random.default_rng(3).normal(size=(2, 400))
    found = klcli.estimate(*numbers)
    whole = found.plot()
    assert len(whole.subfigs) == len(views_of(found)) == 3
    wide, high = whole.get_size_inches()
    small = found.plot(size=(wide, high / 2))
    assert [each.get_suptitle() for each in small.subfigs] == [each.get_suptitle() for each in whole.subfigs]
    least = found.plot(size=(wide, 1.0))
    assert (least.subfigs, least.get_suptitle()) == ([], "The two samples")


def test_rows_have_a_figure_and_a_distribution_has_none():
    rows = klcli.compare_rows([[0.5, 0.5], [0.2, 0.8]], [[0.4, 0.6], [0.9, 0.1]])
    assert len(rows.plot().axes) == 1
    assert "<svg" not in klcli.compare([0.5, 0.5], [0.5, 0.5]).p._repr_html_()


@pytest.mark.parametrize(
    ("words", "absent"),
    [(("compute", *PAIR), {"jinja2", "matplotlib"}), (("compute", *PAIR, "-f", "html"), {"matplotlib"}),
     (("compute", *PAIR, "-f", "svg"), {"jinja2", "matplotlib.pyplot"}),
     (("list", "formats"), {"jinja2", "matplotlib"})],
)  # fmt: skip
def test_neither_jinja2_nor_matplotlib_is_imported_without_need(words, absent):
    code = "import sys; from klcli.cli.main import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=ROOT, env=ENVIRONMENT, capture_output=True, check=True
    )
    assert absent.isdisjoint(done.stderr.decode().split())
