"""What a run's strategy begins with: its setup, and the bars before its start."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from weaver.model.account.margin import AccountRules
from weaver.model.backtest.options import Options
from weaver.model.calendar.instants import instant_of
from weaver.model.errors import InputError
from weaver.model.market.corporate_actions import Split
from weaver.model.market.timeframe import Timeframe
from weaver.model.orders.venue import VENUES
from weaver.model.run import Run
from weaver.veda.exchange.market import InstrumentRules, LiveBar
from weaver.veda.feed.warmup import BarHistory, Warmup
from weaver.veda.inputs import ListedSymbol, RunSetup, SplitSeen
from weaver.veda.runs.recorded.codec import encode_setup
from weaver.veda.runs.recorded.warmup import encode_bars

DECIMALS_MAX = 18
"""Of an amount in a database."""
PRICE_DECIMALS = 16
"""Room for the prices of bars that nobody has seen yet: of 1e-8 with eight digits after slippage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A run that can begin."""

    setup: bytes
    """The recorded input number 0."""
    warmups: Mapping[str, bytes]
    """The bars before it, by digest."""
    forming: tuple[LiveBar, ...]
    """The minutes that have ended of bars that have not."""
    sources: Mapping[str, str]
    """By symbol, of which bars its warm-up is made."""


class Preparation:
    """Finds out what a run begins with. `history`: of its venue."""

    def __init__(self, history: BarHistory) -> None:
        self._history = history

    async def prepare(
        self,
        run: Run,
        rules: Mapping[str, InstrumentRules],
        *,
        timeframe: Timeframe,
        start: datetime,
        decimals: Mapping[str, int],
    ) -> Prepared:
        """`rules`: of its symbols. `decimals`: how many the prices of a symbol's bars have, where more is known than
        the warm-up shows. Raises InputError and Unavailable."""
        for symbol in run.symbols:
            if (count := rules[symbol].price_decimals or 0) > DECIMALS_MAX:
                raise InputError(f"{symbol}: its prices have {count} decimals, of which {DECIMALS_MAX} can be kept")
        options = Options.of_run(run)
        account = AccountRules.of(options)
        warmups = {
            symbol: await self._history.warm_up(rules[symbol].instrument, timeframe, start, options.warmup)
            for symbol in run.symbols
        }
        contents = {symbol: encode_bars(warmup.bars) for symbol, warmup in warmups.items()}
        listed = tuple(
            _listed(rules[symbol], warmups[symbol], sha256(contents[symbol]).hexdigest(), decimals.get(symbol, 0))
            for symbol in run.symbols
        )
        setup = RunSetup(
            run_id=run.id,
            strategy_id=run.strategy_id,
            source=run.strategy_source,
            parameters=dict(run.config),
            symbols=listed,
            timeframe=str(timeframe),
            start=instant_of(start),
            cash=account.cash,
            account=str(account.kind),
            leverage=account.leverage,
            shorting=account.shorting,
            maintenance=account.maintenance,
            venue=_rules_name(rules),
            seed=options.seed,
            weaver_version=run.weaver_version,
        )
        return Prepared(
            setup=encode_setup(setup),
            warmups={sha256(content).hexdigest(): content for content in contents.values()},
            forming=tuple(bar for warmup in warmups.values() for bar in warmup.forming),
            sources={symbol: warmup.source for symbol, warmup in warmups.items()},
        )


def timeframe_of(run: Run) -> Timeframe:
    """The run's; minutes where none is given. Raises InputError."""
    if run.timeframe is None:
        raise InputError("a paper or live run needs a timeframe, such as 1m, 5m, 1h or 1d")
    return Timeframe.parse(run.timeframe)


def _rules_name(rules: Mapping[str, InstrumentRules]) -> str:
    """The name of the rules that bind all of a run's orders; empty where they are several, or no venue's own."""
    names = {one.rules.name for one in rules.values()}
    return names.pop() if len(names) == 1 and names <= VENUES.keys() else ""


def _listed(rules: InstrumentRules, warmup: Warmup, digest: str, decimals: int) -> ListedSymbol:
    instrument = rules.instrument
    own = warmup.bars.price_decimals if len(warmup.bars) else 0
    splits = tuple(
        SplitSeen(
            symbol=instrument.symbol,
            numerator=action.ratio.as_integer_ratio()[0],
            denominator=action.ratio.as_integer_ratio()[1],
            ex_date=action.ex_date,
        )
        for action in warmup.actions
        if isinstance(action, Split)
    )
    return ListedSymbol(
        symbol=instrument.symbol,
        asset_class=str(instrument.asset_class),
        tick=instrument.tick,
        lot=instrument.lot,
        minimum=instrument.minimum,
        is_tick_given=instrument.tick_given,
        quote_currency=instrument.quote_currency,
        price_decimals=PRICE_DECIMALS if rules.price_decimals is None else rules.price_decimals,
        data_decimals=max(own, decimals),
        warmup=digest,
        splits=splits,
        calendar=instrument.calendar,
        multiplier=instrument.multiplier,
        margin=instrument.margin,
        maintenance_margin=instrument.maintenance_margin,
    )
