"""Where a token is set, nothing is shown to who does not have it."""

import re
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.acceptance.server import server
from tests.browser import steps
from tests.browser.watch import Watch

TOKEN = "a-long-token-of-this-test-alone"


def test_token_is_asked_for_refused_beside_the_field_and_kept(
    behind: ExitStack, page: Page, watch: Watch, tmp_path: Path
) -> None:
    running = behind.enter_context(server(tmp_path / "home", SECURITY_API_TOKEN=TOKEN))
    page.goto(f"{running.url}/runs?status=completed")
    steps.heading(page, "Sign in to Weaver")
    assert watch.troubles() == []  # nothing was asked to be refused
    watch.announce("status of 401.*/api/v1/session")
    token = page.get_by_label("Token")
    token.fill("a wrong one")
    steps.press(page, "Sign in")
    expect(token).to_have_attribute("aria-invalid", "true")
    expect(token).to_have_accessible_description(re.compile("that is not the token"))
    token.fill(TOKEN)
    token.press("Enter")
    steps.heading(page, "Runs")
    expect(page.get_by_label("Event stream: live")).to_be_attached()
    assert page.url.endswith("/runs?status=completed")
    assert TOKEN not in page.evaluate("JSON.stringify([document.cookie, { ...localStorage }])")
    page.reload()
    steps.heading(page, "Runs")
