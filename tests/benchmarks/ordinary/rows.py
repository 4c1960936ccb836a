"""What is measured: which strategy on which market, on what account, and the peer's strategy that does the same."""

from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks import bounds
from tests.benchmarks.bounds import Bounds
from tests.benchmarks.ordinary import further, strategies
from tests.benchmarks.strategies import BracketWhen
from weaver import Strategy
from weaver.marvin.strategies.bollinger_reversion import BollingerReversion
from weaver.marvin.strategies.donchian_breakout import DonchianBreakout
from weaver.marvin.strategies.pairs_spread import PairsSpread
from weaver.marvin.strategies.rsi_mean_reversion import RsiMeanReversion
from weaver.marvin.strategies.sma_crossover import SmaCrossover

MARGIN: dict[str, Any] = {"account": "margin", "shorting": True}
CHEAP: dict[str, Any] = {"costs": {"commission_bps": 0.5}}
"""For those that bet all they have thousands of times: ten basis points would leave them nothing to bet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One strategy; `peer` names backtesting.py's twin of it, where there can be one."""

    what: str
    strategy: type[Strategy]
    symbols: int = 1
    options: dict[str, Any] = field(default_factory=dict)
    peer: str | None = None
    same_as: str | None = None
    """The row whose trades these are too, whatever the style."""
    bounds: Bounds = bounds.NONE


ROWS = {
    "position": Row(
        what="averages, `self.position()` asked on each bar, `on_bar`",
        strategy=strategies.PositionAsked, peer="position", bounds=bounds.POSITION_ASKED,
    ),
    "fills": Row(
        what="averages with `on_fill` defined, `on_bar`",
        strategy=strategies.FillsHeard, same_as="position", bounds=bounds.FILLS_HEARD,
    ),
    "many_on_bar": Row(
        what="averages on 10 symbols, `on_bar`", strategy=strategies.ManyOnBar, symbols=10, bounds=bounds.MANY_ON_BAR
    ),
    "many_when": Row(
        what="crossings on 10 symbols, `when`",
        strategy=strategies.ManyWhen, symbols=10, same_as="many_on_bar", bounds=bounds.MANY_WHEN,
    ),
    "reversals": Row(
        what="reversals long and short, margin account, `when`",
        strategy=strategies.Reversals, options=MARGIN, peer="reversals", bounds=bounds.REVERSALS,
    ),
    "trailing": Row(
        what="trailing stops, `when`", strategy=strategies.TrailingStop, peer="trailing", bounds=bounds.TRAILING_STOPS
    ),
    "limit": Row(
        what="a limit order cancelled and placed anew on every bar, `on_bar`",
        strategy=strategies.LimitAnew, peer="limit", bounds=bounds.LIMIT_ANEW,
    ),
    "replaced": Row(
        what="a limit order moved by `replace` on every bar, `on_bar`",
        strategy=strategies.LimitReplaced, same_as="limit",
    ),
    "bracket": Row(what="take-profit and stop-loss, `when`", strategy=BracketWhen, peer="bracket"),
    "rsi": Row(what="RSI, sized by `self.equity` asked on each bar, `on_bar`", strategy=further.RsiSized, peer="rsi"),
    "orders_heard": Row(
        what="averages with `on_order` defined, `on_bar`", strategy=further.OrdersHeard, same_as="position"
    ),
    "orders": Row(
        what="limit orders that rest, `self.orders` looked at on each bar, `on_bar`",
        strategy=further.OrdersLookedAt, peer="orders",
    ),
    "timeframes": Row(what="minutes and hours, `on_bar`", strategy=further.TwoTimeframes),
    "daily": Row(what="flat by the evening, `on_bar`", strategy=further.DailyExit, peer="daily"),
    "percent": Row(
        what="reversals with 90 % of the equity, margin account, `when`",
        strategy=further.PercentReversals, options=MARGIN | CHEAP,
    ),
    "atr_bracket": Row(
        what="half of the equity between stop and target, `when`", strategy=further.AtrBracket, options=CHEAP
    ),
    "rotation": Row(what="hourly rotation of 10 symbols, `on_tick`", strategy=further.Rotation, symbols=10),
    "sma_crossover": Row(what="sma-crossover, as it ships, `when`", strategy=SmaCrossover, options=CHEAP),
    "rsi_mean_reversion": Row(what="rsi-mean-reversion, as it ships, `when`", strategy=RsiMeanReversion, options=CHEAP),
    "donchian": Row(what="donchian-breakout, as it ships, `when`", strategy=DonchianBreakout, options=CHEAP),
    "bollinger": Row(what="bollinger-reversion, as it ships, `when`", strategy=BollingerReversion, options=CHEAP),
    "pairs": Row(
        what="pairs-spread, as it ships, 2 symbols, margin account, `when`",
        strategy=PairsSpread, symbols=2, options=MARGIN | CHEAP,
    ),
}  # fmt: skip
"""In the order of the table: those with a gate first."""
