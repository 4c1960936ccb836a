"""A local exchange whose time is on hold, and a server that trades there."""

from collections.abc import Iterator

import pytest

from tests.acceptance.service.api import Api
from tests.acceptance.trading.desk import Exchange, trading
from tests.local_exchange import LocalExchange, local_exchange


@pytest.fixture(scope="session")
def local() -> Iterator[LocalExchange]:
    with local_exchange("--speed", "hold", "--rate", "0") as running:
        yield running


@pytest.fixture
def exchange(local: LocalExchange) -> Exchange:
    return Exchange(local)


@pytest.fixture(scope="module")
def api(local: LocalExchange, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with trading(tmp_path_factory.mktemp("desk") / "home", local) as (running, client):
        yield client
        assert running.stop() == 0
        assert "Traceback" not in running.log
