"""Promoting runs."""

from typing import Annotated

from fastapi import APIRouter
from fastapi import Query as Parameter

from weaver.glados.api.runs.lookup import RunId
from weaver.glados.application import ServicesDep
from weaver.glados.http.correlation import CorrelationId
from weaver.glados.http.errors import responses
from weaver.glados.schemas.base import AmountInput
from weaver.glados.schemas.runs.promotion import (
    NextMode,
    PromotedResponse,
    PromoteRunRequest,
    PromotionResponse,
    ReplayDays,
    ReplaySpeed,
    VenueName,
)
from weaver.glados.schemas.runs.runs import RunName
from weaver.model.promotion.next_run import Wanted

router = APIRouter(prefix="/runs/{run_id}", tags=["runs"])


@router.get("/promotion", responses=responses(400, 404, 409))
async def get_promotion(
    run_id: RunId,
    services: ServicesDep,
    to: Annotated[NextMode, Parameter(description="The mode of the new run.")],
    venue: Annotated[VenueName | None, Parameter(description="Where its orders would go.")] = None,
    name: Annotated[RunName | None, Parameter(description="The new run's name.")] = None,
    cash: Annotated[AmountInput | None, Parameter(description="What would be allotted to it.")] = None,
    replay: Annotated[ReplayDays | None, Parameter(description="The stored bars that it would replay.")] = None,
    speed: Annotated[ReplaySpeed | None, Parameter(description="Of a replay.")] = None,
) -> PromotionResponse:
    """What a promotion would take, and make: gates with their values, and every field that would differ. Replay and
    drift are worked out for it, which may take seconds."""
    wanted = Wanted(to=to, venue=venue, name=name, cash=cash, replay=replay, speed=speed)
    prospect, problem = await services.promotions.look(run_id, wanted)
    return PromotionResponse.of(prospect, problem)


@router.post("/promote", status_code=201, responses=responses(400, 404, 409))
async def promote_run(
    run_id: RunId, body: PromoteRunRequest, services: ServicesDep, corr_id: CorrelationId
) -> PromotedResponse:
    """A new pending run of the mode `to`, with the same source and parameters. 409 with every gate in `details` where
    some are not met, and no `override` says why it is done all the same; 400 to live without its switch, its keys, or
    the run's name in `confirm`. Nothing is started."""
    made = await services.promotions.promote(
        run_id, body.to_wanted(), override=body.override, confirm=body.confirm, corr_id=corr_id
    )
    return PromotedResponse.of(made)
