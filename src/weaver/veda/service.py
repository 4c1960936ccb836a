"""All accounts that are traded: opened when somebody needs them, and where the server left orders behind."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import count
from types import TracebackType
from typing import Any, Protocol

import structlog

from weaver.events.factory import EventFactory
from weaver.events.payloads import DataFeedRestored, DataFeedStale
from weaver.model.errors import Conflict, InputError, NotFound, ReadOnly, Unavailable, WeaverError
from weaver.model.run import Run, RunMode
from weaver.veda.accounts.ledgers import Ledgers
from weaver.veda.accounts.trading_account import TradingAccount
from weaver.veda.accounts.winding_up import as_json, scope_of
from weaver.veda.adapters.catalogue import AdapterEntry
from weaver.veda.adapters.simulated.memory import Memory
from weaver.veda.exchange.market import FeedStale, HaltChanged
from weaver.veda.exchange.port import ExchangeAdapter
from weaver.veda.exchange.setup import Wall
from weaver.veda.feed.hub import Change, Hub
from weaver.veda.ports import TradingStore
from weaver.veda.risk.halts import Halts
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.switches import Switches
from weaver.veda.trading.chores import Chores
from weaver.veda.venue_memory import VenueMemory

TRADED = (RunMode.PAPER, RunMode.LIVE)
OPEN_AGAIN_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Between tries, while a venue or the database is away."""
_log = structlog.get_logger(__name__)


class Venues(Protocol):
    """Where adapters come from."""

    def shared(self, venue: str, mode: RunMode) -> ExchangeAdapter:
        """The adapter of an account that many runs trade in, not connected. Raises NotFound and InputError."""
        ...

    def of_run(self, run: Run, memory: Memory) -> ExchangeAdapter:
        """The adapter of a venue that is one run's own, not connected, with what it was asked for before. Raises
        InputError."""
        ...

    def is_of_run(self, venue: str) -> bool:
        """Whether each run has a venue of its own by that name."""
        ...

    def check(self, run: Run) -> None:
        """Raises NotFound and InputError where a run's venue is none, or what it needs is not set."""
        ...

    def replayed(self, run: Run) -> tuple[datetime, datetime | None]:
        """Of a run that has a venue of its own: from which stamp to which, or (None) the last, it replays. Raises
        InputError."""
        ...

    def offered(self) -> "Sequence[Offered]":
        """All venues that there are, those that cannot be used among them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A venue that there is."""

    entry: AdapterEntry
    settings: Mapping[str, bool]
    """The environment variables that it is handed, and whether each is set."""


class OpenAccount:
    """A shared account with its stream of bars."""

    def __init__(self, account: TradingAccount, hub: Hub) -> None:
        self.account, self.hub = account, hub


