"""Orders whose answer was lost: looked up under the id that they were sent with, until their fate is known."""

import asyncio
from datetime import timedelta

from tests.unit.veda.live_builders import NOON, live_order, submission, venue_order
from tests.unit.veda.trading.builders import Desk, at_desk
from weaver.model.orders.status import OrderStatus
from weaver.veda.exchange.answers import Unknown
from weaver.veda.orders.live_order import WaitsFor
from weaver.veda.orders.submission import SubmissionState
from weaver.veda.trading.calls.look_ups import NEVER_GOT

WRITTEN = live_order(status=OrderStatus.SUBMITTING)
SENDING = submission(state=SubmissionState.SENDING, venue_id=None)


def test_an_order_that_came_there_is_found_and_not_sent_again() -> None:
    async def send(desk: Desk) -> None:
        desk.venue.answers.append(Unknown(message="timed out"))
        desk.venue.show(venue_order("run-1"))
        await desk.calls.sending.send("run-1")
        assert desk.venue.asked == [("submit", "run-1"), ("look up", "run-1")]
        assert desk.wall.now() == NOON + timedelta(seconds=0.5)
        assert (desk.order().status, desk.sent().venue_id) == (OrderStatus.ACCEPTED, "v-run-1")

    at_desk(send, [WRITTEN], [SENDING])


def test_an_entry_that_never_came_there_is_given_up_after_a_minute() -> None:
    async def look(desk: Desk) -> None:
        await desk.calls.look_ups.look_up("run-1")
        # after 0.5, 1.5, 3.5, 7.5, 15.5, 30.5 and 60.5 s: the first was missing 60 s before the last
        assert desk.venue.asked == [("look up", "run-1")] * 7
        assert desk.wall.now() == NOON + timedelta(seconds=60.5)
        assert (desk.order().status, desk.order().reason) == (OrderStatus.REJECTED, NEVER_GOT)

    at_desk(look, [WRITTEN], [SENDING])


def test_a_venue_that_does_not_answer_has_said_nothing() -> None:
    async def look(desk: Desk) -> None:
        looking = desk.calls.look_ups.look_up("run-1")

        async def away_after_two() -> None:
            await desk.wall.sleep(2)  # two look-ups found nothing
            assert desk.sent().lookups == 2
            desk.venue.is_away = True
            await desk.wall.sleep(58)
            assert desk.sent().lookups == 0
            assert desk.sent().missing_since is None
            desk.venue.is_away = False

        await asyncio.gather(looking, away_after_two())
        # found missing anew at 60.5 s, and every 30 s from there: sure when that was said for 60 s
        assert desk.wall.now() == NOON + timedelta(seconds=120.5)
        assert desk.order().status is OrderStatus.REJECTED

    at_desk(look, [WRITTEN], [SENDING])


def test_an_exit_that_never_came_there_is_sent_again_under_another_id() -> None:
    exit_ = live_order(side="sell", status=OrderStatus.SUBMITTING, reduces=True)

    async def look(desk: Desk) -> None:
        await desk.calls.look_ups.look_up("run-1")
        assert desk.order().waits_for is WaitsFor.CANCELS
        assert desk.sent().state is SubmissionState.ENDED
        assert desk.calls.fates.rests == {"run-1": NOON + timedelta(seconds=60.5 + 2)}

    at_desk(look, [exit_], [SENDING])


def test_another_order_under_our_id_is_not_taken_for_ours() -> None:
    async def look(desk: Desk) -> None:
        desk.venue.show(venue_order("run-1", "sell", 3))
        await desk.calls.look_ups.look_up("run-1")
        assert desk.order().status is OrderStatus.REJECTED
        assert "v-run-1" in desk.order().reason
        assert desk.warned == ["order_id_of_another run-1"]

    at_desk(look, [WRITTEN], [SENDING])


def test_an_order_that_the_venue_has_and_does_not_show_is_not_over() -> None:
    async def refresh(desk: Desk) -> None:
        await desk.calls.look_ups.refresh("run-1")
        assert desk.venue.asked == [("find", "v-run-1")]
        assert desk.order().is_working

    at_desk(refresh, [live_order()], [submission()])
