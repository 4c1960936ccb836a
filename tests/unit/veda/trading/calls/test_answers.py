"""What a venue shows, taken into the books, with fills that it did not tell and orders that memory does not have."""

from dataclasses import replace
from decimal import Decimal

from tests.unit.veda.live_builders import live_order, submission, venue_order
from tests.unit.veda.trading.builders import Desk, at_desk, bracket, venue_fill
from weaver.model.orders.actions import OrderType
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.submission import Part, SubmissionState

ENDED = {"status": OrderStatus.FILLED, "filled": 10, "value": 1000}


def test_an_order_of_others_is_not_ours() -> None:
    async def take(desk: Desk) -> None:
        assert not await desk.calls.answers.take(venue_order("theirs"))
        assert not await desk.calls.answers.claim(venue_order("theirs"))
        assert [one.id for one in desk.books.known.all()] == ["run-1"]

    at_desk(take, [live_order()], [submission()])


def test_fills_that_were_not_told_are_asked_for_and_the_rest_is_inferred() -> None:
    filled = venue_order(status=OrderStatus.FILLED, filled_quantity=10, average_price=101)

    async def take(desk: Desk) -> None:
        desk.venue.show(filled)
        desk.venue.fills = (venue_fill("run-1", 4, 100), venue_fill("other", 3, 99))
        assert await desk.calls.answers.take(filled)
        fills = desk.books.known.fills_of("run-1")
        # 10 at 101 are 1010, of which 400 are told: 610 for the other 6
        assert [(one.quantity, one.price, one.is_inferred) for one in fills] == [
            (4, 100, False),
            (6, Decimal("101.66666667"), True),
        ]
        assert (desk.order().status, desk.order().filled) == (OrderStatus.FILLED, 10)

    at_desk(take, [live_order()], [submission()])


def test_an_order_that_is_over_and_out_of_memory_is_found_by_either_id() -> None:
    over = live_order(**ENDED)

    async def claim(desk: Desk) -> None:
        assert desk.books.known.order("run-1") is None
        assert await desk.calls.answers.claim(venue_order("x", venue_id="v-run-1", status=OrderStatus.FILLED))
        assert desk.order() == over

    at_desk(claim, [over], [submission(state=SubmissionState.ENDED)])


def test_what_the_venue_puts_in_the_place_of_an_order_by_itself_goes_on_as_that_order() -> None:
    order = live_order(order_type=OrderType.LIMIT, limit=100, filled=4, value=400, status=OrderStatus.PARTIAL)
    sent = submission(counted=((Decimal(0), Decimal(4)),))
    theirs = venue_order("venue-made", quantity=6, order_type=OrderType.LIMIT, limit=100, replaces="v-run-1")

    async def take(desk: Desk) -> None:
        desk.venue.show(venue_order(filled_quantity=4, status=OrderStatus.CANCELLED, replaced_by="v-venue-made"))
        desk.venue.show(theirs)
        assert await desk.calls.answers.claim(theirs)
        new = desk.books.known.by_venue_id("v-venue-made")
        assert new is not None
        assert (new.order_id, new.quantity, new.replaces) == ("run-1", 6, "run-1")
        assert desk.order().status is OrderStatus.PARTIAL

    at_desk(take, [order], [sent])


def test_what_was_held_for_lost_comes_to_light_with_its_exits_though_another_has_them() -> None:
    """The entry was given up, another took its place, and that is over too; then it is at the venue after all."""
    entry, *legs = bracket(status=OrderStatus.REJECTED)
    over, lost = {"status": OrderStatus.CANCELLED}, {"venue_id": None, "state": SubmissionState.ENDED}
    successor = live_order("run-4", number=4, replaces="run-1", **over)
    inherited = [replace(one, parent_id="run-4", group_id="run-4", **over) for one in legs]
    held = [submission(one.id, part=Part.LEG, parent_id="run-1", **lost) for one in legs]
    at_venue = [
        venue_order("t", "sell", order_type=OrderType.LIMIT, limit=130),
        venue_order("s", "sell", order_type=OrderType.STOP, stop=90),
    ]

    async def claim(desk: Desk) -> None:
        assert [*desk.books.known.all()] == []
        shown = desk.venue.show(venue_order(legs=tuple(at_venue), status=OrderStatus.FILLED, filled_quantity=10))
        desk.venue.fills = (venue_fill("run-1", 10, 100, cumulative_quantity=10),)
        assert await desk.calls.answers.claim(shown)
        assert [desk.sent(name).venue_id for name in ("run-1", "run-2", "run-3")] == ["v-run-1", "v-t", "v-s"]
        assert [await desk.calls.answers.claim(leg) for leg in at_venue] == [True, True]
        assert desk.order("run-4") == successor  # by whose fills, too, they are counted

    at_desk(claim, [entry, *inherited, successor], [submission(**lost), *held, submission("run-4", **lost)])


def test_an_order_that_the_venue_lacks_is_not_over() -> None:
    async def look(desk: Desk) -> None:
        await desk.calls.answers.look_again("run-1")
        await desk.calls.answers.complete("run-1")
        assert (desk.order(), desk.sent()) == (live_order(), submission())

    at_desk(look, [live_order()], [submission()])


async def ends_with(desk: Desk, *, is_replay: bool) -> list[tuple[str, str]]:
    """What is asked when the venue tells of the target's end, and ends the stop without a word."""
    desk.venue.is_replay = is_replay
    desk.venue.show(venue_order("run-3", "sell", order_type=OrderType.STOP, status=OrderStatus.CANCELLED))
    over = venue_order("run-2", "sell", order_type=OrderType.LIMIT, status=OrderStatus.CANCELLED)
    for _ in range(2):
        await desk.calls.answers.take(over)
    return desk.venue.asked


def test_an_exit_that_was_held_with_one_that_ended_is_asked_for_at_once() -> None:
    orders = bracket(status=OrderStatus.FILLED, filled=10, value=1000)
    legs = [submission(name, part=Part.LEG, parent_id="run-1") for name in ("run-2", "run-3")]

    async def end(desk: Desk) -> None:
        assert await ends_with(desk, is_replay=False) == [("find", "v-run-3")]  # once
        assert desk.sent("run-3").state is SubmissionState.ENDED

    async def end_in_replay(desk: Desk) -> None:
        assert await ends_with(desk, is_replay=True) == []  # that tells everything by itself

    at_desk(end, orders, [submission("run-1", state=SubmissionState.ENDED), *legs])
    at_desk(end_in_replay, orders, [submission("run-1", state=SubmissionState.ENDED), *legs])
