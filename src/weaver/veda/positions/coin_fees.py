"""Fees that a venue takes in the asset itself and names nowhere: its position is less than ours by so much."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from weaver.veda.positions.attribution import Attribution, EffectKind
from weaver.veda.positions.counting import decimal, fine

Shares = Mapping[str | None, Decimal]
"""By run; None: the manual orders."""


def fees_in(one: Attribution, rooms: Shares) -> Shares:
    """How much of what a symbol lacks at the venue each owner was charged, in proportion to its room for fees; nothing
    where it is more than fees can be, or nothing is lacking."""
    missing, room = -fine(one.unexplained), sum(fine(part) for part in rooms.values())
    if not 0 < missing <= room:
        return {}
    shares: dict[str | None, Decimal] = {}
    reached = given = 0
    for owner, part in rooms.items():
        reached += fine(part)
        upto = missing * reached // room
        if upto > given:
            shares[owner] = decimal(upto - given)
        given = upto
    return shares


def charged(one: Attribution, shares: Shares) -> Attribution:
    """Whose a position is once its owners are charged: nothing is unexplained."""
    runs = {run: left for run, held in one.runs.items() if (left := held - shares.get(run, Decimal(0)))}
    parts = tuple(part for part in one.parts if part.kind is not EffectKind.UNEXPLAINED)
    return replace(one, runs=runs, manual=one.manual - shares.get(None, Decimal(0)), parts=parts)
