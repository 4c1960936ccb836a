"""A backtest's plan run live: bar by bar, on the house's exchange and ledger, by nothing but what each tick brings."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaver.greta.account import BacktestAccount
from weaver.greta.engine import Engine
from weaver.greta.market import Market
from weaver.greta.setup import Setup, clock_ticks
from weaver.marvin.live.runtime import LiveRuntime
from weaver.marvin.orders.actions import Actions, TimedAction
from weaver.marvin.series.timeline import Clock
from weaver.marvin.series.window import Window
from weaver.model.calendar.resample import put_together
from weaver.model.calendar.sessions import calendar_for
from weaver.model.listing import Listing, splits_at
from weaver.model.market.corporate_actions import Split, ex_day
from weaver.model.market.timeframe import Timeframe
from weaver.model.orders.action_bytes import encode_action
from weaver.model.orders.actions import FetchWindow
from weaver.model.orders.venue import venue_rules
from weaver.research.run import Plan, Ran


class GivenBar(NamedTuple):
    """A bar as a feed would give it."""

    symbol: str
    start: int
    end: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    is_missed: bool = False


@dataclass(kw_only=True)
class Trader:
    """The strategy as the exchange's engine knows it: it takes its numbers from it, and tells it of the end."""

    clock: Clock
    live: LiveRuntime | None = field(default=None)

    @property
    def running(self) -> LiveRuntime:
        assert self.live is not None
        return self.live

    @property
    def stop_reason(self) -> str | None:
        return self.running.stop_reason

    def take_number(self) -> int:
        return self.running.take_number()

    def end(self) -> None:
        self.running.stop()


class Lived(NamedTuple):
    """What a live run came to."""

    runtime: LiveRuntime
    actions: tuple[TimedAction, ...]


def in_backtest(plan: Plan) -> tuple[Ran, tuple[TimedAction, ...]]:
    """Run a plan as a backtest."""
    actions = Actions()
    ran = plan.run(progress=lambda _: None, actions=actions)
    return ran, actions.take()


def written(actions: tuple[TimedAction, ...]) -> list[bytes]:
    """Actions with their ticks, as bytes."""
    return [f"{time} ".encode() + encode_action(action) for time, action in actions]


def live(
    plan: Plan, ticks: NDArray[np.int64], *, each: Callable[[LiveRuntime], None] = lambda _: None, foreseen: int = 1
) -> Lived:
    """Run a plan tick by tick, at a backtest's ticks; `each` is called after each of them. `foreseen`: of so many ticks
    the bars are known before the first, as in a replay; of fewer, where a split comes between."""
    setup = Setup(
        listings=plan.listings, costs=plan.costs, rules=plan.rules, scales=plan.scales, start=plan.start,
        close_at_end=plan.options.close_at_end, venue=venue_rules(plan.options.venue), progress=lambda _: None,
    )  # fmt: skip
    clock = Clock(ticks, start=plan.start)
    account, trader = BacktestAccount(setup, clock), Trader(clock=clock)
    engine: Any = Engine(setup, account, trader)  # type: ignore[arg-type] # of which only the two ends are used
    clock.tick = engine.first - 1
    actions, own = Actions(), clock_ticks(plan.listings)
    before_first = own[own < ticks[engine.first]]
    start = int(before_first[-1]) if len(before_first) else plan.start
    runtime = trader.live = LiveRuntime(
        plan.strategy.cls,
        plan.parameters,
        listings={symbol: before(listing, start) for symbol, listing in plan.listings.items()},
        account=account,
        start=start,
        seed=plan.options.seed,
        actions=actions,
    )
    runtime.start()
    for order in account.orders:
        order.placed = clock.now
    asked = list(actions.take())
    market = Market(setup, account, trader.take_number, engine.first, is_heard=True)
    seen, next_block = 0, engine.first
    for tick in range(engine.first, len(ticks)):
        clock.tick = tick
        updates = market.turn(tick)
        now, last = int(ticks[tick]), int(ticks[tick - 1]) if tick else -1
        if tick == next_block:
            next_block = foresee(runtime, plan, ticks, tick, foreseen)
        requests = [one for one in asked[seen:] if isinstance(one.action, FetchWindow)]
        seen = len(asked)
        runtime.tick(
            now,
            [bar for listing in plan.listings.values() for bar in closed(listing, last, now)],
            updates=updates,
            windows=[answer(plan.listings[one.action.symbol], one.time, one.action) for one in requests],
            splits=[(symbol, split) for symbol, one in plan.listings.items() for split in seen_splits(one, last, now)],
        )
        each(runtime)
        asked += actions.take()
        if runtime.stop_reason is not None:
            break
    engine._finish(market, trader)
    return Lived(runtime, (*asked, *actions.take()))


def foresee(runtime: LiveRuntime, plan: Plan, ticks: NDArray[np.int64], first: int, count: int) -> int:
    """Have the bars of some ticks known ahead; the tick after them."""
    known: list[tuple[int, list[GivenBar]]] = []
    for tick in range(first, min(first + count, len(ticks))):
        now, last = int(ticks[tick]), int(ticks[tick - 1]) if tick else -1
        if any(any(seen_splits(one, last, now)) for one in plan.listings.values()):
            break
        known.append((now, [bar for listing in plan.listings.values() for bar in closed(listing, last, now)]))
    if len(known) > 1:
        runtime.foresee(known)
    return first + max(len(known), 1)


def before(listing: Listing, now: int) -> Listing:
    """What is known of a symbol by an instant."""
    count = int(np.searchsorted(listing.bars.end, now, side="right"))
    known = tuple(one for one in listing.actions if isinstance(one, Split) and first_after(listing, one) < count)
    return replace(listing, bars=listing.bars.slice(0, count), actions=known)


def first_after(listing: Listing, split: Split) -> int:
    """The first bar after a split, by index."""
    sessions = calendar_for(listing.instrument.asset_class).last_session_of(listing.bars)
    return int(np.searchsorted(sessions, ex_day(split)))


def closed(listing: Listing, last: int, now: int) -> Iterator[GivenBar]:
    """The bars that close after `last`, up to `now`."""
    bars = listing.bars
    begin, end = np.searchsorted(bars.end, [last, now], side="right").tolist()
    for k in range(begin, end):
        values = (float(getattr(bars, name)[k]) for name in ("open", "high", "low", "close", "volume"))
        yield GivenBar(bars.symbol, int(bars.timestamp[k]), int(bars.end[k]), *values)


def seen_splits(listing: Listing, last: int, now: int) -> Iterator[Split]:
    """The splits before the bar that closes now."""
    begin, end = np.searchsorted(listing.bars.end, [last, now], side="right").tolist()
    for action in listing.actions:
        if isinstance(action, Split) and begin <= first_after(listing, action) < end:
            yield action


def answer(listing: Listing, asked: int, request: FetchWindow) -> Window:
    """The newest bars that had closed when they were asked for, as they were traded."""
    timeframe = Timeframe.parse(request.timeframe)
    calendar = calendar_for(listing.instrument.asset_class)
    bars = put_together(listing.bars, timeframe, calendar, splits=splits_at(listing))
    count = int(np.searchsorted(bars.end, asked, side="right"))
    return Window(
        symbol=request.symbol, timeframe=request.timeframe, bars=bars.slice(max(count - request.bars, 0), count)
    )
