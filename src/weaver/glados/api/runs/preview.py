"""What would come of a run: checked as its creation checks it, and nothing kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from fastapi import APIRouter

from weaver.glados.application import ServicesDep
from weaver.glados.http.correlation import CorrelationId
from weaver.glados.http.errors import responses
from weaver.glados.live.dry_run.account import Stored
from weaver.glados.live.dry_run.gate import Gate
from weaver.glados.ports import BacktestJob, BrokenBacktest
from weaver.glados.schemas.runs.preview import PreviewedOrder, RunPreviewResponse, StoredHistory
from weaver.glados.schemas.runs.runs import CreateRunRequest, RunResponse
from weaver.glados.schemas.trading.risk import HaltResponse, KillSwitchResponse
from weaver.glados.services import Services
from weaver.model.account.margin import AccountRules
from weaver.model.backtest.options import OPTIONS, Options
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.errors import InputError, NotFound, WeaverError
from weaver.model.market.corporate_actions import Split
from weaver.model.market.timeframe import Timeframe
from weaver.model.run import Run, RunMode
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.risk.switch import switch_over
from weaver.walle.bars.store import ParquetBarStore

ORDERS_MAX = 20
_YEAR = timedelta(days=365)

router = APIRouter(prefix="/runs", tags=["runs"])


@router.post("/preview", responses=responses(400, 409))
async def preview_run(body: CreateRunRequest, services: ServicesDep, corr_id: CorrelationId) -> RunPreviewResponse:
    """What would be written of a paper or live run, its limits, the history there is, and its first orders with what
    the gate would say to them: those of a backtest on the bars that it would replay, or on the last stored year.
    Nothing is sent, and nothing kept."""
    run = await services.runs.preview(body.to_new_run())
    if run.mode is RunMode.BACKTEST:
        raise InputError("a backtest sends nothing, so there is nothing to look at before: start it")
    begin, end = services.trading.replayed(run) or (None, None)
    stored = await services.threads.results.do(_stored, services.bars, run)
    gate = await _gate(services, run, stored)
    found = await _rehearsed(services, run, stored, (begin, end), corr_id)
    said = await services.threads.results.do(gate.said, found.orders, found.fills)
    return RunPreviewResponse(
        run=RunResponse.of(run),
        account=gate.account,
        limits=gate.limits.as_json(),
        account_limits=gate.whole.as_json(),
        kill_switch=None if gate.switch is None else KillSwitchResponse.of(gate.switch, gate.account),
        halts=[HaltResponse.of(halt) for halt in gate.halts.items],
        history=[_history(symbol, stored.get(symbol), begin) for symbol in run.symbols],
        orders=[_order(row, words) for row, words in zip(found.orders, said, strict=True)],
        orders_total=found.total,
        problem=found.problem,
    )


async def _gate(services: Services, run: Run, stored: Mapping[str, Stored]) -> Gate:
    trading = services.trading
    name, is_own = trading.name_of(run), trading.is_of_run(run)
    whole = RiskLimits.none() if is_own else await trading.limits(name)
    account = trading.accounts.get(name)
    return Gate(
        run=run,
        account=name,
        is_own=is_own,
        limits=RiskLimits.parse(run.risk, base=whole),
        whole=whole,
        equity=None if account is None else account.guard.equity(),
        held={} if account is None else account.ledgers.all_held(),
        rules=AccountRules.of(Options.of_run(run)),
        switch=switch_over(await trading.switches.all(), name),
        halts=await trading.halts(name),
        stored=stored,
    )


def _stored(bars: ParquetBarStore, run: Run) -> dict[str, Stored]:
    """By symbol, of those that have some."""
    found = {}
    for symbol in run.symbols:
        try:
            read = bars.read(symbol, Timeframe.parse(str(run.timeframe)))
        except (NotFound, InputError):  # none, or none that make this timeframe
            continue
        splits = tuple(one for one in bars.actions(symbol) if isinstance(one, Split))
        found[symbol] = Stored(instrument=read.instrument, bars=read.bars, splits=splits)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """The first orders that a backtest of a run places, all of its fills, how many orders there are, and why there are
    none to be had."""

    orders: Sequence[Mapping[str, Any]] = ()
    fills: Sequence[Mapping[str, Any]] = ()
    total: int = 0
    problem: str | None


async def _rehearsed(
    services: Services,
    run: Run,
    stored: Mapping[str, Stored],
    span: tuple[datetime | None, datetime | None],
    corr_id: str,
) -> Rehearsed:
    if missing := [symbol for symbol in run.symbols if symbol not in stored]:
        what = f"no {run.timeframe} bars of {', '.join(missing)} are stored"
        return Rehearsed(problem=f"{what}, on which its orders could be seen")
    last = time_of(max(int(one.bars.timestamp[-1]) for one in stored.values()))
    rehearsed = replace(
        run,
        mode=RunMode.BACKTEST,
        start_time=span[0] or last - _YEAR,
        end_time=span[1],
        risk=None,
        venue=None,
        options={name: value for name, value in run.options.items() if name in OPTIONS} | {"lookahead_check": False},
    )
    job = BacktestJob(run=rehearsed, corr_id=corr_id)
    try:
        found = await services.pool.run(job, started=_nothing, progress=_no_progress)
    except WeaverError as error:
        return Rehearsed(problem=str(error))
    problem = str(found.error) if isinstance(found, BrokenBacktest) else None
    orders = [row for _, row in zip(range(ORDERS_MAX), found.orders, strict=False)]
    return Rehearsed(orders=orders, fills=[*found.fills], total=len(found.orders), problem=problem)


async def _nothing() -> None:
    """Nobody waits for its worker."""


async def _no_progress(_stage: str, _fraction: float) -> None:
    """Nobody looks on."""


def _history(symbol: str, stored: Stored | None, begin: datetime | None) -> StoredHistory:
    if stored is None or not len(stored.bars):
        return StoredHistory(symbol=symbol, bars=0, first=None, last=None, warmup=0)
    stamps = stored.bars.timestamp
    before = len(stamps) if begin is None else int(np.searchsorted(stamps, instant_of(begin)))
    first, end = (time_of(int(stamps[k])) for k in (0, -1))
    return StoredHistory(symbol=symbol, bars=len(stamps), first=first, last=end, warmup=before)


def _order(row: Mapping[str, Any], said: str | None) -> PreviewedOrder:
    names = ("symbol", "side", "order_type", "quantity", "limit_price", "stop_price", "time_in_force", "placed_at")
    return PreviewedOrder(**{name: row[name] for name in names}, gate=said)
