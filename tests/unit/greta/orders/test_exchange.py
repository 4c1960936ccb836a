"""The exchange used alone, by hand: it is given bars as values, one tick after another, and an account to ask."""

from decimal import Decimal

import pytest

from tests.exchanges import MINUTE, ONE, OTHER, STOCK, Bench
from weaver.model.account.costs import Costs
from weaver.model.orders.actions import TimeInForce
from weaver.model.orders.order import Target

GTC, IOC, FOK = TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK


@pytest.mark.parametrize(
    ("units", "terms", "bar", "fill"),
    [
        (10, {}, "100 101 99 100.5", "buy 10 @ 100"),
        (10, {"limit": 98}, "97.5 101 97 100", "buy 10 @ 97.5"),  # better than asked for
        (10, {"limit": 98}, "100 101 98 100", "buy 10 @ 98"),
        (10, {"limit": 98}, "100 101 98.01 100", None),
        (10, {"stop": 102}, "103 104 102.5 103", "buy 10 @ 103"),
        (10, {"stop": 102}, "100 102 99 101", "buy 10 @ 102"),
        (10, {"stop": 102}, "100 101.99 99 101", None),
        (10, {"stop": 102, "limit": 103}, "100 104 99 104", "buy 10 @ 102"),
        (10, {"stop": 102, "limit": 101}, "100 104 99 100.5", "buy 10 @ 101"),  # its close is under the limit
        (10, {"stop": 102, "limit": 101}, "100 104 99 103", None),
        (10, {"stop": 102, "limit": 101}, "103 104 100 103", "buy 10 @ 101"),  # triggered at the open: the whole bar
        (-10, {"limit": 102}, "100 103 99 100", "sell 10 @ 102"),
        (-10, {"stop": 98}, "97 99 96 98", "sell 10 @ 97"),
        (-10, {"stop": 98, "limit": 97}, "100 100 96 96", "sell 10 @ 98"),
    ],
)
def test_bar_fills_an_order_at_the_price_that_its_type_gives(
    units: int, terms: dict[str, object], bar: str, fill: str | None
) -> None:
    bench = Bench(account="margin", shorting=True)
    bench.place(units, **terms)
    assert bench.bar(bar) == (["1 accepted"] if fill is None else ["1 accepted", f"1 filled: {fill}"])


def test_stop_limit_that_triggered_rests_as_a_limit() -> None:
    bench = Bench()
    bench.place(10, stop=102, limit=101)
    assert bench.bar("100 104 99 103") == ["1 accepted"]
    assert bench.bar("103 103 100.5 102") == ["1 filled: buy 10 @ 101"]


def test_trailing_stop_follows_the_highs_from_the_newest_close_and_acts_on_the_bar_after() -> None:
    bench = Bench()
    bench.place(10, tif=GTC)
    bench.bar("100 100 100 100")
    order = bench.place(-10, tif=GTC, trail=5)
    assert order.stop == 95
    bench.bar("100 110 96 104")  # its low is over 95; its high is the new mark
    assert order.stop == 105
    assert bench.bar("106 107 104 104") == ["2 filled: sell 10 @ 105"]


def test_order_acts_on_bars_that_open_when_it_was_placed_or_later() -> None:
    bench = Bench()
    early = bench.order(10)
    early.placed = 1  # a moment after the first bar opened
    bench.exchange.place(early)
    assert bench.bar("100 100 100 100") == ["1 accepted"]
    assert bench.bar("101 101 101 101") == ["1 filled: buy 10 @ 101"]


def test_orders_have_their_turn_by_age_at_all_opens_before_any_inside() -> None:
    bench = Bench(cash=1_000)
    bench.place(6, limit=99)
    bench.place(5)
    # Both want 1,094; the younger has the open, so the older, inside the bar, is left 500.
    assert bench.bar("100 100 99 99")[2:] == ["2 filled: buy 5 @ 100", "1 rejected"]


def test_day_order_ends_at_its_first_bars_session_close_and_gtc_goes_on() -> None:
    bench = Bench()
    bench.bar("100 100 100 100")
    bench.place(10, limit=90)
    bench.place(10, limit=90, tif=GTC)
    assert bench.bar("100 100 100 100") == ["1 accepted", "2 accepted"]
    assert bench.bar("100 100 100 100") == []
    assert bench.bar("100 100 100 100") == ["1 expired"]  # the fourth minute is the session's last
    assert bench.bar("90 90 90 90") == ["2 filled: buy 10 @ 90"]


def test_day_order_with_extended_hours_lasts_until_their_end() -> None:
    bench = Bench()
    bench.place(10, limit=90, extended_hours=True)
    for _ in range(4):
        assert "1 expired" not in bench.bar("100 100 100 100")
    assert bench.bar("100 100 100 100", regular=False) == ["1 expired"]


