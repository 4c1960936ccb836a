"""A symbol of whose orders nothing can be kept: the others' are worked as if it were not there."""

from collections.abc import Sequence

import pytest

from tests.integration.trading.account import STOCK, trading_account
from tests.integration.trading.orders.test_orders_at_the_venue import to_the_close
from tests.local_exchange import LocalExchange
from tests.trading_store import FakeDisk, FakeTransaction
from weaver.model.errors import InputError
from weaver.model.orders.actions import TimeInForce
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.orders.submission import Submission

pytestmark = pytest.mark.anyio
OTHER = "MSFT"


def refuse(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Have no row of the symbol kept."""
    put = getattr(FakeTransaction, name)

    async def refusing(transaction: FakeTransaction, rows: Sequence[LiveOrder | Submission]) -> None:
        if any(row.symbol == OTHER for row in rows):
            raise InputError("a value cannot be stored")
        await put(transaction, rows)

    monkeypatch.setattr(FakeTransaction, name, refusing)


async def test_what_cannot_be_kept_of_one_symbol_holds_up_no_other(
    exchange: LocalExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with trading_account(exchange, FakeDisk(), symbols=(STOCK, OTHER)) as account:
        spoilt = (await account.bracket(OTHER, 10, exit_tif=TimeInForce.DAY))[0]
        held, *exits = await account.bracket(STOCK, 10, exit_tif=TimeInForce.DAY)
        for one in (spoilt, held):
            await account.until_filled(one)
        for name in ("put_orders", "put_submissions"):
            refuse(monkeypatch, name)
        await to_the_close(account)
        await account.until(lambda: account.events("risk.ProtectionRestored"), what="exits for the next day")
        assert {one["symbol"] for one in account.events("risk.ProtectionRestored")} == {STOCK}
        assert all(map(account.is_working, exits))

        monkeypatch.undo()
        await account.until(lambda: len(account.events("risk.ProtectionRestored")) == 2, what="the other's", step=2)
