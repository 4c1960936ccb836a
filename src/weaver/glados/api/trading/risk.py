"""Limits, halts and the kill switch."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter

from weaver.events.event import Event
from weaver.events.filter import EventFilter
from weaver.glados.api.runs.lookup import traded_run
from weaver.glados.api.trading.accounts import maybe
from weaver.glados.api.trading.chosen import checked
from weaver.glados.application import ServicesDep
from weaver.glados.http.correlation import CorrelationId
from weaver.glados.http.errors import responses
from weaver.glados.schemas.trading.risk import (
    AccountRisk,
    ChangeRiskRequest,
    HaltResponse,
    KillRequest,
    KillSwitchResponse,
    LimitResponse,
    RefusalResponse,
    ReleaseRequest,
    RiskResponse,
    RunRisk,
)
from weaver.glados.services import Services
from weaver.model.errors import Conflict, NotFound
from weaver.model.numbers.money import plain
from weaver.model.run import Run, RunMode
from weaver.veda.accounts.trading_account import TradingAccount
from weaver.veda.risk.limits import limits_schema
from weaver.veda.risk.switch import EVERYWHERE, KillSwitch

REFUSALS_MAX = 100
BY = "a person"

router = APIRouter(tags=["risk"])


@router.get("/risk")
async def get_risk(services: ServicesDep) -> RiskResponse:
    """Limits and how far they are used, halts, the kill switch, and what was refused."""
    switches = await services.trading.switches.all()
    accounts = [await _account(services, name, switches) for name in await services.trading.known()]
    return RiskResponse(
        fields=[LimitResponse.model_validate(one) for one in limits_schema()],
        kill_switch=KillSwitchResponse.of(switches.get(EVERYWHERE) or KillSwitch(scope=EVERYWHERE), None),
        accounts=accounts,
        refusals=[_refusal(event) for event in await _refusals(services)],
    )


@router.put("/risk", responses=responses(400, 404, 409))
async def change_risk(body: ChangeRiskRequest, services: ServicesDep, corr_id: CorrelationId) -> AccountRisk:
    """Change an account's limits, or those of a running run, which hold from the next order on, over restarts too; end
    halts. The answer is the account, with its runs. 409 where the run does not trade."""
    trading = services.trading
    if body.run_id is not None:
        name = await trading.set_run_limits(await _traded(services, body.run_id), body.limits, corr_id=corr_id)
        return await _account(services, name, await trading.switches.all())
    assert body.account is not None
    name = checked(services, body.account)
    if body.limits:
        await trading.set_limits(name, body.limits, corr_id=corr_id)
    if body.release or body.accept_account:
        account = await trading.of_order(name)
        for one in body.release:
            if not any((halt.scope, halt.name) == (one.scope, one.name) for halt in account.guard.halts.items):
                raise NotFound(f"{name} has no halt of {one.scope} {one.name}: GET /api/v1/risk lists them")
            async with account.trader.books.change(corr_id=corr_id) as draft:
                account.guard.release(draft, one.scope, one.name)
        if body.accept_account:
            await account.accept_account(corr_id=corr_id)
    return await _account(services, name, await trading.switches.all())


@router.post("/risk/kill-switch", responses=responses(400, 409))
async def turn_kill_switch_on(body: KillRequest, services: ServicesDep, corr_id: CorrelationId) -> KillSwitchResponse:
    """Cancel all entries and send none until it is released, over restarts too; with `flatten` close positions. Orders
    that only reduce a position are sent all the while."""
    before = await _switch(services, body.account)
    switch = before.on(reason=body.reason, by=BY, at=services.now(), flatten=body.flatten)
    await services.trading.switches.turn(switch, corr_id=corr_id)
    return KillSwitchResponse.of(switch, body.account)


@router.delete("/risk/kill-switch", responses=responses(400, 409))
async def release_kill_switch(
    services: ServicesDep, corr_id: CorrelationId, body: ReleaseRequest | None = None
) -> KillSwitchResponse:
    """Release the switch."""
    asked = body or ReleaseRequest(account=None, reason="")
    before = await _switch(services, asked.account)
    switch = before.off(reason=asked.reason, by=BY, at=services.now())
    await services.trading.switches.turn(switch, corr_id=corr_id)
    return KillSwitchResponse.of(switch, asked.account)


async def _traded(services: Services, run_id: str) -> Run:
    """A run on paper or live. Raises NotFound and Conflict."""
    run = await traded_run(services, run_id)
    if run is None:
        raise Conflict(f"run {run_id} is a backtest: no limits bind it")
    return run


async def _switch(services: Services, account: str | None) -> KillSwitch:
    scope = EVERYWHERE if account is None else checked(services, account)
    return await services.trading.switches.find(scope)


async def _account(services: Services, name: str, switches: Mapping[str, KillSwitch]) -> AccountRisk:
    account, own = services.trading.accounts.get(name), switches.get(name)
    limits, halts = await services.trading.limits(name), await services.trading.halts(name)
    venue, _, mode = name.rpartition(" ")
    return AccountRisk(
        account=name,
        venue=venue if account is None else account.adapter.name,
        mode=RunMode(mode) if account is None else account.mode,
        is_open=account is not None,
        equity=None if account is None else plain(account.guard.equity()),
        limits=limits.as_json(),
        use={} if account is None else _use(account, None),
        halts=[HaltResponse.of(halt) for halt in halts.items],
        kill_switch=None if own is None else KillSwitchResponse.of(own, name),
        runs=[] if account is None else [_run(account, run_id) for run_id in account.guard.runs],
    )


def _run(account: TradingAccount, run_id: str) -> RunRisk:
    return RunRisk(
        run_id=run_id,
        equity=plain(account.ledgers.equity(run_id)),
        limits=account.guard.runs[run_id].limits.as_json(),
        use=_use(account, run_id),
    )


def _use(account: TradingAccount, run_id: str | None) -> dict[str, str | None]:
    working = [*account.trader.books.known.working()]
    return {name: maybe(value) for name, value in account.guard.use(run_id, working, account.adapter.now()).items()}


async def _refusals(services: Services) -> Sequence[Event]:
    """The newest, newest first."""
    wanted = EventFilter(types=("risk.Refused", "risk.LimitBreached"))
    count = await services.log.count(wanted)
    found = await services.log.read(wanted, limit=REFUSALS_MAX, skip=max(count - REFUSALS_MAX, 0))
    return found[::-1]


def _refusal(event: Event) -> RefusalResponse:
    return RefusalResponse(
        seq=event.seq, type=event.type, time=event.ts, run_id=event.run_id, payload=dict(event.payload)
    )
