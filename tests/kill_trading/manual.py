"""A person who orders by hand while the server is killed, and asks again for what was not answered."""

import threading
import time
from random import Random
from typing import Any

from tests.kill.api import Answer, Api, NoAnswer
from tests.kill.server import Server
from tests.kill_trading.exchange import Exchange

SYMBOL = "ETH/USD"
PAUSE_SECONDS = 0.4


class Person:
    """Each order has an id of the person's own."""

    def __init__(self, seed: int, exchange: Exchange) -> None:
        self._seed, self._exchange, self._count = seed, exchange, 0
        self.asked: dict[str, Any] = {}
        """What was asked for, by the person's ids."""
        self.orders: dict[str, str] = {}
        """The server's ids of those that were answered."""
        self.problems: list[str] = []
        self.repeated, self.had = 0, 0
        """How many were asked for again after a kill, and how many of these the server had."""
        self._is_over = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, server: Server) -> None:
        """Order until `end`, or until the server is gone."""
        self._is_over.clear()
        self._thread = threading.Thread(target=self._work, args=(server,), daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Return when the last has had its answer, or none."""
        self._is_over.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def ask_again(self, api: Api) -> None:
        """Ask for what was not answered, in the same words: it is the same order, or a new one."""
        for client_id, body in [*self.asked.items()]:
            if client_id in self.orders:
                continue
            self.repeated += 1
            answer = api.call("POST", "/orders", json=body)
            self.had += answer.status == 200
            self._answered(client_id, answer)
            if client_id in self.orders:
                other = api.call("POST", "/orders", json={**body, "qty": "7"})
                if other.status != 409:
                    self.problems.append(f"{client_id} with another body answered {other.status}: {other.body}")

    def check(self, api: Api) -> None:
        """Each order that was answered is there, in the person's words."""
        listed = {one["client_order_id"]: one for one in api.pages("/orders") if one["run_id"] is None}
        for client_id, order_id in self.orders.items():
            found = listed.get(client_id)
            if found is None or found["id"] != order_id or found["quantity"] != self.asked[client_id]["qty"]:
                self.problems.append(f"LOST: {client_id} is {order_id}, and listed as {found}")

    def withdraw(self, api: Api) -> None:
        """Cancel what still works."""
        for order_id in self.orders.values():
            self._cancel(api, order_id, {200, 409})  # it may have ended

    def _work(self, server: Server) -> None:
        try:
            with Api(server) as api:
                while not self._is_over.is_set():
                    self._order(api)
                    time.sleep(PAUSE_SECONDS)
        except NoAnswer:
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, the round fails with it
            self.problems.append(f"by hand: {type(error).__name__}: {error}")

    def _order(self, api: Api) -> None:
        """One at the market, one that rests, one that is withdrawn: in turn."""
        self._count += 1
        client_id = f"by hand {self._seed}-{self._count}"
        chance = Random(client_id)
        body: dict[str, Any] = {
            "mode": "paper", "venue": "alpaca", "symbol": SYMBOL, "side": "buy", "order_type": "market",
            "qty": chance.choice(["0.01", "0.02"]), "time_in_force": "gtc", "client_order_id": client_id,
        }  # fmt: skip
        if self._count % 3:
            body |= {"order_type": "limit", "limit_price": f"{self._exchange.price(SYMBOL) * 0.97:.1f}"}
        self.asked[client_id] = body
        self._answered(client_id, api.call("POST", "/orders", json=body))
        if self._count % 3 == 1 and client_id in self.orders:
            # 503: an owner that was paused over a takeover has lost its database, and does not know yet to whom.
            self._cancel(api, self.orders[client_id], {200, 409, 503})

    def _cancel(self, api: Api, order_id: str, expected: set[int]) -> None:
        answer = api.call("DELETE", f"/orders/{order_id}")
        if answer.status not in expected:
            self.problems.append(f"cancelling {order_id} answered {answer.status}: {answer.body}")

    def _answered(self, client_id: str, answer: Answer) -> None:
        match answer.status:
            case 200 | 201:
                self.orders[client_id] = answer.body["id"]
            case 409 | 503:  # a limit, or the venue away: it was refused, which is an answer
                del self.asked[client_id]
            case _:
                self.problems.append(f"{client_id} answered {answer.status}: {answer.body}")
