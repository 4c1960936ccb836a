"""What paper runs show: on a replay as a backtest of the same bars, and two of them in one account."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.acceptance.server import server
from tests.acceptance.service.api import Api, eventually
from tests.acceptance.trading.desk import ACCOUNT, Exchange, standing, trading
from tests.local_exchange import local_exchange

SPAN = {"start_time": "2006-01-03", "end_time": "2009-12-31", "warmup": 0}
STATISTICS = ("final_equity", "total_return", "max_drawdown", "sharpe", "trades", "wins", "win_rate", "exposure")
HOLDS = """
from weaver import Field, Strategy

class Holds(Strategy):
    \"\"\"Buys once, and holds.\"\"\"
    quantity: int = Field(1, ge=1)

    def on_bar(self, bar):
        if not self.position(bar.symbol).quantity and not self.orders:
            self.buy(bar.symbol, self.quantity)
"""


def test_replay_shows_what_its_backtest_shows(tmp_path: Path) -> None:
    with server(tmp_path / "home") as running, Api(running.url) as api:
        api.import_sample("AAPL_1d.csv")
        asked = {"config": {"fast": 10, "slow": 30}, "cash": 100_000}
        backtest = api.started("sma-crossover", **asked, **SPAN)
        paper = api.started(
            "sma-crossover", mode="paper", venue="simulated", timeframe="1d", warmup=0, speed="max",
            replay="2006-01-03..2009-12-31", **asked,
        )  # fmt: skip
        assert api.ended(backtest)["status"] == "completed"
        assert api.ended(paper)["status"] == "completed"
        curves = [api.get(f"/runs/{one}/equity", points=100_000)["items"] for one in (backtest, paper)]
        assert len(curves[0]) > 900
        assert [one["timestamp"] for one in curves[0]] == [one["timestamp"] for one in curves[1]]
        for name in ("equity", "cash"):  # a backtest's are sums of floats
            ours = [one[name] for one in curves[1]]
            assert ours == pytest.approx([one[name] for one in curves[0]], rel=1e-12)
        trades = [api.pages(f"/runs/{one}/trades") for one in (backtest, paper)]
        same = (
            "symbol",
            "side",
            "quantity",
            "entry_price",
            "exit_price",
            "entry_time",
            "exit_time",
            "pnl",
            "commission",
            "bars",
            "mae",
            "mfe",
        )
        assert len(trades[0]) > 5
        assert [[one[name] for name in same] for one in trades[0]] == [
            [one[name] for name in same] for one in trades[1]
        ]
        results = [api.get(f"/runs/{one}/results") for one in (backtest, paper)]
        for run_id, one in zip((backtest, paper), results, strict=True):
            assert one["run"]["data_hash"] == api.get(f"/runs/{run_id}")["data_hash"]
            assert len(one["run"]["data_hash"]) == 64
        assert results[1]["run"]["data"]["AAPL"]["bars"] == len(curves[1])  # it had no warm-up
        stats = [one["stats"] for one in results]
        for name in (
            "final_equity",
            "total_return",
            "max_drawdown",
            "sharpe",
            "trades",
            "wins",
            "win_rate",
            "exposure",
        ):
            assert stats[1][name] == pytest.approx(stats[0][name]), name
        held = [api.get(f"/runs/{one}/positions")["items"] for one in (backtest, paper)]
        assert [(one["symbol"], one["quantity"], one["market_value"]) for one in held[0]] == [
            (one["symbol"], one["quantity"], one["market_value"]) for one in held[1]
        ]
        assert api.get(f"/runs/{paper}/fills")["total"] == api.get(f"/runs/{backtest}/fills")["total"]
        top = api.get(f"/runs/{paper}/trades", sort="-pnl", page_size=1)["items"][0]
        assert Decimal(top["pnl"]) == max(Decimal(one["pnl"]) for one in trades[1])
        assert "cannot be sorted" in api.refused("GET", f"/runs/{paper}/trades?sort=run_id", status=400)
        pending = api.create(
            "sma-crossover", mode="paper", venue="simulated", timeframe="1d", replay="2006-01-03", cash=1_000
        )
        assert api.get(f"/runs/{pending}/trades")["items"] == api.get(f"/runs/{pending}/positions")["items"] == []
        assert "has not begun" in api.refused("GET", f"/runs/{pending}/equity", status=404)


def test_two_runs_in_one_symbol_have_figures_of_their_own(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "strategies").mkdir(parents=True)
    (home / "strategies" / "holds.py").write_text(HOLDS)
    with local_exchange("--speed", "hold", "--rate", "0") as local, trading(home, local) as (_, api):
        exchange = Exchange(local)
        usual = {"mode": "paper", "venue": "alpaca", "timeframe": "1m", "cash": 40_000, "warmup": 5}
        runs = [api.started("holds", config={"quantity": quantity}, **usual) for quantity in (3, 5)]
        eventually(
            lambda: all(api.http.get(f"/api/v1/runs/{one}/results").is_success for one in runs), what="both to begin"
        )

        def held() -> list[str] | None:
            exchange.forward(60)
            found = [api.get(f"/runs/{one}/positions")["items"] for one in runs]
            return [one[0]["quantity"] for one in found] if all(found) else None

        assert eventually(held, what="both to hold") == ["3", "5"]
        order = {"symbol": "AAPL", "side": "sell", "order_type": "market", "qty": "1", "run_id": runs[1]}
        by_hand = api.post("/orders", order, status=201)
        assert (by_hand["run_id"], by_hand["account"]) == (runs[1], ACCOUNT)

        def sold() -> bool:
            exchange.forward(60)
            return bool(api.get(f"/orders/{by_hand['id']}")["status"] == "filled")

        eventually(sold, what="the order by hand")
        api.post("/reconciliation", {"account": ACCOUNT})
        [position] = api.get("/positions", venue="alpaca", mode="paper")["items"]
        owners = {one["run_id"]: one for one in position["owners"]}
        assert {run_id: one["quantity"] for run_id, one in owners.items()} == dict(zip(runs, ["3", "4"], strict=True))
        assert (position["quantity"], position["remainder"], position["parts"]) == ("7", "0", [])
        total = sum((Decimal(one["market_value"]) for one in owners.values()), Decimal(0))
        assert total == Decimal(position["market_value"])
        portfolio = api.get("/portfolio/equity")
        [account] = portfolio["accounts"]
        shares = [one for one in account["owners"] if one["run_id"] is not None]
        assert portfolio["runs"] == 2
        assert Decimal(portfolio["items"][-1]["allotted"]) == 2 * 40_000
        assert Decimal(portfolio["items"][-1]["pnl"]) == sum((Decimal(one["pnl"]) for one in shares), Decimal(0))
        pnl = sum((Decimal(one["pnl"]) for one in account["owners"]), Decimal(0))
        assert Decimal(account["equity"]) == 100_000 + pnl
        risk = next(one for one in api.get("/risk")["accounts"] if one["account"] == ACCOUNT)
        assert {one["run_id"] for one in risk["runs"]} == set(runs)
        for run_id in runs:
            curve = api.get(f"/runs/{run_id}/equity")
            assert curve["total"] >= 2
            assert curve["items"][0]["cash"] == 40_000
            api.post(f"/runs/{run_id}/stop")
        left = api.get("/positions", venue="alpaca", mode="paper", run_id=runs[0])["items"]
        assert [one["symbol"] for one in left] == ["AAPL"]  # a stop that doesn't flatten
        told = api.refused("POST", "/orders", status=409, json=order)
        assert "orders can be placed while it is running" in told
        standing(api, by_hand["id"], "filled")
