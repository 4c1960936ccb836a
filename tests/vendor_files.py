"""Export files in the shapes of 33 sources: their text, the bars in it, and the zone that has to be said."""

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from weaver.model.market.bars import Bars

Row = tuple[datetime, float, float, float, float, int]
NEW_YORK = ZoneInfo("America/New_York")
DAYS = [day for day in (datetime(2023, 1, 3, tzinfo=UTC) + timedelta(n) for n in range(40)) if day.weekday() < 5]
HOURS = [datetime(2023, 1, 2, tzinfo=UTC) + timedelta(hours=n) for n in range(120)]
MINUTES = [datetime(2023, 1, 3, 14, 30, tzinfo=UTC) + timedelta(minutes=n) for n in range(120)]


def walk(times: Sequence[datetime], start: float, step: float, digits: int) -> list[Row]:
    chance = np.random.default_rng(7)
    close = np.round(start + chance.normal(0, step, len(times)).cumsum(), digits)
    opened = np.round(np.r_[start, close[:-1]], digits)
    ends = np.maximum(opened, close), np.minimum(opened, close)
    high = np.round(ends[0] + abs(chance.normal(0, step, len(times))), digits)
    low = np.round(ends[1] - abs(chance.normal(0, step, len(times))), digits)
    volume = chance.integers(1000, 9000, len(times))
    return [
        (time, float(opened[n]), float(high[n]), float(low[n]), float(close[n]), int(volume[n]))
        for n, time in enumerate(times)
    ]


D, E, B, M = (
    walk(DAYS, 100, 0.2, 2),
    walk(HOURS, 1.1, 0.001, 5),
    walk(HOURS, 20000, 50, 2),
    walk(MINUTES, 130, 0.05, 2),
)


def ny(time: datetime) -> datetime:
    return time.astimezone(NEW_YORK)


def s(time: datetime) -> int:
    return int(time.timestamp())


def lines(rows: Sequence[Row], write: Callable[..., str], *head: str, newest_first: bool = False) -> str:
    body = [write(*row) for row in rows]
    return "\n".join([*head, *(reversed(body) if newest_first else body)]) + "\n"


def zipped(name: str, text: str) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        archive.writestr(name, text)
    return found.getvalue()


def kline(unit: int) -> str:
    return lines(B, lambda t, o, h, b, c, v: f"{s(t) * unit},{o},{h},{b},{c},{v},{(s(t) + 3600) * unit - 1},"
                 f"{v * c:.2f},55,{v / 2},{v * c / 2:.2f},0")  # fmt: skip


