"""The runs: every shipped strategy, on several symbols and timeframes, with parameters by which it really trades."""

from typing import Any

STOCKS = ("AAPL", "MSFT", "SPY", "NVDA", "AMZN", "KO", "XOM", "JPM", "WMT", "PFE")
PAIRS = ("BTC/USD", "ETH/USD", "SOL/USD", "LTC/USD")
MADE_UP = (*(f"{symbol}=stock" for symbol in STOCKS[3:]), *(f"{pair}=crypto" for pair in PAIRS[2:]))
"""Those which the exchange has to be told to have."""
TIMEFRAMES = {"15m": 15, "30m": 30, "1h": 60}
"""With their minutes."""
CASH = 20_000
STOCKS_ONLY = frozenset({"pairs-spread", "bollinger-reversion", "donchian-breakout"})
"""These sell short, or have exits with their entries, which Alpaca takes of stocks only."""
STRATEGIES: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("sma-crossover", 1, {"fast": 3, "slow": 8}),
    ("rsi-mean-reversion", 1, {"period": 3, "oversold": 35, "trend": 20}),
    ("bollinger-reversion", 1, {"period": 10, "deviations": 1.0, "stop": 0.02}),
    ("donchian-breakout", 1, {"entry": 6, "exit": 3, "range_bars": 6, "stop_atr": 1.5}),
    ("pairs-spread", 2, {"window": 10, "entry": 1.2, "exit": 0.3}),
    ("dca", 2, {"amount": 300, "every": "day"}),
    ("momentum-rotation", 3, {"lookback": 20, "skip": 1, "top": 2}),
    ("buy-and-hold", 2, {}),
)
"""Each with how many symbols it trades."""


def bodies(count: int) -> list[dict[str, Any]]:
    """What POST /runs takes for so many runs: the strategies in turn, of stocks and of pairs, in all timeframes."""
    return [_body(number) for number in range(count)]


def minutes(body: dict[str, Any]) -> int:
    """How many minutes apart its ticks are."""
    return TIMEFRAMES[body["timeframe"]]


def is_stock(body: dict[str, Any]) -> bool:
    """Whether it trades in the stocks' sessions only."""
    return body["symbols"][0] in STOCKS


def _body(number: int) -> dict[str, Any]:
    turn, which = divmod(number, len(STRATEGIES))
    strategy_id, wanted, config = STRATEGIES[which]
    sells_short = strategy_id == "pairs-spread"
    listed = STOCKS if strategy_id in STOCKS_ONLY or turn % 3 == 2 else PAIRS
    first = turn + which
    return {
        "name": f"soak {number}", "strategy_id": strategy_id, "config": config, "mode": "paper", "venue": "alpaca",
        "symbols": [listed[(first + each) % len(listed)] for each in range(wanted)],
        "timeframe": list(TIMEFRAMES)[(turn + which) % len(TIMEFRAMES)], "warmup": 50, "cash": CASH,
        **({"account": "margin", "shorting": True} if sells_short else {}),
    }  # fmt: skip
