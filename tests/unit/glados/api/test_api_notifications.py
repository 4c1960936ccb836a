"""Notifications over the API: who is told, whether it works, and a test."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from tests.unit.glados.conftest import Api
from tests.unit.veda.notifications.told import FakeSender
from tests.virtual_wall import VirtualWall
from weaver.glados.metrics import Metrics
from weaver.veda.notifications.channel import Channel
from weaver.veda.notifications.notification import NotificationKind
from weaver.veda.notifications.notifier import Notifier

pytestmark = pytest.mark.anyio
Open = Callable[..., AbstractAsyncContextManager[Api]]
URLS = ("json://user:hunter2secret@desk.example/", "tgram://hunter2secret/77/")


def channels(api: Api, sender: FakeSender) -> Metrics:
    """Have the server two channels; where they are counted."""
    wall, metrics = VirtualWall(), api.services.metrics
    made = [
        Channel(number, url, sender=sender, now=wall.now, wait=wall.sleep, told=metrics.notification)
        for number, url in enumerate(URLS, start=1)
    ]
    notifier = api.services.notifier
    assert isinstance(notifier, Notifier)
    notifier.channels, notifier.kinds = made, frozenset({NotificationKind.RUN_ERROR, NotificationKind.FEED})
    return metrics


async def test_without_channels_settings_show_none_and_a_test_says_what_to_set(api: Api) -> None:
    found = (await api.client.get("/api/v1/settings")).json()["notifications"]
    assert (found["channels"], len(found["kinds"])) == ([], len(NotificationKind))
    answer = await api.client.post("/api/v1/notifications/test")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")
    assert "set NOTIFY_URLS" in answer.json()["message"]


async def test_test_answers_for_each_channel_and_settings_health_and_metrics_tell_of_it(api: Api) -> None:
    sender = FakeSender(lambda url: "HTTP 401" if url == URLS[1] else None)
    channels(api, sender)
    before = (await api.client.get("/api/v1/healthz")).json()
    answer = await api.client.post("/api/v1/notifications/test")
    assert (answer.status_code, answer.json()) == (
        200,
        {"items": [
            {"number": 1, "scheme": "json", "ok": True, "reason": None},
            {"number": 2, "scheme": "tgram", "ok": False, "reason": "HTTP 401"},
        ]},
    )  # fmt: skip
    settings, health, metrics = [await api.client.get(f"/api/v1/{name}") for name in ("settings", "healthz", "metrics")]
    assert settings.json()["notifications"] == {
        "channels": [
            {"number": 1, "scheme": "json", "sent": 1, "given_up": 0, "is_failing": False, "last_failure": None},
            {"number": 2, "scheme": "tgram", "sent": 0, "given_up": 1, "is_failing": True,
             "last_failure": {"at": "2026-03-02T14:30:00Z", "reason": "HTTP 401"}},
        ],
        "kinds": ["feed", "run_error"],
    }  # fmt: skip
    assert (before["status"], health.status_code, health.json()["status"]) == ("ok", 200, "degraded")
    assert "GET /settings says which" in health.json()["checks"]["notifications"]["message"]
    assert 'weaver_notifications_total{channel="1",outcome="sent"} 1.0' in metrics.text
    assert 'weaver_notifications_total{channel="2",outcome="given_up"} 1.0' in metrics.text
    assert "hunter2" not in answer.text + settings.text + health.text + metrics.text
    sender.answer = lambda _url: None
    await api.client.post("/api/v1/notifications/test")
    assert (await api.client.get("/api/v1/healthz")).json()["status"] == "ok"


async def test_settings_and_tests_need_the_token(open_api: Open) -> None:
    async with open_api(token="correct-horse-battery") as api:
        assert (await api.client.post("/api/v1/notifications/test")).status_code == 401
