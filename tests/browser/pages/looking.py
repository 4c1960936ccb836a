"""Going from page to page of the app: there when all is loaded, with what went wrong on the way."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Request, ViewportSize

from tests.browser.pages.shown import Shown
from tests.browser.pages.world import TOKEN, World
from tests.browser.watch import Watch

WIDTHS = {"wide": (1280, 900), "phone": (390, 844)}
THEMES = ("dark", "light")
PATIENCE_MS = 30_000
_STREAM = "/events/stream"
_READY = """() => document.querySelector("h1, [role=alert]") && !document.querySelector("[aria-label=Loading]")
  && document.fonts.status === "loaded" """
_TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
_POLL_MS = 25


class Looker:
    """One page of a browser."""

    def __init__(self, context: BrowserContext, world: World) -> None:
        self.page, self._world = context.new_page(), world
        self._watch, self._heard = Watch(context), 0
        self._waiting: set[Request] = set()
        context.on("request", self._ask)
        context.on("requestfinished", self._answered)
        context.on("requestfailed", self._answered)

    def go(self, shown: Shown, theme: str) -> None:
        """Open it anew in that theme, do what is to be done there, and return when nothing is under way any more."""
        self._heard = len(self._watch.troubles())
        self._waiting.clear()
        self.page.context.clear_cookies()
        address = self._world.servers[shown.server]
        if shown.server == "new" and shown.is_signed_in:
            answer = self.page.request.post(f"{address}/api/v1/session", data={"token": TOKEN})
            assert answer.status == 201, answer.text()
        if shown.refuses:
            self._watch.announce(shown.refuses)
        self._prefer(theme)
        self.page.goto(address + shown.path.format(**self._world.names))
        self.settle()
        if shown.act:
            shown.act(self.page)
            self.settle()

    def troubles(self) -> list[str]:
        """What went wrong since then."""
        return self._watch.troubles()[self._heard :]

    def settle(self) -> None:
        """Return when nothing is loading and all is drawn."""
        while True:
            self.page.wait_for_function(_READY)
            self.page.evaluate(_TWO_FRAMES)
            if not self._waiting:
                return
            self.page.wait_for_timeout(_POLL_MS)

    def show(self, theme: str) -> None:
        """Have the machine prefer a theme, as the app then does."""
        self._prefer(theme)
        self.settle()

    def _prefer(self, theme: str) -> None:
        self.page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")

    def _ask(self, request: Request) -> None:
        if _STREAM not in request.url:
            self._waiting.add(request)

    def _answered(self, request: Request) -> None:
        self._waiting.discard(request)


def size_of(width: str) -> ViewportSize:
    """Of a window of that width."""
    wide, high = WIDTHS[width]
    return {"width": wide, "height": high}


@contextmanager
def looker(browser: Browser, world: World, width: str) -> Iterator[Looker]:
    """A window of that width."""
    is_phone = width == "phone"
    context = browser.new_context(
        viewport=size_of(width), is_mobile=is_phone, has_touch=is_phone,
        timezone_id="America/New_York", locale="en-US",
    )  # fmt: skip
    context.set_default_timeout(PATIENCE_MS)
    yield Looker(context, world)
    context.close()
