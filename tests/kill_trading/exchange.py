"""The local exchange as the campaign sees it: what it has, what it was asked, and what is to go wrong there."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from tests.local_exchange import LocalExchange

OPEN = frozenset({"new", "accepted", "held", "partially_filled", "pending_new", "pending_cancel", "pending_replace"})
CASH = Decimal(100_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All that the exchange has, and what was ordered there."""

    orders: list[Any]
    """Legs stand beside their parents."""
    executions: list[Any]
    positions: dict[str, Decimal]
    cash: Decimal
    requests: list[Any]
    """Those that were to make, change or end an order."""
    began_with: Decimal = CASH


class Exchange:
    """Its control."""

    def __init__(self, local: LocalExchange) -> None:
        self.local = local
        self._http = httpx.Client(base_url=f"{local.url}/_control", timeout=60, trust_env=False)

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def ask(self, method: str, what: str, body: Any = None) -> Any:
        """A request to the control."""
        answer = self._http.request(method, f"/{what}", json=body)
        assert answer.is_success, f"{what}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def fault(self, kind: str, **said: Any) -> None:
        """Have something go wrong once."""
        self.ask("POST", "faults", {"kind": kind, "times": 1, **said})

    def is_faultless(self) -> bool:
        """Whether all that was to go wrong has."""
        return not self.ask("GET", "faults")

    def price(self, pair: str) -> float:
        """The newest."""
        found = self._http.get(f"{self.local.url}/v1beta3/crypto/us/latest/bars", params={"symbols": pair})
        return float(found.json()["bars"][pair]["c"])

    def is_open(self) -> bool:
        """Whether stocks trade, and go on for some minutes; all days of a campaign are in summer time."""
        return "13:35" < self.ask("GET", "state")["now"][11:16] < "19:45"

    def requests(self, after: int = 0) -> list[Any]:
        """What was asked of its orders, past an entry of the journal."""
        return [
            one
            for one in self.ask("GET", f"journal?after={after}")
            if one["method"] in {"POST", "PATCH", "DELETE"} and one["path"].startswith("/v2/orders")
        ]

    def newest(self) -> int:
        """The number of the journal's newest entry."""
        return max((int(one["n"]) for one in self.ask("GET", "journal")), default=0)

    def seen(self) -> Seen:
        """All there is."""
        state = self.ask("GET", "state")
        return Seen(
            orders=[one for order in state["orders"] for one in (order, *(order["legs"] or ()))],
            executions=state["executions"],
            positions={one["symbol"]: Decimal(one["qty"]) for one in state["positions"]},
            cash=Decimal(state["account"]["cash"]),
            requests=self.requests(),
        )

    def environment(self) -> dict[str, str]:
        """The settings of a server that trades there."""
        local = self.local
        return {
            "ALPACA_PAPER_API_KEY": local.key,
            "ALPACA_PAPER_API_SECRET": local.secret,
            "ALPACA_PAPER_BASE_URL": local.url,
            "ALPACA_DATA_URL": local.url,
            "ALPACA_STREAM_URL": local.url.replace("http", "ws", 1),
        }
