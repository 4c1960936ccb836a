"""What an account at a local exchange is made of, told apart from what a busy machine makes of it: its time stands
still between a test's moves, and what is under way can be seen."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from weaver.veda.accounts.trading_account import TradingAccount
from weaver.veda.adapters.alpaca.adapter import AlpacaAdapter
from weaver.veda.adapters.alpaca.venue_time import VenueTime
from weaver.veda.exchange.answers import Answer, Reason, Refused, Unknown
from weaver.veda.exchange.orders import OrderChange, OrderRequest, VenueFill, VenueOrder
from weaver.veda.exchange.setup import Setup, Wall
from weaver.veda.trading.books.draft import Draft


class HeldTime(VenueTime):
    """The time of an exchange on hold, as it was shown last. A `VenueTime` would make a pace of how fast this machine
    gets from one move to the next, and have time run on at it."""

    def __init__(self, wall: Wall, *, is_own: bool, ask: Callable[[], Awaitable[object]]) -> None:
        super().__init__(wall, is_own=is_own, ask=ask)
        self._shown: datetime | None = None

    def now(self) -> datetime:
        return super().now() if self._shown is None else self._shown

    def observe(self, stamp: datetime) -> None:
        self._shown = stamp if self._shown is None else max(stamp, self._shown)

    def sample(self, time: datetime, *, asked: datetime, answered: datetime) -> float:
        self.observe(time)
        return 0.0

    async def learn(self) -> None:
        await self._ask()


class WatchedAdapter(AlpacaAdapter):
    """Knows of which orders the venue did not say what became of them: they are looked up, as long as that takes."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.unanswered: set[str] = set()
        """Their client order ids."""

    @property
    def time(self) -> VenueTime:
        """The venue's."""
        return self._linked.time

    async def submit(self, request: OrderRequest) -> Answer[VenueOrder]:
        return self._heard(request.client_order_id, await super().submit(request))

    async def replace(self, venue_id: str, change: OrderChange) -> Answer[VenueOrder]:
        return self._heard(change.client_order_id, await super().replace(venue_id, change))

    def _heard(self, client_order_id: str, answer: Answer[VenueOrder]) -> Answer[VenueOrder]:
        if isinstance(answer, Unknown) or (isinstance(answer, Refused) and answer.reason is Reason.DUPLICATE_ID):
            self.unanswered.add(client_order_id)
        return answer


class WatchedAccount(TradingAccount):
    """Counts looks at the venue while nothing was under way."""

    quiet_looks = 0

    def _reconciled(self, draft: Draft, others: Sequence[VenueFill], *, is_quiet: bool) -> bool:
        self.quiet_looks += is_quiet
        return super()._reconciled(draft, others, is_quiet=is_quiet)
