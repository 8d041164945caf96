"""The reports of one run, each to its place: begun together, given every pair, and ended together.

Nothing is evaluated before every place is known to take its report. A file appears at the end, whole; a standard
stream has what is done as it is done.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from klcli.errors import KlError, OutputError, UsageError
from klcli.reports.renderers.report_format import REPORT_FORMATS, Occasion, Stream
from klcli.runs.batch_results import PairReport, Tally
from klcli.support.output_files import Addition, Destination, Draft, Standard
from klcli.support.stdio import write_stderr, write_stdout

__all__ = ["Publication", "Request", "parse_request"]


@dataclass(frozen=True, slots=True)
class Request:
    """A report that is wanted: its format, and a path, "-" for standard output, or "" for the home of the format."""

    format: str
    path: str


def parse_request(text: str) -> Request:
    """Returns what "junit=report.xml", or "github", asks for.

    Raises:
        UnknownName: there is no such format. UsageError: it needs a file.
    """
    name, equals, path = text.partition("=")
    found = REPORT_FORMATS.lookup(name)
    if path == "-" or (equals and not path) or (not equals and not found.home):
        example = f"as in --report {name}=FILE"
        raise UsageError(
            f"--report {text}: needs a file", hint=f"{example}; -f {name} prints it" if path == "-" else example
        )
    if not path and found.home != "stderr" and not os.environ.get(found.home):
        raise UsageError(f"--report {text}: ${found.home} is not set", hint=f"as in --report {name}=FILE")
    return Request(found.name, path)


class Publication:
    """Reports under way.

    Raises:
        UsageError: two reports are to be one file.
        OutputError: a place cannot be written; then every file is as it was.
    """

    def __init__(
        self, requests: Sequence[Request], occasion: Occasion, messages: Stream, before: Callable[[], None]
    ) -> None:
        self._parts: list[tuple[Stream, Destination]] = []
        try:
            for request in requests:
                self._parts.append(_begun(request, occasion, before))
            self._refuse_one_file_for_two()
        except KlError:
            self.discard()
            raise
        self._parts.append((messages, Standard(write_stderr, before)))
        self._write(lambda stream: stream.head())

    def add(self, report: PairReport) -> None:
        """Gives every report a pair."""
        try:
            for stream, destination in self._parts:
                text = stream.pair(report)
                if text:
                    destination.write(text)
        except OutputError as error:
            raise self._with_what_stands(error) from None

    def finish(self, tally: Tally) -> None:
        """Ends every report."""
        try:
            for stream, destination in self._parts:
                for text in stream.tail(tally):
                    destination.write(text)
            for _, destination in self._parts:
                destination.finish()
            for _, destination in self._parts:
                destination.commit()
        except OutputError as error:
            self.discard()
            raise self._with_what_stands(error) from None

    def discard(self) -> None:
        """Gives up what is not written yet, and all that is held."""
        for stream, destination in self._parts:
            stream.close()
            destination.discard()

    def _with_what_stands(self, error: OutputError) -> OutputError:
        """The error, with what was written before it as its hint."""
        places = [destination.stands for _, destination in self._parts if destination.stands]
        hint = f"written already: {', '.join(places)}; nothing else" if places else "nothing was written"
        return OutputError(error.message, hint=hint)

    def _refuse_one_file_for_two(self) -> None:
        files = [destination.file for _, destination in self._parts if isinstance(destination, Draft)]
        for index, file in enumerate(files):
            if file is not None and file in files[:index]:
                raise UsageError(f"{file}: two reports cannot be one file", hint="give each a file of its own")

    def _write(self, text: Callable[[Stream], str]) -> None:
        for stream, destination in self._parts:
            destination.write(text(stream))


def _begun(request: Request, occasion: Occasion, before: Callable[[], None]) -> tuple[Stream, Destination]:
    wanted = REPORT_FORMATS.lookup(request.format)
    if request.path == "-":
        return wanted.begin(occasion), Standard(write_stdout, before, "standard output")
    style = occasion.style._replace(color=False, is_terminal=False)
    in_a_file = replace(occasion, style=style, quiet=False)
    destination: Destination
    if request.path:
        destination = Draft(request.path)
    elif wanted.home == "stderr":
        destination = Standard(write_stderr, before)
    else:
        home = os.environ[wanted.home]
        destination = Addition(home)
        with suppress(OSError):
            in_a_file = replace(in_a_file, taken=os.stat(home).st_size)
    return wanted.begin(in_a_file), destination
