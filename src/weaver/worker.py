"""The root of a backtest process: `python -m weaver.worker --memory BYTES --nice N`, spoken to over its standard input
and output by the server that started it."""

import argparse
import gc
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from weaver.glados.pool.fork import WorkerLimits
from weaver.glados.pool.messages import event_parts, job_of, parts, result_message, run_of
from weaver.glados.pool.protocol import Frame, encoded
from weaver.glados.pool.pulse import Pulse
from weaver.glados.pool.server import Emit, WorkerServer, protocol_line
from weaver.glados.ports import BacktestJob, StoredResult
from weaver.glados.stored.blobs import EQUITY, REPORT, EquityColumns, encode_equity, encode_report
from weaver.glados.stored.events import EVENTS, encode_events
from weaver.glados.stored.indicators import INDICATORS, encode_indicators
from weaver.glados.stored.positions import POSITIONS, encode_positions
from weaver.glados.stored.thin_curves import BENCHMARK, SPARKLINE, ThinCurve, encode_benchmark, encode_sparkline
from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.fill_columns import fill_columns
from weaver.greta.record.envelope import Envelope
from weaver.greta.record.run_record import RunRecord
from weaver.greta.result import BacktestResult
from weaver.greta.results.json_text import iso
from weaver.greta.results.trades import Trade, Trades
from weaver.marvin.backtest_runtime import BacktestRuntime
from weaver.marvin.indicator_columns import indicator_columns
from weaver.marvin.parameters.validation import json_schema, validate
from weaver.marvin.plugins.loader import from_text
from weaver.model.backtest.options import Options
from weaver.model.errors import StrategyError
from weaver.model.numbers.money import plain
from weaver.model.run import Audit, Run
from weaver.research import run_for_record
from weaver.research.inputs import run_inputs
from weaver.research.recorded import plan_on
from weaver.research.run import BrokenOff, Plan, no_collection, plan

_REPORT_SECONDS = 0.05


