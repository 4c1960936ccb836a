"""`weaver positions`: what accounts hold, and whose it is."""

from typing import Annotated, Any

import typer

from weaver.cli.screen.json_answer import show_json
from weaver.cli.trading.shown import AsJson, ModeName, VenueName, server, show_rows

COLUMNS = {
    "account": "account", "symbol": "symbol", "quantity": "quantity", "price": "price", "market value": "market_value",
    "unrealised": "unrealised_pnl", "whose": "whose",
}  # fmt: skip


def command(
    venue: VenueName = None,
    mode: ModeName = None,
    run: Annotated[str | None, typer.Option("--run", metavar="ID", help="Only what this run holds some of.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show positions with each run's share, that of orders by hand, and what is nobody's."""
    found = server().get("positions", venue=venue, mode=mode, run_id=run)
    if as_json:
        show_json(found)
        return
    rows = [{**one, "whose": _whose(one)} for one in found["items"]]
    show_rows(COLUMNS, rows, nothing="Nothing is held in the accounts that are connected")


def _whose(position: dict[str, Any]) -> list[str]:
    owners = [f"{one['quantity']} {one['run_id'] or 'by hand'}" for one in position["owners"]]
    return owners + [f"{one['quantity']} {one['kind']}" for one in position["parts"]]
