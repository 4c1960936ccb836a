"""What is traded: its asset class and the facts that orders are rounded to."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from weaver.model.errors import InputError


class AssetClass(StrEnum):
    """The kinds of instrument, which decide calendar, default facts and cost preset."""

    STOCK = "stock"
    CRYPTO = "crypto"
    FX = "fx"

    @classmethod
    def parse(cls, text: str) -> "AssetClass":
        """The class that `text` names. Raises InputError."""
        try:
            return cls(text.strip().lower())
        except ValueError as error:
            known = ", ".join(cls)
            raise InputError(f"asset class {text!r} is unknown: choose one of {known}") from error


_TICK_AND_LOT = {
    AssetClass.STOCK: (Decimal("0.01"), Decimal(1)),
    AssetClass.CRYPTO: (Decimal("0.00000001"), Decimal("0.00000001")),
    AssetClass.FX: (Decimal("0.00001"), Decimal(1)),
}
_PERIODS_PER_YEAR = {AssetClass.STOCK: 252, AssetClass.CRYPTO: 365, AssetClass.FX: 260}


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One symbol's facts. Prices come in multiples of `tick`, quantities of `lot`, orders from `minimum` up."""

    symbol: str
    asset_class: AssetClass
    tick: Decimal
    lot: Decimal
    minimum: Decimal = Decimal(0)
    """Least quantity of an order; 0 when not given means one lot."""
    quote_currency: str = "USD"

    def __post_init__(self) -> None:
        if not self.symbol:
            raise InputError("an instrument needs a symbol")
        for name in ("tick", "lot"):
            value = getattr(self, name)
            if not value.is_finite() or value <= 0:
                raise InputError(f"{self.symbol}: {name} must be above 0, not {value}")
        if not self.minimum.is_finite() or self.minimum < 0:
            raise InputError(f"{self.symbol}: minimum must not be negative, not {self.minimum}")
        if self.minimum == 0:
            object.__setattr__(self, "minimum", self.lot)

    @classmethod
    def default(cls, symbol: str, asset_class: AssetClass) -> "Instrument":
        """The facts of a symbol about which nothing but its class is known."""
        tick, lot = _TICK_AND_LOT[asset_class]
        quote = _pair(symbol)[1] if asset_class is not AssetClass.STOCK else ""
        return cls(symbol=symbol, asset_class=asset_class, tick=tick, lot=lot, quote_currency=quote or "USD")

    def check_class(self, wanted: AssetClass | None) -> None:
        """Raises InputError where somebody wants stored bars of it to be of another class."""
        if wanted not in {None, self.asset_class}:
            raise InputError(
                f"{self.symbol} is in the store as {self.asset_class}, not {wanted}: leave the asset out, or import "
                f"the bars as {wanted} under another symbol"
            )

    @property
    def periods_per_year(self) -> int:
        """Sessions a year, for annualising: 252 stock, 365 crypto, 260 fx."""
        return _PERIODS_PER_YEAR[self.asset_class]


# Gold and silver are quoted, and trade the hours of, currencies.
_CURRENCIES = frozenset(
    """USD EUR GBP JPY CHF AUD NZD CAD SEK NOK DKK PLN CZK HUF RON TRY ZAR MXN BRL SGD HKD CNH CNY KRW INR THB ILS
    XAU XAG""".split()  # noqa: SIM905 - a table reads better than a list of quotes
)
_COINS = frozenset(("BTC", "XBT", "ETH", "SOL", "XRP", "LTC", "BCH", "ADA", "DOGE", "DOT", "AVAX", "LINK", "BNB"))
_COIN_QUOTES = frozenset(("USDT", "USDC", "BUSD", "TUSD", "FDUSD", "DAI", "BTC", "ETH", "BNB"))
_QUOTES = tuple(sorted(_CURRENCIES | _COIN_QUOTES, key=len, reverse=True))
_PERPETUAL = re.compile(r"[/_-]?PERP([/_-].*)?$")


def guess_asset_class(symbol: str) -> AssetClass:
    """What the spelling suggests: two currencies: fx; another pair, or a coin's perpetual: crypto; else stock."""
    base, quote = _pair(symbol)
    if base in _CURRENCIES and quote in _CURRENCIES:
        return AssetClass.FX
    if quote or (base in _COINS and _PERPETUAL.search(symbol.upper())):
        return AssetClass.CRYPTO
    return AssetClass.STOCK


def _pair(symbol: str) -> tuple[str, str]:
    """Base and quote of `BTC/USD`, `BTC-USD`, `EURUSD`, `BTCUSDT_PERP`; the quote is empty for anything else."""
    text = _PERPETUAL.sub("", symbol.upper())
    parts = re.split(r"[/_-]", text)
    if len(parts) == 2 and parts[1] in _QUOTES:
        return parts[0], parts[1]
    if len(parts) == 1:
        for quote in _QUOTES:
            if text.endswith(quote) and len(text) - len(quote) >= 3:
                return text[: -len(quote)], quote
    return text, ""
