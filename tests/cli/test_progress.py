"""Progress on stderr: late, seldom, and gone when it is over."""

from __future__ import annotations

import io

import pytest

from tdispmodel.cli.progress import Reporter


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def told(stream: io.StringIO, mode: str, times: list[float]) -> str:
    """What a reporter writes when it is told ``step n`` at these seconds."""
    clock = Clock()
    reporter = Reporter(mode, stream, clock)
    for number, seconds in enumerate(times):
        clock.now = 100.0 + seconds
        reporter(f"step {number}")
    return stream.getvalue()


@pytest.mark.parametrize("mode", ["auto", "plain"])
def test_short_runs_are_quiet(mode: str) -> None:
    """In the first second nothing is shown, on a terminal or elsewhere."""
    assert "" == told(Terminal(), mode, [0.1, 0.5, 0.9])
    assert "" == told(io.StringIO(), mode, [0.1, 0.5, 0.9])


def test_one_line_on_a_terminal() -> None:
    """On a terminal one line is rewritten, at most ten times a second."""
    text = told(Terminal(), "auto", [1.0, 1.01, 1.2])
    assert ["", "step 0  0:01", "step 2  0:01"] == text.split("\r")
    assert "\n" not in text


def test_plain_lines_elsewhere() -> None:
    """Elsewhere, or when asked to, there is a new line every ten seconds."""
    times = [1.0, 9.9, 10.0, 15.0, 20.0, 75.0]
    expected = "step 2  0:10\nstep 4  0:20\nstep 5  1:15\n"
    assert expected == told(io.StringIO(), "auto", times)
    assert expected == told(Terminal(), "plain", times)


def test_never() -> None:
    """With ``never`` nothing is shown however long it takes."""
    assert "" == told(Terminal(), "never", [1.0, 100.0])


def test_taken_away() -> None:
    """At the end the line on a terminal is blanked."""
    stream, clock = Terminal(), Clock()
    reporter = Reporter("auto", stream, clock)
    clock.now += 2.0
    reporter("working")
    reporter.close()
    assert stream.getvalue().endswith("\r" + " " * len("working  0:02") + "\r")


def test_strange_text() -> None:
    """Control characters never reach the terminal, long lines are cut to one."""
    clock, stream = Clock(), Terminal()
    reporter = Reporter("auto", stream, clock)
    clock.now += 2.0
    reporter("\x1b[2J" + "x" * 500)
    text = stream.getvalue()
    assert "\x1b" not in text
    assert len(text) <= 80
