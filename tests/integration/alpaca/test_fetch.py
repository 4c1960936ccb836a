"""`weaver data fetch` through the adapter: what comes into the store is what the exchange has."""

import asyncio
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.contracts.venues import AlpacaVenue
from tests.integration.alpaca.year_of_minutes import fetch_killed
from tests.local_exchange import LocalExchange
from weaver.model.market.corporate_actions import Dividend, Split
from weaver.model.market.timeframe import Timeframe
from weaver.walle.bars.importing import Imported
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.fetch.fetching import Wanted, fetch


def test_fetch_that_is_killed_and_run_again_has_all_that_the_exchange_has(tmp_path: Path) -> None:
    """The size of DESIGN's promise, 20 symbols of a year, is run by hand: `year_of_minutes.py`."""
    assert fetch_killed(tmp_path, ["AAA", "BBB", "CCC"], sessions=60, kill_after_pages=[1, 3]) == []


@pytest.mark.anyio
async def test_splits_and_dividends_arrive_as_actions(
    exchange: LocalExchange, venue: AlpacaVenue, tmp_path: Path
) -> None:
    await exchange.fault("split", symbol="AAPL", ratio="3")
    store, now = ParquetBarStore(tmp_path), venue.adapter.now()
    wanted = Wanted(
        symbols=["AAPL", "BTC/USD"], timeframe=Timeframe.parse("1d"), start=datetime(2024, 2, 1, tzinfo=UTC), end=now
    )
    found = await fetch(
        venue.adapter,
        store,
        wanted,
        off_loop=asyncio.to_thread,
        wait=asyncio.sleep,
        report=lambda _step: None,
    )
    assert all(isinstance(one.outcome, Imported) for one in found)
    assert store.actions("AAPL") == (
        Dividend(ex_date=date(2024, 2, 9), amount=Decimal("0.24")),
        Split(ex_date=now.date(), ratio=3),
    )
    assert store.actions("BTC/USD") == ()
    assert {entry.source for entry in store.catalogue()} == {"alpaca iex"}
