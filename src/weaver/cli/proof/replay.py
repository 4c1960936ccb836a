"""`weaver replay`: whether a run's record leads to its decisions once more."""

from typing import Any

import typer

from weaver.cli.proof.waiting import TradedRun, result_of
from weaver.cli.screen.json_answer import show_json
from weaver.cli.trading.shown import AsJson


def command(run: TradedRun, as_json: AsJson = False) -> None:
    """Feed what was recorded of a run to its strategy once more, and compare every decision; exit 1: one differs."""
    found = result_of(run, "replay", what="Replay")
    if as_json:
        show_json(found)
    else:
        _show(found)
    if not found["is_identical"]:
        raise typer.Exit(1)


def _show(found: dict[str, Any]) -> None:
    compared = f"{found['ticks']:,} ticks with {found['actions']:,} actions"
    if found["is_identical"]:
        typer.echo(f"{compared} from {found['first']} to {found['last']}: every decision is the recorded one")
        return
    differs = found["difference"]
    where = "at its start" if differs["number"] == 0 else f"at tick {differs['number']:,}"
    what = "What is recorded was changed" if differs["is_altered"] else "It decides otherwise"
    typer.echo(f"{what} {where} ({differs['time']}); {compared} before that are the recorded ones")
    typer.echo(f"  recorded  {differs['recorded']}")
    typer.echo(f"  now       {differs['again'] if differs['error'] is None else differs['error']}")
    typer.echo("What it was given at that tick:")
    for line in differs["inputs"]:
        typer.echo(f"  {line}")
