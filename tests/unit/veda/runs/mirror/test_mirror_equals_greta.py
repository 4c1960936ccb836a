"""The account that a live strategy sees is the one that it sees in a backtest, to the last digit and at every tick.

Random scenarios run through greta, whose strategy notes what it is told and how its account stands, before and after it
acts. The mirror is given just what was told, through bytes, and the same ops are asked of it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
from hypothesis import HealthCheck, given, settings

from tests.naive.bridge import Scripted, TickByTick, inputs_of, options_of
from tests.naive.generate import random_scenario, scenarios
from tests.naive.scenario import NaiveBar, Scenario
from weaver.greta.account import BacktestAccount
from weaver.greta.ledger.fills import FillAtOpen
from weaver.greta.ledger.ledger import CashFlow
from weaver.greta.orders.book import Change
from weaver.marvin.orders.actions import Actions, TimedAction
from weaver.marvin.orders.desk import Desk
from weaver.marvin.plugins.loader import from_class
from weaver.marvin.runtime import INTENTS
from weaver.marvin.series.timeline import Clock
from weaver.marvin.strategy import Strategy
from weaver.model.calendar.instants import instant_of
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.corporate_actions import Split
from weaver.model.market.tick import Tick
from weaver.model.numbers.money import CASH_DECIMALS, decimal_of
from weaver.model.orders.execution import Execution
from weaver.model.orders.fill import Fill
from weaver.model.orders.order import Order
from weaver.model.orders.status import OrderStatus
from weaver.model.orders.venue import venue_rules
from weaver.research.run import Plan, plan
from weaver.veda.inputs import CashMoved, InputBar, OrderFilled, OrderMoved, SplitSeen, TickInputs, Update
from weaver.veda.runs.mirror.mirror import AccountMirror
from weaver.veda.runs.recorded.codec import decode_inputs, encode_inputs

SEEDS = 400
VENUES = (None, "alpaca-stocks", None, "alpaca-crypto")
State = Mapping[str, Any]


def state_of(account: Any, orders: list[Order]) -> State:
    """All that a strategy can see of its account."""
    symbols = sorted(account.held)
    return {
        "cash": account.cash(),
        "equity": account.equity(),
        "held": {symbol: account.held[symbol] for symbol in symbols},
        "positions": {symbol: account.position(symbol) for symbol in symbols},
        "closes": {symbol: account.close(symbol) for symbol in symbols},
        "working": [order.number for order in account.working()],
        "of symbols": [[order.number for order in account.working(symbol)] for symbol in symbols],
        "orders": [seen(order) for order in orders],
    }


def same(found: State, wanted: State) -> None:
    """The same; a difference is told with its place."""
    for name, value in wanted.items():
        if name == "orders":
            for one, other in zip(found[name], value, strict=True):
                assert one == other
        assert found[name] == value, name


def seen(order: Order) -> tuple[Any, ...]:
    """All that can be seen of an order."""
    return (
        order.number, order.status, order.quantity, order.filled_quantity, order.average_price, order.limit, order.stop,
        order.trail, order.waiting, order.cancel_asked, order.reason, order.is_working, order.remaining,
        [leg.number for leg in order.legs], None if order.replaced_by is None else order.replaced_by.number,
    )  # fmt: skip


def seen_of_fill(fill: Fill) -> tuple[Any, ...]:
    """All that can be seen of a fill, but for how much of its price is slippage."""
    texts = (str(fill.quantity), str(fill.price), str(fill.commission))
    return (fill.order_id, fill.symbol, fill.side, *texts, fill.timestamp, fill.bar_timestamp, fill.notes)


@dataclass(slots=True)
class Noted:
    """One tick of a backtest: what its strategy was told, and how its account stood."""

    updates: list[Update]
    fills: list[tuple[Any, ...]]
    before: State
    after: State = field(default_factory=dict)


class NotingAccount(BacktestAccount):
    """Keeps what happens to orders, each status as it was."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.changes: list[Change] = []
        take = self.matcher.orders.take_changes

        def taken() -> list[Change]:
            found = take()
            self.changes += found
            return found

        self.matcher.orders.take_changes = taken  # type: ignore[method-assign]


