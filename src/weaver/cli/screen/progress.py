"""How far a slow command is, on stderr: a bar on a terminal, elsewhere a line now and then."""

import sys
from threading import Event, Lock, Thread, Timer
from types import TracebackType
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

DELAY_SECONDS = 0.7
"""Until the bar."""
LINE_AFTER_SECONDS, LINE_EVERY_SECONDS = 1.0, 5.0


class ProgressBar:
    """Call it with what is going on and how far that is, 0 to 1 (None: cannot be told). Shows itself once it has taken
    a while; until then it costs nothing."""

    def __init__(self, what: str = "Reading") -> None:
        self._what, self._done = what, 0.0
        self._known = False
        self._lock = Lock()
        self._shown: Progress | None = None
        self._task: TaskID | None = None
        self._timer = Timer(DELAY_SECONDS, self._show)
        self._timer.daemon = True
        self._over = Event()

    def __enter__(self) -> "ProgressBar":
        if sys.stderr is not None and sys.stderr.isatty():
            self._timer.start()
        else:
            Thread(target=self._tell, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._over.set()
            if self._shown is not None:
                self._shown.stop()
                self._shown = None

    def __call__(self, what: str, done: float | None = None) -> None:
        self._what, self._known, self._done = what, done is not None, done or 0.0
        if self._shown is not None:
            with self._lock:
                self._update()

    def say(self, text: str) -> None:
        """A line on stderr, above the bar if that is there."""
        with self._lock:
            if self._shown is None:
                typer.echo(text, err=True)
            else:
                self._shown.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def _show(self) -> None:
        """On the timer's thread; the drawing has a thread of its own."""
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

        bar = Progress(
            TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(),
            console=Console(stderr=True), transient=True, redirect_stdout=False, redirect_stderr=False,
        )  # fmt: skip
        with self._lock:
            if self._timer.finished.is_set():  # it is over already
                return
            self._task = bar.add_task(self._what, total=None)
            self._shown = bar
            self._update()
            bar.start()

    def _tell(self) -> None:
        """On a thread of its own: `Backtest 40 %`, for whoever reads a log or a pipe."""
        pause = LINE_AFTER_SECONDS
        while not self._over.wait(pause):
            with self._lock:
                if self._over.is_set():
                    return
                typer.echo(f"{self._what} {int(100 * self._done)} %" if self._known else self._what, err=True)
            pause = LINE_EVERY_SECONDS

    def _update(self) -> None:
        if self._shown is not None and self._task is not None:
            total = 1.0 if self._known else None
            self._shown.update(self._task, description=self._what, completed=self._done, total=total)
