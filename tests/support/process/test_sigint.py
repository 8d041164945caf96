"""Ctrl-C comes at once while work is done, and after what is being written down."""

import signal

import pytest

from klcli.support.process.sigint import DeferredInterrupt


@pytest.fixture(autouse=True)
def default_handler():
    """As on a terminal, though a shell may have started the tests in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_it_comes_at_once_outside_of_writing():
    with pytest.raises(KeyboardInterrupt), DeferredInterrupt():
        signal.raise_signal(signal.SIGINT)


def test_it_waits_for_the_end_of_writing_and_comes_once():
    written = []
    with DeferredInterrupt() as interruption:
        interruption.hold()
        signal.raise_signal(signal.SIGINT)
        written.append("whole")
        with pytest.raises(KeyboardInterrupt):
            interruption.release()
        interruption.release()
    assert written == ["whole"]


def test_it_stays_ignored_where_it_was():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with DeferredInterrupt():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_handler_before_is_put_back():
    before = signal.getsignal(signal.SIGINT)
    with DeferredInterrupt():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before
