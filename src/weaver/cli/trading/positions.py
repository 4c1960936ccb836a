"""`weaver positions`: what accounts hold, and whose it is."""

from typing import Annotated, Any

import typer

from weaver.cli.screen.json_answer import show_json
from weaver.cli.trading.shown import AsJson, ModeName, VenueName, run_id_of, server, show_rows

COLUMNS = {
    "account": "account", "symbol": "symbol", "quantity": "quantity", "price": "price", "market value": "market_value",
    "unrealised": "unrealised_pnl", "whose": "whose",
}  # fmt: skip

POSITIONS_MAX = 500
"""So many on one page."""


def command(
    venue: VenueName = None,
    mode: ModeName = None,
    run: Annotated[
        str | None, typer.Option("--run", metavar="RUN", help="Only what this run (id or name) holds some of.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show positions with each run's share, that of orders by hand, and what is nobody's."""
    client = server()
    run_id = None if run is None else run_id_of(client, run)
    found = client.get("positions", venue=venue, mode=mode, run_id=run_id, page_size=POSITIONS_MAX)
    if as_json:
        show_json(found)
        return
    rows = [{**one, "whose": _whose(one)} for one in found["items"]]
    show_rows(COLUMNS, rows, nothing="Nothing is held in the accounts that are connected")
    if found["total"] > len(rows):
        typer.echo(f"{len(rows)} of {found['total']:,}; --venue, --mode and --run show fewer", err=True)


def _whose(position: dict[str, Any]) -> list[str]:
    owners = [f"{one['quantity']} {one['run_id'] or 'by hand'}" for one in position["owners"]]
    return owners + [f"{one['quantity']} {one['kind']}" for one in position["parts"]]
