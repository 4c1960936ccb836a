"""The service's import, its preview and the web app's form have every option of `weaver data import`."""

import asyncio
import inspect
import json
import re

import pytest

from tests.shared_data import REPOSITORY
from tests.unit.glados.api.conftest import Scene
from tests.vendor_files import VENDOR_FILES, as_bytes, check_bars_of
from weaver.cli.data import import_files
from weaver.model.market.corporate_actions import Split
from weaver.model.market.timeframe import Timeframe

OPTIONS = set(inspect.signature(import_files).parameters) - {"files", "as_json"}
BODIES = json.loads((REPOSITORY / "haro" / "openapi.json").read_text())["components"]["schemas"]
FORM = (REPOSITORY / "haro/src/pages/data/bringing/upload.ts").read_text()
FIELDS = (REPOSITORY / "haro/src/pages/data/bringing/ImportForm.tsx").read_text()
DAYS = "date,open,high,low,close,volume\n" + "".join(
    f"2024-01-{day:02},{price},{price},{price},{price},1\n" for day, price in ((2, 20), (3, 20), (4, 10), (5, 10))
)


def test_command_has_the_options_that_this_is_about() -> None:
    assert {"columns", "date_order", "decimal", "empty_rows", "price_scale", "tz", "asset", "actions"} <= OPTIONS


def test_import_has_every_option_of_the_command() -> None:
    assert set(BODIES["Body_importData"]["properties"]) == OPTIONS | {"file"}


def test_preview_has_every_option_that_bears_on_reading() -> None:
    assert set(BODIES["Body_previewData"]["properties"]) == OPTIONS - {"replace"} | {"file"}


def test_form_of_the_web_app_has_a_field_for_each() -> None:
    listed = re.search(r"interface ImportFields \{(.*?)\}", FORM, re.DOTALL)
    assert listed is not None
    assert set(re.findall(r"(\w+):", listed[1])) == OPTIONS
    for option in OPTIONS:
        assert f'name="{option}"' in FIELDS or f"set({{ {option}: " in FIELDS, option


@pytest.mark.anyio
async def test_actions_are_stored_with_the_bars(scene: Scene) -> None:
    actions = b"ex_date,type,value\n2024-01-04,split,2\n"
    files = {"file": ("TWO.csv", DAYS.encode()), "actions": ("TWO_actions.csv", actions)}
    answer = await scene.client.post("/data/import", data={"symbol": "TWO", "asset": "stock"}, files=files)
    assert answer.status_code == 201, answer.text
    while (job := await scene.get(f"/jobs/{answer.json()['id']}"))["finished_at"] is None:
        await asyncio.sleep(0.005)
    assert job["status"] == "done", job
    (split,) = scene.bars.actions("TWO")
    assert isinstance(split, Split)
    assert split.ratio == 2


@pytest.mark.anyio
async def test_actions_that_cannot_be_read_are_told_by_the_preview(scene: Scene) -> None:
    files = {"file": ("TWO.csv", DAYS.encode()), "actions": ("odd.csv", b"ex_date,type,value\n2024-01-04,merger,2\n")}
    answer = await scene.client.post("/data/preview", data={"symbol": "TWO"}, files=files)
    assert answer.status_code == 200, answer.text
    (error,) = answer.json()["errors"]
    assert "odd.csv" in error["message"]
    assert "merger" in error["message"]


@pytest.mark.anyio
@pytest.mark.parametrize("name", sorted(VENDOR_FILES)[::5])
async def test_file_of_a_vendor_is_previewed_and_imported_as_it_was_written(scene: Scene, name: str) -> None:
    written, rows, zone = VENDOR_FILES[name]
    symbol = "AAPL.US" if "bulk" in name else "BTCUSDT" if "download" in name else "AAPL"
    data = {"symbol": symbol, **({} if zone is None else {"tz": zone})}
    files = {"file": (name, as_bytes(written))}
    preview = await scene.client.post("/data/preview", data=data, files=files)
    assert preview.json()["errors"] == []
    assert preview.json()["bars"] == len(rows)
    answer = await scene.client.post("/data/import", data=data, files=files)
    assert answer.status_code == 201, answer.text
    while (job := await scene.get(f"/jobs/{answer.json()['id']}"))["finished_at"] is None:
        await asyncio.sleep(0.005)
    assert job["status"] == "done", job
    timeframe = Timeframe.parse(job["result"]["series"]["timeframe"])
    check_bars_of(name, scene.bars.read(symbol, timeframe).bars)
