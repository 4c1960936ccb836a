"""How much of what an owner holds of a symbol is not at the venue, as far as is known: taken as fees, or closed by
others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from weaver.veda.positions.attribution import Effect, EffectKind

ZERO = Decimal(0)
Quantities = Mapping[str | None, Decimal]
"""By owner: a run; None: the manual orders."""
BEFORE = frozenset({EffectKind.EARLIER, EffectKind.ACCEPTED})
"""Others may take of it first. Where it is on the other side, orders of ours brought the account back from it: closed,
they take it there again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Both without a sign."""

    fees: Decimal = ZERO
    """The venue may have taken it."""
    gone: Decimal = ZERO
    """Orders outside of what the owner ordered have closed it, or nobody knows what did."""

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self.fees + self.gone


def gone(
    owner: str | None,
    held: Quantities,
    effects: Iterable[Effect],
    *,
    unexplained: Decimal = ZERO,
    taken: Quantities | None = None,
) -> Decimal:
    """How much of what an owner holds others have closed.

    `held`: by all. What runs hold on the other side takes nothing: an account may be even, one run long and one short.
    What others brought on the other side does (`effects`, manual orders for a run, what is `unexplained`), so far as it
    is not taken of what they hold on this side. It counts as taken of other owners first, as each closes what is left
    in its turn; what their working orders are for (`taken`) they have in hand.
    """
    own = held.get(owner, ZERO)
    sign = 1 if own > 0 else -1
    before = moved = ZERO
    for one in effects:
        if one.kind in BEFORE:
            before += sign * one.quantity
        else:
            moved += sign * one.quantity
    moved += sign * unexplained
    if owner is not None:
        moved += min(sign * held.get(None, ZERO), ZERO)
    off = -(max(before, ZERO) + moved)
    if off <= 0 or not own:
        return ZERO
    in_hand = taken or {}
    beside = sum((max(sign * of - in_hand.get(one, ZERO), ZERO) for one, of in held.items() if one != owner), ZERO)
    return min(max(off - beside, ZERO), abs(own))