class Noting(Strategy):
    """Notes what happens, as Veda would tell it; to be put before a strategy."""

    made: ClassVar[list["Noting"]] = []

    def on_start(self) -> None:
        super().on_start()
        self.noted: list[Noted] = []
        self._fills: list[Fill] = []
        self._levels: dict[int, tuple[Any, ...]] = {}
        self._flows = 0
        Noting.made.append(self)

    @property
    def account(self) -> Any:
        return self._running.account

    def on_fill(self, fill: Fill) -> None:
        self._fills.append(fill)
        super().on_fill(fill)

    def on_tick(self, tick: Tick) -> None:
        updates = [*self._corporate(), *self._happened(), *self._changed_terms()]
        fills = [seen_of_fill(fill) for fill in self._fills]
        self._fills.clear()
        self.noted.append(Noted(updates=updates, fills=fills, before=self.state()))
        super().on_tick(tick)
        self._levels = {order.number: terms_of(order) for order in self.account.working()}
        self.noted[-1].after = self.state()

    def state(self) -> State:
        """How the account stands."""
        return state_of(self.account, self.account.orders)

    def _happened(self) -> Iterator[Update]:
        """What happened to orders, in turn; those that filled on the short way stand in no list of changes."""
        changes = iter(self.account.changes)
        for fill in self._fills:
            if isinstance(fill, FillAtOpen):
                order = next(one for one in self.account.orders if one.id == fill.order_id)
                yield from filled(order, OrderStatus.FILLED, fill)
                continue
            for order, status, execution in changes:
                yield from changed(order, status, execution)
                if execution is not None:
                    break
        for order, status, execution in changes:
            yield from changed(order, status, execution)
        self.account.changes = []

    def _corporate(self) -> Iterator[Update]:
        """What happened to the symbols before this tick's bars."""
        flows: list[CashFlow] = self.account.ledger.flows[self._flows :]
        self._flows += len(flows)
        for symbol, prices in self.account.prices.items():
            for action in sorted(prices.listing.actions, key=lambda action: action.ex_date):
                index = prices.bar_from(action)
                if index == prices.count or prices.tick_of(index) != self._running.clock.tick:
                    continue
                kind = "split" if isinstance(action, Split) else "dividend"
                if isinstance(action, Split):
                    numerator, denominator = action.ratio.as_integer_ratio()
                    yield SplitSeen(symbol=symbol, numerator=numerator, denominator=denominator, ex_date=action.ex_date)
                if flows and (flows[0].symbol, flows[0].kind) == (symbol, kind):
                    amount = decimal_of(flows.pop(0).amount, CASH_DECIMALS)
                    yield CashMoved(symbol=symbol, kind="fraction" if kind == "split" else "dividend", amount=amount)
        assert not flows

    def _changed_terms(self) -> Iterator[Update]:
        """Orders whose quantity was settled without a fill, or whose level has moved."""
        for order in self.account.orders:
            before = self._levels.get(order.number)
            if before is not None and before != terms_of(order):
                yield OrderMoved(
                    number=order.number,
                    status=order.status,
                    quantity=order.quantity,
                    limit=order.limit,
                    stop=order.stop,
                )


def changed(order: Order, status: OrderStatus, execution: Execution | None) -> Iterator[Update]:
    """A change as Veda tells it."""
    if execution is not None:
        yield from filled(order, status, execution.as_fill())
    else:
        reason = order.reason if status.is_final else ""
        yield OrderMoved(number=order.number, status=status, reason=reason, quantity=order.quantity)


def filled(order: Order, status: OrderStatus, fill: Fill) -> Iterator[Update]:
    """A fill as Veda tells it; it may have settled its order's quantity, or cut it."""
    yield OrderMoved(number=order.number, status=OrderStatus.ACCEPTED, quantity=order.quantity)
    yield OrderFilled(
        number=order.number,
        status=status,
        quantity=fill.quantity,
        price=fill.price,
        commission=fill.commission,
        time=instant_of(fill.timestamp),
        bar_time=instant_of(fill.bar_timestamp),
        notes=fill.notes,
    )


def terms_of(order: Order) -> tuple[Any, ...]:
    return order.quantity, order.stop


