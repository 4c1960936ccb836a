"""Imports, previews, the catalogue and removals over HTTP."""

import asyncio
import errno
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.glados.api.conftest import UPLOAD_BYTES_MAX, Scene, scene_in
from tests.unit.glados.api.files import HEADER, ROWS, csv, packed
from tests.unit.glados.fakes import away
from weaver.glados.api.market import data
from weaver.glados.limits import Limits
from weaver.model.market.timeframe import Timeframe

pytestmark = pytest.mark.anyio
DAILY = Timeframe.parse("1d")
MINUTES = csv([f"2024-01-02 15:{minute:02d},1,1,1,1,1" for minute in range(10)], "time,open,high,low,close,volume")


async def test_import_stores_the_bars_and_tells_of_them(scene: Scene) -> None:
    job = await scene.imported(csv(), symbol="ABC")
    assert (job["kind"], job["status"], job["fraction"], job["error"]) == ("data.import", "done", 1.0, None)
    stored = scene.bars.read("ABC", DAILY)
    assert stored.bars.close.tolist() == [11, 13, 9, 9.5, 10]
    assert job["result"]["series"] == {
        "symbol": "ABC",
        "timeframe": "1d",
        "asset_class": "stock",
        "bars": 5,
        "first": "2024-01-02T00:00:00Z",
        "last": "2024-01-08T00:00:00Z",
        "missing": 0,
        "content_hash": stored.bars.content_hash(),
        "source": "ABC_1d.csv",
        "damaged": None,
    }
    assert [(event.type, dict(event.payload)) for event in await scene.log.read()] == [
        ("data.Imported",
         {"symbol": "ABC", "timeframe": "1d", "bars": 5, "content_hash": stored.bars.content_hash()}),
    ]  # fmt: skip


async def test_events_carry_the_requests_correlation_id(scene: Scene) -> None:
    answer = await scene.client.post(
        "/data/import", files={"file": ("x.csv", csv())}, data={"symbol": "ABC"}, headers={"X-Correlation-ID": "mine-1"}
    )
    while (await scene.get(f"/jobs/{answer.json()['id']}"))["finished_at"] is None:
        await asyncio.sleep(0.005)
    assert [event.corr_id for event in await scene.log.read()] == ["mine-1"]


async def test_second_import_replaces_what_it_covers_and_keeps_the_rest(scene: Scene) -> None:
    await scene.imported(csv(), symbol="ABC")
    newer = csv(["2024-01-08,9.5,11,9,10.5,500,e", "2024-01-09,10,11,9,10,500,f"])
    result = (await scene.imported(newer, symbol="ABC", timeframe="1d"))["result"]
    assert (result["written"], result["replaced"], result["kept"]) == (2, 1, 4)
    result = (await scene.imported(newer, symbol="ABC", timeframe="1d", replace="true"))["result"]
    assert (result["written"], result["kept"], result["series"]["bars"]) == (2, 0, 2)


async def test_gzip_is_unpacked(scene: Scene) -> None:
    job = await scene.imported(packed(csv()), "ABC_1d.csv.gz", symbol="ABC")
    assert job["result"]["written"] == 5


async def test_time_zone_and_asset_class_are_used(scene: Scene) -> None:
    job = await scene.imported(MINUTES, symbol="BTC/USD", tz="Europe/Berlin", timeframe="5m", asset="crypto")
    assert job["status"] == "done", job
    assert job["result"]["series"]["first"] == "2024-01-02T14:00:00Z"
    assert (job["result"]["series"]["timeframe"], job["result"]["series"]["bars"]) == ("5m", 2)
    assert job["result"]["notes"] == ["BTC/USD: 1m bars put together to 5m"]