class TradingService:
    """To be entered before anything is asked of it; leaving it closes every account."""

    def __init__(
        self, *, venues: Venues, store: TradingStore, events: EventFactory, wall: Wall, is_owner: Callable[[], bool]
    ) -> None:
        """is_owner: whether this server may write: one that may not leaves venues to the one that does."""
        self._venues, self._store, self._events, self._wall = venues, store, events, wall
        self._is_owner = is_owner
        self._open: dict[str, OpenAccount] = {}
        self._own: dict[str, TradingAccount] = {}
        self._opening: dict[str, asyncio.Lock] = {}
        self.problems: dict[str, str] = {}
        """By account, why it could not be opened."""
        self._stack, self._chores = AsyncExitStack(), Chores(wall, lambda: None)
        self.switches = Switches(
            store=store, events=events, wall=wall, accounts=lambda: self.accounts, begin=self._begin, is_owner=is_owner
        )
        """The kill switches, of accounts that are not open too."""

    async def __aenter__(self) -> "TradingService":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._chores.__aexit__(None, None, None)  # they use the accounts
        await self._stack.aclose()

    # Accounts

    @property
    def accounts(self) -> Mapping[str, TradingAccount]:
        """Those that are open, by name."""
        return {**{name: one.account for name, one in self._open.items()}, **self._own}

    def account(self, name: str) -> TradingAccount:
        """One that is open. Raises NotFound."""
        found = self.accounts.get(name)
        if found is None:
            raise NotFound(f"no account {name!r} is open; open are {', '.join(self.accounts) or 'none'}")
        return found

    async def shared(self, venue: str, mode: RunMode) -> OpenAccount:
        """The account of a venue in a mode, opened if it is not. Raises NotFound, InputError and Unavailable, and
        ReadOnly where another server trades: two would share what the venue answers a minute, and its streams."""
        name = account_name(venue, mode)
        async with self._opening.setdefault(name, asyncio.Lock()):
            found = self._open.get(name)
            if found is None:
                if not self._is_owner():
                    raise ReadOnly(
                        f"{name} is connected by the server that owns the database: ask that one, or stop it"
                    )
                try:
                    found = await self._opened(name, self._venues.shared(venue, mode))
                except WeaverError as error:
                    self.problems[name] = str(error)
                    raise
                self.problems.pop(name, None)
            return found

    async def of_order(self, name: str) -> TradingAccount:
        """The account of that name, which an order is in: opened if it is not. Raises Conflict where it was a run's own
        that is over, and as `shared` does."""
        if (found := self.accounts.get(name)) is not None:
            return found
        venue, _, mode = name.rpartition(" ")
        if mode not in TRADED:
            raise Conflict(f"{name} is closed: the run that traded there is over")
        return (await self.shared(venue, RunMode(mode))).account

    async def _opened(self, name: str, adapter: ExchangeAdapter) -> OpenAccount:
        account = self._made(name, adapter, RiskLimits())
        await self._stack.enter_async_context(account)
        await self.switches.tell(account)
        changes = count()
        hub = Hub(
            adapter,
            self._wall,
            told=lambda change: self._begin(
                f"feed {name} {next(changes)}", partial(self._feed_changed, account, change)
            ),
        )
        self._begin(f"hub {name}", hub.run)
        self._begin(f"companies {name}", account.watch_companies)
        self._begin(f"venue {name}", account.watch_venue)
        found = self._open[name] = OpenAccount(account, hub)
        return found

    @asynccontextmanager
    async def of_run(self, run: Run) -> AsyncIterator[TradingAccount]:
        """The account that is a run's own, while the block lasts."""
        name = self.name_of(run)
        account = self._made(name, self._venues.of_run(run, VenueMemory(self._store, run.id)), RiskLimits.none())
        async with account:
            self._own[name] = account
            try:
                await self.switches.tell(account)
                yield account
            finally:
                del self._own[name]

    def check(self, run: Run) -> None:
        """Raises NotFound and InputError where a run's venue is none, or what it needs is not set."""
        self._venues.check(run)

    def check_settings(self, run: Run) -> None:
        """Raises InputError where its venue is not set up for the run's mode: no keys, or live without its switch.
        Nothing is sent."""
        if not self.is_of_run(run):
            self._venues.shared(str(run.venue), run.mode).check_settings()

    def is_of_run(self, run: Run) -> bool:
        """Whether a run has a venue of its own."""
        return self.has_own(run.venue or "")

    def has_own(self, venue: str) -> bool:
        """Whether each run has a venue of its own by that name."""
        return self._venues.is_of_run(venue)

    def replayed(self, run: Run) -> tuple[datetime, datetime | None] | None:
        """Which stored bars a run replays: from a stamp, to another or (None) the last; None: none. Raises
        InputError."""
        return self._venues.replayed(run) if self.is_of_run(run) else None

    def name_of(self, run: Run) -> str:
        """What the account that a run trades in is called."""
        return account_of(run, is_own=self.is_of_run(run))

    def _begin(self, name: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        self._chores.begin(name, work)

    def _made(self, name: str, adapter: ExchangeAdapter, limits: RiskLimits) -> TradingAccount:
        return TradingAccount(
            name,
            adapter=adapter,
            store=self._store,
            events=self._events,
            wall=self._wall,
            told=_told,
            limits=limits,
        )

    def offered(self) -> Sequence[Offered]:
        """All venues that there are, those that cannot be used among them."""
        return self._venues.offered()

    def check_venue(self, venue: str) -> None:
        """Raises NotFound where there is no venue of that name, with those that there are."""
        names = [*dict.fromkeys(one.entry.id for one in self.offered())]
        if venue not in names:
            raise NotFound(f"there is no venue {venue!r}: there is {', '.join(names) or 'none'}")

    def hub(self, name: str) -> Hub | None:
        """The stream of bars of a shared account that is open."""
        found = self._open.get(name)
        return None if found is None else found.hub

    async def ledgers(self, name: str) -> Ledgers:
        """Of an account, whether or not it is open. Raises Unavailable."""
        if (account := self.accounts.get(name)) is not None:
            return account.ledgers
        found = Ledgers(name, store=self._store)
        await found.read()
        return found

    # Limits

    async def known(self) -> Sequence[str]:
        """The names of all shared accounts that were ever open, or have limits or a kill switch of their own. Raises
        Unavailable."""
        kept = [
            scope.removeprefix(prefix)
            for prefix in ("account ", "limits ", "switch ")
            for scope in await self._store.states(prefix)
        ]
        shared = [name for name in kept if name.rpartition(" ")[2] in TRADED]
        return [*dict.fromkeys([*self.accounts, *sorted(shared)])]

    async def limits(self, name: str) -> RiskLimits:
        """An account's, whether or not it is open. Raises Unavailable."""
        if (account := self.accounts.get(name)) is not None:
            return account.guard.limits
        return RiskLimits.parse(await self._store.state(f"limits {name}"))

    async def halts(self, name: str) -> Halts:
        """An account's, whether or not it is open. Raises Unavailable."""
        if (account := self.accounts.get(name)) is not None:
            return account.guard.halts
        kept = await self._store.state(f"halts {name}")
        return Halts() if kept is None else Halts.of_json(kept["halts"])

    async def set_limits(self, name: str, given: Mapping[str, Any], *, corr_id: str) -> None:
        """Change an account's limits, whether or not it is open. Raises InputError and Unavailable."""
        if (account := self.accounts.get(name)) is not None:
            async with account.trader.books.change(corr_id=corr_id) as draft:
                account.guard.set_limits(draft, given)
            return
        limits = RiskLimits.parse(given, base=await self.limits(name))
        async with self._store.transaction() as transaction:
            await transaction.put_state(f"limits {name}", limits.as_json())

    async def set_run_limits(self, run: Run, given: Mapping[str, Any], *, corr_id: str) -> str:
        """Change the limits of a run while it trades; returns the name of its account. Raises InputError, Conflict and
        Unavailable."""
        account = self.accounts.get(name := self.name_of(run))
        if account is None:
            raise Conflict(f"run {run.id} is {run.status}: its limits can be changed while it trades")
        async with account.trader.books.change(corr_id=corr_id) as draft:
            account.guard.set_run_limits(draft, run.id, given)
        return name

    # At the start

    async def open_left_behind(self) -> None:
        """Open the shared accounts that have orders which are not over, or what is to be closed, in the background,
        until each is there."""
        for scope in await self._store.states("account "):
            name = scope.removeprefix("account ")
            venue, _, mode = name.rpartition(" ")
            if mode not in TRADED:
                continue
            if await self._has_something_left(name):
                self._begin(f"open {name}", partial(self._open_again, venue, RunMode(mode)))

    async def _has_something_left(self, name: str) -> bool:
        if (await self._store.working(name)).orders:
            return True
        return any(not state["is_over"] for state in (await self._store.states(scope_of(name))).values())

    async def wind_up_later(self, run: Run, *, reason: str, flatten: bool) -> None:
        """Have a run's orders cancelled, and (`flatten`) what it holds closed, as soon as its account can be opened,
        over restarts too. Raises Unavailable."""
        scope = scope_of(self.name_of(run), run.id)
        async with self._store.transaction() as transaction:
            await transaction.put_state(scope, as_json(run.id, reason=reason, flatten=flatten))
        self._begin(f"wind up {run.id}", partial(self._wind_up, str(run.venue), run.mode))

    async def _wind_up(self, venue: str, mode: RunMode) -> None:
        await self._open_again(venue, mode)
        if (found := self._open.get(account_name(venue, mode))) is not None:
            await found.account.winding_up.pick_up()  # it may have been open already, or have been opened meanwhile

    async def _open_again(self, venue: str, mode: RunMode) -> None:
        tries = 0
        while True:
            try:
                await self.shared(venue, mode)
            except Unavailable as error:
                _log.warning("account_not_opened", account=account_name(venue, mode), error=str(error))
            except (InputError, Conflict) as error:
                _log.error("account_cannot_be_opened", account=account_name(venue, mode), error=str(error))
                return
            else:
                return
            await self._wall.sleep(OPEN_AGAIN_SECONDS[min(tries, len(OPEN_AGAIN_SECONDS) - 1)])
            tries += 1

    async def _feed_changed(self, account: TradingAccount, change: Change) -> None:
        """Have it in the log that a feed of an account is down, or there again; and the account know what is halted."""
        if isinstance(change, HaltChanged):
            await account.halt_changed(change)
            return
        async with account.trader.books.change() as draft:
            if isinstance(change, FeedStale):
                draft.say(
                    DataFeedStale(
                        venue=account.name, symbols=(), since=change.since, reason=change.reason, mode=account.mode
                    )
                )
            elif change.is_complete:
                draft.say(DataFeedRestored(venue=account.name, symbols=(), mode=account.mode))


def account_name(venue: str, mode: RunMode) -> str:
    """What an account is called."""
    return f"{venue} {mode}"


def account_of(run: Run, *, is_own: bool) -> str:
    """What the account that a run trades in is called; is_own: no other run trades in it."""
    shared = account_name(str(run.venue), run.mode)
    return f"{shared} {run.id}" if is_own else shared


def _told(what: str, facts: Mapping[str, object]) -> None:
    _log.warning(what, **facts)
