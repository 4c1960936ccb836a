"""One run's parts while it trades: its account, its feed, its strategy, and what stands between them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial

from weaver.events.payloads import RunCompleted
from weaver.glados.live.figures.given_bars import data_hash_of
from weaver.glados.live.halts import RunHalts
from weaver.glados.runs.runners import Outcome, RunContext
from weaver.model.account.margin import AccountRules
from weaver.model.backtest.options import Options
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.calendar.sessions import calendar_of
from weaver.model.errors import InputError
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import MINUTE, Timeframe
from weaver.model.numbers.money import plain
from weaver.model.orders.actions import FetchWindow, OrderTerms
from weaver.model.run import Run
from weaver.veda.accounts.guard import RunTerms
from weaver.veda.accounts.trading_account import TradingAccount
from weaver.veda.exchange.market import InstrumentRules, LiveBar
from weaver.veda.exchange.port import BarMessage
from weaver.veda.exchange.setup import Wall
from weaver.veda.feed.hub import PUBLISHED_SECONDS
from weaver.veda.feed.ports import BarStore
from weaver.veda.feed.ticks import TickBuilder
from weaver.veda.feed.warmup import Aside, BarHistory
from weaver.veda.feed.windows import answer
from weaver.veda.inputs import SplitSeen, Update, WindowBars, WindowFailed
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.orders.live_order import WaitsFor
from weaver.veda.ports import Deciders, RecordedTick, TradingStore
from weaver.veda.positions.trades import trades_of
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.runs.feed_ticks import SECOND, FeedTicks, at_once
from weaver.veda.runs.live_run import LiveRun
from weaver.veda.runs.missed_news import missed_news
from weaver.veda.runs.news import News
from weaver.veda.runs.preparing import Preparation, Prepared, timeframe_of
from weaver.veda.runs.recorded.codec import decode_setup
from weaver.veda.runs.translating import Translator
from weaver.veda.service import TradingService

READ_AT_ONCE = 2
"""Of so many runs what was recorded is read at a time: after a restart the first go on while others are read."""
BarsOf = Callable[[Mapping[str, InstrumentRules]], AsyncIterator[BarMessage]]


class LiveSessions:
    """Opens sessions, and closes them whatever happens."""

    def __init__(
        self,
        *,
        service: TradingService,
        store: TradingStore,
        deciders: Deciders,
        bars: BarStore,
        wall: Wall,
        aside: Aside,
    ) -> None:
        self._service, self._store, self._deciders = service, store, deciders
        self._bars, self._wall, self._aside = bars, wall, aside
        self._reading = asyncio.Semaphore(READ_AT_ONCE)

    def check(self, run: Run) -> None:
        """Raises NotFound and InputError where the run's venue is none, or lacks something."""
        self._service.check(run)

    async def put_down(self, run: Run, *, reason: str, flatten: bool) -> str:
        """A run is stopped whose account cannot be reached: have its orders cancelled, and (`flatten`) what it holds
        closed, when it can. Returns that in words. Raises Unavailable."""
        if self._service.is_of_run(run):  # which ends with it
            return reason
        await self._service.wind_up_later(run, reason=reason, flatten=flatten)
        then = "its orders are cancelled" + (", and what it holds is closed," if flatten else "")
        return f"{reason}; {self._service.name_of(run)} cannot be reached: {then} when it can be"

    async def outcome(self, session: "LiveSession") -> Outcome:
        """What a run has come to whose ticks are over. Raises Unavailable."""
        known = await self._store.of_run(session.run.id)
        digest = await data_hash_of(self._store, session.run.id, self._aside)
        return Outcome(completed=session.completed(known.fills), data_hash=digest, record=())

    @asynccontextmanager
    async def open(self, run: Run, context: RunContext) -> "AsyncIterator[LiveSession]":
        """A run's session, ready to begin or to resume. Raises InputError and Unavailable."""
        async with AsyncExitStack() as stack:
            account, bars_of = await self._account(run, stack)
            rules = await account.know(run.symbols)
            yield await self._made(run, context, account, rules, News(run.id), bars_of, stack)
            account.guard.dismiss(run.id)

    async def _account(self, run: Run, stack: AsyncExitStack) -> tuple[TradingAccount, BarsOf]:
        if self._service.is_of_run(run):
            account = await stack.enter_async_context(self._service.of_run(run))
            return account, lambda rules: account.adapter.live_bars(list(rules))
        found = await self._service.shared(str(run.venue), run.mode)

        def subscribed(rules: Mapping[str, InstrumentRules]) -> AsyncIterator[BarMessage]:
            classes = {symbol: one.instrument.asset_class for symbol, one in rules.items()}
            return stack.enter_context(found.hub.subscribe(classes)).messages()

        return found.account, subscribed

    async def _made(
        self,
        run: Run,
        context: RunContext,
        account: TradingAccount,
        rules: Mapping[str, InstrumentRules],
        news: News,
        bars_of: BarsOf,
        stack: AsyncExitStack,
    ) -> "LiveSession":
        timeframe, is_own = timeframe_of(run), self._service.is_of_run(run)
        history = BarHistory(self._bars, None if is_own else account.adapter, aside=self._aside)
        terms = AccountRules.of(Options.of_run(run))
        async with self._reading:
            recorded = [tick async for tick in self._store.ticks(run.id)]
        now = account.adapter.now()
        messages = bars_of(rules)  # from now on: what ended by now is history, and asked for
        if not is_own:
            self._deciders.get_ready()  # which takes a second
            await self._published(instant_of(now))
        start = time_of(decode_setup(recorded[0].inputs).start) if recorded else now
        after = instant_of(recorded[-1].time) if recorded else instant_of(start)
        prepared = None if recorded else await self._prepared(run, rules, history, start, is_own=is_own)
        await account.admit(run.id, terms.cash, _terms_of(run, account, rules, terms, is_own=is_own))
        instruments = {symbol: rules[symbol].instrument for symbol in run.symbols}
        missed = await history.catch_up(instruments, timeframe, after, now) if recorded and not is_own else None
        builder = _builder(instruments, timeframe, after=after, now=now, is_own=is_own)
        builder.begin(missed.forming if missed is not None else prepared.forming if prepared is not None else ())
        told = news.add if is_own else partial(_told, news, builder)
        await account.actions.follow(run.id, run.symbols, told, after=time_of(after))
        stack.callback(account.actions.unfollow, run.id)
        ticks = self._ticks(account, builder, messages, is_own=is_own)
        stack.push_async_callback(ticks.close)
        halts = RunHalts(partial(account.guard.halts_of_run, run.id), context)
        live = LiveRun(
            run.id,
            prepared=prepared,
            deciders=self._deciders,
            orders=account,
            store=self._store,
            ticks=ticks,
            windows=_Windows(history, instruments),
            translator=_translator(run.id, account, rules, instruments),
            news=news,
            wall=self._wall,
            now=account.adapter.now,
            start=instant_of(start),
            corr_id=context.corr_id,
            halted=context.halted,
            resumed=halts.resumed,
        )
        stack.push_async_callback(live.close)
        if missed is not None:
            live.miss(missed.missed)
        await self._listen(account, live, news, recorded, stack)
        account.guard.listen(halts.hear)
        stack.callback(account.guard.unlisten, halts.hear)
        return LiveSession(run=run, account=account, live=live, halts=halts, recorded=recorded)

    async def _published(self, now: int) -> None:
        """Let a minute that has just ended come to be in the venue's history."""
        left = PUBLISHED_SECONDS - now % MINUTE / SECOND
        if left > 0:
            await self._wall.sleep(left)

    async def _listen(
        self,
        account: TradingAccount,
        live: LiveRun,
        news: News,
        recorded: Sequence[RecordedTick],
        stack: AsyncExitStack,
    ) -> None:
        """Have the run told what it missed, and from there on what happens: nothing is committed between the two, so
        that each thing is told once."""
        books = account.trader.books
        async with books.change():
            if recorded:
                known = await self._store.of_run(live.run_id)
                live.orders = sum(order.number > 0 and order.group_id in (None, order.id) for order in known.orders)
                news.put_back(missed_news(known, account.ledgers.of(live.run_id), recorded))
            books.listen(news.hear)
        stack.callback(books.unlisten, news.hear)

    def _ticks(
        self,
        account: TradingAccount,
        builder: TickBuilder,
        messages: AsyncIterator[BarMessage],
        *,
        is_own: bool,
    ) -> FeedTicks:
        return FeedTicks(
            messages,
            builder,
            now=account.adapter.now,
            wall=self._wall,
            heard=_Pricing(account).heard,
            settled=account.trader.idle if is_own else at_once,
        )

    async def _prepared(
        self,
        run: Run,
        rules: Mapping[str, InstrumentRules],
        history: BarHistory,
        start: datetime,
        *,
        is_own: bool,
    ) -> Prepared:
        timeframe = timeframe_of(run)
        decimals = await self._decimals(run, timeframe, is_own)
        return await Preparation(history).prepare(run, rules, timeframe=timeframe, start=start, decimals=decimals)

    async def _decimals(self, run: Run, timeframe: Timeframe, is_own: bool) -> Mapping[str, int]:
        """Of a replay's bars all are known ahead, so that its ticks are a backtest's."""
        if not is_own:
            return {}
        found = {}
        for symbol in run.symbols:
            stored = await self._aside(partial(self._bars.read, symbol, timeframe))
            found[symbol] = stored.bars.price_decimals
        return found


