"""Damaged bars over HTTP: they stay with their symbol, are shown, and are mended by an import or a removal."""

from pathlib import Path

import pytest

from tests.unit.glados.api.conftest import Scene
from tests.unit.glados.api.files import csv

pytestmark = pytest.mark.anyio


@pytest.fixture
def bars_folder(tmp_path: Path) -> Path:
    """Of the scene's store."""
    return tmp_path / "bars"


async def damages(scene: Scene) -> dict[str, str | None]:
    listed = (await scene.get("/data"))["items"]
    return {one["symbol"]: one["damaged"] for one in listed}


@pytest.mark.parametrize("how", ["again", "replace", "delete"])
@pytest.mark.parametrize(
    "record", [None, b"{", b"[" * 100_000, b"\xff\x00", b""], ids=["bars", "brace", "deep", "binary", "empty"]
)
async def test_damage_is_shown_until_it_is_mended(
    scene: Scene, bars_folder: Path, record: bytes | None, how: str
) -> None:
    for symbol in ("ABC", "DEF"):
        await scene.imported(csv(), symbol=symbol)
    folder = bars_folder / "ABC"
    if record is None:
        file = folder / "1d-1" / "all.parquet"
        content = file.read_bytes()
        file.write_bytes(content[:400] + bytes([content[400] ^ 4]) + content[401:])
    else:
        (folder / "symbol.json").write_bytes(record)
    told = await damages(scene)
    assert told["DEF"] is None
    assert "damaged" in str(told["ABC"])
    answer = await scene.client.get("/candles", params={"symbol": "ABC", "timeframe": "1d"})
    assert (answer.status_code, answer.json()["code"]) == (409, "damaged")
    assert (await scene.get("/candles", symbol="DEF", timeframe="1d"))["total"] == 5
    assert "DEF" in [one["symbol"] for one in (await scene.get("/instruments"))["items"]]
    if how == "delete":
        assert (await scene.client.delete("/data/ABC/1d")).status_code == 204
        assert await damages(scene) == {"DEF": None}
    else:
        job = await scene.imported(csv(), symbol="ABC", replace=str(how == "replace").lower())
        assert job["status"] == "done", job["error"]
        assert await damages(scene) == {"ABC": None, "DEF": None}
        codes = {one["code"] for one in job["result"]["warnings"]}
        assert ("mended" in codes) == (record is not None or how == "again")
