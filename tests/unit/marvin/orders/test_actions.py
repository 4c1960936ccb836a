"""Each intent's action, in bytes written out by hand; and when, of which orders, an action is made."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.builders import crypto_bars, planned, stock_days
from weaver import Strategy
from weaver.marvin.orders.actions import Actions, TimedAction
from weaver.model.errors import InvalidOrder
from weaver.model.market.corporate_actions import Split
from weaver.model.orders.action_bytes import encode_action
from weaver.model.orders.actions import CancelOrder, StopRun

BARS = crypto_bars([100.0, 100.0, 100.0, 100.0], symbol="AB/USD")
Callback = Callable[[Any], None]


class Acts(Strategy):
    """Does something on each of its first bars."""

    _on: tuple[Callback, ...] = ()

    def on_start(self) -> None:
        self.turn = 0

    def on_bar(self, bar: object) -> None:
        if self.turn < len(self._on):
            self._on[self.turn](self)
        self.turn += 1


def asked(*on: Callback, bars: Any = BARS, **options: Any) -> list[TimedAction]:
    """What a strategy asks for that does one of these on each bar."""
    actions = Actions()
    plan = planned(type("Acting", (Acts,), {"_on": on}), bars, **options)
    plan.run(progress=lambda _: None, actions=actions)
    return list(actions.take())


def texts(found: list[TimedAction]) -> list[str]:
    return [encode_action(one.action).decode() for one in found]


def order(**fields: str | int) -> str:
    """The JSON of a plain order to buy 2, with some fields otherwise; a field of "" is left out."""
    given = {"number": 1, "order_type": "market", "quantity": "2", "side": "buy", "tif": "day", **fields}
    pairs = ((name, given[name]) for name in sorted(given) if given[name] != "")
    return (
        "{"
        + ",".join(f'"{name}":' + (f"{value}" if isinstance(value, int) else f'"{value}"') for name, value in pairs)
        + "}"
    )


def place(one: str, *legs: str, order_class: str = "") -> str:
    """The JSON of a placement."""
    exits = f'"legs":[{",".join(legs)}],' if legs else ""
    hangs = f'"order_class":"{order_class}",' if order_class else ""
    return f'{{"action":"place_order",{exits}"order":{one},{hangs}"symbol":"AB/USD"}}'


ONE_INTENT: dict[str, tuple[Callback, str]] = {
    "buy": (
        lambda self: self.buy("AB/USD", 2),
        (
            '{"action":"place_order","order":{"number":1,"order_type":"market","quantity":"2","side":"buy","tif":"day"},'
            '"symbol":"AB/USD"}'
        ),
    ),
    "sell": (
        lambda self: self.sell("AB/USD", "0.5"),
        (
            '{"action":"place_order","order":{"number":1,"order_type":"market","quantity":"0.5","side":"sell","tif":"day"},'
            '"symbol":"AB/USD"}'
        ),
    ),
    "limit": (
        lambda self: self.buy("AB/USD", 2, limit=99.5, tif="gtc", extended_hours=True),
        (
            '{"action":"place_order","order":{"extended_hours":true,"limit":"99.5","number":1,"order_type":"limit",'
            '"quantity":"2","side":"buy","tif":"gtc"},"symbol":"AB/USD"}'
        ),
    ),
    "stop": (
        lambda self: self.sell("AB/USD", 2, stop=95, tif="fok"),
        (
            '{"action":"place_order","order":{"number":1,"order_type":"stop","quantity":"2","side":"sell","stop":"95",'
            '"tif":"fok"},"symbol":"AB/USD"}'
        ),
    ),
    "stop-limit": (
        lambda self: self.buy("AB/USD", 2, stop=105, limit=106, tif="ioc"),
        (
            '{"action":"place_order","order":{"limit":"106","number":1,"order_type":"stop_limit","quantity":"2",'
            '"side":"buy","stop":"105","tif":"ioc"},"symbol":"AB/USD"}'
        ),
    ),
    "trail": (  # it starts from the close of 100, and says nothing of the level that this makes
        lambda self: self.sell("AB/USD", 2, trail=3),
        (
            '{"action":"place_order","order":{"number":1,"order_type":"trailing_stop","quantity":"2","side":"sell",'
            '"tif":"day","trail":"3"},"symbol":"AB/USD"}'
        ),
    ),
    "trail-percent": (
        lambda self: self.sell("AB/USD", 2, trail_percent=2.5),
        (
            '{"action":"place_order","order":{"number":1,"order_type":"trailing_stop","quantity":"2","side":"sell",'
            '"tif":"day","trail_percent":"2.5"},"symbol":"AB/USD"}'
        ),
    ),
    "bracket": (
        lambda self: self.buy("AB/USD", 2, take_profit=110, stop_loss=90, stop_loss_limit=89, exit_tif="day"),
        (
            '{"action":"place_order","legs":[{"limit":"110","number":2,"order_type":"limit","quantity":"2","side":"sell",'
            '"tif":"day"},{"limit":"89","number":3,"order_type":"stop_limit","quantity":"2","side":"sell","stop":"90",'
            '"tif":"day"}],"order":{"number":1,"order_type":"market","quantity":"2","side":"buy","tif":"day"},'
            '"order_class":"bracket","symbol":"AB/USD"}'
        ),
    ),
    "one-exit": (
        lambda self: self.buy("AB/USD", 2, stop_loss=90, extended_hours=True),
        (
            '{"action":"place_order","legs":[{"extended_hours":true,"number":2,"order_type":"stop","quantity":"2",'
            '"side":"sell","stop":"90","tif":"gtc"}],"order":{"extended_hours":true,"number":1,"order_type":"market",'
            '"quantity":"2","side":"buy","tif":"day"},"order_class":"oto","symbol":"AB/USD"}'
        ),
    ),
    "order_target": (
        lambda self: self.order_target("AB/USD", -3),
        (
            '{"action":"place_order","order":{"number":1,"order_type":"market","quantity":"3","side":"sell","tif":"day"},'
            '"symbol":"AB/USD"}'
        ),
    ),
    "order_target_value": (
        lambda self: self.order_target_value("AB/USD", 250),
        (
            '{"action":"place_order","order":{"number":1,"order_type":"market","quantity":"2.5","side":"buy",'
            '"target_value":"250","tif":"day"},"symbol":"AB/USD"}'
        ),
    ),
    "order_target_percent": (  # 10,000 in cash
        lambda self: self.order_target_percent("AB/USD", 0.3),
        (
            '{"action":"place_order","order":{"number":1,"order_type":"market","quantity":"30","side":"buy",'
            '"target_percent":"0.3","tif":"day"},"symbol":"AB/USD"}'
        ),
    ),
    "sized-at-fill": (
        lambda self: self.order_target_percent("AB/USD", 1, size_at="fill", take_profit=110, stop_loss=90),
        (
            '{"action":"place_order","legs":[{"limit":"110","number":2,"order_type":"limit","side":"sell","tif":"gtc"},'
            '{"number":3,"order_type":"stop","side":"sell","stop":"90","tif":"gtc"}],"order":{"number":1,'
            '"order_type":"market","side":"buy","target_percent":"1","tif":"day"},"order_class":"bracket",'
            '"symbol":"AB/USD"}'
        ),
    ),
    "oco": (
        lambda self: self.oco("AB/USD", 2, limit=110, stop=90),
        (
            '{"action":"place_order","legs":[{"number":2,"order_type":"stop","quantity":"2","side":"sell","stop":"90",'
            '"tif":"gtc"}],"order":{"limit":"110","number":1,"order_type":"limit","quantity":"2","side":"sell",'
            '"tif":"gtc"},"order_class":"oco","symbol":"AB/USD"}'
        ),
    ),
    "oto": (
        lambda self: self.oto(self.buy("AB/USD", 2, limit=99), self.sell("AB/USD", 1, trail=3), exit_tif="day"),
        (
            '{"action":"place_order","legs":[{"number":2,"order_type":"trailing_stop","quantity":"1","side":"sell",'
            '"tif":"day","trail":"3"}],"order":{"limit":"99","number":1,"order_type":"limit","quantity":"2","side":"buy",'
            '"tif":"day"},"order_class":"oto","symbol":"AB/USD"}'
        ),
    ),
    "fetch_window": (
        lambda self: self.fetch_window("AB/USD", "4h", 20),
        '{"action":"fetch_window","bars":20,"symbol":"AB/USD","timeframe":"4h"}',
    ),
    "stop_run": (lambda self: self.stop_run("enough"), '{"action":"stop_run","reason":"enough"}'),
    "stop_run-without-words": (
        lambda self: self.stop_run(),
        '{"action":"stop_run","reason":"stopped by the strategy"}',
    ),
}


@pytest.mark.parametrize(("intent", "expected"), ONE_INTENT.values(), ids=ONE_INTENT)
def test_an_intent_yields_its_action(intent: Callback, expected: str) -> None:
    found = asked(intent, cash=10_000)
    assert texts(found) == [expected]
    assert found[0].time == BARS.end[0]


def test_cancel_names_the_order_and_one_that_has_ended_is_not_cancelled_again() -> None:
    def cancel(self: Any) -> None:
        for _ in range(2):
            self.cancel(self.orders[0] if self.orders else self.first)

    def rest(self: Any) -> None:
        self.first = self.buy("AB/USD", 2, limit=50, tif="gtc")

    found = asked(rest, cancel)
    assert texts(found)[1:] == ['{"action":"cancel_order","number":1}']
    assert found[1].time == BARS.end[1]


def test_close_position_cancels_what_rests_and_orders_away_what_is_held() -> None:
    seen = []

    def rest(self: Any) -> None:
        self.exit = self.sell("AB/USD", 2, limit=200, tif="gtc")
        self.entry = self.buy("AB/USD", 1, limit=50, take_profit=60, tif="gtc")

    def close(self: Any) -> None:
        self.close_position("AB/USD")
        seen.extend(
            (one.number, str(one.status), one.cancel_asked) for one in (self.exit, self.entry, *self.entry.legs)
        )

    found = asked(lambda self: self.buy("AB/USD", 2), rest, close)
    assert texts(found)[3:] == [
        '{"action":"cancel_order","number":2,"reason":"position closed by the strategy"}',
        '{"action":"cancel_order","number":3,"reason":"position closed by the strategy"}',  # with its leg, order 4
        place(order(number=5, side="sell")),
    ]
    assert seen == [(2, "cancelled", True), (3, "cancelled", True), (4, "cancelled", False)]


def test_replace_gives_the_new_terms_whole() -> None:
    def rest(self: Any) -> None:
        self.first = self.buy("AB/USD", 2, limit=50, tif="gtc", extended_hours=True)

    found = asked(rest, lambda self: self.replace(self.first, limit=51, quantity=3))
    assert texts(found)[1:] == [
        (
            '{"action":"replace_order","order":{"extended_hours":true,"limit":"51","number":2,"order_type":"limit",'
            '"quantity":"3","side":"buy","tif":"gtc"},"replaces":1,"symbol":"AB/USD"}'
        )
    ]


def test_a_replaced_trailing_stop_goes_on_from_its_level_unless_it_trails_otherwise() -> None:
    bars = crypto_bars([100.0, 104.0, 104.0, 104.0], symbol="AB/USD")

    def rest(self: Any) -> None:
        self.first = self.sell("AB/USD", 2, trail=3, tif="gtc")

    def again(self: Any) -> None:
        self.first = self.replace(self.first, tif="day")
        self.replace(self.first, trail=5)

    found = asked(lambda self: self.buy("AB/USD", 2), rest, again, bars=bars)
    terms = '"order_type":"trailing_stop","quantity":"2","side":"sell"'
    assert texts(found)[2:] == [
        (
            f'{{"action":"replace_order","order":{{"number":3,{terms},"stop":"101","tif":"day","trail":"3"}},"replaces":2,'
            '"symbol":"AB/USD"}'
        ),
        (
            f'{{"action":"replace_order","order":{{"number":4,{terms},"tif":"day","trail":"5"}},"replaces":3,'
            '"symbol":"AB/USD"}'
        ),
    ]


def test_a_replaced_target_that_its_fill_sizes_still_is_one() -> None:
    def rest(self: Any) -> None:
        self.first = self.order_target_value("AB/USD", 1000, size_at="fill", limit=50, tif="gtc")

    found = asked(rest, lambda self: self.replace(self.first, limit=51))
    order_ = '{"limit":"51","number":2,"order_type":"limit","side":"buy","target_value":"1000","tif":"gtc"}'
    assert texts(found)[1:] == [f'{{"action":"replace_order","order":{order_},"replaces":1,"symbol":"AB/USD"}}']


def test_a_leg_that_is_replaced_in_the_callback_of_its_bracket_leaves_the_bracket_as_it_was_asked_for() -> None:
    def act(self: Any) -> None:
        entry = self.buy("AB/USD", 2, take_profit=110)
        self.replace(entry.legs[0], limit=111)
        self.cancel(entry)

    leg = order(number=2, side="sell", order_type="limit", limit="110", tif="gtc")
    changed = order(number=3, side="sell", order_type="limit", limit="111", tif="gtc")
    assert texts(asked(act)) == [
        place(order(), leg, order_class="oto"),
        f'{{"action":"replace_order","order":{changed},"replaces":2,"symbol":"AB/USD"}}',
        '{"action":"cancel_order","number":1}',
    ]


def test_oto_takes_the_leg_from_where_it_was_asked_for() -> None:
    def act(self: Any) -> None:
        first, _, then = self.buy("AB/USD", 2), self.buy("AB/USD", 3), self.sell("AB/USD", 1)
        self.oto(first, then)

    leg = order(number=3, side="sell", quantity="1", tif="gtc")
    assert texts(asked(act)) == [place(order(), leg, order_class="oto"), place(order(number=2, quantity="3"))]


def test_oto_leaves_the_terms_of_a_trailing_entry_as_they_were_asked_for() -> None:
    found = asked(lambda self: self.oto(self.sell("AB/USD", 2, trail=3), self.buy("AB/USD", 1, limit=90)))
    entry = order(order_type="trailing_stop", side="sell", trail="3")
    leg = order(number=2, quantity="1", order_type="limit", limit="90", tif="gtc")
    assert texts(found) == [place(entry, leg, order_class="oto")]


def test_oto_of_orders_that_replaced_others_cancels_those_by_themselves() -> None:
    def rest(self: Any) -> None:
        self.first = self.buy("AB/USD", 2, limit=50, tif="gtc")
        self.then = self.sell("AB/USD", 1, limit=200)

    def join(self: Any) -> None:
        first, then = self.replace(self.first, limit=51), self.replace(self.then, limit=201)
        self.oto(first, then)

    first = order(number=3, order_type="limit", limit="51", tif="gtc")
    then = order(number=4, order_type="limit", limit="201", quantity="1", side="sell", tif="gtc")
    assert texts(asked(rest, join))[2:] == [
        '{"action":"cancel_order","number":1}',
        place(first, then, order_class="oto"),
        '{"action":"cancel_order","number":2}',
    ]


def test_oto_keeps_the_quantity_of_a_leg_whose_entry_is_sized_at_its_fill() -> None:
    def act(self: Any) -> None:
        self.oto(self.order_target_value("AB/USD", 1000, size_at="fill"), self.sell("AB/USD", 1))

    entry = order(quantity="", target_value="1000")
    leg = order(number=2, side="sell", quantity="1", tif="gtc")
    assert texts(asked(act)) == [place(entry, leg, order_class="oto")]


def test_orders_whose_actions_were_taken_are_joined_no_more() -> None:
    class Late(Strategy):
        def on_bar(self, bar: object) -> None:
            if not self.orders:
                self.pair = self.buy("AB/USD", 2, limit=50, tif="gtc"), self.sell("AB/USD", 2, limit=200)
                actions.take()
                with pytest.raises(InvalidOrder, match="placed in this callback"):
                    self.oto(*self.pair)
                refused.append(self.pair)

    actions, refused = Actions(), []
    planned(Late, BARS).run(progress=lambda _: None, actions=actions)
    assert [tuple(one.number for one in pair) for pair in refused] == [(1, 2)]


def test_intents_that_are_refused_or_come_to_nothing_yield_no_action() -> None:
    def act(self: Any) -> None:
        with pytest.raises(InvalidOrder):
            self.buy("AB/USD", 0)
        with pytest.raises(InvalidOrder):
            self.buy("AB/USD", 1, limit=-1)
        self.order_target("AB/USD", 0)
        self.close_position("AB/USD")

    assert asked(act) == []


def test_an_order_that_the_venue_refuses_was_asked_for_all_the_same() -> None:
    found = asked(lambda self: self.buy("AB/USD", 2, tif="fok"), venue="alpaca-crypto")
    assert texts(found) == [place(order(tif="fok"))]


def test_what_on_start_asks_for_has_the_time_of_the_runs_start() -> None:
    class Starts(Strategy):
        def on_start(self) -> None:
            self.buy("AB/USD", 2)

    actions = Actions()
    planned(Starts, BARS).run(progress=lambda _: None, actions=actions)
    found = actions.take()
    assert texts(list(found)) == [place(order())]
    assert found[0].time == BARS.timestamp[0]
    assert actions.take() == ()


def test_what_is_taken_is_gone() -> None:
    actions = Actions()
    actions.add(1, StopRun(reason="a"))
    actions.add(2, CancelOrder(number=5))
    assert actions.take() == (TimedAction(1, StopRun(reason="a")), TimedAction(2, CancelOrder(number=5)))
    assert actions.take() == ()


def test_an_action_says_what_was_asked_for_before_a_split_changed_the_order() -> None:
    def rest(self: Any) -> None:
        orders.append(self.buy("AAA", 10, limit=80, tif="gtc"))

    orders: list[Any] = []
    split = Split(ex_date=date(2021, 4, 7), ratio=2)
    found = asked(rest, bars=stock_days([100.0, 100.0, 50.0, 50.0]), actions={"AAA": [split]})
    assert (orders[0].quantity, orders[0].limit) == (20, 40)
    asked_for = order(quantity="10", order_type="limit", limit="80", tif="gtc")
    assert texts(found) == [f'{{"action":"place_order","order":{asked_for},"symbol":"AAA"}}']
