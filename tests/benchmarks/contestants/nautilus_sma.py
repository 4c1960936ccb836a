"""nautilus_trader: its back-test engine with bars, an averages strategy, market orders and a fee of 10 bps.

The bar objects exist before the clock starts; the engine, its data and its run are inside.
"""

from collections.abc import Callable
from decimal import Decimal

import pandas as pd
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig, StrategyConfig
from nautilus_trader.indicators import SimpleMovingAverage
from nautilus_trader.model.currencies import BTC, USD
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import CurrencyPair
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.persistence.wranglers import BarDataWrangler
from nautilus_trader.trading.strategy import Strategy

from tests.benchmarks.bars import Columns, minute_stamps

VENUE = Venue("SIM")
INSTRUMENT_ID = InstrumentId(Symbol("SYN/USD"), VENUE)
BAR_TYPE = BarType.from_str(f"{INSTRUMENT_ID}-1-MINUTE-LAST-EXTERNAL")


def instrument() -> CurrencyPair:
    return CurrencyPair(
        instrument_id=INSTRUMENT_ID,
        raw_symbol=Symbol("SYN/USD"),
        base_currency=BTC,
        quote_currency=USD,
        price_precision=4,
        size_precision=2,
        price_increment=Price.from_str("0.0001"),
        size_increment=Quantity.from_str("0.01"),
        ts_event=0,
        ts_init=0,
        maker_fee=Decimal("0.001"),
        taker_fee=Decimal("0.001"),
    )


class SmaCross(Strategy):
    def __init__(self) -> None:
        super().__init__(StrategyConfig())
        self.fast, self.slow = SimpleMovingAverage(10), SimpleMovingAverage(30)
        self.above: bool | None = None
        self.instrument = instrument()

    def on_start(self) -> None:
        self.register_indicator_for_bars(BAR_TYPE, self.fast)
        self.register_indicator_for_bars(BAR_TYPE, self.slow)
        self.subscribe_bars(BAR_TYPE)

    def on_bar(self, bar: Bar) -> None:
        if not self.indicators_initialized():
            return
        above = self.fast.value > self.slow.value
        if self.above is not None and above != self.above:
            if above and self.portfolio.is_flat(INSTRUMENT_ID):
                self._order(OrderSide.BUY)
            elif not above and self.portfolio.is_net_long(INSTRUMENT_ID):
                self._order(OrderSide.SELL)
        self.above = above

    def _order(self, side: OrderSide) -> None:
        self.submit_order(self.order_factory.market(INSTRUMENT_ID, side, self.instrument.make_qty(1)))


def prepare(columns: Columns) -> Callable[[], tuple[int, float]]:
    frame = pd.DataFrame(columns)
    frame.index = pd.to_datetime(minute_stamps(len(frame)), utc=True)
    bars = BarDataWrangler(BAR_TYPE, instrument()).process(frame)

    def run() -> tuple[int, float]:
        engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(log_level="ERROR")))
        engine.add_venue(VENUE, OmsType.NETTING, AccountType.MARGIN, [Money(1_000_000, USD)], base_currency=USD)
        engine.add_instrument(instrument())
        engine.add_data(bars)
        engine.add_strategy(SmaCross())
        engine.run()
        closed = engine.cache.orders_closed_count() // 2  # a buy and a sell each
        equity = engine.portfolio.account(VENUE).balance_total(USD).as_double()
        engine.dispose()
        return closed, equity

    return run
