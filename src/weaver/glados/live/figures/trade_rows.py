"""A live run's round trips as they are listed, measured on the bars that its strategy was given, as a backtest's are on
its own."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence, Set
from datetime import datetime

import numpy as np

from weaver.glados.live.figures.given_bars import GivenBars
from weaver.glados.ports import Row
from weaver.greta.results.trades import DelistedTrade, Trade
from weaver.model.account.excursions import Excursions
from weaver.model.calendar.instants import instant_of
from weaver.model.calendar.sessions import calendar_of
from weaver.model.market.corporate_actions import ex_day
from weaver.model.market.instrument import Instrument
from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import plain
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.positions.trades import LiveTrade


def trade_rows(
    run_id: str,
    trades: Sequence[LiveTrade],
    given: Mapping[str, GivenBars],
    instruments: Mapping[str, Instrument],
    at_close: Set[str],
) -> list[Row]:
    """A row each. at_close: the orders that fill at the close of a bar."""
    measures = _measures(trades, given, instruments)
    return [
        _row(run_id, number, one, measures[one.symbol], entered_at_close=one.entry.order_id in at_close)
        for number, one in enumerate(trades, start=1)
    ]


def report_trades(
    trades: Sequence[LiveTrade],
    given: Mapping[str, GivenBars],
    instruments: Mapping[str, Instrument],
    at_close: Set[str],
) -> list[tuple[Trade, tuple[int, int]]]:
    """A backtest's trade of each, with the bars of its symbol in which it was entered and left, by index among those
    since the run's start. at_close: as of `trade_rows`."""
    measures = _measures(trades, given, instruments)
    return [_report_trade(one, measures[one.symbol], entered_at_close=one.entry.order_id in at_close) for one in trades]


def _measures(
    trades: Sequence[LiveTrade], given: Mapping[str, GivenBars], instruments: Mapping[str, Instrument]
) -> "dict[str, _Measure]":
    return {symbol: _Measure(given[symbol], instruments[symbol]) for symbol in {one.symbol for one in trades}}


class _Measure:
    """The bars of one symbol, by which its trades are measured."""

    def __init__(self, given: GivenBars, instrument: Instrument) -> None:
        bars, calendar = given.bars(), calendar_of(instrument)
        self._starts: list[int] = bars.timestamp.tolist()
        self._opens: list[int] = calendar.bar_open(bars.timestamp, bars.timeframe).tolist()
        self._ends: list[int] = bars.end.tolist()
        sessions = calendar.last_session_of(bars)
        splits = [(int(np.searchsorted(sessions, ex_day(one))), one.ratio) for one in given.splits]
        self._excursions = Excursions(bars.low, bars.high, splits)

    def of(self, trade: LiveTrade, *, entered_at_close: bool) -> tuple[int, float, float]:
        """How many bars it was held; the worst and the best that these did to it.

        All of the bar counts in which it was entered or left, but of one that it was left at the open of, or before."""
        entry, exit_ = self.places(trade)
        is_there = exit_ < len(self._ends)  # the newest bar may not have ended yet
        mae, mfe = self._excursions.of(
            sign=1 if trade.side == "long" else -1,
            entry=(entry, float(trade.entry_price)),
            exit_=(exit_ if is_there else len(self._ends) - 1, float(trade.exit_price)),
            entered_at_close=entered_at_close,
            left_at_open=is_there and instant_of(trade.exit_time) <= self._opens[exit_],
        )
        return exit_ - entry, mae, mfe

    def places(self, trade: LiveTrade) -> tuple[int, int]:
        """The bars in which it was entered and left, by index; one that has not ended yet is past the last."""
        return self._bar(trade.entry, trade.entry_time), self._bar(trade.exit, trade.exit_time)

    def _bar(self, fill: LiveFill | None, time: datetime) -> int:
        """The bar in which something happened, by index: the one that its venue filled it by, else the first to end
        after it."""
        if fill is not None and fill.bar_time is not None:
            return bisect_left(self._starts, instant_of(fill.bar_time))
        return bisect_right(self._ends, instant_of(time))


def _row(run_id: str, number: int, trade: LiveTrade, measure: _Measure, *, entered_at_close: bool) -> Row:
    bars, mae, mfe = measure.of(trade, entered_at_close=entered_at_close)
    return {
        "run_id": run_id, "number": number, "symbol": trade.symbol, "side": trade.side,
        "quantity": plain(trade.quantity), "entry_time": trade.entry_time, "entry_price": plain(trade.entry_price),
        "exit_time": trade.exit_time, "exit_price": plain(trade.exit_price), "pnl": plain(trade.pnl),
        "return": trade.return_, "commission": plain(trade.commission), "bars": bars, "mae": mae, "mfe": mfe,
    }  # fmt: skip


def _report_trade(trade: LiveTrade, measure: _Measure, *, entered_at_close: bool) -> tuple[Trade, tuple[int, int]]:
    bars, mae, mfe = measure.of(trade, entered_at_close=entered_at_close)
    shown = (DelistedTrade if trade.exit is None else Trade)(
        symbol=trade.symbol,
        side=trade.side,
        quantity=Amount(trade.quantity),
        entry_time=instant_of(trade.entry_time),
        entry_price=Amount(trade.entry_price),
        exit_time=instant_of(trade.exit_time),
        exit_price=Amount(trade.exit_price),
        pnl=Amount(trade.pnl),
        return_=trade.return_,
        commission=Amount(trade.commission),
        bars=bars,
        mae=mae,
        mfe=mfe,
    )
    return shown, measure.places(trade)
