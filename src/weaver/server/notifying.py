"""Where notifications go, and who sends them."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from importlib.util import find_spec

from weaver.config import Settings
from weaver.events.factory import EventFactory
from weaver.glados.clock.ports import WallClock
from weaver.glados.metrics import Metrics
from weaver.glados.ports import NewId
from weaver.glados.process.upkeep import in_background
from weaver.model.errors import InputError
from weaver.model.run import Run
from weaver.server.of_settings import notify_urls
from weaver.veda.notifications.channel import Channel
from weaver.veda.notifications.days import Days
from weaver.veda.notifications.notification import NotificationKind, kinds_of
from weaver.veda.notifications.notifier import Notifier
from weaver.veda.notifications.ports import Sender
from weaver.veda.notifications.urls import scheme_of
from weaver.veda.ports import TradingStore
from weaver.veda.service import TradingService
from weaver.walle.database.database import SqlDatabase

NO_APPRISE = "NOTIFY_URLS is set, and Apprise is not installed: pip install 'weaver[notify]', or unset it"


async def channels_of(settings: Settings, sender: Sender, wall: WallClock, metrics: Metrics) -> Sequence[Channel]:
    """Where notifications go. Raises InputError for what is none, with nothing of it in the text."""
    return [
        Channel(number, url, sender=sender, now=wall.now, wait=wall.sleep, told=metrics.notification)
        for number, url in enumerate(await checked_urls(settings, sender), start=1)
    ]


async def checked_urls(settings: Settings, sender: Sender) -> Sequence[str]:
    """The URLs of NOTIFY_URLS, of which Apprise can use each. Raises InputError, with nothing of them in the text, and
    Unavailable where nobody can tell."""
    if not (urls := notify_urls(settings)):
        return ()
    if find_spec("apprise") is None:
        raise InputError(NO_APPRISE)
    usable = await sender.usable(urls)
    numbered = zip(enumerate(urls, start=1), usable, strict=True)
    if wrong := [f"number {number} ({scheme_of(url)})" for (number, url), is_usable in numbered if not is_usable]:
        raise InputError(
            f"NOTIFY_URLS: Apprise cannot use {', '.join(wrong)}: see its page on that service for how the URL is "
            "written"
        )
    return urls


async def started_notifier(
    settings: Settings, stack: AsyncExitStack, channels: Sequence[Channel], database: SqlDatabase,
    trading: TradingService, store: TradingStore, wall: WallClock, new_id: NewId,
) -> Notifier:  # fmt: skip
    """Who tells people of what happens, and records what days came to, where somebody is told of that."""

    async def find_run(run_id: str) -> Run | None:
        async with database.transaction() as transaction:
            return await transaction.runs.find(run_id)

    kinds = kinds_of(settings.notify_kinds)
    notifier = Notifier(
        channels=channels, kinds=kinds, log=database.log, find_run=find_run, is_owner=lambda: database.is_owner,
        wait=wall.sleep,
    )  # fmt: skip
    await stack.enter_async_context(notifier.running())
    if channels and NotificationKind.DAILY_SUMMARY in kinds:
        events = EventFactory(producer="notifications", now=wall.now, new_id=new_id)
        days = Days(
            accounts=lambda: trading.accounts, store=store, find_run=find_run, events=events,
            is_owner=lambda: database.is_owner, wait=wall.sleep,
        )  # fmt: skip
        await stack.enter_async_context(in_background(days.run()))
    return notifier
