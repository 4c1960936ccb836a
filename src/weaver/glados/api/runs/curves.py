"""What is drawn of a run beside its equity: buying and holding, and returns by month."""

from dataclasses import asdict

from fastapi import APIRouter

from weaver.glados.api.runs.live import live_result
from weaver.glados.api.runs.lookup import RunId, kept_blob, stored_result, traded_run
from weaver.glados.api.runs.results import POINTS, PointsParameter
from weaver.glados.application import ServicesDep
from weaver.glados.http.errors import responses
from weaver.glados.live.figures.results import LiveResult
from weaver.glados.schemas.runs.curves import BenchmarkPoint, BenchmarkResponse, MonthsResponse, YearResponse
from weaver.glados.stored.blobs import EQUITY, EquityColumns, decode_equity
from weaver.glados.stored.equity_text import stamps_of
from weaver.glados.stored.thin_curves import BENCHMARK, decode_benchmark
from weaver.greta.report.figures.months import monthly_returns

router = APIRouter(prefix="/runs/{run_id}", tags=["results"])


@router.get("/benchmark", responses=responses(404))
async def get_benchmark(run_id: RunId, services: ServicesDep, points: PointsParameter = POINTS) -> BenchmarkResponse:
    """What the initial cash would have become in equal parts in the run's symbols, bought at their first closes and
    held; 404 while there is none. A paper or live run has none, and neither has one that an older Weaver recorded."""
    if await traded_run(services, run_id) is not None:
        return BenchmarkResponse(run_id=run_id, items=[])
    result = await stored_result(services, run_id, BENCHMARK)
    if BENCHMARK not in result.blobs:
        return BenchmarkResponse(run_id=run_id, items=[])
    return await services.threads.results.do(_benchmark, run_id, result.blobs[BENCHMARK], points)


@router.get("/months", responses=responses(404))
async def get_months(run_id: RunId, services: ServicesDep) -> MonthsResponse:
    """Returns by calendar month and year (UTC), the first from the initial cash; 404 while there are none."""
    if (run := await traded_run(services, run_id)) is not None:
        return await services.threads.results.do(_live_months, run_id, await live_result(services, run))
    result = await stored_result(services, run_id, EQUITY)
    initial = result.stats.get("initial_equity")
    return await services.threads.results.do(_stored_months, run_id, kept_blob(result, EQUITY), initial)


def _benchmark(run_id: str, blob: bytes, points: int) -> BenchmarkResponse:
    curve = decode_benchmark(blob).thinned(points)
    rows = zip(stamps_of(curve.timestamp), curve.values.tolist(), strict=True)
    items = [BenchmarkPoint(timestamp=stamp, equity=equity) for stamp, equity in rows]
    return BenchmarkResponse(run_id=run_id, items=items)


def _live_months(run_id: str, found: LiveResult) -> MonthsResponse:
    return _months(run_id, found.curve, float(found.setup.cash))


def _stored_months(run_id: str, blob: bytes, initial: float | None) -> MonthsResponse:
    return _months(run_id, decode_equity(blob), initial)


def _months(run_id: str, curve: EquityColumns, initial: float | None) -> MonthsResponse:
    if initial is None or not len(curve.timestamp):
        return MonthsResponse(run_id=run_id, items=[])
    years = monthly_returns(curve.timestamp, curve.equity, initial)
    return MonthsResponse(run_id=run_id, items=[YearResponse.model_validate(asdict(year)) for year in years])
