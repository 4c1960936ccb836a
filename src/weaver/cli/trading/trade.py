"""`weaver trade`: a strategy on paper, or live, with one command."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from weaver.cli.arguments.options import described, pairs
from weaver.cli.screen.json_answer import show_json
from weaver.config import settings
from weaver.model.errors import InputError

if TYPE_CHECKING:
    from weaver.cli.kept.server_client import ServerClient
    from weaver.cli.requested.run_request import RunRequest

Reference = Annotated[
    str, typer.Argument(metavar="STRATEGY", help="An id (sma-crossover), or path/to/file.py[:ClassName].")
]
Symbols = Annotated[list[str] | None, typer.Option("--symbol", metavar="S", help="What to trade; repeat for several.")]
TimeframeText = Annotated[
    str | None, typer.Option("--timeframe", metavar="T", help="As 1m, 1h, 1d; by default that of the stored bars.")
]
Parameters = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the strategy.")
]
Cash = Annotated[str | None, typer.Option("--cash", metavar="N", help="What is allotted to it; 100,000 by default.")]
Venue = Annotated[
    str | None,
    typer.Option("--venue", metavar="ID", help="simulated or alpaca; by default alpaca where its keys are set."),
]
ReplayDays = Annotated[
    str | None,
    typer.Option("--replay", metavar="FROM[..TO]", help="Trade on stored bars, as if these days were now."),
]
Speed = Annotated[
    str | None, typer.Option("--speed", metavar="N|max", help="Of a replay: N times as fast as it was; default max.")
]
Live = Annotated[bool, typer.Option("--live", help="Trade real money; needs WEAVER_LIVE_TRADING=1 and live keys.")]
Confirm = Annotated[
    str | None, typer.Option("--confirm", metavar="NAME", help="With --live: the run's name, where nobody is asked.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be written and allowed; send nothing, keep nothing.")
]
Detach = Annotated[bool, typer.Option("--detach", help="Do not follow it: return at once.")]
Name = Annotated[str | None, typer.Option("--name", help="What the run is called.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON object at the end; all the rest goes to standard error.")
]


def command(
    strategy: Reference,
    symbols: Symbols = None,
    timeframe: TimeframeText = None,
    params: Parameters = None,
    cash: Cash = None,
    venue: Venue = None,
    replay: ReplayDays = None,
    speed: Speed = None,
    account: Annotated[str | None, described("account")] = None,
    leverage: Annotated[str | None, described("leverage")] = None,
    shorting: Annotated[bool, described("shorting")] = False,
    costs: Annotated[str | None, described("costs")] = None,
    tick: Annotated[str | None, described("tick")] = None,
    lot: Annotated[str | None, described("lot")] = None,
    multiplier: Annotated[str | None, described("multiplier")] = None,
    margin: Annotated[str | None, described("margin")] = None,
    calendar: Annotated[str | None, described("calendar")] = None,
    live: Live = False,
    confirm: Confirm = None,
    dry_run: DryRun = False,
    detach: Detach = False,
    name: Name = None,
    as_json: AsJson = False,
) -> None:
    """Trade a strategy on paper, and follow it: where no account is set up, on the last stored year of its symbols.
    Ctrl-C asks whether it is to go on. A server is started in the background where none runs."""
    from weaver.cli.requested.run_request import RunRequest

    if dry_run and detach:
        raise InputError("--dry-run starts nothing that could be detached: leave --detach out")
    options = {
        "account": account, "leverage": leverage, "shorting": shorting or None,
        "costs": None if costs is None else _costs(costs),
        "tick": tick, "lot": lot, "multiplier": multiplier, "margin": margin, "calendar": calendar,
    }  # fmt: skip
    request = RunRequest(
        symbols=symbols or [], timeframe=timeframe, params=pairs("--set", params), cash=cash, venue=venue,
        replay=replay, speed=speed, is_live=live, name=name,
        options={name: value for name, value in options.items() if value is not None},
    )  # fmt: skip
    _trade(strategy, request, confirm=confirm, dry_run=dry_run, detach=detach, as_json=as_json)


def _costs(text: str) -> str:
    """Read here, where a file of funding is. Raises InputError."""
    from weaver.research.given.funding import costs_sent

    return costs_sent(text)


def _trade(
    strategy: str, request: "RunRequest", *, confirm: str | None, dry_run: bool, detach: bool, as_json: bool
) -> None:
    from weaver.cli.background.starting import server_to_use
    from weaver.cli.requested.strategy_file import known_strategy

    found = settings()
    with known_strategy(strategy, found.strategies_folder, is_kept=not dry_run) as known:
        if known.copied_to is not None and not dry_run:
            what = f"{known.copied_to.name} is copied to {known.copied_to}, where the server finds it"
            _say(f"{what}; a run keeps the text that it began with")
        request.check_bars(found)
        client, is_new = server_to_use(found)
        body, told = request.body(client, known.id)
        if dry_run:
            _dry_run(client, body, told, as_json=as_json)
            return
        run, newest = _started(client, body, confirm=confirm)
    _say(told)
    if detach:
        _detached(client, run, is_new=is_new, as_json=as_json)
    else:
        _followed(client, run, newest, is_new=is_new, as_json=as_json)


def _started(client: "ServerClient", body: dict[str, Any], *, confirm: str | None) -> tuple[dict[str, Any], int]:
    """The run, and the newest event before it. Nothing is left of one that could not be started."""
    from weaver.model.errors import WeaverError

    is_live = body["mode"] == "live"
    if is_live:
        _confirm(body["name"], confirm)
    if "replay" not in body:  # what is wrong with the account is said now, and not by a run that fails
        client.get("account", venue=body["venue"], mode=body["mode"])
    newest = int(client.get("events", page_size=1, newest_first="true")["newest"])
    run = client.post("runs", body=body)
    try:
        client.post("runs", run["id"], "start", body={"confirm": run["name"]} if is_live else {})
    except WeaverError:
        client.send("DELETE", "runs", run["id"], body={})
        raise
    return client.get("runs", run["id"]), newest


def _confirm(name: str, given: str | None) -> None:
    """Raises InputError unless the run's name was typed."""
    if given is None:
        if sys.stdin is None or not sys.stdin.isatty():
            raise InputError(f"a live run trades real money: confirm it with its name, --confirm {name!r}")
        given = typer.prompt(f"This trades real money. Type the run's name ({name}) to start it", err=True)
    if str(given).strip() != name:
        raise InputError(f"{given!r} is not the run's name, {name!r}: nothing was started")


