"""Strategies over HTTP."""

from pathlib import Path

import pytest

from tests.unit.glados.api.conftest import Scene
from tests.unit.glados.fakes import away
from weaver.marvin.plugins.catalogue import BUILT_IN

pytestmark = pytest.mark.anyio

OWN = '''
from typing import Literal
from weaver import Field, Strategy

class MyIdea(Strategy):
    """Does nothing yet."""

    version = "1.2"
    length: int = Field(20, ge=2)
    when: Literal["open", "close"] = "close"
'''


async def test_list_has_the_built_in_ones_the_users_and_broken_files(scene: Scene) -> None:
    (scene.strategies / "my_idea.py").write_text(OWN)
    (scene.strategies / "broken.py").write_text("class X(:\n")
    found = {item["id"]: item for item in (await scene.get("/strategies", page_size=100))["items"]}
    assert {"sma-crossover", "buy-and-hold", "pairs-spread", "my-idea", "broken"} <= found.keys()
    assert "line 1" in found["broken"]["error"]
    mine = found["my-idea"]
    assert (mine["version"], mine["description"], mine["built_in"], mine["error"]) == (
        "1.2", "Does nothing yet.", False, None,
    )  # fmt: skip
    assert mine["params_schema"]["properties"] == {
        "length": {"title": "Length", "type": "integer", "default": 20, "minimum": 2},
        "when": {"title": "When", "type": "string", "enum": ["open", "close"], "default": "close"},
    }


async def test_listing_runs_nothing(scene: Scene) -> None:
    (scene.strategies / "loud.py").write_text(OWN + "\nopen('/nowhere/at/all')\n")
    assert (await scene.get("/strategies/my-idea"))["error"] is None


async def test_list_is_paged(scene: Scene) -> None:
    page = await scene.get("/strategies", page=2, page_size=3)
    assert (len(page["items"]), page["page"], page["page_size"]) == (3, 2, 3)
    assert page["total"] == len(list(BUILT_IN.glob("[a-z]*.py")))


async def test_source_is_the_files_text(scene: Scene) -> None:
    (scene.strategies / "my_idea.py").write_text(OWN)
    found = await scene.get("/strategies/my-idea/source")
    assert (found["source"], found["file"], found["class_name"]) == (OWN, "my_idea.py", "MyIdea")
    assert found["source_hash"] == (await scene.get("/strategies/my-idea"))["source_hash"]
    assert (await scene.get("/strategies/sma-crossover/source"))["source"] == (
        BUILT_IN / "sma_crossover.py"
    ).read_text()


async def test_broken_file_shows_its_text_too_unless_it_is_none(scene: Scene) -> None:
    (scene.strategies / "broken.py").write_text("class X(:\n")
    (scene.strategies / "binary.py").write_bytes(b"\xff\xfe\x00")
    assert (await scene.get("/strategies/broken/source"))["source"] == "class X(:\n"
    assert (await scene.client.get("/strategies/binary/source")).status_code == 400


@pytest.mark.parametrize(
    "identifier",
    ["nothing", "..%2F..%2Fsecret", "..", "%2Fetc%2Fpasswd", "my_idea.py", "strategies%2Fmy_idea", "a%00b", "x" * 201],
)
async def test_id_reaches_nothing_but_what_is_listed(scene: Scene, identifier: str) -> None:
    (scene.strategies.parent / "secret.py").write_text(OWN)
    for path in (f"/strategies/{identifier}", f"/strategies/{identifier}/source"):
        answer = await scene.client.get(path)
        assert answer.status_code in {404, 422}
        assert "MyIdea" not in answer.text


async def test_link_out_of_the_folder_is_listed_with_what_to_do_and_never_read(scene: Scene, tmp_path: Path) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text(OWN)
    (scene.strategies / "mine.py").symlink_to(secret)
    listed = await scene.get("/strategies/mine")
    source = await scene.client.get("/strategies/mine/source")
    assert (source.status_code, source.json()["code"]) == (400, "strategy_error")
    for said in (listed["error"], source.json()["message"]):
        assert said == (
            f"{scene.strategies / 'mine.py'} is a link to {secret}, which lies outside {scene.strategies}: "
            "put a copy of that file there"
        )
    assert "MyIdea" not in source.text
    assert (await scene.client.get("/strategies/my-idea")).status_code == 404


async def test_rescan_tells_what_is_new_once(scene: Scene) -> None:
    first = (await scene.client.post("/strategies/rescan")).json()
    assert (first["added"], first["changed"], first["removed"]) == ([], [], [])
    file = scene.strategies / "my_idea.py"
    file.write_text(OWN)
    seen = []
    for change in (None, lambda: file.write_text(OWN + "# other\n"), file.unlink, None):
        if change is not None:
            change()
        answer = (await scene.client.post("/strategies/rescan")).json()
        seen.append((answer["added"], answer["changed"], answer["removed"], answer["total"] - first["total"]))
    assert seen == [(["my-idea"], [], [], 1), ([], ["my-idea"], [], 1), ([], [], ["my-idea"], 0), ([], [], [], 0)]
    assert [(event.type, dict(event.payload)) for event in await scene.log.read()] == [
        ("strategy.CatalogChanged", {"added": ["my-idea"], "changed": [], "removed": []}),
        ("strategy.CatalogChanged", {"added": [], "changed": ["my-idea"], "removed": []}),
        ("strategy.CatalogChanged", {"added": [], "changed": [], "removed": ["my-idea"]}),
    ]


async def test_change_that_could_not_be_recorded_is_told_at_the_next_rescan(scene: Scene) -> None:
    await scene.client.post("/strategies/rescan")
    (scene.strategies / "my_idea.py").write_text(OWN)
    with away(scene.log):
        assert (await scene.client.post("/strategies/rescan")).status_code == 503
    assert (await scene.client.post("/strategies/rescan")).json()["added"] == ["my-idea"]
    assert [event.type for event in await scene.log.read()] == ["strategy.CatalogChanged"]
