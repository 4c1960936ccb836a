"""Jobs: one after the other, bounded, never lost without a word."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.unit.glados.clock.fakes import FakeWallClock, utc
from weaver.glados.ids import TimeOrderedIds
from weaver.glados.jobs import Jobs, JobStatus, Report
from weaver.model.errors import DataError, NotFound, Unavailable

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Scene:
    """Jobs on a clock of the test's own, and which clean-ups were called."""

    def __init__(self, **limits: Any) -> None:
        self.wall = FakeWallClock(utc("2024-05-06 10:00"))
        self.jobs = Jobs(now=self.wall.now, new_id=TimeOrderedIds(now=self.wall.now), **limits)
        self.cleaned: list[str] = []

    def submit(self, work: Any, name: str = "it") -> str:
        return self.jobs.submit("test", work, corr_id="c", clean_up=lambda: self.cleaned.append(name)).id

    async def over(self, job_id: str) -> None:
        while self.jobs.get(job_id).finished_at is None:
            await asyncio.sleep(0)


async def work_well(report: Report) -> Mapping[str, Any]:
    report("half way", 0.5)
    return {"bars": 3}


async def test_job_goes_from_queued_to_done_with_its_result() -> None:
    scene = Scene()
    async with scene.jobs:
        job_id = scene.submit(work_well)
        assert scene.jobs.get(job_id).status is JobStatus.QUEUED
        await scene.over(job_id)
        job = scene.jobs.get(job_id)
        assert (job.status, job.stage, job.fraction, job.result) == (JobStatus.DONE, "half way", 1.0, {"bars": 3})
        assert job.created_at == job.started_at == job.finished_at == scene.wall.now()
    assert scene.cleaned == ["it"]


async def test_what_cannot_be_cleaned_up_is_told_and_the_next_job_runs(tmp_path: Path) -> None:
    scene = Scene()
    with capture_logs() as logs:
        async with scene.jobs:
            first = scene.jobs.submit("test", work_well, corr_id="c", clean_up=(tmp_path / "gone").unlink)
            await scene.over(scene.submit(work_well))
            assert scene.jobs.get(first.id).status is JobStatus.DONE
            scene.jobs.submit("test", work_well, corr_id="c", clean_up=(tmp_path / "gone").unlink)
    assert [(entry["log_level"], "gone" in entry["error"]) for entry in logs] == [("warning", True)] * 2


async def test_refused_input_is_the_jobs_error_and_the_next_job_runs() -> None:
    async def fail(report: Report) -> None:
        raise DataError("X.csv: row 3: high 1 is below low 2")

    scene = Scene()
    async with scene.jobs:
        first, second = scene.submit(fail, "first"), scene.submit(work_well, "second")
        await scene.over(second)
        assert scene.jobs.get(first).error == "X.csv: row 3: high 1 is below low 2"
        assert [scene.jobs.get(one).status for one in (first, second)] == [JobStatus.ERROR, JobStatus.DONE]
    assert scene.cleaned == ["first", "second"]


async def test_fault_of_weavers_own_is_told_without_its_text() -> None:
    async def fail(report: Report) -> None:
        raise RuntimeError("/secret/path")

    scene = Scene()
    async with scene.jobs:
        job_id = scene.submit(fail)
        await scene.over(job_id)
    job = scene.jobs.get(job_id)
    assert job.status is JobStatus.ERROR
    assert "RuntimeError" in str(job.error)
    assert "/secret" not in str(job.error)


async def test_one_job_at_a_time_in_the_order_given() -> None:
    seen: list[str] = []

    def working(name: str) -> Any:
        async def work(report: Report) -> None:
            seen.append(f"{name} begins")
            await asyncio.sleep(0)
            seen.append(f"{name} ends")

        return work

    scene = Scene()
    async with scene.jobs:
        last = [scene.submit(working(name)) for name in "abc"][-1]
        await scene.over(last)
    assert seen == [f"{name} {what}" for name in "abc" for what in ("begins", "ends")]


async def test_full_queue_refuses_and_cleans_up() -> None:
    scene = Scene(queue_size_max=2)
    scene.submit(work_well, "a")
    scene.submit(work_well, "b")
    with pytest.raises(Unavailable, match="2 jobs are waiting"):
        scene.submit(work_well, "c")
    assert scene.cleaned == ["c"]


async def test_leaving_cancels_what_runs_and_drops_what_waits() -> None:
    async def hang(report: Report) -> None:
        await asyncio.Event().wait()

    scene, tasks = Scene(), asyncio.all_tasks()
    async with scene.jobs:
        running, waiting = scene.submit(hang, "running"), scene.submit(work_well, "waiting")
        while scene.jobs.get(running).status is not JobStatus.RUNNING:
            await asyncio.sleep(0)
    assert [scene.jobs.get(one).status for one in (running, waiting)] == [JobStatus.ERROR] * 2
    assert "the server stopped" in str(scene.jobs.get(waiting).error)
    assert scene.cleaned == ["running", "waiting"]
    assert asyncio.all_tasks() == tasks


async def test_progress_told_after_the_end_changes_nothing() -> None:
    kept: list[Report] = []

    async def work(report: Report) -> None:
        kept.append(report)

    scene = Scene()
    async with scene.jobs:
        job_id = scene.submit(work)
        await scene.over(job_id)
        before = scene.jobs.get(job_id)
        kept[0]("late", 0.1)
        assert scene.jobs.get(job_id) == before


async def test_jobs_are_forgotten_after_a_while_and_beyond_a_number() -> None:
    scene = Scene(kept_max=2, kept_for=timedelta(hours=1))
    async with scene.jobs:
        ids = []
        for _ in range(3):
            ids.append(scene.submit(work_well))
            await scene.over(ids[-1])
        with pytest.raises(NotFound, match="no job"):
            scene.jobs.get(ids[0])
        assert scene.jobs.get(ids[2]).status is JobStatus.DONE
        scene.wall.time += timedelta(hours=2)
        await scene.over(scene.submit(work_well))
        with pytest.raises(NotFound):
            scene.jobs.get(ids[2])


async def test_jobs_that_come_after_the_end_are_refused() -> None:
    scene = Scene()
    async with scene.jobs:
        pass
    with pytest.raises(Unavailable, match="shutting down"):
        scene.submit(work_well)
    assert scene.cleaned == ["it"]