class Twin:
    """The same program on the mirror, from tick to tick."""

    def __init__(self, scenario: Scenario, ready: Plan, actions: Actions) -> None:
        self._scenario, self._asked = scenario, actions
        self.orders: list[Order] = []
        self.liquidations: frozenset[int] = frozenset()
        self.mirror = AccountMirror(
            rules=ready.rules,
            scales=ready.scales,
            closes={},
            venue=venue_rules(ready.options.venue),
        )
        place = self.mirror.place

        def noted(order: Order) -> None:
            self.orders.append(order)
            place(order)

        self.mirror.take = self.mirror.place = noted  # type: ignore[method-assign]
        self._clock = Clock(np.array(scenario.ticks(), dtype=np.int64), start=ready.start)
        calendars = {symbol: calendar_for(one.instrument.asset_class) for symbol, one in ready.listings.items()}
        self._desk = Desk(self.mirror, self._clock, ready.scales, calendars, actions)
        self._strategy = Scripted()
        self._strategy._program = scenario.program
        self._strategy._runtime = SimpleNamespace(account=self)  # type: ignore[assignment]
        self._strategy.__dict__.update({name: getattr(self._desk, name) for name in INTENTS})

    def at(self, tick: int, noted: Noted) -> None:
        """One tick."""
        self._clock.tick = tick
        now = self._scenario.ticks()[tick]
        bars = tuple(input_bar(one.symbol, bar) for one in self._scenario.symbols for bar in one.bars if bar.end == now)
        inputs = TickInputs(number=tick + 1, time=now, updates=tuple(noted.updates), bars=bars)
        news = self.mirror.apply(decode_inputs(encode_inputs(inputs)))
        assert [seen_of_fill(one) for one in news if isinstance(one, Fill)] == noted.fills
        same(state_of(self.mirror, self.orders), noted.before)
        self._strategy._perform(tick)
        same(state_of(self.mirror, self.orders), noted.after)


def input_bar(symbol: str, bar: NaiveBar) -> InputBar:
    prices = {name: float(getattr(bar, name)) for name in ("open", "high", "low", "close", "volume")}
    return InputBar(symbol=symbol, start=bar.start, end=bar.end, **prices)


def check(scenario: Scenario, venue: str | None, seen_kinds: Counter[str]) -> None:
    """A scenario on greta, and then on the mirror; one that ends in a margin call is left out."""
    actions, again = Actions(), Actions()
    program = type("Program", (Noting, TickByTick), {"_program": scenario.program})
    ready = plan(from_class(program), inputs_of(scenario), options_of(scenario, venue=venue))
    ran = ready.run(progress=lambda _: None, account=NotingAccount, actions=actions)
    noting = Noting.made.pop()
    if ran.finished.margin_calls:
        seen_kinds["margin call"] += 1
        return
    twin = Twin(scenario, ready, again)
    for tick, noted in enumerate(noting.noted):
        twin.at(tick, noted)
        seen_kinds.update(type(update).__name__ for update in noted.updates)
    seen_kinds.update(order.status for order in twin.orders)
    assert asked(again) == asked(actions)


def asked(actions: Actions) -> tuple[TimedAction, ...]:
    return actions.take()


def without_delistings(scenario: Scenario) -> Scenario:
    """Greta pays delisted holdings out by itself; a live run hears of that from its venue, as of any cash."""
    symbols = [
        replace(one, actions=[action for action in one.actions if action[0] != "delisting"]) for one in scenario.symbols
    ]
    return replace(scenario, symbols=symbols, close_at_end=False)


@settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(scenarios(frames_max=12))
def test_mirror_of_a_drawn_run_shows_what_its_backtest_shows(scenario: Scenario) -> None:
    check(without_delistings(scenario), None, Counter())


def test_mirror_of_seeded_runs_of_every_kind_shows_what_their_backtests_show() -> None:
    kinds: Counter[str] = Counter()
    for seed in range(SEEDS):
        scenario = without_delistings(random_scenario(seed, any_price=True, any_time=True, any_word=True))
        check(scenario, VENUES[seed % len(VENUES)], kinds)
    assert min(kinds[name] for name in ("filled", "cancelled", "rejected", "expired", "accepted", "pending")) > 20
    assert min(kinds[name] for name in ("OrderMoved", "OrderFilled", "SplitSeen", "CashMoved")) > 50
    assert kinds["margin call"] < SEEDS // 5
