"""`weaver account`: accounts as their venues show them."""

from weaver.cli.screen.json_answer import show_json
from weaver.cli.trading.shown import AsJson, ModeName, VenueName, server, show_rows

COLUMNS = {
    "account": "account", "number": "number", "status": "status", "equity": "equity", "cash": "cash",
    "buying power": "buying_power", "currency": "currency", "flags": "flags",
}  # fmt: skip


def command(venue: VenueName = None, mode: ModeName = None, as_json: AsJson = False) -> None:
    """Show the accounts that are connected; with --venue and --mode, connect that one."""
    found = server().get("account", venue=venue, mode=mode)
    if as_json:
        show_json(found)
        return
    show_rows(COLUMNS, found["items"], nothing="No account is connected: name one, as --venue alpaca --mode paper")
