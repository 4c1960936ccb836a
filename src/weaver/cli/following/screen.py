"""Where a run that is followed is shown: lines that scroll and a line that stands, on a terminal; lines, on a pipe."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import monotonic
from typing import Any, Protocol, TextIO

from weaver.cli.following.lines import Line, amount, moment

LINES_A_SECOND = 20
STATUS_SECONDS = 5.0
"""Between lines that say how the run stands, on a pipe."""


class Screen(Protocol):
    """One of them."""

    def show(self, line: Line) -> None:
        """Something has happened; it may be left out, where much has."""
        ...

    def say(self, text: str) -> None:
        """Something of our own."""
        ...

    def status(self, run: dict[str, Any], summary: dict[str, Any] | None) -> None:
        """How the run stands."""
        ...

    def aside(self) -> AbstractContextManager[None]:
        """While the block lasts nothing stands, so that something can be asked."""
        ...

    def close(self) -> None:
        """Leave nothing that stands; lines can be said afterwards."""
        ...


def screen_of(stream: TextIO) -> Screen:
    """For what the stream leads to."""
    return LiveScreen(stream) if stream.isatty() else PlainScreen(stream)


class Thinned:
    """So many lines a second, and a count of the others."""

    def __init__(self, *, now: Callable[[], float] = monotonic) -> None:
        self._now, self._since, self._shown = now, now(), 0
        self._left_out = 0

    def takes(self, line: Line) -> bool:
        """Whether it is to be shown."""
        if self._now() - self._since >= 1:
            self._since, self._shown = self._now(), 0
        if line.may_be_left_out and self._shown >= LINES_A_SECOND:
            self._left_out += 1
            return False
        self._shown += 1
        return True

    def left_out(self) -> str | None:
        """In words, what was left out since this was asked last."""
        count, self._left_out = self._left_out, 0
        return f"… and {count:,} more lines, which came faster than can be read" if count else None


class PlainScreen:
    """Lines."""

    def __init__(self, stream: TextIO, *, now: Callable[[], float] = monotonic) -> None:
        self._stream, self._now, self._thinned = stream, now, Thinned(now=now)
        self._told = now() - STATUS_SECONDS + 1
        self._last = ""

    def show(self, line: Line) -> None:
        """See `Screen`."""
        if self._thinned.takes(line):
            self.say(line.text)

    def say(self, text: str) -> None:
        """See `Screen`."""
        if (left_out := self._thinned.left_out()) is not None:
            self._write(left_out)
        self._write(text)

    def status(self, run: dict[str, Any], summary: dict[str, Any] | None) -> None:
        """See `Screen`."""
        text = status_text(run, summary)
        if self._now() - self._told >= STATUS_SECONDS and text != self._last:
            self._told, self._last = self._now(), text
            self.say(text)

    def aside(self) -> AbstractContextManager[None]:
        """See `Screen`."""
        return nullcontext()

    def close(self) -> None:
        """See `Screen`."""
        if (left_out := self._thinned.left_out()) is not None:
            self._write(left_out)

    def _write(self, text: str) -> None:
        self._stream.write(f"{text}\n")
        self._stream.flush()


class LiveScreen:
    """Lines, above one that stands."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.live import Live

        self._console, self._thinned = Console(file=stream, highlight=False), Thinned()
        self._live: Live | None = Live(console=self._console, refresh_per_second=4, transient=True)
        self._live.start()

    def show(self, line: Line) -> None:
        """See `Screen`."""
        if self._thinned.takes(line):
            self._print(line.text, line.style)

    def say(self, text: str) -> None:
        """See `Screen`."""
        self._print(text, "bold")

    def status(self, run: dict[str, Any], summary: dict[str, Any] | None) -> None:
        """See `Screen`."""
        from rich.text import Text

        if (left_out := self._thinned.left_out()) is not None:
            self._print(left_out, "dim")
        if self._live is not None:
            self._live.update(Text(status_text(run, summary), style="reverse", no_wrap=True, overflow="ellipsis"))

    @contextmanager
    def aside(self) -> Iterator[None]:
        """See `Screen`."""
        live = self._live
        if live is not None:
            live.stop()
        yield
        if live is not None:
            live.start()

    def close(self) -> None:
        """See `Screen`."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        if (left_out := self._thinned.left_out()) is not None:
            self._print(left_out, "dim")

    def _print(self, text: str, style: str) -> None:
        self._console.print(text, style=style or None, markup=False, soft_wrap=True)


def status_text(run: dict[str, Any], summary: dict[str, Any] | None) -> str:
    """How a run stands, in a line."""
    state = "HALTED" if run["halted"] else "waits" if run["queued"] else run["status"]
    if summary is None:
        return f"{run['name']}: {state}; its first bar has not come yet"
    held = ", ".join(f"{one['quantity']} {one['symbol']}" for one in summary["positions"]) or "nothing held"
    change = "" if summary["total_return"] is None else f" ({summary['total_return']:+.2%})"
    return (
        f"{moment(summary['last']) or 'before its first bar':<16}  {state}  equity {amount(summary['end_equity'])}  "
        f"P&L {amount(summary['pnl'], sign=True)}{change}  {held}  "
        f"{_some(summary['orders']['total'], 'order')}, {_some(summary['fills'], 'fill')}, "
        f"{_some(summary['trades'], 'trade')}"
    )


def _some(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def told_on(as_json: bool) -> TextIO:
    """Where a command that may print an object says all the rest."""
    return sys.stderr if as_json else sys.stdout
