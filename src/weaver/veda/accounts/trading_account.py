"""One account at a venue, traded: fitted together of its orders, its ledgers and its guard."""

from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import count
from types import TracebackType

from weaver.events.factory import EventFactory
from weaver.events.payloads import AccountReconciled, Difference, Payload, RiskUnprotected
from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.instants import instant_of
from weaver.model.calendar.sessions import calendar_for, calendar_of
from weaver.model.errors import Conflict, InputError, ReadOnly, Unavailable, WeaverError
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import guess_asset_class
from weaver.model.numbers.money import plain
from weaver.model.run import RunMode
from weaver.veda.accounts.carry import Carry
from weaver.veda.accounts.clock_watch import ClockWatch
from weaver.veda.accounts.coin_fees import CoinFees
from weaver.veda.accounts.corporate_actions import CorporateActions
from weaver.veda.accounts.guard import Guard, RunTerms
from weaver.veda.accounts.hours import MarketHours
from weaver.veda.accounts.ledgers import MANUAL, Ledgers
from weaver.veda.accounts.permits import Permits
from weaver.veda.accounts.winding_up import WindingUp
from weaver.veda.exchange.account import ActionHappened, CarryCharged, VenueAccount, VenuePosition
from weaver.veda.exchange.answers import Refused
from weaver.veda.exchange.market import HaltChanged, InstrumentRules
from weaver.veda.exchange.orders import VenueFill
from weaver.veda.exchange.port import ExchangeAdapter
from weaver.veda.exchange.setup import Wall
from weaver.veda.feed.corporate import CorporateWatch
from weaver.veda.orders.exit_prices import is_in_percent
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.orders.submission import Part, Submission, SubmissionState
from weaver.veda.ports import RecordedTick, TradingStore
from weaver.veda.positions.attribution import Attribution
from weaver.veda.positions.contract import contracts_of
from weaver.veda.risk.halts import HaltCause, HaltScope
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.risk.refusal import Refusal
from weaver.veda.risk.switch import KillSwitch, entries_among
from weaver.veda.trading.books.draft import Draft
from weaver.veda.trading.intents import Cancel, Intent
from weaver.veda.trading.requests import request_of
from weaver.veda.trading.trader import Trader

CLOCK_SECONDS, CLOCKS_A_LOOK = 30.0, 10
"""How often (wall) the venue is asked for its time; and every so many times, what it says of symbols."""
FRESH_SECONDS = 60.0
"""Of the venue's time: so old may be what it said of a symbol that somebody orders by hand."""
KILLED = "the kill switch was turned on"


