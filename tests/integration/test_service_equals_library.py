"""The same backtest through the service and through the library: the same figures, fills and record."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import weaver
from tests.builders import ran
from tests.unit.glados.runs.service import Service, service, store_samples
from weaver.events.filter import EventFilter
from weaver.glados.ports import Query, StoredResult
from weaver.glados.runs.port import NewRun
from weaver.glados.stored.blobs import decode_equity, decode_report
from weaver.glados.stored.events import KeptEvents
from weaver.glados.stored.indicators import decode_indicators
from weaver.greta.result import BacktestResult
from weaver.marvin.indicator_columns import IndicatorColumn, indicator_columns
from weaver.model.run import Run, RunMode, RunStatus

OWN = '''
from weaver import Field, Strategy


class Everything(Strategy):
    """Uses what the built-in ones do not: brackets, windows, the journal, chance, an end of its own."""

    after: int = Field(40, ge=1)

    def on_start(self) -> None:
        self.count = 0

    def on_bar(self, bar) -> None:
        self.count += 1
        if self.count % 25 == 0:
            self.fetch_window(bar.symbol, self.timeframe, 10)
            self.log(f"bar {self.count}")
        if self.count % 7 == 0 and self.random.random() < 0.5:
            self.buy(bar.symbol, 10, take_profit=bar.close * 1.02, stop_loss=bar.close * 0.98)
        if self.count == self.after:
            self.stop_run("seen enough")
'''
CASES: list[tuple[str, dict[str, Any]]] = [
    ("sma-crossover", {"symbols": ("AAPL",), "config": {"fast": 5}}),
    ("rsi-mean-reversion", {"symbols": ("EURUSD",), "options": {"cash": "25000", "costs": {"commission_bps": "3"}}}),
    ("donchian-breakout", {"symbols": ("SYNTHUSD",), "options": {"asset": None, "lookahead_check": False}}),
    ("pairs-spread", {
        "symbols": ("AAPL", "MSFT"), "timeframe": "1d",
        "options": {"account": "margin", "shorting": True, "leverage": 2, "close_at_end": True, "benchmark": "IBM"},
    }),
    ("momentum-rotation", {
        "symbols": ("AAPL", "IBM", "MSFT"), "start_time": datetime(2004, 1, 2, tzinfo=UTC),
        "end_time": datetime(2009, 12, 31, tzinfo=UTC), "options": {"warmup": 200},
    }),
    ("everything", {"symbols": ("IBM",), "config": {"after": 900}, "options": {"seed": 7, "lookahead_check": False}}),
]  # fmt: skip

KEPT_DECIMALS = 18
PAGE = 500


@pytest.fixture
def home(weaver_home: Path) -> Path:
    (weaver_home / "strategies").mkdir(parents=True)
    (weaver_home / "strategies" / "own.py").write_text(OWN)
    return weaver_home


def library(new: NewRun) -> tuple[BacktestResult, list[IndicatorColumn]]:
    """The same, asked of the library; and its indicators, of a run that is not checked."""
    given: dict[str, Any] = {"symbols": new.symbols, "timeframe": new.timeframe, "params": new.config}
    given |= {"start": new.start_time, "end": new.end_time}
    given |= {name: value for name, value in new.options.items() if value is not None}
    result = weaver.backtest(new.strategy_id, **given)
    run = ran(new.strategy_id, **{name: value for name, value in given.items() if name != "lookahead_check"})
    return result, list(indicator_columns(run.runtime, first=run.finished.first, last=run.finished.last))


def test_service_and_library_give_the_same(home: Path) -> None:
    asyncio.run(_compared(home))


async def _compared(home: Path) -> None:
    async with service(home, url=None) as running:
        store_samples(running.bars, ["AAPL_1d", "MSFT_1d", "IBM_1d", "EURUSD_1h", "SYNTHUSD_1m"])
        fills = []
        for strategy_id, given in CASES:
            new = NewRun(strategy_id=strategy_id, mode=RunMode.BACKTEST, **given)
            run = await running.run(new)
            assert (run.status, run.error) == (RunStatus.COMPLETED, None), strategy_id
            expected, indicators = await asyncio.to_thread(library, new)
            assert expected.fill_count > 5, strategy_id
            await _check(running, run, expected, indicators)
            fills.append(expected.fill_count)
        assert max(fills) > 2 * PAGE


async def _check(running: Service, run: Run, expected: BacktestResult, indicators: Sequence[IndicatorColumn]) -> None:
    async with running.database.transaction() as transaction:
        records = transaction.records
        stored = await records.find_result(run.id, blobs=["equity", "events", "report", "indicators"])
        tables = {table: await _all_rows(records, table, run.id) for table in ("fills", "trades", "orders")}
    assert stored is not None
    assert run.data_hash == expected.run["data_hash"]
    _check_result(stored, expected)
    _check_indicators(stored, indicators)
    _check_fills(run, tables["fills"], expected)
    _check_trades(run, tables["trades"], expected)
    _check_orders(run, tables["orders"], expected)
    await _check_events(running, run, stored, expected)


async def _all_rows(records: Any, table: str, run_id: str) -> list[Mapping[str, Any]]:
    """Every page of a table's rows of a run."""
    rows: list[Mapping[str, Any]] = []
    while True:
        page = await records.rows(table, run_id, Query(page=len(rows) // PAGE + 1, page_size=PAGE))
        rows += page.items
        if not page.items or len(rows) >= page.total:
            assert len(rows) == page.total
            return rows


def _check_fills(run: Run, rows: list[Mapping[str, Any]], expected: BacktestResult) -> None:
    """Every column but the exchange's id, which no backtest has."""
    rows = sorted(rows, key=lambda row: int(row["id"].rpartition("-f")[2]))
    assert [row["id"] for row in rows] == [f"{run.id}-f{number}" for number in range(1, len(rows) + 1)]
    for row, fill in zip(rows, expected.fills, strict=True):
        assert (row["order_id"], row["symbol"]) == (f"{run.id}-{fill.order_id}", fill.symbol)
        assert (row["side"], row["notes"]) == (str(fill.side), list(fill.notes))
        assert [Decimal(row[name]) for name in ("price", "quantity", "commission", "slippage")] == [
            fill.price, fill.quantity, fill.commission, fill.slippage,
        ]  # fmt: skip
        assert datetime.fromisoformat(row["filled_at"]) == fill.timestamp
        assert datetime.fromisoformat(row["bar_timestamp"]) == fill.bar_timestamp


def _check_trades(run: Run, rows: list[Mapping[str, Any]], expected: BacktestResult) -> None:
    """Every column."""
    for number, (row, trade) in enumerate(zip(rows, expected.trades, strict=True), start=1):
        assert (row["run_id"], row["number"]) == (run.id, number)
        assert [row[name] for name in ("symbol", "side", "return", "bars", "mae", "mfe")] == [
            trade.symbol, trade.side, trade.return_, trade.bars, trade.mae, trade.mfe,
        ]  # fmt: skip
        assert [Decimal(row[name]) for name in ("quantity", "pnl", "commission")] == [
            trade.quantity, trade.pnl, trade.commission,
        ]  # fmt: skip
        # An average over partial fills may have more digits than the database keeps.
        assert [Decimal(row[name]) for name in ("entry_price", "exit_price")] == [
            round(price, KEPT_DECIMALS) for price in (trade.entry_price, trade.exit_price)
        ]
        assert [nanoseconds(row[name]) for name in ("entry_time", "exit_time")] == [trade.entry_time, trade.exit_time]


def _check_orders(run: Run, rows: list[Mapping[str, Any]], expected: BacktestResult) -> None:
    """What each order was, and what became of it."""
    for row, order in zip(rows, expected.orders, strict=True):
        assert row["id"] == f"{run.id}-{order.number}"
        assert [row[name] for name in ("symbol", "side", "order_type", "order_class", "time_in_force", "status")] == [
            str(what) for what in (
                order.symbol, order.side, order.order_type, order.order_class, order.tif, order.status,
            )
        ]  # fmt: skip
        assert [Decimal(row[name]) for name in ("quantity", "filled_quantity")] == [
            order.scale.quantity_decimal(units) for units in (order.units, order.filled)
        ]
        assert (row["reason"] or "") == order.reason


def nanoseconds(text: str) -> int:
    """An instant's ISO text, since the epoch."""
    return int(np.datetime64(text.removesuffix("Z"), "ns").astype(np.int64))


def _check_result(stored: StoredResult, expected: BacktestResult) -> None:
    assert stored.stats == expected.stats
    assert stored.record == expected.run
    assert [(one["code"], one["message"]) for one in stored.warnings] == [tuple(one) for one in expected.warnings]
    assert {symbol: Decimal(text) for symbol, text in stored.positions.items()} == expected.positions
    assert [Decimal(flow["amount"]) for flow in stored.cash_flows] == [flow.amount for flow in expected.cash_flows]
    equity = decode_equity(stored.blobs["equity"])
    assert np.array_equal(equity.timestamp, expected.curve.timestamp)
    assert np.array_equal(equity.equity, expected.curve.equity)
    assert np.array_equal(equity.cash, expected.curve.cash)
    assert "<html" in decode_report(stored.blobs["report"])


def _check_indicators(stored: StoredResult, computed: Sequence[IndicatorColumn]) -> None:
    indicators = decode_indicators(stored.blobs["indicators"])
    for item, column in zip(indicators.items, computed, strict=True):
        assert (item.column.name, item.total) == (column.name, len(column.values))
        assert set(item.column.timestamp.tolist()) <= set(column.timestamp.tolist())
        assert np.nanmax(item.column.values) == np.nanmax(column.values)
    assert indicators.left_out == 0


async def _check_events(running: Service, run: Run, stored: StoredResult, expected: BacktestResult) -> None:
    log = await running.database.log.read(EventFilter(run_id=run.id), limit=100_000)
    told = [
        event
        for event in [*log, *KeptEvents(stored.blobs["events"]).page(0, 1_000_000)]
        if event.type != "run.Progress"
    ]
    types = [event.type for event in told]
    assert types[:2] == ["run.Created", "run.Started"]
    assert types.count("run.Completed") == 1
    assert types.count("orders.Created") == len(expected.orders)
    assert types.count("orders.Filled") + types.count("orders.PartiallyFilled") == len(expected.fills)
    assert types.count("strategy.Log") == len(expected.journal)
    for request, child in (
        ("strategy.PlaceRequest", "backtest.PlaceOrder"),
        ("strategy.CancelRequest", "backtest.CancelOrder"),
        ("strategy.ReplaceRequest", "backtest.ReplaceOrder"),
        ("strategy.FetchWindow", "backtest.FetchWindow"),
    ):
        parents = {event.id: event.corr_id for event in told if event.type == request}
        children = {event.causation_id: event.corr_id for event in told if event.type == child}
        assert parents == children
        assert types.count(request) == types.count(child)
    progress: list[Mapping[str, Any]] = [event.payload for event in log if event.type == "run.Progress"]
    assert progress
    assert [one["fraction"] for one in progress] == sorted(one["fraction"] for one in progress)
