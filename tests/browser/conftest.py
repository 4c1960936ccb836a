"""A browser, its pages, and servers for them to show."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

import weaver
from tests.acceptance.server import Server, server
from tests.acceptance.service.api import SAMPLES, Api
from tests.browser.chromium import chromium
from tests.browser.strategies import install
from tests.browser.watch import Watch
from tests.integration.trading.desk import Desk, desk
from tests.postgres import Databases

PATIENCE_MS = 30_000
"""How long to wait for what takes a moment, on a machine that has other things to do."""
_numbers = count(1)
APP = Path(weaver.__file__).parent / "web" / "index.html"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One for all tests of this package. It ends with the last of them: where it runs, no event loop can be started."""
    assert APP.is_file(), "The web app is not built: run make ui."
    expect.set_options(timeout=PATIENCE_MS)
    with chromium() as running:
        yield running


@pytest.fixture
def behind() -> Iterator[ExitStack]:
    """What stands behind a test's pages: servers that are entered here outlive them."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def context(browser: Browser, behind: ExitStack) -> Iterator[BrowserContext]:
    """A browser of a new user: nothing is kept, nobody is signed in."""
    opened = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="Europe/Berlin", reduced_motion="reduce"
    )
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    opened.close()


@pytest.fixture
def watch(context: BrowserContext) -> Iterator[Watch]:
    """Fails the test where something went wrong that it did not announce."""
    watching = Watch(context)
    yield watching
    for page in context.pages:
        page.close()
    assert watching.troubles() == []


@pytest.fixture
def page(context: BrowserContext, watch: Watch) -> Page:
    """A tab."""
    return context.new_page()


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest, behind: ExitStack) -> dict[str, str]:
    """The settings of a server on a fresh database: the embedded file, then PostgreSQL."""
    if request.param == "sqlite":
        return {}
    databases: Databases = request.getfixturevalue("postgres")
    url = databases.create(f"browser_{next(_numbers)}", template="template")
    behind.callback(databases.drop, url)  # the server that is on it was entered later, and ends before
    return {"DB_URL": url}


@pytest.fixture(scope="package")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with daily bars of AAPL and IBM, which tests share; nothing trades there."""
    with server(install(tmp_path_factory.mktemp("shown") / "home"), WEAVER_WORKERS="2") as running:
        with Api(running.url) as api:
            for name in SAMPLES:
                api.import_sample(name)
        yield running
        running.stop()
        assert "Traceback" not in running.log


@pytest.fixture
def api(service: Server) -> Iterator[Api]:
    """A client of that server, which sees what the pages should show."""
    with Api(service.url) as client:
        yield client


@pytest.fixture
def own_home(service: Server, tmp_path: Path) -> Path:
    """The home of a server that a test may stop or kill: with the same bars and strategies."""
    home = install(tmp_path / "server" / "home")
    shutil.copytree(service.home / "bars", home / "bars")
    return home


@pytest.fixture(name="desk", scope="package")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A server that trades at a local exchange, whose time stands still but for what a test lets pass."""
    with desk(tmp_path_factory.mktemp("desk") / "server") as made:
        yield made
        assert "Traceback" not in made.server.log
