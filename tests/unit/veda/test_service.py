"""Accounts are opened by the server that trades, and by no other."""

import pytest

from tests.trading_store import FakeDisk, FakeTradingStore
from tests.unit.glados.fakes import NoVenues
from tests.unit.veda.live_builders import NOON
from tests.unit.veda.trading.builders import Desk, at_desk
from tests.virtual_wall import VirtualWall
from weaver.events.factory import EventFactory
from weaver.model.errors import ReadOnly
from weaver.veda.service import TradingService


@pytest.mark.anyio
async def test_a_read_only_server_opens_no_account() -> None:
    service = TradingService(
        venues=NoVenues(), store=FakeTradingStore(FakeDisk()), wall=VirtualWall(NOON), is_owner=lambda: False,
        events=EventFactory(producer="test", now=lambda: NOON, new_id=iter("abc").__next__),
    )  # fmt: skip
    async with service:
        with pytest.raises(ReadOnly, match="connected by the server that owns the database"):
            await service.of_order("alpaca paper")
    assert (service.accounts, service.problems) == ({}, {})


def test_a_server_that_was_followed_by_another_looks_at_no_venue() -> None:
    async def go(desk: Desk) -> None:
        FakeTradingStore(desk.disk)  # the other one
        with pytest.raises(ReadOnly):
            await desk.reconciler.reconcile()
        assert desk.venue.listed_since == []
        assert desk.venue.asked == []

    at_desk(go)
