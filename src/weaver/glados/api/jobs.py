"""Jobs: long work, and how far it is."""

from typing import Annotated

from fastapi import APIRouter, Path

from weaver.glados.application import ServicesDep
from weaver.glados.http.errors import responses
from weaver.glados.schemas.base import Identifier
from weaver.glados.schemas.market.jobs import JobResponse

router = APIRouter(tags=["jobs"])


@router.get("/jobs/{job_id}", responses=responses(404))
async def get_job(
    services: ServicesDep, job_id: Annotated[Identifier, Path(description="The id that the job was answered with.")]
) -> JobResponse:
    """How far a job is. Those that are over are forgotten after a day, and when the server stops."""
    return JobResponse.of(services.jobs.get(job_id))
