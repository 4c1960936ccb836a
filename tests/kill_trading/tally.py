"""What a campaign came to."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Tally:
    """What the rounds came to."""

    kills: Counter[str] = field(default_factory=Counter)
    rounds: int = 0
    orders: int = 0
    requests: int = 0
    fills: int = 0
    ticks: int = 0
    events: int = 0
    replays: int = 0
    repeated: int = 0
    had: int = 0

    def add(self, other: "Tally") -> None:
        """Those of another campaign."""
        self.kills.update(other.kills)
        for name in ("rounds", "orders", "requests", "fills", "ticks", "events", "replays", "repeated", "had"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def text(self) -> str:
        """One line."""
        kills = ", ".join(f"{count} {what}" for what, count in sorted(self.kills.items()))
        return (
            f"{self.rounds} rounds; kills: {kills}; {self.orders:,} orders, {self.requests:,} requests of orders at "
            f"the exchange, {self.fills:,} fills, {self.ticks:,} ticks decided again with the same bytes, "
            f"{self.replays} replays like the uninterrupted one; {self.events:,} events; {self.repeated} orders "
            f"asked for again, of which {self.had} were there; 0 lost, 0 doubled"
        )
