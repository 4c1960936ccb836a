"""Write the data sets of data/ from the packages that they come from, and the synthetic one from its seed.

    python scripts/generate_data.py [FOLDER]

Needs bokeh_sampledata (a test dependency). gym-anytrading, for EURUSD, is read and not imported, so it can be installed
without its dependencies; where it is absent, that file is left as it is.
"""

import csv
import io
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from bokeh_sampledata import stocks

FOLDER = Path(__file__).resolve().parents[1] / "data"
TICKERS = ("AAPL", "IBM", "MSFT")
SPLIT = 1.5
"""A day's factor at or above this is a split, below it a dividend: none of these shares paid half its price."""
NOTHING = 1e-7
SEED = 20240101
MINUTES = 21 * 24 * 60


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lines with a plain line feed, on every system."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def daily(ticker: str) -> str:
    """Prices as traded, dated by session."""
    columns = getattr(stocks, ticker)
    names = ("date", "open", "high", "low", "close", "volume")
    return csv_text(("timestamp", *names[1:]), zip(*(columns[name] for name in names), strict=True))


def actions(ticker: str) -> str:
    """Splits and dividends, read off the day-to-day change of adjusted close ÷ close.

    The source multiplies all earlier prices by 1/ratio at a split, and divides them by 1 + dividend/close at a
    dividend, with the close of the ex-date; so each comes back to twelve decimals, and is checked to be a round number.
    """
    columns = getattr(stocks, ticker)
    dates, closes = columns["date"], columns["close"]
    factors = np.array(columns["adj_close"]) / np.array(closes)
    rows: list[tuple[str, str, str]] = []
    for day in range(1, len(dates)):
        change = float(factors[day] / factors[day - 1])
        if abs(change - 1) < NOTHING:
            continue
        kind, value = ("split", change) if change >= SPLIT else ("dividend", (change - 1) * closes[day])
        digits = 0 if kind == "split" else 4
        if value <= 0 or abs(value - round(value, digits)) > 1e-9:
            raise SystemExit(f"{ticker} {dates[day]}: {kind} of {value!r} is no round number; the source has changed")
        rows.append((dates[day], kind, f"{round(value, digits):.10g}"))
    return csv_text(("ex_date", "type", "value"), rows)


def eurusd() -> str | None:
    """EURUSD of 2017, ask side; the source says `01.01.2017 22:00:00.000` and means UTC."""
    package = find_spec("gym_anytrading")
    if package is None or package.origin is None:
        return None
    source = Path(package.origin).parent / "datasets" / "data" / "FOREX_EURUSD_1H_ASK.csv"
    with source.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    stamped = [(datetime.strptime(row[0], "%d.%m.%Y %H:%M:%S.%f").replace(tzinfo=UTC), *row[1:]) for row in rows]
    return csv_text(
        ("timestamp", "open", "high", "low", "close", "volume"),
        [(f"{time:%Y-%m-%dT%H:%M:%SZ}", *rest) for time, *rest in stamped],
    )


def synthetic() -> str:
    """A coin that does not exist: a random walk whose volatility comes in waves, 21 days by the minute."""
    chance = np.random.default_rng(SEED)
    wave = np.exp(0.5 * np.sin(np.arange(MINUTES) * (2 * np.pi / 1440)) + 0.3 * np.sin(np.arange(MINUTES) / 977))
    steps = chance.standard_normal((MINUTES, 4)) * (0.00035 * wave[:, None])
    path = 250 * np.exp(np.cumsum(steps, axis=None)).reshape(MINUTES, 4)
    opens = np.concatenate([[250.0], path[:-1, -1]])
    inside = np.round(np.column_stack([opens, path]), 2)
    volume = np.round(chance.gamma(1.5, 8.0, MINUTES) * wave, 4)
    start = datetime(2024, 1, 1, tzinfo=UTC)
    rows = [
        (
            f"{start + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%SZ}",
            *(f"{price:.2f}" for price in (prices[0], prices.max(), prices.min(), prices[-1])),
            f"{volume[minute]:.4f}",
        )
        for minute, prices in enumerate(inside)
    ]
    return csv_text(("timestamp", "open", "high", "low", "close", "volume"), rows)


def texts() -> dict[str, str]:
    """File names and contents; without EURUSD where its package is absent."""
    found = {f"{ticker}_1d.csv": daily(ticker) for ticker in TICKERS}
    found |= {f"{ticker}_actions.csv": actions(ticker) for ticker in TICKERS}
    found["SYNTHUSD_1m.csv"] = synthetic()
    pair = eurusd()
    if pair is not None:
        found["EURUSD_1h.csv"] = pair
    return found


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for name, text in texts().items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
        sys.stdout.write(f"wrote {folder / name}\n")
