"""`weaver drift`: how far a run has gone from the backtest of its strategy."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import typer

from weaver.cli.proof.waiting import TradedRun, result_of
from weaver.cli.screen.json_answer import show_json
from weaver.cli.trading.shown import AsJson, show_rows

LISTED_MAX = 20
BAR_WIDTH = 40
PARTS: Mapping[str, str] = {
    "prices_closed": "fill prices, of what is closed",
    "prices_open": "fill prices, of what is still held",
    "commissions": "commissions",
    "quantities": "other quantities of the same orders",
    "only_live": "orders only in the run",
    "only_backtest": "orders only in the backtest",
    "after_newest_bar": "fills after the newest bar",
    "cash_flows": "dividends and fees",
    "holdings": "holdings that no fill moved",
    "valuation": "other closes of what is held",
    "rounding": "rounding to 1e-8",
}
_ORDERS = {
    "order": "number", "placed": "placed_at", "symbol": "symbol", "side": "side", "type": "order_type",
    "quantity": "quantity", "filled": "filled", "status": "status", "made": "pnl",
}  # fmt: skip
_FIGURES = ("mean", "weighted_mean", "median", "p05", "p95", "least", "most")


def command(run: TradedRun, as_json: AsJson = False) -> None:
    """Backtest a run's strategy on the bars that the run was given, and show how the two differ."""
    found = result_of(run, "drift", what="Drift")
    if as_json:
        show_json(found)
        return
    for line in _lines(found):
        typer.echo(line)
    _show_orders("Only in the run", found["orders"]["only_live"], found["orders"]["only_live_total"])
    _show_orders("Only in the backtest", found["orders"]["only_backtest"], found["orders"]["only_backtest_total"])


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"{found['start']} to {found['end']}: {found['ticks']:,} ticks, {found['bars']:,} bars"
    yield from _bars_lines(found)
    yield ""
    yield from _price_lines(found["prices"])
    yield ""
    yield from _pnl_lines(found["pnl"])
    yield ""
    orders = found["orders"]
    yield (
        f"Orders: {orders['live']:,} in the run, {orders['backtest']:,} in the backtest, {orders['paired']:,} in both "
        f"({orders['other_quantity']:,} of these filled for another quantity)"
    )
    for note in found["notes"]:
        yield f"Note: {note}"


def _bars_lines(found: Mapping[str, Any]) -> Iterator[str]:
    yield ", ".join(f"{found[kind]['count']:,} {kind} bars" for kind in ("missed", "late", "corrected"))
    for one in found["stored"]:
        if one["first"] is not None:
            yield (
                f"{one['symbol']}: of {one['given']:,} bars {one['other']:,} are stored with other values, "
                f"{one['not_stored']:,} are not stored, {one['not_given']:,} are stored besides; first {one['first']}"
            )


def _price_lines(prices: Mapping[str, Any]) -> Iterator[str]:
    drift = prices["drift"]
    if drift is None:
        yield "Fill prices: nothing was filled in both"
        return
    yield f"Fill prices, in basis points (above 0: worse), of {drift['count']:,} fills"
    yield " ".join(["            ", *(f"{name.replace('_', ' '):>13}" for name in _FIGURES)])
    for name, told in (("realised", "the run"), ("assumed", "the backtest"), ("drift", "difference")):
        yield " ".join([f"{told:<12}", *(f"{prices[name][figure]:>13.2f}" for figure in _FIGURES)])
    most = max(one["count"] for one in drift["bins"])
    for one in drift["bins"]:
        bar = "#" * -(-BAR_WIDTH * one["count"] // most)
        yield f"  {one['start']:>10.2f} to {one['end']:>10.2f} {one['count']:>7,} {bar}".rstrip()


def _pnl_lines(pnl: Mapping[str, Any]) -> Iterator[str]:
    rows = [("P&L of the backtest", pnl["backtest"])]
    rows += [(f"  {PARTS[one['part']]}", one["amount"]) for one in pnl["parts"] if one["amount"] != "0"]
    rows.append(("P&L of the run", pnl["live"]))
    width = max(len(amount) for _, amount in rows)
    for name, amount in rows:
        yield f"{name:<40} {amount:>{width}}"


def _show_orders(title: str, listed: Sequence[Mapping[str, Any]], total: int) -> None:
    if not total:
        return
    typer.echo(f"\n{title}:")
    show_rows(_ORDERS, [{**one["order"], "pnl": one["pnl"]} for one in listed[:LISTED_MAX]], nothing="")
    if total > LISTED_MAX:
        typer.echo(f"{LISTED_MAX} of {total:,}; --json shows more")
