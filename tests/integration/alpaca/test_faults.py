"""Every fault that the local exchange can play, as the adapter sees it: it says what it knows and what it does not."""

import asyncio
import time
from datetime import timedelta

import pytest

from tests.contracts.venues import AlpacaVenue, alpaca_adapter
from tests.integration.alpaca.reading import STOCK, WAIT_SECONDS, listening, order, refused, resting, taken
from tests.local_exchange import LocalExchange
from weaver.model.errors import Unavailable
from weaver.model.market.corporate_actions import Split
from weaver.model.market.timeframe import Timeframe
from weaver.model.orders.actions import OrderClass, Side, TimeInForce
from weaver.model.orders.status import OrderStatus
from weaver.veda.exchange.answers import Accepted, Reason, Unknown
from weaver.veda.exchange.market import FeedRestored, FeedStale, HaltChanged, LiveBar
from weaver.veda.exchange.orders import OrderUpdate, Source, StopLoss

pytestmark = pytest.mark.anyio
MINUTE, MINUTES = 60.0, Timeframe.parse("1m")


async def test_delay_is_waited_for(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    await exchange.fault("delay", seconds=2, match={"method": "POST", "path": "/v2/orders"})
    began = time.perf_counter()
    taken(await venue.adapter.submit(resting()))
    assert time.perf_counter() - began >= 2


@pytest.mark.parametrize("acted", [True, False])
async def test_answer_lost_is_unknown_and_looking_up_tells(
    exchange: LocalExchange, venue: AlpacaVenue, acted: bool
) -> None:
    await exchange.fault("answer_lost", acted=acted, match={"method": "POST", "path": "/v2/orders"})
    assert isinstance(await venue.adapter.submit(resting()), Unknown)
    found = await venue.adapter.find_order_by_client_id("run-1")
    assert (found is not None) is acted


@pytest.mark.parametrize(
    ("code", "known"), [(500, False), (502, False), (503, False), (504, False), (400, True), (403, True)]
)
async def test_status_of_a_gateway_is_no_answer_and_the_venues_own_is(
    exchange: LocalExchange, venue: AlpacaVenue, code: int, known: bool
) -> None:
    await exchange.fault("status", code=code, message="no", match={"method": "POST", "path": "/v2/orders"})
    answer = await venue.adapter.submit(resting())
    assert isinstance(answer, Unknown) is not known
    assert not isinstance(answer, Accepted)
    await exchange.fault("status", code=code, message="no", match={"method": "GET", "path": "/v2/positions"})
    with pytest.raises(Exception) as caught:
        await venue.adapter.positions()
    assert isinstance(caught.value, Unavailable) is not known


async def test_rate_limit_is_waited_for_a_while_and_then_told(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    await exchange.fault("rate_limit", per_minute=1)
    await venue.adapter.submit(resting(1))
    answer = refused(await venue.adapter.submit(resting(2)))
    assert answer.reason is Reason.RATE_LIMIT
    await exchange.clear_faults()
    await venue.advance(120)
    assert await venue.adapter.find_order_by_client_id("run-2") is None
    taken(await venue.adapter.submit(resting(2)))


async def test_empty_answer_to_an_order_is_unknown_and_to_a_question_no_answer(
    exchange: LocalExchange, venue: AlpacaVenue
) -> None:
    await exchange.fault("empty", match={"method": "POST", "path": "/v2/orders"})
    assert isinstance(await venue.adapter.submit(resting()), Unknown)
    for path, ask in (("/v2/account", venue.adapter.account), ("/v2/clock", venue.adapter.clock)):
        await exchange.fault("empty", match={"path": path})
        with pytest.raises(Unavailable, match=r"says nothing|no time in it"):
            await ask()


async def test_empty_list_is_what_the_venue_said_and_the_next_one_tells_again(
    exchange: LocalExchange, venue: AlpacaVenue
) -> None:
    """An empty list cannot be told from a true one: whoever asks must not take it for the end of an order."""
    sent = taken(await venue.adapter.submit(resting()))
    await exchange.fault("empty", match={"method": "GET", "path": "/v2/orders"})
    first = await venue.adapter.open_orders()
    assert [one.venue_id for one in await venue.adapter.open_orders()] == [sent.venue_id]
    assert first == ()
    known = venue.adapter.refusal(order(2, side=Side.SELL))
    assert known is None  # nothing is known of the symbol's rules yet
    await venue.adapter.instruments([STOCK])
    again = venue.adapter.refusal(order(2, side=Side.SELL, quantity="1"))
    assert again is not None
    assert again.reason is Reason.WASH_TRADE  # the order still counts as working


async def test_partial_fill_is_told_part_by_part(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    began = venue.adapter.now() - timedelta(minutes=1)
    await exchange.fault("partial_fill", parts=3)
    async with listening(venue.adapter.order_updates()) as heard:
        await heard.until(lambda: heard.of(FeedRestored))
        sent = taken(await venue.adapter.submit(order(quantity="9")))
        for _ in range(4):
            await venue.advance(MINUTE)
        await heard.until(lambda: [one for one in heard.of(OrderUpdate) if one.order.status is OrderStatus.FILLED])
    fills = [update.fill for update in heard.of(OrderUpdate) if update.fill]
    assert [fill.cumulative_quantity for fill in fills] == [3, 6, 9]
    assert [fill.quantity for fill in await venue.adapter.fills_since(began)] == [3, 3, 3]
    statuses = [update.order.status for update in heard.of(OrderUpdate) if update.fill]
    assert statuses == [OrderStatus.PARTIAL, OrderStatus.PARTIAL, OrderStatus.FILLED]
    assert {update.order.venue_id for update in heard.of(OrderUpdate)} == {sent.venue_id}


async def test_late_reject_is_told_after_the_order_was_accepted(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    await exchange.fault("late_reject")
    async with listening(venue.adapter.order_updates()) as heard:
        await heard.until(lambda: heard.of(FeedRestored))
        sent = taken(await venue.adapter.submit(resting()))
        await venue.advance(1)
        await heard.until(lambda: [one for one in heard.of(OrderUpdate) if one.order.status is OrderStatus.REJECTED])
    found = await venue.adapter.find_order(sent.venue_id)
    assert found is not None
    assert found.status is OrderStatus.REJECTED


async def test_stuck_cancel_leaves_the_order_working_and_says_that_it_was_asked(
    exchange: LocalExchange, venue: AlpacaVenue
) -> None:
    sent = taken(await venue.adapter.submit(resting()))
    await venue.advance(1)
    await exchange.fault("stuck_cancel")
    taken(await venue.adapter.cancel(sent.venue_id))
    await venue.advance(30)
    found = await venue.adapter.find_order(sent.venue_id)
    assert found is not None
    assert (found.status, found.is_cancel_asked, found.is_working) == (OrderStatus.ACCEPTED, True, True)
    taken(await venue.adapter.cancel(sent.venue_id))
    await venue.advance(1)
    over = await venue.adapter.find_order(sent.venue_id)
    assert over is not None
    assert over.status is OrderStatus.CANCELLED


async def test_venue_that_replaces_an_order_by_itself_is_followed(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    async with listening(venue.adapter.order_updates()) as heard:
        await heard.until(lambda: heard.of(FeedRestored))
        sent = taken(await venue.adapter.submit(resting()))
        await venue.advance(1)
        await exchange.fault("venue_replace")
        await venue.advance(1)
        await heard.until(lambda: [one for one in heard.of(OrderUpdate) if one.order.replaced_by or one.order.replaces])
    old = await venue.adapter.find_order(sent.venue_id)
    assert old is not None
    assert old.status is OrderStatus.CANCELLED
    (new,) = await venue.adapter.open_orders()
    assert (new.replaces, old.replaced_by) == (sent.venue_id, new.venue_id)


async def test_unrelated_ids_are_told_apart_by_how_much_has_filled(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    """After a gap the list of fills is asked for: what the stream told before is not told once more."""
    began = venue.adapter.now() - timedelta(minutes=1)
    await exchange.fault("unrelated_ids")
    async with listening(venue.adapter.order_updates()) as heard:
        await heard.until(lambda: heard.of(FeedRestored))
        taken(await venue.adapter.submit(order()))
        await venue.advance(2 * MINUTE)
        await heard.until(lambda: [one for one in heard.of(OrderUpdate) if one.fill])
        (listed,) = await venue.adapter.fills_since(began)
        (told,) = [one.fill for one in heard.of(OrderUpdate) if one.fill]
        assert listed.execution_id != told.execution_id
        assert (listed.cumulative_quantity, listed.venue_order_id) == (told.cumulative_quantity, told.venue_order_id)
        await exchange.fault("disconnect", path="/stream")
        await heard.until(lambda: len(heard.of(FeedRestored)) == 2)
    assert len([one for one in heard.of(OrderUpdate) if one.fill]) == 1


async def test_duplicate_update_is_handed_on_with_the_same_id(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    async with listening(venue.adapter.order_updates()) as heard:
        await heard.until(lambda: heard.of(FeedRestored))
        await exchange.fault("duplicate_update", event="fill")
        taken(await venue.adapter.submit(order()))
        await venue.advance(2 * MINUTE)
        await heard.until(lambda: len([one for one in heard.of(OrderUpdate) if one.fill]) == 2)
    first, second = [one.fill for one in heard.of(OrderUpdate) if one.fill]
    assert first == second


async def test_reordered_updates_never_let_an_order_seem_younger(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    async with listening(venue.adapter.order_updates()) as heard:
        await heard.until(lambda: heard.of(FeedRestored))
        await exchange.fault("reorder_updates", event="new")
        sent = taken(await venue.adapter.submit(order()))
        await venue.advance(2 * MINUTE)
        await heard.until(lambda: "new" in {one.event for one in heard.of(OrderUpdate)})
    assert [one.event for one in heard.of(OrderUpdate)][-2:] == ["fill", "new"]
    await venue.adapter.instruments([STOCK])
    assert venue.adapter.refusal(order(2, side=Side.SELL, quantity="1")) is None, "the filled order seems to work again"
    found = await venue.adapter.find_order(sent.venue_id)
    assert found is not None
    assert found.status is OrderStatus.FILLED


async def test_lost_update_is_made_up_for_by_asking(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    """The stream is silent about an order that works: within 30 s it is asked for, and what was lost is told."""
    async with listening(venue.adapter.order_updates()) as heard:
        await heard.until(lambda: heard.of(FeedRestored))
        taken(await venue.adapter.submit(order()))
        await exchange.fault("lose_update", event="fill")
        await venue.advance(2 * MINUTE)
        await heard.until(lambda: [one for one in heard.of(OrderUpdate) if one.fill])
    (told,) = [one for one in heard.of(OrderUpdate) if one.fill]
    assert told.fill is not None
    assert (told.source, told.fill.quantity, told.order.status) == (Source.POLL, 10, OrderStatus.FILLED)
    assert heard.of(FeedStale)[0].reason.startswith("it was mute")


async def test_update_before_the_answer_changes_nothing(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    async with listening(venue.adapter.order_updates()) as heard:
        await heard.until(lambda: heard.of(FeedRestored))
        await exchange.fault("update_before_answer")
        sent = taken(await venue.adapter.submit(resting()))
        await heard.until(lambda: heard.of(OrderUpdate))
    assert {one.order.venue_id for one in heard.of(OrderUpdate)} == {sent.venue_id}
    assert [one.venue_id for one in await venue.adapter.open_orders()] == [sent.venue_id]


async def test_disconnect_is_told_and_what_happened_meanwhile_is_asked_for(
    exchange: LocalExchange, venue: AlpacaVenue
) -> None:
    async with listening(venue.adapter.order_updates()) as heard:
        await heard.until(lambda: heard.of(FeedRestored))
        sent = taken(await venue.adapter.submit(order()))
        await exchange.fault("refuse_connection", path="/stream", times=1000)
        await exchange.fault("disconnect", path="/stream")
        await heard.until(lambda: len(heard.of(FeedStale)) > 1)
        await venue.advance(2 * MINUTE)
        await exchange.clear_faults()
        await heard.until(lambda: len(heard.of(FeedRestored)) == 2)
    reasons = [one.reason for one in heard.of(FeedStale)]
    assert reasons[0].startswith("the connection was closed")
    assert "the connection was refused with HTTP 429" in reasons
    restored = heard.of(FeedRestored)[1]
    assert restored.is_complete
    assert restored.since is not None
    (update,) = [one for one in heard.of(OrderUpdate) if one.fill]
    assert (update.order.venue_id, update.source) == (sent.venue_id, Source.POLL)
    assert heard.messages.index(update) < heard.messages.index(restored)


async def test_bars_of_a_gap_come_by_asking_before_any_newer(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    async with listening(venue.adapter.live_bars([STOCK])) as heard:
        await heard.until(lambda: heard.of(FeedRestored))
        await venue.advance(MINUTE)
        await heard.until(lambda: len(heard.of(LiveBar)) == 1)
        await exchange.fault("refuse_connection", path="/v2/iex", times=1000)
        await exchange.fault("disconnect", path="/v2/iex")
        await heard.until(lambda: heard.of(FeedStale))
        for _ in range(3):
            await venue.advance(MINUTE)
        await exchange.clear_faults()
        await heard.until(lambda: len(heard.of(FeedRestored)) == 2)
        await venue.advance(MINUTE)
        await heard.until(lambda: len(heard.of(LiveBar)) == 5)
    bars = heard.of(LiveBar)
    assert [bar.start - bars[0].start for bar in bars] == [number * 60 * 10**9 for number in range(5)]
    assert {bar.source for bar in bars[1:-1]} >= {Source.POLL}
    history = await venue.adapter.bars(STOCK, MINUTES, venue.adapter.now() - timedelta(minutes=9), venue.adapter.now())
    assert history.bars.close[-5:].tolist() == [bar.close for bar in bars]


async def test_mute_bars_are_found_within_two_minutes_of_the_session(
    exchange: LocalExchange, venue: AlpacaVenue
) -> None:
    async with listening(venue.adapter.live_bars([STOCK])) as heard:
        await heard.until(lambda: heard.of(FeedRestored))
        await venue.advance(MINUTE)
        await heard.until(lambda: heard.of(LiveBar))
        muted = await exchange.fault("mute", path="/v2/iex")
        for _ in range(2):
            await venue.advance(MINUTE)
        await heard.until(lambda: heard.of(FeedStale))
        assert heard.of(FeedStale)[0].reason.startswith("it was mute")
        assert len(heard.of(LiveBar)) >= 2  # what it should have said was asked for
        assert muted["kind"] == "mute"
        await exchange.clear_faults()
        await heard.until(lambda: len(heard.of(FeedRestored)) == 2)
        await venue.advance(MINUTE)
        await heard.until(lambda: len(heard.of(LiveBar)) >= 4)
    starts = [bar.start for bar in heard.of(LiveBar)]
    assert starts == sorted(set(starts))


async def test_halt_is_told_and_its_silence_is_no_muteness(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    async with listening(venue.adapter.live_bars([STOCK])) as heard:
        await heard.until(lambda: heard.of(FeedRestored))
        await exchange.fault("halt", symbol=STOCK)
        await heard.until(lambda: heard.of(HaltChanged))
        for _ in range(5):
            await venue.advance(MINUTE)
        await asyncio.sleep(3)
        assert heard.of(FeedStale) == []
        await exchange.clear_faults()
        await heard.until(lambda: len(heard.of(HaltChanged)) == 2)
    assert [(one.symbol, one.is_halted) for one in heard.of(HaltChanged)] == [(STOCK, True), (STOCK, False)]


async def test_split_arrives_as_an_action(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    today = venue.adapter.now().date()
    assert await venue.adapter.corporate_actions(STOCK, today, today) == ()
    await exchange.fault("split", symbol=STOCK, ratio=4)
    assert await venue.adapter.corporate_actions(STOCK, today, today) == (Split(ex_date=today, ratio=4),)
    assert await venue.adapter.corporate_actions("MSFT", today, today) == ()
    await exchange.post("reset", {"cash": 100_000})


async def test_late_bar_is_handed_on_when_it_comes(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    async with listening(venue.adapter.live_bars([STOCK])) as heard:
        await heard.until(lambda: heard.of(FeedRestored))
        await exchange.fault("late_bar", symbol=STOCK, seconds=90)
        for _ in range(4):
            await venue.advance(MINUTE)
        await heard.until(lambda: len(heard.of(LiveBar)) == 4)
    starts = [bar.start for bar in heard.of(LiveBar)]
    assert starts != sorted(starts)
    assert len(set(starts)) == 4


async def test_corrected_bar_is_marked(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    async with listening(venue.adapter.live_bars([STOCK])) as heard:
        await heard.until(lambda: heard.of(FeedRestored))
        await exchange.fault("corrected_bar", symbol=STOCK, seconds=30)
        await venue.advance(MINUTE)
        await venue.advance(MINUTE)
        await heard.until(lambda: [one for one in heard.of(LiveBar) if one.is_correction])
    (correction,) = [one for one in heard.of(LiveBar) if one.is_correction]
    first = next(one for one in heard.of(LiveBar) if one.start == correction.start)
    assert (first.is_correction, first.close == correction.close) == (False, False)


async def test_skew_of_a_running_clock_is_measured(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    await exchange.post("clock", {"speed": 1})
    try:
        link = venue.adapter._link
        assert link is not None
        async with asyncio.timeout(WAIT_SECONDS):
            while not link.time._is_worlds_pace():
                await venue.adapter.clock()
                await asyncio.sleep(0.5)
        assert abs((await venue.adapter.clock()).skew_seconds) < 2
        await exchange.fault("skew", seconds=40)
        for _ in range(3):
            assert (await venue.adapter.clock()).skew_seconds == pytest.approx(40, abs=2)
            await asyncio.sleep(0.3)
        await exchange.clear_faults()
        assert abs((await venue.adapter.clock()).skew_seconds) < 2
    finally:
        await exchange.post("clock", {"speed": "hold"})


async def test_dropped_legs_are_seen_in_the_answer(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    price = await venue.last_price(STOCK)
    legs = {"take_profit": round(price * 2, 2), "stop_loss": StopLoss(stop=round(price / 2, 2))}
    await exchange.fault("drop_legs")
    sent = taken(await venue.adapter.submit(order(order_class=OrderClass.BRACKET, tif=TimeInForce.GTC, **legs)))
    found = await venue.adapter.find_order(sent.venue_id)
    assert found is not None
    assert (sent.legs, found.legs) == ((), ())


async def test_flags_of_assets_are_told_and_obeyed(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    assert (await venue.adapter.instruments([STOCK]))[STOCK].flags == ()
    await exchange.fault("asset_flags", symbol=STOCK, tradable=False, shortable=False, fractionable=False)
    rules = (await venue.adapter.instruments([STOCK]))[STOCK]
    assert (rules.is_tradable, rules.is_shortable, rules.is_fractionable) == (False, False, False)
    assert "it cannot be traded" in rules.flags
    answer = refused(await venue.adapter.submit(order()))
    assert (answer.reason, answer.was_sent) == (Reason.INSTRUMENT, False)


async def test_flags_of_the_account_are_told(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    await exchange.fault("account_flags", trading_blocked=True, status="ACCOUNT_CLOSED", shorting_enabled=False)
    account = await venue.adapter.account()
    assert account.flags == ("its status is ACCOUNT_CLOSED, not ACTIVE", "trading is blocked")
    assert not account.can_short
    assert isinstance(await venue.adapter.submit(order()), Accepted) is False


async def test_new_account_has_another_id(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    before = (await venue.adapter.account()).account_id
    await exchange.fault("new_account")
    assert (await venue.adapter.account()).account_id != before


async def test_order_whose_end_was_not_told_refuses_no_other(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    """By what the adapter knows the two could trade with each other; the venue is asked before that is believed."""
    await venue.adapter.instruments([STOCK])
    sent = taken(await venue.adapter.submit(resting()))
    await venue.advance(1)
    taken(await venue.adapter.cancel(sent.venue_id))  # no stream is read, so nobody says that it was done
    await venue.advance(1)
    short = order(2, side=Side.SELL, quantity="1")
    stale = venue.adapter.refusal(short)
    assert stale is not None
    assert stale.reason is Reason.WASH_TRADE
    taken(await venue.adapter.submit(short))


async def test_asset_that_can_be_traded_again_is(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    await exchange.fault("asset_flags", symbol=STOCK, tradable=False)
    await venue.adapter.instruments([STOCK])
    assert refused(await venue.adapter.submit(order())).reason is Reason.INSTRUMENT
    await exchange.clear_faults()
    taken(await venue.adapter.submit(order()))


async def test_repair_that_fails_is_told_and_tried_again(exchange: LocalExchange, venue: AlpacaVenue) -> None:
    async with listening(venue.adapter.live_bars([STOCK])) as heard:
        await heard.until(lambda: heard.of(FeedRestored))
        await venue.advance(MINUTE)
        await heard.until(lambda: heard.of(LiveBar))
        refusing = await exchange.fault("refuse_connection", path="/v2/iex", times=1000)
        await exchange.fault("answer_lost", acted=False, times=2, match={"path": "/v2/stocks/bars"})
        await exchange.fault("disconnect", path="/v2/iex")
        await heard.until(lambda: heard.of(FeedStale))
        await venue.advance(2 * MINUTE)
        await exchange.end(refusing)
        await heard.until(lambda: [one for one in heard.of(FeedRestored) if one.since and one.is_complete])
    failed, whole = [one for one in heard.of(FeedRestored) if one.since]
    assert "did not answer" in failed.reason
    assert (failed.is_complete, failed.repaired, whole.repaired) == (False, 0, 2)
    assert len({bar.start for bar in heard.of(LiveBar)}) == 3


async def test_second_connection_of_an_account_says_why_it_is_refused(
    exchange: LocalExchange, venue: AlpacaVenue
) -> None:
    other = alpaca_adapter(exchange)
    await other.connect()
    try:
        async with listening(venue.adapter.live_bars([STOCK])) as first:
            await first.until(lambda: first.of(FeedRestored))
            async with listening(other.live_bars([STOCK])) as second:
                await second.until(lambda: second.of(FeedStale))
        assert "406" in second.of(FeedStale)[0].reason
    finally:
        await other.close()
