"""The channels that a server is set up with."""

from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest

from tests.unit.server.others import Others
from tests.unit.veda.notifications.told import FakeSender
from weaver.config import Settings
from weaver.glados.threads import ServerThreads
from weaver.main import started
from weaver.model.errors import InputError
from weaver.veda.notifications.ports import Sender

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Notifying(Others):
    """Sends nothing for real."""

    def __init__(self) -> None:
        super().__init__()
        self.fake_sender = FakeSender()

    def sender(self, settings: Settings) -> Sender:
        return self.fake_sender


async def test_channels_are_made_of_the_urls_that_are_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up = {"WEAVER_HOME": str(tmp_path), "DB_URL": "memory", "NOTIFY_URLS": "json://one/ tgram://two/"}
    for name, value in {**set_up, "NOTIFY_KINDS": "feed, daily_summary"}.items():
        monkeypatch.setenv(name, value)
    parts = Notifying()
    with closing(ServerThreads.of(wait_seconds=5, uploads=1)) as threads:
        async with AsyncExitStack() as stack:
            behind = await started(Settings(), parts, stack=stack, port=8420, threads=threads)
            notifier = behind.services.notifier
            assert [one.scheme for one in notifier.channels] == ["json", "tgram"]
            assert sorted(map(str, notifier.kinds)) == ["daily_summary", "feed"]
            await notifier.test()
    assert [url for url, _ in parts.fake_sender.sent] == ["json://one/", "tgram://two/"]


@pytest.mark.parametrize(
    ("is_installed", "reason"),
    [
        (True, r"Apprise cannot use number 2 \(wrong\)"),
        (False, r"Apprise is not installed: pip install 'weaver\[notify\]'"),
    ],
)
async def test_channel_that_cannot_be_used_is_refused_without_its_url(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_installed: bool, reason: str
) -> None:
    for name, value in {"WEAVER_HOME": str(tmp_path), "NOTIFY_URLS": "json://one/ wrong://hunter2secret"}.items():
        monkeypatch.setenv(name, value)
    if not is_installed:
        monkeypatch.setattr("weaver.server.notifying.find_spec", lambda _name: None)
    with closing(ServerThreads.of(wait_seconds=5, uploads=1)) as threads:
        async with AsyncExitStack() as stack:
            with pytest.raises(InputError, match=reason) as caught:
                await started(Settings(), Notifying(), stack=stack, port=8420, threads=threads)
    assert "hunter2" not in str(caught.value)
