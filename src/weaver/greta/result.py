"""What a backtest gives back."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from weaver.greta.doubts.gravity import gravest_first
from weaver.greta.doubts.warnings import ResultWarning, warnings_of
from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.fill_columns import fill_columns
from weaver.greta.ledger.fills import fill_of
from weaver.greta.report.display import headline, show, stats_table
from weaver.greta.report.labels import BUY_AND_HOLD
from weaver.greta.report.whole_file import write_whole
from weaver.greta.results.curve import Curve, curve_of
from weaver.greta.results.figures import figures_of
from weaver.greta.results.json_text import json_text
from weaver.greta.results.order_levels import OrderLevel, order_levels
from weaver.greta.results.rows import EquityRow, Flow, OrderColumns
from weaver.greta.results.statistics import TradeColumns
from weaver.greta.results.table import Table
from weaver.greta.results.trades import Trade, Trades
from weaver.model.calendar.instants import instant_of
from weaver.model.errors import RunFailed
from weaver.model.listing import Listing, splits_at
from weaver.model.market.bars import Bars
from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import decimal_of
from weaver.model.orders.fill import Fill
from weaver.model.orders.order import Order
from weaver.model.run import RunMode

SYMBOLS_NAMED = 5
KEPT = (
    "strategy", "journal", "stats", "benchmark", "warnings", "curve", "bars", "orders", "fills", "trades",
    "cash_flows", "positions", "fill_count", "trade_columns", "trade_bars", "run", "lookahead", "session",
    "returns_per_year", "_levels", "_splits", "_indicators",
    "strategy", "journal", "stats", "warnings", "curve", "bars", "orders", "fills", "trades", "cash_flows", "positions",
    "fill_count", "trade_columns", "trade_bars", "run", "lookahead", "session", "returns_per_year", "traded_value",
    "_levels", "_splits", "_indicators",
)  # fmt: skip
"""What a copy of a result has; the rest is made of it when somebody looks."""


class BacktestResult:
    """A finished backtest: its figures, its rows, its doubts, and what is needed to run it again."""

    strategy: str
    """The strategy's id."""
    journal: Sequence[tuple[datetime, str]]
    """What the strategy logged, with the time of each line."""
    stats: dict[str, float | int | None]
    """Every statistic by its name; None where it cannot be said."""
    benchmark: str
    """What `alpha`, `beta` and `benchmark_return` compare with: a symbol, or `Buy and hold` of the run's own."""
    warnings: list[ResultWarning]
    """Why to doubt the result, the gravest first."""

    def __init__(
        self,
        finished: FinishedRun,
        *,
        strategy: str,
        record: Callable[[], dict[str, Any]],
        indicators: Callable[[], Iterable[Any]] = tuple,
        benchmark: Listing | None = None,
    ) -> None:
        """`record` and `indicators` (the strategy's own, as a chart has them) are made when somebody looks;
        `benchmark`: what it is compared with, if not with holding its own symbols."""
        self._finished: FinishedRun | None = finished
        self.strategy, self.journal, self._record = strategy, finished.journal, record
        self._columns = fill_columns(finished.fills, finished.prices)
        self._make_indicators = indicators
        self.curve: Curve = curve_of(finished, self._columns, benchmark)
        self.benchmark = BUY_AND_HOLD if benchmark is None else benchmark.symbol
        self._trades = Trades(finished, self._columns)
        figures = figures_of(finished, self._columns, self.curve, self._trades.columns)
        self.stats = figures.stats
        self.session = figures.session
        """The day by which the return of each row of equity is grouped."""
        self.returns_per_year: float = figures.returns_per_year
        """How many returns by session, or by longer bars, there are in a year."""
        self.traded_value = figures.traded_value
        """Σ |quantity x price| over all fills, both sides."""
        self.warnings = gravest_first(warnings_of(finished, self.curve, self._trades, self._columns))
        self.lookahead: str | None = None
        """At how many places the look-ahead check looked, in words; None: there was no check."""

    @cached_property
    def orders(self) -> Table[Order]:
        """Every order, in the order in which they were placed."""
        return Table(self.finished.orders, OrderColumns)

    @cached_property
    def run(self) -> dict[str, Any]:
        """What the run pins down of itself: strategy source, parameters, options, hashes, version."""
        return self._record()

    def warn(self, found: Iterable[tuple[str, str]]) -> None:
        """Add doubts that others have found; the gravest stand first."""
        self.warnings = gravest_first([*self.warnings, *(ResultWarning(*one) for one in found)])

    def to_json(self) -> str:
        """The whole result as one JSON object, as `weaver backtest --json` writes it; the same run, the same bytes."""
        return "".join(self.json_pieces())

    def json_pieces(self) -> Iterator[str]:
        """The same piece by piece, for whoever writes a long one to a file."""
        return json_text(
            run=self.run,
            stats=self.stats,
            trades=self.trades,
            fills=self.fills,
            curve=self.curve,
            cash_flows=self.cash_flows,
            warnings=self.warnings,
        )

    def to_html(self, path: str | Path) -> Path:
        """Write the report, one page that opens offline. Raises InputError where it cannot be written."""
        target = Path(path)
        write_whole(target, [self.page()])
        return target

    def plot(self) -> None:
        """Show the report: below the cell in a notebook, else in the browser."""
        show(self.page())

    def page(self) -> str:
        """The report's text; the modules are loaded only when somebody wants one."""
        from weaver.greta.report.contents import ReportFill, contents_of
        from weaver.greta.report.page import render

        fills = [
            ReportFill(
                row.order_id, row.symbol, row.side, row.quantity, row.price, row.commission, row.slippage,
                instant_of(row.timestamp),
            )
            for row in self.fills
        ]  # fmt: skip

        return render(
            contents_of(
                self.run,
                title=self.title,
                mode=RunMode.BACKTEST,
                timestamp=self.curve.timestamp,
                session=self.session,
                returns_per_year=self.returns_per_year,
                equity=self.curve.equity,
                cash=self.curve.cash,
                on_margin=self.curve.on_margin,
                benchmark=self.curve.benchmark,
                benchmark_name=self.benchmark,
                bars=self.bars,
                indicators=self._indicators,
                levels=self._levels,
                splits=self._splits,
                trades=list(self.trades),
                trade_bars=self.trade_bars,
                fills=fills,
                stats=self.stats,
                warnings=self.warnings,
                flows=self.cash_flows,
            )
        )

    def __repr__(self) -> str:
        codes = ", ".join(dict.fromkeys(warning.code for warning in self.warnings))
        return f"<BacktestResult {self.title}: {headline(self.stats)}; warnings: {codes or 'none'}>"

    def _repr_html_(self) -> str:
        return stats_table(self.title, self.stats, self.warnings, benchmark=self.benchmark)

    @cached_property
    def bars(self) -> dict[str, Bars]:
        """The bars of each symbol that the run could see, history included."""
        return {symbol: prices.listing.bars for symbol, prices in self.finished.prices.items()}

    @property
    def finished(self) -> FinishedRun:
        """The run itself, for whoever records it; it stays in its process. Raises RunFailed elsewhere."""
        if self._finished is None:
            raise RunFailed("a copy of a result has its figures, not the run that they came from: run it again")
        return self._finished

    def __getstate__(self) -> dict[str, Any]:
        """Everything that there is to see, worked out: nothing of the run's own, nor of its strategy, goes along."""
        state = {name: getattr(self, name) for name in KEPT}
        state["replaced"] = [
            (index, order.replaced_by.number)
            for index, order in enumerate(self.orders)
            if order.replaced_by is not None
        ]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        replaced = state.pop("replaced")
        self.__dict__.update(state, _finished=None)
        by_number = {order.number: order for order in self.orders} if replaced else {}
        for index, number in replaced:
            self.orders[index].replaced_by = by_number[number]

    @cached_property
    def fill_count(self) -> int:
        """How many fills there are, without making them."""
        return len(self._columns)

    @cached_property
    def positions(self) -> dict[str, Amount]:
        """What was held at the end, by symbol; negative if short."""
        run = self.finished
        return {symbol: run.prices[symbol].scale.quantity_decimal(units) for symbol, units in run.held.items() if units}

    @cached_property
    def _indicators(self) -> list[Any]:
        """The strategy's own, as they stood at each bar: what a chart draws."""
        return list(self._make_indicators())

    @cached_property
    def _levels(self) -> dict[str, list[OrderLevel]]:
        """Of each symbol, the prices at which orders waited."""
        return order_levels(self.finished)

    @cached_property
    def _splits(self) -> dict[str, list[tuple[int, Fraction]]]:
        """Of each symbol, the bars before which splits took effect, by index, and the ratio of each."""
        listings = [prices.listing for prices in self.finished.prices.values()]
        return {one.symbol: splits_at(one) for one in listings}

    @cached_property
    def trade_columns(self) -> TradeColumns:
        """The closed round trips as columns."""
        return self._trades.columns

    @cached_property
    def trade_bars(self) -> Sequence[tuple[int, int]]:
        """Of each closed round trip, the bars of its symbol in which it was entered and left, by index."""
        return [self._trades.bars(index) for index in range(len(self._trades))]

    @cached_property
    def title(self) -> str:
        """The strategy's name, its symbols and their timeframe."""
        symbols = ", ".join(self.bars)
        if len(self.bars) > SYMBOLS_NAMED:
            symbols = f"{len(self.bars)} symbols"
        timeframe = next(iter(self.bars.values())).timeframe
        return f"{self.strategy} on {symbols} {timeframe}"

    @cached_property
    def trades(self) -> Table[Trade]:
        """Closed round trips, in order of exit."""
        return Table(self._trades, Trade)

    @cached_property
    def fills(self) -> Table[Fill]:
        """Executions, in order."""
        prices = self.finished.prices
        return Table([fill_of(row, prices[row.order.symbol]) for row in self.finished.fills], Fill)

    @cached_property
    def equity(self) -> Table[EquityRow]:
        """One row for each stamp of the run's bars."""
        curve = self.curve
        rows = zip(curve.timestamp.tolist(), curve.equity.tolist(), curve.cash.tolist(), strict=True)
        return Table([EquityRow(*row) for row in rows], EquityRow)

    @cached_property
    def cash_flows(self) -> Table[Flow]:
        """Dividends and the like; a split is one only where it paid out a fraction."""
        ticks = self.finished.ticks
        flows = [
            Flow(time=int(ticks[flow.tick]), symbol=flow.symbol, kind=flow.kind, amount=decimal_of(flow.amount, 8))
            for flow in self.finished.flows
            if flow.amount or flow.kind != "split"
        ]
        return Table(flows, Flow)
