"""What the desk refuses."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.builders import FIRST_DAY, backtest, crypto_bars
from weaver import Strategy
from weaver.model.errors import InputError, InvalidOrder, WeaverError


def test_oto_takes_no_order_of_a_margin_call() -> None:
    """No callback placed it, though it was placed at their tick."""
    refused = []

    class Joins(Strategy):
        def on_start(self) -> None:
            self.buy("BTC/USD", 40)

        def on_bar(self, bar: Any) -> None:
            for closing in self.orders:
                then = self.buy("BTC/USD", 1, limit=10)
                with pytest.raises(InvalidOrder, match="takes two plain orders placed in this callback"):
                    self.oto(closing, then)
                refused.append((closing.number, str(closing.side)))
                self.cancel(then)

    # 4,000 of 1,000: at 75 nothing is left of them.
    backtest(Joins, crypto_bars([100.0, 75.0, 75.0]), cash=1_000, account="margin", leverage=4)
    assert refused == [(2, "sell")]


FIRST = date(1970, 1, 1) + timedelta(days=FIRST_DAY)


def after_an_hour(act: Callable[[Strategy], Any]) -> Any:
    """What something comes to that a strategy does at 01:00 UTC on the first day."""
    found = []

    class Once(Strategy):
        def on_bar(self, bar: Any) -> None:
            if len(self.close) == 1:
                found.append(act(self))

    backtest(Once, crypto_bars([100.0, 100.0, 100.0]))
    return found[0]


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"tif": "gtd"}, 'tif="gtd" and expires, its last day, come together'),
        ({"expires": FIRST}, 'tif="gtd" and expires, its last day, come together'),
        ({"tif": "gtd", "expires": "tomorrow"}, "expires is a day, as 2024-05-31 or a date, not 'tomorrow'"),
        ({"tif": "gtd", "expires": datetime(2030, 1, 1, tzinfo=UTC)}, "expires is a day"),
        ({"tif": "gtd", "expires": FIRST - timedelta(days=1)}, f"the session of {FIRST - timedelta(days=1)}, on which"),
        ({"tif": "opg", "stop": 90}, 'tif="opg" takes a market or a limit order'),
        ({"tif": "cls", "trail": 1}, 'tif="cls" takes a market or a limit order'),
        ({"tif": "cls", "trail_percent": 1}, 'tif="cls" takes a market or a limit order'),
        ({"tif": "opg", "extended_hours": True}, 'tif="opg" is for the regular session'),
        ({"exit_tif": "cls", "stop_loss": 90}, "exit_tif 'cls' is not one of day, gtc"),
        ({"tif": "moo"}, "tif 'moo' is not one of day, gtc, ioc, fok, gtd, opg, cls"),
    ],
)
def test_order_whose_time_in_force_does_not_go_with_its_terms_is_refused(terms: dict[str, Any], reason: str) -> None:
    def act(strategy: Strategy) -> None:
        with pytest.raises(InvalidOrder) as refused:
            strategy.buy("BTC/USD", 1, **terms)
        assert reason in str(refused.value)
        assert strategy.buy("BTC/USD", 1).number == 1  # a refused order takes no number

    after_an_hour(act)


@pytest.mark.parametrize("expires", [FIRST, FIRST.isoformat()])
def test_date_of_an_order_is_a_date_or_its_text(expires: date | str) -> None:
    order = after_an_hour(lambda strategy: strategy.buy("BTC/USD", 1, tif="gtd", expires=expires))
    assert (order.expires, order.expires_at) == (FIRST, (FIRST_DAY + 1) * 24 * 3600 * 10**9)


def test_replacement_keeps_its_date_while_it_is_gtd() -> None:
    def act(strategy: Strategy) -> list[Any]:
        first = strategy.buy("BTC/USD", 1, limit=50, tif="gtd", expires=FIRST)
        same = strategy.replace(first, limit=51)
        later = strategy.replace(same, expires=FIRST + timedelta(days=1))
        other = strategy.replace(later, tif="gtc")
        with pytest.raises(InvalidOrder, match="come together"):
            strategy.replace(other, tif="gtd")
        return [(order.expires, order.tif) for order in (same, later, other)]

    assert after_an_hour(act) == [(FIRST, "gtd"), (FIRST + timedelta(days=1), "gtd"), (None, "gtc")]


def test_exit_that_is_asked_to_last_otherwise_loses_its_date() -> None:
    def act(strategy: Strategy) -> tuple[Any, ...]:
        first = strategy.buy("BTC/USD", 1, limit=50)
        then = strategy.sell("BTC/USD", 1, limit=150, tif="gtd", expires=FIRST)
        strategy.oto(first, then, exit_tif="gtc")
        return then.tif, then.expires, then.expires_at

    assert after_an_hour(act) == ("gtc", None, None)


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        (
            {"stop_loss": "2 percent"},
            "stop_loss is a price, as 95.5, or a distance in percent, as \"2.5%\"; not '2 percent'",
        ),
        ({"stop_loss": "0%"}, "stop_loss must lie between 0% and 100%, or its price would not be above 0, not at '0%'"),
        ({"stop_loss": "200%"}, "stop_loss must lie between 0% and 100%, or its price"),
        ({"take_profit": "-5%"}, "take_profit must lie between 0% and 10000%, not at '-5%'"),
        ({"take_profit": "10000%"}, "take_profit must lie between 0% and 10000%"),
        ({"take_profit": "nan%"}, "take_profit is a price"),
        ({"stop_loss": "2%", "stop_loss_limit": "100%"}, "stop_loss_limit must lie between 0% and 100%"),
        ({"stop_loss_trail": "100%"}, "stop_loss_trail must lie between 0% and 100%"),
        ({"stop_loss_trail": "far"}, "stop_loss_trail is an amount, as 2.5, or a distance in percent"),
        ({"stop_loss_trail": 0}, "the stop_loss_trail of an order must be above 0"),
        ({"stop_loss": 90, "stop_loss_trail": 3}, "a position has one stop"),
        ({"limit": "5%"}, "must be a number, not '5%'"),
    ],
)
def test_exit_at_no_price_and_no_share_of_one_is_refused(terms: dict[str, Any], reason: str) -> None:
    def buy(strategy: Strategy) -> str:
        with pytest.raises(InvalidOrder) as refused:
            strategy.buy("BTC/USD", 1, **terms)
        return str(refused.value)

    assert reason in after_an_hour(buy)


def test_profit_of_a_sale_is_less_than_all_of_its_price() -> None:
    def sell(strategy: Strategy) -> str:
        with pytest.raises(InvalidOrder) as refused:
            strategy.sell("BTC/USD", 1, take_profit="100%")
        return str(refused.value)

    assert "take_profit must lie between 0% and 100%" in after_an_hour(sell)


def test_refused_exit_names_the_strategys_line() -> None:
    class Careless(Strategy):
        def on_bar(self, bar: Any) -> None:
            self.buy("BTC/USD", 1, stop_loss="2 percent")

    with pytest.raises(WeaverError, match=r"test_desk\.py.*stop_loss is a price"):
        backtest(Careless, crypto_bars([100.0, 100.0]))


def test_replaced_exit_stays_in_percent_or_gets_a_price() -> None:
    def replace(strategy: Strategy) -> list[tuple[Any, ...]]:
        entry = strategy.buy("BTC/USD", 1, limit=1, take_profit="5%", stop_loss="2%", stop_loss_limit="2.5%", tif="gtc")
        profit, loss = entry.legs
        found = [strategy.replace(profit, tif="day"), strategy.replace(loss, stop=90)]
        return [(str(one.order_type), one.limit, one.stop, one.limit_percent, one.stop_percent) for one in found]

    assert after_an_hour(replace) == [("limit", None, None, 5, None), ("stop_limit", None, 90, Decimal("2.5"), None)]


@pytest.mark.parametrize(
    ("weights", "options", "reason"),
    [
        ({}, {}, "rebalance({}) names no symbol and leaves all others: others='close' closes what is held"),
        (["BTC/USD"], {}, "rebalance takes weights by symbol"),
        ({"BTC/USD": 1.01}, {}, "the weights come to 1.01 of the equity, and this account may hold 1"),
        ({"BTC/USD": -0.5}, {}, "BTC/USD: a weight of -0.5 is a short position, and this account allows none"),
        ({"BTC/USD": float("nan")}, {}, "must be finite"),
        ({"BTC/USD": 0.5}, {"others": "sell"}, "others is 'leave' or 'close', not 'sell'"),
        ({"BTC/USD": 0.5}, {"size_at": "open"}, "size_at is 'close' or 'fill'"),
    ],
)
def test_weights_that_the_account_may_not_hold_are_refused(weights: Any, options: dict[str, Any], reason: str) -> None:
    def rebalance(strategy: Strategy) -> tuple[str, int]:
        with pytest.raises(InvalidOrder) as refused:
            strategy.rebalance(weights, **options)
        return str(refused.value), len(strategy.orders)

    said, placed = after_an_hour(rebalance)
    assert reason in said
    assert placed == 0


def test_weights_of_a_symbol_that_is_not_the_runs_are_refused() -> None:
    def rebalance(strategy: Strategy) -> str:
        with pytest.raises(InputError) as refused:
            strategy.rebalance({"BTC/USD": 0.5, "ETH/USD": 0.5})
        return f"{refused.value} {len(strategy.orders)}"

    assert after_an_hour(rebalance) == "symbol 'ETH/USD' is not in this run; it has BTC/USD 0"


def test_computed_weights_may_be_above_one_by_a_rounding() -> None:
    thirds = {"BTC/USD": 1.0000000000000002}
    (order,) = after_an_hour(lambda strategy: strategy.rebalance(thirds))
    assert order.quantity * 100 <= 100_000