def test_bar_outside_the_session_or_without_volume_is_nobodys_first() -> None:
    bench = Bench()
    bench.place(10)
    bench.place(10, extended_hours=True)
    assert bench.bar("100 100 100 100", volume=0.0) == ["1 accepted", "2 accepted"]
    assert bench.bar("100 100 100 100", regular=False) == ["2 filled: buy 10 @ 100"]
    assert bench.bar("101 101 101 101", volume=None) == ["1 filled: buy 10 @ 101"]


def test_ioc_and_fok_have_one_open_only() -> None:
    bench = Bench(costs=Costs(max_participation=Decimal("0.01")))
    bench.place(15, tif=IOC)
    assert bench.bar("100 100 100 100") == ["1 accepted", "1 partial: buy 10 @ 100", "1 cancelled"]
    bench.place(15, tif=FOK)
    assert bench.bar("100 100 100 100") == ["2 accepted", "2 cancelled"]
    bench.place(10, tif=FOK)
    assert bench.bar("100 100 100 100") == ["3 accepted", "3 filled: buy 10 @ 100"]
    bench.place(10, tif=IOC, limit=99)
    assert bench.bar("100 100 98 98") == ["4 accepted", "4 cancelled"]


def test_volume_is_one_pool_of_a_symbol_and_bar_and_the_rest_rests() -> None:
    bench = Bench(costs=Costs(max_participation=Decimal("0.1")), scales=(STOCK, OTHER))
    for scale, units in ((STOCK, 8), (STOCK, 8), (OTHER, 8)):
        bench.place(units, scale=scale, tif=GTC)
    flat = "100 100 100 100"
    assert bench.bars({"AAA": flat, "BBB": flat}, volume=100.0)[3:] == [
        "1 filled: buy 8 @ 100", "2 partial: buy 2 @ 100", "3 filled: buy 8 @ 100",
    ]  # fmt: skip
    assert bench.exchange.filling.capped == 1
    assert bench.bar(flat, volume=49.0) == ["2 partial: buy 4 @ 100"]  # a tenth of 49, cut to whole shares
    assert bench.bar(flat, volume=100.0) == ["2 filled: buy 2 @ 100"]


