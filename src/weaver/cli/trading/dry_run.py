"""What `weaver trade --dry-run` says."""

from typing import Any

import typer

from weaver.cli.following.lines import moment
from weaver.cli.trading.shown import show_rows

ROWS = ("name", "strategy_id", "mode", "venue", "symbols", "timeframe", "config")
ORDERS = {
    "placed": "placed_at", "symbol": "symbol", "side": "side", "type": "order_type", "quantity": "quantity",
    "limit": "limit_price", "stop": "stop_price", "for": "time_in_force", "the gate": "gate",
}  # fmt: skip
HISTORY = {"symbol": "symbol", "bars": "bars", "first": "first", "last": "last", "before the run": "warmup"}

UNSIZED = "note: where the gate says nothing (-), the order has no size before it fills"
REFUSED = (
    "note: these are the orders of a run that is refused none: after one that the gate refuses, its strategy may place "
    "others than those below it"
)


def tell_preview(preview: dict[str, Any]) -> None:
    """In words and tables."""
    run = preview["run"]
    typer.echo("A dry run: nothing was sent, and nothing is kept. The run would be written as")
    options = {name: value for name, value in run["options"].items() if value is not None}
    for name, value in [*((name, run[name]) for name in ROWS), *options.items()]:
        if value not in (None, {}, []):
            typer.echo(f"  {name:<14} {_shown(value)}")
    typer.echo(f"\nIt would trade in account {preview['account']}, within")
    for name, value in preview["limits"].items():
        whole = preview["account_limits"][name]
        typer.echo(f"  {name:<18} {_off(value):<8} (the account's: {_off(whole)})")
    if (switch := preview["kill_switch"]) is not None:
        typer.echo(f"  the kill switch is ON: {switch['reason']}")
    for halt in preview["halts"]:
        typer.echo(f"  halted: {halt['scope']} {halt['name']}: {halt['reason']}")
    typer.echo("\nStored bars")
    show_rows(HISTORY, [_with_moments(one, "first", "last") for one in preview["history"]], nothing="none")
    typer.echo(f"\nOrders that it would place on them: {preview['orders_total']:,}")
    show_rows(ORDERS, [_with_moments(one, "placed_at") for one in preview["orders"]], nothing="none")
    said = {one["gate"] for one in preview["orders"]}
    if None in said:
        typer.echo(UNSIZED)
    if said - {None, "passes"}:
        typer.echo(REFUSED)
    if preview["problem"] is not None:
        typer.echo(f"note: {preview['problem']}")


def _with_moments(item: dict[str, Any], *names: str) -> dict[str, Any]:
    return {**item, **{name: moment(item[name]) for name in names}}


def _shown(value: Any) -> str:
    match value:
        case dict():
            return ", ".join(f"{name}={one}" for name, one in value.items())
        case list():
            return ", ".join(map(str, value))
        case _:
            return str(value)


def _off(value: Any) -> str:
    return "off" if value is None else str(value)
