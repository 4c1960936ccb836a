"""`weaver kill`: the kill switch."""

from typing import Annotated

import typer

from weaver.cli.screen.json_answer import show_json
from weaver.cli.trading.shown import AsJson, server
from weaver.model.errors import InputError


def command(
    flatten: Annotated[bool, typer.Option("--flatten", help="Close all positions that Weaver knows, too.")] = False,
    release: Annotated[bool, typer.Option("--release", help="Let trading go on.")] = False,
    account: Annotated[str | None, typer.Option("--account", help="Only this one, as 'alpaca paper'.")] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, for whoever reads it later.")] = "",
    as_json: AsJson = False,
) -> None:
    """Cancel all entries and send none until it is released; orders that only reduce positions are sent."""
    if flatten and release:
        raise InputError("--flatten closes positions, --release lets trading go on: give one of them")
    body = {"account": account, "reason": reason} | ({} if release else {"flatten": flatten})
    found = server().send("DELETE" if release else "POST", "risk", "kill-switch", body=body)
    if as_json:
        show_json(found)
        return
    state = "on" if found["is_on"] else "off"
    closing = ", and positions are being closed" if found["is_on"] and found["flatten"] else ""
    typer.echo(f"The kill switch is {state} over {found['account'] or 'all accounts'}{closing}")
