"""Who may change the bar store."""

from weaver.glados.services import Services
from weaver.model.errors import Conflict


def check_owner(services: Services) -> None:
    """Raises Conflict on a server that is read-only."""
    if not services.is_owner():
        raise Conflict("this server is read-only: another one owns its database or its home; ask that one, or stop it")
