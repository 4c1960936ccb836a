"""What is at the venue against what is in the books."""

from datetime import timedelta

from tests.unit.veda.live_builders import NOON, live_order, submission, venue_order
from tests.unit.veda.trading.builders import FEE, Desk, at_desk, bracket, venue_fill
from weaver.model.orders.status import OrderStatus
from weaver.veda.exchange.orders import OrderUpdate
from weaver.veda.orders.submission import Part, SubmissionState
from weaver.veda.trading.agenda import to_cancel
from weaver.veda.trading.reconciler import MARGIN, Reconciler


def no_fees() -> None:
    """Nothing is held of what pays any."""


def test_an_order_that_a_list_lacks_is_asked_for_by_its_id() -> None:
    async def look(desk: Desk) -> None:
        desk.venue.show(venue_order(status=OrderStatus.CANCELLED, reason="too late"))
        await desk.reconciler.reconcile()
        assert desk.venue.asked == [("find", "v-run-1")]
        assert desk.order().status is OrderStatus.CANCELLED

    at_desk(look, [live_order()], [submission()])


def test_the_first_look_since_a_restart_asks_for_none_of_the_orders_that_were_replaced() -> None:
    """One that rests for long has the list reach back to it, past all that were replaced since."""
    count, over = 45, {"status": OrderStatus.CANCELLED}
    chain = [
        live_order(f"run-{at}", number=at, replaces=f"run-{at - 1}", replaced_by=f"run-{at + 1}", **over)
        for at in range(2, count)
    ]
    sent = [submission(one.id, state=SubmissionState.ENDED, replaces=one.replaces) for one in chain]

    async def look(desk: Desk) -> None:
        resting = venue_order()
        desk.venue.show(resting)
        was = [
            venue_order(one.id, replaced_by=f"v-{one.replaced_by}", replaces=f"v-{one.replaces}", **over)
            for one in chain
        ]
        desk.venue.listed = (resting, *was)
        await desk.reconciler.reconcile()
        assert desk.venue.asked == []
        assert [*to_cancel(desk.books.known, NOON, set())] == []
        assert {one.id for one in desk.books.known.open_submissions()} == {"run-1"}

    at_desk(look, [live_order(), *chain], [submission(), *sent])


def test_an_order_that_the_venue_shows_nowhere_is_not_over() -> None:
    async def look(desk: Desk) -> None:
        await desk.reconciler.reconcile()
        assert desk.order() == live_order()
        assert desk.reconciler.is_done
        assert desk.reconciler.next_at == NOON + timedelta(seconds=30)

    at_desk(look, [live_order()], [submission()])


def test_orders_of_others_are_shown_while_they_work_and_their_fills_told() -> None:
    async def look(desk: Desk) -> None:
        desk.venue.listed = (venue_order("theirs"),)
        desk.venue.fills = (venue_fill("theirs", 5, 100), venue_fill("never-seen", 5, 100))
        await desk.reconciler.reconcile()
        assert list(desk.reconciler.foreign) == ["v-theirs"]
        assert desk.reconciler.others == (desk.venue.fills[0],)
        assert [*desk.books.known.all()] == []

        desk.venue.listed = (venue_order("theirs", status=OrderStatus.FILLED, filled_quantity=5),)
        await desk.reconciler.reconcile()
        assert desk.reconciler.foreign == {}

    at_desk(look)


def test_fills_of_an_order_that_is_over_come_late_and_count_once() -> None:
    over = live_order(status=OrderStatus.CANCELLED)

    async def look(desk: Desk) -> None:
        desk.venue.fills = (venue_fill("run-1", 3, 100, cumulative_quantity=3),)
        for _ in range(2):
            await desk.reconciler.reconcile()
        order = desk.order()
        assert (order.status, order.filled, order.value) == (OrderStatus.CANCELLED, 3, 300)
        assert [one.is_late for one in desk.books.known.fills_of("run-1")] == [True]

    at_desk(look, [over], [submission(state=SubmissionState.ENDED)])


