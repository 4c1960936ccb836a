"""What a trader should hear before believing a result."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaver.greta.doubts.financing import about_financing, about_funding
from weaver.greta.doubts.unfilled import about_lots, about_sessions
from weaver.greta.finished_run import FinishedRun
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
    """A doubt about a result."""

    code: str
    """What it is about, in a word for programs, as `few_trades`."""
    message: str
    """The same in a sentence, with its figures."""


def warnings_of(run: FinishedRun, curve: Curve, trades: Trades, columns: FillColumns) -> list[ResultWarning]:
    """The doubts that the run itself raises."""
    found = [
        *_about_trades(run, trades),
        *about_lots(run.small_targets),
        *about_sessions(run),
        *_about_data(run, curve),
        *_about_fills(run, columns),
        *_about_ticks(run),
        *_about_slippage(run),
        *_about_rejections(run),
        *_about_endings(run, curve),
        *about_financing(curve, run),
        *about_funding(run),
    ]
    return [ResultWarning(code, message) for code, message in found]


def _about_trades(run: FinishedRun, trades: Trades) -> list[tuple[str, str]]:
    if not len(run.fills) and not run.orders:
        small = bool(run.small_targets)
        why = "its targets were worth less than one lot" if small else "its conditions never came true on these bars"
        return [("no_orders", f"the strategy placed no order: {why}")]
    if not run.fills:
        return [
            (
                "no_trades",
                f"none of {counted(len(run.orders), 'order')} filled: see their reasons in the orders",
            )
        ]
    if not len(trades):
        held = any(run.held.values())
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


def _about_data(run: FinishedRun, curve: Curve) -> list[tuple[str, str]]:
    rows = int(np.count_nonzero(np.diff(curve.session))) + 1
    timeframe = next(iter(run.prices.values())).listing.bars.timeframe
    if rows < FEW_ROWS:
        one, many = (
            ("session is", "sessions are")
            if timeframe.days <= 1
            else (f"bar of {timeframe} is", f"bars of {timeframe} are")
        )
        return [("thin_data", f"{counted(rows, one, many)} too few for yearly figures: read them as guesses")]
    return []


def _about_fills(run: FinishedRun, columns: FillColumns) -> list[tuple[str, str]]:
    found = []
    if run.capped:
        fills = counted(run.capped, "fill was", "fills were")
        found.append(("capped", f"{fills} cut by max_participation: the orders are large for the volume"))
    if run.resized:
        orders = counted(run.resized, "order was", "orders were")
        found.append(("resized", f"{orders} cut to what the account could pay, by a hundredth or more"))
    large = sum(_large(columns, columns.of(k), prices) for k, prices in enumerate(run.prices.values()))
    if large:
        what = f"{counted(large, 'fill')} took over {LARGE_SHARE:.0%} of the bar's volume"
        found.append(("large_fills", f"{what}: the market may not have given that"))
    both = sum("both_touched" in notes for notes in run.fills.notes.values())
    if both:
        what = f"in {counted(both, 'bar')} stop and limit were both touched, and the stop was taken"
        found.append(("both_touched", f"{what}: finer bars tell more"))
    if run.margin_calls:
        sold = counted(len(run.liquidations), "position was", "positions were")
        came = f"{sold} sold" if run.liquidations else "nothing was held, and every order was cancelled"
        found.append(("liquidated", f"MARGIN CALL: equity fell under the maintenance margin, {came}"))
    return found


def _large(columns: FillColumns, rows: NDArray[np.int64], prices: Prices) -> int:
    """How many fills of a symbol took a large share of their bar's volume."""
    if not prices.has_volume:
        return 0
    volume = prices.listing.bars.volume[columns.bar[rows]] * prices.scale.quantity_one
    return int(np.count_nonzero(np.abs(columns.units[rows]) > LARGE_SHARE * volume))


def _about_ticks(run: FinishedRun) -> list[tuple[str, str]]:
    """Orders whose prices rounding to the tick may have moved far."""
    scales = [prices.scale for prices in run.prices.values()]
    low = 2 * max(max(scale.tick, scale.tick_under_one) for scale in scales) / COARSE_SHARE  # all that are coarse are
    kept = run.fills.kept.values()
    cheap = [order for order in kept if (order.limit_units or low) < low or (order.stop_units or low) < low]
    found = [order for order in cheap if _is_coarse(order)]
    if not found:
        return []
    scale, price = found[0].scale, _lowest(found[0])
    text = (
        f"{counted(len(found), 'order was', 'orders were')} rounded to a tick of over {COARSE_SHARE:.0%} of the price; "
        f"the first, order {found[0].id}: {scale.text(price)} to a tick of {scale.text(scale.tick_at(price))}: give a "
        "finer tick"
    )
    return [("coarse_tick", text)]


def _about_slippage(run: FinishedRun) -> list[tuple[str, str]]:
    """Slippage in ticks where a tick is as fine as the bars' decimals, so that it costs next to nothing."""
    fine = [
        symbol
        for symbol, prices in run.prices.items()
        if run.costs[symbol].slippage_ticks
        and not prices.listing.instrument.tick_given
        and prices.scale.tick < int(prices.listing.instrument.tick * prices.scale.price_one)
    ]
    if not fine:
        return []
    scale, more = run.prices[fine[0]].scale, f" and {len(fine) - 1} more" if len(fine) > 1 else ""
    text = (
        f"slippage_ticks counts ticks of {scale.text(scale.tick)} for {fine[0]}{more}, as fine as the bars' decimals "
        "(adjusted prices have many): that costs next to nothing; give slippage_bps instead"
    )
    return [("fine_tick", text)]


def _lowest(order: Order) -> int:
    """The lower of an order's limit and stop in price units; 0: it has neither."""
    limit, stop = order.limit_units, order.stop_units
    if limit is None or stop is None:
        return limit or stop or 0
    return min(limit, stop)


def _is_coarse(order: Order) -> bool:
    price, scale = _lowest(order), order.scale
    return 0 < price * COARSE_SHARE < (scale.tick if price >= scale.price_one else scale.tick_under_one)


def _about_rejections(run: FinishedRun) -> list[tuple[str, str]]:
    rejected = run.rejected
    if not rejected:
        return []
    what = counted(len(rejected), "order was", "orders were")
    return [("rejected", f"{what} rejected; the first, order {rejected[0].id}: {rejected[0].reason}")]


def _about_endings(run: FinishedRun, curve: Curve) -> list[tuple[str, str]]:
    found = []
    for symbol, prices in run.prices.items():
        ended = prices.count and len(curve.session) and prices.sessions[-1] < curve.session[-1]
        is_delisted = any(isinstance(action, Delisting) for action in prices.listing.actions)
        if ended and run.held[symbol] and not is_delisted:
            found.append(("ended", f"{symbol}: its bars end before the run does; the position stays at its last close"))
    return found
