"""Names that tell what is traded: currencies, coins, futures, and the marks by which vendors tell them apart."""

# ruff: noqa: SIM905 - a table reads better than a list of quotes

CURRENCIES = frozenset(
    """USD EUR GBP JPY CHF AUD NZD CAD SEK NOK DKK PLN CZK HUF RON BGN RUB UAH TRY ZAR MXN BRL COP CLP PEN SGD HKD
    CNH CNY KRW TWD INR IDR MYR PHP THB VND ILS AED SAR QAR KWD EGP NGN KES XAU XAG XPT XPD""".split()
)
"""ISO 4217 codes of what is traded against others (CNH: the yuan offshore). Precious metals are quoted, and trade the
hours of, currencies."""

COINS = frozenset(
    """BTC XBT WBTC ETH STETH WETH SOL XRP BNB DOGE XDG ADA TRX AVAX SHIB TON DOT LINK BCH LTC NEAR UNI APT ICP POL
    MATIC ETC XLM XMR ZEC DASH FIL ATOM HBAR VET ARB OP SUI SEI TIA INJ STX IMX GRT AAVE MKR LDO RNDR RENDER FET
    TAO KAS RUNE ALGO THETA FTM EGLD XTZ EOS SAND MANA AXS GALA CHZ ENJ FLOW NEO IOTA KAVA ZIL QTUM WAVES KSM CRV
    SNX COMP YFI SUSHI CAKE BAL BAT ZRX OMG LRC KNC REN UMA BAND ANKR SKL STORJ OCEAN NMR GNO ENS DYDX GMX PERP
    JUP JTO PYTH WIF BONK PEPE FLOKI ORDI WLD STRK ENA ONDO ETHFI EIGEN HYPE MINA ROSE CELO GLMR ASTR CFX ICX ONT
    RVN SC DGB DCR XEM LSK ARDR NANO HNT LUNA LUNC UST USTC BSV BTG BTT REP TRUMP VIRTUAL TURBO PENDLE BLUR APE
    MASK MAGIC ILV YGG HIGH PAXG XAUT USDT USDC DAI BUSD TUSD FDUSD USDP GUSD PYUSD USDE USDS EURC EURT""".split()
)
"""Coins that Binance, Coinbase or Kraken trade against currencies. Others need a separator (`XYZ/EUR`), or dollars."""

COINS_ALONE = frozenset(
    "BTC XBT ETH SOL XRP BNB DOGE ADA AVAX SHIB DOT XLM XMR ZEC ETC MATIC PEPE HBAR WBTC USDT USDC".split()
)
"""Coins that are meant where nothing but their name stands. Many smaller ones share it with a listed company or fund:
LTC Properties, Banco de Chile (BCH), Interlink (LINK), DoorDash (DASH), Sun Communities (SUI), Seagate (STX) …"""

DOLLARS = ("USD", "USDT", "USDC", "BUSD", "TUSD", "FDUSD", "USDP", "PYUSD", "USDE")
"""Quotes for which a base need not be known: no ticker of six letters and more ends in one of them."""
COIN_QUOTES = frozenset(("BTC", "XBT", "ETH", "BNB", "DAI", "EURC"))

FUTURES = frozenset(
    """ES NQ YM RTY EMD NKD MES MNQ MYM M2K CL MCL QM BZ NG QG RB HO GC MGC QO SI SIL QI HG MHG PL PA ZB ZN ZF ZT UB TN
    ZQ SR1 SR3 GE ZC ZS ZW ZL ZM ZO ZR KE XC XK XW LE HE GF LBS LBR DC CSC KC SB CC CT OJ DX VX VXM BTC MBT ETH MET 6A
    6B 6C 6E 6J 6L 6M 6N 6S M6A M6B M6E E7 J7 FDAX FDXM FDXS FESX FGBL FGBM FGBS FGBX FVS FSMI""".split()
)
"""Roots of CME Group's, ICE's, Cboe's and Eurex's most traded contracts; with month and year (`ESZ24`) a future."""
SHARES_LIKE_CONTRACTS = frozenset(("HEN3", "PAH3", "SIX2"))
"""Frankfurt's preferred shares of Henkel, Porsche and Sixt."""
CONTRACTS_FOR_DIFFERENCE = frozenset(
    """US30 US100 US500 US2000 USTEC SPX500 NAS100 GER30 GER40 DE30 DE40 UK100 FR40 FRA40 EU50 STOXX50 ES35 JP225
    JPN225 AU200 AUS200 HK33 HK50 CN50 CHINA50 WTICO USOIL UKOIL XTIUSD XBRUSD NATGAS""".split()
)
"""Indices and oil as brokers of CFDs call them: they follow the futures, and trade their hours."""

CRYPTO_PLACES = frozenset(
    """X BINANCE BINANCEUS BINANCEUSDM BITFINEX BITGET BITMEX BITSTAMP BYBIT COINBASE CRYPTO CRYPTOCOM DERIBIT GATEIO
    GEMINI HTX HUOBI HYPERLIQUID KRAKEN KUCOIN MEXC OKX OKCOIN POLONIEX""".split()
)
FX_PLACES = frozenset("C FX FX_IDC FXCM FOREX FOREXCOM OANDA PEPPERSTONE SAXO DUKASCOPY IDEALPRO EIGHTCAP".split())
FUTURE_PLACES = frozenset(
    "CME CME_MINI CME_DL CBOT CBOT_MINI NYMEX NYMEX_MINI COMEX COMEX_MINI ICEUS ICEEUR EUREX CBOE_FUTURES CFE".split()
)
"""Before a colon: whose symbol it is, as TradingView and polygon.io write it (there X is
crypto, C fx)."""
