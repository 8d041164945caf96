"""The mark of a run on what a session of Spark is asked, so that it can be cancelled, and nothing else."""

import os
from itertools import count
from typing import Any

__all__ = ["RunMark"]

_GROUP = ("spark.jobGroup.id", "spark.job.description", "spark.job.interruptOnCancel")

_NUMBERS = count(1)


class RunMark:
    """A context in which a session marks what it is asked: a job group, or a tag of a Connect session."""

    def __init__(self, session: Any) -> None:
        self._session, self._run = session, f"kl-{os.getpid()}-{next(_NUMBERS)}"  # a table cancels its own queries
        self._context = getattr(session, "sparkContext", None)  # a Connect session has none

    def __enter__(self) -> None:
        if self._context is None:
            self._session.addTag(self._run)
        else:
            self._context.setJobGroup(self._run, "kl", interruptOnCancel=True)

    def __exit__(self, *_: object) -> None:
        if self._context is None:
            self._session.removeTag(self._run)
        else:
            for key in _GROUP:
                self._context.setLocalProperty(key, None)

    def cancel(self) -> None:
        """Cancels what is marked, from another thread."""
        if self._context is None:
            self._session.interruptTag(self._run)
        else:
            self._context.cancelJobGroup(self._run)
