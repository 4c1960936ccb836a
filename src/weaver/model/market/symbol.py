"""What the spelling of a symbol tells of what it trades."""

import re
from dataclasses import dataclass
from itertools import pairwise

from weaver.model.market.asset_class import AssetClass
from weaver.model.market.symbol_names import (
    COIN_QUOTES,
    COINS,
    COINS_ALONE,
    CONTRACTS_FOR_DIFFERENCE,
    CRYPTO_PLACES,
    CURRENCIES,
    DOLLARS,
    FUTURE_PLACES,
    FUTURES,
    FX_PLACES,
    SHARES_LIKE_CONTRACTS,
)

_LENGTH_MAX = 64
"""No market's symbol is longer; what is may be of any length."""
_QUOTES = (*sorted({*CURRENCIES, *COIN_QUOTES, *DOLLARS}, key=len),)
"""Shorter ones first: `ARBUSD` is ARB in dollars and not AR in BUSD."""
_PERPETUAL = re.compile(r"[/_-]?PERP([/_-].*)?$")
_EXPIRY = re.compile(r"[_-]\d{6}$")
_KRAKEN = re.compile(r"[XZ]([A-Z]{3,4})Z([A-Z]{3})")
_CONTRACT = re.compile(r"([A-Z0-9]{1,4})[FGHJKMNQUVXZ](\d{1,2}|20\d{2})(\.[A-Z]{3,5})?")
_CONTINUOUS = re.compile(r"([A-Z0-9]{1,4})([12]!|\.FUT|\.[CVN]\.\d|_F| \d\d-\d\d)")
_WORD = re.compile(r"(?<![A-Z0-9])[A-Z]+")
_PAIR_MIN = 6
_OF_A_BROKER = re.compile(r"([A-Z0-9]{6,})([.#+-][A-Za-z]{0,5}|[a-z]{1,3})")


@dataclass(frozen=True, slots=True)
class Spelled:
    """What a spelling says. `is_marked`: by a vendor's mark (`ES=F`, `C:EURUSD`), and not only by looking like it."""

    asset_class: AssetClass
    quote: str = ""
    """The second of a pair; empty for anything else."""
    is_marked: bool = False


STOCK = Spelled(AssetClass.STOCK)
FUTURE = Spelled(AssetClass.FUTURE)


def spelled(symbol: str) -> Spelled:
    """What the spelling says: two currencies are fx, a known coin or another pair crypto, a contract a future; else a
    stock. A suffix alone makes no pair: what stands before it must be known as well (`MICRON` is a share). A known pair
    may stand among other words, as files are called (`dukascopy_EURUSD`)."""
    if len(symbol) > _LENGTH_MAX:
        return STOCK
    written = symbol.strip()
    text = written.upper()
    return _marked(text) or _future(text) or _pair(text) or _of_a_broker(written) or _within(text) or STOCK


def loose_quote(symbol: str) -> str:
    """What a symbol known to be a pair ends in, whatever it begins with; empty if in no known quote."""
    text = _EXPIRY.sub("", _PERPETUAL.sub("", symbol.strip().upper()))
    ends = [quote for quote in _QUOTES if text.endswith(quote) and len(text) - len(quote) >= 3]
    return max(ends, key=len, default="")


def _marked(text: str) -> Spelled | None:
    """By a vendor's mark: Yahoo's `=F`, `=X` and `^`, the place before a colon."""
    if text.endswith("=F"):
        return Spelled(AssetClass.FUTURE, is_marked=True)
    if text.endswith("=X"):
        return _yahoo_rate(text[:-2])
    if text[:1] in {"^", "$", "."}:
        return STOCK
    place, colon, name = text.partition(":")
    if not colon or "/" in place:
        return None
    if place in FUTURE_PLACES:
        return Spelled(AssetClass.FUTURE, is_marked=True)
    if place in CRYPTO_PLACES:
        return Spelled(AssetClass.CRYPTO, quote=_quote_of(name), is_marked=True)
    if place in FX_PLACES:
        return _of_fx(name)
    return _of_parts_or_suffix(name) or STOCK


def _yahoo_rate(name: str) -> Spelled:
    """`EURUSD=X`; `JPY=X` is a dollar in yen."""
    found = _pair(name)
    if found is not None and found.asset_class is AssetClass.CRYPTO:
        return Spelled(AssetClass.CRYPTO, quote=found.quote, is_marked=True)
    return Spelled(AssetClass.FX, quote=name[-3:], is_marked=True)


def _of_fx(name: str) -> Spelled:
    """What a dealer in currencies lists: those, and beside them coins and contracts for difference."""
    found = _future(name) or _pair(name)
    if found is None:
        return Spelled(AssetClass.FX, quote=loose_quote(name), is_marked=True)
    return Spelled(found.asset_class, quote=found.quote, is_marked=True)


