"""One server for all tests that leave nothing behind that would disturb another."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.server import Server, server
from tests.acceptance.service.api import SAMPLES, Api, hours
from tests.acceptance.service.strategies import install


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on its embedded file, with bars of AAPL, IBM (days) and COINUSD (hours), and these tests' strategies."""
    home = install(tmp_path_factory.mktemp("service") / "home")
    with server(home, WEAVER_WORKERS="2", WEAVER_WORKER_MEMORY_MB="512") as running:
        with Api(running.url) as api:
            for name in SAMPLES:
                api.import_sample(name)
            assert api.upload("COINUSD_1h.csv", hours(48), symbol="COINUSD", asset="crypto")["status"] == "done"
        yield running
        running.stop()
        assert "Traceback" not in running.log


@pytest.fixture
def own_home(service: Server, tmp_path: Path) -> Path:
    """The home of a server that a test may stop, kill or break: with the same bars and strategies."""
    home = install(tmp_path / "home")
    shutil.copytree(service.home / "bars", home / "bars")
    return home


@pytest.fixture(scope="session")
def api(service: Server) -> Iterator[Api]:
    """A client of that server."""
    with Api(service.url) as client:
        yield client
