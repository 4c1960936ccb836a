"""What a venue charges for holding, in the books of the run whose account it is: each charge once."""

from datetime import datetime
from typing import Protocol

from weaver.events.payloads import AccountCarryCharged
from weaver.model.run import RunMode
from weaver.veda.accounts.ledgers import Ledgers
from weaver.veda.exchange.account import CarryCharge, CarryCharged
from weaver.veda.exchange.port import ExchangeAdapter
from weaver.veda.ports import TradingStore
from weaver.veda.positions.entries import CarryEntry, Entry
from weaver.veda.trading.books.books import Books
from weaver.veda.trading.books.draft import Draft


class Enter(Protocol):
    """Books an entry of an owner's, and has its strategy told."""

    def __call__(self, draft: Draft, owner: str | None, entry: Entry) -> None: ...


class Carry:
    """Charges come in the order of their numbers, and again after a restart: the newest that is booked is kept with the
    entries that it made, in one transaction."""

    def __init__(
        self, account: str, *, mode: RunMode, books: Books, ledgers: Ledgers, store: TradingStore, enter: Enter
    ) -> None:
        self._account, self._mode, self._books, self._ledgers = account, mode, books, ledgers
        self._scope, self._store, self._enter = f"carry {account}", store, enter
        self._booked = 0
        """The number of the newest."""

    async def read(self) -> None:
        """Read what was kept. Raises Unavailable."""
        if (kept := await self._store.state(self._scope)) is not None:
            self._booked = int(kept["number"])

    async def catch_up(self, adapter: ExchangeAdapter) -> None:
        """Book what was charged, and nobody was told of. Raises Unavailable."""
        for message in await adapter.carry_charged(self._booked):
            await self.charged(message)

    async def charged(self, message: CarryCharged) -> None:
        """The venue has charged its account. Raises Unavailable: then nothing is booked."""
        if message.number <= self._booked:
            return
        owner = next(iter(self._ledgers.runs), None)  # an account that is charged is one run's own
        kept = await self._store.state(self._scope)
        is_kept = kept is not None and kept["number"] >= message.number  # by a commit whose answer was lost
        async with self._books.change() as draft:
            for one in message.charges:
                entry = CarryEntry(symbol=one.symbol, kind=one.kind, amount=one.amount, time=message.time)
                self._enter(draft, owner, entry)
                if not is_kept:
                    draft.say(self._told(one, message.time, owner))
            draft.put_state(self._scope, {"number": message.number})
            draft.then(lambda: setattr(self, "_booked", message.number))

    def _told(self, charge: CarryCharge, time: datetime, run_id: str | None) -> AccountCarryCharged:
        return AccountCarryCharged(
            venue=self._account,
            symbol=charge.symbol,
            name=charge.kind,
            amount=charge.amount,
            charged_at=time,
            run_id=run_id,
            mode=self._mode,
        )
