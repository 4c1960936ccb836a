"""All that belongs to one account, once its keys and addresses are known to be usable."""

from functools import partial

from weaver.veda.adapters.alpaca.access import Access
from weaver.veda.adapters.alpaca.feeds import Streams
from weaver.veda.adapters.alpaca.history import History
from weaver.veda.adapters.alpaca.known_orders import KnownOrders
from weaver.veda.adapters.alpaca.questions import Questions
from weaver.veda.adapters.alpaca.rest.bucket import TokenBucket
from weaver.veda.adapters.alpaca.rest.calls import CONNECT_SECONDS, READ_SECONDS, Calls, Requests
from weaver.veda.adapters.alpaca.streams.socket import Around
from weaver.veda.adapters.alpaca.venue_time import VenueTime
from weaver.veda.exchange.setup import Setup

REQUESTS_PER_MINUTE = 200
"""Of trading, and as many of data, which Alpaca counts apart."""
DATA_AT_ONCE = 120
"""So many of those for data may go at once, as when many runs begin: no order waits behind them."""


class Link:
    """Time, requests, streams, and what is known of the orders."""

    def __init__(self, access: Access, setup: Setup) -> None:
        self.access = access
        self.known = KnownOrders()
        self.time = VenueTime(setup.wall, is_own=access.is_loopback, ask=self._ask_time)
        turns = partial(TokenBucket, REQUESTS_PER_MINUTE, seconds=self.time.elapsed, wait=setup.wall.sleep)
        self.calls = Calls(self._clients, turns(), turns(held=DATA_AT_ONCE, kept=0), may_send=setup.may_send)
        self.questions = Questions(self.calls, self.time, setup.wall, self.known)
        self.history = History(self.calls, self.time, access.feed)
        self.streams = Streams()
        self.around = Around(
            wall=setup.wall,
            now=self.time.now,
            chance=setup.chance,
            told=setup.told,
            freshen=self.time.freshen,
        )

    async def close(self) -> None:
        """End all of it."""
        self.calls.close()
        await self.streams.close()

    def _clients(self) -> Requests:
        from weaver.veda.adapters.alpaca.rest.sdk import SdkClients  # seconds, so in the thread that needs it

        return SdkClients(self.access, connect_seconds=CONNECT_SECONDS, read_seconds=READ_SECONDS)

    async def _ask_time(self) -> None:
        await self.questions.clock()
