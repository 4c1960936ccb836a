"""What can be traded on the exchange."""

from dataclasses import dataclass

from weaver.model.market.asset_class import AssetClass
from weaver.model.numbers.scale import Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A stock or a crypto pair. Orders and data name it by `symbol`; a position in a pair drops the slash."""

    id: str
    """A UUID, the same for the same symbol whenever and wherever the exchange runs."""
    symbol: str
    name: str
    exchange: str
    """NASDAQ, NYSE, ARCA …; CRYPTO for pairs."""
    asset_class: AssetClass
    """STOCK or CRYPTO; the wire says us_equity or crypto."""
    scale: Scale
    """The units of its prices and quantities. A stock's lot is 1e-9 of a share, as fractions are traded."""

    @property
    def is_crypto(self) -> bool:
        """Whether it is a pair, which trades around the clock and cannot be sold short."""
        return self.asset_class is AssetClass.CRYPTO

    @property
    def position_symbol(self) -> str:
        """What positions call it."""
        return self.symbol.replace("/", "")
