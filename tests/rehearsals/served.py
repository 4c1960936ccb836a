"""An exchange on a port of this machine, for clients that speak HTTP."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from threading import Event, Thread
from typing import TypeVar

import httpx
from alpaca.trading.client import TradingClient

from tests.rehearsals.by_hand import HandClock, HandMarket, NoSockets, at, pair, stock
from weaver.rehearsal.faults.faults import Faults
from weaver.rehearsal.root import Options, put_together
from weaver.rehearsal.server.http_server import ExchangeServer, listening_socket
from weaver.rehearsal.server.journal import Journal
from weaver.rehearsal.server.keys import Keys
from weaver.rehearsal.venue.ids import SeededIds

Result = TypeVar("Result")
KEY, SECRET = "PKREHEARSAL", "rehearsal"
MORNING = "2024-03-12T14:30:00+00:00"
"""An hour after the open, in New York's summer time."""
PRICES = {"AAPL": "100", "MSFT": "400", "BTC/USD": "50000"}


class Served:
    """One that listens; a test writes its bars, and asks it by the SDK or with plain requests."""

    def __init__(self, *, start: str = MORNING, rate: int = 0, cash: str = "100000", is_live: bool = False) -> None:
        self.clock = HandClock(at(start))
        self.market = HandMarket(self.clock, [stock("AAPL"), stock("MSFT"), pair("BTC/USD")], PRICES)
        self.sockets, self.keys = NoSockets(), Keys(KEY, SECRET)
        ids = SeededIds(7)
        self.faults, self.journal = Faults(ids), Journal(self.clock)
        options = Options(
            keys=self.keys, cash=Decimal(cash), is_live=is_live, per_minute=rate, slippage_bps=Decimal(0), seed=7
        )
        self.venue, self.app = put_together(
            options, clock=self.clock, market=self.market, updates=self.sockets, sockets=self.sockets,
            faults=self.faults, journal=self.journal, ids=ids, data_routes=[],
        )  # fmt: skip
        self.url = ""
        self.http = httpx.Client()

    @contextmanager
    def running(self) -> Iterator["Served"]:
        """Listen on a free port, in a thread."""
        ready = Event()
        with listening_socket("127.0.0.1", 0) as listening:
            server = ExchangeServer(self.app, listening=listening, on_ready=ready.set)
            thread = Thread(target=lambda: asyncio.run(self._serve(server)), daemon=True)
            thread.start()
            assert ready.wait(10)
            self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            headers = {"APCA-API-KEY-ID": KEY, "APCA-API-SECRET-KEY": SECRET}
            self.http = httpx.Client(base_url=self.url, headers=headers)
            try:
                yield self
            finally:
                self.http.close()
                server.stop()
                thread.join(10)

    async def _serve(self, server: ExchangeServer) -> None:
        self._loop = asyncio.get_running_loop()
        await server.run_until_stopped()

    def _in_its_thread(self, act: Callable[[], Result]) -> Result:
        """Do something between two requests, where nothing else happens."""

        async def acting() -> Result:
            return act()

        return asyncio.run_coroutine_threadsafe(acting(), self._loop).result(10)

    @property
    def sdk(self) -> TradingClient:
        """The official client."""
        return TradingClient(api_key=KEY, secret_key=SECRET, paper=True, url_override=self.url)

    def bar(self, **bars: str) -> None:
        """The next minute's bars by symbol; BTC for BTC/USD."""
        named = {"BTC/USD" if symbol == "BTC" else symbol: text for symbol, text in bars.items()}
        self._in_its_thread(lambda: self.market.bar(named))

    def control(self, path: str, body: Mapping[str, object]) -> object:
        """Ask the control."""
        response = self.http.post(f"/_control/{path}", json=dict(body))
        assert response.status_code == 200, response.text
        return response.json()

    def fault(self, kind: str, **options: object) -> None:
        """Set a fault."""
        self.control("faults", {"kind": kind, **options})

    @property
    def events(self) -> list[str]:
        """The updates published so far: `fill AAPL`."""
        return [f"{one['event']} {one['order']['symbol']}" for one in self.updates]  # type: ignore[index]

    @property
    def updates(self) -> list[Mapping[str, object]]:
        """The updates published so far."""
        return self._in_its_thread(lambda: list(self.sockets.published))