def _builder(
    instruments: Mapping[str, Instrument], timeframe: Timeframe, *, after: int, now: datetime, is_own: bool
) -> TickBuilder:
    """A replay goes on where it stood, in bars of its own timeframe; a market is heard from now on, or from where the
    run stands, by a clock that is behind."""
    if is_own:
        return TickBuilder(instruments, timeframe, after=after, source=timeframe, waits=None)
    return TickBuilder(instruments, timeframe, after=max(after, instant_of(now)))


def _translator(
    run_id: str, account: TradingAccount, rules: Mapping[str, InstrumentRules], instruments: Mapping[str, Instrument]
) -> Translator:
    return Translator(
        run_id=run_id,
        account=account.name,
        rules=rules,
        calendars={symbol: calendar_of(one) for symbol, one in instruments.items()},
        size=_Sizes(run_id, account).of,
    )


def _told(news: News, builder: TickBuilder, update: Update) -> None:
    """A split puts the bars that are forming on its scale, too."""
    news.add(update)
    if isinstance(update, SplitSeen):
        builder.split(update.symbol, Fraction(update.numerator, update.denominator), update.ex_date)


def _terms_of(
    run: Run, account: TradingAccount, rules: Mapping[str, InstrumentRules], terms: AccountRules, *, is_own: bool
) -> RunTerms:
    return RunTerms(
        limits=RiskLimits.parse(run.risk, base=account.guard.limits),
        leverage=terms.leverage,
        may_short=terms.shorting,
        is_cut_by_venue=is_own,
        symbols=frozenset(run.symbols),
        classes=frozenset(one.instrument.asset_class for one in rules.values()),
    )