class TradingAccount:
    """To be entered (`async with`): it connects its venue, reads what was kept, and works; leaving it closes the venue.

    Entering raises InputError and Unavailable, as `ExchangeAdapter.connect` does.
    """

    def __init__(
        self,
        name: str,
        *,
        adapter: ExchangeAdapter,
        store: TradingStore,
        events: EventFactory,
        wall: Wall,
        told: Callable[[str, Mapping[str, object]], None],
        limits: RiskLimits = RiskLimits(),  # noqa: B008 - a frozen value
    ) -> None:
        """name: `alpaca paper`; of a venue that is a run's own, with the run's id. limits: those that hold while nobody
        has set others."""
        self.name, self.adapter, self._store, self._told, self._wall = name, adapter, store, told, wall
        self.ledgers = Ledgers(name, store=store)
        self._rules: dict[str, InstrumentRules] = {}
        self._learned: dict[str, datetime] = {}
        """When, by symbol."""
        self.guard = Guard(
            name,
            ledgers=self.ledgers,
            store=store,
            limits=limits,
            rules=self._rules.get,
            venue_refusal=self.venue_refusal,
            is_settled=lambda: not self._unsettled(),
            account_equity=lambda: None if self.venue_account is None else self.venue_account.equity,
        )
        self._hours = MarketHours(self.calendar)
        self.trader = Trader(
            name,
            adapter=adapter,
            store=store,
            events=events,
            wall=wall,
            gate=self.guard.gate,
            cut=self.guard.cut,
            holdings=self.ledgers,
            hours=self._hours,
            told=told,
            reconciled=self._reconciled,
            happened=self._happened,
        )
        self.actions = CorporateActions(
            name, books=self.trader.books, ledgers=self.ledgers, store=store, wall=wall, rules=self._rules.get,
            caught_up=self._caught_up,
        )  # fmt: skip
        self._companies: CorporateWatch | None = None
        self._caught: datetime | None = None
        """Up to when it is in the books what orders did."""
        self._coin_fees = CoinFees(
            name, mode=adapter.mode, ledgers=self.ledgers, store=store, enter=self.actions.enter,
            class_of=self.asset_class,
        )  # fmt: skip
        self._carry = Carry(
            name, mode=adapter.mode, books=self.trader.books, ledgers=self.ledgers, store=store,
            enter=self.actions.enter,
        )  # fmt: skip
        self.trader.books.listen(self.ledgers.hear)
        self.winding_up = WindingUp(
            name, adapter=adapter, trader=self.trader, ledgers=self.ledgers, store=store, wall=wall,
            new_id=events.new_id, closable=self.closable, closes_all=self._closes_all,
        )  # fmt: skip
        self.permits = Permits(name, guard=self.guard, store=store)
        self.clock = ClockWatch(name, guard=self.guard, told=told)
        self.venue_account: VenueAccount | None = None
        self.attributions: tuple[Attribution, ...] = ()
        """As of the newest reconciliation."""
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "TradingAccount":
        try:
            self._stack.push_async_callback(self.adapter.close)
            self.venue_account = await self.adapter.connect()
            await self.ledgers.read()
            await self._coin_fees.read(self.adapter.now())
            await self.guard.read(self.adapter.now())
            await self.actions.read()
            await self._carry.read()
            await self._carry.catch_up(self.adapter)
            await self.permits.read()
            await self._ask_companies()
            self.guard.looked()  # limits are shares of the equity from the first order on
            await self._stack.enter_async_context(self.trader)
            await self._stack.enter_async_context(self.winding_up)
            async with self.trader.books.change() as draft:
                self.permits.see_account(draft, self.venue_account)
            await self.look_at_clock()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def mode(self) -> RunMode:
        """Paper or live."""
        return self.adapter.mode

    def asset_class(self, symbol: str) -> AssetClass:
        """What a symbol is, as the venue says; by its spelling where it was not asked."""
        known = self._rules.get(symbol)
        return guess_asset_class(symbol) if known is None else known.instrument.asset_class

    def calendar(self, symbol: str) -> Calendar:
        """A symbol's trading hours, as the venue says; its asset class's where it was not asked."""
        known = self._rules.get(symbol)
        return calendar_for(guess_asset_class(symbol)) if known is None else calendar_of(known.instrument)

    def lot(self, symbol: str) -> Decimal:
        """The step of what strategies order of a symbol, as the venue says."""
        return self._rules[symbol].instrument.lot

    def multiplier(self, symbol: str) -> Decimal:
        """What a unit of a symbol is worth at a price of 1, as the venue says; 1 where it was not asked."""
        known = self._rules.get(symbol)
        return Decimal(1) if known is None else known.instrument.multiplier

    def closable(self, run_id: str | None) -> Mapping[str, Decimal]:
        """What an owner holds by symbol, without what others have closed, and what is less than can be ordered (as far
        as the venue was asked about the symbol)."""
        there = self.ledgers.there(run_id)
        return {symbol: quantity for symbol, quantity in there.items() if not self._is_dust(symbol, quantity)}

    def _is_dust(self, symbol: str, quantity: Decimal) -> bool:
        return symbol in self._rules and abs(quantity) < self._rules[symbol].step

    async def know(self, symbols: Collection[str]) -> Mapping[str, InstrumentRules]:
        """What is traded under some symbols, as the venue said within the last minute, or says now; flags that forbid
        it halt them. Raises InputError for one that the venue does not know, and Unavailable."""
        found = {symbol: self._rules[symbol] for symbol in symbols if self._is_fresh(symbol)}
        if asked := [symbol for symbol in symbols if symbol not in found]:
            found |= await self._learn(asked)
        if missing := [symbol for symbol in symbols if symbol not in found]:
            raise InputError(f"{self.name} knows no {', '.join(missing)}: check how the venue spells it")
        return {symbol: found[symbol] for symbol in symbols}

    async def rules_of(self, symbol: str) -> InstrumentRules:
        """The same of one symbol."""
        return (await self.know([symbol]))[symbol]

    def _is_fresh(self, symbol: str) -> bool:
        at = self._learned.get(symbol)
        return at is not None and (self.adapter.now() - at).total_seconds() < FRESH_SECONDS

    async def _learn(self, symbols: Collection[str]) -> Mapping[str, InstrumentRules]:
        found = await self.trader.know(symbols)
        self._rules |= found
        self._learned |= dict.fromkeys(found, self.adapter.now())
        async with self.trader.books.change() as draft:
            for symbol in symbols:
                if symbol in self._rules:
                    self.permits.see_symbol(draft, symbol, found.get(symbol))
        return found

    # Runs

    async def admit(self, run_id: str, cash: Decimal, terms: RunTerms) -> None:
        """A run begins here, or goes on, with cash allotted to it and the limits that it was given last. Raises
        InputError where the venue's account has less, and Unavailable."""
        terms = await self.guard.kept_terms(run_id, terms)
        async with self.trader.books.change() as draft:
            if run_id not in self.ledgers.runs:
                self._check_cash(cash)
                instruments = {
                    symbol: self._rules[symbol].instrument for symbol in terms.symbols if symbol in self._rules
                }
                self.ledgers.open(draft, run_id, cash, contracts_of(instruments))
        self.guard.admit(run_id, terms)

    def _check_cash(self, cash: Decimal) -> None:
        has = None if self.venue_account is None else self.venue_account.cash
        if has is not None and cash > has:
            raise InputError(
                f"the run is to begin with {plain(cash)}, and {self.name} has {plain(has)} in cash: allot less (cash)"
            )

    async def disown(self, run_id: str) -> None:
        """A run that is over is to be deleted: what it holds by its ledger is nobody's. Raises Unavailable."""
        async with self.trader.books.change() as draft:
            self.ledgers.disown(draft, run_id)
            draft.then(lambda: self.guard.forget(lambda: self.ledgers.drop(run_id)))

    async def carry_out(
        self,
        intents: Sequence[Intent],
        *,
        corr_id: str | None = None,
        tick: RecordedTick | None = None,
        says: Sequence[Payload] = (),
        blobs: Sequence[bytes] = (),
    ) -> Mapping[str, Refusal]:
        """See `Trader.carry_out`. Equity is marked to market first: what it has lost by now counts for these orders."""
        return await self.trader.carry_out(
            intents, corr_id=corr_id, tick=tick, says=says, blobs=blobs, first=self.guard.mark
        )

    async def cancel_all(self, run_id: str, reason: str, *, only_entries: bool = False, corr_id: str) -> None:
        """Cancel a run's working orders; `only_entries`: what protects a position stays."""
        working = [*self.trader.books.known.working(run_id=run_id)]
        chosen = entries_among(working) if only_entries else working
        exits = {one.symbol: one for one in chosen if one.reduces and one.waits_for is not WaitsFor.ENTRY}
        cancels = [Cancel(order_id=one.id, reason=reason) for one in chosen]
        await self.trader.carry_out(cancels, corr_id=corr_id, says=self._laid_open(run_id, exits, reason))

    def _laid_open(self, run_id: str, exits: Mapping[str, LiveOrder], reason: str) -> Sequence[Payload]:
        """That what a run holds is protected no more, as its exits are cancelled."""
        return [
            RiskUnprotected(
                run_id=run_id,
                symbol=symbol,
                quantity=Decimal(plain(quantity)),
                reason=f"its exits are cancelled, and it stays: {reason}",
                order_id=exits[symbol].group_id,
                account=self.name,
            )
            for symbol, quantity in self.ledgers.there(run_id).items()
            if symbol in exits
        ]

    async def flatten(self, run_id: str | None, *, corr_id: str, says: Sequence[Payload] = ()) -> None:
        """Cancel all of an owner's orders, and close what it holds, as its markets open."""
        await self.winding_up.flatten(run_id, corr_id=corr_id, says=says)

    def _closes_all(self) -> bool:
        return (switch := self.guard.switch) is not None and switch.flatten

    # The kill switch

    def steps_of(
        self, switch: KillSwitch, *, corr_id: str
    ) -> Iterator[tuple[str, Callable[[], Coroutine[None, None, None]]]]:
        """What a switch that is on has done, by what it is: entries are cancelled, and (`flatten`) positions closed.
        Each can be done again."""
        yield "cancelling entries", partial(self._cancel_entries, corr_id)
        if switch.flatten:
            for run_id in (*self.ledgers.runs, None):
                yield f"flattening {run_id or MANUAL}", partial(self.flatten, run_id, corr_id=corr_id)

    async def _cancel_entries(self, corr_id: str) -> None:
        entries = entries_among([*self.trader.books.known.working()])
        await self.trader.carry_out([Cancel(order_id=one.id, reason=KILLED) for one in entries], corr_id=corr_id)

    # What companies do, and what holding costs

    async def _happened(self, message: ActionHappened | CarryCharged) -> None:
        if isinstance(message, CarryCharged):
            await self._carry.charged(message)
        else:
            await self.actions.happened(message)

    async def watch_companies(self) -> None:
        """Ask the venue for splits and dividends, and work each in when it is due; without end."""
        assert self._companies is not None, "the account was not entered"
        await self._companies.run(
            lambda: self.actions.symbols, on_due=self.actions.due, on_failure=self._companies_not_known
        )

    async def _ask_companies(self) -> None:
        """What was due while nobody was there is to be known before anything is worth what the venue says now."""
        if self.adapter.is_replay:
            return
        since = self.actions.watched_since or self.adapter.now()
        self._companies = CorporateWatch(self.adapter, self._wall, after=instant_of(since))
        try:
            await self._companies.look(self.actions.watched)
        except WeaverError as error:
            self._companies_not_known(str(error))

    def _companies_not_known(self, error: str) -> None:
        self._told("actions_not_known", {"account": self.name, "error": error})

    def _unsettled(self) -> frozenset[str]:
        """The symbols of which something is due and not in the books yet: holdings and prices may be of two scales."""
        companies = self._companies
        return frozenset() if companies is None else companies.unsettled(instant_of(self.adapter.now()))

    def _is_open(self, symbol: str) -> bool:
        return self._hours.opens_at(symbol, self.adapter.now()) is None

    async def _caught_up(self, at: datetime) -> None:
        """Have in the books what orders did before an instant, others' among them. Raises Unavailable."""
        if self._caught is not None and self._caught >= at:
            return
        began = self.adapter.now()
        await self.trader.looks.catch_up()
        found = self.trader.reconciler
        if self.ledgers.effects is not None:
            async with self.trader.books.change() as draft:
                others = [fill for fill in found.others if fill.time < at]
                self.ledgers.hear_others(draft, others, found.own, splits=self.actions.splits)
        self._caught = began

    # Looks at the venue

    def _reconciled(self, draft: Draft, others: Sequence[VenueFill], *, is_quiet: bool) -> bool:
        """The venue was looked at: share its positions out, and halt symbols of which a difference stays. Between a
        split and its booking venue and books are of two scales, and nothing is compared."""
        found = self.trader.reconciler
        self.venue_account = found.account or self.venue_account
        if found.account is not None:
            self.permits.see_account(draft, found.account)
        unsettled = self._unsettled()
        self.actions.check(draft, self.guard, self._is_open, unsettled=unsettled)
        if unsettled:
            return False
        positions = found.positions or ()
        for position in positions:
            if position.price is not None:
                self.ledgers.mark(position.symbol, position.price, draft.now)
        if self.ledgers.effects is None:
            if self._is_untouched() or (is_quiet and not self._in_flight()):  # else ours may be taken for held before
                self.ledgers.look_first(draft, positions, others, at=found.positions_at)
                self._coin_fees.begin(draft, found.fees or ())
        else:
            self.ledgers.hear_others(draft, others, found.own, splits=self.actions.splits)
            if is_quiet and found.fees is not None:
                self._coin_fees.hear(draft, found.fees)
        if is_quiet:
            self.guard.looked()
        self.guard.mark(draft)
        if is_quiet:
            self._compare(draft, positions)
        return True

    def _compare(self, draft: Draft, positions: Sequence[VenuePosition]) -> None:
        before, in_flight = self.attributions, self._in_flight()
        shown = self._shared_out(positions, draft)
        self._coin_fees.look(draft, shown, doubted=self.ledgers.looks.doubted, in_flight=in_flight)
        self.attributions = self._shared_out(positions, draft)
        looked = self.ledgers.looks.looked(self.attributions, in_flight=in_flight)
        self.ledgers.looks = looked.looks
        if looked.halt or looked.lift:
            draft.put_state(f"looks {self.name}", self.ledgers.looks.as_json())
        for symbol in sorted(looked.halt):
            self.guard.halt(draft, HaltScope.SYMBOL, symbol, HaltCause.POSITION, self._difference(symbol))
        for symbol in sorted(looked.lift):
            self.guard.lift(draft, HaltScope.SYMBOL, symbol, HaltCause.POSITION)
        if before != self.attributions or looked.halt or looked.lift:
            draft.say(
                AccountReconciled(
                    venue=self.name,
                    mode=self.mode,
                    differences=tuple(
                        Difference(symbol=one.symbol, name=part.kind, quantity=part.quantity, reason=part.note)
                        for one in self.attributions
                        for part in one.parts
                    ),
                    halted=tuple(sorted(self.ledgers.looks.halted)),
                )
            )

    @property
    def halted_symbols(self) -> frozenset[str]:
        """Those of which nothing explains a difference."""
        return frozenset(self.ledgers.looks.halted)

    def _shared_out(self, positions: Collection[VenuePosition], draft: Draft | None = None) -> tuple[Attribution, ...]:
        steps = {symbol: rules.step for symbol, rules in self._rules.items()}
        return self.ledgers.attributed(positions, lots=steps, draft=draft)

    async def look(self) -> None:
        """Compare all that is at the venue with the books, now; and ask for its time, and what the symbols are that
        runs trade. Raises Unavailable."""
        await self.look_at_clock()
        await self.look_at_market()
        await self.trader.looks.look()

    async def look_at_clock(self) -> None:
        """Ask for the venue's time. Where no answer comes, what is known stays. Raises Unavailable and ReadOnly where
        the database does not answer."""
        try:
            clock = await self.adapter.clock()
        except Unavailable as error:
            self._told("clock_not_known", {"account": self.name, "error": str(error)})
            return
        async with self.trader.books.change() as draft:
            self.clock.see(draft, clock)

    async def look_at_market(self) -> None:
        """Ask what the symbols are that runs trade: what forbids trading them now halts them; and those of exits whose
        prices are to be found out. Raises Unavailable."""
        traded = {symbol for terms in self.guard.runs.values() for symbol in terms.symbols}
        to_price = {order.symbol for order in self.trader.books.known.working() if is_in_percent(order)}
        if symbols := sorted(traded | to_price):
            await self._learn(symbols)

    async def watch_venue(self) -> None:
        """Ask for its time every half minute, and for the symbols that runs trade every five minutes; until another
        server has taken over: a venue may have but one connection of a kind for an account, which that one needs."""
        for looks in count(1):
            await self._wall.sleep(CLOCK_SECONDS)
            try:
                await self._store.check_owner()
                await self.look_at_clock()
                if looks % CLOCKS_A_LOOK == 0:
                    await self.look_at_market()
            except ReadOnly as error:
                self._told("venue_left", {"account": self.name, "reason": str(error)})
                await self.adapter.close()
                return
            except WeaverError as error:
                self._told("venue_not_looked_at", {"account": self.name, "error": str(error)})

    async def halt_changed(self, change: HaltChanged) -> None:
        """Trading of a symbol was halted, or goes on."""
        if (rules := self._rules.get(change.symbol)) is not None:
            async with self.trader.books.change() as draft:
                self.permits.see_halt(draft, change, rules)

    async def look_if_changed(self) -> None:
        """Look at the venue where orders have changed since that was done. Raises Unavailable."""
        if self.trader.looks.looked_version != self.trader.books.version and not self.adapter.is_replay:
            await self.trader.looks.look()

    async def shares(self) -> tuple[Mapping[str, VenuePosition], tuple[Attribution, ...]]:
        """What the venue showed last, by symbol, shared out as the books are now. A replay shows it as it is now."""
        shown = await self.adapter.positions() if self.adapter.is_replay else self.trader.reconciler.positions or ()
        return {one.symbol: one for one in shown}, self._shared_out(shown)

    def _is_untouched(self) -> bool:
        """Whether all that the account holds was there before Weaver: of such a list nothing of ours can be missing."""
        return self.ledgers.is_untouched and not [*self.trader.books.known.open_submissions()]

    def _in_flight(self) -> set[str]:
        """Symbols of orders that may be at the venue, and of which nobody knows."""
        open_ = self.trader.books.known.open_submissions()
        return {one.symbol for one in open_ if one.state is SubmissionState.SENDING and not one.is_leg}

    def _difference(self, symbol: str) -> str:
        one = next(one for one in self.attributions if one.symbol == symbol)
        return (
            f"{symbol}: the venue holds {plain(one.venue)}, and Weaver knows of {plain(one.explained)}: "
            f"{plain(one.unexplained)} that nothing explains"
        )

    async def accept_account(self, *, corr_id: str) -> None:
        """A person says that the account which is there now is the one that is meant."""
        if self.venue_account is None:
            raise Conflict(f"{self.name} is not connected")
        async with self.trader.books.change(corr_id=corr_id) as draft:
            self.permits.accept(draft, self.venue_account)
            self.permits.see_account(draft, self.venue_account)

    def venue_refusal(self, order: LiveOrder, legs: Sequence[LiveOrder]) -> Refused | None:
        """What the venue would not take, as far as its rules tell."""
        exits = [order, *legs] if order.group_id == order.id else list(legs)
        sent = Submission(
            id=order.id, order_id=order.id, account=self.name, part=Part.WHOLE, symbol=order.symbol,
            quantity=order.remaining,
        )  # fmt: skip
        return self.adapter.refusal(request_of(sent, order, exits, features=self.adapter.features))
