"""What was written down, as the venue is asked for it."""

from collections.abc import Collection

from weaver.model.errors import Unavailable
from weaver.veda.exchange.orders import OrderRequest
from weaver.veda.orders.account_orders import AccountOrders
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.orders.submission import Part, Submission
from weaver.veda.trading.requests import request_of


def request_for(known: AccountOrders, submission_id: str, *, features: Collection[str]) -> OrderRequest:
    """What is sent for a submission to a venue of such features. Raises Unavailable where it is not in the books."""
    submission = submission_in(known, submission_id)
    order = order_in(known, submission.order_id)
    held = [known.order(one.order_id) for one in known.legs_of(submission_id)]
    legs = [one for one in held if one is not None]
    if submission.part is Part.PROTECTION or order.group_id == order.id:
        legs = [order, *legs]
    return request_of(submission, order, legs, features=features)


def submission_in(known: AccountOrders, submission_id: str) -> Submission:
    """A submission. Raises Unavailable where it is not in the books."""
    found = known.submission(submission_id)
    if found is None:
        raise Unavailable(f"submission {submission_id} is not in the books any more")
    return found


def order_in(known: AccountOrders, order_id: str) -> LiveOrder:
    """An order. Raises Unavailable where it is not in the books."""
    found = known.order(order_id)
    if found is None:
        raise Unavailable(f"order {order_id} is not in the books any more")
    return found


def is_exit(known: AccountOrders, submission: Submission) -> bool:
    """Whether it only gets out of a position."""
    return submission.part is Part.PROTECTION or order_in(known, submission.order_id).reduces
