"""Weaver on a row of the ordinary strategies, by its name."""

import weaver
from tests.benchmarks.bars import MINUTE_NS, SYMBOL, Columns, minute_stamps
from tests.benchmarks.ordinary.rows import ROWS
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import Timeframe


class Run:
    """Calls are whole backtests; the last one's trades can be asked for."""

    def __init__(self, columns: Columns, name: str) -> None:
        self.row = ROWS[name]
        self.bars = shared_out(columns, self.row.symbols)
        self.result: weaver.BacktestResult | None = None

    def __call__(self) -> tuple[int, float]:
        options = {"cash": 1_000_000, "costs": {"commission_bps": 10}, "lookahead_check": False, **self.row.options}
        self.result = weaver.backtest(self.row.strategy, self.bars, **options)
        stats = self.result.stats
        return stats["trades"], stats["final_equity"]

    def closed_trades(self) -> list[tuple[str, float, float, float]]:
        """Symbol, signed quantity, prices of entry and exit."""
        assert self.result is not None
        return [
            (trade.symbol, float(trade.quantity) * (1 if trade.side == "long" else -1),
             float(trade.entry_price), float(trade.exit_price))
            for trade in self.result.trades
        ]  # fmt: skip


def prepare(columns: Columns, name: str) -> Run:
    return Run(columns, name)


def shared_out(columns: Columns, symbols: int) -> dict[str, Bars]:
    """One market, or its bars cut in as many as there are symbols, all of the same minutes."""
    count = len(columns["close"]) // symbols
    stamps = minute_stamps(count)
    return {
        symbol: Bars(
            symbol=symbol, timeframe=Timeframe.parse("1m"), timestamp=stamps, end=stamps + MINUTE_NS,
            **{name: values[k * count : (k + 1) * count] for name, values in columns.items()},
        )
        for k, symbol in enumerate([SYMBOL] if symbols == 1 else [f"S{k}/USD" for k in range(symbols)])
    }  # fmt: skip
