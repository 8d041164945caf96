"""A hunt says what it found and how to run it again; the hunts themselves are run by hand and by a schedule."""

import sys
import time

from conftest import ROOT
from hunts import hunt, run


def odd_is_wrong(random):
    number = int(random.integers(10))
    return [f"{number} is odd"] if number % 2 else []


def run_hunt(monkeypatch, capsys, case, *words):
    monkeypatch.setattr(sys, "argv", ["odd.py", *words])
    return hunt.main("odd.py", "numbers", case, 20), capsys.readouterr().out.splitlines()


def test_what_is_found_is_said_with_the_command_that_finds_it_again(monkeypatch, capsys):
    code, lines = run_hunt(monkeypatch, capsys, odd_is_wrong, "--seed", "1")
    assert code == 1
    again, found = lines[1:3]
    assert lines[-1] == f"20 numbers, seed 1: {sum(line.startswith('again') for line in lines)} wrong"
    _, _, script, *words = again.split()
    assert script == "tests/hunts/odd.py"
    code, lines = run_hunt(monkeypatch, capsys, odd_is_wrong, *words)
    assert (code, lines[2], lines[-1]) == (1, found, "1 numbers, seed 1: 1 wrong")


def test_an_exception_and_a_hang_are_findings(monkeypatch, capsys):
    code, lines = run_hunt(monkeypatch, capsys, lambda _: 1 / 0, "--count", "1")
    assert (code, lines[-2].strip()) == (1, "ZeroDivisionError: division by zero")

    def hang(_):
        with hunt.no_longer_than(0.05):
            while True:
                pass

    def wait(_):
        with hunt.no_longer_than(0.005):
            time.sleep(60)

    code, lines = run_hunt(monkeypatch, capsys, hang, "--count", "1")
    assert (code, lines[-2].strip()) == (1, "hunts.hunt.Hang: more than 0.05 s of processor time")
    code, lines = run_hunt(monkeypatch, capsys, wait, "--count", "1")
    assert (code, lines[-2].strip()) == (1, "hunts.hunt.Hang: no end after 0.1 s")


def test_a_wait_within_bounds_is_no_hang():
    with hunt.no_longer_than(0.05):
        time.sleep(0.2)


def test_nothing_found_is_0_and_the_seed_is_said(monkeypatch, capsys):
    code, lines = run_hunt(monkeypatch, capsys, lambda _: [])
    assert code == 0
    assert lines[0].removeprefix("numbers: seed ").isdigit()


def test_every_hunt_stands_in_the_readme_with_its_number_of_cases():
    text = (ROOT / "tests" / "hunts" / "README.md").read_text(encoding="utf-8")
    for name in run.hunts():
        assert f"| `{name}` | {run.COUNTS[name]:,} " in text
