"""The gate against a second reading of its rules, on random states; and above all of them the first law: no limit, halt
or switch stops an order that only reduces a position that Weaver knows."""

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.veda.live_builders import ACCOUNT, live_order, seconds
from tests.unit.veda.risk.gate_views import RULES, standing, view
from weaver.model.orders.actions import OrderType, Side
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.risk.gate import refusal
from weaver.veda.risk.halts import Halt, HaltCause, Halts, HaltScope
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.risk.refusal import Rule
from weaver.veda.risk.switch import KillSwitch
from weaver.veda.risk.view import RiskView, Standing

SYMBOLS = ("AAPL", "MSFT")
PRICE = {"AAPL": 100, "MSFT": 50}
sides = st.sampled_from(["buy", "sell"])
quantities = st.integers(1, 120)


@st.composite
def orders(draw: st.DrawFn, name: str) -> LiveOrder:
    symbol = draw(st.sampled_from(SYMBOLS))
    quantity = draw(quantities)
    kind = draw(st.sampled_from([OrderType.MARKET, OrderType.LIMIT, OrderType.STOP]))
    price = PRICE[symbol] * draw(st.integers(89, 111)) / 100
    side = draw(sides)
    return live_order(
        name, side, quantity, symbol=symbol, order_type=kind, filled=draw(st.integers(0, quantity - 1)),
        limit=price if kind is OrderType.LIMIT else None, stop=price if kind is OrderType.STOP else None,
        group_id=draw(st.sampled_from([None, None, "g"])), reduces=draw(st.booleans()),
        cancel_asked=draw(st.sampled_from([None, None, "close"])),
        waits_for=draw(st.sampled_from([None, None, WaitsFor.ENTRY, WaitsFor.OPEN])),
    )  # fmt: skip


limits = st.builds(
    RiskLimits,
    position_max=st.sampled_from([None, "0.5", "1"]).map(
        lambda text: text and RiskLimits.parse({"position_max": text}).position_max
    ),
    orders_per_minute=st.sampled_from([None, 3]),
    only_run_symbols=st.booleans(),
)


@st.composite
def standings(draw: st.DrawFn, working: tuple[LiveOrder, ...]) -> Standing:
    held = {symbol: draw(st.integers(-100, 100)) for symbol in SYMBOLS}
    placed = tuple(seconds(-draw(st.integers(0, 90))) for _ in range(draw(st.integers(0, 4))))
    return standing(draw(st.integers(-1_000, 20_000)), held, limits=draw(limits), working=working, placed=placed)


@dataclass(frozen=True)
class Case:
    order: LiveOrder
    seen: RiskView


@st.composite
def cases(draw: st.DrawFn) -> Case:
    working = tuple(draw(orders(f"old-{n}")) for n in range(draw(st.integers(0, 4))))
    order = draw(orders("new"))
    halts = Halts()
    for scope, name in ((HaltScope.RUN, "run"), (HaltScope.SYMBOL, "MSFT"), (HaltScope.ACCOUNT, ACCOUNT)):
        if draw(st.integers(0, 15)) == 11:
            halts = halts.with_(Halt(scope=scope, name=name, cause=HaltCause.PERSON, reason="", since=seconds(0)))
    off = KillSwitch(scope=ACCOUNT)
    switch = off.on(reason="", by="ada", at=seconds(0)) if draw(st.integers(0, 15)) == 11 else off
    seen = view(
        run=draw(standings(working)), whole=draw(standings(working)), halts=halts, switch=switch,
        is_stream_ready=draw(st.integers(0, 15)) != 11,
        run_symbols=draw(st.sampled_from([{"AAPL", "MSFT"}] * 4 + [{"AAPL"}])),
        rules=draw(st.sampled_from([RULES] * 7 + [None])),
        opposite=tuple(draw(orders(f"b-{n}")) for n in range(draw(st.integers(0, 1)))),
    )  # fmt: skip
    return Case(order, seen)


def left(order: LiveOrder) -> int:
    return int(order.quantity - order.filled)


def rivals(case: Case, own: Standing) -> list[LiveOrder]:
    """Other orders in the same symbol that can fill."""
    return [
        one
        for one in own.working
        if one.symbol == case.order.symbol and one.cancel_asked is None and one.waits_for is not WaitsFor.ENTRY
    ]