class LiveSession:
    """A run while it trades."""

    def __init__(
        self,
        *,
        run: Run,
        account: TradingAccount,
        live: LiveRun,
        halts: RunHalts,
        recorded: Sequence[RecordedTick],
    ) -> None:
        """recorded: its ticks, where it goes on from where it was left."""
        self.run, self.account, self.live, self.halts = run, account, live, halts
        self._recorded = recorded
        self.has_begun = bool(recorded)
        """Whether anything was recorded of it."""

    async def begin(self) -> None:
        """Have the strategy begin, or stand where it stood."""
        recorded, self._recorded = self._recorded, ()  # some megabytes, which nobody needs after that
        if recorded:
            await self.live.resume(recorded)
        else:
            await self.live.begin()
            self.has_begun = True

    async def cancel_all(self, reason: str, corr_id: str) -> None:
        """Cancel all its orders."""
        await self.account.cancel_all(self.run.id, reason, corr_id=corr_id)

    async def cancel_entries(self, reason: str, corr_id: str) -> None:
        """Cancel what would add to a position; what protects one stays."""
        await self.account.cancel_all(self.run.id, reason, only_entries=True, corr_id=corr_id)

    async def flatten(self, corr_id: str) -> None:
        """Cancel all its orders, and close what it holds."""
        await self.account.flatten(self.run.id, corr_id=corr_id)

    async def last_word(self) -> None:
        """Call on_stop, and keep what it logs."""
        await self.live.last_word()

    @property
    def is_settled(self) -> bool:
        """Whether its orders are over, and what is to be closed is; or they wait for their market to open."""
        working = [*self.account.trader.books.known.working(run_id=self.run.id)]
        is_waiting = all(order.waits_for is WaitsFor.OPEN for order in working)
        return is_waiting and (bool(working) or not self.account.winding_up.is_wanted(self.run.id))

    def left_over(self) -> str:
        """What still works for it, in words."""
        working = [*self.account.trader.books.known.working(run_id=self.run.id)]
        waiting = [order.symbol for order in working if order.waits_for is WaitsFor.OPEN]
        told = f"; {', '.join(waiting)} closed when the market opens" if waiting else ""
        if others := len(working) - len(waiting):
            told += f"; {others} orders are still being cancelled"
        if waiting or self.account.adapter.is_replay or not (held := self._held()):
            return told
        is_closed = self.account.winding_up.is_wanted(self.run.id)
        return f"{told}; {held} {'is still being closed' if is_closed else 'is still held, and nothing protects it'}"

    def _held(self) -> str:
        return ", ".join(
            f"{plain(quantity)} {symbol}" for symbol, quantity in self.account.closable(self.run.id).items()
        )

    def completed(self, fills: Sequence[LiveFill]) -> RunCompleted:
        """The event of its end. fills: all of it."""
        ledger = self.account.ledgers.of(self.run.id)
        equity, allotted = ledger.equity(self.account.ledgers.plain_prices), ledger.allotted
        return RunCompleted(
            run_id=self.run.id,
            final_equity=float(equity),
            total_return=float(equity / allotted - 1) if allotted else None,
            orders=self.live.orders,
            fills=ledger.fills,
            trades=len(trades_of(ledger, fills)),
        )


