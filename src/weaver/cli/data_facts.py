"""`weaver data facts`: what is known of a stored symbol, and what somebody knows better."""

from typing import Annotated, Any

import typer

from weaver.cli.screen.json_answer import show_json
from weaver.config import settings

Tick = Annotated[str | None, typer.Option("--tick", metavar="N", help="Prices of orders come in multiples of it.")]
Lot = Annotated[str | None, typer.Option("--lot", metavar="N", help="Quantities come in multiples of it.")]
Minimum = Annotated[str | None, typer.Option("--minimum", metavar="N", help="The least quantity of an order.")]
Multiplier = Annotated[
    str | None, typer.Option("--multiplier", metavar="N", help="What a future's contract is worth at a price of 1.")
]
Margin = Annotated[
    str | None,
    typer.Option("--margin", metavar="N[/M]", help="What a contract ties up: 13200, or with maintenance 13200/12000."),
]
Calendar = Annotated[
    str | None,
    typer.Option("--calendar", metavar="NAME", help="Exchange whose sessions hold: XNYS, XLON, CMES …"),
]
_SHOWN = {
    "asset": "asset class", "tick": "tick", "lot": "lot", "minimum": "minimum", "multiplier": "multiplier",
    "margin": "margin", "maintenance_margin": "maintenance margin", "calendar": "calendar", "currency": "currency",
}  # fmt: skip


def show_facts(
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="A stored symbol.")],
    asset: Annotated[str | None, typer.Option("--asset", metavar="CLASS", help="stock, crypto, fx or future.")] = None,
    tick: Tick = None,
    lot: Lot = None,
    minimum: Minimum = None,
    multiplier: Multiplier = None,
    margin: Margin = None,
    calendar: Calendar = None,
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="CODE", help="What its price is counted in.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")] = False,
) -> None:
    """Show what is known of a stored symbol, and set what is given: later runs on its bars go by it. Options of a run
    win over it."""
    from weaver.model.facts import Facts, facts_json
    from weaver.walle.bars.store import ParquetBarStore

    found = settings()
    store = ParquetBarStore(found.bars_folder, lock_seconds=found.lock_seconds, on_wait=_tell_waiting)
    given = Facts.parse(
        asset=asset, tick=tick, lot=lot, minimum=minimum, multiplier=multiplier, margin=margin, calendar=calendar,
        currency=currency,
    )  # fmt: skip
    known = store.set_facts(symbol, given) if given else store.instrument(symbol)
    facts: dict[str, Any] = {"symbol": symbol, **facts_json(known)}
    if as_json:
        show_json(facts)
        return
    for name, label in _SHOWN.items():
        if facts[name] is not None:
            typer.echo(f"{label:20}{facts[name]}")


def _tell_waiting(text: str) -> None:
    typer.echo(text, err=True)
