"""Whose a venue's positions are: each run's, the manual orders', and a remainder of which every part has a name.

Weaver's own share is exact. What remains is explained by effects: things that Weaver saw happen to the account and that
are no run's (what it held before, others' orders, the account's share of a split). The rest is UNEXPLAINED,
or DUST where it is less than can be ordered; so the parts always add up to the venue's figure, to the last digit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from weaver.model.numbers.money import plain, truncate
from weaver.veda.positions.counting import decimal, fine

ZERO = Decimal(0)
Held = Mapping[str, Decimal]
"""Quantities by symbol; short is negative."""


class EffectKind(StrEnum):
    """What a part of the remainder is."""

    EARLIER = "earlier"
    """Held before Weaver first looked at the account."""
    OTHERS = "others"
    """Orders that were placed outside Weaver."""
    SPLIT = "split"
    """What a split made of the rest, and the fractions that runs and account round apart."""
    FEE = "fee"
    """Fees that the venue takes in the asset apart from any fill."""
    ACCEPTED = "accepted"
    """What a person said is right as it is."""
    DUST = "dust"
    """Less than can be ordered."""
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A quantity of the account's that no order of ours brought."""

    symbol: str
    kind: EffectKind
    quantity: Decimal
    """Signed: what there is more of (negative: less) at the venue than with us."""
    note: str = ""
    time: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """To be kept."""
        time = None if self.time is None else self.time.isoformat()
        return {
            "symbol": self.symbol, "kind": self.kind, "quantity": plain(self.quantity), "note": self.note, "time": time
        }  # fmt: skip

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """As it was kept."""
        time = kept["time"]
        return cls(
            symbol=kept["symbol"],
            kind=EffectKind(kept["kind"]),
            quantity=Decimal(kept["quantity"]),
            note=kept["note"],
            time=None if time is None else datetime.fromisoformat(time),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Whose a symbol's position is: `venue` = Σ runs + manual + Σ parts, exactly."""

    symbol: str
    venue: Decimal
    runs: Held
    """By run, of those that hold some."""
    manual: Decimal
    parts: tuple[Effect, ...]
    """Of the remainder; one a kind, none of nothing."""

    @property
    def ours(self) -> Decimal:
        """What runs and manual orders hold."""
        return sum(self.runs.values(), ZERO) + self.manual

    @property
    def remainder(self) -> Decimal:
        """The rest of what the venue shows."""
        return self.venue - self.ours

    @property
    def explained(self) -> Decimal:
        """What Weaver knows the account to hold."""
        return self.venue - self.unexplained

    @property
    def unexplained(self) -> Decimal:
        """What nothing accounts for."""
        return sum((part.quantity for part in self.parts if part.kind is EffectKind.UNEXPLAINED), ZERO)


def attributed(
    venue: Held, runs: Mapping[str, Held], manual: Held, effects: Iterable[Effect], *, lots: Held | None = None
) -> tuple[Attribution, ...]:
    """Each symbol's position shared out, by symbol: `runs` has what each holds. `lots`: the step of orders, below which
    a rest is dust; without one, no rest is."""
    known = tuple(effects)
    symbols = {*venue, *manual, *(symbol for held in runs.values() for symbol in held), *(e.symbol for e in known)}
    found = [
        _of_symbol(
            symbol,
            venue.get(symbol, ZERO),
            {run: held[symbol] for run, held in sorted(runs.items()) if held.get(symbol)},
            manual.get(symbol, ZERO),
            [effect for effect in known if effect.symbol == symbol],
            (lots or {}).get(symbol, ZERO),
        )
        for symbol in sorted(symbols)
    ]
    return tuple(one for one in found if one.venue or one.runs or one.manual or one.parts)


def split_effect(
    symbol: str,
    effects: Sequence[Effect],
    owned: Sequence[Decimal] = (),
    *,
    numerator: int,
    denominator: int,
    lot: Decimal,
    time: datetime,
) -> Effect | None:
    """What a split does to the part of an account's position that is nobody's: the effect to add, or None. `owned`:
    what each owner held before it; of the fractions that they lose, the account keeps all but its own."""
    step = fine(lot) * denominator

    def after(units: int) -> int:
        return truncate(units * numerator, step) // denominator

    before = fine(sum((effect.quantity for effect in effects if effect.symbol == symbol), ZERO))
    own = [fine(one) for one in owned]
    added = after(before + sum(own)) - sum(map(after, own)) - before
    if not added:
        return None
    note = f"{numerator} for {denominator}"
    return Effect(symbol=symbol, kind=EffectKind.SPLIT, quantity=decimal(added), note=note, time=time)


def _of_symbol(
    symbol: str, venue: Decimal, runs: Held, manual: Decimal, effects: Sequence[Effect], lot: Decimal
) -> Attribution:
    totals: dict[EffectKind, Effect] = {}
    for effect in effects:
        before = totals.get(effect.kind)
        quantity = effect.quantity + (ZERO if before is None else before.quantity)
        note = effect.note or ("" if before is None else before.note)
        totals[effect.kind] = Effect(symbol=symbol, kind=effect.kind, quantity=quantity, note=note, time=effect.time)
    rest = venue - sum(runs.values(), ZERO) - manual - sum((one.quantity for one in totals.values()), ZERO)
    parts = [one for _, one in sorted(totals.items()) if one.quantity]
    if rest:
        kind = EffectKind.DUST if abs(rest) < lot else EffectKind.UNEXPLAINED
        parts.append(Effect(symbol=symbol, kind=kind, quantity=rest))
    return Attribution(symbol=symbol, venue=venue, runs=runs, manual=manual, parts=tuple(parts))
