"""The server is killed while a page is open, and started again: the page says so, and goes on."""

import random
import socket
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.acceptance.server import server
from tests.acceptance.service.api import Api
from tests.browser import steps
from tests.browser.watch import Watch

GONE = r"ERR_(CONNECTION|EMPTY|INCOMPLETE|NETWORK|SOCKET)"


def test_page_goes_on_after_a_kill_and_shows_what_happened_meanwhile(
    behind: ExitStack, page: Page, watch: Watch, own_home: Path, storage: dict[str, str]
) -> None:
    running = behind.enter_context(server(own_home, SERVER_PORT=str(free_port()), **storage))
    with Api(running.url) as api:
        run_id = api.started("patient", name="interrupted", config={"gate": "/nowhere/at/all"})
    page.goto(f"{running.url}/runs/{run_id}")
    steps.status(page, "running")
    expect(page.get_by_label("Event stream: live")).to_be_attached()
    steps.marked(page)
    watch.announce(GONE)
    running.kill()
    banner = page.get_by_role("status").filter(has_text="Disconnected for")
    expect(banner).to_be_visible()
    expect(page.get_by_label("Event stream: disconnected")).to_be_attached()
    steps.status(page, "running")  # what was known stays on the screen
    running.start()
    expect(page.get_by_label("Event stream: live")).to_be_attached()
    expect(banner).to_be_hidden()
    expect(page.get_by_role("alert").filter(has_text="This run failed")).to_contain_text("interrupted")
    with Api(running.url) as api:
        clone = api.post(f"/runs/{run_id}/clone", status=201)["id"]
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page.locator(f'a[href="/runs/{clone}"]')).to_be_visible()
    steps.not_reloaded(page)


def free_port() -> int:
    """A port that nobody is given by chance while the server is away."""
    below_those_by_chance = random.SystemRandom().sample(range(20_000, 30_000), 50)
    for port in below_those_by_chance:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise AssertionError("no port is free")
