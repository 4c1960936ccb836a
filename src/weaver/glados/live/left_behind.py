"""What a run that is over still has at its venue, and how that is closed."""

from collections.abc import Mapping
from decimal import Decimal

from weaver.model.numbers.money import plain
from weaver.model.run import Run
from weaver.veda.ports import TradingStore
from weaver.veda.service import TRADED, TradingService


class LeftAtVenues:
    """See `glados.runs.manager.LeftBehind`. A venue that is a run's own ends with it: nothing is left there."""

    def __init__(self, *, service: TradingService, store: TradingStore) -> None:
        self._service, self._store = service, store

    async def told(self, run: Run) -> str:
        """See the port. Raises Unavailable."""
        if run.mode not in TRADED or self._service.is_of_run(run):
            return ""
        known = await self._store.of_run(run.id)
        working = sum(order.is_working for order in known.orders)
        told = [f"works {working} orders" if working > 1 else "works an order"] if working else []
        if known.fills:
            told += [f"holds {plain(quantity)} {symbol}" for symbol, quantity in (await self._held(run)).items()]
        return " and ".join(told)

    async def _held(self, run: Run) -> Mapping[str, Decimal]:
        """Without what others have closed, and what is too little to be sold."""
        name = self._service.name_of(run)
        account = self._service.accounts.get(name)
        return (await self._service.ledgers(name)).there(run.id) if account is None else account.closable(run.id)

    async def disown(self, run: Run) -> None:
        """See the port. Raises Unavailable, and InputError where the venue cannot be used."""
        if run.mode not in TRADED or self._service.is_of_run(run):
            return
        name = self._service.name_of(run)
        if (await self._service.ledgers(name)).of(run.id).held:
            await (await self._service.of_order(name)).disown(run.id)

    async def flatten(self, run: Run, *, corr_id: str) -> None:
        """See the port. Raises Unavailable, and InputError where the venue cannot be used."""
        account = await self._service.of_order(self._service.name_of(run))
        await account.flatten(run.id, corr_id=corr_id)
