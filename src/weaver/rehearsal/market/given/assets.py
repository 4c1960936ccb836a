"""Symbols as the venue lists them."""

from dataclasses import replace
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

from weaver.model.errors import InputError
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import Instrument
from weaver.model.market.symbol import loose_quote
from weaver.rehearsal.assets import Asset

_KNOWN = {
    "AAPL": ("Apple Inc. Common Stock", "NASDAQ"),
    "MSFT": ("Microsoft Corporation Common Stock", "NASDAQ"),
    "SPY": ("SPDR S&P 500 ETF Trust", "ARCA"),
    "BTC/USD": ("Bitcoin / US Dollar", "CRYPTO"),
    "ETH/USD": ("Ethereum / US Dollar", "CRYPTO"),
}
_TICKS = {AssetClass.STOCK: Decimal("0.01"), AssetClass.CRYPTO: Decimal("1e-9")}
_LOT = Decimal("1e-9")
_DECIMALS_MIN = 9
"""Of prices; of those under 1, which slippage leaves with eight digits that count, more."""
_DECIMALS_UNDER_ONE = 14


def asset_of(symbol: str, asset_class: AssetClass, *, data_decimals: int, lowest: float) -> Asset:
    """The asset of a symbol, whose bars have prices of so many decimals, `lowest` the least. Raises InputError for what
    the venue does not trade."""
    if asset_class not in _TICKS:
        raise InputError(
            f"{symbol} is {asset_class}, and the exchange trades stocks and crypto: say --asset {symbol}=stock or "
            f"--asset {symbol}=crypto"
        )
    name, exchange = _KNOWN.get(symbol, (symbol, "CRYPTO" if asset_class is AssetClass.CRYPTO else "NASDAQ"))
    instrument = Instrument(symbol=symbol, asset_class=asset_class, tick=_TICKS[asset_class], lot=_LOT)
    decimals = max(data_decimals, _DECIMALS_MIN if lowest >= 1 else _DECIMALS_UNDER_ONE)
    scale = instrument.scale(data_decimals=data_decimals, price_decimals=decimals)
    if asset_class is AssetClass.STOCK:
        scale = replace(scale, tick_under_one=scale.price_one // 10_000)
    return Asset(
        id=str(uuid5(NAMESPACE_URL, f"weaver:asset:{symbol}")),
        symbol=symbol,
        name=name,
        exchange=exchange,
        asset_class=asset_class,
        scale=scale,
    )


def venue_symbol(symbol: str, asset_class: AssetClass) -> str:
    """What the venue calls a symbol: pairs with a slash between base and quote, `BTCUSD` becoming `BTC/USD`."""
    if asset_class is not AssetClass.CRYPTO:
        return symbol.upper()
    text = symbol.upper().replace("-", "/").replace("_", "/")
    quote = loose_quote(text)
    if "/" in text or not quote:
        return text
    return f"{text[: -len(quote)]}/{quote}"