def _detached(client: "ServerClient", run: dict[str, Any], *, is_new: bool, as_json: bool) -> None:
    from weaver.cli.following.session import next_lines, page_of, run_of

    if as_json:
        show_json({
            "run": run_of(run), "outcome": "detached", "summary": None, "url": page_of(run, client.url),
            "server_started": is_new,
        })  # fmt: skip
        return
    typer.echo(f"{run['name']} is {run['status']}: run {run['id']}")
    for line in next_lines(run, None, client.url):
        typer.echo(line)


def _followed(client: "ServerClient", run: dict[str, Any], newest: int, *, is_new: bool, as_json: bool) -> None:
    from weaver.cli.following.session import followed_to_its_end, page_of, run_of, tell

    followed = followed_to_its_end(client, run, settings(), after=newest, as_json=as_json)
    if as_json:
        show_json({
            "run": run_of(followed.run), "outcome": followed.outcome, "summary": followed.summary,
            "url": page_of(run, client.url), "server_started": is_new,
        })  # fmt: skip
    else:
        tell(followed, client.url)
    raise typer.Exit(followed.exit_code)


def _dry_run(client: "ServerClient", body: dict[str, Any], told: str, *, as_json: bool) -> None:
    from weaver.cli.trading.dry_run import tell_preview

    preview = client.post("runs", "preview", body=body)
    _say(told)
    if as_json:
        show_json(preview)
    else:
        tell_preview(preview)


def _say(text: str) -> None:
    if text:
        typer.echo(text, err=True)
