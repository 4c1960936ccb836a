"""What the simulation decides for its servers, and hears of them."""

from dataclasses import dataclass, field
from decimal import Decimal

VENUE = "chaos"
ACCOUNT = f"{VENUE} paper"
OWNERS = ("run-a", "run-b", None)
"""Two runs, and a person."""


@dataclass(kw_only=True)
class Control:
    """Outlives every server."""

    orders: bool = True
    """Whether anybody still orders."""
    pace: float = 4.0
    """Seconds between what an owner orders, on average."""
    is_killed: bool = False
    loss_max: Decimal | None = None
    """How far the equity of the first run may fall from its peak, as a fraction."""
    failures: list[str] = field(default_factory=list)
    """Of the run that a strategy trades in."""
    told: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def next_number(self, owner: str) -> int:
        """An order's, never used before."""
        self.numbers[owner] = self.numbers.get(owner, 0) + 1
        return self.numbers[owner]
