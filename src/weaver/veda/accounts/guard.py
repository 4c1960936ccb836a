"""What an account's orders may do: limits of its own and of each run, halts, and the kill switch."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from weaver.events.payloads import RiskLimitBreached, RiskRefused
from weaver.model.errors import Conflict
from weaver.model.market.asset_class import AssetClass
from weaver.model.numbers.money import plain
from weaver.veda.accounts.ledgers import Ledgers
from weaver.veda.exchange.answers import Refused
from weaver.veda.exchange.market import InstrumentRules
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.ports import TradingStore
from weaver.veda.risk.exposure import past_zero
from weaver.veda.risk.gate import MINUTE, refusal
from weaver.veda.risk.halts import Halt, HaltCause, Halts, HaltScope
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.risk.refusal import Refusal
from weaver.veda.risk.switch import EVERYWHERE, KillSwitch, switch_over
from weaver.veda.risk.use import used
from weaver.veda.risk.view import Multipliers, RiskView, Standing
from weaver.veda.risk.watch import EquityWatch, session_date
from weaver.veda.trading.books.draft import Draft

Placed = tuple[datetime, str | None]
"""When an order was placed, and of which run."""
PLACED_MAX = 10_000
"""So many instants of orders are remembered for their rate; what is older than a minute is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTerms:
    """What a run may do."""

    limits: RiskLimits
    leverage: Decimal
    may_short: bool
    """Whether its sales may take what it holds below zero."""
    symbols: frozenset[str]
    classes: frozenset[AssetClass]
    is_cut_by_venue: bool = False
    """See `Standing`."""


