"""How the server is set up."""

from fastapi import APIRouter

from weaver.glados.application import ServicesDep
from weaver.glados.schemas.server.health import Setting, SettingsResponse

router = APIRouter(tags=["operation"])


@router.get("/settings")
async def get_settings(services: ServicesDep) -> SettingsResponse:
    """Each setting and its value. Of a secret, only whether it is set."""
    settings = sorted(services.facts.settings.items())
    return SettingsResponse(items=[Setting(name=name, value=value) for name, value in settings])
