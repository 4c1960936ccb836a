"""A run that is followed in a command: to its end, or until it is left; then what it came to, and what can be done."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import typer

import weaver
from weaver.cli.following.feed import TYPES, EventFeed
from weaver.cli.following.follower import Followed, Follower
from weaver.cli.following.lines import amount, moment
from weaver.cli.following.screen import screen_of, told_on
from weaver.cli.following.standing import Standing
from weaver.cli.kept.server_client import ServerClient, running_server
from weaver.cli.screen.called import called
from weaver.cli.screen.progress import ProgressBar
from weaver.config import Settings
from weaver.model.errors import NotFound
from weaver.model.run import RunMode, RunStatus

_LABEL, _VALUE = 15, 24
NOTICES_SHOWN = 5
BEGUN_SECONDS = 20.0
"""How long a run that was started may take to begin, before that is said."""
NEWEST = 10
"""Events that came before, and are shown to whoever begins to follow."""


def followed_to_its_end(
    client: ServerClient, run: dict[str, Any], settings: Settings, *, after: int | None, as_json: bool
) -> Followed:
    """To its end, or until it is left. after: the newest event that is known already; None: but for the newest ten, all
    that has come. Where an object is to be printed all the rest goes to standard error. Raises Unavailable where the
    server is gone."""
    if after is None:
        after = _before_the_newest(client, str(run["id"]))
    feed = EventFeed(str(run["id"]), after=after, find=lambda: running_server(settings))
    screen = screen_of(told_on(as_json))
    return Follower(Standing(client, run, settings), feed, screen).follow()


def tell(followed: Followed, url: str) -> None:
    """What it came to, where it was left, and what can be typed next."""
    run, summary = followed.run, followed.summary
    if not followed.is_over:
        typer.echo(f"{run['name']} goes on without us: run {run['id']}")
    typer.echo()
    for line in summary_lines(summary) if summary is not None else [f"{run['name']}: {run['status']}"]:
        typer.echo(line)
    if run["error"]:
        typer.echo(f"error: {run['error']}", err=True)
    typer.echo()
    for line in next_lines(run, summary, url):
        typer.echo(line)


def summary_of(client: ServerClient, run: dict[str, Any], *, day: str | None) -> dict[str, Any]:
    """A run's summary; of one that has just been started, once it has begun. Raises NotFound."""
    end, waiting = monotonic() + BEGUN_SECONDS, Event()
    with ProgressBar("Waiting for the run to begin"):
        while True:
            try:
                found: dict[str, Any] = client.get("runs", run["id"], "summary", day=day)
            except NotFound:
                is_coming = client.get("runs", run["id"])["status"] == RunStatus.RUNNING and day is None
                if run["mode"] == RunMode.BACKTEST or not is_coming or monotonic() > end:
                    raise
                waiting.wait(BEGUN_SECONDS / 100)
            else:
                return found


def tail_json(followed: Followed) -> dict[str, Any]:
    """What `weaver runs tail --json` prints."""
    return {
        "run": run_of(followed.run),
        "outcome": followed.outcome.value,
        "summary": followed.summary,
        "events": [{"seq": one.seq, "type": one.type, "payload": one.payload} for one in followed.events],
    }


def _before_the_newest(client: ServerClient, run_id: str) -> int:
    """The event behind which the newest ten of a run come."""
    found = client.get("events", run_id=run_id, type=TYPES, page_size=NEWEST + 1, newest_first="true")
    items = found["items"]
    if len(items) > NEWEST:
        return int(items[-1]["seq"])
    return int(items[-1]["seq"]) - 1 if items else int(found["newest"])


def run_of(run: dict[str, Any]) -> dict[str, Any]:
    """A run without its source text."""
    return {name: value for name, value in run.items() if name != "strategy_source"}