def main() -> None:
    """Serve until the server hangs up."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--memory", type=int, required=True, help="bytes that a job may take")
    asked.add_argument("--nice", type=int, required=True, help="how far to step back behind the server")
    given = asked.parse_args()
    reader, writer = protocol_line()
    gc.freeze()  # what is loaded now lives as long as the process: no fork need look through it, and so copy it
    WorkerServer(reader, writer, do, WorkerLimits(memory_max_bytes=given.memory, nice=given.nice)).serve()


def do(frame: Frame, emit: Emit) -> None:
    """A job, in a process of its own. Raises what the run raises."""
    if frame.kind == "check":
        _check(run_of(frame.body["run"]))
        emit(encoded("checked", {}))
    else:
        pulse = Pulse(emit)
        try:
            _run(job_of(frame), datetime.fromisoformat(frame.body["sent_at"]), pulse)
        finally:
            pulse.end()


def _check(run: Run) -> None:
    """Raises StrategyError and InputError."""
    strategy = from_text(run.strategy_id, run.strategy_source)
    validate(strategy.cls, run.config)
    json_schema(strategy.cls)


def _run(job: BacktestJob, sent_at: datetime, pulse: Pulse) -> None:
    received, options, emit = perf_counter(), Options.of_run(job.run), pulse.emit
    progress = _Progress(emit, has_check=options.lookahead_check)
    ready, is_full = replace(_plan(job, options), begun=pulse.follow), job.audit is Audit.FULL

    def record_of(run: FinishedRun) -> RunRecord:
        recorded_at = sent_at + timedelta(seconds=perf_counter() - received)
        envelope = Envelope(run_id=job.run.id, recorded_at=recorded_at, trace_id=job.corr_id)
        return RunRecord(run, envelope, is_full=is_full)

    try:
        result, runtime = run_for_record(ready, progress=progress.report)
    except BrokenOff as failure:
        _record_way(failure.finished, record_of(failure.finished), emit)
        raise StrategyError(str(failure)) from failure.__cause__
    progress.say("Record", 0.9)
    with no_collection():
        if job.market is None:
            _record(result, runtime, record_of(result.finished), emit)
        else:
            _record_traded(result, record_of(result.finished), emit)


def _plan(job: BacktestJob, options: Options) -> Plan:
    """The same as `weaver.backtest` makes of the same options."""
    strategy = from_text(job.run.strategy_id, job.run.strategy_source)
    if job.market is not None:
        return plan_on(job.market, strategy, options)
    return plan(strategy, run_inputs(None, options), options)


def _record_way(run: FinishedRun, record: RunRecord, emit: Emit) -> None:
    """Send what a run had done when it broke off."""
    trades = Trades(run, fill_columns(run.fills, run.prices))
    _send(record, trades, record.ends(), emit)


def _send(record: RunRecord, trades: Sequence[Trade], log: Sequence[str], emit: Emit) -> None:
    """Send rows and events, part by part."""
    for kind, rows in (("orders", record.orders()), ("fills", record.fills()), ("trades", record.trades(trades))):
        for part in parts(kind, rows):
            emit(part)
    for part in event_parts(log):
        emit(part)


def _record(result: BacktestResult, runtime: BacktestRuntime, record: RunRecord, emit: Emit) -> None:
    """Send everything that is kept of a run that went to its end."""
    log, rest = record.shared_out()
    _send(record, result.trades, log, emit)
    curve, run = result.curve, result.finished
    blobs = {
        EQUITY: encode_equity(EquityColumns(timestamp=curve.timestamp, equity=curve.equity, cash=curve.cash)),
        INDICATORS: encode_indicators(indicator_columns(runtime, first=run.first, last=run.last)),
        EVENTS: encode_events(line.encode() for line in rest),
        REPORT: encode_report(result.page()),
        POSITIONS: encode_positions(run),
        SPARKLINE: encode_sparkline(curve.equity),
        BENCHMARK: encode_benchmark(ThinCurve(timestamp=curve.timestamp, values=curve.benchmark)),
    }
    _send_result(result, blobs, emit)


def _record_traded(result: BacktestResult, record: RunRecord, emit: Emit) -> None:
    """Send what is compared with a run that traded."""
    _send(record, (), (), emit)
    _send_result(result, {}, emit)


def _send_result(result: BacktestResult, blobs: Mapping[str, bytes], emit: Emit) -> None:
    stored = StoredResult(
        stats=result.stats,
        record=result.run,
        warnings=[{"code": code, "message": message} for code, message in result.warnings],
        positions={symbol: plain(quantity) for symbol, quantity in result.positions.items()},
        cash_flows=[_flow(flow) for flow in result.cash_flows],
        blobs=blobs,
    )
    emit(result_message(stored, stopped=result.finished.stop_reason))


def _flow(flow: Any) -> Mapping[str, str]:
    return {"timestamp": iso(flow.time), "symbol": flow.symbol, "kind": flow.kind, "amount": plain(flow.amount)}


class _Progress:
    """Tells how far the whole is, at most some twenty times a second: the run, its check, and the record."""

    def __init__(self, emit: Emit, *, has_check: bool) -> None:
        self._emit, self._sent_at = emit, 0.0
        self._shares = {"Backtest": (0.0, 0.4), "Look-ahead check": (0.4, 0.5)} if has_check else {"Backtest": (0, 0.9)}

    def report(self, what: str, done: float) -> None:
        """The `progress` of a backtest."""
        now = perf_counter()
        if now - self._sent_at < _REPORT_SECONDS and done < 1.0:
            return
        self._sent_at = now
        start, share = self._shares[what]
        self.say(what, start + share * done)

    def say(self, what: str, fraction: float) -> None:
        """Tell the server."""
        self._emit(encoded("progress", {"stage": what, "fraction": fraction}))


if __name__ == "__main__":
    main()
