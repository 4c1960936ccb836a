"""`weaver venues`: the venues and their state."""

from weaver.cli.screen.json_answer import show_json
from weaver.cli.trading.shown import AsJson, server, show_rows

COLUMNS = {"venue": "id", "mode": "mode", "state": "state", "trades": "asset_classes", "problem": "problem"}


def command(as_json: AsJson = False) -> None:
    """Show each venue in each of its modes."""
    found = server().get("venues")
    if as_json:
        show_json(found)
        return
    show_rows(COLUMNS, found["items"], nothing="There is no venue")
