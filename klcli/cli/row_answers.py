"""The answer of `kl rows` as it is written: statistics of all rows, or row by row as they are compared."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from klcli.cli.answer import Output, conclude, emit
from klcli.core.limits import Verdict
from klcli.errors import ExitCode, KlError
from klcli.reports.format import Format
from klcli.reports.parts import Verdicts
from klcli.reports.rows import RowContext, rows_report_ending, summary_report
from klcli.runs.rows.farthest import Farthest
from klcli.runs.rows.parts import MergedRun
from klcli.runs.rows.results import RowAnswer
from klcli.runs.rows.run import RowRun
from klcli.runs.rows.running_statistics import RowStatistics
from klcli.support.process.sigint import DeferredInterrupt
from klcli.support.streams.output_files import ReplacedFile
from klcli.support.streams.stdio import say, write_stdout

if TYPE_CHECKING:
    from klcli.reports.report_writer import ReportWriter

__all__ = ["Begun", "sum_up", "write_rows"]


class Begun(NamedTuple):
    """The answer in progress, its first text, and the reports beside it, or None."""

    made: Format
    text: str
    beside: "ReportWriter | None"


def sum_up(
    run: RowRun | MergedRun, tally: RowStatistics, subject_of: Callable[[RowAnswer], RowContext], output: Output
) -> ExitCode:
    """Writes the statistics of all rows; of those read so far if interrupted. Returns the exit code."""
    subject: RowContext | None = None
    is_interrupted = False
    with DeferredInterrupt() as interruption:
        try:
            for answer in run.answers():
                interruption.hold()
                subject = subject or subject_of(answer)
                tally.add(answer)
                interruption.release()
        except KeyboardInterrupt:
            is_interrupted = True
        interruption.hold()
        code = ExitCode.OK
        if subject is not None:
            verdicts = () if is_interrupted else tally.verdicts()
            ending = "interrupted" if is_interrupted else ""
            code = emit(summary_report(tally.summary(), subject, run.notes, verdicts, ending), output)
    return _interrupted() if is_interrupted else code


def write_rows(
    run: RowRun | MergedRun,
    tally: RowStatistics,
    begin: Callable[[RowAnswer], Begun],
    output: Output,
    *,
    is_judged: bool,
    top: int | None = None,
) -> ExitCode:
    """Writes each row as soon as it is compared, and what is known at the end. Returns the exit code.

    Args:
        begin: starts the answer, once the first rows are known. is_judged: True if there are limits, so that all rows
            are read even if nobody reads the answer. top: number of rows to write, those with the largest values.
    """
    answers = run.answers() if top is None else _farthest(run.answers(), tally, top)
    draft = None if output.path is None else ReplacedFile(output.path)
    write: Callable[[str | bytes], object] = write_stdout if draft is None else draft.write
    made: Format | None = None
    beside: ReportWriter | None = None
    is_interrupted = False
    try:
        with DeferredInterrupt() as interruption:
            try:
                for answer in answers:
                    interruption.hold()
                    if top is None:
                        tally.add(answer)
                    text = ""
                    if made is None:
                        made, text, beside = begin(answer)
                    is_read = write(text + made.part(answer))
                    if beside is not None:
                        beside.add(answer)
                    interruption.release()
                    if is_read is False and not is_judged and beside is None:
                        return ExitCode.OK  # nobody wants the rest, which may never end
            except KeyboardInterrupt:
                is_interrupted = True
            except KlError as error:
                if made is not None and draft is None:  # what was printed stays a whole document
                    for last in _ending(made, run, (), error):
                        write(last)
                raise
            interruption.hold()
            verdicts = () if is_interrupted else tally.verdicts()
            if made is not None:
                for last in _ending(made, run, verdicts):
                    write(last)
            if beside is not None:
                if verdicts:
                    beside.add(Verdicts(verdicts))
                beside.finish(rows_report_ending(run.notes, verdicts))
            if draft is not None:
                draft.commit()
    except BaseException:
        if draft is not None:
            draft.discard()
        raise
    finally:
        if made is not None:
            made.close()
        if beside is not None:
            beside.discard()
    code = conclude(run.notes, verdicts, output)
    return _interrupted() if is_interrupted else code


def _farthest(answers: Iterable[RowAnswer], tally: RowStatistics, count: int) -> Iterator[RowAnswer]:
    """Yields the rows with the largest values, once all were added to the statistics."""
    kept = Farthest(count)
    for answer in answers:
        tally.add(answer)
        kept.add(answer)
    found = kept.answer()
    if found is not None:
        yield found


def _ending(
    made: Format, run: RowRun | MergedRun, verdicts: tuple[Verdict, ...], error: KlError | None = None
) -> Iterator[str | bytes]:
    if verdicts:
        yield made.part(Verdicts(verdicts))
    yield from made.end(rows_report_ending(run.notes, verdicts, error))


def _interrupted() -> ExitCode:
    say("interrupted")
    return ExitCode.INTERRUPTED
