"""How the server is set up."""

from fastapi import APIRouter

from weaver.glados.application import ServicesDep
from weaver.glados.schemas.server.health import Setting, SettingsResponse
from weaver.glados.schemas.server.notifications import NotificationChannel, NotificationFailure, NotificationsState
from weaver.veda.notifications.channel import Channel

router = APIRouter(tags=["operation"])


@router.get("/settings")
async def get_settings(services: ServicesDep) -> SettingsResponse:
    """Each setting and its value. Of a secret, only whether it is set. And where notifications go."""
    settings, notifier = sorted(services.facts.settings.items()), services.notifier
    return SettingsResponse(
        items=[Setting(name=name, value=value) for name, value in settings],
        notifications=NotificationsState(
            channels=[_channel(one) for one in notifier.channels], kinds=sorted(map(str, notifier.kinds))
        ),
    )


def _channel(channel: Channel) -> NotificationChannel:
    failure = channel.last_failure
    return NotificationChannel(
        number=channel.number,
        scheme=channel.scheme,
        sent=channel.sent,
        given_up=channel.failed,
        is_failing=channel.is_failing,
        last_failure=None if failure is None else NotificationFailure(at=failure.at, reason=failure.reason),
    )
