"""Which accounts a request is about, where none is open."""

import pytest

from tests.unit.glados.conftest import Api
from tests.unit.glados.fakes import NoVenues
from weaver.glados.api.trading.chosen import checked, chosen, named
from weaver.model.errors import InputError, NotFound
from weaver.model.market.asset_class import AssetClass
from weaver.veda.adapters.catalogue import BUILT_IN, AdapterEntry
from weaver.veda.service import Offered

pytestmark = pytest.mark.anyio


def offered(identifier: str, *modes: str, parts: tuple[str, ...] = ()) -> Offered:
    entry = AdapterEntry(
        id=identifier, title=identifier, description="", path=BUILT_IN, modes=modes, parts=parts, built_in=True,
        asset_classes=(AssetClass.STOCK,),
    )  # fmt: skip
    return Offered(entry=entry, settings={})


@pytest.fixture
def venues(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two whose accounts are shared, and one that is made for a run."""
    found = [offered("alpaca", "paper", "live"), offered("mine", "paper"), offered("replay", "paper", parts=("bars",))]
    monkeypatch.setattr(NoVenues, "offered", lambda _self: found)


@pytest.mark.usefixtures("venues")
async def test_without_a_name_all_that_are_open_are_meant(api: Api) -> None:
    assert await chosen(api.services, None, None) == []
    assert await chosen(api.services, "alpaca", None) == []
    assert await named(api.services, None) == []


async def test_venue_and_mode_are_connected_and_one_that_is_none_is_not_found(api: Api) -> None:
    with pytest.raises(NotFound, match="no venue 'nowhere'"):
        await chosen(api.services, "nowhere", "paper")  # type: ignore[arg-type]


@pytest.mark.usefixtures("venues")
@pytest.mark.parametrize(
    "asked", ["/account", "/positions", "/reconciliation", "/orders", "/fills", "/orders?venue=alpaca"]
)
async def test_venue_that_is_none_is_named_with_those_that_there_are(api: Api, asked: str) -> None:
    more = "&" if "?" in asked else "?"
    answer = await api.client.get(f"/api/v1{asked}{more}venue=nope")
    assert (answer.status_code, answer.json()["message"]) == (
        404,
        "there is no venue 'nope': there is alpaca, mine, replay",
    )
    assert (await api.client.get(f"/api/v1{asked}{more}venue=mine")).json()["items"] == []


@pytest.mark.parametrize("asked", ["/positions", "/orders", "/fills"])
async def test_run_that_is_none_has_no_list(api: Api, asked: str) -> None:
    answer = await api.client.get(f"/api/v1{asked}?run_id=nope")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.usefixtures("venues")
async def test_account_that_there_can_be_is_taken_by_its_name(api: Api) -> None:
    assert [checked(api.services, name) for name in ("alpaca live", "mine paper")] == ["alpaca live", "mine paper"]


@pytest.mark.usefixtures("venues")
@pytest.mark.parametrize("name", ["", "alpaca", "alpaca backtest", "mine live", "replay paper", "alpaca  paper", "x y"])
async def test_account_that_there_cannot_be_is_refused_with_those_that_can(api: Api, name: str) -> None:
    with pytest.raises(InputError, match="there is alpaca paper, alpaca live, mine paper"):
        checked(api.services, name)


async def test_without_a_venue_there_is_no_account(api: Api) -> None:
    with pytest.raises(InputError, match="there is none"):
        checked(api.services, "alpaca paper")
