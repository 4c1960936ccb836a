"""The equity of all runs of a mode over time, and that of the accounts that they trade in."""

from typing import Annotated

from fastapi import APIRouter
from fastapi import Query as Parameter

from weaver.glados.api.lists.paging import PAGE_SIZE_MAX
from weaver.glados.api.trading.accounts import maybe
from weaver.glados.api.trading.chosen import place_of
from weaver.glados.application import ServicesDep
from weaver.glados.live.figures.portfolio import Now, RunCurve, summed
from weaver.glados.ports import Query
from weaver.glados.schemas.trading.accounts import (
    AccountEquity,
    OwnerEquity,
    PortfolioEquityResponse,
    PortfolioPoint,
)
from weaver.glados.schemas.trading.orders import TradedMode
from weaver.glados.services import Services
from weaver.glados.stored.downsampling import POINTS_MIN
from weaver.model.calendar.instants import time_of
from weaver.model.numbers.money import plain
from weaver.model.run import Run, RunMode, RunStatus
from weaver.veda.accounts.trading_account import TradingAccount

POINTS, POINTS_MAX = 1_000, 10_000
BEGUN = tuple(str(one) for one in RunStatus if one is not RunStatus.PENDING)

router = APIRouter(tags=["trading"])


@router.get("/portfolio/equity")
async def get_portfolio_equity(
    services: ServicesDep,
    mode: Annotated[
        TradedMode, Parameter(description="Paper money, or real money: they are never added up.")
    ] = TradedMode.PAPER,
    points: Annotated[
        int, Parameter(ge=POINTS_MIN, le=POINTS_MAX, description="How many points at most; extremes are kept.")
    ] = POINTS,
) -> PortfolioEquityResponse:
    """The equity of all runs of a mode, summed over time, with how they stand now as the last point; and the accounts
    of that mode that are connected.

    `pnl` is what all runs have made that had begun by then. A run that has ended stays in it with what its fills left
    it with, its last holdings at the newest closes that its strategy was given. `allotted` is the cash of the runs that
    traded then: it comes with a run's start, and leaves with its end. `equity` is the sum of both. Orders by hand have
    no curve: see `accounts`. Replays are no part of it, as their time and their money are play; runs that were deleted
    are gone from it."""
    curves: list[RunCurve] = []
    for run in await _runs(services, str(mode)):
        curve = await services.portfolio.find(run, services.trading.name_of(run), lambda one: _standing(services, one))
        if curve is not None:
            curves.append(curve)
    accounts = [_equity(one) for one in services.trading.accounts.values() if one.mode.value == mode.value]
    return await services.threads.results.do(_response, curves, points, mode, accounts)


async def _runs(services: Services, mode: str) -> list[Run]:
    """The runs of a mode that have begun, but replays."""
    found: dict[str, Run] = {}
    number, is_more = 1, True
    while is_more:
        query = Query(
            filters={"mode": (mode,), "status": BEGUN}, sort="created_at", page=number, page_size=PAGE_SIZE_MAX
        )
        async with services.database.transaction() as transaction:
            page = await transaction.runs.list(query)
        found |= {run.id: run for run in page.items if not run.options.get("replay")}
        is_more, number = len(page.items) == PAGE_SIZE_MAX, number + 1
    return [*found.values()]


def _standing(services: Services, run: Run) -> Now | None:
    account = services.trading.accounts.get(services.trading.name_of(run))
    if account is None or run.id not in account.ledgers.runs:
        return None
    return Now(account.adapter.now(), account.ledgers.equity(run.id), account.ledgers.of(run.id))


def _response(
    curves: list[RunCurve], points: int, mode: TradedMode, accounts: list[AccountEquity]
) -> PortfolioEquityResponse:
    whole = summed(curves)
    shown = whole.thinned(points)
    return PortfolioEquityResponse(
        mode=RunMode(mode),
        items=[
            PortfolioPoint(
                timestamp=time_of(time), equity=plain(allotted + pnl), allotted=plain(allotted), pnl=plain(pnl)
            )
            for time, allotted, pnl in shown.rows()
        ],
        points=len(shown),
        total=len(whole),
        downsampled=len(shown) < len(whole),
        runs=len(curves),
        accounts=accounts,
    )


def _equity(account: TradingAccount) -> AccountEquity:
    shown = account.venue_account
    equity, last = (None, None) if shown is None else (shown.equity, shown.last_equity)
    return AccountEquity(
        **place_of(account),
        equity=maybe(equity),
        cash=None if shown is None else maybe(shown.cash),
        day_pnl=None if equity is None or last is None else plain(equity - last),
        owners=[_owner_equity(account, run_id) for run_id in (*account.ledgers.runs, None)],
    )


def _owner_equity(account: TradingAccount, run_id: str | None) -> OwnerEquity:
    ledger, equity = account.ledgers.of(run_id), account.ledgers.equity(run_id)
    return OwnerEquity(
        run_id=run_id,
        allotted=plain(ledger.allotted),
        cash=plain(ledger.settled_cash(account.ledgers.plain_prices)),
        equity=plain(equity),
        pnl=plain(equity - ledger.allotted),
    )
