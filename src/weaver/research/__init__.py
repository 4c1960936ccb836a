"""The root for notebooks, scripts and the command line: fits marvin, greta and the bar store together."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weaver.greta.account import BacktestAccount
from weaver.greta.recorded_account import RecordedAccount
from weaver.greta.result import BacktestResult
from weaver.marvin.backtest_runtime import BacktestRuntime
from weaver.marvin.indicator_columns import IndicatorColumn, indicator_columns
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.marvin.plugins.loader import LoadedStrategy, from_class, is_file, load
from weaver.marvin.plugins.misspelt import misspelt_callbacks
from weaver.marvin.strategy import Strategy
from weaver.model.backtest.options import OPTIONS, Day, Options
from weaver.model.counted import counted
from weaver.model.errors import InputError
from weaver.model.numbers.money import Number
from weaver.research.benchmark import doubts_about
from weaver.research.inputs import load_bars, run_inputs
from weaver.research.record import record_of
from weaver.research.run import Plan, Ran, no_collection, plan
from weaver.research.within import doubts_within
from weaver.research.wording import in_python

if TYPE_CHECKING:
    from weaver.research.lookahead.check import Checked

__all__ = ["BacktestResult", "backtest", "load_bars"]

Progress = Callable[[str, float], None]


def backtest(
    strategy: str | type[Strategy] | LoadedStrategy,
    bars: Any = None,
    *,
    symbols: Iterable[str | None] | None = None,
    actions: Mapping[str, Any] | str | Path | None = None,
    timeframe: str | None = None,
    start: Day | None = None,
    end: Day | None = None,
    warmup: int | None = None,
    params: Mapping[str, Any] | None = None,
    cash: Number = 100_000,
    account: str = "cash",
    leverage: Number | None = None,
    shorting: bool = False,
    maintenance: Number | None = None,
    costs: str | Mapping[str, Any] | None = None,
    asset: str | None = None,
    tick: Number | Mapping[str, Number] | None = None,
    lot: Number | Mapping[str, Number] | None = None,
    multiplier: Number | Mapping[str, Number] | None = None,
    margin: Number | Mapping[str, Number] | None = None,
    calendar: Number | Mapping[str, Number] | None = None,
    benchmark: Any = None,
    tz: str | None = None,
    columns: Mapping[str, str] | str | None = None,
    date_order: str | None = None,
    decimal: str | None = None,
    empty_rows: str | None = None,
    price_scale: int | None = None,
    close_at_end: bool = False,
    lookahead_check: bool = True,
    seed: int = 0,
    venue: str | None = None,
    progress: Progress | None = None,
) -> BacktestResult:
    """Backtest a strategy and say whether to believe the result.

    Args:
        strategy: a class, an id (`sma-crossover`), or `path/to/file.py[:ClassName]`.
        bars: a frame, a `{symbol: frame}` mapping, a file, or `load_bars(…)`; None: `symbols` of the store.
        symbols: names for the bars, or whose rows of one file or frame are meant, or what to read from the store.
        timeframe: resample to this; default: the data's own.
        params: the strategy's parameters.
        start: bars before it are history for series, without callbacks. A date, or an ISO time (UTC).
        end: the last day or time, inclusive.
        warmup: how many bars of history; default: all there are.
        cash: starting cash.
        account: "cash", or "margin": positions may be worth more than the equity, and less than nothing.
        leverage: how many times the equity positions may be worth, on margin.
        shorting: whether positions may be short, on margin.
        maintenance: the share of the positions' value under which the equity must not fall, or all is sold.
        costs: a preset's name, a mapping of keys, or `{symbol: …, "*": …}`; default: the asset class's preset.
        asset: "stock", "crypto", "fx" or "future"; default: guessed from symbol and bars, and said.
        tick: prices of orders come in multiples of it. This and the next four: of all symbols, or a mapping by symbol;
            default: as stored, or the asset class's.
        lot: quantities come in multiples of it.
        multiplier: how many units a future's contract is of.
        margin: of a future's contract, in the currency of its prices: 13200, or "13200/12000".
        calendar: an exchange, as "XLON".
        benchmark: what alpha, beta and the report's curve compare with: a symbol of the run or the store, a file, a
            frame, bars, or `{name: frame}`; default: holding the run's symbols in equal parts.
        tz: the zone of naive times.
        columns: what columns are where their names do not say it, `{"close": "Kurs"}`; without a header by number.
        date_order: how 02/03/20 is read where the rows leave it open: "dmy", "mdy" or "ymd".
        decimal: what stands before the decimals of 1,234, "." or ",", where the numbers leave it open.
        empty_rows: rows without a price, "drop" (with a warning) or "refuse".
        price_scale: prices are written so many times as high (LEAN's of shares: 10000).
        actions: symbol → file, or list of `weaver.Split`, `Dividend` and `Delisting`; or one file of many symbols.
        close_at_end: close what is held at the last close.
        lookahead_check: repeat the run on cut bars afterwards, and warn where a decision changes.
        seed: of the strategy's `self.random`.
        venue: apply the order rules of this venue.
        progress: called with what is going on and how far it is (0 to 1).

    Raises InputError on what cannot be used, StrategyError where the strategy's own code fails.
    """
    given = locals()  # before any other name is bound: every option is a keyword of its name
    options = Options(**{name: given[name] for name in OPTIONS})
    try:
        inputs = run_inputs(bars, options)
        ready = plan(loaded(strategy), inputs, options)
    except InputError as error:
        raise error.reworded(in_python(str(error))) from error
    return run(ready, progress=progress or _silent)


def loaded(strategy: object) -> LoadedStrategy:
    """The strategy behind a class, an id or a file."""
    if isinstance(strategy, LoadedStrategy):
        return strategy
    if isinstance(strategy, (str, Path)):
        return load(str(strategy), Catalogue(*_strategy_folders(str(strategy))))
    if not (isinstance(strategy, type) and issubclass(strategy, Strategy)):
        raise InputError(f"a strategy is a class, an id or a file, not {strategy!r}")
    return from_class(strategy)


def _strategy_folders(reference: str) -> list[Path]:
    """Where an id is looked for; a file needs no settings, which take a tenth of a second to load."""
    if is_file(reference):
        return []
    from weaver.config import settings

    return [settings().strategies_folder]


def run(ready: Plan, *, progress: Progress) -> BacktestResult:
    """Run a plan, check it, and give the result."""
    result, _ = _result(ready, BacktestAccount, progress=progress)
    return result


def run_for_record(ready: Plan, *, progress: Progress) -> tuple[BacktestResult, BacktestRuntime]:
    """The same of a run that keeps what a record tells, and with it what stood behind the strategy."""
    return _result(ready, RecordedAccount, progress=progress)


def _result(
    ready: Plan, account: type[BacktestAccount], *, progress: Progress
) -> tuple[BacktestResult, BacktestRuntime]:
    check = _lookahead_check(ready) if ready.options.lookahead_check else None
    with no_collection():
        ran = ready.run(progress=lambda done: progress("Backtest", done), account=account)
        result = BacktestResult(
            ran.finished,
            strategy=ready.strategy.id,
            record=record_of(ready),
            indicators=partial(_indicators, ran),
            benchmark=ready.against,
        )
    result.warn(_about_strategy(ran.runtime))
    result.warn(doubts_within(ready.inputs, ready.listings, ready.start))
    if ready.against is not None:
        timeframe = next(iter(ready.listings.values())).bars.timeframe
        result.warn(doubts_about(ready.against, result.curve.session, timeframe))
    if check is not None:
        checked = check(ran, lambda done: progress("Look-ahead check", done))
        result.warn(checked.findings)
        result.lookahead = checked.text
    ran.runtime.unbind()
    return result, ran.runtime


def _indicators(ran: Ran) -> Iterable[IndicatorColumn]:
    """Of the run's own ticks; none where it ended before its first."""
    first, last = ran.finished.first, ran.finished.last
    return indicator_columns(ran.runtime, first=first, last=last) if last >= first else ()


def _about_strategy(runtime: BacktestRuntime) -> Iterable[tuple[str, str]]:
    """Methods that were meant to be called, a strategy that nothing calls, and quantities that no lot fits."""
    desk = runtime.desk
    for line in misspelt_callbacks(type(runtime.strategy)):
        yield "misspelt_callback", line
    if desk.cuts:
        what = f"{counted(desk.cuts, 'order was', 'orders were')} cut down to the lot"
        yield "cut_to_lot", f"{what} (the first: {desk.first_cut}): where fractions trade, say so with lot= (--lot)"
    if not runtime.acts:
        name = type(runtime.strategy).__name__
        yield (
            "no_callbacks",
            f"nothing ever calls {name}: define on_bar(self, bar), or give self.when a signal in on_start",
        )


def _lookahead_check(ready: Plan) -> "Callable[[Ran, Callable[[float], None]], Checked]":
    """The check of a run of the plan that is about to begin; its modules are loaded only where it is wanted."""
    from weaver.research.lookahead.check import check
    from weaver.research.lookahead.memory import Memory

    before = Memory(ready.strategy.cls)
    return lambda ran, progress: check(ready, ran, before, progress)


def _silent(what: str, done: float) -> None:
    del what, done
