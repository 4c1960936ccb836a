"""An account's orders in memory: those that work, and what hangs on them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.orders.submission import Submission, SubmissionState

T = TypeVar("T")


class AccountOrders:
    """Looked up by whatever id somebody has. It holds what was committed, and nothing else.

    Orders that are over stay a while, as their fills may come late (`veda/trading/books/forgetting.py`).
    """

    def __init__(self) -> None:
        self._orders: dict[str, LiveOrder] = {}
        self._working: dict[str, LiveOrder] = {}
        """Those that are not over: of all that there were, few."""
        self._open: dict[str, Submission] = {}
        self._submissions: dict[str, Submission] = {}
        self._by_venue_id: dict[str, str] = {}
        self._of_order: dict[str, list[str]] = {}
        self._fills: dict[str, list[LiveFill]] = {}
        self._of_group: dict[str, list[str]] = {}
        self._legs: dict[str, list[str]] = {}

    def take(
        self, orders: Iterable[LiveOrder], submissions: Iterable[Submission], fills: Iterable[LiveFill] = ()
    ) -> None:
        """These are as they are now; `fills` are new."""
        for order in orders:
            self._of_order.setdefault(order.id, [])
            self._regroup(self._orders.get(order.id), order)
            self._orders[order.id] = order
            _keep(self._working, self._orders, order.id, order, is_in=order.is_working)
        for submission in submissions:
            known = self._submissions.get(submission.id)
            if known is None:
                self._of_order.setdefault(submission.order_id, []).append(submission.id)
            if submission.parent_id is not None and (known is None or known.parent_id != submission.parent_id):
                self._legs.setdefault(submission.parent_id, []).append(submission.id)
            self._submissions[submission.id] = submission
            is_open = submission.state is not SubmissionState.ENDED
            _keep(self._open, self._submissions, submission.id, submission, is_in=is_open)
            if submission.venue_id is not None:
                self._by_venue_id[submission.venue_id] = submission.id
        for fill in fills:
            self._fills.setdefault(fill.order_id, []).append(fill)

    def order(self, order_id: str) -> LiveOrder | None:
        """By our id."""
        return self._orders.get(order_id)

    def submission(self, submission_id: str) -> Submission | None:
        """By the client order id that was sent."""
        return self._submissions.get(submission_id)

    def by_venue_id(self, venue_id: str) -> Submission | None:
        """By the venue's id."""
        found = self._by_venue_id.get(venue_id)
        return None if found is None else self._submissions[found]

    def submissions_of(self, order_id: str) -> Sequence[Submission]:
        """An order's, as they were made."""
        return [self._submissions[one] for one in self._of_order.get(order_id, ())]

    def fills_of(self, order_id: str) -> Sequence[LiveFill]:
        """An order's, as they were booked."""
        return self._fills.get(order_id, ())

    def group(self, group_id: str) -> Sequence[LiveOrder]:
        """The exits that share a quantity."""
        return [self._orders[one] for one in self._of_group.get(group_id, ())]

    def legs_of(self, submission_id: str) -> Sequence[Submission]:
        """What the venue holds with a submission."""
        legs = [self._submissions[one] for one in self._legs.get(submission_id, ()) if one in self._submissions]
        return [one for one in legs if one.parent_id == submission_id]  # not those that another has taken over

    def working(self, *, run_id: str | None = None, symbol: str | None = None) -> Iterator[LiveOrder]:
        """Orders that are not over, oldest first; of a run, of a symbol."""
        for order in self._working.values():
            if run_id in (None, order.run_id) and symbol in (None, order.symbol):
                yield order

    def open_submissions(self) -> Iterator[Submission]:
        """Those that may still be, or come to be, at the venue."""
        return iter(self._open.values())

    def all(self) -> Iterator[LiveOrder]:
        """All that are remembered."""
        return iter(self._orders.values())

    def forget(self, order_id: str) -> None:
        """Take an order out that is over, with what belongs to it."""
        order = self._orders.pop(order_id, None)
        self._working.pop(order_id, None)
        for one in self._of_order.pop(order_id, ()):
            submission = self._submissions.pop(one)
            self._open.pop(one, None)
            self._legs.pop(one, None)
            if submission.venue_id is not None:
                self._by_venue_id.pop(submission.venue_id, None)
        self._fills.pop(order_id, None)
        self._regroup(order, None)

    def _regroup(self, before: LiveOrder | None, after: LiveOrder | None) -> None:
        was = None if before is None else before.group_id
        now = None if after is None else after.group_id
        if was == now:
            return
        if before is not None and was is not None:
            self._of_group[was].remove(before.id)
            if not self._of_group[was]:
                del self._of_group[was]
        if after is not None and now is not None:
            self._of_group.setdefault(now, []).append(after.id)


def _keep(some: dict[str, T], every: dict[str, T], id_: str, value: T, *, is_in: bool) -> None:
    """Have a value among some, which stand as they stand among all; or have it there no more."""
    if not is_in:
        some.pop(id_, None)
        return
    is_back = id_ not in some and next(reversed(every)) != id_
    some[id_] = value
    if is_back:
        places = {one: place for place, one in enumerate(every)}
        back = sorted(some.items(), key=lambda one: places[one[0]])
        some.clear()
        some.update(back)
