"""Jobs on the wire."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from weaver.glados.jobs import Job, JobStatus
from weaver.glados.schemas.base import ResponseBody
from weaver.glados.schemas.market.data import FetchResponse, ImportResponse
from weaver.glados.schemas.runs.parity import DriftResponse, ReplayResponse

JobResult = ImportResponse | FetchResponse | ReplayResponse | DriftResponse
_RESULTS: Mapping[str, type[JobResult]] = {
    "data.import": ImportResponse,
    "data.fetch": FetchResponse,
    "run.replay": ReplayResponse,
    "run.drift": DriftResponse,
}


class JobResponse(ResponseBody):
    """A piece of long work, as it stands now."""

    id: str = Field(description="Its id, for GET /jobs/{id}.")
    kind: str = Field(description="What is done: `data.import`, `data.fetch`, `run.replay` or `run.drift`.")
    status: JobStatus = Field(description="queued, running, done or error.")
    stage: str = Field(description="What is being done now; empty before it begins.")
    fraction: float = Field(ge=0, le=1, description="How much of it is done.")
    error: str | None = Field(description="Why it failed; null unless `status` is error.")
    result: JobResult | None = Field(description="What came of it; null unless `status` is done.")
    created_at: datetime = Field(description="When it was asked for.")
    started_at: datetime | None = Field(description="When it began; null while it is queued.")
    finished_at: datetime | None = Field(description="When it was over; null before.")

    @classmethod
    def of(cls, job: Job) -> "JobResponse":
        """As it stands."""
        return cls(
            id=job.id,
            kind=job.kind,
            status=job.status,
            stage=job.stage,
            fraction=job.fraction,
            error=job.error,
            result=None if job.result is None else _RESULTS[job.kind].model_validate(job.result),
            created_at=job.created_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
        )
