"""What each account's runs made of a day, recorded soon after the day has ended at their market."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import structlog

from weaver.events.factory import EventFactory
from weaver.events.payloads import AccountDaySummarised, DayOfRun, HeldAtEnd
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.calendar.sessions import calendar_for
from weaver.model.errors import ReadOnly, Unavailable
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.timeframe import DAY
from weaver.model.run import Run, RunStatus
from weaver.veda.accounts.trading_account import TradingAccount
from weaver.veda.notifications.ports import FindRun
from weaver.veda.ports import TradingStore
from weaver.veda.positions.trades import trades_of

LOOK_SECONDS = 30.0
SETTLES = timedelta(minutes=5)
"""After a close fills and last prices still come."""
DAYS_BACK = 14
"""No market rests longer."""
RUNS_A_SUMMARY, POSITIONS_A_RUN = 50, 20
"""A payload has room for so many; more runs are in further events."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What is kept of an account: how it stood when its last days ended."""

    ends: Mapping[str, datetime] = field(default_factory=dict)
    """The newest end that was dealt with, by asset class."""
    equities: Mapping[str, Decimal] = field(default_factory=dict)
    """Of runs at those ends."""

    @classmethod
    def of_json(cls, kept: Mapping[str, Any] | None) -> "Noted":
        """From what `as_json` gave."""
        if kept is None:
            return cls()
        return cls(
            ends={name: datetime.fromisoformat(text) for name, text in kept["ends"].items()},
            equities={run_id: Decimal(text) for run_id, text in kept["equities"].items()},
        )

    def as_json(self) -> dict[str, Any]:
        """To be kept."""
        return {
            "ends": {name: end.isoformat() for name, end in self.ends.items()},
            "equities": {run_id: str(equity) for run_id, equity in self.equities.items()},
        }


def day_end(asset_class: AssetClass, now: datetime) -> datetime:
    """When the newest day ended that is over by now: the stock session's close, for crypto 00:00 UTC."""
    calendar, instant = calendar_for(asset_class), instant_of(now)
    days = np.arange(instant // DAY - DAYS_BACK, instant // DAY + 1, dtype=np.int32)
    closes = calendar.session_close(days[calendar.is_session(days)])
    return time_of(int(closes[closes <= instant][-1]))


class Days:
    """Looks at the accounts that are open, by the time of each venue. Replays have no days: their time is play."""

    def __init__(
        self,
        *,
        accounts: Callable[[], Mapping[str, TradingAccount]],
        store: TradingStore,
        find_run: FindRun,
        events: EventFactory,
        is_owner: Callable[[], bool],
        wait: Callable[[float], Awaitable[None]],
    ) -> None:
        self._accounts, self._store, self._find_run = accounts, store, find_run
        self._events, self._is_owner, self._wait = events, is_owner, wait

    async def run(self) -> None:
        """Without end."""
        while True:
            await self._wait(LOOK_SECONDS)
            for account in [*self._accounts().values()]:
                if account.adapter.is_replay or not self._is_owner():
                    continue
                try:
                    await self.look(account)
                except (ReadOnly, Unavailable) as error:
                    _log.warning("day_not_summarised", account=account.name, error=str(error))

    async def look(self, account: TradingAccount) -> None:
        """Record the days of an account that have ended since it was looked at last. Raises ReadOnly, Unavailable."""
        scope = f"days {account.name}"
        noted = Noted.of_json(await self._store.state(scope))
        for asset_class, runs in (await self._running(account)).items():
            end = day_end(asset_class, account.adapter.now() - SETTLES)
            since = noted.ends.get(str(asset_class))
            if since is not None and end <= since:
                continue
            equities = {run.id: account.ledgers.equity(run.id) for run in runs}
            days = [] if since is None else [await self._day(account, run, noted, since, end) for run in runs]
            kept = {run_id: one for run_id, one in noted.equities.items() if run_id in account.ledgers.runs}
            noted = Noted(ends={**noted.ends, str(asset_class): end}, equities={**kept, **equities})
            async with self._store.transaction() as transaction:
                await transaction.put_state(scope, noted.as_json())
                for begin in range(0, len(days), RUNS_A_SUMMARY):
                    some = days[begin : begin + RUNS_A_SUMMARY]
                    transaction.append(self._events.event(_summary(account, asset_class, since or end, end, some)))

    async def _running(self, account: TradingAccount) -> Mapping[AssetClass, Sequence[Run]]:
        """The runs that trade in an account, by the market that the first of their symbols is of."""
        found: dict[AssetClass, list[Run]] = {}
        for run_id in account.ledgers.runs:
            run = await self._find_run(run_id)
            if run is not None and run.status is RunStatus.RUNNING:
                found.setdefault(account.asset_class(run.symbols[0]), []).append(run)
        return found

    async def _day(self, account: TradingAccount, run: Run, noted: Noted, since: datetime, end: datetime) -> DayOfRun:
        ledger, equity = account.ledgers.of(run.id), account.ledgers.equity(run.id)
        trades = trades_of(ledger, (await self._store.of_run(run.id)).fills)
        held = [HeldAtEnd(symbol=symbol, quantity=quantity) for symbol, quantity in sorted(ledger.held.items())]
        return DayOfRun(
            run_id=run.id,
            name=run.name,
            equity=equity,
            pnl=equity - noted.equities.get(run.id, ledger.allotted),
            trades=sum(since < one.exit_time <= end for one in trades),
            positions=tuple(held[:POSITIONS_A_RUN]),
            positions_total=len(held),
        )


def _summary(
    account: TradingAccount, asset_class: AssetClass, since: datetime, ended: datetime, runs: Sequence[DayOfRun]
) -> AccountDaySummarised:
    shown = account.venue_account
    return AccountDaySummarised(
        account=account.name,
        mode=str(account.mode),
        asset_class=str(asset_class),
        since=since,
        ended=ended,
        equity=None if shown is None else shown.equity,
        pnl=sum((one.pnl for one in runs), Decimal(0)),
        runs=tuple(runs),
    )
