"""What was written down, as the venue is asked for it."""

import pytest

from tests.unit.veda.live_builders import live_order, submission
from tests.unit.veda.trading.builders import bracket, draft_of
from weaver.model.errors import Unavailable
from weaver.model.orders.actions import OrderClass, OrderType
from weaver.veda.orders.submission import Part
from weaver.veda.trading.calls.written import is_exit, order_in, request_for, submission_in


def test_order_is_asked_for_by_its_own_id_and_what_is_sent_of_it() -> None:
    _, known = draft_of([live_order(order_type=OrderType.LIMIT, limit=90)], [submission(quantity=4)])
    request = request_for(known, "run-1", features=())
    assert (request.client_order_id, request.quantity, request.limit) == ("run-1", 4, 90)


def test_bracket_is_asked_for_with_its_exits() -> None:
    legs = [submission(name, parent_id="run-1") for name in ("run-2", "run-3")]
    _, known = draft_of(bracket(), [submission(), *legs])
    request = request_for(known, "run-1", features=())
    assert request.order_class is OrderClass.BRACKET
    assert request.stop_loss is not None
    assert (request.take_profit, request.stop_loss.stop) == (130, 90)


def test_what_is_not_in_the_books_is_named() -> None:
    _, known = draft_of([], [submission()])
    with pytest.raises(Unavailable, match="submission run-9 is not in the books any more"):
        submission_in(known, "run-9")
    with pytest.raises(Unavailable, match="order run-1 is not in the books any more"):
        order_in(known, "run-1")


def test_exit_is_what_reduces_or_protects() -> None:
    _, known = draft_of([live_order(), live_order("run-2", "sell", number=2, reduces=True)], [])
    assert not is_exit(known, submission())
    assert is_exit(known, submission("run-2"))
    assert is_exit(known, submission(part=Part.PROTECTION))
