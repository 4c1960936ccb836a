"""What goes wrong in a browser's pages without anybody seeing it: it fails the test that did not announce it."""

import re

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

GIVEN_UP = "net::ERR_ABORTED"
"""Of a request that the page itself gave up: it went elsewhere, or was closed."""


class Watch:
    """Hears the console, thrown errors and failed requests of all pages of a context."""

    def __init__(self, context: BrowserContext) -> None:
        self._heard: list[str] = []
        self._announced: list[str] = []
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("requestfailed", self._on_failed)

    def announce(self, pattern: str) -> None:
        """This will go wrong, for it belongs to the story: a regular expression of what is told of it."""
        self._announced.append(pattern)

    def troubles(self) -> list[str]:
        """What went wrong unannounced."""
        return [one for one in self._heard if not any(re.search(pattern, one) for pattern in self._announced)]

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._heard.append(f"console: {message.text} ({message.location['url']})")

    def _on_error(self, error: WebError) -> None:
        self._heard.append(f"thrown: {error.error.stack or error.error.message}")

    def _on_failed(self, request: Request) -> None:
        if request.failure != GIVEN_UP:
            self._heard.append(f"request: {request.method} {request.url}: {request.failure}")
