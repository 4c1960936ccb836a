"""A result can be pickled and copied, and leave its process: with its figures, without the run or the strategy."""

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.builders import backtest, crypto_bars, stock_days
from weaver import sma
from weaver.greta.result import BacktestResult
from weaver.marvin.strategy import Strategy
from weaver.model.errors import RunFailed, StrategyError

CLOSES = [100.0, 101, 103, 102, 99, 98, 103, 107, 104, 100, 97, 99, 104, 108, 110, 107]


class BySignal(Strategy):
    def on_start(self) -> None:
        fast = sma(self.close, 2)
        self.when(self.close > fast, lambda bar: self.buy(bar.symbol, 1, stop_loss=90) and self.log(f"at {bar.close}"))
        self.when(self.close < fast, lambda bar: self.close_position(bar.symbol))


class ByBar(Strategy):
    def on_bar(self, bar: Any) -> None:
        if not self.position(bar.symbol):
            self.entry = self.buy(bar.symbol, 1, stop_loss=bar.close * 0.9)
        else:
            leg = next(leg for leg in self.entry.legs if leg.is_working)
            self.replace(leg, stop=bar.close * 0.9)


class Quiet(Strategy):
    def on_bar(self, bar: Any) -> None:
        pass


RUNS: dict[str, Callable[[], BacktestResult]] = {
    "signals": lambda: backtest(BySignal, stock_days(CLOSES)),
    "replaced orders": lambda: backtest(ByBar, crypto_bars(CLOSES)),
    "no orders": lambda: backtest(Quiet, crypto_bars(CLOSES)),
    "two symbols": lambda: backtest(BySignal, [stock_days(CLOSES), stock_days(CLOSES[::-1], symbol="BBB")]),
    "margin": lambda: backtest(BySignal, stock_days(CLOSES), account="margin", shorting=True),
    "checked": lambda: backtest(BySignal, stock_days(CLOSES), lookahead_check=True),
}
WAYS: dict[str, Callable[[Any], Any]] = {
    "pickled": lambda thing: pickle.loads(pickle.dumps(thing)),
    "pickled, oldest protocol with slots": lambda thing: pickle.loads(pickle.dumps(thing, 2)),
    "copied": copy.copy,
    "copied deep": copy.deepcopy,
    "pickled twice": lambda thing: pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(thing)))),
}


def orders(result: BacktestResult) -> list[tuple[object, ...]]:
    """All that is told of each order."""
    return [
        (
            repr(order), order.id, order.side, order.status, order.average_price, order.filled_quantity, order.limit,
            order.stop, order.reason, order.tif, order.order_class, [leg.id for leg in order.legs],
            order.replaced_by and order.replaced_by.id,
        )
        for order in result.orders
    ]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("run", RUNS)
def test_copy_of_a_result_shows_what_the_result_shows(run: str, way: str, tmp_path: Path) -> None:
    result = RUNS[run]()
    copied = WAYS[way](result)
    assert copied.to_json() == result.to_json()
    assert orders(copied) == orders(result)
    assert (copied.journal, copied.warnings, copied.positions) == (result.journal, result.warnings, result.positions)
    assert (repr(copied), copied._repr_html_()) == (repr(result), result._repr_html_())
    assert copied.to_html(tmp_path / "a.html").read_bytes() == result.to_html(tmp_path / "b.html").read_bytes()
    assert copied.trades.to_pandas().equals(result.trades.to_pandas())
    assert np.array_equal(copied.bars[next(iter(copied.bars))].close, result.bars[next(iter(result.bars))].close)


def test_copy_has_all_that_a_result_has_but_the_run_itself() -> None:
    result = RUNS["checked"]()
    copied = pickle.loads(pickle.dumps(result))
    names = [name for name in dir(result) if not name.startswith("_") and name != "finished"]
    assert [name for name in names if not hasattr(copied, name)] == []
    assert copied.lookahead == result.lookahead is not None
    with pytest.raises(RunFailed, match="a copy of a result has its figures"):
        copied.finished  # noqa: B018 - looking is what raises


@pytest.mark.parametrize(
    "part", ["trades", "fills", "orders", "equity", "cash_flows", "journal", "warnings", "positions"]
)
@pytest.mark.parametrize("way", WAYS)
def test_part_of_a_result_can_be_copied(part: str, way: str) -> None:
    whole = getattr(RUNS["signals"](), part)
    copied = WAYS[way](whole)
    assert [repr(one) for one in copied] == [repr(one) for one in whole]
    for one in whole:
        assert repr(WAYS[way](one)) == repr(one)


def test_order_drags_no_run_along() -> None:
    few, many = (backtest(BySignal, crypto_bars(CLOSES * times)) for times in (1, 200))
    assert len(pickle.dumps(many.orders[0])) == pytest.approx(len(pickle.dumps(few.orders[0])), abs=20)
    assert len(pickle.dumps(list(many.orders[:3]))) < 5_000
    assert len(pickle.dumps(many.trades[0])) < 1_000


def test_thousands_of_replaced_orders_are_no_recursion() -> None:
    rising = backtest(ByBar, crypto_bars(np.linspace(100, 200, 3_000).round(2).tolist()))
    assert len(rising.orders) > 2_900
    for way in ("pickled", "copied deep"):
        copied = WAYS[way](rising)
        assert copied.orders[1].replaced_by is copied.orders[2]
        assert len(WAYS[way](rising.orders)) == len(rising.orders)


def test_failure_of_a_strategy_can_leave_its_process() -> None:
    class Failing(Strategy):
        def on_bar(self, bar: Any) -> None:
            raise ValueError("no")

    with pytest.raises(StrategyError) as failure:
        backtest(Failing, crypto_bars(CLOSES))
    again = pickle.loads(pickle.dumps(failure.value))
    assert (type(again), str(again)) == (StrategyError, str(failure.value))


SCRIPT = """
import pickle, sys
from concurrent.futures import ProcessPoolExecutor
import numpy, pandas, weaver

class Local(weaver.Strategy):
    length: int = 3
    def on_start(self):
        self.when(self.close > weaver.sma(self.close, self.length), lambda bar: self.buy(bar.symbol, 1))

def job(length):
    close = 100 + numpy.sin(numpy.arange(40.0)) * 5
    days = pandas.bdate_range("2024-01-02", periods=40)
    frame = pandas.DataFrame({name: close for name in ("open", "high", "low", "close")}, days)
    return weaver.backtest(Local, {"ABC": frame}, params={"length": length}, lookahead_check=False)

if __name__ == "__main__":
    with ProcessPoolExecutor(1) as pool:
        results = list(pool.map(job, [2, 5]))
    assert results[0].to_json() == job(2).to_json()
    sys.stdout.buffer.write(pickle.dumps(results))
"""


def test_results_of_a_script_come_out_of_its_pool_and_are_read_where_its_strategy_is_not(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    done = subprocess.run([sys.executable, tmp_path / "script.py"], capture_output=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    results = pickle.loads(done.stdout)
    assert [result.run["parameters"] for result in results] == [{"length": 2}, {"length": 5}]
    assert len(results[0].orders) > 10
    assert results[0].title == "local on ABC 1d"
