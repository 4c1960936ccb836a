"""What makes a contract of a symbol, as far as ledgers go by it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Self

from weaver.model.market.instrument import Instrument
from weaver.model.numbers.money import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A future's: what one is worth at a price of 1, and what ties up cash while nothing is paid for it (None: it is
    paid for)."""

    multiplier: Decimal = Decimal(1)
    margin: Decimal | None = None
    maintenance_margin: Decimal | None = None

    @classmethod
    def of(cls, instrument: Instrument) -> Self:
        """An instrument's."""
        return cls(**{one.name: getattr(instrument, one.name) for one in fields(cls)})

    def as_json(self) -> dict[str, str]:
        """To be kept."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: plain(value) for name, value in values.items() if value is not None}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """As it was kept."""
        return cls(**{name: Decimal(value) for name, value in kept.items()})


PLAIN = Contract()
"""Of what is no future: a unit is worth its price, and is paid for."""


def contracts_of(instruments: Mapping[str, Instrument]) -> dict[str, Contract]:
    """Those of some symbols that are not plain."""
    found = {symbol: Contract.of(instrument) for symbol, instrument in instruments.items()}
    return {symbol: one for symbol, one in found.items() if one != PLAIN}
