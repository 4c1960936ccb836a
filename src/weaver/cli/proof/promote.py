"""`weaver runs promote`: a run from a backtest to paper, and from there to live, once it has shown enough."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from weaver.cli.screen.json_answer import show_json
from weaver.cli.trading.shown import run_id_of, server, show_rows

GATES = {"gate": "name", "limit": "limit", "value": "value", "met": "met", "what": "told"}
DIFFERENCES = {"field": "field", "before": "before", "after": "after"}


PROOFS_SECONDS = 600.0
"""What a replay, and a backtest to compare with, of a long run may take."""


class To(StrEnum):
    """Where a run can be promoted to."""

    PAPER = "paper"
    LIVE = "live"


def promote(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's id, or its name where only one has it.")],
    to: Annotated[To, typer.Option("--to", help="The mode of the new run.")],
    override: Annotated[
        str | None, typer.Option("--override", metavar="REASON", help="Do it though gates are not met, and say why.")
    ] = None,
    venue: Annotated[str | None, typer.Option("--venue", metavar="ID", help="Where the new run trades.")] = None,
    cash: Annotated[str | None, typer.Option("--cash", metavar="N", help="What is allotted to it.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="What it is called; by default as the other.")] = None,
    replay: Annotated[
        str | None, typer.Option("--replay", metavar="FROM[..TO]", help="On venue simulated: which stored bars.")
    ] = None,
    speed: Annotated[str | None, typer.Option("--speed", metavar="N|max", help="Of a replay.")] = None,
    confirm: Annotated[
        str | None, typer.Option("--confirm", metavar="NAME", help="The new run's name, which one to live needs.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show gates and what would differ; do nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the server's answer as JSON, nothing else.")] = False,
) -> None:
    """Make a run of another one, nearer to the market: the same source and parameters, to be started by you."""
    client = server()
    run_id = run_id_of(client, run)
    client = client.waiting(PROOFS_SECONDS)
    wanted = {"to": to, "venue": venue, "cash": cash, "name": name, "replay": replay, "speed": speed}
    if dry_run:
        found = client.get("runs", run_id, "promotion", **wanted)
    else:
        asked = {**wanted, "override": override, "confirm": confirm}
        given = {key: value for key, value in asked.items() if value is not None}
        found = client.post("runs", run_id, "promote", body=given)
    if as_json:
        show_json(found)
        return
    show_rows(GATES, found["gates"], nothing="No gates")
    typer.echo()
    show_rows(DIFFERENCES, [_shown(one) for one in found["differences"]], nothing="Nothing differs")
    typer.echo()
    typer.echo(_looked_at(found) if dry_run else _made(found["run"]))


def _shown(difference: dict[str, Any]) -> dict[str, Any]:
    return {**difference, "before": _none(difference["before"]), "after": _none(difference["after"])}


def _none(value: Any) -> Any:
    return "not given" if value is None else value


def _looked_at(found: dict[str, Any]) -> str:
    if found["problem"] is not None:
        return f"It cannot be promoted as things are: {found['problem']}"
    return "All gates are met" if found["met"] else "Not all gates are met: it takes --override, with a reason"


def _made(run: dict[str, Any]) -> str:
    confirm = f" --confirm '{run['name']}'" if run["mode"] == "live" else ""
    return f"{run['name']} ({run['id']}) is pending on {run['mode']}: weaver runs start {run['id']}{confirm}"
