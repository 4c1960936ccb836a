"""An exchange for each test, an hour after an open."""

from collections.abc import Iterator

import pytest

from tests.rehearsals.served import Served


@pytest.fixture
def exchange() -> Iterator[Served]:
    with Served().running() as served:
        yield served