class Guard:
    """Asked before every order, and told of every mark to market; its state survives restarts."""

    def __init__(
        self,
        account: str,
        *,
        ledgers: Ledgers,
        store: TradingStore,
        limits: RiskLimits,
        rules: Callable[[str], InstrumentRules | None],
        venue_refusal: Callable[[LiveOrder, Sequence[LiveOrder]], Refused | None],
        account_equity: Callable[[], Decimal | None],
        is_settled: Callable[[], bool] = lambda: True,
    ) -> None:
        """rules: of a symbol, as the venue said last. venue_refusal: what the venue would not take. account_equity: as
        the venue showed it last. is_settled: whether holdings and prices are of one scale, as they are not between a
        split and its booking."""
        self._is_settled = is_settled
        self.account, self._ledgers, self._store = account, ledgers, store
        self._rules, self._venue_refusal, self._account_equity = rules, venue_refusal, account_equity
        self.limits = limits
        """The account's; the default of its runs'."""
        self.halts = self._kept_halts = Halts()
        self.switches: dict[str, KillSwitch] = {}
        self._runs: dict[str, RunTerms] = {}
        self._watches: dict[str, EquityWatch] = {}
        self._rest: Decimal | None = None
        """What the account's equity is but for what runs and manual orders have earned; None before the first look."""
        self._listeners: list[Callable[[], None]] = []
        self._placed: dict[str, Placed] = {}
        """When orders of the last minute were, and of which run, by order."""
        self._drafted: tuple[Draft, dict[str, Placed]] | None = None
        """The same of a draft that is not committed yet."""

    async def read(self, now: datetime) -> None:
        """Read what was kept; now: the venue's time. Raises Unavailable."""
        sent = await self._store.sent_since(self.account, now - MINUTE)
        self._placed = {order.id: (order.placed_at, order.run_id) for order in sent[-PLACED_MAX:]}
        if (limits := await self._store.state(f"limits {self.account}")) is not None:
            self.limits = RiskLimits.parse(limits)
        if (halts := await self._store.state(f"halts {self.account}")) is not None:
            self.halts = self._kept_halts = Halts.of_json(halts["halts"])
        self.switches = {
            scope: KillSwitch.of_json(state)
            for scope in (EVERYWHERE, self.account)
            if (state := await self._store.state(f"switch {scope}")) is not None
        }
        watches = await self._store.states(f"watch {self.account} ")
        self._watches = {state["of"]: EquityWatch.of_json(state["watch"]) for state in watches.values()}

    def admit(self, run_id: str, terms: RunTerms) -> None:
        """A run trades here."""
        self._runs[run_id] = terms

    def dismiss(self, run_id: str) -> None:
        """It does no more; its working exits go on."""
        self._runs.pop(run_id, None)

    @property
    def switch(self) -> KillSwitch | None:
        """The one that is on."""
        return switch_over(self.switches, self.account)

    @property
    def runs(self) -> Mapping[str, RunTerms]:
        """What those may do that trade here now."""
        return self._runs

    def use(self, run_id: str | None, working: Sequence[LiveOrder], now: datetime) -> Mapping[str, Decimal | None]:
        """How far a run (None: the account) has used its limits, by their names."""
        placed = [*self._placed.values()]
        if run_id is None:
            standing = self._whole(working, placed)
        else:
            standing = self._standing_of_run(run_id, self._runs[run_id], working, placed)
        watch = self._watches.get(self.account if run_id is None else run_id)
        prices = self._ledgers.plain_prices
        each = self._multipliers(prices)
        worth = {symbol: price * each.get(symbol, Decimal(1)) for symbol, price in prices.items()}
        return used(standing, watch, worth, now)

    def _multipliers(self, symbols: Collection[str]) -> Multipliers:
        found = {
            symbol: rules.instrument.multiplier for symbol in symbols if (rules := self._rules(symbol)) is not None
        }
        return {symbol: one for symbol, one in found.items() if one != 1}

    # The gate

    def gate(self, draft: Draft, order: LiveOrder, legs: Sequence[LiveOrder], _reducible: Decimal) -> Refusal | None:
        """Why an order is not to be sent; None: nothing forbids it. A refusal stands in the log."""
        told = refusal(order, legs, self._view(draft, order, legs))
        if told is None:
            self._count(draft, order)
        else:
            draft.say(self._refused(order, told))
        return told

    def _count(self, draft: Draft, order: LiveOrder) -> None:
        """An order counts for those after it, of the same draft too; one that was looked at before, only once."""
        if self._drafted is None or self._drafted[0] is not draft:
            self._drafted = draft, {}
            draft.then(lambda: self._keep_placed(draft.now))
        self._drafted[1].setdefault(order.id, self._placed.get(order.id, (draft.now, order.run_id)))

    def _keep_placed(self, now: datetime) -> None:
        if self._drafted is not None:
            self._placed |= self._drafted[1]
            self._drafted = None
        recent = [(id_, one) for id_, one in self._placed.items() if now - one[0] < MINUTE]
        self._placed = dict(recent[-PLACED_MAX:])

    def _placed_before(self, draft: Draft, order: LiveOrder) -> Sequence[Placed]:
        """When others were."""
        drafted = self._drafted[1] if self._drafted is not None and self._drafted[0] is draft else {}
        return [one for id_, one in {**self._placed, **drafted}.items() if id_ != order.id]

    def cut(self, draft: Draft, order: LiveOrder, legs: Sequence[LiveOrder]) -> LiveOrder:
        """A run's order that may be for less, a target within what it may sell or an oco within what it can exit;
        where that is nothing it stays as it is, and is refused."""
        if order.run_id is None or not (order.may_be_cut or order.reduces):
            return order
        own = self._standing_of_run(order.run_id, self._runs.get(order.run_id), self._others(draft, order, legs), ())
        beyond, rules = past_zero(order, own), self._rules(order.symbol)
        if not beyond or rules is None:
            return order
        lot = rules.instrument.lot
        left = (order.remaining - beyond) // lot * lot
        return replace(order, quantity=order.filled + left) if left > 0 else order

    def _others(self, draft: Draft, order: LiveOrder, legs: Sequence[LiveOrder]) -> tuple[LiveOrder, ...]:
        """The orders that work beside one, its legs, and what it takes the place of."""
        own = {order.id, order.replaces, *(leg.id for leg in legs)}
        return tuple(one for one in draft.working() if one.id not in own)

    def _refused(self, order: LiveOrder, told: Refusal) -> RiskRefused:
        return RiskRefused(
            run_id=order.run_id,
            order_id=order.id,
            rule=told.rule,
            limit=told.limit,
            value=told.value,
            reason=told.message,
            account=self.account,
            symbol=order.symbol,
        )

    def _view(self, draft: Draft, order: LiveOrder, legs: Sequence[LiveOrder]) -> RiskView:
        working = self._others(draft, order, legs)
        terms, placed = self._runs.get(order.run_id or ""), self._placed_before(draft, order)
        return RiskView(
            now=draft.now,
            account=self.account,
            run=None if order.run_id is None else self._standing_of_run(order.run_id, terms, working, placed),
            by_hand=self._standing_of_run(None, None, working, placed) if order.run_id is None else None,
            whole=self._whole(working, placed),
            run_symbols=frozenset() if terms is None else terms.symbols,
            prices=self._ledgers.prices,
            multipliers=self._multipliers({*self._ledgers.prices, order.symbol}),
            switch=self.switch,
            halts=self.halts,
            rules=self._rules(order.symbol),
            venue_refusal=self._venue_refusal(order, legs),
            opposite=tuple(
                one
                for one in working
                if one.symbol == order.symbol and one.side is not order.side and one.run_id != order.run_id
            ),
        )

    def _whole(self, working: Sequence[LiveOrder], placed: Sequence[Placed]) -> Standing:
        return Standing(
            limits=self.limits,
            equity=self.equity(),
            leverage=max((one.leverage for one in self._runs.values()), default=Decimal(1)),
            held=self._ledgers.all_held(),
            working=tuple(working),
            placed=tuple(at for at, _ in placed),
        )

    def _standing_of_run(
        self, run_id: str | None, terms: RunTerms | None, working: Sequence[LiveOrder], placed: Sequence[Placed]
    ) -> Standing:
        return Standing(
            limits=self.limits if terms is None else terms.limits,
            equity=self._ledgers.equity(run_id),
            leverage=Decimal(1) if terms is None else terms.leverage,
            held=self._ledgers.of(run_id).held,
            working=tuple(one for one in working if one.run_id == run_id),
            placed=tuple(at for at, of in placed if of == run_id),
            may_short=terms is not None and terms.may_short,
            is_cut_by_venue=terms is not None and terms.is_cut_by_venue,
        )

    def equity(self) -> Decimal:
        """The venue's at the last look, and what has come of ours since; before a first look, as it showed it last."""
        if self._rest is None:
            shown = self._account_equity()
            return self._earned() if shown is None else shown
        return self._earned() + self._rest

    def _earned(self) -> Decimal:
        """By the runs and the manual orders; what is allotted to a run is the account's all the while."""
        owners = (*self._ledgers.runs, None)
        return sum((self._ledgers.equity(one) - self._ledgers.of(one).allotted for one in owners), Decimal(0))

    def looked(self) -> None:
        """The venue was looked at: what its equity is beyond ours is not ours."""
        shown = self._account_equity()
        self._rest = Decimal(0) if shown is None else shown - self._earned()

    def forget(self, drop: Callable[[], None]) -> None:
        """An owner is dropped from the ledgers: what it has earned stays in the account's equity."""
        before = self._earned()
        drop()
        if self._rest is not None:
            self._rest += before - self._earned()

    # Marks

    def mark(self, draft: Draft) -> None:
        """Compare equity with what it was, for each run and for the account; what is lost halts it, and is told."""
        if not self._is_settled():
            return
        for run_id, terms in self._runs.items():
            self._look(draft, run_id, HaltScope.RUN, self._ledgers.equity(run_id), terms.limits, terms.classes)
        classes = {one for terms in self._runs.values() for one in terms.classes}
        self._look(draft, self.account, HaltScope.ACCOUNT, self.equity(), self.limits, classes)

    def _look(
        self,
        draft: Draft,
        name: str,
        scope: HaltScope,
        equity: Decimal,
        limits: RiskLimits,
        classes: Collection[AssetClass],
    ) -> None:
        before = self._watches.get(name) or EquityWatch()
        seen = before.seen(equity, session_date(classes, draft.now), limits)
        if seen.watch != before:
            self._keep_watch(draft, name, seen.watch)
        for breach in seen.breaches:
            limit, value = plain(breach.limit), plain(breach.value)
            self.halt(draft, scope, name, breach.cause, breach.reason, limit=limit, value=value)
        for cause in seen.lifted:
            self.lift(draft, scope, name, cause)

    def _keep_watch(self, draft: Draft, name: str, watch: EquityWatch) -> None:
        draft.put_state(f"watch {self.account} {name}", {"of": name, "watch": watch.as_json()})
        draft.then(lambda: self._watches.__setitem__(name, watch))

    # Halts, limits, the switch

    def halt(
        self,
        draft: Draft,
        scope: HaltScope,
        name: str,
        cause: HaltCause,
        reason: str,
        *,
        limit: str = "",
        value: str = "",
    ) -> None:
        """Stop something from adding risk, and tell of it unless it stands already for that reason. limit, value: what
        was compared."""
        standing = self._kept_halts.find(scope, name, cause)
        if standing is not None and standing.reason == reason and self.halts.find(scope, name, cause) is not None:
            return
        draft.say(
            RiskLimitBreached(
                run_id=name if scope is HaltScope.RUN else None,
                rule=cause,
                limit=limit,
                value=value,
                reason=reason,
                account=self.account,
                symbol=name if scope is HaltScope.SYMBOL else None,
            )
        )
        halt = Halt(scope=scope, name=name, cause=cause, reason=reason, since=draft.now)
        self._keep_halts(draft, self.halts.with_(halt))

    def lift(self, draft: Draft, scope: HaltScope, name: str, cause: HaltCause) -> None:
        """Let it go on."""
        if any(halts.find(scope, name, cause) is not None for halts in (self.halts, self._kept_halts)):
            self._keep_halts(draft, self.halts.without(scope, name, cause))

    def release(self, draft: Draft, scope: HaltScope, name: str) -> None:
        """A person lets it go on, whatever the cause: what was lost so far counts no more."""
        watch = before = self._watches.get(name) or EquityWatch()
        for cause in sorted(before.breached):
            watch = watch.released(cause)
        if watch != before:
            self._keep_watch(draft, name, watch)
        self._keep_halts(draft, self.halts.without(scope, name))

    def halts_of_run(self, run_id: str) -> Sequence[Halt]:
        """Its own, and those of the account."""
        mine = {(HaltScope.RUN, run_id), (HaltScope.ACCOUNT, self.account)}
        return [one for one in self.halts.items if (one.scope, one.name) in mine]

    def listen(self, heard: Callable[[], None]) -> None:
        """Have somebody told that halts have changed; it must not wait."""
        self._listeners.append(heard)

    def unlisten(self, heard: Callable[[], None]) -> None:
        """Tell somebody no more."""
        self._listeners.remove(heard)

    def set_limits(self, draft: Draft, given: Mapping[str, Any]) -> None:
        """Change the account's limits. Raises InputError."""
        limits = RiskLimits.parse(given, base=self.limits)
        draft.put_state(f"limits {self.account}", limits.as_json())
        draft.then(lambda: setattr(self, "limits", limits))

    def set_run_limits(self, draft: Draft, run_id: str, given: Mapping[str, Any]) -> None:
        """Change the limits of a run that trades here, for as long as there is one. Raises InputError and Conflict."""
        if (terms := self._runs.get(run_id)) is None:
            raise Conflict(
                f"run {run_id} does not trade in {self.account} now: its limits can be changed while it does"
            )
        limits = RiskLimits.parse(given, base=terms.limits)
        draft.put_state(self._limits_of(run_id), limits.as_json())
        draft.then(lambda: self.admit(run_id, replace(terms, limits=limits)))

    async def kept_terms(self, run_id: str, terms: RunTerms) -> RunTerms:
        """What a run may do, with the limits that somebody has set since it began. Raises Unavailable."""
        kept = await self._store.state(self._limits_of(run_id))
        return terms if kept is None else replace(terms, limits=RiskLimits.parse(kept))

    def _limits_of(self, run_id: str) -> str:
        """Where a run's limits are kept: gone with it."""
        return f"run_limits {self.account} {run_id}"

    def _keep_halts(self, draft: Draft, halts: Halts) -> None:
        draft.put_state(f"halts {self.account}", {"halts": halts.as_json()})
        draft.then(lambda: setattr(self, "_kept_halts", halts))
        self.halts = halts  # at once, whether or not it can be committed
        for heard in self._listeners:
            heard()
