"""`weaver risk`: limits with their use, halts, refusals."""

from typing import Annotated, Any

import typer

from weaver.cli.screen.json_answer import show_json
from weaver.cli.trading.shown import AsJson, run_id_of, server, show_rows
from weaver.model.errors import InputError

app = typer.Typer(help="See and set limits; end halts.", no_args_is_help=True, rich_markup_mode=None)

LIMITS = {"account": "account", "limit": "name", "value": "value", "used": "used", "what": "title"}
HALTS = {"account": "account", "halted": "scope", "name": "name", "cause": "cause", "reason": "reason"}
_SCOPES = ("run", "symbol", "account")


@app.command()
def show(as_json: AsJson = False) -> None:
    """Show limits and how far they are used, halts, and the kill switch."""
    found = server().get("risk")
    if as_json:
        show_json(found)
        return
    titles = {one["name"]: one["title"] for one in found["fields"]}
    rows = [
        {"account": account["account"], "name": name, "value": _off(value), "used": account["use"].get(name),
         "title": titles[name]}
        for account in found["accounts"] for name, value in account["limits"].items()
    ]  # fmt: skip
    show_rows(LIMITS, rows, nothing="No account was ever connected: the defaults hold")
    halts = [{**halt, "account": account["account"]} for account in found["accounts"] for halt in account["halts"]]
    if halts:
        show_rows(HALTS, halts, nothing="")
    switches = [found["kill_switch"], *(one["kill_switch"] for one in found["accounts"] if one["kill_switch"])]
    for switch in switches:
        if switch["is_on"]:
            typer.echo(f"the kill switch is ON over {switch['account'] or 'all accounts'}: {switch['reason']}")


@app.command("set")
def set_limits(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ACCOUNT] NAME=VALUE…", help="As 'alpaca paper' daily_loss=0.03; `off` turns one off."),
    ] = None,
    run: Annotated[
        str | None, typer.Option("--run", metavar="RUN", help="The limits of this running run (id or name).")
    ] = None,
    release: Annotated[
        list[str] | None, typer.Option("--release", metavar="SCOPE=NAME", help="End a halt, as run=ID, symbol=AAPL.")
    ] = None,
    accept_account: Annotated[
        bool, typer.Option("--accept-account", help="The account that the venue shows now is the one that is meant.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Change the limits of an account, or of a run that trades (--run); end halts."""
    account, limits = _split(words or [], is_of_run=run is not None)
    body = {
        "limits": _limits(limits),
        "release": [_halt(*_pair(text)) for text in release or []],
        "accept_account": accept_account,
    }
    client = server()
    run_id = None if run is None else run_id_of(client, run)
    whose = {"account": account} if run_id is None else {"run_id": run_id}
    changed = client.send("PUT", "risk", body={**whose, **body})
    if as_json:
        show_json(changed)
        return
    shown = changed if run_id is None else next(one for one in changed["runs"] if one["run_id"] == run_id)
    for name, value in shown["limits"].items():
        typer.echo(f"{name:<18} {_off(value)}")


def _split(words: list[str], *, is_of_run: bool) -> tuple[str | None, list[str]]:
    """An account's name, where it is of one, and limits."""
    if is_of_run:
        return None, words
    if not words or "=" in words[0]:
        raise InputError("name an account ('alpaca paper') first, or a run with --run")
    return words[0], words[1:]


def _limits(texts: list[str]) -> dict[str, Any]:
    pairs = [_pair(text) for text in texts]
    found = {name: _value(text) for name, text in pairs}
    if len(found) < len(pairs):
        raise InputError(f"{', '.join(name for name, _ in pairs)}: give each limit once")
    return found


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise InputError(f"{text!r}: write NAME=VALUE, as daily_loss=0.03")
    return name, value


def _halt(scope: str, name: str) -> dict[str, str]:
    if scope not in _SCOPES:
        raise InputError(f"a halt is over a {', '.join(_SCOPES)}, not {scope!r}")
    return {"scope": scope, "name": name}


def _value(text: str) -> Any:
    return {"off": None, "true": True, "yes": True, "false": False, "no": False}.get(text, text)


def _off(value: Any) -> str:
    return "off" if value is None else str(value)
