"""What of Weaver a strategy's author sees, in the order of the page, and what of it is the engines' own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import weaver
from tests.strategy_api.members import Member, members, of_one
from weaver.greta.doubts.warnings import ResultWarning
from weaver.greta.results.rows import EquityRow, Flow
from weaver.greta.results.table import Table
from weaver.greta.results.trades import Trade
from weaver.greta.sweep.cross_validation import CrossPath, GroupSpan, SplitChoice
from weaver.greta.sweep.result import EarlierSweep
from weaver.greta.sweep.trials import Trial
from weaver.greta.sweep.walk_forward import ForwardWindow, Stability
from weaver.marvin.orders.closed_trades import ClosedTrade
from weaver.marvin.orders.holding import Holding
from weaver.marvin.orders.keywords import OcoKeywords, OrderKeywords, ReplaceKeywords, TargetKeywords
from weaver.marvin.runtime import JournalEntry
from weaver.marvin.series.bar import Bar, BarCopy
from weaver.marvin.series.feed import BarSeries
from weaver.marvin.series.series import Series, Signal
from weaver.marvin.series.window import Window
from weaver.marvin.session import Session
from weaver.model.market.tick import Tick
from weaver.model.orders.fill import Fill
from weaver.model.orders.order import Order
from weaver.research.portfolio.combined import JoinedEquityRow, SharedOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A class on the page. `called`: how an object of it is reached; `own`: what of it is the engines', not the
    author's; `has_sections`: each member has a section of its own."""

    cls: type
    title: str
    called: str
    own: frozenset[str] = frozenset()
    has_sections: bool = False
    is_alone: bool = False
    """It is shown without what it derives from."""
    more: str = ""
    """What no docstring says: operators, what indexing gives."""

    @property
    def name(self) -> str:
        return self.cls.__name__

    @property
    def members(self) -> dict[str, Member]:
        """What of it is on the page."""
        found = of_one(self.cls) if self.is_alone else members(self.cls)
        return {name: member for name, member in found.items() if name not in self.own}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A chapter: text, then classes, then functions."""

    title: str
    text: str
    classes: tuple[Shown, ...] = ()
    functions: tuple[Callable[..., Any], ...] = field(default=())


def own(names: str) -> frozenset[str]:
    return frozenset(names.split())


NODE = own("deepest evaluate function inputs input_values is_evaluated is_settled is_streamed joined key label output "
           "reach reads recipe source stream timeline undefined user carried")  # fmt: skip
ORDER = own(  # counts in units, and what the engines do to it
    "add_fill begun exits expires_at filled give_way group happen is_plain is_sized is_tif_asked limit_units mark "
    "placed remaining scale set_prices sign stop_units take_over target trail_units units value"
)
INDICATORS = ("sma", "ema", "wma", "bbands", "highest", "lowest", "rsi", "macd", "stoch", "cci", "roc", "mom", "adx",
              "atr", "natr", "stddev", "zscore", "obv", "talib", "indicator")  # fmt: skip
SIGNALS = ("crossed_above", "crossed_below", "shift")


def functions(*names: str) -> tuple[Callable[..., Any], ...]:
    return tuple(getattr(weaver, name) for name in names)


PARTS = (
    Part(
        title="The strategy",
        text="A strategy is a class that derives from `weaver.Strategy`. Below, a method stands as in its body.",
        classes=(
            Shown(cls=weaver.Strategy, title="Strategy", called="self", has_sections=True),
            Shown(
                cls=weaver.TimedExits,
                title="TimedExits",
                called="a class attribute",
                is_alone=True,
            ),
        ),
    ),
    Part(
        title="What orders take",
        text="`buy`, `sell`, the targets, `oco` and `replace` take these by keyword. What is None counts as left out. "
        "Which prices are given says what type an order is. [How each type fills](architecture/greta.md).",
        classes=(
            Shown(cls=OrderKeywords, title="Keywords of buy and sell", called="", own=own("")),
            Shown(cls=TargetKeywords, title="Keywords of the targets", called=""),
            Shown(cls=OcoKeywords, title="Keywords of oco", called=""),
            Shown(cls=ReplaceKeywords, title="Keywords of replace", called=""),
        ),
    ),
    Part(
        title="What callbacks are given",
        text="",
        classes=(
            Shown(cls=Bar, title="Bar", called="bar", own=own("index show cursor follow")),
            Shown(cls=BarCopy, title="A bar to keep", called="bar.copy()"),
            Shown(cls=Tick, title="Tick", called="tick"),
            Shown(cls=Order, title="Order", called="order", own=ORDER),
            Shown(cls=Fill, title="Fill", called="fill", own=own("of")),
            Shown(cls=Window, title="Window", called="window"),
        ),
    ),
    Part(
        title="What can be asked",
        text="",
        classes=(
            Shown(cls=Holding, title="A position", called="self.position(symbol)"),
            Shown(cls=ClosedTrade, title="Closed trade", called="self.closed_trades[-1]"),
            Shown(cls=Session, title="The session", called="self.session"),
            Shown(
                cls=BarSeries, title="A symbol's columns", called="self.series(symbol)", own=own("bars splits timeline")
            ),
            Shown(
                cls=Series,
                title="A series",
                called="series",
                own=NODE,
                more="`series[-1]` is the newest value and `series[-2]` the one before, NaN before the first; "
                "`series[-5:]` is a list; `len(series)` counts the bars that have closed. `+ - * /`, `abs` and numpy's "
                "ufuncs make series, `< <= > >= == !=` signals; the other operand is a series or a number. Where two "
                "timeframes meet, the slower one is carried forward.",
            ),
            Shown(
                cls=Signal,
                title="A signal",
                called="signal",
                own=NODE | own("back defined masked pushed"),
                more="A comparison of series: a row of yes and no, no wherever an input is undefined. `&`, `|` and `~` "
                "make signals of signals; `signal[-1]` is the newest.",
            ),
        ),
    ),
    Part(
        title="Indicators",
        text="Functions of `weaver`; the lines stand in `on_start`. Each takes a series, or a symbol's columns "
        '(`self.bars`, `self.series("MSFT")`), which stand for the close where one column is needed, and gives a '
        "series of float64, NaN until enough bars have closed. None looks ahead. A period or option that cannot be "
        "raises InputError at once.",
        functions=functions(*INDICATORS),
    ),
    Part(
        title="Functions of signals",
        text="They stand in `on_start`, too; each takes series and numbers.",
        functions=functions(*SIGNALS),
    ),
    Part(
        title="Running a backtest",
        text="`weaver.Field` declares a parameter: it is "
        "[pydantic's](https://docs.pydantic.dev/latest/concepts/fields/), with a default and bounds (`ge gt le lt`, "
        "`pattern`, `description`). `weaver.__version__` is Weaver's version.",
        functions=functions("backtest", "load_bars"),
        classes=(
            Shown(cls=weaver.Split, title="Split", called="split"),
            Shown(cls=weaver.Dividend, title="Dividend", called="dividend"),
            Shown(cls=weaver.Delisting, title="Delisting", called="delisting"),
        ),
    ),
    Part(
        title="Results",
        text="In the blocks below, `result` is what `weaver.backtest` gave. "
        "[Every statistic, with its formula](architecture/statistics.md).",
        classes=(
            Shown(
                cls=weaver.BacktestResult,
                title="BacktestResult",
                called="result",
                own=own(
                    "curve fill_count finished json_pieces page returns_per_year session trade_bars trade_columns "
                    "traded_value warn"
                ),
            ),
            Shown(cls=Table, title="Table", called="result.trades"),
            Shown(cls=Trade, title="Trade", called="result.trades[0]"),
            Shown(cls=EquityRow, title="Equity row", called="result.equity[-1]"),
            Shown(cls=Flow, title="Cash flow", called="result.cash_flows[0]"),
            Shown(cls=ResultWarning, title="Warning", called="result.warnings[0]"),
            Shown(cls=JournalEntry, title="Journal entry", called="result.journal[0]"),
        ),
    ),
    Part(
        title="Several results as one account",
        text="[How to combine strategies](how-to/combine-strategies.md).",
        functions=functions("combine"),
        classes=(
            Shown(cls=weaver.CombinedResult, title="CombinedResult", called="joined"),
            Shown(cls=JoinedEquityRow, title="Joined equity row", called="joined.equity[-1]"),
            Shown(cls=SharedOut, title="How it was shared out", called="joined.weights[0]"),
        ),
    ),
    Part(
        title="Sweeps and walk-forwards",
        text="Many backtests of one strategy. In the blocks below, `swept` is what `weaver.sweep` gave, `forward` what "
        "`weaver.walk_forward` and `crossed` what `weaver.cross_validate` gave. [How to sweep](how-to/sweep.md), "
        "[walk forward](how-to/walk-forward.md), and [cross-validate](how-to/cross-validate.md).",
        functions=functions("sweep", "walk_forward", "cross_validate"),
        classes=(
            Shown(cls=weaver.Range, title="Range", called="weaver.Range(…)"),
            Shown(cls=weaver.SweepResult, title="SweepResult", called="swept", own=own("json_pieces nothing sample")),
            Shown(cls=Trial, title="Trial", called="swept.trials[0]"),
            Shown(cls=EarlierSweep, title="Earlier sweep", called="swept.earlier[0]"),
            Shown(
                cls=weaver.WalkForwardResult,
                title="WalkForwardResult",
                called="forward",
                own=own("benchmark cash curve json_pieces timestamp window_rows"),
            ),
            Shown(cls=ForwardWindow, title="Window of a walk-forward", called="forward.windows[0]"),
            Shown(cls=Stability, title="Stability", called="forward.stability[0]"),
            Shown(
                cls=weaver.CrossValidationResult,
                title="CrossValidationResult",
                called="crossed",
                own=own("json_pieces path_rows"),
            ),
            Shown(cls=GroupSpan, title="Group", called="crossed.groups[0]"),
            Shown(cls=SplitChoice, title="Choice", called="crossed.splits[0]"),
            Shown(cls=CrossPath, title="Path", called="crossed.paths[0]"),
        ),
    ),
)
OTHER_EXPORTS = frozenset({"Field", "__version__"})
"""What `weaver` gives besides, named in the text of a part."""


def shown() -> tuple[Shown, ...]:
    """Every class on the page."""
    return tuple(one for part in PARTS for one in part.classes)