PLAIN = "Date,Open,High,Low,Close,Volume"
VENDOR_FILES: dict[str, tuple[str | bytes, list[Row], str | None]] = {
    "yahoo_AAPL.csv": (lines(D, lambda t, o, h, b, c, v: f"{t:%F},{o},{h},{b},{c},{c * 0.98:.4f},{v}" if t != DAYS[9]
                             else f"{t:%F},null,null,null,null,null,null", "Date,Open,High,Low,Close,Adj Close,Volume"),
                       [row for row in D if row[0] != DAYS[9]], None),
    "yfinance_to_csv_AAPL.csv": (lines(D, lambda t, o, h, b, c, v: f"{t:%F},{c},{h},{b},{o},{v}",
                                       "Price,Close,High,Low,Open,Volume", "Ticker,AAPL,AAPL,AAPL,AAPL,AAPL",
                                       "Date,,,,,"), D, None),
    "stooq_aapl_us_d.csv": (lines(D, lambda t, o, h, b, c, v: f"{t:%F},{o},{h},{b},{c},{v}", PLAIN), D, None),
    "stooq_bulk_aapl.us.txt": (lines(D, lambda t, o, h, b, c, v: f"AAPL.US,D,{t:%Y%m%d},000000,{o},{h},{b},{c},{v},0",
                                     "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>"),
                               D, None),
    "investing_AAPL.csv": (lines(D, lambda t, o, h, b, c, v: f'"{t:%m/%d/%Y}","{c}","{o}","{h}","{b}",'
                                 f'"{v / 1000:.3f}K","0.10%"', '"Date","Price","Open","High","Low","Vol.","Change %"',
                                 newest_first=True), D, None),
    "alphavantage_IBM.csv": (lines(D, lambda t, o, h, b, c, v: f"{t:%F},{o},{h},{b},{c},{v}",
                                   "timestamp,open,high,low,close,volume", newest_first=True), D, None),
    "nasdaq_com_AAPL.csv": (lines(D, lambda t, o, h, b, c, v: f"{t:%m/%d/%Y},${c},{v},${o},${h},${b}",
                                  "Date,Close/Last,Volume,Open,High,Low", newest_first=True), D, None),
    "tiingo_AAPL.csv": (lines(D, lambda t, o, h, b, c, v: f"{t:%F} 00:00:00+00:00,{c},{h},{b},{o},{v},{c},{h},{b},{o},"
                              f"{v},0.0,1.0", "date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,"
                              "adjVolume,divCash,splitFactor"), D, None),
    "excel_semicolon_AAPL.csv": (lines(D, lambda t, o, h, b, c, v: f"{t:%d.%m.%Y};{o};{h};{b};{c};{v}",
                                       "Datum;Open;High;Low;Close;Volume"), D, None),
    "german_decimals_AAPL.csv": (lines(D, lambda t, o, h, b, c, v: f"{t:%d.%m.%Y};" + f"{o};{h};{b};{c}".replace(
                                 ".", ",") + f";{v}", "Date;Open;High;Low;Close;Volume"), D, None),
    "lean_aapl_daily.zip": (zipped("aapl.csv", lines(D, lambda t, o, h, b, c, v: f"{t:%Y%m%d} 00:00,{round(o * 1e4)},"
                                   f"{round(h * 1e4)},{round(b * 1e4)},{round(c * 1e4)},{v}")), D, None),
    "mt4_EURUSD60.csv": (lines(E, lambda t, o, h, b, c, v: f"{t:%Y.%m.%d},{t:%H:%M},{o},{h},{b},{c},{v}"), E, "UTC"),
    "mt5_EURUSD_H1.csv": (lines(E, lambda t, o, h, b, c, v: f"{t:%Y.%m.%d}\t{t:%T}\t{o}\t{h}\t{b}\t{c}\t{v}\t0\t2",
                                "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>"),
                          E, "UTC"),
    "dukascopy_EURUSD_1h.csv": (lines(E, lambda t, o, h, b, c, v: f"{t:%d.%m.%Y %T}.000,{o},{h},{b},{c},{v}",
                                      "Gmt time,Open,High,Low,Close,Volume"), E, None),
    "histdata_EURUSD.csv": (lines(E, lambda t, o, h, b, c, _v: f"{t:%Y%m%d %H%M%S};{o};{h};{b};{c};0"),
                            [(*row[:5], 0) for row in E], "UTC"),
    "oanda_EURUSD.csv": (lines(E, lambda t, o, h, b, c, v: f"{t:%FT%T}.000000000Z,{o},{h},{b},{c},{v}",
                               "time,open,high,low,close,volume"), E, None),
    "BTCUSDT-1h-2023-01.csv": (kline(1000), B, None),
    "BTCUSDT-1h-2025-us.csv": (kline(1_000_000), B, None),
    "BTCUSDT-1h-2023-01.zip": (zipped("BTCUSDT-1h-2023-01.csv", kline(1000)), B, None),
    "cryptodatadownload_BTCUSDT_1h.csv": (lines(B, lambda t, o, h, b, c, v: f"{s(t)}000,{t:%F %T},BTCUSDT,{o},{h},{b},"
                                                f"{c},{v},{v * c:.1f},77", "https://www.CryptoDataDownload.com",
                                                "Unix,Date,Symbol,Open,High,Low,Close,Volume BTC,Volume USDT,"
                                                "tradecount", newest_first=True), B, None),
    "kaggle_BTC_minute.csv": (lines(M, lambda t, o, h, b, c, v: f"{s(t)},{o},{h},{b},{c},{v},{v * c:.1f},{c}"
                                    if t.minute else f"{s(t)}" + ",NaN" * 7,
                                    "Timestamp,Open,High,Low,Close,Volume_(BTC),Volume_(Currency),Weighted_Price"),
                              [row for row in M if row[0].minute], None),
    "BINANCE_BTCUSDT, 60.csv": (lines(B, lambda t, o, h, b, c, v: f"{s(t)},{o},{h},{b},{c},{v},,{c}",
                                      "time,open,high,low,close,Volume,Volume MA,MA"), B, None),
    "ccxt_BTCUSDT_1h.json": (json.dumps([[s(t) * 1000, *prices, float(v)] for t, *prices, v in B]), B, None),
    "BTC_USDT-1h.json": (json.dumps([[s(t) * 1000, *prices, v] for t, *prices, v in B]), B, None),
    "tradingview_AAPL_1m.csv": (lines(M, lambda t, o, h, b, c, v: f"{ny(t):%FT%T}-05:00,{o},{h},{b},{c},{v}",
                                      "time,open,high,low,close,Volume"), M, None),
    "kibot_AAPL.txt": (lines(M, lambda t, o, h, b, c, v: f"{ny(t):%m/%d/%Y},{ny(t):%H:%M},{o},{h},{b},{c},{v}"),
                       M, "America/New_York"),
    "firstrate_AAPL_1min.txt": (lines(M, lambda t, o, h, b, c, v: f"{ny(t):%F %T},{o},{h},{b},{c},{v}"),
                                M, "America/New_York"),
    "ninjatrader_SPY.Last.txt": (lines(M, lambda t, o, h, b, c, v: f"{ny(t):%Y%m%d %H%M%S};{o};{h};{b};{c};{v}"),
                                 M, "America/New_York"),
    "ibkr_AAPL_1min.csv": (lines(M, lambda t, o, h, b, c, v: f"{ny(t):%Y%m%d %T} US/Eastern,{o},{h},{b},{c},{v},{c},9",
                                 "date,open,high,low,close,volume,average,barCount"), M, None),
    "polygon_flat_minute.csv": (lines(M, lambda t, o, h, b, c, v: f"AAPL,{v},{o},{c},{h},{b},{s(t)}000000000,12",
                                      "ticker,volume,open,close,high,low,window_start,transactions"), M, None),
    "polygon_flat_two_tickers.csv": (lines(M, lambda t, o, h, b, c, v: f"AAPL,{v},{o},{c},{h},{b},{s(t)}000000000,12",
                                           "ticker,volume,open,close,high,low,window_start,transactions")
                                     + f"MSFT,1,2,2,2,2,{s(MINUTES[0])}000000000,12\n", M, None),
    "alpaca_bars_AAPL.json": (json.dumps({"bars": {"AAPL": [
        {"t": f"{t:%FT%T}Z", "o": o, "h": h, "l": lo, "c": c, "v": v, "n": 9, "vw": c} for t, o, h, lo, c, v in M
    ]}, "next_page_token": None}), M, None),
    "alpaca_py_df_to_csv.csv": (lines(M, lambda t, o, h, b, c, v: f"AAPL,{t:%F %T}+00:00,{o},{h},{b},{c},{v},9.0,{c}",
                                      "symbol,timestamp,open,high,low,close,volume,trade_count,vwap"), M, None),
}  # fmt: skip


def as_bytes(written: str | bytes) -> bytes:
    return written if isinstance(written, bytes) else written.encode()


def check_bars_of(name: str, bars: Bars) -> None:
    """They are what was written."""
    _, rows, _ = VENDOR_FILES[name]
    assert bars.timestamp.tolist() == [s(row[0]) * 10**9 for row in rows]
    columns = np.column_stack([bars.open, bars.high, bars.low, bars.close, bars.volume])
    np.testing.assert_allclose(columns, np.array([row[1:] for row in rows], dtype=float), rtol=1e-12)
