"""What a spelling tells: hundreds of shares that stay shares, and every vendor's way to write the rest."""

# ruff: noqa: SIM905 - a table reads better than a list of quotes

import pytest

from tests.unit.model.tickers import ABROAD, AMERICAN
from weaver.model.market.instrument import AssetClass, Instrument, guess_asset_class
from weaver.model.market.symbol import spelled

LIKE_COINS_AND_CURRENCIES = """
    MICRON CHEVRON AIRBNB HYUNDAI SHANGHAI NORTON ENRON TEXTRON OMRON CITRON PATRON NEURON ELECTRON KENNETH ELIZABETH
    INDUSTRY COUNTRY SENTRY PANTRY CHEMISTRY TAPESTRY AMATEUR GRANDEUR CHAUFFEUR AUTOCAD ARCAD FRAUD APPLAUD SAUD BAZAR
    DETAILS COILS SANDISK MONSIEUR LABRADOR CONSOL
    LTC BCH LINK DASH NEAR ATOM SUI APT STX SAND AXS COMP SNX FET CAKE NEO EOS TRX ARB SEI ONE AR FLOW DATA RUNE
    GBTC FBTC EBTC HBTC BTCO BTCW BTCS BTCT BTCM BTBT BTF IBIT HODL ETHE ETHA ETHV ETHW FETH CETH QETH EZET AETH BETH
    USDU UDN FXE FXY UUP EUFN CADE EURN USD EUR JPY GBP AUD CAD TRY RON INR SEK NOK
    ES NQ CL GC SI NG HG ZB ZN KC CT HE HO DX VX HON HE CLF CLH ESQ NGG SIX GCM HGV KCN ZNH PAM PLX
    HEN3 PAH3 SIX2 VOW3 BMW3 RWE3 PETR4 VALE3 ITUB4 BRKM5 SUZB3 TAEE11 BRK.A BRK-B BF.B BF-B RDS-A
    ^GSPC ^VIX ^N225 $SPX .INX I:SPX DX-Y.NYB SAP.DE 7203.T 005930.KS 0700.HK 600519.SS BHP.AX VOD.L BTC.DE PETR4.SA
    NASDAQ:LINK NYSE:LTC TSE:7203 XETR:SAP LSE:VOD FRA:HEN3 FRA:SOL BARS X T A spy aapl spy_1m
""".split()

CRYPTO = """
    BTC XBT ETH DOGE SOL XRP ADA AVAX SHIB USDT btc
    BTCUSD BTC/USD BTC-USD BTC_USD btcusdt BTCUSDT DOGEUSDT PEPEUSDT 1000SHIBUSDT 1INCHUSDT HYPEUSD SYNTHUSD ARBUSD
    DOTUSD GRTUSD BTCFDUSD ETHBUSD USDCUSDT USDTUSD EURUSDT SOLBTC LINKETH ETHBTC BNBBTC ETHDAI BTCEUR ADAEUR XRPGBP
    BTCTRY SOL-EUR ETH-EUR ETH/CHF XYZ/EUR BTCJPY
    X:BTCUSD BINANCE:BTCUSDT COINBASE:SOLUSD KRAKEN:XBTUSD BITSTAMP:BTCUSD BTCUSD=X BTC/USDT:USDT BTC/USD:BTC
    BTC/USDT:USDT-240628 BTCUSD_240628 BTCUSD_PERP XRPUSDT_PERP XRPUSDT_PERP_mark BTCPERP BTC-PERP BTC-PERP-INTX
    HYPE-PERP XXBTZUSD XETHZEUR XBTUSD tBTCUSD BTCUSDm BTCUSD.pro FX:BTCUSD
""".split()

FX = """
    EURUSD eurusd EUR/USD EUR-USD EUR_USD eur_gbp USDJPY GBPJPY USDTRY USDINR USDMXN EURRON XAUUSD XAGEUR USDBRL
    EURUSD=X GBPUSD=X JPY=X EURGBP=X C:EURUSD FX:EURUSD OANDA:XAUUSD FX_IDC:USDTRY EURUSDm EURUSD.pro EURUSD# ZEURZUSD
""".split()

