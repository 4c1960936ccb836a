"""`weaver orders`: orders by hand, on the running server."""

from typing import Annotated, Any

import typer

from weaver.cli.screen.json_answer import show_json
from weaver.cli.trading.shown import AsJson, ModeName, VenueName, run_id_of, server, show_fields, show_rows
from weaver.model.errors import InputError

app = typer.Typer(help="Place, see, change and cancel orders.", no_args_is_help=True, rich_markup_mode=None)

COLUMNS = {
    "id": "id", "account": "account", "symbol": "symbol", "side": "side", "type": "order_type", "quantity": "quantity",
    "filled": "filled_quantity", "limit": "limit_price", "stop": "stop_price", "status": "status",
}  # fmt: skip


def _id(order: str) -> str:
    if not order.strip():
        raise InputError("name an order by its id: `weaver orders list` shows them")
    return order


OrderId = Annotated[str, typer.Argument(metavar="ORDER", help="The order's id.", callback=_id)]
Limit = Annotated[str | None, typer.Option("--limit", metavar="PRICE", help="Of limit and stop-limit orders.")]
Stop = Annotated[str | None, typer.Option("--stop", metavar="PRICE", help="Of stop and stop-limit orders.")]
Trail = Annotated[str | None, typer.Option("--trail", metavar="AMOUNT", help="Of a trailing stop: an amount.")]
TrailPercent = Annotated[str | None, typer.Option("--trail-percent", metavar="PERCENT", help="The same in per cent.")]
Tif = Annotated[str | None, typer.Option("--tif", help="How long: day, gtc, ioc, fok, gtd, opg, cls; default day.")]
Expires = Annotated[str | None, typer.Option("--expires", metavar="DAY", help="With gtd: its last day.")]
ClientId = Annotated[str | None, typer.Option("--client-id", metavar="ID", help="The same id twice is one order.")]


@app.command("list")
def list_orders(
    status: Annotated[str | None, typer.Option("--status", help="Only those that stand so.")] = None,
    symbol: Annotated[str | None, typer.Option("--symbol", help="Only this symbol's.")] = None,
    run: Annotated[str | None, typer.Option("--run", metavar="RUN", help="Only this run's (id or name).")] = None,
    venue: VenueName = None,
    mode: ModeName = None,
    page: Annotated[int, typer.Option("--page", min=1, help="Which page, from 1.")] = 1,
    page_size: Annotated[int, typer.Option("--page-size", min=1, max=500, help="Orders on a page.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Show orders."""
    client = server()
    run_id = None if run is None else run_id_of(client, run)
    found = client.get(
        "orders", status=status, symbol=symbol, run_id=run_id, venue=venue, mode=mode, page=page, page_size=page_size
    )
    if as_json:
        show_json(found)
        return
    show_rows(COLUMNS, found["items"], nothing="No such orders")
    if found["total"] > len(found["items"]):
        typer.echo(f"{len(found['items'])} of {found['total']:,}; --page shows others", err=True)


@app.command()
def show(order: OrderId, as_json: AsJson = False) -> None:
    """Show one order, with what was sent for it, and its fills."""
    _shown(server().get("orders", order), as_json=as_json)


@app.command()
def place(
    side: Annotated[str, typer.Argument(metavar="buy|sell", help="Which way.")],
    quantity: Annotated[str, typer.Argument(metavar="QUANTITY", help="How much.")],
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="Of what.")],
    run: Annotated[str | None, typer.Option("--run", metavar="RUN", help="For this running run (id or name).")] = None,
    venue: Annotated[str | None, typer.Option("--venue", metavar="ID", help="At this venue, for no run.")] = None,
    mode: Annotated[str | None, typer.Option("--mode", metavar="paper|live", help="With --venue.")] = None,
    limit: Limit = None,
    stop: Stop = None,
    trail: Trail = None,
    trail_percent: TrailPercent = None,
    tif: Tif = None,
    expires: Expires = None,
    take_profit: Annotated[str | None, typer.Option("--take-profit", metavar="PRICE", help="An exit leg.")] = None,
    stop_loss: Annotated[str | None, typer.Option("--stop-loss", metavar="PRICE", help="An exit leg.")] = None,
    extended_hours: Annotated[bool, typer.Option("--extended-hours", help="Outside the regular session too.")] = False,
    client_id: ClientId = None,
    as_json: AsJson = False,
) -> None:
    """Place an order. Which prices are given says of which type it is."""
    if run is None and (venue is None or mode is None):
        raise InputError("say where: --run RUN, or --venue and --mode (paper or live)")
    client = server()
    run_id = None if run is None else run_id_of(client, run)
    legs = {"take_profit": {"limit_price": take_profit}, "stop_loss": {"stop_price": stop_loss}}
    given = {name: leg for name, leg in legs.items() if None not in leg.values()}
    body = {
        "side": side, "qty": quantity, "symbol": symbol, "run_id": run_id, "venue": venue, "mode": mode,
        "order_type": _order_type(limit, stop, trail or trail_percent), "limit_price": limit, "stop_price": stop,
        "trail": trail, "trail_percent": trail_percent, "time_in_force": tif, "expires": expires,
        "extended_hours": extended_hours or None, "client_order_id": client_id, **given,
        "order_class": ("simple", "oto", "bracket")[len(given)],
    }  # fmt: skip
    _shown(client.post("orders", body=_said(body)), as_json=as_json)


@app.command()
def replace(
    order: OrderId,
    quantity: Annotated[str | None, typer.Option("--quantity", help="How much is still to fill.")] = None,
    limit: Limit = None,
    stop: Stop = None,
    trail: Trail = None,
    trail_percent: TrailPercent = None,
    tif: Tif = None,
    expires: Expires = None,
    client_id: ClientId = None,
    as_json: AsJson = False,
) -> None:
    """Replace an order by one that differs; shows the new one."""
    body = {
        "qty": quantity, "limit_price": limit, "stop_price": stop, "trail": trail, "trail_percent": trail_percent,
        "time_in_force": tif, "expires": expires, "client_order_id": client_id,
    }  # fmt: skip
    _shown(server().send("PATCH", "orders", order, body=_said(body)), as_json=as_json)


@app.command()
def cancel(order: OrderId, as_json: AsJson = False) -> None:
    """Ask for an order's end."""
    _shown(server().send("DELETE", "orders", order, body={}), as_json=as_json)


@app.command()
def sync(order: OrderId, as_json: AsJson = False) -> None:
    """Look at an order at its venue now."""
    _shown(server().post("orders", order, "sync", body={}), as_json=as_json)


def _order_type(limit: str | None, stop: str | None, trail: str | None) -> str:
    if trail is not None:
        return "trailing_stop"
    if stop is not None:
        return "stop" if limit is None else "stop_limit"
    return "market" if limit is None else "limit"


def _said(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def _shown(order: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(order)
    else:
        show_fields(order)
