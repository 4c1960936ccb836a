"""Fetching a venue's history over HTTP: a job with progress, that goes on where it was cut short."""

import asyncio
from typing import Any

import pytest

from tests.stand_ins.binance import binance
from tests.stand_ins.reached import reached
from tests.stand_ins.server import standing_in
from tests.unit.glados.api.conftest import Scene
from tests.unit.walle.fetch.fakes import MINUTES, FakeHistory, minutes

pytestmark = pytest.mark.anyio
ASKED = {"symbols": ["AAA"], "timeframe": "1m", "start": "2024-03-04", "end": "2024-03-04", "source": "fake"}


async def fetched(scene: Scene, **asked: object) -> Any:
    """The job, when it is over."""
    answer = await scene.client.post("/data/fetch", json={**ASKED, **asked}, headers={"X-Correlation-ID": "mine-1"})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/api/v1/jobs/{answer.json()['id']}"
    while (job := await scene.get(f"/jobs/{answer.json()['id']}"))["finished_at"] is None:
        await asyncio.sleep(0.005)
    return job


async def test_fetch_stores_what_the_venue_has_and_tells_of_it(scene: Scene) -> None:
    history = scene.venues.history = FakeHistory({"AAA": minutes("AAA")})
    job = await fetched(scene, symbols=["AAA", "NONE"])
    assert (job["kind"], job["status"], job["fraction"], job["error"]) == ("data.fetch", "done", 1.0, None)
    (stored,), (refused,) = job["result"]["fetched"], job["result"]["refused"]
    assert (stored["series"]["symbol"], stored["written"], stored["series"]["source"]) == ("AAA", 390, "fake")
    assert (refused["symbol"], refused["error"]) == ("NONE", "NONE: the venue (fake) knows no such symbol")
    assert scene.bars.read("AAA", MINUTES).bars.content_hash() == history.all["AAA"].content_hash()
    told = [event for event in await scene.log.read() if event.type == "data.Imported"]
    assert [(event.payload["symbol"], event.payload["bars"], event.corr_id) for event in told] == [
        ("AAA", 390, "mine-1")
    ]
    assert not scene.venues.is_open


async def test_progress_is_told_while_it_lasts(scene: Scene) -> None:
    history = scene.venues.history = FakeHistory({"AAA": minutes("AAA")})
    go = history.go = asyncio.Event()
    answer = await scene.client.post("/data/fetch", json=ASKED)
    job_id = answer.json()["id"]
    told: list[Any] = []
    while not told or told[-1].payload["fraction"] == 0:
        told = [event for event in await scene.log.read() if event.type == "data.FetchProgress"]
        await asyncio.sleep(0.005)
    assert 0 < (await scene.get(f"/jobs/{job_id}"))["fraction"] < 1
    go.set()
    while (await scene.get(f"/jobs/{job_id}"))["finished_at"] is None:
        await asyncio.sleep(0.005)
    assert (told[-1].payload["job_id"], told[-1].payload["symbol"]) == (job_id, "AAA")
    assert told[-1].payload["fraction"] < 1


async def test_fetch_that_was_cut_short_goes_on(scene: Scene) -> None:
    bars = {"AAA": minutes("AAA")}
    scene.venues.history = FakeHistory(bars, calls_max=2)
    job = await fetched(scene)
    assert (job["status"], job["error"]) == ("error", "the venue does not answer")
    rest = scene.venues.history = FakeHistory(bars)
    assert (await fetched(scene))["result"]["fetched"][0]["written"] == 390
    assert len(rest.asked) == 2
    assert scene.bars.read("AAA", MINUTES).bars.content_hash() == bars["AAA"].content_hash()


async def test_source_without_an_account_is_fetched_by_name(scene: Scene) -> None:
    with standing_in(binance) as stand_in, reached(stand_in.url):
        stand_in.faults["klines"] = ["html"]
        asked = {"source": "ccxt", "exchange": "binance", "symbols": ["ETH/BTC", "ETHBTC"], "timeframe": "1h"}
        job = await fetched(scene, **asked, start="2024-02-01", end="2024-03-09")
    (stored,), (refused,) = job["result"]["fetched"], job["result"]["refused"]
    assert (stored["series"]["symbol"], stored["written"], stored["series"]["source"]) == (
        "ETH/BTC",
        48,
        "ccxt binance",
    )
    assert stored["notes"] == ["ETH/BTC: ccxt binance has no bars before 2024-03-08"]
    assert refused["error"] == "ETHBTC: the venue (ccxt binance) knows no such symbol: ETH/BTC?"
    (instrument,) = (await scene.get("/instruments"))["items"]
    assert (instrument["tick"], instrument["lot"], instrument["quote_currency"]) == ("0.01", "0.00001", "BTC")


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ({"source": "ccxt"}, 503, "name one"),
        ({"source": "ccxt", "exchange": "krakn"}, 404, "kraken"),
        ({"source": "yfinance", "exchange": "kraken"}, 503, "leave kraken out"),
    ],
)
async def test_source_that_cannot_be_used_is_told(scene: Scene, asked: dict[str, str], status: int, told: str) -> None:
    answer = await scene.client.post("/data/fetch", json=ASKED | asked)
    assert answer.status_code == status
    assert told in answer.json()["message"]


async def test_venue_that_cannot_be_used_is_not_available(scene: Scene) -> None:
    answer = await scene.client.post("/data/fetch", json=ASKED)
    assert (answer.status_code, answer.json()["message"]) == (503, "FAKE_KEY is not set")


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"source": "nasdaq"}, 404),
        ({"timeframe": "soon"}, 400),
        ({"symbols": []}, 422),
        ({"start": "soon"}, 422),
        ({"start": 20240304}, 422),
        ({"unknown": 1}, 422),
    ],
)
async def test_wrong_request_is_refused(scene: Scene, asked: dict[str, object], status: int) -> None:
    scene.venues.history = FakeHistory({})
    assert (await scene.client.post("/data/fetch", json=ASKED | asked)).status_code == status


async def test_end_before_the_start_is_told_by_the_job(scene: Scene) -> None:
    scene.venues.history = FakeHistory({})
    assert "must be the later one" in (await fetched(scene, start="2024-03-05"))["error"]


async def test_read_only_server_fetches_nothing(scene: Scene) -> None:
    scene.is_owner = False
    assert (await scene.client.post("/data/fetch", json=ASKED)).status_code == 409
