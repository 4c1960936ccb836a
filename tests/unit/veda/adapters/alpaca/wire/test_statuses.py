"""Each status of the venue, known or not, has an expected state of ours."""

from decimal import Decimal

import pytest

from weaver.model.orders.status import OrderStatus as S
from weaver.veda.adapters.alpaca.wire.statuses import READINGS, status_of

ALPACAS = (  # of its OpenAPI document, June 2026, and pending_review, which the SDK adds
    "new",
    "partially_filled",
    "filled",
    "done_for_day",
    "canceled",
    "expired",
    "replaced",
    "pending_cancel",
    "pending_replace",
    "accepted",
    "pending_new",
    "accepted_for_bidding",
    "stopped",
    "rejected",
    "suspended",
    "calculated",
    "held",
    "pending_review",
)
NOTHING, PART, ALL = Decimal(0), Decimal("0.5"), Decimal(2)


@pytest.mark.parametrize(
    ("status", "with_nothing", "with_part", "with_all"),
    [
        ("pending_new", S.SUBMITTED, S.PARTIAL, S.PARTIAL),
        ("pending_review", S.SUBMITTED, S.PARTIAL, S.PARTIAL),
        ("accepted", S.ACCEPTED, S.PARTIAL, S.PARTIAL),
        ("accepted_for_bidding", S.ACCEPTED, S.PARTIAL, S.PARTIAL),
        ("new", S.ACCEPTED, S.PARTIAL, S.PARTIAL),
        ("partially_filled", S.ACCEPTED, S.PARTIAL, S.PARTIAL),
        ("pending_cancel", S.ACCEPTED, S.PARTIAL, S.PARTIAL),
        ("pending_replace", S.ACCEPTED, S.PARTIAL, S.PARTIAL),
        ("stopped", S.ACCEPTED, S.PARTIAL, S.PARTIAL),
        ("suspended", S.ACCEPTED, S.PARTIAL, S.PARTIAL),
        ("done_for_day", S.ACCEPTED, S.PARTIAL, S.PARTIAL),
        ("held", S.PENDING, S.PARTIAL, S.PARTIAL),
        ("filled", S.FILLED, S.FILLED, S.FILLED),
        ("canceled", S.CANCELLED, S.CANCELLED, S.CANCELLED),
        ("replaced", S.CANCELLED, S.CANCELLED, S.CANCELLED),
        ("expired", S.EXPIRED, S.EXPIRED, S.EXPIRED),
        ("rejected", S.REJECTED, S.CANCELLED, S.CANCELLED),
        ("calculated", S.ACCEPTED, S.PARTIAL, S.FILLED),
    ],
)
def test_status_of_the_venue_has_a_state_of_ours(status: str, with_nothing: S, with_part: S, with_all: S) -> None:
    found = [status_of(status, filled=filled, quantity=ALL) for filled in (NOTHING, PART, ALL)]
    assert found == [(with_nothing, True), (with_part, True), (with_all, True)]


def test_every_status_that_alpaca_documents_is_read() -> None:
    assert set(READINGS) == set(ALPACAS)


def test_unheard_of_status_ends_no_order_and_is_marked() -> None:
    found = [status_of("teleported", filled=filled, quantity=ALL) for filled in (NOTHING, PART, ALL)]
    assert found == [(S.SUBMITTED, False), (S.PARTIAL, False), (S.FILLED, False)]


def test_quantity_that_only_the_price_settles_is_never_taken_for_whole() -> None:
    assert status_of("calculated", filled=PART, quantity=None) == (S.PARTIAL, True)
