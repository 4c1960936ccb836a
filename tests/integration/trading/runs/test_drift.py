"""A run at a local exchange that is worse by 7 bps than its costs say, held against its backtest: over a restart, and
while it goes on."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.acceptance.service.api import eventually
from tests.integration.trading.desk import Desk, desk
from tests.integration.trading.strategies import HEAD

ALTERNATES = f'''{HEAD}class Alternates(Strategy):
    """In and out by counting bars, whatever became of its orders."""

    def on_start(self):
        self.seen = 0

    def on_bar(self, bar):
        self.seen += 1
        self.log(f"bar {{self.seen}}")
        if self.seen % 4 == 1:
            self.buy(bar.symbol, 10)
        elif self.seen % 4 == 3:
            self.sell(bar.symbol, 10)
'''
BARS = 14


@pytest.fixture(name="worse", scope="module")
def _worse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("worse") / "server", "--slippage-bps", "7") as made:
        yield made


def result(desk: Desk, run_id: str, what: str) -> Any:
    """Of the job that looks at a run."""
    job = desk.api.post(f"/runs/{run_id}/{what}", status=201)
    over = eventually(
        lambda: found if (found := desk.api.get(f"/jobs/{job['id']}"))["finished_at"] else None, what=f"the {what}"
    )
    assert over["error"] is None, over["error"]
    return over["result"]


def test_exchange_that_is_worse_by_seven_says_seven_and_the_pnl_is_explained(worse: Desk) -> None:
    """While the run goes on; and after a restart, by which it may have missed a bar, and so have counted otherwise."""
    run_id = worse.started(ALTERNATES, "AAPL", costs="none")
    worse.until_bars(run_id, BARS)
    worse.quiet()
    going_on = result(worse, run_id, "replay")
    assert going_on["is_identical"], going_on
    assert going_on["ticks"] > BARS
    found = result(worse, run_id, "drift")
    drift = found["prices"]["drift"]
    assert drift["count"] >= BARS // 2 - 1
    assert (drift["mean"], drift["median"]) == pytest.approx((7.0, 7.0), abs=0.05)
    assert found["prices"]["assumed"]["mean"] == 0
    assert (found["orders"]["only_live_total"], found["orders"]["only_backtest_total"]) == (0, 0)
    is_explained(worse, run_id, found["pnl"])
    assert worse.server.stop() == 0
    worse.server.start()
    worse.api.http.base_url = worse.server.url
    worse.until_bars(run_id, BARS + 4)
    worse.stopped(run_id)
    after = result(worse, run_id, "replay")
    assert after["is_identical"], after
    assert after["ticks"] > going_on["ticks"]
    is_explained(worse, run_id, result(worse, run_id, "drift")["pnl"])


def is_explained(desk: Desk, run_id: str, pnl: Any) -> None:
    """By the fills as the server lists them."""
    fills, parts = desk.fills(run_id), {one["part"]: Decimal(one["amount"]) for one in pnl["parts"]}
    assert sum(parts.values()) == Decimal(pnl["difference"]) == Decimal(pnl["live"]) - Decimal(pnl["backtest"])
    assert parts["prices_closed"] + parts["prices_open"] < 0
    paid = sum((-1 if one["side"] == "sell" else 1) * Decimal(one["quantity"]) * Decimal(one["price"]) for one in fills)
    held = desk.api.get(f"/runs/{run_id}/positions")["items"]
    worth = sum((Decimal(one["market_value"]) for one in held), Decimal(0))
    assert Decimal(pnl["live"]) == worth - paid
    assert abs(parts["rounding"]) < Decimal("0.000001")