def summary_lines(summary: dict[str, Any]) -> Iterator[str]:
    """The figures."""
    when = f" on {summary['day']}" if summary["day"] else ""
    rows, interval = summary["sampled"]["rows"], summary["sampled"]["interval"]
    span = f"{moment(summary['first'])} to {moment(summary['last'])} UTC, " if summary["first"] else ""
    yield f"{summary['name']}{when}: {summary['status']} ({summary['mode']})"
    yield f"{span}{rows:,} {'bar' if rows == 1 else 'bars'} of {interval}{_took(summary)}"
    yield ""
    left, right = [*_money(summary)], [*_counts(summary)]
    for k in range(max(len(left), len(right))):
        first, second = (_cell(side, k) for side in (left, right))
        yield f"  {first:<{_LABEL + _VALUE}}{second}".rstrip()
    if summary["positions"]:
        yield ""
        for one in summary["positions"]:
            yield f"  held at the end: {one['quantity']} {one['symbol']}, worth {amount(one['market_value'])}"
    for one in summary["notices"][-NOTICES_SHOWN:]:
        yield f"  {moment(one['time'])}  {one['type']}: {one['text']}"
    if summary["notices_total"] > NOTICES_SHOWN:
        yield f"  … {summary['notices_total'] - NOTICES_SHOWN:,} more such"


def next_lines(run: dict[str, Any], summary: dict[str, Any] | None, url: str) -> Iterator[str]:
    """Where to look, and what can be typed."""
    run_id, own = run["id"], called()
    if run["status"] in {"pending", "running"}:
        yield f"  follow it          {own} runs tail {run_id}"
        yield f"  stop it            {own} runs stop {run_id} --flatten"
    if run["mode"] == RunMode.BACKTEST:
        yield f"  its figures        {own} runs show {run_id}"
    else:
        yield from _looks(run_id, own, summary)
    if has_web():
        yield f"  in the browser     {page_of(run, url)}"
    yield f"  end the server     {own} down"


def _looks(run_id: str, own: str, summary: dict[str, Any] | None) -> Iterator[str]:
    if summary is not None and summary["last"]:
        yield f"  its last day       {own} runs summary {run_id} --day {moment(summary['last'])[:10]}"
    yield f"  its report         {own} runs summary {run_id} --html report.html"
    yield f"  its orders         {own} orders list --run {run_id}"


def has_web() -> bool:
    """Whether the web app is there, which is built apart."""
    return (Path(weaver.__file__).parent / "web" / "index.html").is_file()


def page_of(run: dict[str, Any], url: str) -> str:
    """The address of its page in the web app."""
    return f"{url}/runs/{run['id']}"


def _money(summary: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Return", _percent(summary["total_return"], sign=True)
    yield "P&L", amount(summary["pnl"], sign=True)
    yield "  realised", amount(summary["realised_pnl"], sign=True)
    yield "  unrealised", amount(summary["unrealised_pnl"], sign=True)
    yield "Equity before", amount(summary["start_equity"])
    yield "Equity after", amount(summary["end_equity"])


def _counts(summary: dict[str, Any]) -> Iterator[tuple[str, str]]:
    orders = summary["orders"]
    by_status = ", ".join(f"{count} {status}" for status, count in orders["by_status"].items())
    trades = f"{summary['trades']}" + (f" ({summary['wins']} gained)" if summary["trades"] else "")
    yield "Trades closed", trades
    yield "Orders", f"{orders['total']}" + (f" ({by_status})" if by_status else "")
    yield "Fills", f"{summary['fills']}"
    yield "Commission", amount(summary["commission"])
    yield "Maximum drawdown", _percent(summary["max_drawdown"])
    yield "In the market", _percent(summary["exposure"])


def _cell(side: list[tuple[str, str]], k: int) -> str:
    if k >= len(side):
        return ""
    label, value = side[k]
    return f"{label:<{_LABEL + 2}}{value:>14}" if side[0][0] == "Return" else f"{label:<{_LABEL + 3}}{value}"


def _percent(value: float | None, *, sign: bool = False) -> str:
    if value is None:
        return "-"
    return f"{value:+,.2%}" if sign else f"{value:,.2%}"


def _took(summary: dict[str, Any]) -> str:
    started, ended = summary["started_at"], summary["ended_at"]
    if started is None or ended is None or summary["day"]:
        return ""
    seconds = (datetime.fromisoformat(ended) - datetime.fromisoformat(started)).total_seconds()
    return f", in {seconds:,.1f} s" if seconds < 600 else f", in {seconds / 3600:,.1f} h"
