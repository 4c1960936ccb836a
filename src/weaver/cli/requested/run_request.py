"""The run that `weaver trade` asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from weaver.cli.kept.server_client import ServerClient, running_server
from weaver.cli.requested.replayed import Replay, last_year, of_days, own_timeframe
from weaver.config import Settings, variable
from weaver.model.errors import InputError
from weaver.model.run import RunMode
from weaver.research.inputs import store

SIMULATED, BROKER = "simulated", "alpaca"
MAX = "max"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What was given. Raises InputError where it cannot go together."""

    symbols: Sequence[str]
    timeframe: str | None
    params: Mapping[str, str]
    cash: str | None
    venue: str | None
    replay: str | None
    speed: str | None
    is_live: bool
    name: str | None
    options: Mapping[str, str | bool] = field(default_factory=dict)
    """Of its account, its costs and its symbols, by name."""

    def __post_init__(self) -> None:
        if not all(symbol.strip() for symbol in self.symbols or [""]):
            raise InputError("say what to trade: --symbol AAPL (again for several)")
        for option, value in (("--venue", self.venue), ("--name", self.name), ("--timeframe", self.timeframe)):
            if value is not None and not value.strip():
                raise InputError(f"{option} is blank: name one, or leave it out")
        if self.is_live and (self.replay is not None or self.venue == SIMULATED):
            raise InputError("--live trades real money, a replay trades stored bars: leave one of them out")
        if self.replay is not None and self.venue not in (None, SIMULATED):
            raise InputError(f"--replay trades stored bars, on venue {SIMULATED}: leave --venue {self.venue} out")
        if self.speed is not None and (self.is_live or self.venue not in (None, SIMULATED)):
            raise InputError("--speed is a replay's: a venue's time goes as fast as time does")

    @property
    def mode(self) -> RunMode:
        """Where its orders go."""
        return RunMode.LIVE if self.is_live else RunMode.PAPER

    def check_bars(self, found: Settings) -> None:
        """Raises InputError where it would replay bars that are not stored: before a server is started for it."""
        if self._venue(running_server(found), found) == SIMULATED:
            self._replay()

    def body(self, client: ServerClient, strategy_id: str) -> tuple[dict[str, Any], str]:
        """What the server is asked for, and what was chosen for the user, in words. Raises InputError."""
        venue = self._venue(client, None)
        replay = self._replay() if venue == SIMULATED else None
        timeframe = self.timeframe if replay is None else replay.timeframe
        if timeframe is None:
            timeframe = own_timeframe(store(), self.symbols)
        given = {
            "strategy_id": strategy_id,
            "mode": self.mode.value,
            "venue": venue,
            "symbols": [*self.symbols],
            "timeframe": timeframe,
            "config": {**self.params},
            "cash": self.cash,
            **self.options,
            "name": self.name or (self._live_name(strategy_id) if self.is_live else None),
        }
        replayed = {} if replay is None else {"replay": replay.days, "speed": self.speed or MAX}
        told = "" if replay is None or self.replay is not None else self._told(replay)
        return {name: value for name, value in {**given, **replayed}.items() if value is not None}, told

    def _live_name(self, strategy_id: str) -> str:
        return f"{strategy_id} on {', '.join(self.symbols)}"

    def _replay(self) -> Replay:
        bars = store()
        if self.replay is None:
            return last_year(bars, self.symbols, self.timeframe)
        return of_days(bars, self.symbols, self.timeframe, self.replay)

    def _venue(self, client: ServerClient | None, found: Settings | None) -> str:
        if self.venue is not None:
            return self.venue
        if self.replay is not None or self.speed is not None:
            return SIMULATED
        if self.is_live:
            return BROKER
        has_keys = _served_keys(client) if client is not None else found is not None and _own_keys(found)
        return BROKER if has_keys else SIMULATED

    def _told(self, replay: Replay) -> str:
        first, _, last = replay.days.partition("..")
        what = "No account is set up" if self.venue is None and self.speed is None else "No days are named (--replay)"
        return (
            f"{what}: replaying the last stored year of {', '.join(self.symbols)}, {first} to {last} "
            f"({replay.timeframe} bars), on paper"
        )


def _served_keys(client: ServerClient) -> bool:
    """Whether the server has the keys of a paper account."""
    venues = client.get("venues")["items"]
    found = [one["settings"] for one in venues if (one["id"], one["mode"]) == (BROKER, RunMode.PAPER.value)]
    return any(all(one.get(name, False) for name in _keys()) for one in found)


def _own_keys(found: Settings) -> bool:
    return found.alpaca_paper_api_key is not None and found.alpaca_paper_api_secret is not None


def _keys() -> tuple[str, str]:
    return variable("alpaca_paper_api_key"), variable("alpaca_paper_api_secret")
