"""Progress: which stage a long job is in, how far, and the time it has left; in a terminal and in a notebook.

A stage reports by calling ``progress(stage, done, total)``. :class:`ShowProgress` is such a callable that draws;
anything else with this signature will do as well.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars

logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Called with the stage's name, how much of it is done and how much there is."""


class Stopwatch:
    """Seconds by stage, in the order of the stages; each is logged when it ends."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def stop(self, stage: str) -> None:
        """The time since the stage before, or since the start, was spent on ``stage``."""
        now = time.perf_counter()
        self.seconds[stage], self._last = round(now - self._last, 3), now
        logger.info("%s: %.3f s", stage, self.seconds[stage])


class ShowProgress:
    """Draw one bar a stage, with an estimate of the time left; nothing when the output is not a terminal or notebook.

    ``Linker(progress=ShowProgress())`` is all that a notebook needs. A bar is closed when its stage is complete or
    another one begins; after an error :meth:`close` gives the terminal back, as leaving a ``with`` block does.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console
        self._stage: str | None = None
        self._display: _TerminalBar | _NotebookBar | None = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage:
            self.close()
            self._stage, self._display = stage, self._open(stage)
        if self._display is not None:
            self._display.draw(done, total)
        if done >= total:
            self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop drawing; the last bar stays where it is."""
        if self._display is not None:
            self._display.close()
        self._stage = self._display = None

    def _open(self, stage: str) -> _TerminalBar | _NotebookBar | None:
        if self._console is None and _in_notebook():
            return _NotebookBar(stage)
        console = self._console or _stderr()
        return _TerminalBar(stage, console) if console.is_terminal else None


def _stderr() -> Console:
    from rich.console import Console

    return Console(stderr=True)


def _in_notebook() -> bool:
    """Whether this is a Jupyter kernel; IPython is never imported for the question."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return type(shell).__name__ == "ZMQInteractiveShell"


class _TerminalBar:
    def __init__(self, stage: str, console: Console) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._bars: Bars = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
            console=console,
        )
        self._task = self._bars.add_task(stage, total=None, left="")
        self._begun = time.perf_counter()
        self._bars.start()

    def draw(self, done: int, total: int) -> None:
        left = time_left(time.perf_counter() - self._begun, done, total)
        self._bars.update(self._task, completed=done, total=total, left=left)

    def close(self) -> None:
        self._bars.stop()


class _NotebookBar:
    def __init__(self, stage: str) -> None:
        self._stage, self._begun = stage, time.perf_counter()
        self._drawn = 0.0
        self._handle: Any = None

    def draw(self, done: int, total: int) -> None:
        now = time.perf_counter()
        if self._handle is not None and done < total and now - self._drawn < _SECONDS_BETWEEN_DRAWINGS:
            return
        self._drawn = now
        line = {"text/plain": f"{self._stage} {done:,}/{total:,} {time_left(now - self._begun, done, total)}".strip()}
        if self._handle is None:
            from IPython.display import display

            self._handle = display(line, raw=True, display_id=True)
        else:
            self._handle.update(line, raw=True)

    def close(self) -> None:
        """The line stays."""


_SECONDS_BETWEEN_DRAWINGS = 0.1


def time_left(seconds: float, done: int, total: int) -> str:
    """How long the rest takes if it goes on as it did for ``seconds``, in words; empty where nothing can be said.

    >>> time_left(30.0, done=1, total=4)
    'about 1 min 30 s left'
    >>> time_left(2.0, done=3, total=4)
    'about 1 s left'
    >>> time_left(2.0, done=0, total=4)
    ''
    """
    if not 0 < done < total:
        return ""
    left = max(1, round(seconds * (total - done) / done))
    return f"about {left // 60} min {left % 60} s left" if left >= 60 else f"about {left} s left"
