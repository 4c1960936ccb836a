"""Files that are sent to be looked at and stored: good ones, wrong ones, too large ones, and ones that mean harm."""

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from tests.acceptance.server import Server, server
from tests.acceptance.service.api import DATA, Api, hours

MEGABYTE = 1024 * 1024
CSV = (DATA / "AAPL_1d.csv").read_bytes()
WRONG_COLUMNS = b"when,first,peak\n2024-01-02,1,2\n2024-01-03,2,3\n"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that takes files of a megabyte at most."""
    with server(tmp_path_factory.mktemp("uploads") / "home", WEAVER_UPLOAD_MAX_MB="1") as running:
        yield running
        running.stop()
        assert "Traceback" not in running.log


@pytest.fixture(scope="module")
def api(small: Server) -> Iterator[Api]:
    """A client of that server."""
    with Api(small.url) as client:
        yield client


def parquet(csv: bytes) -> bytes:
    """The same table as Parquet, written by pyarrow."""
    sink = io.BytesIO()
    pa.parquet.write_table(pa.csv.read_csv(io.BytesIO(csv)), sink)
    return sink.getvalue()


def preview(api: Api, name: str, content: bytes, *, status: int = 200, **fields: str) -> Any:
    return api.call("POST", "/data/preview", status=status, files={"file": (name, content)}, data=fields)


FILES = {"csv": ("_1d.csv", CSV), "gzip": ("_1d.csv.gz", gzip.compress(CSV)), "parquet": ("_1d.parquet", parquet(CSV))}


@pytest.mark.parametrize("kind", FILES)
def test_preview_shows_what_an_import_then_stores(api: Api, kind: str) -> None:
    ending, content = FILES[kind]
    symbol, rows = f"A{kind.upper()}", CSV.decode().splitlines()[1:]
    shown = preview(api, f"{symbol}{ending}", content, asset="stock")
    assert (shown["symbol"], shown["timeframe"], shown["bars"], shown["errors"]) == (symbol, "1d", len(rows), [])
    assert {column["use"] for column in shown["columns"]} >= {"time", "open", "high", "low", "close", "volume"}
    assert symbol not in [series["symbol"] for series in api.pages("/data")]
    job = api.upload(f"{symbol}{ending}", content, symbol=symbol, asset="stock")
    assert (job["status"], job["result"]["written"]) == ("done", len(rows)), job
    candles = api.get("/candles", symbol=symbol, timeframe="1d", limit=5_000)["items"]
    assert len(candles) == len(rows)
    for candle, row in zip(candles, rows, strict=True):
        date, *numbers = row.split(",")
        assert candle["timestamp"].startswith(date)
        assert [candle[name] for name in ("open", "high", "low", "close", "volume")] == [float(n) for n in numbers]


def test_same_bars_have_the_same_hash_whatever_file_they_came_in(api: Api) -> None:
    hashes = set()
    for kind, (ending, content) in FILES.items():
        job = api.upload(f"SAME{ending}", content, symbol=f"SAME{kind.upper()}", asset="stock")
        hashes.add(job["result"]["series"]["content_hash"])
    assert len(hashes) == 1


def test_file_without_the_columns_is_told_which_it_has_and_stores_nothing(api: Api) -> None:
    [error] = preview(api, "X_1d.csv", WRONG_COLUMNS, symbol="X")["errors"]
    job = api.upload("X_1d.csv", WRONG_COLUMNS, symbol="X")
    assert job["status"] == "error"
    for message in (error["message"], job["error"]):
        assert all(name in message for name in ("X_1d.csv", "when", "first", "peak"))
        assert "/" not in message.replace("and/or", ""), "a path of the server's"
    api.refused("GET", "/candles", status=404, params={"symbol": "X", "timeframe": "1d"})


HEADER = b"timestamp,open,high,low,close,volume\n"
UNREADABLE = {
    "empty": ("X_1d.csv", b""),
    "binary": ("X_1d.csv", b"\x00\xff" * 500),
    "high below low": ("X_1d.csv", HEADER + b"2024-01-02,5,4,6,5,1\n"),
    "nan": ("X_1d.csv", HEADER + b"2024-01-02,nan,4,3,3,1\n"),
    "out of order": ("X_1d.csv", HEADER + b"".join(b"2024-01-0%d,1,1,1,1,1\n" % day for day in (3, 2, 4))),
    "endless field": ("X_1d.csv", HEADER + b'"2024-01-02' + b"x" * 200_000),
    "lines of an old Mac": ("X_1d.csv", HEADER.replace(b"\n", b"\r") + b"2024-01-02,1,1,1,1,1\r"),
    "no gzip": ("X_1d.csv.gz", b"\x1f\x8bno gzip"),
    "half a gzip": ("X_1d.csv.gz", gzip.compress(CSV)[:-2_000]),
    "no Parquet": ("X_1d.parquet", b"PAR1 no parquet PAR1"),
    "half a Parquet": ("X_1d.parquet", parquet(CSV)[:-100]),
    "a spreadsheet": ("X_1d.xlsx", b"PK\x03\x04" + b"\x00" * 100),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_file_that_cannot_be_read_is_an_error_of_its_own_and_changes_nothing(api: Api, kind: str) -> None:
    name, content = UNREADABLE[kind]
    before = api.pages("/data")
    answer = api.http.post("/api/v1/data/preview", files={"file": (name, content)}, data={"symbol": "X"})
    assert answer.status_code in {200, 400}, answer.text
    assert answer.json()["errors" if answer.status_code == 200 else "message"]
    answer = api.http.post("/api/v1/data/import", files={"file": (name, content)}, data={"symbol": "X"})
    if answer.status_code == 201:
        assert api.upload(name, content, symbol="X")["status"] == "error"
    else:
        assert answer.status_code == 400
    assert api.pages("/data") == before


def test_file_over_the_limit_is_413_by_its_announced_and_by_its_real_size(api: Api) -> None:
    large = b"x" * (MEGABYTE + 100_000)
    for path in ("/data/preview", "/data/import"):
        api.refused("POST", path, status=413, files={"file": ("X_1d.csv", large)}, data={"symbol": "X"})
        unannounced = api.http.post(
            f"/api/v1{path}",
            content=iter([b'--B\r\nContent-Disposition: form-data; name="file"; filename="X"\r\n\r\n', large, large]),
            headers={"Content-Type": "multipart/form-data; boundary=B"},
        )
        assert unannounced.status_code == 413, unannounced.text
    assert preview(api, "HOURS_1h.csv", hours(48), asset="crypto")["bars"] == 48


def test_small_file_that_unpacks_beyond_the_limit_is_refused(api: Api) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = packer.compress(b"timestamp,open,high,low,close,volume\n" + b"0" * (40 * MEGABYTE)) + packer.flush()
    assert len(bomb) < MEGABYTE / 10
    for path in ("/data/preview", "/data/import"):
        api.refused("POST", path, status=413, files={"file": ("BOMB_1d.csv.gz", bomb)}, data={"symbol": "BOMB"})


def test_body_that_is_no_form_is_422(api: Api) -> None:
    api.refused("POST", "/data/preview", status=422, json={"file": "x"})
    api.refused("POST", "/data/import", status=422, files={"file": ("X_1d.csv", CSV)})
    api.refused("POST", "/data/import", status=422, data={"symbol": "X"})
    broken = {"Content-Type": "multipart/form-data"}
    assert api.http.post("/api/v1/data/import", content=b"--B\r\n", headers=broken).status_code in {400, 422}


@pytest.mark.parametrize(
    "name", ["../../../escaped_1d.csv", "/tmp/escaped_1d.csv", "..\\escaped_1d.csv", "a\x00_1d.csv"]
)
def test_file_name_that_points_elsewhere_is_only_a_name(small: Server, api: Api, name: str) -> None:
    root = small.home.parent
    outside = _files(root) - _files(small.home)
    job = api.upload(name, hours(48), symbol="NAMED", asset="crypto")
    assert job["status"] == "done"
    assert ".." not in job["result"]["series"]["source"]
    assert "/" not in job["result"]["series"]["source"]
    assert _files(root) - _files(small.home) == outside
    assert not [path for path in _files(root) if "escaped" in path.name]


@pytest.mark.parametrize("symbol", ["", " ", " X", "x" * 65, "a\x00b", "a\nb"])
def test_symbol_that_nothing_could_be_stored_under_is_refused(api: Api, symbol: str) -> None:
    before = api.pages("/data")
    answer = api.http.post(
        "/api/v1/data/import", files={"file": ("X_1h.csv", hours(48))}, data={"symbol": symbol, "asset": "crypto"}
    )
    assert answer.status_code in {400, 422}, answer.text
    assert api.pages("/data") == before


@pytest.mark.parametrize("symbol", ["BTC/USD", "../X", "/etc/X", "a\\b", "~", "%2e%2e%2fX"])
def test_symbol_that_looks_like_a_path_is_stored_inside_the_store_under_its_own_name(
    small: Server, api: Api, symbol: str
) -> None:
    before = _files(small.home.parent)
    assert api.upload("X_1h.csv", hours(48), symbol=symbol, asset="crypto")["status"] == "done"
    bars = small.home / "bars"
    made = _files(small.home.parent) - before
    assert made
    assert all(len(path.resolve().relative_to(bars).parts) >= 2 for path in made if path.parent != bars)
    assert [series["symbol"] for series in api.get("/data", symbol=symbol)["items"]] == [symbol]
    assert len(api.get("/candles", symbol=symbol, timeframe="1h")["items"]) == 48
    assert api.ended(api.started("buy-and-hold", symbol))["status"] == "completed"
    api.call("DELETE", f"/data/{quote(symbol, safe='')}/1h", status=204)
    assert api.get("/data", symbol=symbol)["total"] == 0


def _files(folder: Path) -> set[Path]:
    """Files below a folder, but for what the database writes as it goes."""
    return {path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("weaver.db")}
