"""Output of every command: the answer to a file or standard output, then notes and limits to standard error."""

import os
import shlex
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple

import click

from klcli.core.limits import Verdict
from klcli.errors import ExitCode, UsageError
from klcli.notes import Note
from klcli.reports.format import Style
from klcli.reports.rendering import rendered
from klcli.reports.report import Head, Report
from klcli.support.streams.color import wants_color
from klcli.support.streams.progress import spinner
from klcli.support.streams.stdio import say, stdout_encoding, tell_escapes, write_stdout
from klcli.support.text.plain_text import FULL

if TYPE_CHECKING:
    from klcli.reports.report_writer import ReportWriter, Request

__all__ = [
    "PAGE_WIDTH",
    "WORDS",
    "Output",
    "conclude",
    "emit",
    "head_of_run",
    "is_terminal",
    "reading_progress",
    "refuse_bytes_on_a_terminal",
    "reports_beside",
    "style_of",
    "write_answer",
]

PAGE_WIDTH = 80  # columns in which lists and formulas fold where no terminal sets them
WORDS = "klcli.words"  # key of the words of the command line in the context

_LARGE = 10_000_000  # bytes, which take about half a second to read


class Output(NamedTuple):
    """Destination and look of the answer, notes on both, and the reports beside it: the values of `output_options`."""

    format: str
    path: str | None
    digits: int
    color: str
    quiet: bool
    reports: "tuple[Request, ...]" = ()
    size: tuple[float, float] | None = None
    is_dark: bool = False
    notes: tuple[Note, ...] = ()


def emit(report: Report, output: Output, *, width: int = 0) -> ExitCode:
    """Writes the answer, then notes and exceeded limits to standard error; returns the exit code.

    Args:
        width: Columns in which a table is folded where no terminal sets them; 0 for no limit.

    Raises:
        UsageError: The format cannot show the report. OutputError: The answer cannot be written.
    """
    style = style_of(output)
    style = style._replace(width=style.width or (min(width, _columns_asked() or width) if width else 0))
    head = head_of_run(report.head(click.get_current_context().command_path))
    if not output.reports:
        return _answered(report, head, output, style)
    writer = reports_beside(output, head)
    try:
        for part in report.parts:
            writer.add(part)
        code = _answered(report, head, output, style)
        writer.finish(report.ending)
    finally:
        writer.discard()
    return code


def head_of_run(head: Head) -> Head:
    """Returns a head with the command line of this run."""
    context = click.get_current_context()
    return head._replace(line=shlex.join([*context.command_path.split(), *context.meta.get(WORDS, ())]))


def reports_beside(output: Output, head: Head) -> "ReportWriter":
    """Returns the writer of the reports that are asked for beside the answer.

    Raises:
        UsageError, OutputError: A report cannot be made of the parts to come, or not be written.
    """
    from klcli.reports.format import Format
    from klcli.reports.report_writer import ReportWriter

    return ReportWriter(output.reports, head, style_of(output), Format(Style()), lambda: None, taken=output.path)


def _answered(report: Report, head: Head, output: Output, style: Style) -> ExitCode:
    """Writes the answer, the notes and the exceeded limits; returns the exit code."""
    write_answer(_suited(rendered(report, output.format, style, head), output), output.path)
    return conclude(report.notes, report.verdicts, output, report.cure)


def _suited(texts: Iterable[str | bytes], output: Output) -> Iterator[str | bytes]:
    for text in texts:
        if isinstance(text, bytes):
            refuse_bytes_on_a_terminal(output)
        yield text


def write_answer(texts: Iterable[str | bytes], path: str | None) -> None:
    """Writes an answer to a file, whole or not at all; to standard output if `path` is None.

    Raises:
        OutputError: The answer cannot be written.
    """
    if path is None:
        all(map(write_stdout, texts))  # until nobody reads on
    else:
        _write_file(path, texts)


def refuse_bytes_on_a_terminal(output: Output) -> None:
    """Refuses to write an array to a terminal.

    Raises:
        UsageError: The answer goes to a terminal.
    """
    if is_terminal(output):
        raise UsageError("an array is not written to a terminal", hint="pass -o FILE.npy")


def conclude(notes: Iterable[Note], verdicts: Iterable[Verdict], output: Output, cure: str = "") -> ExitCode:
    """Writes the notes, unless --quiet, and the limits that were not kept to standard error; returns the exit code.

    A limit on a measure that is undefined for the data (NaN) was not exceeded, but it was not kept either.
    """
    if not output.quiet:
        said = [*output.notes, *notes]
        last = next((note for note in reversed(said) if note.code == "infinite"), None)
        for note in said:
            say(f"note: {note.text}" + f"; {cure}" * bool(cure and note is last))
        tell_escapes()
    judged = list(verdicts)
    undefined = [verdict for verdict in judged if not verdict.is_known]
    exceeded = [verdict for verdict in judged if not verdict.passed and verdict.is_known]
    for verdict in (*undefined, *exceeded):
        from klcli.runs.batch_results import verdict_text  # here, as most runs keep all limits

        say(f"{'limit exceeded' if verdict.is_known else 'error'}: {verdict_text(verdict, output.digits)}")
    if undefined:
        return ExitCode.BAD_DATA
    return ExitCode.LIMIT_EXCEEDED if exceeded else ExitCode.OK


def is_terminal(output: Output) -> bool:
    """Returns True if the answer goes to a terminal."""
    return output.path is None and sys.stdout is not None and sys.stdout.isatty()


def style_of(output: Output) -> Style:
    """Returns the style of the answer at its destination."""
    is_seen = is_terminal(output)
    color = wants_color(output.color, is_seen)
    return Style(
        output.digits, color, is_seen, output.quiet, width=_columns() if is_seen else 0, size=output.size,
        is_dark=output.is_dark,
        encoding=stdout_encoding() if output.path is None and output.format == "table" else FULL,
    )  # fmt: skip


def _columns_asked() -> int:
    """Returns the columns that the environment names for output that is no terminal's; 0 if it names none."""
    asked = os.environ.get("COLUMNS", "")
    return int(asked) if asked.isascii() and asked.isdigit() else 0


def _columns() -> int:
    from shutil import get_terminal_size  # here, as it loads every compression

    return get_terminal_size().columns


def reading_progress(words: Iterable[str]) -> AbstractContextManager[None]:
    """Returns a context that shows a spinner on a terminal while large operands are read."""
    words = list(words)
    size = sum(map(_size, words))
    return spinner(f"reading {' and '.join(words)}, {size / 1e6:.0f} MB", is_wanted=size >= _LARGE)


def _size(word: str) -> int:
    try:
        return os.stat(word).st_size
    except (OSError, ValueError):
        return 0


def _write_file(path: str, texts: Iterable[str | bytes]) -> None:
    from klcli.support.streams.output_files import ReplacedFile

    draft = ReplacedFile(path)
    try:
        for text in texts:
            draft.write(text)
    except BaseException:
        draft.discard()
        raise
    draft.commit()