async def test_bad_row_is_named_and_nothing_is_stored(scene: Scene) -> None:
    job = await scene.imported(csv([*ROWS[:2], "2024-01-04,13,7,8,9,300,c"]), "my prices.csv", symbol="ABC")
    assert job["status"] == "error"
    assert job["error"] == "my prices.csv: row 3 (line 4): high 7.0 is below low 8.0"
    assert job["result"] is None
    assert scene.bars.catalogue() == []
    assert await scene.log.read() == []


async def test_import_whose_event_could_not_be_kept_says_so(scene: Scene) -> None:
    with away(scene.log):
        job = await scene.imported(csv(), symbol="ABC")
    assert job["status"] == "done"
    assert "data.Imported" in job["result"]["notes"][-1]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"symbol": " ABC"}, "symbol ' ABC'"),
        ({"symbol": "A" * 65}, "1 to 64"),
        ({"symbol": "ABC", "timeframe": "often"}, "timeframe 'often'"),
        ({"symbol": "BTCUSD", "timeframe": "999999d"}, "timeframe '999999d' is too long"),
        ({"symbol": "ABC", "tz": "../../etc/passwd"}, "time zone"),
        ({"symbol": "ABC", "tz": "Mars/Olympus"}, "time zone 'Mars/Olympus'"),
        ({"symbol": "ABC", "asset": "bond"}, "asset class 'bond'"),
    ],
)
async def test_unusable_field_is_refused_at_once(scene: Scene, fields: dict[str, str], said: str) -> None:
    for path in ("/data/import", "/data/preview"):
        answer = await scene.post_file(path, csv(), **fields)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")
        assert said in answer.json()["message"]


async def test_missing_file_or_symbol_is_a_wrong_shape(scene: Scene) -> None:
    without_file = await scene.client.post("/data/import", data={"symbol": "ABC"})
    without_symbol = await scene.post_file("/data/import", csv())
    assert [(one.status_code, one.json()["details"][0]["field"]) for one in (without_file, without_symbol)] == [
        (422, "body.file"),
        (422, "body.symbol"),
    ]


async def test_too_large_an_upload_is_refused_packed_or_not(scene: Scene) -> None:
    large = csv() + b"\n" * UPLOAD_BYTES_MAX * 2
    for content in (large, packed(large)):
        for path in ("/data/import", "/data/preview"):
            answer = await scene.post_file(path, content, symbol="ABC")
            assert (answer.status_code, answer.json()["code"]) == (413, "too_large"), content[:2]
            said = "ABC_1d.csv: it unpacks to more than" if content != large else "the body is larger than"
            assert answer.json()["message"].startswith(said)
    assert scene.bars.catalogue() == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (packed(csv())[:-9], "not a whole gzip file"),
        (packed(csv())[:20] + b"\xff" * 40, "not a whole gzip file"),
        (packed(packed(csv())), "packed twice"),
    ],
    ids=["cut off", "damaged", "packed twice"],
)
async def test_broken_gzip_is_refused(scene: Scene, content: bytes, said: str) -> None:
    answer = await scene.post_file("/data/import", content, symbol="ABC")
    assert (answer.status_code, said in answer.json()["message"]) == (400, True), answer.text


