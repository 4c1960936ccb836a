"""Positions that lost exits: told once when they lie open, and once when they do no more."""

from datetime import timedelta

from tests.unit.veda.live_builders import submission
from tests.unit.veda.trading.builders import Desk, at_desk, bracket
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.submission import Part, SubmissionState
from weaver.veda.trading.changes.placing import end
from weaver.veda.trading.changes.protecting import Protection

ORDERS = bracket(status=OrderStatus.FILLED, filled=10, value=1000)
OVER = submission("run-1", state=SubmissionState.ENDED)


async def looked(desk: Desk, protection: Protection) -> list[str]:
    """What has been told in the log after another look."""
    async with desk.books.change() as draft:
        protection.look(draft, ["run-1"])
    return [one.type for one in desk.disk.events if one.type.startswith("risk.")]


async def put(desk: Desk, name: str, state: SubmissionState) -> None:
    async with desk.books.change() as draft:
        draft.put_submission(submission(name, part=Part.LEG, parent_id="run-1", state=state))


def test_a_position_that_lost_one_exit_of_two_is_told_of_once_until_both_stand() -> None:
    legs = [submission(name, part=Part.LEG, parent_id="run-1") for name in ("run-2", "run-3")]

    async def lose(desk: Desk) -> None:
        protection = Protection(lambda _draft, _exit: True)
        assert await looked(desk, protection) == []
        await put(desk, "run-2", SubmissionState.ENDED)
        for _ in range(3):
            assert await looked(desk, protection) == ["risk.Unprotected"]
        assert protection.is_any

        async with desk.books.change() as draft:
            for name, part in (("run-2.2", Part.PROTECTION), ("run-3.2", Part.LEG)):
                draft.put_submission(submission(name, order_id=name[:5], part=part))
        for _ in range(3):
            assert await looked(desk, protection) == ["risk.Unprotected", "risk.ProtectionRestored"]
        assert not protection.is_any

    at_desk(lose, ORDERS, [OVER, *legs])


def test_exits_that_are_on_their_way_protect_nothing_yet() -> None:
    async def lose(desk: Desk) -> None:
        protection = Protection(lambda _draft, _exit: True)
        for name in ("run-2", "run-3"):
            await put(desk, name, SubmissionState.ENDED)
        assert await looked(desk, protection) == ["risk.Unprotected"]
        sending = {"state": SubmissionState.SENDING, "venue_id": None}
        async with desk.books.change() as draft:
            draft.put_submission(submission("run-2.2", order_id="run-2", part=Part.PROTECTION, **sending))
            draft.put_submission(submission("run-3.2", order_id="run-3", part=Part.LEG, **sending))
        assert await looked(desk, protection) == ["risk.Unprotected"]

    at_desk(lose, ORDERS, [OVER])


def test_a_position_that_nobody_protects_any_more_is_no_longer_looked_at_once_its_orders_are_forgotten() -> None:
    async def forget(desk: Desk) -> None:
        protection = Protection(lambda _draft, _exit: True)
        assert await looked(desk, protection) == ["risk.Unprotected"]
        async with desk.books.change() as draft:
            for name in ("run-2", "run-3"):
                end(draft, draft.order(name), OrderStatus.REJECTED, "no")
        assert protection.is_any
        await desk.books.forget(desk.wall.now() + timedelta(seconds=1))
        async with desk.books.change() as draft:
            protection.look(draft, [])
        assert not protection.is_any

    at_desk(forget, ORDERS, [OVER])
