"""Calls that Ctrl-C and a time limit cancel; tests/engines/test_asking.py has those that do not end when cancelled."""

import _thread
from threading import Event, Timer

import pytest

from klcli.support.process.interruptible import Interruptible, TimedOut


class Connection:
    def __init__(self):
        self.is_cancelled, self.is_closed = Event(), False

    def cancel(self):
        self.is_cancelled.set()

    def close(self):
        self.is_closed = True

    def answer(self):
        assert self.is_cancelled.wait(30)


@pytest.fixture
def connection():
    return Connection()


def test_a_call_returns_what_the_function_gives(connection):
    assert Interruptible(connection.cancel, connection.close).call(lambda: 7) == 7


def test_an_error_of_the_function_is_raised_here(connection):
    with pytest.raises(ZeroDivisionError):
        Interruptible(connection.cancel, connection.close).call(lambda: 1 / 0)


def test_a_time_out_of_the_function_itself_is_its_own(connection):
    def fails():
        raise TimeoutError("of a socket")

    with pytest.raises(TimeoutError, match="of a socket"):
        Interruptible(connection.cancel, connection.close, 60).call(fails)


def test_the_time_limit_cancels_the_call_and_the_connection_is_then_closed(connection):
    calls = Interruptible(connection.cancel, connection.close, 0.05)
    with pytest.raises(TimedOut):
        calls.call(connection.answer)
    assert connection.is_cancelled.is_set()
    calls.close()
    assert connection.is_closed


def test_an_interrupt_cancels_the_call(connection):
    Timer(0.1, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt):
        Interruptible(connection.cancel, connection.close).call(connection.answer)
    assert connection.is_cancelled.is_set()


def test_an_interrupt_of_one_thread_ends_what_another_asks_when_it_is_closed(connection):
    calls = Interruptible(connection.cancel, connection.close)
    asking, ended = Event(), Event()

    def other():
        calls.call(lambda: asking.set() or connection.answer())
        ended.set()

    _thread.start_new_thread(other, ())
    assert asking.wait(30)
    calls.close()
    assert ended.wait(30)
