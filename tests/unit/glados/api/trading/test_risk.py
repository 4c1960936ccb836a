"""Limits and the kill switch over HTTP, where no account is open: both are kept, and hold once one is."""

import pytest

from tests.unit.glados.api.trading.test_chosen import offered
from tests.unit.glados.conftest import Api
from tests.unit.glados.fakes import NoVenues

pytestmark = pytest.mark.anyio
ACCOUNT = "alpaca paper"


@pytest.fixture(autouse=True)
def _venue(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that there is, and that nobody has connected."""
    monkeypatch.setattr(NoVenues, "offered", lambda _self: [offered("alpaca", "paper")])


async def test_before_anything_was_set_the_defaults_are_told_and_the_switch_is_off(api: Api) -> None:
    risk = (await api.client.get("/api/v1/risk")).json()
    defaults = {one["name"]: one["default"] for one in risk["fields"]}
    assert defaults["daily_loss"] == "0.05"
    assert defaults["orders_per_minute"] == 60
    assert (risk["accounts"], risk["refusals"], risk["kill_switch"]["is_on"]) == ([], [], False)


async def test_limit_of_an_account_that_is_not_open_is_kept_and_told(api: Api) -> None:
    body = {"account": ACCOUNT, "limits": {"daily_loss": "0.03", "drawdown": None}}
    changed = (await api.client.put("/api/v1/risk", json=body)).json()
    assert (changed["limits"]["daily_loss"], changed["limits"]["drawdown"], changed["is_open"]) == ("0.03", None, False)
    [shown] = (await api.client.get("/api/v1/risk")).json()["accounts"]
    assert (shown["account"], shown["limits"]) == (ACCOUNT, changed["limits"])
    assert (shown["equity"], shown["use"], shown["runs"]) == (None, {}, [])


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({}, 422, "give account or run_id, and not both"),
        ({"account": ACCOUNT, "run_id": "r"}, 422, "give account or run_id, and not both"),
        ({"run_id": "r", "accept_account": True}, 422, "go with an account"),
        ({"run_id": "none"}, 404, "there is no run 'none'"),
    ],
)
async def test_limits_are_of_an_account_or_of_a_run(
    api: Api, body: dict[str, object], status: int, reason: str
) -> None:
    answer = await api.client.put("/api/v1/risk", json={**body, "limits": {"daily_loss": "0.03"}})
    assert answer.status_code == status
    assert reason in answer.text


@pytest.mark.parametrize("account", [None, ACCOUNT])
async def test_switch_is_turned_and_released_over_all_or_one(api: Api, account: str | None) -> None:
    body = {"account": account, "reason": "enough", "flatten": True}
    turned = (await api.client.post("/api/v1/risk/kill-switch", json=body)).json()
    assert (turned["account"], turned["is_on"], turned["reason"], turned["flatten"]) == (account, True, "enough", True)
    assert turned["at"] is not None
    again = (await api.client.post("/api/v1/risk/kill-switch", json={"account": account})).json()
    assert again["flatten"] is True, "turned on again it keeps that"
    risk = (await api.client.get("/api/v1/risk")).json()
    shown = risk["kill_switch"] if account is None else risk["accounts"][0]["kill_switch"]
    assert shown["is_on"] is True
    released = (await api.client.request("DELETE", "/api/v1/risk/kill-switch", json={"account": account})).json()
    assert released["is_on"] is False
    told = [(one.type, one.payload["account"]) for one in await api.events() if one.type.startswith("risk.")]
    assert told == [
        ("risk.KillSwitchOn", account), ("risk.KillSwitchOn", account), ("risk.KillSwitchOff", account),
    ]  # fmt: skip


async def test_release_without_a_body_is_of_the_switch_over_all(api: Api) -> None:
    await api.client.post("/api/v1/risk/kill-switch", json={})
    assert (await api.client.delete("/api/v1/risk/kill-switch")).json()["is_on"] is False
