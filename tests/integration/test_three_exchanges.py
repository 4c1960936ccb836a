"""Random orders of every kind on the same bars: the local exchange, the simulated venue and a backtest fill them alike.

The local exchange knows more rules than the others (Alpaca's: buying power, wash trades, deadlines), so what it refuses
is sent to nobody.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np

import weaver
from tests.rehearsals.hand_market import SetFaults
from tests.simulated import priced, replaying
from weaver import Strategy
from weaver.model.account.account_kind import AccountKind
from weaver.model.account.margin import AccountRules
from weaver.model.calendar.instants import instant_of
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import MINUTE, Timeframe
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.rehearsal.answers import Refused
from weaver.rehearsal.faults.faults import Faults
from weaver.rehearsal.market.bars.columns import Columns
from weaver.rehearsal.market.given.assets import asset_of
from weaver.rehearsal.market.given.traded_symbol import GivenBars, TradedSymbol
from weaver.rehearsal.market.market import VenueMarket
from weaver.rehearsal.ports import HOLD
from weaver.rehearsal.time.clock import PacedClock
from weaver.rehearsal.time.wall import SystemWall
from weaver.rehearsal.venue.ids import SeededIds
from weaver.rehearsal.venue.tickets import terms as local
from weaver.rehearsal.venue.tickets.ticket import Ticket
from weaver.rehearsal.venue.venue import Settings, Venue
from weaver.veda.exchange.answers import Accepted
from weaver.veda.exchange.market import LiveBar
from weaver.veda.exchange.orders import OrderRequest, StopLoss, VenueOrder

SEEDS = 25
CASH = Decimal(1_000_000)
QUARTER = Timeframe.parse("15m")
DAYS = [datetime(2024, 4, day, tzinfo=UTC) for day in (8, 9, 10)]
"""A Monday, and the next two days; the New York session is from 13:30 to 20:00 UTC, extended trading FROM … TO."""
HOUR = timedelta(hours=1)
FROM, TO = 8 * HOUR, 24 * HOUR
STOCK, PAIR = "AAPL", "BTC/USD"
Fill = tuple[str, int, str, Decimal, Decimal]
"""Whose (its name, `.profit` or `.loss` for a leg), the tick, the side, how much, and at what price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An order that the local exchange took, or the cancellation of one; `terms` are as a request has them."""

    tick: int
    name: str
    terms: OrderRequest | None = None
    """None: it is cancelled."""


@dataclass(slots=True)
class Taken:
    """What was sent, in order, and what the local exchange made of it."""

    sent: list[Sent] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)


def bars_of(symbol: str, asset_class: AssetClass, price: float, chance: np.random.Generator) -> Bars:
    """Quarters of an hour, of a stock as long as it trades, on three days."""
    first, last = (FROM, TO) if asset_class is AssetClass.STOCK else (timedelta(0), timedelta(days=1))
    starts = [day + first + k * HOUR / 4 for day in DAYS for k in range((last - first) // (HOUR / 4))]
    stamps = np.array([instant_of(start) for start in starts])
    closes = np.round(price + np.cumsum(chance.normal(0, price / 200, len(stamps))), 2)
    opens = np.round(np.append(price, closes[:-1]) + chance.normal(0, price / 1000, len(stamps)), 2)
    spread = np.round(np.abs(chance.normal(0, price / 300, len(stamps))), 2)
    return Bars(
        symbol=symbol,
        timeframe=QUARTER,
        timestamp=stamps,
        end=stamps + 15 * MINUTE,
        open=opens,
        high=np.round(np.maximum(opens, closes) + spread, 2),
        low=np.round(np.minimum(opens, closes) - spread, 2),
        close=closes,
        volume=np.full(len(stamps), 10_000.0),
    )


def market(seed: int) -> dict[str, Bars]:
    chance = np.random.default_rng(seed)
    return {
        STOCK: bars_of(STOCK, AssetClass.STOCK, 170.0, chance),
        PAIR: bars_of(PAIR, AssetClass.CRYPTO, 6_000.0, chance),
    }


# Orders by chance


def draw(chance: Random, symbol: str, price: float, held: int, name: str) -> OrderRequest:
    """An order around a price: of any type, class and time in force that Alpaca has for the symbol, of which so many
    whole units are held."""
    side = chance.choice((Side.BUY, Side.BUY, Side.SELL))
    types = (OrderType.MARKET, OrderType.LIMIT, OrderType.STOP_LIMIT)
    times = (TimeInForce.GTC, TimeInForce.IOC)
    if symbol == STOCK:
        types += (OrderType.STOP, OrderType.TRAILING_STOP)
        times += (TimeInForce.DAY, TimeInForce.DAY, TimeInForce.FOK, TimeInForce.OPG, TimeInForce.CLS)
    order = OrderRequest(
        client_order_id=name,
        symbol=symbol,
        side=side,
        quantity=Decimal(chance.choice((1, 5, 20))) / (1 if symbol == STOCK else 10),
        order_type=chance.choice(types),
        tif=chance.choice(times),
    )

    def near(least: float, most: float) -> Decimal:
        return Decimal(str(round(price * (1 + chance.uniform(least, most)), 2)))

    if order.tif in {TimeInForce.OPG, TimeInForce.CLS}:
        order = replace(order, order_type=chance.choice((OrderType.MARKET, OrderType.LIMIT)))
    elif symbol == STOCK and chance.random() < 0.4:
        return _with_legs(chance, order, near, held)
    match order.order_type:
        case OrderType.LIMIT:
            is_late = symbol == STOCK and chance.random() < 0.3
            return replace(order, limit=near(-0.01, 0.01), extended_hours=is_late)
        case OrderType.STOP:
            return replace(order, stop=near(-0.01, 0.01))
        case OrderType.STOP_LIMIT:
            stop = near(-0.01, 0.01)
            return replace(order, stop=stop, limit=stop + Decimal(chance.choice(("-0.1", "0", "0.2"))))
        case OrderType.TRAILING_STOP:
            percent = chance.random() < 0.5
            return replace(order, trail_percent=Decimal("0.7")) if percent else replace(order, trail=Decimal("1.1"))
        case _:
            return order


def _with_legs(chance: Random, order: OrderRequest, near: Callable[[float, float], Decimal], held: int) -> OrderRequest:
    """A bracket, an oto, or an oco for a part of what is held."""
    tif = chance.choice((TimeInForce.DAY, TimeInForce.GTC))
    limit = near(-0.005, 0.005) if chance.random() < 0.5 else None
    order_type = OrderType.MARKET if limit is None else OrderType.LIMIT
    up, down = near(0.004, 0.02), near(-0.02, -0.004)
    order_class = chance.choice((OrderClass.BRACKET, OrderClass.OTO, OrderClass.OCO))
    if order_class is OrderClass.OCO:
        side = Side.SELL if held > 0 else Side.BUY
        order = replace(order, side=side, quantity=Decimal(min(max(abs(held), 1), 5)))
    is_sold_out = (order.side is Side.BUY) != (order_class is OrderClass.OCO)
    profit, stop = (up, down) if is_sold_out else (down, up)
    loss = StopLoss(stop=stop, limit=chance.choice((None, stop)))
    if order_class is OrderClass.OCO:  # a strategy's has no limit on its stop
        order_type, limit, loss = OrderType.LIMIT, None, StopLoss(stop=stop)
    if order_class is OrderClass.OTO:
        profit, loss = chance.choice(((profit, None), (None, loss)))  # type: ignore[assignment]
    return replace(
        order, order_type=order_type, tif=tif, exit_tif=tif, limit=limit, order_class=order_class, take_profit=profit,
        stop_loss=loss,
    )  # fmt: skip


# The local exchange


def local_terms(order: OrderRequest) -> local.Terms:
    loss = order.stop_loss
    return local.Terms(
        symbol=order.symbol,
        side=order.side,
        type=order.order_type,
        tif=order.tif,
        qty=order.quantity,
        limit_price=order.take_profit if order.order_class is OrderClass.OCO else order.limit,
        stop_price=order.stop,
        trail_price=order.trail,
        trail_percent=order.trail_percent,
        extended_hours=order.extended_hours,
        order_class=order.order_class,
        take_profit=order.take_profit,
        stop_loss=None if loss is None else local.StopLoss(stop_price=loss.stop, limit_price=loss.limit),
    )


def local_venue(bars: Mapping[str, Bars]) -> tuple[PacedClock, Venue]:
    listed = []
    for symbol, one in bars.items():
        asset_class = AssetClass.STOCK if symbol == STOCK else AssetClass.CRYPTO
        asset = asset_of(symbol, asset_class, data_decimals=2, lowest=float(one.low.min()))
        columns = Columns.of(one, calendar_for(asset_class), asset_class)
        listed.append(TradedSymbol(asset=asset, timeframe=QUARTER, source=GivenBars(columns)))
    clock = PacedClock(start=int(bars[PAIR].timestamp[0]), pace=HOLD, wall=SystemWall())
    faults, settings = Faults(SeededIds(1)), Settings(cash=CASH, is_live=False, slippage_bps=Decimal(0))
    venue = Venue(
        clock=clock,
        market=VenueMarket(listed, clock, SetFaults()),
        faults=faults,
        new_id=SeededIds(2),
        publish=lambda _: None,
        settings=settings,
    )
    return clock, venue


async def on_the_local_exchange(bars: Mapping[str, Bars], chance: Random) -> Taken:
    """Draw orders tick by tick, and keep those that are taken, with what they came to."""
    clock, venue = local_venue(bars)
    found, names, working = Taken(), dict[str, str](), dict[str, Ticket]()
    for tick in bars[PAIR].end.tolist():
        await clock.advance(tick, _sent)
        for _ in range(chance.choice((0, 0, 1, 2))):
            symbol = chance.choice((STOCK, STOCK, PAIR))
            price = venue.market.price(symbol)
            if price is None:
                continue
            held = venue.account.units[symbol] // venue.market.assets[symbol].scale.quantity_one
            order = draw(chance, symbol, float(price), held, f"n{len(found.sent)}")
            try:
                ticket = venue.submit(local_terms(order), order.client_order_id)
            except Refused as refused:
                found.refused[refused.message.split(":")[0][:40]] += 1
                continue
            venue.settle()
            found.sent.append(Sent(tick=tick, name=order.client_order_id, terms=order))
            names |= _names(order, ticket.id, [leg.id for leg in ticket.legs])
            if order.order_class is OrderClass.SIMPLE:
                working[order.client_order_id] = ticket
        open_ones = [name for name, ticket in working.items() if ticket.is_open]
        if open_ones and chance.random() < 0.15:
            name = chance.choice(open_ones)
            venue.cancel(working[name])
            found.sent.append(Sent(tick=tick, name=name))
    found.fills = [(names[one.order_id], one.at, one.side, one.qty, one.price) for one in venue.lifecycle.executions]
    return found


async def _sent() -> None:
    """Nobody listens."""


def _names(order: OrderRequest, main: str, legs: Sequence[str]) -> dict[str, str]:
    """Whose an id is: of an oco the order itself takes the profit."""
    if order.order_class is OrderClass.OCO:
        return {main: f"{order.client_order_id}.profit", legs[0]: f"{order.client_order_id}.loss"}
    kinds = [kind for kind, leg in (("profit", order.take_profit), ("loss", order.stop_loss)) if leg is not None]
    own = {main: order.client_order_id}
    return own | {leg: f"{order.client_order_id}.{kind}" for leg, kind in zip(legs, kinds, strict=True)}


# The simulated venue

RULES = AccountRules(cash=CASH, kind=AccountKind.MARGIN, leverage=Decimal(4), shorting=True, maintenance=Decimal(0))


async def on_the_simulated_venue(bars: Mapping[str, Bars], sent: Sequence[Sent]) -> list[Fill]:
    classes = {STOCK: AssetClass.STOCK, PAIR: AssetClass.CRYPTO}
    stored = {symbol: priced(one, Instrument.default(symbol, classes[symbol])) for symbol, one in bars.items()}
    _, _, adapter = replaying(stored, rules=RULES)
    names, ids = dict[str, str](), dict[str, str]()
    await adapter.connect()
    async for message in adapter.live_bars([*bars]):
        if not isinstance(message, LiveBar) or message.symbol != PAIR:
            continue  # the pair has the last bar of each tick
        for one in (one for one in sent if one.tick == message.end):
            if one.terms is None:
                assert isinstance(await adapter.cancel(ids[one.name]), Accepted)
                continue
            answer = await adapter.submit(one.terms)
            assert isinstance(answer, Accepted), answer
            shown: VenueOrder = answer.value
            ids[one.name] = shown.venue_id
            names |= _names(one.terms, shown.venue_id, [leg.venue_id for leg in shown.legs])
    return [
        (names[known.fill.venue_order_id], known.tick, str(known.fill.side), known.fill.quantity, known.fill.price)
        for known in adapter._venue.fills
    ]


# A backtest


def in_a_backtest(bars: Mapping[str, Bars], sent: Sequence[Sent]) -> list[Fill]:
    names: dict[str, str] = {}

    class Sends(Strategy):
        def on_start(self) -> None:
            self.placed: dict[str, Any] = {}

        def on_tick(self, tick: Any) -> None:
            now = instant_of(tick.time)
            for one in (one for one in sent if one.tick == now):
                if one.terms is None:
                    self.cancel(self.placed[one.name])
                else:
                    self._send(one.name, one.terms)

        def _send(self, name: str, order: OrderRequest) -> None:
            terms: dict[str, Any] = {"tif": str(order.tif), "extended_hours": order.extended_hours}
            given = {"limit": order.limit, "stop": order.stop, "trail": order.trail}
            terms |= {what: value for what, value in given.items() if value is not None}
            if order.trail_percent is not None:
                terms["trail_percent"] = order.trail_percent
            if order.order_class is OrderClass.OCO:
                assert order.take_profit is not None
                assert order.stop_loss is not None
                terms |= {"limit": order.take_profit, "stop": order.stop_loss.stop}
                main, *legs = self.oco(order.symbol, order.quantity, **terms)
            else:
                terms |= _exits(order)
                main = getattr(self, str(order.side))(order.symbol, order.quantity, **terms)
                legs = main.legs
            self.placed[name] = main
            names.update(_names(order, main.id, [leg.id for leg in legs]))

    result = weaver.backtest(
        Sends, dict(bars), cash=CASH, account="margin", leverage=4, shorting=True, maintenance=0, costs="none",
        lookahead_check=False,
    )  # fmt: skip
    ends = {int(start): int(end) for start, end in zip(bars[PAIR].timestamp, bars[PAIR].end, strict=True)}
    return [
        (names[fill.order_id], ends[instant_of(fill.bar_timestamp)], str(fill.side), fill.quantity, fill.price)
        for fill in result.fills
    ]


def _exits(order: OrderRequest) -> dict[str, Any]:
    terms: dict[str, Any] = {}
    if order.take_profit is not None:
        terms["take_profit"] = order.take_profit
    if order.stop_loss is not None:
        terms["stop_loss"] = order.stop_loss.stop
        if order.stop_loss.limit is not None:
            terms["stop_loss_limit"] = order.stop_loss.limit
    return {**terms, "exit_tif": str(order.exit_tif)} if terms else {}


def test_three_exchanges_fill_the_same_orders_alike() -> None:
    seen: dict[str, Counter[str]] = {kind: Counter() for kind in ("order_type", "order_class", "tif")}
    refused: Counter[str] = Counter()
    for seed in range(SEEDS):
        bars = market(seed)
        taken = asyncio.run(on_the_local_exchange(bars, Random(seed)))
        simulated = asyncio.run(on_the_simulated_venue(bars, taken.sent))
        assert simulated == taken.fills, f"seed {seed}"
        assert in_a_backtest(bars, taken.sent) == taken.fills, f"seed {seed}"
        filled = {name.split(".")[0] for name, *_ in taken.fills}
        for one in taken.sent:
            if one.name in filled and one.terms is not None:
                for kind, counts in seen.items():
                    counts[str(getattr(one.terms, kind))] += 1
        refused += taken.refused
    assert min(seen["order_type"][kind] for kind in OrderType) >= 10, seen
    assert min(seen["order_class"][kind] for kind in OrderClass) >= 10, seen
    assert min(seen["tif"][tif] for tif in TimeInForce if tif is not TimeInForce.GTD) >= 10, seen
    assert len(refused) >= 3, refused
