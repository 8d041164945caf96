"""The documents are true: every transcript, table, command line and Python session in them is executed."""

import doctest
import re

import pytest

from docs import DOCUMENTS, ROOT, Checker, anchors, as_written, executed
from klcli.cli.commands import COMMANDS
from klcli.cli.commands.list import CATALOGUES

pytestmark = pytest.mark.documentation

EXPECTED = {"klcli/notes.py"}  # where notes are put into words, once they are all in one module


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("0.1878724783458398\n", "0.18787247834583992\n"),  # 7e-16 apart
        ("kl: 0.006769212868378577 > 0.005", "kl: 0.006769212868378579 > 0.005"),
        ("[0.30000000000000004,", "[0.3,"),
        ("1.0000000000000002e-17", "1e-17"),
        ("coin,-0.27871061187972734,0.0", "coin,-0.2787106118797274,0.0"),
        ("KL   0.186997   nats   ± 8.9e-15", "KL   0.186997   nats   ± 9.0e-15"),
        ("closed form ± 1.0e-14.", "closed form ± 9.9e-15."),
    ],
)
def test_numbers_that_differ_by_the_processor_agree(written, printed):
    assert as_written(printed, written) == written


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("forward KL   0.186997", "reverse KL   0.186997"),
        ("forward KL   0.186997", "forward KL  0.186997"),
        ("0.186997", "0.186998"),  # rounded for people
        ("0.18787247834", "0.187872478341"),
        ("0.1878724783458398", "0.1878724783458396"),  # 1.1e-15 apart
        ("0.1878724783458398", "-0.1878724783458398"),
        ("0.1878724783458398", "inf"),
        ("0.1878724783458398", "0.0"),
        ("0.5108256237659906e-3", "0.5108256237659906"),
        ("0.5108256237659906, 0.25", "0.5108256237659906"),
        ("0.5108256237659906, 0.25", ", 0.25"),
        ("0.5108256237659906", "0.5108256237659906\n"),
        ("", "0.5108256237659906"),
        ("20000 of 9007199254740993", "20000 of 9007199254740992"),
        ("klcli 1.20.0", "klcli 1.20.1"),
        ("exit code 1", "exit code 0"),
        ("± 8.9e-15", "± 1.0e-14"),
        ("± 0.0e+00", "± 1.0e-17"),
        ("± 8.9e-15", "8.9e-15"),
    ],
)
def test_what_differs_otherwise_is_another_text(written, printed):
    assert as_written(printed, written) != written
    assert as_written(written, printed) != printed


def test_of_a_text_that_differs_only_the_lines_that_do_are_shown():
    assert as_written("0.18787247834583992\ncat\n", "0.1878724783458398\ndog\n") == "0.1878724783458398\ncat\n"


@pytest.mark.parametrize(
    ("want", "got", "is_true"),
    [
        ("0.14384103622589045\n", "0.14384103622589042\n", True),
        ("0.14384103622589045\n", "0.1438410362258905\n", True),
        ("0.14384103622589045\n", "0.143841036225894\n", False),
        ("array([0. , 0.5, 2. ])\n", "array([0. , 0.5, 2. ])\n", True),
        ("array([0. , 0.5, 2. ])\n", "array([0. , 0.5, 3. ])\n", False),
        ("Comparison(...)\n", "Comparison(0.25)\n", True),
    ],
)
def test_a_session_is_compared_as_a_transcript_is(want, got, is_true):
    assert Checker().check_output(want, got, doctest.ELLIPSIS) is is_true


def text_of(document):
    return DOCUMENTS[document].read_text(encoding="utf-8")


def documents_with(part):
    found = [document for document in DOCUMENTS if part in text_of(document)]
    assert found
    return pytest.mark.parametrize("document", found)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_transcript_and_table_is_what_comes_out(document):
    text = text_of(document)
    assert executed(text) == text, "run `python tests/docs.py` and look at what changed"


@documents_with(">>> ")
def test_every_python_session_is_true(document):
    session = doctest.DocTestParser().get_doctest(text_of(document), {}, document, document, 0)
    assert doctest.DocTestRunner(Checker(), optionflags=doctest.ELLIPSIS).run(session).failed == 0


@pytest.mark.parametrize("heading", ["Run it", "Test it"])
def test_the_command_under_a_heading_is_one_line(heading):
    section = text_of("README.md").split(f"## {heading}\n")[1].split("\n## ")[0]
    (block,) = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    assert block.count("\n") == 1


def test_the_readme_has_at_most_250_lines():
    assert text_of("README.md").count("\n") <= 250


def test_every_sample_file_is_used_in_a_transcript():
    transcripts = "".join(
        block for document in DOCUMENTS for block in re.findall(r"```console\n(.*?)```", text_of(document), re.DOTALL)
    )
    samples = [path.name for path in (ROOT / "sample_data").iterdir() if path.name != "README.md"]
    assert samples
    assert [name for name in samples if name not in transcripts] == []


def test_every_catalogue_is_a_table_of_the_reference():
    reference = "".join(text_of(document) for document in DOCUMENTS if document.startswith("docs/reference/"))
    assert [
        name for name in CATALOGUES.names() if name != "examples" and f"<!-- kl list {name} -->" not in reference
    ] == []


def test_every_command_has_its_options_in_the_reference():
    commands = text_of("docs/reference/commands.md")
    assert [name for name in COMMANDS if f"$ kl {name} --help\n" not in commands] == []


@documents_with("](")
def test_every_relative_link_leads_somewhere(document):
    folder = DOCUMENTS[document].parent
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", text_of(document)):
        name, _, anchor = target.partition("#")
        path = folder / name if name else DOCUMENTS[document]
        assert path.exists(), target
        assert not anchor or anchor in anchors(path.read_text(encoding="utf-8")), target


@documents_with("klcli/")
def test_every_path_of_the_package_exists(document):
    paths = set(re.findall(r"(?<![\w/.-])klcli/(?!klcli)[\w/]+(?:\.py)?", text_of(document)))
    assert {path for path in paths if not (ROOT / path).exists()} <= EXPECTED


def test_the_drawing_of_the_package_has_every_folder():
    drawing = text_of("CONTRIBUTING.md")
    folders = {path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("klcli/**/__init__.py")}
    assert sorted(folder for folder in folders if f"{folder}/" not in drawing) == []


def test_the_site_lists_every_page():
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [document.removeprefix("docs/") for document in DOCUMENTS if document.startswith("docs/")]
    assert [page for page in pages if f" {page}\n" not in settings] == []
