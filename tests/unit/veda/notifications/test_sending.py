"""Messages sent for real, each by a process of its own, to receivers on this machine."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.receivers import receiving
from tests.unit.veda.notifications.told import message
from weaver.config import environment_without_secrets
from weaver.model.errors import Unavailable
from weaver.veda.notifications.sending import ProcessSender

pytestmark = pytest.mark.anyio
MESSENGER = (sys.executable, "-m", "weaver.messenger")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def sender(*command: str, seconds: float = 60) -> ProcessSender:
    return ProcessSender(command or MESSENGER, environment=environment_without_secrets(), seconds=seconds)


async def test_message_reaches_its_receiver_as_it_is() -> None:
    with receiving() as receiver:
        assert await sender().send(receiver.url, message(7)) is None
        [got] = receiver.messages
    assert (got["title"], got["message"], got["type"]) == ("title 7", "a\nb", "info")


async def test_receiver_that_refuses_is_told_by_its_status() -> None:
    with receiving("refuses") as receiver:
        assert await sender().send(receiver.url, message()) == "the service refused it with HTTP 500"


async def test_receiver_that_is_not_there_is_told() -> None:
    with receiving() as receiver:
        pass
    assert await sender().send(receiver.url, message()) == "the service was not reached, or did not answer in time"


async def test_url_that_is_none_is_told_without_it() -> None:
    reason = await sender().send("wrong://hunter2secret", message())
    assert reason == "it was not taken: check the URL, and that the service takes messages from here"


async def test_receiver_that_floods_is_left() -> None:
    """Its answer has no end, and would fill the memory of whoever reads it."""
    with receiving("floods") as receiver:
        assert await sender().send(receiver.url, message()) is not None


async def test_receiver_that_hangs_is_left() -> None:
    with receiving("hangs") as receiver:
        assert await sender().send(receiver.url, message()) is not None


async def test_process_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    sleeping = sender(*process_that_sleeps(tmp_path), seconds=2)
    assert await sleeping.send("json://x", message()) == "it has not answered within 2 s"
    assert_gone(tmp_path)
    with pytest.raises(Unavailable, match="not loaded within 6 s"):
        await sleeping.usable(["json://x"])


async def test_process_ends_with_who_waits_for_it(tmp_path: Path) -> None:
    task = asyncio.create_task(sender(*process_that_sleeps(tmp_path)).send("json://x", message()))
    while not (tmp_path / "process").exists():
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert_gone(tmp_path)


def process_that_sleeps(folder: Path) -> list[str]:
    file, begun = folder / "begun", folder / "process"
    text = (
        f"import os, time; open({str(file)!r}, 'w').write(str(os.getpid())); "
        f"os.replace({str(file)!r}, {str(begun)!r}); time.sleep(600)"
    )
    return [sys.executable, "-c", text]


def assert_gone(folder: Path) -> None:
    with pytest.raises(ProcessLookupError):
        os.kill(int((folder / "process").read_text()), 0)


async def test_process_that_ends_without_an_answer_and_one_that_is_not_there_are_told() -> None:
    assert "without an answer" in str(await sender(sys.executable, "-c", "").send("json://x", message()))
    assert "no process can be started" in str(await sender("/nowhere/python").send("json://x", message()))


async def test_urls_that_apprise_takes_are_told_from_others() -> None:
    urls = ["json://127.0.0.1:9/", "wrong://hunter2secret", "tgram://123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/1/"]
    assert await sender().usable(urls) == [True, False, True]


async def test_loading_the_server_loads_no_apprise() -> None:
    code = "import sys, weaver.main; print([name for name in sys.modules if name.split('.')[0] == 'apprise'])"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert said.decode().strip() == "[]"