FUTURE = """
    ES=F NQ=F GC=F CL=F BTC=F ZC=F 6E=F ESZ4 ESZ24 ESZ2024 NQH25 CLF25.NYM GCM24.CMX 6EH4 MESU5 ZCZ3 FDAXH24 /ES @ES
    /ESZ24 ES1! NQ2! CME_MINI:ES1! NYMEX:CL1! COMEX:GC1! EUREX:FDAX1! ES.FUT ES.c.0 CL.n.0 ES_F US30 US500 NAS100
    SPX500 SPX500_USD SPX500USD DE40 GER40 UK100 JP225 NAS100USD USOIL XTIUSD OANDA:NAS100USD
""".split()


@pytest.mark.parametrize("symbols", [AMERICAN, ABROAD, LIKE_COINS_AND_CURRENCIES], ids=["american", "abroad", "alike"])
def test_shares_stay_shares_whatever_their_names_look_like(symbols: list[str]) -> None:
    assert len(symbols) > 150
    assert {symbol: str(guess_asset_class(symbol)) for symbol in symbols} == dict.fromkeys(symbols, "stock")


@pytest.mark.parametrize(
    ("symbols", "kind"), [(CRYPTO, "crypto"), (FX, "fx"), (FUTURE, "future")], ids=["crypto", "fx", "future"]
)
def test_vendors_spellings_tell_the_class(symbols: list[str], kind: str) -> None:
    assert {symbol: str(guess_asset_class(symbol)) for symbol in symbols} == dict.fromkeys(symbols, kind)


@pytest.mark.parametrize(
    ("symbol", "quote"),
    [
        ("ARBUSD", "USD"), ("DOTUSD", "USD"), ("ETHBUSD", "BUSD"), ("BTCFDUSD", "FDUSD"), ("USDCUSDT", "USDT"),
        ("SOLBTC", "BTC"), ("BTC/USDT:USDT", "USDT"), ("XETHZEUR", "EUR"), ("X:BTCUSD", "USD"), ("BTC", "USD"),
        ("KRAKEN:FOOEUR", "EUR"), ("tBTCUSD", "USD"), ("BTCUSD_240628", "USD"),
    ],
)  # fmt: skip
def test_quote_of_a_coin_is_read_off_its_pair(symbol: str, quote: str) -> None:
    assert Instrument.default(symbol, AssetClass.CRYPTO).quote_currency == quote


@pytest.mark.parametrize(("symbol", "quote"), [("JPY=X", "JPY"), ("EURGBP=X", "GBP"), ("C:EURUSD", "USD")])
def test_quote_of_a_currency_is_read_through_a_vendors_mark(symbol: str, quote: str) -> None:
    assert Instrument.default(symbol, AssetClass.FX).quote_currency == quote


@pytest.mark.parametrize(
    ("symbols", "kind", "quote"),
    [
        ("dukascopy_EURUSD mt4_EURUSD60 DAT_ASCII_EURUSD_M1_202301 EURUSD,60 EURUSD_Candlestick_1_h_BID", "fx", "USD"),
        ("GBPJPY-2021-01-tick oanda_GBPJPY FX_GBPJPY,60 oanda_GBP_JPY", "fx", "JPY"),
        ("Binance_BTCUSDT_1h BTCUSDT-1h-2023-01 spot_BTC_USDT ETHUSDT_premium", "crypto", "USDT"),
        ("Kraken_ETH_EUR kraken-ethEUR", "crypto", "EUR"),
        ("tradingview_AAPL AAPL_adjusted BRK_B EUR_STOXX USD_INDEX BTC_DOMINANCE HYG_daily RIO.AX", "stock", ""),
    ],
)  # fmt: skip
def test_known_pair_is_found_among_the_words_of_a_files_name(symbols: str, kind: str, quote: str) -> None:
    found = {symbol: (str(spelled(symbol).asset_class), spelled(symbol).quote) for symbol in symbols.split()}
    assert found == dict.fromkeys(symbols.split(), (kind, quote))


def test_marks_are_told_apart_from_looks() -> None:
    marked = [
        symbol for symbol in ("ES=F", "EURUSD=X", "C:EURUSD", "X:BTCUSD", "CME:ES1!") if spelled(symbol).is_marked
    ]
    assert marked == ["ES=F", "EURUSD=X", "C:EURUSD", "X:BTCUSD", "CME:ES1!"]
    assert not any(spelled(symbol).is_marked for symbol in ("AAPL", "EURUSD", "BTCUSD", "ESZ24", "SAP.DE"))
