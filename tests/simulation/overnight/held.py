"""What everybody holds by the exchange's own tape of executions, over splits; counted apart from Weaver's ledgers."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.simulation.world import START
from weaver.veda.orders.live_fill import LiveFill

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation

ZERO = Decimal(0)


def ratio_at(seed: "Simulation", symbol: str, at: datetime) -> Fraction:
    """How many shares of now one of that instant is."""
    splits = [one for one in seed.exchange.market.splits if one.symbol == symbol]
    later = [one.ratio for one in splits if START + timedelta(microseconds=one.at) > at]
    return later[0] if later else Fraction(1)


def held(seed: "Simulation", fills: Iterable[LiveFill], symbol: str) -> Decimal:
    """What an owner's fills come to, of which a split leaves whole shares."""
    before, after = ZERO, ZERO
    ratio = Fraction(1)
    for fill in fills:
        if fill.symbol == symbol:
            signed, since = fill.side.sign * fill.quantity, ratio_at(seed, symbol, fill.filled_at)
            if since == 1:
                after += signed
            else:
                before, ratio = before + signed, since
    return int(Fraction(before) * ratio) + after


def owned(seed: "Simulation") -> Iterator[tuple[str | None, str, Decimal]]:
    """By owner and symbol: what each run holds, and what was ordered by hand."""
    fills = [*seed.tables.fills.values()]
    for owner in sorted({one.run_id for one in fills}, key=str):
        for symbol in seed.exchange.market.prices:
            yield owner, symbol, held(seed, [one for one in fills if one.run_id == owner], symbol)


def in_shares_of_now(seed: "Simulation", fills: Iterable[LiveFill]) -> Fraction:
    """How much some fills of one side come to, on the newest scale, fractions and all."""
    return sum((Fraction(one.quantity) * ratio_at(seed, one.symbol, one.filled_at) for one in fills), Fraction(0))
