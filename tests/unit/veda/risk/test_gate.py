"""The gate's rules one by one, by hand. A run has 10,000; AAPL is at 100."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

import weaver
from tests.unit.veda.live_builders import ACCOUNT, live_order, seconds
from tests.unit.veda.risk.gate_views import RULES, manual, standing, view
from weaver import Strategy
from weaver.marvin.series.bar import Bar
from weaver.model.orders.actions import OrderClass, OrderType
from weaver.model.orders.order import Order
from weaver.veda.exchange.answers import Reason, Refused
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.risk.gate import refusal
from weaver.veda.risk.halts import Halt, HaltCause, Halts, HaltScope
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.risk.refusal import Refusal, RiskScope, Rule
from weaver.veda.risk.switch import KillSwitch
from weaver.veda.risk.view import RiskView

LIMIT, STOP = OrderType.LIMIT, OrderType.STOP
ON = KillSwitch(scope=ACCOUNT).on(reason="too fast", by="ada", at=seconds(0))
HALTED = Halts().with_(
    Halt(scope=HaltScope.RUN, name="run", cause=HaltCause.DAILY_LOSS, reason="lost 6 %", since=seconds(0))
)


def new(side: str = "buy", quantity: str | int = 10, **given: object) -> LiveOrder:
    return live_order("new", side, quantity, **given)


def other(side: str, quantity: int, name: str = "old", **given: object) -> LiveOrder:
    return live_order(name, side, quantity, **given)


def rule_of(order: LiveOrder, seen: RiskView, legs: Sequence[LiveOrder] = ()) -> Rule | None:
    told = refusal(order, legs, seen)
    return None if told is None else told.rule


def test_an_order_within_all_limits_goes_through() -> None:
    assert refusal(new(quantity=100), (), view()) is None  # 100 × 100 is all of the equity
    assert refusal(new("sell", 100), (), view()) is None  # a short one too


def test_a_refusal_has_its_rule_limit_and_value() -> None:
    assert refusal(new(quantity=101), (), view()) == Refusal(
        rule=Rule.ORDER,
        message="the order would come to 10100: the run's limit is 100 % of its equity of 10000",
        limit="10000",
        value="10100",
        scope=RiskScope.RUN,
    )


class SellsShort(Strategy):
    def on_bar(self, bar: Bar) -> None:
        if not self.orders:
            self.sell(bar.symbol, 10)

    def on_order(self, order: Order) -> None:
        self.log(order.reason)


def test_a_short_is_refused_with_the_words_of_a_backtest() -> None:
    days = [datetime(2024, 3, day, tzinfo=UTC) for day in (13, 14, 15)]
    prices = {name: [100.0] * 3 for name in ("open", "high", "low", "close")}
    bars = {"AAPL": pl.DataFrame({"timestamp": days, **prices, "volume": [1000.0] * 3})}
    run = weaver.backtest(SellsShort, bars, costs="none", timeframe="1d", asset="stock", lookahead_check=False)
    told = refusal(new("sell"), (), view(run=standing(may_short=False)))
    assert told is not None
    assert told.message in {line.text for line in run.journal}
    assert (told.rule, told.limit, told.value) == (Rule.SHORTING, "0", "-10")


@pytest.mark.parametrize(
    ("order", "seen", "rule"),
    [
        # order size: at its own price, with leverage, as an amount of cash
        (new(quantity=99, order_type=LIMIT, limit=102), view(), Rule.ORDER),
        (new(quantity=150), view(run=standing(leverage=Decimal(2))), None),
        (new(quantity=201), view(run=standing(leverage=Decimal(2))), Rule.ORDER),
        (new(quantity=1, notional=10_001), view(), Rule.ORDER),
        (new(quantity=1, notional=10_000, symbol="NEW"), view(run_symbols=frozenset({"NEW"})), None),
        # position: what is held and what works on the same side counts; what is to be cancelled, or replaced, does not
        (new(quantity=51), view(run=standing(held={"AAPL": 50})), Rule.POSITION),
        (new(quantity=50), view(run=standing(held={"AAPL": 50})), None),
        (new(quantity=51), view(run=standing(working=(other("buy", 50),))), Rule.POSITION),
        (new(quantity=51), view(run=standing(working=(other("buy", 50, cancel_asked="it"),))), None),
        (new(quantity=51, replaces="old"), view(run=standing(working=(other("buy", 50),))), None),
        (new(quantity=51), view(run=standing(working=(other("sell", 50),))), None),
        (new("sell", 101), view(run=standing(limits=RiskLimits(order_max=None))), Rule.POSITION),
        (new("sell", 150), view(run=standing(held={"AAPL": 50}, limits=RiskLimits(order_max=None))), None),
        # who may not be short sells no more than is held and not sold yet
        (new("sell", 1), view(run=standing(may_short=False)), Rule.SHORTING),
        (new("sell", 20), view(run=standing(held={"AAPL": 10}, may_short=False)), Rule.SHORTING),
        (new("sell", 10), view(run=standing(held={"AAPL": 10}, may_short=False)), None),
        (
            new("sell", 6),
            view(run=standing(held={"AAPL": 10}, working=(other("sell", 5, reduces=True),), may_short=False)),
            Rule.SHORTING,
        ),
        (
            new("sell", 5),
            view(run=standing(held={"AAPL": 10}, working=(other("sell", 5, reduces=True),), may_short=False)),
            None,
        ),
        (new("buy", 10), view(run=standing(may_short=False)), None),
        # an oco only exits, whoever may be short
        (new("sell", 10, order_class=OrderClass.OCO), view(), Rule.SHORTING),
        (new("sell", 11, order_class=OrderClass.OCO), view(run=standing(held={"AAPL": 10})), Rule.SHORTING),
        (new("sell", 10, order_class=OrderClass.OCO), view(run=standing(held={"AAPL": 10})), None),
        (new("buy", 10, order_class=OrderClass.OCO), view(run=standing(held={"AAPL": 10})), Rule.SHORTING),
        (new("buy", 10, order_class=OrderClass.OCO), view(run=standing(held={"AAPL": -10})), None),
        # exits of a group are cut when somebody else closes; a plain one is not
        (
            new("sell", 10),
            view(
                run=standing(held={"AAPL": 10}, working=(other("sell", 10, reduces=True, group_id="e"),)),
                rules=replace(RULES, is_shortable=False),
            ),
            None,
        ),
        (
            new("sell", 10),
            view(
                run=standing(held={"AAPL": 10}, working=(other("sell", 10, reduces=True),)),
                rules=replace(RULES, is_shortable=False),
            ),
            Rule.INSTRUMENT,
        ),
        # all positions together: MSFT for 6,000 leaves 4,000
        (new(quantity=41), view(run=standing(held={"MSFT": 120})), Rule.EXPOSURE),
        (new(quantity=40), view(run=standing(held={"MSFT": 120})), None),
        (new(quantity=41), view(run=standing(working=(other("buy", 120, symbol="MSFT"),))), Rule.EXPOSURE),
        (
            new(quantity=100),
            view(run=standing(held={"MSFT": 200}, working=(other("sell", 200, symbol="MSFT", reduces=True),))),
            None,  # a market order on its way out makes room
        ),
        (
            new(quantity=100),
            view(
                run=standing(
                    held={"MSFT": 200},
                    working=(other("sell", 200, symbol="MSFT", reduces=True, order_type=LIMIT, limit=60),),
                )
            ),
            Rule.EXPOSURE,  # a limit may never fill
        ),
        # the account's own limits
        (new(), view(whole=standing(900)), Rule.ORDER),
        (new(), view(whole=standing(1_000, held={"AAPL": 1})), Rule.POSITION),
        (new(), view(whole=standing(1_000, held={"AAPL": -15})), None),  # the account's holding grows less
        (
            new(),
            view(whole=standing(1_000, held={"AAPL": -30}, limits=RiskLimits(exposure_max=None))),
            None,  # to −20, for 2,000: more than the limit, and less than it was
        ),
        # a leg that waits for its entry is no order yet
        (new(quantity=51), view(run=standing(working=(other("buy", 50, waits_for=WaitsFor.ENTRY),))), None),
        (
            new(quantity=41),
            view(run=standing(working=(other("buy", 120, symbol="MSFT", waits_for=WaitsFor.ENTRY),))),
            None,
        ),
        # of an amount of cash what has filled is spent: 6,000 of 7,000 are in MSFT
        (
            new(quantity=30),
            view(
                run=standing(
                    held={"MSFT": 120}, working=(other("buy", 140, symbol="MSFT", notional=7_000, value=6_000),)
                )
            ),
            None,
        ),
        (
            new(quantity=31),
            view(
                run=standing(
                    held={"MSFT": 120}, working=(other("buy", 140, symbol="MSFT", notional=7_000, value=6_000),)
                )
            ),
            Rule.EXPOSURE,
        ),
        # orders a minute, this included: 60 are too many, as one was a minute ago
        (new(), view(run=standing(placed=[seconds(-1)] * 60)), Rule.RATE),
        (new(), view(run=standing(placed=[seconds(-1)] * 59 + [seconds(-60)])), None),
        (new(), view(whole=standing(10**6, placed=[seconds(-59)] * 60)), Rule.RATE),
        # the collar: 10 % of 100 on either side
        (new(order_type=LIMIT, limit=110), view(), None),
        (new(order_type=LIMIT, limit="110.01"), view(), Rule.COLLAR),
        (new(order_type=LIMIT, limit="89.99"), view(), Rule.COLLAR),
        (new(order_type=STOP, stop=120), view(), Rule.COLLAR),
        (new(order_type=OrderType.STOP_LIMIT, stop=105, limit=111), view(), Rule.COLLAR),
        # what is traded
        (new(symbol="TSLA"), view(), Rule.SYMBOL),
        (new(), view(rules=None), Rule.INSTRUMENT),
        (new(), view(rules=replace(RULES, is_tradable=False)), Rule.INSTRUMENT),
        (new(), view(rules=replace(RULES, is_halted=True)), Rule.INSTRUMENT),
        (new("sell"), view(rules=replace(RULES, is_shortable=False)), Rule.INSTRUMENT),
        (new(), view(rules=replace(RULES, is_shortable=False)), None),
        # the state of things
        (new(), view(switch=ON), Rule.KILL_SWITCH),
        (new(), view(switch=ON.off(reason="", by="ada", at=seconds(1))), None),
        (new(), view(halts=HALTED), Rule.HALT),
        (new(run_id="another"), view(halts=HALTED), None),
        (new(), view(is_stream_ready=False), Rule.STREAM),
        (new(), view(prices={}), Rule.NO_PRICE),
        (new(order_type=LIMIT, limit=100), view(prices={}), None),
    ],
)  # fmt: skip
def test_each_rule_by_hand(order: LiveOrder, seen: RiskView, rule: Rule | None) -> None:
    assert rule_of(order, seen) == rule


def test_the_venues_word_comes_first_and_binds_exits_too() -> None:
    told = Refused(reason=Reason.PRICE, message="off its tick", was_sent=False)
    assert refusal(new(), (), view(venue_refusal=told, switch=ON)) == Refusal(
        rule=Rule.VENUE, message="off its tick", value="price"
    )
    assert rule_of(new("sell"), view(run=standing(held={"AAPL": 10}), venue_refusal=told)) == Rule.VENUE


def test_an_exit_is_not_refused_for_a_wash_trade() -> None:
    told = Refused(reason=Reason.WASH_TRADE, message="the account's own", was_sent=False)
    entry = other("buy", 10, run_id="b")
    seen = view(run=standing(held={"AAPL": 10}), venue_refusal=told, opposite=(entry,))
    assert rule_of(new("sell"), seen) is None
    assert rule_of(new("sell", 11), seen) == Rule.WASH_TRADE, "which names the other run"


@pytest.mark.parametrize(
    ("order", "legs", "against", "meets"),
    [
        (new(), (), other("sell", 5, run_id="b"), True),
        (new(), (), other("buy", 5, run_id="b"), False),
        (new(), (), other("sell", 5, run_id="b", symbol="MSFT"), False),
        (new(), (live_order("leg", "sell"),), other("sell", 5, run_id="b"), False),
        (new(order_class=OrderClass.BRACKET), (), other("sell", 5, run_id="b"), False),
        (new(), (), other("sell", 5, run_id="b", order_type=OrderType.TRAILING_STOP, trail=1), False),
        (new(order_type=STOP, stop=101), (), other("sell", 5, run_id="b", order_type=STOP, stop=99), False),
        (new(order_type=LIMIT, limit=99), (), other("sell", 5, run_id="b", order_type=LIMIT, limit=101), False),
        (new(order_type=LIMIT, limit=101), (), other("sell", 5, run_id="b", order_type=LIMIT, limit=101), True),
    ],
)
def test_an_entry_does_not_meet_another_runs_order(
    order: LiveOrder, legs: Sequence[LiveOrder], against: LiveOrder, meets: bool
) -> None:
    told = refusal(order, legs, view(opposite=(against,)))
    assert (told is not None) == meets
    if told is not None:
        assert (told.rule, told.other_run) == (Rule.WASH_TRADE, "b")
        assert "run b" in told.message


def test_a_manual_order_has_the_accounts_limits_only() -> None:
    order = new(run_id=None, symbol="MSFT")
    assert rule_of(order, manual(view(run_symbols=frozenset()))) is None
    assert rule_of(replace(order, quantity=Decimal(20_001)), manual(view())) == Rule.ORDER
    seen = manual(view(whole=standing(1_000_000, held={"MSFT": 10}), switch=ON))
    assert rule_of(replace(new("sell", run_id=None), symbol="MSFT"), seen) is None


EVERYTHING_AGAINST = {
    "switch": ON,
    "halts": HALTED.with_(
        Halt(scope=HaltScope.SYMBOL, name="AAPL", cause=HaltCause.POSITION, reason="it differs", since=seconds(0))
    ),
    "is_stream_ready": False,
    "rules": None,
    "run_symbols": frozenset[str](),
    "prices": {},
}


@pytest.mark.parametrize(
    ("held", "order", "working", "reduces"),
    [
        (10, new("sell", 10), (), True),
        (10, new("sell", 11), (), False),  # through zero
        (10, new("buy", 1), (), False),
        (0, new("sell", 1), (), False),
        (-10, new("buy", 10), (), True),
        ("9.975", new("sell", "9.975"), (), True),  # 0.025 was taken as a fee
        ("9.975", new("sell", "10"), (), False),
        (10, new("sell", 6), (other("sell", 5),), False),  # 5 are spoken for
        (10, new("sell", 5), (other("sell", 5),), True),
        (10, new("sell", 10), (other("sell", 5, cancel_asked="close"),), True),
        (10, new("sell", 10, replaces="old"), (other("sell", 10),), True),
        (10, new("sell", 10), (other("sell", 10, waits_for=WaitsFor.ENTRY, group_id="e"),), True),
        (10, new("sell", 10), (other("buy", 10),), True),
        (10, new("sell", 10), (other("sell", 10, symbol="MSFT"),), True),
        # two legs of one entry share 6: 4 are left
        (10, new("sell", 4), (other("sell", 6, "a", group_id="e"), other("sell", 6, "b", group_id="e")), True),
        (10, new("sell", 5), (other("sell", 6, "a", group_id="e"), other("sell", 6, "b", group_id="e")), False),
        (10, new("sell", 10, group_id="e"), (other("sell", 10, "a", group_id="e"),), True),
        (10, new("sell", 12, filled=4), (), True),  # 8 are left of it
        # an amount of cash, whose quantity is an estimate: up to nine tenths
        (10, new("sell", 9, notional=900), (), True),
        (10, new("sell", "9.1", notional=910), (), False),
    ],
)  # fmt: skip
def test_nothing_stops_what_only_reduces(
    held: str | int, order: LiveOrder, working: tuple[LiveOrder, ...], reduces: bool
) -> None:
    poor = replace(standing(0, working=working), held={"AAPL": Decimal(held)}, placed=(seconds(-1),) * 99)
    seen = view(run=poor, whole=standing(0), **EVERYTHING_AGAINST)
    assert (refusal(order, (), seen) is None) == reduces


def test_the_opening_half_of_an_order_through_zero_adds() -> None:
    closing = other("sell", 10, reduces=True)
    seen = view(run=standing(held={"AAPL": 10}, working=(closing,)), switch=ON)
    assert rule_of(new("sell", 5), seen) == Rule.KILL_SWITCH


def test_limits_that_are_off_refuse_nothing() -> None:
    off = RiskLimits(
        position_max=None, order_max=None, exposure_max=None, orders_per_minute=None, price_collar=None,
        only_run_symbols=False,
    )  # fmt: skip
    free = standing(1, limits=off, placed=(seconds(-1),) * 99)
    order = new(quantity=10**6, order_type=LIMIT, limit=10**4, symbol="TSLA")
    assert rule_of(order, view(run=free, whole=free)) is None


def test_the_collar_says_how_old_the_price_is() -> None:
    seen = view()
    old = {symbol: replace(price, at=seen.now - timedelta(minutes=3)) for symbol, price in seen.prices.items()}
    told = refusal(new(order_type=LIMIT, limit=115), (), replace(seen, prices=old))
    assert told is not None
    assert told.message == "a price of 115 is 15 % from AAPL's newest, 100 (180 s old): the run's limit is 10 %"
    assert (told.limit, told.value) == ("0.1", "0.15")


@pytest.mark.parametrize(
    ("by_hand", "account", "passes"),
    [(10, 10, True), (10, 0, True), (10, -5, True), (0, 10, True), (0, 0, False), (4, 9, False)],
)
def test_a_manual_order_may_close_what_people_hold_and_what_the_account_does(
    by_hand: int, account: int, passes: bool
) -> None:
    order = live_order(side="sell", quantity=10, run_id=None)
    seen = manual(view(whole=standing(1_000_000, held={"AAPL": account}), switch=ON))
    seen = replace(seen, by_hand=standing(held={"AAPL": by_hand}))
    assert rule_of(order, seen) == (None if passes else Rule.KILL_SWITCH)


def test_limits_count_what_a_contract_is_worth() -> None:
    """Of 50 a point at 100: two are all of the equity."""
    fifty = {"AAPL": Decimal(50)}
    assert refusal(new(quantity=2), (), view(multipliers=fifty)) is None
    told = refusal(new(quantity=3), (), view(multipliers=fifty))
    assert told is not None
    assert (told.rule, told.value, told.limit) == (Rule.ORDER, "15000", "10000")
    asked = new(quantity=1, order_type=LIMIT, limit=201)
    assert rule_of(asked, view(multipliers=fifty, run=standing(limits=RiskLimits(price_collar=None)))) == Rule.ORDER
    one_held = standing(held={"AAPL": 1})
    assert rule_of(new(quantity=1), view(multipliers=fifty, run=one_held)) is None
    assert rule_of(new(quantity=2), view(multipliers=fifty, run=one_held)) == Rule.POSITION
    beside = standing(held={"MSFT": 101})  # 5,050 without a multiplier
    assert rule_of(new(quantity=1), view(multipliers=fifty, run=beside)) == Rule.EXPOSURE
    assert rule_of(new(quantity=1), view(run=beside)) is None
