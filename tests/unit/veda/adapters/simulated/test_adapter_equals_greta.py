"""What a backtest's strategy asked for, sent to the simulated venue on the same bars, comes to the same fills."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tests.naive.bridge import run_weaver, the_plan
from tests.naive.generate import random_scenario
from tests.naive.scenario import Op, Scenario
from tests.simulated import adapter_on, replaying, venue_of
from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.fills import fill_of
from weaver.greta.ledger.prices import Prices
from weaver.marvin.orders.actions import Actions, TimedAction
from weaver.model.calendar.instants import instant_of
from weaver.model.calendar.sessions import calendar_for
from weaver.model.orders.actions import (
    CancelOrder,
    OrderClass,
    OrderTerms,
    OrderType,
    PlaceOrder,
    ReplaceOrder,
    TimeInForce,
)
from weaver.model.orders.order import Order
from weaver.model.orders.status import OrderStatus
from weaver.research.run import Plan
from weaver.research.simulated import LivePrices
from weaver.veda.adapters.simulated.sources.followed import Followed
from weaver.veda.exchange.answers import Accepted
from weaver.veda.exchange.market import LiveBar, ReplayEnded
from weaver.veda.exchange.orders import OrderChange, OrderRequest, StopLoss, VenueOrder

SEEDS = 250
EVER = datetime(1970, 1, 1, tzinfo=UTC)


class Client:
    """Sends typed actions to the venue, and cancels gtd orders when their session is over, as Veda does."""

    def __init__(self, plan: Plan, *, follows: bool = False) -> None:
        """`follows`: the venue follows the bars of another, which replays them."""
        self.plan = plan
        self.prices = {name: Prices(one, plan.costs[name], plan.scales[name]) for name, one in plan.listings.items()}
        self.ends = sorted({end for one in self.prices.values() for end in one.ends})
        wall, _, self.source = replaying(self.prices, rules=plan.rules)
        self.adapter = self.source
        if follows:
            venue = venue_of(plan.rules)
            (costs,) = plan.costs.values()
            self.adapter = adapter_on(
                Followed(self.source, pricing=LivePrices(lambda _: costs), venue=venue), wall, venue
            )
        self.ids: dict[int, str] = {}
        self.legs: set[int] = set()
        self.dated: dict[int, tuple[str, int]] = {}
        """By number of a gtd order: its symbol, and when its last session is over."""

    async def run(self, asked: Sequence[TimedAction]) -> None:
        await self.source.connect()
        await self.adapter.connect()
        await self.adapter.instruments(self.prices)
        last = Counter(end for one in self.prices.values() for end in one.ends)
        seen = Counter[int]()
        ended = False
        async for message in self.adapter.live_bars(tuple(self.prices)):
            ended = isinstance(message, ReplayEnded)
            if not isinstance(message, LiveBar):
                continue
            seen[message.end] += 1
            if seen[message.end] == last[message.end]:
                await self._after(message.end, [one.action for one in asked if one.time == message.end])
        assert ended

    async def _after(self, tick: int, actions: Sequence[Any]) -> None:
        await self._end_dated(lambda _symbol: tick)
        for action in actions:
            match action:
                case PlaceOrder():
                    await self._place(action)
                case CancelOrder(number=number):
                    assert isinstance(await self.adapter.cancel(self.ids[number]), Accepted)
                case ReplaceOrder():
                    await self._replace(action)
        await self._end_dated(self._next_open)

    def _next_open(self, symbol: str) -> int:
        """When the bar opens, or did, that ends next: what is over by then must be gone before it comes."""
        prices, now = self.prices[symbol], instant_of(self.adapter.now())
        opened = next((opened for opened, end in zip(prices.opens, prices.ends, strict=True) if end > now), now)
        return min(opened, next((end for end in self.ends if end > now), now))

    async def _end_dated(self, until: Any) -> None:
        for number, (symbol, end) in [*self.dated.items()]:
            if end <= until(symbol):
                del self.dated[number]
                await self.adapter.cancel(self.ids[number])

    async def _place(self, action: PlaceOrder) -> None:
        terms, legs = action.order, action.legs
        is_oco = action.order_class is OrderClass.OCO
        exits = (terms, *legs) if is_oco else legs
        profits = [leg for leg in exits if leg.order_type is OrderType.LIMIT]
        stop = next((stop_loss(leg) for leg in exits if leg.order_type is not OrderType.LIMIT), None)
        answer = await self.adapter.submit(
            OrderRequest(
                client_order_id=f"c{terms.number}",
                symbol=action.symbol,
                side=terms.side,
                quantity=terms.quantity,
                order_type=terms.order_type,
                tif=terms.tif,
                extended_hours=terms.extended_hours,
                limit=None if is_oco else terms.limit,
                stop=terms.stop if terms.order_type is not OrderType.TRAILING_STOP else None,
                trail=terms.trail,
                trail_percent=terms.trail_percent,
                order_class=action.order_class,
                take_profit=profits[0].limit if profits else None,
                take_profit_percent=profits[0].limit_percent if profits else None,
                stop_loss=stop,
                exit_tif=legs[0].tif if legs and not is_oco else TimeInForce.GTC,
            )
        )
        assert isinstance(answer, Accepted), (answer, action)
        shown: VenueOrder = answer.value
        for one, order in zip((terms, *legs), (shown, *shown.legs), strict=True):
            self._note(one, order.venue_id, action.symbol)
        self.legs.update(leg.number for leg in exits)

    def _note(self, terms: OrderTerms, venue_id: str, symbol: str) -> None:
        self.ids[terms.number] = venue_id
        if terms.tif is TimeInForce.GTD:
            assert terms.expires is not None
            calendar = calendar_for(self.plan.listings[symbol].instrument.asset_class)
            end = calendar.session_end(terms.expires, extended_hours=terms.extended_hours)
            self.dated[terms.number] = symbol, end

    async def _replace(self, action: ReplaceOrder) -> None:
        new = action.order
        trails = new.order_type is OrderType.TRAILING_STOP
        trail = new.trail if new.trail is not None else new.trail_percent
        goes_on = new.stop is not None  # from the level of the order before
        change = OrderChange(
            client_order_id=f"c{new.number}",
            quantity=None if action.replaces in self.legs else new.quantity,
            tif=new.tif,
            limit=new.limit,
            stop=None if trails else new.stop,
            trail=None if goes_on else trail,
        )
        answer = await self.adapter.replace(self.ids[action.replaces], change)
        assert isinstance(answer, Accepted), (answer, action)
        self.dated.pop(action.replaces, None)
        self._note(new, answer.value.venue_id, action.symbol)
        if action.replaces in self.legs:
            self.legs.add(new.number)

    async def fills(self) -> list[tuple[object, ...]]:
        numbers = {venue_id: number for number, venue_id in self.ids.items()}
        return [
            (numbers[one.venue_order_id], one.symbol, one.side, one.quantity, one.price, one.commission, one.time)
            for one in await self.adapter.fills_since(EVER)
        ]

    async def statuses(self) -> dict[int, str]:
        found = {number: await self.adapter.find_order(venue_id) for number, venue_id in self.ids.items()}
        return {number: str(order.status) for number, order in found.items() if order is not None}


def stop_loss(leg: OrderTerms) -> StopLoss:
    return StopLoss(
        stop=leg.stop,
        limit=leg.limit,
        stop_percent=leg.stop_percent,
        limit_percent=leg.limit_percent,
        trail=leg.trail,
        trail_percent=leg.trail_percent,
    )


def sendable(scenario: Scenario) -> Scenario:
    """Without what no request says: targets that are cut, exits of other kinds than a venue holds, closes at the end;
    and without a maintenance margin, which is no venue's here."""
    program = {tick: [op for op in ops if _is_sendable(op)] for tick, ops in scenario.program.items()}
    account = replace(scenario.account, maintenance=0)
    return replace(scenario, program=program, account=account, close_at_end=False)


