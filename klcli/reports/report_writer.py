"""Writes the reports of one run to their destinations: opened together, fed every part, and closed together.

All destinations are opened before anything is evaluated. Files are replaced at the end; standard streams receive text
as it is made.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath

from klcli.errors import KlError, OutputError, UsageError
from klcli.reports.format import Format, Style
from klcli.reports.parts import Part
from klcli.reports.renderers import FORMATS
from klcli.reports.rendering import begun
from klcli.reports.report import Ending, Head
from klcli.support.sentence import Option
from klcli.support.streams.output_files import AppendedFile, Destination, ReplacedFile, StandardStream
from klcli.support.streams.stdio import write_stderr, write_stdout
from klcli.support.text.plain_text import FULL

__all__ = ["ReportWriter", "Request", "parse_plot", "parse_request"]

_PLOTS = ("svg", "png", "pdf")  # formats that are one picture


@dataclass(frozen=True, slots=True)
class Request:
    """A requested report: its format, and a path, "-" for standard output, or "" for the home of the format."""

    format: str
    path: str


def parse_request(text: str) -> Request:
    """Returns the report that "junit=report.xml" or "github" requests.

    Raises:
        UnknownName: No format has this name. UsageError: The format needs a file.
    """
    name, equals, path = text.partition("=")
    found = FORMATS.lookup(name)
    if path == "-" or (equals and not path) or (not equals and not found.home):
        example = "as in " + Option("--report", name) + "=FILE"
        raise UsageError(
            f"--report {text}: needs a file", hint=f"{example}; -f {name} prints it" if path == "-" else example
        )
    if not path and found.home != "stderr" and not os.environ.get(found.home):
        raise UsageError(
            f"--report {text}: ${found.home} is not set", hint="as in " + Option("--report", name) + "=FILE"
        )
    found.require()
    return Request(found.name, path)


def parse_plot(path: str) -> Request:
    """Returns the picture that "kl.svg" requests.

    Raises:
        UsageError: The suffix names no format of pictures. MissingPackage: The format's package is not installed.
    """
    suffix = PurePath(path).suffix[1:].lower()
    if suffix not in _PLOTS:
        found = f"the suffix is .{suffix}" if suffix else "there is no suffix"
        raise UsageError(f"--plot {path}: {found}", hint=f"name it FILE{', FILE'.join(f'.{each}' for each in _PLOTS)}")
    FORMATS.lookup(suffix).require()
    return Request(suffix, path)


class ReportWriter:
    """Reports in progress.

    Args:
        requests: The requested reports. head: Head of all of them. style: Style of those on standard output.
        messages: Format of the messages on standard error. before: Called before each write to a standard stream.
        taken: File that the answer is written to, if not by this writer.

    Raises:
        UsageError: Two reports name one file, or a format cannot show the parts to come.
        OutputError: A destination cannot be written; every file is left unchanged.
    """

    def __init__(
        self, requests: Sequence[Request], head: Head, style: Style, messages: Format, before: Callable[[], None], *,
        taken: str | None = None,
    ) -> None:  # fmt: skip
        self._reports: list[tuple[Format, Destination]] = []
        try:
            texts = [self._begin(request, head, style, before) for request in requests]
            self._refuse_one_file_for_two(taken)
        except KlError:
            self.discard()
            raise
        self._reports.append((messages, StandardStream(write_stderr, before)))
        for text, (_, destination) in zip((*texts, messages.begin(head)), self._reports, strict=True):
            destination.write(text)

    def add(self, part: Part) -> None:
        """Adds a part to every report."""
        try:
            for made, destination in self._reports:
                for text in made.texts(part):
                    destination.write(text)
        except OutputError as error:
            raise self._with_what_stands(error) from None

    def finish(self, ending: Ending) -> None:
        """Ends every report."""
        try:
            for made, destination in self._reports:
                for text in made.end(ending):
                    destination.write(text)
            for _, destination in self._reports:
                destination.finish()
            for _, destination in self._reports:
                destination.commit()
        except OutputError as error:
            self.discard()
            raise self._with_what_stands(error) from None

    def discard(self) -> None:
        """Drops what is not written yet and releases every resource."""
        for made, destination in self._reports:
            made.close()
            destination.discard()

    def _begin(self, request: Request, head: Head, style: Style, before: Callable[[], None]) -> str:
        destination: Destination
        if request.path == "-":
            destination = StandardStream(write_stdout, before, "standard output")
        else:
            destination, bytes_before = _file_or_home(request, before)
            style = style._replace(
                color=False, is_terminal=False, encoding=FULL, width=0, quiet=False, bytes_before=bytes_before
            )
        try:
            made, text = begun(request.format, head, style)
        except KlError:
            destination.discard()
            raise
        self._reports.append((made, destination))
        return text

    def _with_what_stands(self, error: OutputError) -> OutputError:
        """Returns the error with a hint that names what was written before it."""
        places = [destination.stands for _, destination in self._reports if destination.stands]
        hint = f"written already: {', '.join(places)}; nothing else" if places else "nothing was written"
        return OutputError(error.finding, place=error.place, hint=hint)

    def _refuse_one_file_for_two(self, taken: str | None) -> None:
        files = [destination.file for _, destination in self._reports if isinstance(destination, ReplacedFile)]
        if taken is not None:
            files.append(Path(os.path.realpath(taken)))
        for index, file in enumerate(files):
            if file is not None and file in files[:index]:
                raise UsageError("two reports cannot be one file", place=file, hint="give each a file of its own")


def _file_or_home(request: Request, before: Callable[[], None]) -> tuple[Destination, int]:
    """Returns the destination of a report, and the number of bytes that stand there already."""
    if request.path:
        file = ReplacedFile(request.path)
        return file, file.bytes_before
    home = FORMATS.lookup(request.format).home
    if home == "stderr":
        return StandardStream(write_stderr, before), 0
    path, size = os.environ[home], 0
    with suppress(OSError):
        size = os.stat(path).st_size
    return AppendedFile(path), size