def test_slippage_never_goes_past_the_orders_own_limit() -> None:
    bench = Bench(costs=Costs(slippage_bps=Decimal(100)))
    bench.place(1, limit="100.5")
    bench.place(1)
    bench.place(-1, limit="99.5")
    bench.bar("100 100 100 100")
    found = [(one.order.number, one.price, one.slippage, one.market) for one in bench.means.executions]
    assert found == [
        (1, 100 * ONE + ONE // 2, ONE // 2, 100 * ONE),
        (2, 101 * ONE, ONE, 100 * ONE),
        (3, 99 * ONE + ONE // 2, ONE // 2, 100 * ONE),
    ]


def test_commission_has_its_minimum_once_an_order() -> None:
    costs = Costs(commission_bps=Decimal(10), commission_minimum=Decimal("1.50"), max_participation=Decimal("0.01"))
    bench = Bench(costs=costs)
    bench.place(20, tif=GTC)
    bench.bar("100 100 100 100")  # 10 for 1,000: 1.00 computed, 1.50 taken
    bench.bar("100 100 100 100")  # 2.00 computed in all
    assert [one.commission for one in bench.means.executions] == [150_000_000, 50_000_000]
    assert bench.exchange.book.charged == {}


def test_what_cannot_be_paid_is_refused_and_a_target_is_cut() -> None:
    bench = Bench(cash=1_000)
    order = bench.place(11)
    target = bench.place(11, target=Target(value=1100 * 10**8))
    assert bench.bar("100 100 100 100") == [
        "1 accepted",
        "2 accepted",
        "1 rejected",
        "2 filled: buy 10 @ 100 resized",
    ]
    assert order.reason == "buy 11 AAA at 100: cash of 1,000.00 does not pay for it with its costs"
    assert target.units == 10
    short = bench.place(-11)
    assert bench.bar("100 100 100 100") == ["3 accepted", "3 rejected"]
    assert short.reason.endswith("would be short, and this account allows no short positions")


def test_margin_values_other_holdings_at_the_closes_before_the_tick() -> None:
    bench = Bench(cash=1_000, account="margin", leverage=2, scales=(STOCK, OTHER))
    bench.place(10, scale=OTHER)
    bench.bars({"BBB": "100 100 100 90"})  # 10 worth 900: equity 900, of which 1,800 may be held
    bench.place(10)
    bench.place(9)
    # BBB closes at 50 in this tick, which is not known at its opens.
    assert bench.bars({"AAA": "100 100 100 100", "BBB": "90 90 50 50"})[2:] == [
        "2 rejected",
        "3 filled: buy 9 @ 100",
    ]


def test_size_at_fill_is_settled_by_the_account_as_the_tick_began() -> None:
    bench = Bench(cash=10_000)
    bench.place(20, tif=GTC)
    order = bench.place(1, target=Target(numerator=1, denominator=2, at_fill=True), is_sized=False)
    # Half of 10,000 at 100 is 50; the 20 ordered before it are of those.
    assert bench.bar("100 100 100 100")[2:] == ["1 filled: buy 20 @ 100", "2 filled: buy 30 @ 100"]
    assert order.is_sized


BOTH = {"profit": {"limit": 110, "tif": GTC}, "loss": {"stop": 95, "tif": GTC}}


def test_legs_start_with_their_entry_and_share_what_is_left() -> None:
    bench = Bench(costs=Costs(max_participation=Decimal("0.01")))
    _, (profit, loss) = bench.bracket(15, exits=BOTH, tif=GTC)
    assert bench.bar("100 100 100 100", volume=1000.0) == [
        "1 accepted", "1 partial: buy 10 @ 100", "2 accepted", "3 accepted",
    ]  # fmt: skip
    assert (profit.units, loss.units, loss.group and loss.group.remaining) == (15, 15, 10)
    assert bench.bar("105 110 105 110", volume=400.0) == ["1 partial: buy 4 @ 105"]  # the pool is spent
    assert bench.bar("110 110 110 110", volume=600.0) == ["1 filled: buy 1 @ 110", "2 partial: sell 5 @ 110"]
    assert (profit.remaining, loss.remaining) == (10, 10)
    assert bench.bar("94 94 94 94", volume=2000.0) == ["3 filled: sell 10 @ 94", "2 cancelled"]
    assert bench.means.units["AAA"] == 0


def test_stop_is_taken_where_a_bar_touches_both_legs() -> None:
    bench = Bench()
    bench.bracket(10, exits=BOTH)
    bench.bar("100 100 100 100")
    assert bench.bar("100 111 94 100") == ["3 filled: sell 10 @ 95 both_touched", "2 cancelled"]


def test_after_an_entry_inside_the_bar_only_the_stop_acts_there() -> None:
    bench = Bench()
    bench.bracket(10, exits=BOTH, stop=105)
    # Bought at 105 inside; whether the high of 112 came after that is not known, and a stop at 95 is taken to have.
    assert bench.bar("100 112 94 100")[1:] == [
        "1 filled: buy 10 @ 105", "2 accepted", "3 accepted", "3 filled: sell 10 @ 95", "2 cancelled",
    ]  # fmt: skip


def test_legs_end_with_an_entry_of_which_nothing_filled() -> None:
    bench = Bench()
    entry, _ = bench.bracket(10, exits=BOTH, limit=90)
    bench.bar("100 100 100 100")
    bench.exchange.cancel(entry, "enough")
    assert bench.bar("100 100 100 100") == ["1 cancelled", "2 cancelled", "3 cancelled"]
    assert entry.legs[0].reason == "its entry was cancelled"


def test_replacement_keeps_its_place_among_the_legs() -> None:
    bench = Bench()
    _, (profit, loss) = bench.bracket(10, exits=BOTH)
    bench.bar("100 100 100 100")
    tighter = bench.order(-10, stop=98, tif=GTC, reduce_only=True)
    bench.exchange.replace(loss, tighter)
    assert loss.replaced_by is tighter
    assert bench.bar("100 100 97 97") == ["3 cancelled", "4 accepted", "4 filled: sell 10 @ 98", "2 cancelled"]
    assert profit.reason == "the position was exited"


def test_split_scales_what_rests_and_a_delisting_withdraws_it() -> None:
    bench = Bench()
    order = bench.place(10, limit=90, tif=GTC)
    bench.bar("100 100 100 100")
    bench.exchange.split("AAA", (3, 1))
    assert (order.quantity, order.limit) == (30, 30)
    bench.exchange.withdraw("AAA", "gone")
    assert bench.bar("30 30 30 30") == ["1 cancelled"]


def test_nothing_is_kept_of_orders_that_have_ended() -> None:
    bench = Bench()
    for _ in range(8):
        bench.place(1, limit=90)
        bench.place(1)
        bench.bar("100 100 100 100")
    book = bench.exchange.book
    assert (book.working, book.session_closes, book.charged, book.changed) == ([], {}, {}, [])


def test_fill_tells_the_time_of_its_open_or_of_its_bars_end() -> None:
    bench = Bench()
    bench.place(1)
    bench.place(1, limit=99)
    bench.bar("100 100 99 99")
    at_open, inside = (one.as_fill() for one in bench.means.executions)
    assert at_open.timestamp == at_open.bar_timestamp == inside.bar_timestamp
    assert (inside.timestamp - at_open.timestamp).total_seconds() * 10**9 == MINUTE