def _is_sendable(op: Op) -> bool:
    return op.name not in {"order_target_value", "order_target_percent", "oto", "rebalance"}


def fills_of(run: FinishedRun) -> list[tuple[object, ...]]:
    found = [(row.order.number, fill_of(row, run.prices[row.order.symbol])) for row in run.fills]
    return [
        (number, one.symbol, one.side, one.quantity, one.price, one.commission, one.timestamp) for number, one in found
    ]


async def check(client: Client, greta: FinishedRun, asked: Sequence[TimedAction]) -> dict[int, str]:
    """How the orders ended, after all was found to be as in the backtest."""
    await client.run(asked)
    assert await client.fills() == fills_of(greta)
    statuses = await client.statuses()
    assert statuses == {order.number: _status(order) for order in greta.orders}
    account = await client.adapter.account()
    assert account.cash is not None
    assert account.cash * 10**8 == greta.cash
    held = {one.symbol: one.quantity for one in await client.adapter.positions()}
    scales = {name: prices.scale for name, prices in greta.prices.items()}
    assert held == {name: scales[name].quantity_decimal(units) for name, units in greta.held.items() if units}
    return statuses


def _status(order: Order) -> str:
    is_taken = order.status is OrderStatus.PENDING and not order.waiting
    return "accepted" if is_taken else str(order.status)


def test_fills_statuses_cash_and_holdings_are_those_of_a_backtest() -> None:
    fills, ends = Counter[str](), Counter[str]()
    for seed in range(SEEDS):
        scenario = sendable(random_scenario(seed, any_price=True, any_time=True, any_word=True))
        actions = Actions()
        greta = run_weaver(scenario, actions=actions)
        if greta.margin_calls:
            continue
        try:
            statuses = asyncio.run(check(Client(the_plan(scenario)), greta, actions.take()))
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        fills.update(str(row.order.tif) for row in greta.fills)
        ends.update(statuses.values())
    assert min(fills[tif] for tif in TimeInForce) > 20, fills
    assert set(ends) == {"accepted", "cancelled", "expired", "filled", "partial", "pending", "rejected"}


def is_followed_alike(scenario: Scenario) -> bool:
    """One symbol, of which bars come by the minute (or hour), all with volume, and without splits and the like."""
    symbols = scenario.symbols
    is_plain = len(symbols) == 1 and scenario.timeframe != "1d" and not symbols[0].actions
    return is_plain and all(bar.volume > 0 for bar in symbols[0].bars)


def test_fills_on_another_venues_bars_are_those_of_a_backtest() -> None:
    fills = Counter[str]()
    for seed in range(4 * SEEDS):
        scenario = sendable(random_scenario(seed, any_time=True, any_word=True))
        if not is_followed_alike(scenario):
            continue
        actions = Actions()
        greta = run_weaver(scenario, actions=actions)
        if greta.margin_calls:
            continue
        client = Client(the_plan(scenario), follows=True)

        async def check(client: Client = client, actions: Actions = actions) -> list[tuple[object, ...]]:
            await client.run(actions.take())
            return await client.fills()

        assert asyncio.run(check()) == fills_of(greta), f"seed {seed}"
        fills.update(str(row.order.tif) for row in greta.fills)
    assert min(fills[tif] for tif in TimeInForce) > 5, fills
