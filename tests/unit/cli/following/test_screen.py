"""Lines on a pipe and on a terminal; how many of them."""

import io
from typing import Any

from weaver.cli.following.lines import Line
from weaver.cli.following.screen import (
    LINES_A_SECOND,
    STATUS_SECONDS,
    LiveScreen,
    PlainScreen,
    Thinned,
    screen_of,
    status_text,
)

RUN = {"name": "sma on AAPL", "status": "running", "halted": None, "queued": False}
SUMMARY: dict[str, Any] = {
    "last": "2012-03-01T21:00:00Z", "end_equity": "100250.5", "pnl": "250.5", "total_return": 0.002505,
    "positions": [{"quantity": "5", "symbol": "AAPL"}], "orders": {"total": 2}, "fills": 1, "trades": 0,
}  # fmt: skip
STATUS = "2012-03-01 21:00  running  equity 100,250.50  P&L +250.50 (+0.25%)  5 AAPL  2 orders, 1 fill, 0 trades"


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def line(text: str = "x", *, may_be_left_out: bool = True) -> Line:
    return Line(text=text, style="", may_be_left_out=may_be_left_out)


def test_status_says_where_it_stands() -> None:
    assert status_text(RUN, SUMMARY) == STATUS
    assert status_text({**RUN, "halted": "why"}, {**SUMMARY, "positions": []}).split("  ")[1] == "HALTED"
    assert "nothing held" in status_text(RUN, {**SUMMARY, "positions": []})
    assert status_text(RUN, None) == "sma on AAPL: running; its first bar has not come yet"
    assert status_text({**RUN, "queued": True}, None) == "sma on AAPL: waits; its first bar has not come yet"


def test_more_lines_than_can_be_read_are_counted_and_grave_ones_are_shown() -> None:
    clock = Clock()
    thinned = Thinned(now=clock)
    assert sum(thinned.takes(line()) for _ in range(LINES_A_SECOND + 30)) == LINES_A_SECOND
    assert thinned.takes(line(may_be_left_out=False))
    assert thinned.left_out() == "… and 30 more lines, which came faster than can be read"
    assert thinned.left_out() is None
    clock.now += 1
    assert thinned.takes(line())


def test_pipe_gets_lines_and_now_and_then_the_status() -> None:
    clock, stream = Clock(), io.StringIO()
    screen = PlainScreen(stream, now=clock)
    screen.status(RUN, SUMMARY)
    clock.now += STATUS_SECONDS
    screen.status(RUN, SUMMARY)
    screen.status(RUN, SUMMARY)
    for _ in range(LINES_A_SECOND + 2):
        screen.show(line("an event"))
    with screen.aside():
        screen.close()
    told = stream.getvalue().splitlines()
    assert told[:2] == [STATUS, "an event"]
    assert told[-1] == "… and 2 more lines, which came faster than can be read"
    assert len(told) == LINES_A_SECOND + 2


def test_terminal_gets_lines_above_a_status() -> None:
    stream = io.StringIO()
    screen = LiveScreen(stream)
    screen.show(line("an [event]"))
    screen.status(RUN, SUMMARY)
    for _ in range(LINES_A_SECOND + 2):
        screen.show(line("more"))
    screen.status(RUN, SUMMARY)
    with screen.aside():
        screen.say("aside")
    screen.close()
    screen.close()
    screen.say("after it")
    told = stream.getvalue()
    assert "an [event]" in told
    assert "more lines, which came faster" in told
    assert told.index("aside") < told.index("after it")


def test_screen_is_what_the_stream_leads_to() -> None:
    assert isinstance(screen_of(io.StringIO()), PlainScreen)
