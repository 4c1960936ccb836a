"""Traders."""

from collections.abc import Iterator

import pytest

from tests.acceptance.day.trader import Trader, trader


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trader]:
    """One who has a server running."""
    with trader(tmp_path_factory.mktemp("day") / "home") as one:
        one.told("trade", "sma-crossover", "--symbol", "AAPL", "--name", "first", "--detach")
        yield one


@pytest.fixture
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trader]:
    """One who has no server yet."""
    with trader(tmp_path_factory.mktemp("new") / "home") as one:
        yield one


@pytest.fixture(scope="module")
def nobody(tmp_path_factory: pytest.TempPathFactory) -> Trader:
    """One who never starts a server."""
    return Trader(tmp_path_factory.mktemp("nobody") / "home")
