"""Which differences between a venue's positions and ours halt a symbol."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Self

from weaver.model.numbers.money import plain
from weaver.veda.positions.attribution import Attribution


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionLooks:
    """Differences over time. One that is there at two looks in a row, with no fill of its symbol in flight at either,
    halts the symbol for orders that add; it ends when a look finds none. A change makes a new value."""

    doubted: Mapping[str, Decimal] = field(default_factory=dict)
    """By symbol: what did not explain itself at the last look."""
    halted: frozenset[str] = frozenset()

    def looked(self, attributions: Sequence[Attribution], *, in_flight: Collection[str] = ()) -> "Looked":
        """After a look. `in_flight`: symbols with an order or a fill that may be known on one side only."""
        differs = {one.symbol: one.unexplained for one in attributions if one.unexplained}
        settled = {symbol: amount for symbol, amount in differs.items() if symbol not in in_flight}
        halt = frozenset(settled.keys() & self.doubted.keys() - self.halted)
        lift = frozenset(symbol for symbol in self.halted if symbol not in differs and symbol not in in_flight)
        looks = PositionLooks(doubted=settled, halted=(self.halted | halt) - lift)
        return Looked(looks=looks, halt=halt, lift=lift)

    def moved(self, symbols: Collection[str]) -> "PositionLooks":
        """Something is known by now that may explain differences of halted symbols: how much they are the next look
        shows."""
        kept = {symbol: off for symbol, off in self.doubted.items() if symbol not in {*symbols} & self.halted}
        return replace(self, doubted=kept)

    def as_json(self) -> dict[str, Any]:
        """To be kept."""
        return {"doubted": {s: plain(v) for s, v in sorted(self.doubted.items())}, "halted": sorted(self.halted)}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """As it was kept."""
        doubted = {symbol: Decimal(value) for symbol, value in kept["doubted"].items()}
        return cls(doubted=doubted, halted=frozenset(kept["halted"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a look led to."""

    looks: PositionLooks
    halt: frozenset[str]
    """Symbols to be halted now, and told."""
    lift: frozenset[str]
    """Symbols whose difference is gone."""