class _Windows:
    """Answers requests for history."""

    def __init__(self, history: BarHistory, instruments: Mapping[str, Instrument]) -> None:
        self._history, self._instruments = history, instruments

    async def answer(self, request: FetchWindow, asked: int) -> WindowBars | WindowFailed:
        """See `veda.runs.ports.WindowSource`."""
        return await answer(self._history, self._instruments[request.symbol], request, asked)


class _Pricing:
    """Takes an account's newest prices from bars."""

    def __init__(self, account: TradingAccount) -> None:
        self._account = account

    def heard(self, bar: LiveBar) -> None:
        """A bar has ended."""
        self._account.ledgers.price(bar.symbol, Decimal(repr(bar.close)), time_of(bar.end))


class _Sizes:
    """How much an order is for whose fill's price was to settle it: by the newest price, as no venue does so."""

    def __init__(self, run_id: str, account: TradingAccount) -> None:
        self._run_id, self._account = run_id, account

    def of(self, symbol: str, terms: OrderTerms) -> Decimal:
        """See `veda.runs.translating.Size`. Raises InputError while no price is known."""
        ledgers = self._account.ledgers
        known = ledgers.prices.get(symbol)
        if known is None:
            raise InputError(f"{symbol}: no price is known yet, so an order sized at its fill cannot be sized")
        wanted = terms.target_value
        if wanted is None:
            wanted = (terms.target_percent or Decimal(0)) * ledgers.equity(self._run_id)
        lot = self._account.lot(symbol)
        each = known.price * self._account.multiplier(symbol)
        missing = abs(wanted / each - ledgers.held(self._run_id, symbol))
        return missing // lot * lot
