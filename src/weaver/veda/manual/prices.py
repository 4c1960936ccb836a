"""A symbol's newest price, for an order that nobody streams bars for."""

from datetime import timedelta
from decimal import Decimal

from weaver.model.calendar.instants import time_of
from weaver.model.market.timeframe import Timeframe
from weaver.veda.accounts.trading_account import TradingAccount
from weaver.veda.feed.pages import bars_between

FRESH_SECONDS = 60
"""A price is asked for where the known one is older."""
LOOK_BACK = ((Timeframe.parse("1m"), timedelta(minutes=15)), (Timeframe.parse("1d"), timedelta(days=14)))
"""Where the newest bar is looked for: a market may rest over some days."""


async def have_price(account: TradingAccount, symbol: str) -> None:
    """Have an account know what a symbol costs now, as far as its venue says. Raises Unavailable."""
    adapter, ledgers = account.adapter, account.ledgers
    if adapter.is_replay:
        return  # its bars are all there is
    now = adapter.now()
    known = ledgers.prices.get(symbol)
    if known is not None and (now - known.at).total_seconds() < FRESH_SECONDS:
        return
    for timeframe, span in LOOK_BACK:
        bars = await bars_between(adapter, symbol, timeframe, now - span, now)
        if len(bars):
            ledgers.price(symbol, Decimal(repr(float(bars.close[-1]))), time_of(int(bars.end[-1])))
            return
