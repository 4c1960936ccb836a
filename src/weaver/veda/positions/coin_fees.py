"""Fees that a venue takes apart from fills, shared out to who traded: those that it names, and those of which only its
position tells, being less than ours by so much."""

from collections.abc import Mapping
from decimal import Decimal

from weaver.veda.positions.attribution import Attribution
from weaver.veda.positions.counting import decimal, fine

Shares = Mapping[str | None, Decimal]
"""By run; None: the manual orders."""
Units = Mapping[str | None, int]


def fees_in(one: Attribution, rooms: Shares) -> Shares:
    """How much of what a symbol lacks at the venue each owner was charged, in proportion to its room for fees; nothing
    where it is more than fees can be, or nothing is lacking."""
    missing, room = -fine(one.unexplained), {owner: fine(part) for owner, part in rooms.items()}
    if not 0 < missing <= sum(room.values()):
        return {}
    return {owner: decimal(part) for owner, part in in_proportion(missing, room).items()}


def in_proportion(amount: int, rooms: Units) -> dict[str | None, int]:
    """An amount shared out by rooms, none of which is overdrawn, to the last unit; what no room is left for is not."""
    room = sum(rooms.values())
    amount = min(amount, room)
    shares: dict[str | None, int] = {}
    reached = given = 0
    for owner, part in rooms.items():
        reached += part
        upto = amount * reached // room if room else 0
        if upto > given:
            shares[owner] = upto - given
        given = upto
    return shares


def given_back(one: Attribution, estimates: Shares) -> Shares:
    """How much of what a symbol has left over at the venue each owner gets back, in proportion to what was estimated of
    it; nothing where it is more than that."""
    left, taken = fine(one.unexplained), {owner: fine(part) for owner, part in estimates.items()}
    if not 0 < left <= sum(taken.values()):
        return {}
    return {owner: decimal(part) for owner, part in in_proportion(left, taken).items()}