def test_an_entry_whose_exit_was_not_seen_is_asked_for() -> None:
    orders = bracket()
    legs = [
        submission(name, part=Part.LEG, parent_id="run-1", venue_id=None, state=SubmissionState.SENDING)
        for name in ("run-2", "run-3")
    ]

    async def look(desk: Desk) -> None:
        desk.venue.listed = (venue_order("run-1"),)  # without them, as a flat list has it
        desk.venue.show(venue_order("run-1"))
        await desk.reconciler.reconcile()
        assert ("find", "v-run-1") in desk.venue.asked

    at_desk(look, orders, [submission("run-1"), *legs])


def test_an_update_of_an_order_in_no_book_is_others_once_ours_were_asked_for() -> None:
    async def identify(desk: Desk) -> None:
        update = OrderUpdate(order=venue_order("theirs"), event="new", time=NOON)
        await desk.reconciler.identify(update)
        assert ("find", "v-run-1") in desk.venue.asked  # it may have been a leg of this one
        assert list(desk.reconciler.foreign) == ["v-theirs"]

    at_desk(identify, [live_order()], [submission()])


def test_the_first_look_after_a_restart_lists_what_came_since_the_last_one_that_was_kept() -> None:
    hour = timedelta(hours=1)

    async def look(desk: Desk) -> None:
        await desk.reconciler.reconcile()
        async with desk.books.change() as draft:
            desk.reconciler.keep(draft)
        await desk.wall.sleep(hour.total_seconds())
        again = Reconciler(books=desk.books, adapter=desk.venue, calls=desk.calls, store=desk.store, fees_after=no_fees)
        await again.reconcile()
        assert desk.venue.listed_since == [NOON - MARGIN, NOON - MARGIN]

    at_desk(look)


def test_a_look_whose_commit_fails_is_listed_again_by_the_next() -> None:
    async def look(desk: Desk) -> None:
        await desk.reconciler.reconcile()
        async with desk.books.change() as draft:
            desk.reconciler.keep(draft)
        for _ in range(5):  # the database is away for longer than the margin
            await desk.wall.sleep(60)
            await desk.reconciler.reconcile()
        assert desk.venue.listed_since == [NOON - MARGIN] * 6
        async with desk.books.change() as draft:
            desk.reconciler.keep(draft)
        await desk.reconciler.reconcile()
        assert desk.venue.listed_since[-1] == NOON + timedelta(minutes=5) - MARGIN

    at_desk(look)


def test_what_is_not_known_whose_it_is_is_listed_again_over_a_restart() -> None:
    async def look(desk: Desk) -> None:
        await desk.reconciler.reconcile()
        async with desk.books.change() as draft:
            desk.reconciler.keep(draft)
            draft.put(live_order(placed_at=NOON + timedelta(minutes=10)))
            draft.put_submission(submission(state=SubmissionState.SENDING, venue_id=None))
        desk.venue.listed = (venue_order("theirs"),)  # or an exit of ours, of which the id is not known yet
        await desk.wall.sleep(600)
        await desk.reconciler.reconcile()
        async with desk.books.change() as draft:
            desk.reconciler.keep(draft)
        again = Reconciler(books=desk.books, adapter=desk.venue, calls=desk.calls, store=desk.store, fees_after=no_fees)
        await again.reconcile()
        assert desk.venue.listed_since[-1] == NOON - MARGIN

    at_desk(look)


def test_fees_are_listed_where_they_are_wanted_and_nothing_hangs_on_a_venue_that_names_none() -> None:
    async def look(desk: Desk) -> None:
        again = Reconciler(
            books=desk.books, adapter=desk.venue, calls=desk.calls, store=desk.store, fees_after=lambda: NOON
        )
        await again.reconcile()
        assert again.fees == (FEE,)
        desk.venue.fees = None
        await again.reconcile()
        assert (again.fees, again.is_done, again.positions) == (None, True, ())
        await desk.reconciler.reconcile()
        assert (desk.reconciler.fees, desk.venue.fees_asked) == (None, [NOON, NOON])

    at_desk(look)
