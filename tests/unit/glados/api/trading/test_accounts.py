"""Accounts over HTTP: what is sent where none is open, and a holding as it is sent."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.unit.glados.conftest import Api
from tests.unit.veda.live_builders import live_fill
from weaver.glados.api.trading.accounts import maybe, owner
from weaver.veda.positions.sub_ledger import SubLedger

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/account", "/positions", "/reconciliation"])
async def test_lists_are_empty_where_no_account_is_open(api: Api, path: str) -> None:
    answer = await api.client.get(f"/api/v1{path}")
    assert (answer.status_code, answer.json()["items"], answer.json()["total"]) == (200, [], 0)


@pytest.mark.parametrize("path", ["/account", "/positions", "/reconciliation"])
async def test_venue_that_is_none_is_not_found_and_a_mode_that_is_none_is_refused(api: Api, path: str) -> None:
    assert (await api.client.get(f"/api/v1{path}", params={"venue": "x", "mode": "paper"})).status_code == 404
    assert (await api.client.get(f"/api/v1{path}", params={"venue": "x", "mode": "backtest"})).status_code == 422


async def test_look_at_all_that_are_open_finds_nothing_and_at_one_that_is_none_is_refused(api: Api) -> None:
    assert (await api.client.post("/api/v1/reconciliation", json={})).json()["items"] == []
    assert (await api.client.post("/api/v1/reconciliation", json={"account": "x paper"})).status_code == 400


def test_holding_is_sent_in_exact_amounts() -> None:
    fill = replace(live_fill("buy", "0.10", "185.50", commission="0.3500"), run_id="r")
    [held] = SubLedger.opened("r", Decimal(1000)).booked(fill).holdings({"AAPL": Decimal("190.10")})
    sent = owner("r", held)
    assert (sent.quantity, sent.cost, sent.market_value, sent.unrealised_pnl) == ("0.1", "18.55", "19.01", "0.46")
    assert (sent.average_price, sent.commission, sent.realised_pnl) == ("185.5", "0.35", "0")
    [unpriced] = SubLedger.opened("r", Decimal(1000)).booked(fill).holdings({})
    assert (owner(None, unpriced).market_value, owner(None, unpriced).run_id) == (None, None)


@pytest.mark.parametrize(("value", "sent"), [(None, None), ("0", "0"), ("1E+2", "100"), ("0.500", "0.5")])
def test_amount_is_plain_or_null(value: str | None, sent: str | None) -> None:
    assert maybe(None if value is None else Decimal(value)) == sent
