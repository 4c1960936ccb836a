"""What a trader should hear before believing a result."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaver.greta.doubts.financing import about_financing
from weaver.greta.doubts.unfilled import about_lots, about_sessions
from weaver.greta.engine import Engine
from weaver.greta.ledger.fill_columns import FillColumns
from weaver.greta.ledger.prices import Prices
from weaver.greta.results.curve import Curve
from weaver.greta.results.trades import Trades
from weaver.model.counted import counted
from weaver.model.market.corporate_actions import Delisting
from weaver.model.orders.order import Order

FEW_TRADES = 30
FEW_ROWS = 60
LARGE_SHARE = 0.1
COARSE_SHARE = 0.01


class ResultWarning(NamedTuple):
    """A doubt about a result; `code` is for programs."""

    code: str
    message: str


def warnings_of(engine: Engine[Any], curve: Curve, trades: Trades, columns: FillColumns) -> list[ResultWarning]:
    """The doubts that the run itself raises."""
    found = [
        *_about_trades(engine, trades),
        *about_lots(engine.runtime.small_targets),
        *about_sessions(engine),
        *_about_data(engine, curve),
        *_about_fills(engine, columns),
        *_about_ticks(engine),
        *_about_slippage(engine),
        *_about_rejections(engine),
        *_about_endings(engine, curve),
        *about_financing(curve, engine.setup.rules),
    ]
    return [ResultWarning(code, message) for code, message in found]


def _about_trades(engine: Engine[Any], trades: Trades) -> list[tuple[str, str]]:
    if not len(engine.ledger.fills) and not engine.account.orders:
        small = bool(engine.runtime.small_targets)
        why = "its targets were worth less than one lot" if small else "its conditions never came true on these bars"
        return [("no_orders", f"the strategy placed no order: {why}")]
    if not engine.ledger.fills:
        return [
            (
                "no_trades",
                f"none of {counted(len(engine.account.orders), 'order')} filled: see their reasons in the orders",
            )
        ]
    if not len(trades):
        held = any(engine.ledger.units.values())
        why = "what was bought is still held" if held else "splits paid out in cash all that was held"
        return [("no_trades", f"no trade was closed: {why}, so nothing is known of its trades")]
    if len(trades) < FEW_TRADES:
        return [
            (
                "few_trades",
                f"{counted(len(trades), 'closed trade is', 'closed trades are')} too few to tell skill from luck",
            )
        ]
    return []


def _about_data(engine: Engine[Any], curve: Curve) -> list[tuple[str, str]]:
    rows = int(np.count_nonzero(np.diff(curve.session))) + 1
    timeframe = next(iter(engine.prices.values())).listing.bars.timeframe
    if rows < FEW_ROWS:
        what = "sessions" if timeframe.days <= 1 else f"bars of {timeframe}"
        return [("thin_data", f"{rows} {what} are too few for yearly figures: read them as guesses")]
    return []


def _about_fills(engine: Engine[Any], columns: FillColumns) -> list[tuple[str, str]]:
    found = []
    filling = engine.matcher.filling
    if filling.capped:
        fills = counted(filling.capped, "fill was", "fills were")
        found.append(("capped", f"{fills} cut by max_participation: the orders are large for the volume"))
    if filling.resized:
        orders = counted(filling.resized, "order was", "orders were")
        found.append(("resized", f"{orders} cut to what the account could pay, costs included"))
    large = sum(_large(columns, columns.of(k), prices) for k, prices in enumerate(engine.prices.values()))
    if large:
        what = f"{counted(large, 'fill')} took over {LARGE_SHARE:.0%} of the bar's volume"
        found.append(("large_fills", f"{what}: the market may not have given that"))
    both = sum("both_touched" in notes for notes in engine.ledger.fills.notes.values())
    if both:
        what = f"in {counted(both, 'bar')} stop and limit were both touched, and the stop was taken"
        found.append(("both_touched", f"{what}: finer bars tell more"))
    if engine.liquidated:
        sold = counted(len(engine.liquidated), "position was", "positions were")
        found.append(("liquidated", f"MARGIN CALL: equity fell under the maintenance margin, {sold} sold"))
    return found


def _large(columns: FillColumns, rows: NDArray[np.int64], prices: Prices) -> int:
    """How many fills of a symbol took a large share of their bar's volume."""
    if not prices.has_volume:
        return 0
    volume = prices.listing.bars.volume[columns.bar[rows]] * prices.scale.quantity_one
    return int(np.count_nonzero(np.abs(columns.units[rows]) > LARGE_SHARE * volume))


def _about_ticks(engine: Engine[Any]) -> list[tuple[str, str]]:
    """Orders whose prices rounding to the tick may have moved far."""
    found = [order for order in engine.ledger.fills.kept.values() if not order.is_plain and _is_coarse(order)]
    if not found:
        return []
    scale, price = found[0].scale, _lowest(found[0])
    text = (
        f"{counted(len(found), 'order was', 'orders were')} rounded to a tick of over {COARSE_SHARE:.0%} of the price; "
        f"the first, order {found[0].id}: {scale.text(price)} to a tick of {scale.text(scale.tick_at(price))}: give a "
        "finer tick"
    )
    return [("coarse_tick", text)]


def _about_slippage(engine: Engine[Any]) -> list[tuple[str, str]]:
    """Slippage in ticks where a tick is as fine as the bars' decimals, so that it costs next to nothing."""
    fine = [
        symbol
        for symbol, prices in engine.prices.items()
        if engine.setup.costs[symbol].slippage_ticks
        and not prices.listing.instrument.tick_given
        and prices.scale.tick < int(prices.listing.instrument.tick * prices.scale.price_one)
    ]
    if not fine:
        return []
    scale, more = engine.prices[fine[0]].scale, f" and {len(fine) - 1} more" if len(fine) > 1 else ""
    text = (
        f"slippage_ticks counts ticks of {scale.text(scale.tick)} for {fine[0]}{more}, as fine as the bars' decimals "
        "(adjusted prices have many): that costs next to nothing; give slippage_bps instead"
    )
    return [("fine_tick", text)]


def _lowest(order: Order) -> int:
    """The lower of an order's limit and stop in price units; 0: it has neither."""
    return min((price for price in (order.limit_units, order.stop_units) if price is not None), default=0)


def _is_coarse(order: Order) -> bool:
    price = _lowest(order)
    return 0 < price * COARSE_SHARE < order.scale.tick_at(price)


def _about_rejections(engine: Engine[Any]) -> list[tuple[str, str]]:
    rejected = engine.matcher.orders.rejected
    if not rejected:
        return []
    what = counted(len(rejected), "order was", "orders were")
    return [("rejected", f"{what} rejected; the first, order {rejected[0].id}: {rejected[0].reason}")]


def _about_endings(engine: Engine[Any], curve: Curve) -> list[tuple[str, str]]:
    found = []
    for symbol, prices in engine.prices.items():
        ended = prices.count and len(curve.session) and prices.sessions[-1] < curve.session[-1]
        told = any(isinstance(action, Delisting) for action in prices.listing.actions)
        if ended and engine.ledger.units[symbol] and not told:
            found.append(("ended", f"{symbol}: its bars end before the run does; the position stays at its last close"))
    return found
