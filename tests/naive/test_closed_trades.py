"""Closed trades as a strategy reads them, against those of the result, which are found another way."""

from collections.abc import Mapping
from typing import Any

from tests.naive.bridge import TickByTick, inputs_of, options_of
from tests.naive.generate import random_scenario
from weaver.greta.ledger.fill_columns import fill_columns
from weaver.greta.results.trades import Trades
from weaver.marvin.orders.closed_trades import ClosedTrade
from weaver.marvin.plugins.loader import from_class
from weaver.model.calendar.instants import time_of
from weaver.research.run import plan

SEEDS = 300
FIELDS = ("symbol", "side", "quantity", "entry_price", "exit_price", "pnl", "commission", "bars", "mae", "mfe")


def told(trade: Any) -> tuple[Any, ...]:
    times = (one if not isinstance(one, int) else time_of(one) for one in (trade.entry_time, trade.exit_time))
    return (*(getattr(trade, name) for name in FIELDS), *times)


def read(seed: int) -> tuple[list[ClosedTrade], list[Any], Mapping[str, int]]:
    """What a strategy reads at the end, having looked now and then; the result's; and how often it grew."""
    scenario = random_scenario(seed, any_time=True, any_word=True)
    seen: list[ClosedTrade] = []
    lengths: list[int] = []

    class Reading(TickByTick):
        _program = scenario.program

        def on_tick(self, tick: Any) -> None:
            super().on_tick(tick)
            if self._tick % 3 == 0:
                lengths.append(len(self.closed_trades))

        def on_stop(self) -> None:
            seen.extend(self.closed_trades)

    ready = plan(from_class(Reading), inputs_of(scenario), options_of(scenario))
    finished = ready.run(progress=lambda _: None).finished
    trades = Trades(finished, fill_columns(finished.fills, finished.prices))
    assert lengths == sorted(lengths)
    return seen, [*trades], {"grew": len({*lengths}) - 1}


def test_closed_trades_are_those_of_the_result() -> None:
    count = grew = 0
    for seed in range(SEEDS):
        seen, expected, noted = read(seed)
        assert [told(one) for one in seen] == [told(one) for one in expected], f"seed {seed}"
        for one, other in zip(seen, expected, strict=True):
            assert abs(one.return_ - other.return_) < 1e-9, f"seed {seed}"
        count, grew = count + len(seen), grew + noted["grew"]
    assert count > 500
    assert grew > 200