async def test_disk_that_is_full_while_the_body_arrives_is_503(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: object, size: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.SpooledTemporaryFile.write", full)
    for path in ("/data/import", "/data/preview"):
        answer = await scene.post_file(path, csv(), symbol="ABC")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable"), answer.text
        assert f"no room for uploads in {tempfile.gettempdir()}" in answer.json()["message"]
        assert answer.headers["retry-after"]


async def test_upload_that_somebody_removes_is_a_clear_error(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = data.kept_upload

    def removed(*given: Any, **named: Any) -> Path:
        path = keep(*given, **named)
        path.unlink()
        return path

    monkeypatch.setattr(data, "kept_upload", removed)
    said = f"ABC_1d.csv: it was removed from {tempfile.gettempdir()} before it was read: send it again"
    shown = await scene.post_file("/data/preview", csv(), symbol="ABC")
    assert (shown.status_code, shown.json()["message"]) == (503, said)
    job = await scene.imported(csv(), symbol="ABC")
    assert (job["status"], job["error"]) == ("error", said)
    monkeypatch.undo()
    assert (await scene.imported(csv(), symbol="ABC"))["status"] == "done"


async def test_only_a_few_uploads_are_taken_in_at_once(scene: Scene) -> None:
    may_end, begun = asyncio.Event(), 0

    async def slow() -> AsyncIterator[bytes]:
        nonlocal begun
        begun += 1
        yield b"--B\r\n"
        await may_end.wait()

    headers = {"Content-Type": "multipart/form-data; boundary=B"}
    slow_ones = [
        asyncio.create_task(scene.client.post("/data/preview", content=slow(), headers=headers))
        for _ in range(Limits().uploads_at_once)
    ]
    while begun < Limits().uploads_at_once:
        await asyncio.sleep(0)
    refused = await scene.post_file("/data/import", csv(), symbol="ABC")
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert refused.headers["retry-after"]
    assert (await scene.client.get("/data")).status_code == 200
    may_end.set()
    assert {(await one).status_code for one in slow_ones} == {422}
    assert (await scene.imported(csv(), symbol="ABC"))["status"] == "done"


@pytest.mark.parametrize(
    ("sizes", "status"),
    [
        ([], 408),  # silent from the beginning
        ([999], 408),
        ([1_000, 500, 499], 408),  # a whole window's worth, and then too little
        ([600, 600, 600, 600], 422),  # fast enough to its end, and no form
    ],
)
async def test_upload_slower_than_the_least_speed_is_given_up_with_its_place(
    tmp_path: Path, sizes: list[int], status: int
) -> None:
    async def dripping() -> AsyncIterator[bytes]:
        yield b"--B\r\n"
        for size in sizes:
            yield b"x" * size
        if status == 408:
            await asyncio.Event().wait()

    limits = Limits(upload_window_seconds=2.0, upload_window_bytes=1_000, uploads_at_once=1)
    async with scene_in(tmp_path, limits) as found:
        headers = {"Content-Type": "multipart/form-data; boundary=B"}
        answer = await found.client.post("/data/import", content=dripping(), headers=headers)
        assert (answer.status_code, answer.headers.get("connection")) == (status, "close" if status == 408 else None)
        assert (await found.imported(csv(), symbol="ABC"))["status"] == "done"


def _form(parts: int, *, size: int, filename: str = "") -> bytes:
    one = b'--B\r\nContent-Disposition: form-data; name="f"%s\r\n\r\n%s\r\n' % (filename.encode(), b"x" * size)
    return one * parts + b"--B--\r\n"


@pytest.mark.parametrize(
    "body",
    [
        _form(3, size=10, filename='; filename="a.csv"'),
        _form(17, size=1),
        _form(1, size=9_000),
        b"--B\r\n" + b"X" * 100_000,
        b"--B\r\n" + b"X: x\r\n" * 1_000 + b"\r\n",
    ],
    ids=["three files", "many fields", "a large field", "a header without end", "many headers"],
)
async def test_form_that_would_be_kept_in_memory_is_refused(scene: Scene, body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=B"}
    answer = await scene.client.post("/data/import", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_shape")


@pytest.mark.parametrize("name", ["../../../../tmp/evil.csv", "..\\evil.csv", "/etc/passwd", "a\u202e\x07b.csv"])
async def test_file_name_is_never_a_path(scene: Scene, name: str) -> None:
    job = await scene.imported(csv(), name, symbol="ABC")
    source = job["result"]["series"]["source"]
    assert not set("/\\\u202e\x07").intersection(source)


@pytest.mark.parametrize("symbol", ["../../evil", "..", ".", "/etc", "CON", "%2e%2e"])
async def test_symbol_reaches_nothing_outside_the_store(scene: Scene, symbol: str, tmp_path: Any) -> None:
    before = {path for path in tmp_path.iterdir() if path.name != "bars"}
    job = await scene.imported(csv(), symbol=symbol)
    assert job["status"] == "done"
    assert [entry.symbol for entry in scene.bars.catalogue()] == [symbol]
    assert {path for path in tmp_path.iterdir() if path.name != "bars"} == before
    assert len([path for path in (tmp_path / "bars").iterdir() if path.is_dir()]) == 1


async def test_full_queue_answers_503(scene: Scene) -> None:
    async def hang(report: object) -> None:
        await asyncio.Event().wait()

    running = scene.jobs.submit("test", hang, corr_id="c", clean_up=lambda: None)
    while scene.jobs.get(running.id).started_at is None:
        await asyncio.sleep(0)
    answers = [await scene.post_file("/data/import", csv(), symbol="ABC") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 503]
    assert answers[3].headers["retry-after"]


async def test_read_only_server_changes_no_data(scene: Scene) -> None:
    await scene.imported(csv(), symbol="ABC")
    scene.is_owner = False
    answers = [
        await scene.post_file("/data/import", csv(), symbol="ABC"),
        await scene.client.delete("/data/ABC/1d"),
    ]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert len(scene.bars.catalogue()) == 1


async def test_preview_shows_columns_rows_and_what_would_be_stored(scene: Scene) -> None:
    answer = await scene.post_file("/data/preview", csv(), "ABC_1d.csv")
    shown = answer.json()
    assert answer.status_code == 200
    assert [(column["name"], column["use"]) for column in shown["columns"]] == [
        ("Date", "time"), ("Open", "open"), ("High", "high"), ("Low", "low"), ("Close", "close"),
        ("Volume", "volume"), ("Note", None),
    ]  # fmt: skip
    assert shown["rows"] == [row.split(",") for row in ROWS]
    assert {key: shown[key] for key in ("symbol", "asset_class", "timeframe", "time_zone", "bars", "errors")} == {
        "symbol": "ABC", "asset_class": "stock", "timeframe": "1d", "time_zone": None, "bars": 5, "errors": [],
    }  # fmt: skip
    assert (shown["first"], shown["last"]) == ("2024-01-02T00:00:00Z", "2024-01-08T00:00:00Z")
    assert scene.bars.catalogue() == []


async def test_preview_names_the_row_that_is_wrong(scene: Scene) -> None:
    bad = csv([*ROWS[:3], ROWS[2]])
    shown = (await scene.post_file("/data/preview", bad, "x.csv", symbol="ABC")).json()
    assert shown["errors"] == [
        {"message": "x.csv: row 4 (line 5): time 2024-01-04 stands there twice: leave one of the rows", "row": 4},
    ]
    assert (shown["bars"], shown["first"], len(shown["rows"])) == (0, None, 4)


async def test_preview_asks_for_the_zone_of_naive_times(scene: Scene) -> None:
    shown = (await scene.post_file("/data/preview", MINUTES, "ABC_1m.csv")).json()
    assert "--tz" in shown["errors"][0]["message"]
    shown = (await scene.post_file("/data/preview", MINUTES, "ABC_1m.csv", tz="America/New_York")).json()
    assert (shown["errors"], shown["time_zone"], shown["first"]) == ([], "America/New_York", "2024-01-02T20:00:00Z")


async def test_preview_tells_of_gaps(scene: Scene) -> None:
    shown = (await scene.post_file("/data/preview", csv([ROWS[0], *ROWS[2:]]))).json()
    assert [warning["code"] for warning in shown["warnings"]] == ["gaps"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02binary\x00", "binary"),
        (csv(header="Date,Price,Volume"), "no column for open, high, low"),
        (b"PAR1 and then nothing", "Parquet"),
        (HEADER.encode(), "no data below it"),
    ],
)
async def test_preview_of_what_is_no_data_says_so(scene: Scene, content: bytes, said: str) -> None:
    answer = await scene.post_file("/data/preview", content, "x.csv", symbol="ABC")
    assert answer.status_code == 200
    assert said in answer.json()["errors"][0]["message"]
    assert answer.json()["errors"][0]["row"] is None


async def test_parquet_is_previewed_and_imported(scene: Scene, tmp_path: Any) -> None:
    import polars

    path = tmp_path / "p.parquet"
    times = polars.datetime_range(
        polars.datetime(2024, 1, 2), polars.datetime(2024, 1, 4), "1h", time_zone="UTC", eager=True
    )
    ones = [1.5] * len(times)
    polars.DataFrame({"ts": times, "open": ones, "high": ones, "low": ones, "close": ones}).write_parquet(path)
    shown = (await scene.post_file("/data/preview", path.read_bytes(), "p", symbol="BTCUSD")).json()
    assert [column["use"] for column in shown["columns"]] == ["time", "open", "high", "low", "close"]
    assert (len(shown["rows"]), shown["rows"][0][1:], shown["time_zone"]) == (10, ["1.5"] * 4, "UTC")
    job = await scene.imported(path.read_bytes(), "p", symbol="BTCUSD")
    assert job["result"]["written"] == shown["bars"] == len(times)


async def test_catalogue_is_filtered_sorted_and_paged(scene: Scene) -> None:
    for symbol, content in (("AAA", csv()), ("BBB", csv(ROWS[:2])), ("BTCUSD", csv(ROWS[:3]))):
        await scene.imported(content, symbol=symbol, timeframe="1d")

    async def symbols(**params: Any) -> list[str]:
        return [item["symbol"] for item in (await scene.get("/data", **params))["items"]]

    assert await symbols() == ["AAA", "BBB", "BTCUSD"]
    assert await symbols(sort="bars") == ["BBB", "BTCUSD", "AAA"]
    assert await symbols(sort="-bars") == ["AAA", "BTCUSD", "BBB"]
    assert await symbols(asset_class="crypto") == ["BTCUSD"]
    assert await symbols(symbol="BBB") == ["BBB"]
    page = await scene.get("/data", page=2, page_size=2)
    assert ([item["symbol"] for item in page["items"]], page["total"]) == (["BTCUSD"], 3)
    assert (await scene.get("/data", page=10**9))["items"] == []
    answer = await scene.client.get("/data", params={"sort": "colour"})
    assert (answer.status_code, "choose one of symbol" in answer.json()["message"]) == (400, True)


async def test_delete_removes_a_series_also_under_a_symbol_with_a_slash(scene: Scene) -> None:
    await scene.imported(csv(), symbol="BTC/USD")
    for path in ("/data/BTC/USD/1h", "/data/OTHER/1d"):
        assert (await scene.client.delete(path)).status_code == 404
    assert (await scene.client.delete("/data/BTC/USD/soon")).status_code == 400
    assert (await scene.client.delete("/data/BTC%2FUSD/1d")).status_code == 204
    assert (await scene.client.delete("/data/BTC/USD/1d")).status_code == 404
    assert scene.bars.catalogue() == []


async def test_unknown_job_is_not_found(scene: Scene) -> None:
    assert (await scene.client.get("/jobs/nothing")).status_code == 404


async def test_instruments_show_facts_timeframes_and_actions(scene: Scene) -> None:
    from datetime import date

    from weaver.model.market.corporate_actions import Split

    await scene.imported(csv(), symbol="ABC")
    await scene.imported(csv(), symbol="BTCUSD")
    scene.bars.set_actions("ABC", [Split(ex_date=date(2024, 1, 4), ratio="1:3")])
    found = await scene.get("/instruments", sort="-symbol")
    assert [item["symbol"] for item in found["items"]] == ["BTCUSD", "ABC"]
    assert found["items"][1] == {
        "symbol": "ABC", "asset_class": "stock", "tick": "0.01", "lot": "1", "minimum": "1", "quote_currency": "USD",
        "calendar": None, "multiplier": "1", "margin": None, "maintenance_margin": None,
        "timeframes": ["1d"], "actions": [{"ex_date": "2024-01-04", "type": "split", "value": "1/3"}],
    }  # fmt: skip
    assert (await scene.get("/instruments", asset_class="crypto"))["total"] == 1


async def test_facts_of_a_stored_symbol_are_set_and_shown(scene: Scene) -> None:
    await scene.imported(csv(), symbol="ES=F")
    path = "/instruments/ES%3DF"
    given = {"multiplier": "50", "margin": "13200", "maintenance_margin": "12000", "calendar": "CME", "tick": "0.25"}
    put = await scene.client.put(path, json=given)
    assert put.status_code == 200
    facts = {**given, "calendar": "CMES", "asset_class": "future", "quote_currency": "USD"}
    assert put.json().items() >= facts.items()
    assert (await scene.get(path)).items() >= facts.items()
    again = (await scene.client.put(path, json={"maintenance_margin": "11000"})).json()
    assert (again["margin"], again["maintenance_margin"]) == ("13200", "11000")
    for wrong, says in (
        ({"multiplier": "0"}, "multiplier must be above 0, not 0"),
        ({"calendar": "XLNO"}, "did you mean XLON"),
        ({"asset": "stock"}, "is a future's, and ES=F is stock"),
    ):
        refused = await scene.client.put(path, json=wrong)
        assert refused.status_code == 400
        assert says in refused.json()["message"]
    assert (await scene.client.put("/instruments/NOPE", json={"lot": "1"})).status_code == 404


async def test_what_a_file_says_back_of_itself_is_cut(scene: Scene) -> None:
    content = csv([f"{'x' * 50_000},10,12,9,11,100,a"])
    preview = (await scene.post_file("/data/preview", content)).json()
    job = await scene.imported(content, symbol="ABC")
    for message in (preview["errors"][0]["message"], job["error"]):
        assert "xxx…xxx" in message
        assert len(message) < 1_000


MANY = b"symbol,date,open,high,low,close,volume\n" + b"".join(
    f"{symbol},2024-03-0{day},{price},{price},{price},{price},{day}\n".encode()
    for day in (4, 5, 6)
    for symbol, price in (("AAA", 100), ("BBB", 7))
)


async def test_of_several_symbols_in_a_file_only_the_named_ones_rows_are_imported(scene: Scene) -> None:
    shown = (await scene.post_file("/data/preview", MANY, "many.csv", symbol="BBB")).json()
    assert (shown["symbol"], shown["bars"], shown["errors"]) == ("BBB", 3, [])
    assert {"name": "symbol", "use": "symbol"} in shown["columns"]
    assert "many.csv: 3 of 6 rows are BBB's, the rest is left" in shown["notes"]
    await scene.imported(MANY, "many.csv", symbol="BBB")
    stored = scene.bars.read("BBB", Timeframe.parse("1d")).bars
    assert stored.close.tolist() == [7.0] * 3
    assert [entry.symbol for entry in scene.bars.catalogue()] == ["BBB"]


async def test_preview_of_several_symbols_says_to_name_one(scene: Scene) -> None:
    shown = (await scene.post_file("/data/preview", MANY, "many.csv")).json()
    assert shown["errors"][0]["message"] == "many.csv: there are several symbols, AAA, BBB: name the one"
    shown = (await scene.post_file("/data/preview", MANY, "many.csv", symbol="CCC")).json()
    assert "the column 'symbol' has AAA, BBB: CCC is not among them" in shown["errors"][0]["message"]
    one = MANY.replace(b"BBB", b"AAA").splitlines(keepends=True)
    shown = (await scene.post_file("/data/preview", b"".join([one[0], *one[1::2]]), "other.csv")).json()
    assert (shown["symbol"], shown["bars"]) == ("AAA", 3)
    assert any("AAA by the column 'symbol', not other by the file's name" in note for note in shown["notes"])
