"""Random runs as backtests, and as paper runs on a replay of the same bars: decisions, fills, equity, and all that the
strategy is called with and sees.

`python -m tests.integration.trading_parity.drawn FROM TO [contracts]` compares the seeds of [FROM, TO), with futures.
"""

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import weaver.decider
from tests.integration import any_strategy, fast_ways
from tests.integration.any_strategy import NEVER
from tests.integration.test_live_equals_backtest import sees_more
from tests.integration.trading_parity.rig import Came, Paper, came_of, paper_run, same
from tests.naive.scenario import Op, Scenario
from weaver.greta.setup import clock_ticks
from weaver.marvin.orders.actions import Actions
from weaver.model.backtest.options import OPTIONS
from weaver.model.calendar.instants import time_of
from weaver.model.errors import InputError
from weaver.research.run import BrokenOff, Plan, Ran
from weaver.walle.bars.store import ParquetBarStore

DECIMALS_MAX = 18
NOT_FOR_PAPER = {"start", "end", "params", "lookahead_check", "close_at_end", "venue"}
UNFIT, FAILS = "options that these bars do not go with", "a strategy that fails"
EVERY = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What a seed came to: why there is nothing to compare, or where the two runs differ; else both are empty."""

    skipped: str = ""
    difference: str = ""
    story: tuple[str, ...] = ()
    fills: int = 0
    charges: tuple[str, ...] = ()
    """Of what kinds they were, of what holding costs."""
    contracts: tuple[str, ...] = ()
    """What makes a contract of what filled: `multiplier`, `margin`."""


def compare(seed: int, *, any_contract: bool = False) -> Compared:
    """Run the seed's strategy both ways. `any_contract`: on futures and at other exchanges, too."""
    drawn = fast_ways.case(seed, any_contract=any_contract)
    asks = drawn.habits.asks
    options = {name: value for name, value in drawn.options.items() if name != "venue"}
    if asks:  # live a window reaches back past the warm-up
        options.pop("warmup", None)
    drawn = drawn._replace(
        scenario=_fit_for_paper(drawn.scenario), habits=replace(drawn.habits, fails=NEVER), options=options
    )
    story: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(any_strategy, "_order", _seen)
        try:
            plan = drawn.ready(story)
        except InputError:
            return Compared(skipped=UNFIT)
        try:
            backtest, ran = _in_backtest(plan)
        except BrokenOff:
            return Compared(skipped=FAILS)
        if skipped := _incomparable(plan, ran):
            return Compared(skipped=skipped)
        told = tuple(story)
        patch.setattr(weaver.decider, "from_text", lambda *_: plan.strategy)
        with tempfile.TemporaryDirectory() as folder:
            paper = asyncio.run(_on_paper(plan, Path(folder)))
    return Compared(
        difference=_difference(paper, backtest, tuple(story), told),
        story=told,
        fills=len(backtest.fills),
        charges=tuple(one.kind for one in backtest.carry),
        contracts=tuple(_contracts(plan, backtest)),
    )


def _contracts(plan: Plan, came: Came) -> Iterator[str]:
    for fill in came.fills:
        instrument = plan.listings[fill.symbol].instrument
        if instrument.multiplier != 1:
            yield "multiplier"
        if instrument.margin is not None:
            yield "margin"


def _fit_for_paper(scenario: Scenario) -> Scenario:
    """Without orders that the price of their fill is to size: Veda sizes them when they are sent."""

    def sized(op: Op) -> Op:
        return replace(op, kwargs={name: value for name, value in op.kwargs.items() if name != "size_at"})

    program = {tick: [sized(op) for op in ops] for tick, ops in scenario.program.items()}
    return replace(scenario, program=program, close_at_end=False)


def _seen(order: Any) -> tuple[Any, ...]:
    """An order, but for whether it has triggered, which no venue says."""
    return (
        order.id, order.symbol, str(order.status), order.quantity, order.filled_quantity, order.average_price,
        order.limit, order.stop, order.trail, order.waiting, order.reason, order.placed,
    )  # fmt: skip


def _in_backtest(plan: Plan) -> tuple[Came, Ran]:
    actions = Actions()
    ran = plan.run(progress=lambda _: None, actions=actions)
    return came_of(ran, actions.take()), ran


def _incomparable(plan: Plan, ran: Ran) -> str:
    """Why a paper run is to be another one: what the documentation names."""
    if ran.finished.margin_calls:
        return "a margin call"
    clock = ran.runtime.clock
    if len(clock.ticks) != len(clock_ticks(plan.listings)) or sees_more(clock, plan):
        return "a coarser bar that closes where none of the run's does"
    if any(scale.price_decimals + scale.quantity_decimals > DECIMALS_MAX for scale in plan.scales.values()):
        return "amounts of more than eighteen decimals"
    return ""


async def _on_paper(plan: Plan, folder: Path) -> Came:
    store = ParquetBarStore(folder)
    for given in plan.inputs.values():
        listing = given.listing
        store.write(listing.bars, listing.instrument, listing.actions, "drawn")
    options = {
        name: value
        for name, one in OPTIONS.items()
        if one.run_field is None and name not in NOT_FOR_PAPER and (value := getattr(plan.options, name)) is not None
    }
    run = paper_run(
        "anyone",
        symbols=tuple(plan.listings),
        timeframe=str(next(iter(plan.listings.values())).bars.timeframe),
        start=time_of(plan.start),
        end=plan.options.end,
        options=options,
    )
    return await Paper(store).trade(run)


def _difference(paper: Came, backtest: Came, story: tuple[str, ...], told: tuple[str, ...]) -> str:
    try:
        same(paper, backtest)
    except AssertionError as error:
        return str(error)
    for number, (one, other) in enumerate(zip(story, told, strict=False)):
        if one != other:
            at = next(place for place, (a, b) in enumerate(zip(f"{one}\n", f"{other}\n", strict=False)) if a != b)
            begin = max(at - 100, 0)
            return f"call {number}: {one[begin : at + 100]!r}, and in the backtest {other[begin : at + 100]!r}"
    if len(story) != len(told):
        return f"{len(story)} calls, and in the backtest {len(told)}"
    return ""


def main(first: int, stop: int, *kinds: str) -> int:
    """How many seeds differ."""
    tally: Counter[str] = Counter()
    for seed in range(first, stop):
        found = compare(seed, any_contract="contracts" in kinds)
        tally[found.skipped or ("differs" if found.difference else "same")] += 1
        if found.difference:
            sys.stdout.write(f"seed {seed}: {found.difference}\n")
            sys.stdout.flush()
        if (seed - first) % EVERY == EVERY - 1 or seed == stop - 1:
            sys.stderr.write(f"{seed - first + 1} of {stop - first} seeds: {dict(tally)}\n")
    return tally["differs"]


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])))