def _quote_of(name: str) -> str:
    found = _pair(name)
    return loose_quote(name) if found is None else found.quote


def _future(text: str) -> Spelled | None:
    """A known root with a month and a year, or a mark of a continuous series; a contract for difference."""
    if text[:1] in {"/", "@"}:
        text = text[1:]
        if text in FUTURES:
            return FUTURE
    if text in SHARES_LIKE_CONTRACTS:
        return None
    for form in (_CONTRACT, _CONTINUOUS):
        found = form.fullmatch(text)
        if found and found[1] in FUTURES:
            return FUTURE
    if text in CONTRACTS_FOR_DIFFERENCE or re.split(r"[/_-]?(?:USD|EUR|GBP|JPY|AUD|HKD)$", text)[0] in (
        CONTRACTS_FOR_DIFFERENCE
    ):
        return FUTURE
    return None


def _pair(text: str) -> Spelled | None:
    """`BTC/USD`, `BTC-USD`, `EURUSD`, `BTCUSDT_PERP`, `BTC/USDT:USDT`; a coin's name alone."""
    bare = _EXPIRY.sub("", _PERPETUAL.sub("", text.partition(":")[0]))
    kraken = _KRAKEN.fullmatch(bare)
    if kraken and kraken[1] in COINS | CURRENCIES and kraken[2] in CURRENCIES:
        bare = f"{kraken[1]}/{kraken[2]}"
    if bare in COINS_ALONE or (bare != text and bare in COINS):
        return Spelled(AssetClass.CRYPTO)
    return _of_parts_or_suffix(bare)


def _of_parts_or_suffix(text: str) -> Spelled | None:
    parts = re.split(r"[/_-]", text)
    if len(parts) == 2:
        return _of_parts(parts[0], parts[1], is_pair="/" in text)
    return _of_suffix(text) if len(parts) == 1 else None


def _of_parts(base: str, quote: str, *, is_pair: bool) -> Spelled | None:
    if base in CURRENCIES and quote in CURRENCIES:
        return Spelled(AssetClass.FX, quote=quote)
    if quote not in _QUOTES:
        return None
    if is_pair or quote in DOLLARS or base in COINS or base in CURRENCIES:
        return Spelled(AssetClass.CRYPTO, quote=quote)
    return None


def _of_suffix(text: str) -> Spelled | None:
    """A pair without a separator: of two known names, or of anything of three letters or more against dollars."""
    known = _of_known_names(text)
    if known is not None:
        return known
    dollars = [quote for quote in DOLLARS if text.endswith(quote) and len(text) - len(quote) >= 3]
    if dollars and text.isalnum() and text.isascii():
        return Spelled(AssetClass.CRYPTO, quote=max(dollars, key=len))
    return None


def _of_known_names(text: str) -> Spelled | None:
    if not text.endswith(_QUOTES):
        return None
    for quote in _QUOTES:
        base = text[: -len(quote)]
        if not text.endswith(quote) or len(base) < 2 or not base.isalnum():
            continue
        if base in CURRENCIES and quote in CURRENCIES:
            return Spelled(AssetClass.FX, quote=quote)
        if _is_coin(base, quote):
            return Spelled(AssetClass.CRYPTO, quote=quote)
    return None


def _within(text: str) -> Spelled | None:
    """A pair of known names among the words of a file's name: `dukascopy_EURUSD`, `EURUSD60`, `Kraken_ETH_EUR`."""
    words = _WORD.findall(text)
    for word in words:
        found = _of_known_names(word) if len(word) >= _PAIR_MIN else None
        if found is not None:
            return found
    for base, quote in pairwise(words):
        if base in COINS_ALONE | CURRENCIES and quote in _QUOTES:
            return _of_parts(base, quote, is_pair=True)
    return None


def _is_coin(base: str, quote: str) -> bool:
    """Two letters before a currency make a word as easily as a pair (`OMRON`); before dollars or a coin they do not."""
    if quote in CURRENCIES and quote != "USD" and len(base) < 3:
        return False
    return base in COINS or (base in CURRENCIES and quote not in CURRENCIES)


def _of_a_broker(written: str) -> Spelled | None:
    """A pair with what MetaTrader's brokers hang on it: `EURUSDm`, `EURUSD.pro`, `BTCUSD#`; Bitfinex's `tBTCUSD`."""
    if written.startswith("t") and written[1:].isupper():
        return _of_suffix(written[1:])
    found = _OF_A_BROKER.fullmatch(written)
    return None if found is None else _of_suffix(found[1]) or (_future(found[1]))