def surely_reduces(case: Case) -> bool:
    """Whatever fills first, and however far: the order cannot take the holding through zero, nor make it larger.

    It is tried out: of each group all goes to its largest order, everybody else's fills come before.
    """
    order, own = case.order, case.seen.run
    assert own is not None
    holding = int(own.held[order.symbol])
    sign = 1 if order.side is Side.BUY else -1
    groups: dict[str, int] = {}
    for one in rivals(case, own):
        if one.side is order.side and not (order.group_id == "g" == one.group_id):
            name = one.group_id or one.id
            groups[name] = max(groups.get(name, 0), left(one))
    before = holding + sign * sum(groups.values())
    after = before + sign * left(order)
    return (holding < 0 <= -after if sign > 0 else holding > 0 and after >= 0) if holding else False


@settings(max_examples=600, deadline=None)
@given(cases())
def test_no_limit_halt_or_switch_stops_what_only_reduces(case: Case) -> None:
    told = refusal(case.order, (), case.seen)
    if surely_reduces(case):
        assert told is None
    else:
        assert (None if told is None else told.rule) == naive_rule(case)


def naive_rule(case: Case) -> Rule | None:
    """The rules again, one after the other, in whole numbers and fractions, for an order that adds."""
    order, seen = case.order, case.seen
    assert seen.switch is not None
    if seen.switch.is_on:
        return Rule.KILL_SWITCH
    if any(halt.name in {"run", order.symbol, ACCOUNT} for halt in seen.halts.items):
        return Rule.HALT
    if not seen.is_stream_ready:
        return Rule.STREAM
    assert seen.run is not None
    if seen.run.limits.only_run_symbols and order.symbol not in seen.run_symbols:
        return Rule.SYMBOL
    if seen.rules is None:
        return Rule.INSTRUMENT
    if any(_meets(order, one) for one in seen.opposite):
        return Rule.WASH_TRADE
    return next((rule for own in (seen.run, seen.whole) if (rule := _of_limits(case, own)) is not None), None)


def _meets(order: LiveOrder, one: LiveOrder) -> bool:
    if one.symbol != order.symbol or one.side is order.side:
        return False
    kinds = {order.order_type, one.order_type}
    if kinds == {OrderType.STOP}:
        return False
    if kinds == {OrderType.LIMIT}:
        buy, sell = (order, one) if order.side is Side.BUY else (one, order)
        return price_of(buy) >= price_of(sell)
    return True


def price_of(order: LiveOrder) -> Fraction:
    return Fraction(order.limit or order.stop or PRICE[order.symbol])


def _of_limits(case: Case, own: Standing) -> Rule | None:
    order, most = case.order, own.limits
    recent = [at for at in own.placed if (case.seen.now - at).total_seconds() < 60]
    if most.orders_per_minute is not None and len(recent) + 1 > most.orders_per_minute:
        return Rule.RATE
    price, equity = price_of(order), int(own.equity)
    if abs(price / PRICE[order.symbol] - 1) > Fraction(1, 10):
        return Rule.COLLAR
    if left(order) * price > equity:
        return Rule.ORDER
    sign = 1 if order.side is Side.BUY else -1
    holding = int(own.held[order.symbol])
    beside = [one for one in rivals(case, own) if one.side is order.side and not (one.reduces and one.group_id)]
    after = holding + sign * (left(order) + sum(left(one) for one in beside))
    grows = abs(after) > abs(holding)
    if most.position_max is not None and grows and abs(after) * price > Fraction(most.position_max) * equity:
        return Rule.POSITION
    before, with_it = _gross(case, own, with_order=False), _gross(case, own, with_order=True)
    return Rule.EXPOSURE if with_it > before and with_it > equity else None


def _gross(case: Case, own: Standing, *, with_order: bool) -> Fraction:
    """Of each symbol the worse of: all that adds and buys fills, all that adds and sells fills."""
    total = Fraction(0)
    for symbol in SYMBOLS:
        worth, buys, sells = Fraction(int(own.held[symbol]) * PRICE[symbol]), Fraction(0), Fraction(0)
        for one in own.working:
            if one.symbol != symbol or one.cancel_asked is not None or one.waits_for is WaitsFor.ENTRY:
                continue
            if one.reduces:
                if one.order_type is OrderType.MARKET:
                    worth += (1 if one.side is Side.BUY else -1) * left(one) * PRICE[symbol]
            elif one.side is Side.BUY:
                buys += left(one) * price_of(one)
            else:
                sells += left(one) * price_of(one)
        if with_order and symbol == case.order.symbol:
            if case.order.side is Side.BUY:
                buys += left(case.order) * price_of(case.order)
            else:
                sells += left(case.order) * price_of(case.order)
        total += max(abs(worth + buys), abs(worth - sells))
    return total
