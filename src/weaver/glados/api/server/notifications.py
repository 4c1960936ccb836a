"""Notifications tried out."""

from fastapi import APIRouter

from weaver.glados.application import ServicesDep
from weaver.glados.http.errors import responses
from weaver.glados.schemas.server.notifications import NotificationsTestResponse, NotificationTrial

router = APIRouter(tags=["operation"])


@router.post("/notifications/test", responses=responses(400, 409))
async def test_notifications(services: ServicesDep) -> NotificationsTestResponse:
    """Send a test message to every channel at once, one try each, and answer when all have ended (within 25 s). 400: no
    channel is set; 409: a test is under way."""
    tested = await services.notifier.test()
    return NotificationsTestResponse(
        items=[
            NotificationTrial(number=one.number, scheme=one.scheme, ok=one.reason is None, reason=one.reason)
            for one in tested
        ]
    )
