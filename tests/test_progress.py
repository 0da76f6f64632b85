from __future__ import annotations

import io
import sys
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from caselink.progress import ShowProgress, time_left


def _console(*, terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=100)


def _text(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_nothing_is_drawn_outside_a_terminal():
    """A log file gets no bars."""
    console = _console(terminal=False)
    with ShowProgress(console) as progress:
        progress("compare", 1, 2)
        progress("compare", 2, 2)
    assert _text(console) == ""


def test_a_terminal_shows_stage_and_count():
    """Each stage is drawn with its name and how far it is."""
    console = _console(terminal=True)
    with ShowProgress(console) as progress:
        progress("compare", 1, 2)
        progress("compare", 2, 2)
        progress("cluster", 1, 1)
    assert "compare" in _text(console)
    assert "2/2" in _text(console)
    assert "cluster" in _text(console)


def test_an_error_gives_the_terminal_back():
    """After an error in the middle of a stage the cursor is shown again."""
    console = _console(terminal=True)
    with pytest.raises(ValueError, match="lost"), ShowProgress(console) as progress:  # noqa: PT012
        progress("compare", 1, 2)
        raise ValueError("lost")
    hidden, shown = "\x1b[?25l", "\x1b[?25h"
    assert _text(console).rindex(shown) > _text(console).rindex(hidden)


class _Kernel:
    """A notebook's kernel that notes what is displayed."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def display(self, line, *, raw, display_id):
        assert raw
        assert display_id
        self.lines.append(line["text/plain"])
        return self

    def update(self, line, *, raw):
        assert raw
        self.lines.append(line["text/plain"])


def test_a_notebook_shows_one_line_a_stage(monkeypatch):
    """In a notebook each stage has a line that is rewritten; its last state is complete."""
    kernel = _Kernel()
    shell = type("ZMQInteractiveShell", (), {})()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=kernel.display))
    progress = ShowProgress()
    for done in range(1, 1001):
        progress("compare", done, 1000)
    assert kernel.lines[0].startswith("compare 1/1,000")
    assert kernel.lines[-1] == "compare 1,000/1,000"
    assert len(kernel.lines) < 100


@given(seconds=st.floats(0, 1e6), done=st.integers(-1, 1000), total=st.integers(0, 1000))
def test_time_left_is_said_only_in_the_middle(seconds, done, total):
    """Before the first and after the last step nothing can be said; in between something always is."""
    assert bool(time_left(seconds, done, total)) == (0 < done < total)
