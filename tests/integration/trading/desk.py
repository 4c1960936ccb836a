"""A server that trades at a local exchange whose time stands still but for what a test lets pass."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.acceptance.server import Server, server
from tests.acceptance.service.api import Api
from tests.local_exchange import LocalExchange, local_exchange
from weaver.marvin.plugins.source import strategy_id

PATIENCE_SECONDS = 90.0
"""Of the wall: how long to wait for what takes a second or some."""
STEP_SECONDS = 5.0
"""Of the exchange: how much time passes at once while a test waits."""
LOOK_SECONDS, QUIET_LOOKS = 0.03, 3
T = TypeVar("T")


def settings_for(exchange: LocalExchange) -> dict[str, str]:
    """Of a server that trades on paper at a local exchange."""
    return {
        "ALPACA_PAPER_API_KEY": exchange.key,
        "ALPACA_PAPER_API_SECRET": exchange.secret,
        "ALPACA_PAPER_BASE_URL": exchange.url,
        "ALPACA_DATA_URL": exchange.url,
        "ALPACA_STREAM_URL": exchange.url.replace("http", "ws", 1),
    }


class Desk:
    """Both, with the exchange's control. `url`: of the server."""

    def __init__(self, running: Server, exchange: LocalExchange) -> None:
        self.server, self.exchange = running, exchange
        self.control = httpx.Client(base_url=f"{exchange.url}/_control", timeout=60, trust_env=False)
        self.api = Api(running.url)
        self._minute = ""
        """Of the exchange, when time was last passed there."""
        self.run_ids: list[str] = []
        """All that it was told to start."""

    # The exchange

    def ask(self, method: str, what: str, body: Mapping[str, object] | None = None) -> Any:
        """A request to its control."""
        answer = self.control.request(method, f"/{what}", json=body)
        assert answer.is_success, f"{what} {body}: {answer.status_code} {answer.text}"
        return answer.json()

    def at_broker(self, method: str, path: str) -> None:
        """What its owner does outside Weaver, with the same keys."""
        keys = {"APCA-API-KEY-ID": self.exchange.key, "APCA-API-SECRET-KEY": self.exchange.secret}
        answer = httpx.request(method, f"{self.exchange.url}{path}", headers=keys, trust_env=False)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"

    def pass_time(self, seconds: float) -> None:
        """Of the exchange. Where a minute ends, and with it bars, the server has its time for what follows from that:
        on a busy machine orders would be too late otherwise."""
        minute = self.ask("POST", "clock", {"advance": seconds})["now"][:16]
        if minute != self._minute:
            self._minute = minute
            self.quiet()

    def quiet(self) -> None:
        """Return when no event has happened at the server for a moment."""
        newest, looks = -1, 0
        while looks < QUIET_LOOKS:
            time.sleep(LOOK_SECONDS)
            before, newest = newest, self.api.newest()
            looks = looks + 1 if newest == before else 0

    def fault(self, kind: str, **said: object) -> None:
        """Set one."""
        self.ask("POST", "faults", {"kind": kind, **said})

    def price(self, symbol: str, price: float) -> None:
        """A trade there."""
        self.ask("POST", "price", {"symbol": symbol, "price": price})

    def minutes(self, symbol: str) -> list[str]:
        """When the last thousand minutes ended that the exchange has of a stock, as its history tells."""
        headers = {"APCA-API-KEY-ID": self.exchange.key, "APCA-API-SECRET-KEY": self.exchange.secret}
        asked = {"timeframe": "1Min", "limit": "1000", "sort": "desc", "feed": "iex", "start": "2024-01-01"}
        path = f"{self.exchange.url}/v2/stocks/{symbol}/bars"
        found = httpx.get(path, params=asked, headers=headers, trust_env=False, timeout=60).raise_for_status().json()
        starts = [datetime.fromisoformat(one["t"]) for one in reversed(found["bars"])]
        return [f"{start + timedelta(minutes=1):%Y-%m-%dT%H:%M}" for start in starts]

    @property
    def state(self) -> Any:
        """All that the exchange has."""
        return self.ask("GET", "state")

    @property
    def held(self) -> dict[str, Decimal]:
        """Positions at the exchange."""
        return {one["symbol"]: Decimal(one["qty"]) for one in self.state["positions"]}

    @property
    def venue_orders(self) -> list[Any]:
        """All orders at the exchange, legs among them."""
        return [one for order in self.state["orders"] for one in (order, *(order["legs"] or ()))]

    @property
    def open_at_venue(self) -> list[Any]:
        """Those that may still fill."""
        return [
            one
            for one in self.venue_orders
            if one["status"] in {"new", "accepted", "held", "partially_filled", "pending_new"}
        ]

    def open_in(self, symbol: str, side: str = "") -> list[Any]:
        """Those in a symbol, on a side."""
        return [one for one in self.open_at_venue if one["symbol"] == symbol and side in {"", one["side"]}]

    def sent(self, method: str = "POST", path: str = "/v2/orders") -> list[Any]:
        """Requests of a kind that the exchange got, by its journal."""
        return [
            one
            for one in self.ask("GET", "journal?after=0")
            if one["kind"] == "request" and one["method"] == method and one["path"].startswith(path)
        ]

    # Waiting

    def until(self, look: Callable[[], T], *, what: str, step: float = STEP_SECONDS) -> T:
        """What `look` finds as soon as it finds something, while time passes at the exchange."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (found := look()):
            assert time.monotonic() < deadline, f"waited for {what}: {self.story()[-30:]}; {self.troubles()}"
            if step:
                self.pass_time(step)
            time.sleep(LOOK_SECONDS)
        return found

    def until_still(self, look: Callable[[], T], *, what: str) -> T:
        """The same, while time stands still."""
        return self.until(look, what=what, step=0.0)

    def while_time_passes(self, do: Callable[[], T]) -> T:
        """What `do` answers, as time passes at the exchange meanwhile."""
        answers: list[T] = []
        working = threading.Thread(target=lambda: answers.append(do()), daemon=True)
        working.start()
        self.until(lambda: not working.is_alive(), what="an answer")
        assert answers, "it failed"
        return answers[0]

    # Runs

    def strategy(self, source: str) -> str:
        """Have a strategy; its id."""
        name = re.findall(r"class (\w+)\(Strategy\)", source)[-1]
        folder = self.server.home / "strategies"
        folder.mkdir(exist_ok=True)
        (folder / f"{name.lower()}.py").write_text(source)
        return strategy_id(name)

    def started(self, source: str, *symbols: str, **given: Any) -> str:
        """The id of a paper run that has begun."""
        run_id = self.told_to_start(source, *symbols, **given)
        self.until_still(lambda: not self.api.run(run_id)["queued"], what="the run's beginning")
        return run_id

    def told_to_start(self, source: str, *symbols: str, **given: Any) -> str:
        """The id of a paper run that may not have begun yet."""
        body = {
            "strategy_id": self.strategy(source), "mode": "paper", "venue": "alpaca",
            "symbols": list(symbols) or ["AAPL"], "timeframe": "1m", "warmup": 20, "cash": 50_000, **given,
        }  # fmt: skip
        run_id = str(self.api.post("/runs", body, status=201)["id"])
        self.api.post(f"/runs/{run_id}/start")
        self.run_ids.append(run_id)
        return run_id

    def stopped(self, run_id: str, *, flatten: bool = False) -> Any:
        """The run, which was asked to stop."""
        return self.while_time_passes(lambda: self.api.post(f"/runs/{run_id}/stop", {"flatten": flatten}))

    def flattened(self, run_id: str) -> Any:
        """The run, stopped with nothing left of it; what is here and there must agree then."""
        ended, symbols = self.stopped(run_id, flatten=True), set(self.api.run(run_id)["symbols"])
        self.until(lambda: not symbols & self.held.keys(), what="the flattening")
        self.until(
            lambda: {one["status"] for one in self.orders(run_id)} <= {"filled", "cancelled", "rejected", "expired"},
            what="the end of its orders",
        )
        self.agrees()
        return ended

    def parts(self, symbol: str) -> dict[str, int]:
        """What of a position is nobody's, by kind."""
        found = self.api.get("/positions?venue=alpaca&mode=paper")["items"]
        return {
            part["kind"]: int(part["quantity"]) for one in found if one["symbol"] == symbol for part in one["parts"]
        }

    def events(self, run_id: str, type_: str = "") -> list[Any]:
        """Payloads of a run's events of a type, as they happened."""
        return [one["payload"] for one in self.api.events(run_id=run_id) if one["type"].startswith(type_)]

    def log(self, run_id: str) -> list[str]:
        """What its strategy said."""
        return [one["text"] for one in self.events(run_id, "strategy.Log")]

    def bars(self, run_id: str) -> int:
        """How many bars its strategy said to have seen."""
        return sum(line.startswith("bar ") for line in self.log(run_id))

    def until_bars(self, run_id: str, count: int) -> None:
        """Return when so many were seen."""
        self.until(lambda: self.bars(run_id) >= count, what=f"bar {count}")

    def orders(self, run_id: str) -> list[Any]:
        """A run's orders, oldest first, as the server has them."""
        return sorted(self.api.pages("/orders", run_id=run_id), key=lambda one: one["placed_at"])

    def fills(self, run_id: str) -> list[Any]:
        """A run's fills, as the server has them."""
        return list(self.api.pages("/fills", run_id=run_id))

    def story(self) -> list[Any]:
        """What happened, for who has to find out why."""
        return [(one["type"], one["payload"]) for one in self.api.events()]

    def troubles(self) -> list[str]:
        """What the server's log says but for what is in order."""
        return [line for line in self.server.log.splitlines() if "[info" not in line][-20:]

    # What must hold whatever happened

    def agrees(self) -> None:
        """The exchange's fills and positions are the runs', and no client order id was taken there twice."""
        fills = [one for run_id in self.run_ids for one in self.fills(run_id)]
        executed = self.state["executions"]
        assert sorted(_sides(fills, "quantity")) == sorted(_sides(executed, "qty"))
        taken = [one["client_order_id"] for one in self.sent() if one["acted"]]
        assert len(taken) == len(set(taken)), "a client order id was taken twice"
        totals: dict[str, Decimal] = {}
        for side, symbol, quantity in _sides(fills, "quantity"):
            totals[symbol] = totals.get(symbol, Decimal(0)) + (quantity if side == "buy" else -quantity)
        assert {symbol: total for symbol, total in totals.items() if total} == self.held

    def exited(self, symbol: str) -> None:
        """The market falls until the exits that stand at the exchange have closed what is held; all agrees then."""
        if symbol in self.held:
            stop = next(one["stop_price"] for one in self.open_in(symbol, "sell") if one["stop_price"])
            self.price(symbol, float(stop) * 0.99)
        self.until(lambda: symbol not in self.held and not self.open_in(symbol), what="the exit")
        self.until(lambda: self.is_even(symbol), what="the exit's fill")
        self.agrees()

    def is_even(self, symbol: str) -> bool:
        """Whether the server knows of as much bought as sold."""
        sides = _sides([one for run_id in self.run_ids for one in self.fills(run_id)], "quantity")
        return not sum(quantity if side == "buy" else -quantity for side, of, quantity in sides if of == symbol)


def _sides(rows: list[Any], quantity: str) -> list[tuple[str, str, Decimal]]:
    return [(one["side"].partition("_")[0], one["symbol"], Decimal(one[quantity])) for one in rows]


@contextmanager
def desk(home: Path, *options: str, **environment: str) -> Iterator[Desk]:
    """A server and an exchange of its own, both ready."""
    with (
        local_exchange("--speed", "hold", *options) as exchange,
        server(home, **{**settings_for(exchange), **environment}) as running,
    ):
        made = Desk(running, exchange)
        try:
            yield made
        finally:
            made.api.http.close()
            made.control.close()
