"""One server for all tests that leave nothing behind that would disturb another."""

from collections.abc import Iterator

import pytest

from tests.acceptance.server import Server, server
from tests.acceptance.service.api import SAMPLES, Api, hours
from tests.acceptance.service.strategies import install


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on its embedded file, with bars of AAPL, IBM (days) and COINUSD (hours) and the strategies of these tests."""
    home = install(tmp_path_factory.mktemp("service") / "home")
    with server(home, WEAVER_WORKERS="2", WEAVER_WORKER_MEMORY_MB="512") as running:
        with Api(running.url) as api:
            for name in SAMPLES:
                api.import_sample(name)
            assert api.upload("COINUSD_1h.csv", hours(48), symbol="COINUSD", asset="crypto")["status"] == "done"
        yield running
        assert running.stop() == 0, running.log[-2000:]
        assert "Traceback" not in running.log


@pytest.fixture(scope="session")
def api(service: Server) -> Iterator[Api]:
    """A client of that server."""
    with Api(service.url) as client:
        yield client
